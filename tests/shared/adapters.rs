//! The adapters of this machine, for tests of the GPU engine. Where there are none, tests say so, and fail if a GPU is
//! required (`OVERHANG_REQUIRE_GPU=1`).

use overhang::engine::Sampling;
use overhang::engine::gpu::GpuEngine;
use overhang::engine::gpu::adapter::adapters;

/// Skips the present test for want of a GPU.
pub fn skip() {
    let thread = std::thread::current();
    crate::skip::skip(thread.name().unwrap_or("a test"), "there is no GPU adapter", "OVERHANG_REQUIRE_GPU");
}

/// An engine on each adapter, by name.
pub fn gpus(sampling: Sampling) -> Vec<(String, GpuEngine)> {
    let found = adapters();
    if found.is_empty() {
        skip();
    }
    found
        .iter()
        .map(|found| {
            let gpu = GpuEngine::new(found, sampling, None).unwrap_or_else(|error| panic!("{error}"));
            (found.report.name.clone(), gpu)
        })
        .collect()
}
