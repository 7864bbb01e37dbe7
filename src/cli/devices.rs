//! `overhang devices`: the adapters, and which one `auto` takes.

use clap::Args;

use super::{Failure, output};
use crate::engine::Instructions;
use crate::engine::gpu::adapter::{AdapterReport, adapters, automatic};

const EXAMPLES: &str = "\
Examples:
  overhang devices
  overhang run deal.toml --adapter 0";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {}

/// Runs the command.
pub fn devices(_: &Arguments) -> Result<(), Failure> {
    let adapters = adapters();
    let mut text = String::new();
    for (index, found) in adapters.iter().enumerate() {
        text += &describe(index, &found.report);
    }
    let sets: Vec<String> = Instructions::available().iter().map(ToString::to_string).collect();
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    text += &format!("CPU engine: {threads} threads, instruction sets {}\n\n", sets.join(", "));
    text += &match automatic(&adapters) {
        Some(index) => format!("auto takes adapter {index}, {}: it is hardware\n", adapters[index].report.name),
        None if adapters.is_empty() => "auto takes the CPU engine: there is no GPU adapter\n".into(),
        None => "auto takes the CPU engine: there are only software adapters, which are slower\n".into(),
    };
    output::data(&text)
}

/// An adapter, its limits that bound a chunk of paths, and its features that matter to kernels.
fn describe(index: usize, report: &AdapterReport) -> String {
    let features = if report.features.is_empty() { "none of note".into() } else { report.features.join(", ") };
    format!(
        "adapter {index}: {}\n  type      {}, {}\n  driver    {}\n  limits    {} MiB a binding, {} storage buffers, {} \
         invocations a workgroup\n  features  {features}\n\n",
        report.name,
        report.kind,
        report.backend,
        report.driver,
        report.binding_bytes >> 20,
        report.storage_buffers,
        report.invocations,
    )
}
