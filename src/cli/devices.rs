//! `overhang devices`: the adapters, and which one `auto` takes.

use clap::Args;

use super::failure::Failure;
use super::output;
use crate::engine::Instructions;
use crate::engine::gpu::AdapterReport;
use crate::engine::gpu::adapter::{automatic, visible};

const EXAMPLES: &str = "\
Examples:
  overhang devices
  overhang run deal.toml --adapter 0";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {}

/// Runs the command.
pub fn devices(_: &Arguments) -> Result<(), Failure> {
    let adapters = visible()?;
    let mut text = String::new();
    for (index, found) in adapters.iter().enumerate() {
        text += &describe(index, &found.report);
    }
    let sets: Vec<String> = Instructions::available().iter().map(ToString::to_string).collect();
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    text += &format!("CPU engine: {threads} threads, instruction sets {}\n\n", sets.join(", "));
    text += &match automatic(&adapters) {
        Some(index) => format!("--backend auto uses adapter {index}, {}\n", adapters[index].report.name),
        None if adapters.is_empty() => "--backend auto uses the CPU: no GPU found\n".into(),
        None => "--backend auto uses the CPU: no hardware GPU found\n".into(),
    };
    output::data(&text)
}

/// An adapter, its limits that bound a chunk of paths, and its features that matter to kernels.
fn describe(index: usize, report: &AdapterReport) -> String {
    let features = if report.features.is_empty() { "none".into() } else { report.features.join(", ") };
    format!(
        "adapter {index}: {}\n  type      {}, {}\n  driver    {}\n  PCI       {}\n  limits    {} MiB per binding, {} storage buffers, {} \
         invocations per workgroup\n  features  {features}\n\n",
        report.name,
        report.kind,
        report.backend,
        report.driver,
        pci(report),
        report.binding_bytes >> 20,
        report.storage_buffers,
        report.invocations,
    )
}

/// Address and numbers by which `--adapter` finds an adapter; software has no address.
fn pci(report: &AdapterReport) -> String {
    let [vendor, device] = report.model;
    let address = if report.address.is_empty() { "no address" } else { &report.address };
    format!("{address}, vendor:device {vendor:04x}:{device:04x}")
}
