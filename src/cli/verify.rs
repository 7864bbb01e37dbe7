//! `overhang verify`: check GPUs against the CPU engine, here or in a browser.

use std::path::{Path, PathBuf};

use clap::Args;

use super::console::Console;
use super::failure::Failure;
use super::progress::Shown;
use super::{output, report};
use crate::engine::gpu::Selection;
use crate::report::{page, verified_table};
use crate::result::{Again, Verified};
use crate::run::{verify as computed, verify_page};
use crate::scenario::Scenario;
use crate::storage::Written;
use crate::text::harmless::harmless_lines;

const EXAMPLES: &str = "\
Examples:
  overhang verify
  overhang verify --page verify.html

The page checks the GPU of any machine with a browser that has WebGPU: open it and press the button, or open verify.html#run-again.
Exit code 1: an adapter differs or fails.";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// Write an HTML page that checks a GPU in a browser, instead of checking those of this machine
    #[arg(long, value_name = "FILE")]
    page: Option<PathBuf>,
    /// GPUs to check: number, PCI address, vendor:device or part of the name [default: all]
    #[arg(long, value_name = "NAME,…", conflicts_with = "page")]
    adapter: Option<Selection>,
}

/// Runs the command.
pub fn verify(arguments: &Arguments, console: &Console) -> Result<(), Failure> {
    let shown = Shown::new(console);
    if let Some(file) = &arguments.page {
        return write(file, console, &shown);
    }
    let found = computed(arguments.adapter.as_ref(), &shown)?;
    output::data(&harmless_lines(&verified_table(&found, output::width())))?;
    judged(&found)
}

/// Fails if an adapter differs or failed.
fn judged(found: &[Verified]) -> Result<(), Failure> {
    let wrong = found.iter().filter(|one| !one.agrees).count();
    if wrong == 0 {
        return Ok(());
    }
    Err(Failure::Failed {
        message: format!("{wrong} of {} checks do not agree with the CPU engine", found.len()),
        hint: Some(
            "use --backend cpu, or update the driver; please report this with the output of `overhang devices`".into(),
        ),
    })
}

fn write(file: &Path, console: &Console, shown: &Shown) -> Result<(), Failure> {
    report::check_as(file, Written::Page, &[])?;
    let (again, scenarios): (Again, Vec<Scenario>) = verify_page(shown)?;
    let sizes = again.cases.iter().map(|case| case.numbers.first().map_or(0.0, |number| number.value.abs()));
    let money: Vec<_> = scenarios.iter().map(Scenario::labels).zip(sizes).collect();
    report::write_page(file, &[page::verify_section(&again, &money)], console)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_check_that_differs_fails() {
        let of = |agrees| Verified {
            adapter: String::new(),
            driver: String::new(),
            scenario: String::new(),
            paths: 1,
            different_paths: None,
            different_times: None,
            agrees,
            fault: None,
        };
        assert!(judged(&[of(true), of(true)]).is_ok());
        let Err(Failure::Failed { message, .. }) = judged(&[of(true), of(false)]) else { panic!("it fails") };
        assert_eq!(message, "1 of 2 checks do not agree with the CPU engine");
    }
}
