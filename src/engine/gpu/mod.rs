//! The GPU engine: kernels on any Vulkan, Metal or DirectX 12 adapter through wgpu.
//!
//! Paths go through the device in chunks: simulated (or fed with trajectories that the host sampled), classified, reduced
//! by blocks. Only the blocks' sums come back for each chunk, and the integer counts every few seconds. Two chunks are in
//! flight, so that the host samples, and adds up, while the device computes.
//!
//! A device that runs out of memory gets smaller chunks; one that is lost is opened anew, and what it had not brought home
//! is computed again, to the same bits. Where that does not help, the CPU engine computes the rest.

mod device;
mod engine;
mod export;
mod kernel;
mod multi;
mod run;

pub use device::adapter;
pub use device::context::Injected;
pub use device::report::AdapterReport;
pub use device::selection::{Selection, VARIABLE};
pub use engine::GpuEngine;
pub use export::{ExportedKernel, ExportedPlan, Exports};
pub use kernel::{compose, layout};
pub use multi::ManyEngine;
