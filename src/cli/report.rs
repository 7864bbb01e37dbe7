//! `overhang report`: pages of runs, sweeps, comparisons and benchmarks.

use std::path::{Path, PathBuf};

use clap::Args;

use super::arguments::ReportArguments;
use super::artifacts::{Stored, open};
use super::console::Console;
use super::engine::EngineArguments;
use super::failure::Failure;
use super::progress::Shown;
use super::{output, repeat};
use crate::registry::Figure;
use crate::report::page::{self, RunReport, Section};
use crate::result::{Again, CheckDocument, ResultDocument, SensitivityDocument, figure_of_system};
use crate::run::{Drivers, Profile, ProfileBuilder, Run, StoredRun, again, check_scenario, others};
use crate::scenario::{Loaded, Scenario, Source};
use crate::storage::{Written, check_ending, check_output, write_output};
use crate::sweep;

const EXAMPLES: &str = "\
Examples:
  overhang run deal.toml --out results/base
  overhang report results/base --out base.html
  overhang report store --figure compute_cost --out sweep.html
  overhang compare deal.toml --format json > comparison.json
  overhang report comparison.json --out comparison.html
  overhang report results/base --out base.html --xlsx base.xlsx

For a run, the command simulates the first 131,072 paths again to draw charts over time. Its page carries what a browser needs to compute the run again.";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// Folders that `run --out` and `sweep --out` wrote, and JSON documents of `compare` and `bench`
    #[arg(required = true, value_name = "RUN|STORE|FILE")]
    inputs: Vec<PathBuf>,
    /// HTML page to write; an existing file is replaced
    #[arg(long, value_name = "FILE", required_unless_present = "xlsx")]
    out: Option<PathBuf>,
    /// XLSX workbook to write, with a sheet for each table of the page; an existing file is replaced
    #[arg(long, value_name = "FILE")]
    xlsx: Option<PathBuf>,
    /// File of trajectories that a run used, if any
    #[arg(long, value_name = "FILE")]
    trajectories: Option<PathBuf>,
    /// Figure of the system to show in the charts of a sweep
    #[arg(long, value_name = "NAME", default_value = "commitment_cost", value_parser = figure_of_system)]
    figure: Figure,
    #[command(flatten)]
    engine: EngineArguments,
}

/// Refuses reports that could not be written or that would replace an input or each other, before anything is computed.
pub fn check(wanted: &ReportArguments, inputs: &[&Path]) -> Result<(), Failure> {
    let ReportArguments { report, xlsx } = wanted;
    report.iter().try_for_each(|file| check_as(file, Written::Page, inputs))?;
    if let (Some(page), Some(book)) = (report, xlsx)
        && page == book
    {
        return Err(Failure::Usage {
            message: format!("the page and the workbook would both be `{}`", page.display()),
            hint: Some(format!("name the workbook `{}`", book.with_extension("xlsx").display())),
        });
    }
    xlsx.iter().try_for_each(|file| check_as(file, Written::Workbook, inputs))
}

/// Writes the reports that are asked for.
pub fn write(wanted: &ReportArguments, sections: &[Section], console: &Console) -> Result<(), Failure> {
    wanted.xlsx.iter().try_for_each(|file| write_workbook(file, sections, console))?;
    wanted.report.iter().try_for_each(|file| write_page(file, sections, console))
}

/// Refuses a file that could not be written or that would replace an input.
pub fn check_as(file: &Path, written: Written, inputs: &[&Path]) -> Result<(), Failure> {
    check_ending(file, written)?;
    check_output(file, inputs).map_err(|error| output::unwritable(file, &error))
}

/// Writes a page.
pub fn write_page(file: &Path, sections: &[Section], console: &Console) -> Result<(), Failure> {
    write_as(file, page::page(sections).as_bytes(), console)
}

/// Writes the tables of a page as a workbook.
fn write_workbook(file: &Path, sections: &[Section], console: &Console) -> Result<(), Failure> {
    let book = page::workbook(sections).map_err(|error| Failure::Failed {
        message: format!("`{}` could not be written: {error}", file.display()),
        hint: Some("write the page instead: --out page.html".into()),
    })?;
    write_as(file, &book, console)
}

fn write_as(file: &Path, content: &[u8], console: &Console) -> Result<(), Failure> {
    write_output(file, content).map_err(|error| output::unwritable(file, &error))?;
    console.remark(&format!("wrote {}", file.display()));
    Ok(())
}

