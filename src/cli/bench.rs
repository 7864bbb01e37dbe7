//! `overhang bench`: what engines cost on a scenario, once they are known to agree.

use std::path::{Path, PathBuf};

use clap::Args;

use super::arguments::{
    Format, FormatArguments, ReportArguments, ScenarioArguments, SeedArguments, at_centre, parse_paths,
};
use super::console::Console;
use super::failure::Failure;
use super::output;
use super::progress::Shown;
use crate::engine::gpu::Selection;
use crate::report;
use crate::result::{BenchDocument, Document, read_document};
use crate::run::Bench;
use crate::text::harmless::harmless_lines;

const EXAMPLES: &str = "\
Examples:
  overhang bench scenarios/aws-38b.toml
  overhang bench scenarios/aws-38b.toml --paths 1e5,1e6 --adapter llvmpipe
  overhang bench deal.toml --format json > before.json
  overhang bench deal.toml --compare before.json";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    #[command(flatten)]
    input: ScenarioArguments,
    /// Numbers of paths to time
    #[arg(long, value_name = "N,…", value_delimiter = ',', default_value = "1000000", value_parser = parse_paths)]
    paths: Vec<u64>,
    /// Timed runs of each engine after a first, cold one; the engines take turns
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..=1000))]
    rounds: u16,
    #[command(flatten)]
    seed: SeedArguments,
    /// GPUs to time: number, PCI address, vendor:device or part of the name, or `all` together [default: each hardware GPU alone]
    #[arg(long, value_name = "NAME,…")]
    adapter: Option<Selection>,
    /// Also show the times of an earlier JSON document
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    compare: Option<PathBuf>,
    #[command(flatten)]
    report: ReportArguments,
    #[command(flatten)]
    format: FormatArguments,
}

/// Runs the command.
pub fn bench(arguments: &Arguments, console: &Console) -> Result<(), Failure> {
    let earlier = arguments.compare.as_deref().map(earlier).transpose()?;
    let inputs = std::iter::once(&arguments.input.scenario).chain(&arguments.compare).map(PathBuf::as_path);
    super::report::check(&arguments.report, &inputs.collect::<Vec<_>>())?;
    let loaded = console.load(&arguments.input.scenario)?;
    if loaded.is_uncertain() {
        console.remark("holding uncertain inputs at their medians");
    }
    let loaded = at_centre(loaded)?;
    let bench = Bench {
        scenario: &loaded.scenario,
        paths: &arguments.paths,
        rounds: arguments.rounds,
        seed: arguments.seed.seed,
        adapter: arguments.adapter.clone(),
        observer: &Shown::new(console),
    };
    let document = bench.run()?;
    output::data(&match arguments.format.format {
        Format::Table => harmless_lines(&report::bench_table(&document, earlier.as_ref(), output::width())),
        Format::Json => format!("{:#}\n", serde_json::json!(document)),
    })?;
    if arguments.report.is_asked() {
        super::report::write(&arguments.report, &[report::page::bench_section(&document)], console)?;
    }
    Ok(())
}

fn earlier(file: &Path) -> Result<BenchDocument, Failure> {
    let failed = |error: &dyn std::fmt::Display| Failure::Usage {
        message: format!("cannot compare with `{}`: {error}", file.display()),
        hint: Some("give the output of an earlier `overhang bench --format json`".into()),
    };
    let Document::Bench(document) = read_document(file).map_err(|error| failed(&error))? else {
        return Err(failed(&"it is not a document of `overhang bench`"));
    };
    let sound = document.contenders.iter().all(|contender| !contender.seconds.is_empty());
    if sound { Ok(*document) } else { Err(failed(&"an engine in it has no rounds")) }
}
