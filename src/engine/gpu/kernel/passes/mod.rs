//! Kernels written out for a plan's structure: passes over naga's representation of a module.
//!
//! Shader compilers keep an array in registers only where all its indices are constants, and read numbers that all paths
//! share fastest from uniform buffers. The kernels' text has loops over structure, look-ups of structural tables, and nested
//! tables in storage buffers. Here functions are rebuilt ([`rebuild`]) with those loops written out ([`unroll`]) and
//! what is then constant replaced by its value ([`fold`]); variables that nothing reads any more go ([`sweep`]); and the
//! nested tables become plain lists of numbers in the same places ([`scalarize`]). For DirectX, a path's arrays and structures
//! become variables of their own ([`spread`](mod@spread)).

mod fault;
mod fold;
mod rebuild;
mod scalarize;
mod spread;
mod sweep;
mod tables;
#[cfg(test)]
mod tests;
mod unroll;

pub use fault::Fault;
pub use spread::spread;

use wgpu::naga::compact::{KeepUnused, compact};
use wgpu::naga::{Function, Module};

/// Writes a module out. Of its tables, those named `uniform` go to uniform buffers. Functions may get so many expressions
/// in all, those counted that turn out to be unused: a module that would have more is given up early.
pub fn write_out(module: &mut Module, uniform: &[&str], most: usize) -> Result<(), Fault> {
    compact(module, KeepUnused::No);
    let tables = tables::tables(module);
    let mut left = most;
    each_function(module, &mut |module, function| {
        let mut written = rebuild::rebuild(module, &tables, function, left)?;
        left -= written.expressions.len();
        sweep::sweep(&mut written);
        Ok(written)
    })?;
    scalarize::scalarize(module, uniform)?;
    compact(module, KeepUnused::No);
    Ok(())
}

/// Puts what is made of each function, entry points included, in its place.
fn each_function(
    module: &mut Module,
    make: &mut dyn FnMut(&mut Module, &Function) -> Result<Function, Fault>,
) -> Result<(), Fault> {
    let handles: Vec<_> = module.functions.iter().map(|(handle, _)| handle).collect();
    for handle in handles {
        let function = std::mem::take(module.functions.get_mut(handle));
        *module.functions.get_mut(handle) = make(module, &function)?;
    }
    for entry in 0..module.entry_points.len() {
        let function = std::mem::take(&mut module.entry_points[entry].function);
        module.entry_points[entry].function = make(module, &function)?;
    }
    Ok(())
}
