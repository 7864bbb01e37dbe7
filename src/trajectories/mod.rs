//! Files of trajectories: the user's own, and what the engine itself would draw.
//!
//! NumPy arrays (`.npy`, `.npz`), [path, period, factor] in the order of the scenario's factors, and Parquet, one row for
//! each path and period with a column for each factor by its name. Files are read as they are needed, so that they may be
//! larger than the memory. docs/trajectories.md describes them.

mod error;
mod folder;
mod format;
mod header;
mod held;
mod npy;
mod npz;
mod parquet;
mod range;
mod source;
mod wanted;
mod write;

use std::path::Path;
use std::sync::Arc;

use crate::engine::trajectory_source::TrajectorySource;
use crate::plan::Plan;
use crate::registry::MetricKind;
use crate::scenario::Scenario;
pub use error::TrajectoryError;
use error::fault;
pub use format::Format;
use held::Held;
pub use held::TrajectoryArray;
pub use source::Opened;
use source::Source;
use wanted::Wanted;
pub use write::{Sampling, write};

/// Opens a file of trajectories of a scenario and its plan, or a folder of Parquet parts. Names, shapes and checksums of archives are
/// tested now, values as they are read.
pub fn open(file: &Path, scenario: &Scenario, plan: &Plan) -> Result<Opened, TrajectoryError> {
    let wanted = Wanted::of(scenario, plan, file);
    let name = wanted.file.clone();
    let (format, source) = Source::open(file)?;
    let (given, has_states): (Arc<dyn TrajectorySource>, bool) = match format {
        Format::Npy => (Arc::new(npy::Npy::open(source.first()?, wanted)?), false),
        Format::Npz => {
            let given = npz::Npz::open(source.first()?, wanted)?;
            let has_states = given.has_states();
            (Arc::new(given), has_states)
        }
        Format::Parquet => {
            let given = parquet::ParquetFile::open(source.all()?, wanted)?;
            let has_states = given.has_states();
            (Arc::new(given), has_states)
        }
    };
    refuse(&*given, has_states, scenario, &name)?;
    Ok(Opened::new(given, source))
}

/// Takes trajectories from an array in memory, which is called `name` in messages. It has no regimes.
///
/// # Errors
/// If its shape is not the scenario's, or the scenario watches regimes. Values are checked as they are read.
pub fn hold(
    array: impl TrajectoryArray + 'static,
    name: &Path,
    scenario: &Scenario,
    plan: &Plan,
) -> Result<Opened, TrajectoryError> {
    let wanted = Wanted::of(scenario, plan, name);
    let held = Held::new(array, wanted)?;
    refuse(&held, false, scenario, &name.display().to_string())?;
    let hash = held.hash();
    Ok(Opened::new(Arc::new(held), Source::in_memory(hash)))
}

/// Refuses trajectories without paths, and those without the regimes that an event watches.
fn refuse(
    given: &dyn TrajectorySource,
    has_states: bool,
    scenario: &Scenario,
    name: &str,
) -> Result<(), TrajectoryError> {
    let watched = scenario.events.iter().find(|event| event.metric.kind == MetricKind::Regime);
    if let (Some(event), false) = (watched, has_states) {
        let what = format!("has no regimes, which the event `{}` watches", event.name);
        return Err(fault(
            name,
            what,
            "add a column `regime` (Parquet) or an array `regimes` (npz), or leave the event out",
        ));
    }
    if given.paths() == 0 {
        return Err(fault(name, "has no paths", "save an array of shape (paths, periods, factors)"));
    }
    Ok(())
}