/// Runs the command.
pub fn report(arguments: &Arguments, console: &Console) -> Result<(), Failure> {
    let inputs: Vec<&Path> = arguments.inputs.iter().chain(&arguments.trajectories).map(PathBuf::as_path).collect();
    let wanted = ReportArguments { report: arguments.out.clone(), xlsx: arguments.xlsx.clone() };
    check(&wanted, &inputs)?;
    let go_on = |_| !console.is_stopped();
    let stored: Result<Vec<Stored>, Failure> = arguments.inputs.iter().map(|input| open(input, &go_on)).collect();
    console.go_on()?;
    let stored = stored?;
    let mut sections: Vec<Section> = side_by_side(&stored).into_iter().collect();
    let mut runs = 0;
    for (input, stored) in arguments.inputs.iter().zip(&stored) {
        let section = match stored {
            Stored::Run(run) => {
                runs += 1;
                stored_run(arguments, console, run, runs)?
            }
            Stored::Sweep(store, loaded) => page::sweep_section(&sweep::summary(store, loaded, arguments.figure)?),
            Stored::Comparison(document) => page::compare_section(document, &[], &repeat::compare_command(document)),
            Stored::Bench(document) => page::bench_section(document),
        };
        console.remark(&format!("read {}", input.display()));
        sections.push(section);
    }
    write(&wanted, &sections, console)
}

/// Several runs' distributions over each other, where their units are the same.
fn side_by_side(stored: &[Stored]) -> Option<Section> {
    let runs =
        stored.iter().filter_map(|stored| if let Stored::Run(run) = stored { Some(&run.document) } else { None });
    let runs: Vec<&ResultDocument> = runs.collect();
    let units = |run: &&ResultDocument| (run.provenance.currency.clone(), run.provenance.capacity_unit.clone());
    let alike = runs.windows(2).all(|pair| units(&pair[0]) == units(&pair[1]));
    (runs.len() > 1 && alike).then(|| page::runs_section(&runs))
}

/// The section of a run, the `number`-th of its page.
fn stored_run(arguments: &Arguments, console: &Console, run: &StoredRun, number: usize) -> Result<Section, Failure> {
    let (trajectories, shown) = (arguments.trajectories.as_deref(), Shown::new(console));
    let check = check_scenario(&run.source.name, &run.scenario)?;
    let profile = run.profile().engine(arguments.engine.wish()?).observe(&shown);
    let profile = trajectories.into_iter().fold(profile, ProfileBuilder::trajectories).run()?;
    let command = repeat::run_command(&run.document, &run.source.name, trajectories);
    let button = if number == 1 { BUTTON.to_owned() } else { format!("{BUTTON}-{number}") };
    // a workbook has no form
    let again = arguments.out.is_some().then(|| run.again(&shown)).transpose()?;
    let background = Background { check, profile, drivers: None, again, button };
    Ok(run_section(&run.document, &run.scenario, &run.source, &background, &command))
}

/// What a run's page shows beside its result.
pub struct Background {
    /// What the scenario says.
    pub check: CheckDocument,
    /// A second pass over the first of its paths.
    pub profile: Profile,
    /// What its inputs do.
    pub drivers: Option<SensitivityDocument>,
    /// What computes it again in a browser, if there is to be a page.
    pub again: Option<Again>,
    /// The identifier of the button that does.
    pub button: String,
}

/// The identifier of the button that computes a page's first run again, and so its address.
const BUTTON: &str = "run-again";

impl Background {
    /// Of a run of a file, whose result and drivers are there.
    pub fn of(
        run: &Run,
        document: &ResultDocument,
        (loaded, drivers): (&Loaded, Option<Drivers>),
        (wanted, shown): (&ReportArguments, &Shown),
    ) -> Result<Self, Failure> {
        let check = check_scenario(&loaded.source.name, run.scenario)?;
        let others = others(loaded, document.provenance.variant.as_deref(), drivers.as_ref());
        let again = wanted.report.as_ref().map(|_| again(run.scenario, document, &others, shown)).transpose()?;
        let (profile, drivers) = (run.profile(document)?, drivers.map(|of| of.document));
        Ok(Background { check, profile, drivers, again, button: BUTTON.to_owned() })
    }
}

/// The section of a run.
pub fn run_section(
    document: &ResultDocument,
    scenario: &Scenario,
    source: &Source,
    background: &Background,
    command: &str,
) -> Section {
    let Background { check, profile: Profile { document: profile, milestones }, drivers, again, button } = background;
    let (drivers, again) = (drivers.as_ref(), again.as_ref().map(|again| (again, button.as_str())));
    page::run_section(&RunReport { document, scenario, source, check, profile, milestones, drivers, command, again })
}
