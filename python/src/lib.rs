//! The native part of the Python package `overhang_risk`: use cases of the library, with options from a dictionary.
//!
//! What users see is written in Python (`overhang_risk/*.py`). A call runs on a thread of its own while the caller's thread looks
//! after signals and progress (see [`work`]), so that Ctrl-C stops it and other threads of Python go on.

mod bench;
mod compare;
mod errors;
mod fit;
mod options;
mod pages;
mod picture;
mod run;
mod sample;
mod scenario;
mod sensitivity;
mod sweep;
mod table;
mod work;

use pyo3::prelude::*;

#[pymodule]
mod _native {
    #[pymodule_export]
    use super::bench::{Timings, bench};
    #[pymodule_export]
    use super::compare::{Comparison, compare};
    #[pymodule_export]
    use super::fit::{Fits, fit};
    #[pymodule_export]
    use super::picture::Picture;
    #[pymodule_export]
    use super::run::{RunResult, run, trace};
    #[pymodule_export]
    use super::sample::sample;
    #[pymodule_export]
    use super::scenario::{Scenario, devices, load, parse, template};
    #[pymodule_export]
    use super::sensitivity::{Sensitivity, index_runs, sensitivity};
    #[pymodule_export]
    use super::sweep::{Sweep, merge, open_store, sweep};
    #[pymodule_export]
    use super::table::Table;

    use pyo3::prelude::*;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add("__version__", env!("CARGO_PKG_VERSION"))
    }
}
