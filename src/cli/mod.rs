//! The command line: one file per command. Nothing else prints.

mod address;
mod arguments;
mod artifacts;
mod bench;
mod check;
mod compare;
mod complete;
mod condition;
mod console;
mod devices;
mod engine;
mod explain;
mod failure;
mod fit;
mod init;
mod manual;
mod merge;
mod output;
mod plot;
mod progress;
mod repeat;
mod report;
mod run;
mod sample;
mod schema;
mod sensitivity;
mod slurm;
mod sweep;
mod sweep_ends;
mod sweep_log;
mod sweep_lookups;
mod sweep_plan;
mod sweep_progress;
mod targets;
mod verify;

use std::process::ExitCode;

use clap::{ColorChoice, CommandFactory, FromArgMatches, Parser, Subcommand};

use console::{Console, ConsoleArguments};

/// Risk engine for long-term compute commitments.
///
/// Simulates compute prices, utilization and performance returns, settles take-or-pay contracts on every path, on the CPU
/// or a GPU, and reports the distribution of the total commitment cost and the bubble-risk probability.
#[derive(Debug, Parser)]
#[command(
    name = "overhang",
    version = crate::result::program::LONG_VERSION,
    arg_required_else_help = true,
    args_override_self = true,
    after_help = EXAMPLES
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    console: ConsoleArguments,
}

const EXAMPLES: &str = "\
Examples:
  overhang init deal.toml
  overhang check deal.toml
  overhang run deal.toml
  overhang run deal.toml --paths 10e6 --format json > result.json

Exit codes: 0 done, 1 failed, 2 bad usage or scenario, 3 a --fail-if condition holds, 130 interrupted, 143 terminated.";

#[derive(Debug, Subcommand)]
enum Command {
    /// Simulate a scenario and print its distributions
    Run(run::Arguments),
    /// Compare scenarios and variants under common random numbers
    Compare(compare::Arguments),
    /// Show what each uncertain input does to the results, and what would have to be true
    Sensitivity(sensitivity::Arguments),
    /// Run a scenario at many points and keep the results in a store
    Sweep(sweep::Arguments),
    /// Merge the shards of a sweep
    Merge(merge::MergeArguments),
    /// Show the progress of a sweep
    Status(merge::StatusArguments),
    /// Write an HTML report with charts of runs, sweeps, comparisons and benchmarks
    Report(report::Arguments),
    /// Draw a chart of a run as SVG or PNG
    Plot(plot::Arguments),
    /// Fit a factor to a history of prices
    Fit(fit::Arguments),
    /// Check scenario files and show how they are understood
    Check(check::Arguments),
    /// Write the engine's own trajectories to a file
    Sample(sample::Arguments),
    /// Time the engines on a scenario, after checking that they agree
    Bench(bench::Arguments),
    /// Write a commented example scenario to start from
    Init(init::Arguments),
    /// Say what a key, a figure, a metric or a number of a result means
    Explain(explain::Arguments),
    /// Print the JSON Schema of scenario files, results or comparisons
    Schema(schema::Arguments),
    /// Check GPUs against the CPU engine, on this machine or in a browser
    Verify(verify::Arguments),
    /// List the GPU adapters and show which one `--backend auto` uses
    Devices(devices::Arguments),
    /// Print a shell completion script
    Completions(manual::CompletionsArguments),
    /// Print the manual page, or write the pages of all commands
    Man(manual::ManArguments),
}

/// The commands with their arguments and options.
pub fn command() -> clap::Command {
    Arguments::command()
}

/// The command line. What is wrong with it is said in colours where a terminal shows them; left to itself, the parser would
/// send them to a dumb one too where the variable CI is set.
fn parsed() -> Arguments {
    let colour = if console::is_dumb() { ColorChoice::Never } else { ColorChoice::Auto };
    let matches = command().color(colour).get_matches();
    Arguments::from_arg_matches(&matches).unwrap_or_else(|error| error.exit())
}

/// Parses the command line and runs its command.
pub fn main() -> ExitCode {
    complete::answer(command);
    let arguments = parsed();
    let console = Console::new(&arguments.console);
    let outcome = match arguments.command {
        Command::Run(arguments) => run::run(&arguments, &console),
        Command::Compare(arguments) => compare::compare(&arguments, &console),
        Command::Sensitivity(arguments) => sensitivity::sensitivity(&arguments, &console),
        Command::Sweep(arguments) => sweep::sweep(&arguments, &console),
        Command::Merge(arguments) => merge::merge(&arguments, &console),
        Command::Status(arguments) => merge::status(&arguments, &console),
        Command::Report(arguments) => report::report(&arguments, &console),
        Command::Plot(arguments) => plot::plot(&arguments, &console),
        Command::Fit(arguments) => fit::fit(&arguments, &console),
        Command::Check(arguments) => check::check(&arguments, &console),
        Command::Sample(arguments) => sample::sample(&arguments, &console),
        Command::Bench(arguments) => bench::bench(&arguments, &console),
        Command::Init(arguments) => init::init(&arguments, &console),
        Command::Explain(arguments) => explain::explain(&arguments),
        Command::Schema(arguments) => schema::schema(&arguments),
        Command::Verify(arguments) => verify::verify(&arguments, &console),
        Command::Devices(arguments) => devices::devices(&arguments),
        Command::Completions(arguments) => manual::completions(&arguments, command()),
        Command::Man(arguments) => manual::man(&arguments, command()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => output::report(&failure),
    }
}
