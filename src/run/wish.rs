//! Engines that cannot be asked for.

use super::error::RunError;
use crate::engine::Precision;
use crate::engine::select::{Backend, Wish};

/// Refuses options of an engine that contradict each other.
///
/// # Errors
/// What contradicts what.
pub fn check_wish(wish: &Wish) -> Result<(), RunError> {
    let gpu_asked = wish.backend == Backend::Gpu || wish.adapter.is_some();
    if gpu_asked && wish.precision == Precision::Double {
        return Err(RunError::usage(
            "--float f64 needs the CPU engine: GPUs compute in f32 only",
            "use --backend cpu with --float f64, or leave out --float",
        ));
    }
    if gpu_asked && wish.instructions.is_some() {
        return Err(RunError::usage(
            "--instructions applies to the CPU engine, but you asked for a GPU",
            "leave one of them out",
        ));
    }
    if wish.backend == Backend::Cpu && wish.adapter.is_some() {
        return Err(RunError::usage("--adapter selects a GPU, but --backend cpu uses none", "leave one of them out"));
    }
    Ok(())
}
