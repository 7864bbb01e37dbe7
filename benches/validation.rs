//! Writes the tables of docs/validation.md: `cargo bench --bench validation`. They are of the CPU engine, whose figures are the
//! same on every machine; what the adapters of this machine give is printed. The tests hold the page to the same numbers. Arguments
//! name the tables to write: `cargo bench --bench validation -- targets`.

#[path = "../tests/shared/adapters.rs"]
mod adapters;
#[path = "../tests/statistics/closed_forms/case.rs"]
mod case;
#[path = "../tests/statistics/closed_forms/cases.rs"]
mod cases;
#[path = "../tests/statistics/closed_forms/clauses.rs"]
mod clauses;
#[path = "../tests/statistics/reference_cases/compare.rs"]
mod compare;
#[path = "../tests/statistics/coverage/count.rs"]
mod count;
#[path = "../tests/statistics/closed_forms/delay.rs"]
mod delay;
#[path = "coverage/estimators.rs"]
mod estimators;
#[path = "../tests/statistics/closed_forms/exact.rs"]
mod exact;
#[path = "coverage/fits.rs"]
mod fits;
#[path = "coverage/indices.rs"]
mod indices;
#[path = "../tests/statistics/lognormal.rs"]
mod lognormal;
#[path = "../tests/statistics/page.rs"]
mod page;
#[path = "../tests/statistics/closed_forms/parties.rs"]
mod parties;
#[path = "../tests/statistics/precision/measure.rs"]
mod precision;
#[path = "../tests/shared/skip.rs"]
mod skip;
#[path = "../tests/statistics/closed_forms/table.rs"]
mod table;
#[path = "../tests/statistics/targets/measure.rs"]
mod targets;
#[path = "../tests/statistics/uncertain/measure.rs"]
mod uncertain;

use case::{Check, Engines};
use overhang::engine::cpu::CpuEngine;
use overhang::engine::parity::differences;
use overhang::engine::{Engine, Instructions, Precision, Sampling, prepare};

/// Heads of the tables.
const CLOSED_FORMS: &str = "| case | what | comparisons | farthest z, f32 | farthest z, f64 |";
const COVERAGE: &str = "| interval of 95% | covers |";
const TARGETS: &str = "| target | paths, if the variance were known | seeds | covers | paths used ÷ those | stages |";
const UNCERTAIN: &str = "| number | estimate | truth | intervals of 95% cover |";
const INDICES: &str = "| function, input | alone | from 256 sets | `--indices 1024` | in all | `--indices 1024` |";
const ESTIMATORS: &str = "| estimator | case | truth | intervals of 95% cover |";
const FITS: &str = "| process | histories | entries | estimates alone | bias of the reversion |";
const REFERENCE_CASES: &str = "| case | what | comparisons | farthest, joint errors, f32 | f64 |";
const PRECISION: &str =
    "| scenario | paths | with a figure more than 10⁻⁵ off | event and bubble times that differ | farthest mean |";

/// Paths of the comparison with an adapter.
const ADAPTER_PATHS: u64 = 8192;

fn main() {
    let engines = case::cpu_engines();
    let mut text = page::read();
    let tables: [(&str, &dyn Fn() -> Vec<String>); 9] = [
        ("closed forms", &|| closed_forms(&engines)),
        ("coverage", &coverage),
        ("targets", &targets),
        ("uncertain inputs", &uncertain_inputs),
        ("indices", &|| lines(INDICES, indices::rows())),
        ("estimators", &|| lines(ESTIMATORS, estimators::rows())),
        ("fits", &|| lines(FITS, fits::rows())),
        ("reference cases", &|| reference_cases(&engines)),
        ("precision", &precisions),
    ];
    for (name, lines) in tables.into_iter().filter(|(name, _)| is_asked(name)) {
        let lines = lines();
        println!("{name}\n{}\n", lines.join("\n"));
        text = with_section(&text, name, &lines);
    }
    std::fs::write(page::PAGE, text).expect("docs/validation.md can be written");
    if is_asked("adapters") {
        adapters_agree();
    }
}

/// Whether a table is to be made: all of them, or those that the arguments name.
fn is_asked(name: &str) -> bool {
    let mut named = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).peekable();
    named.peek().is_none() || named.any(|argument| argument == name)
}

/// The page with other lines in a section.
fn with_section(text: &str, name: &str, lines: &[String]) -> String {
    let place = page::place(text, name);
    let rest = text[place.end..].trim_start_matches('\n');
    format!("{}{}\n{rest}", &text[..place.start], lines.join("\n"))
}

fn lines(head: &str, rows: impl IntoIterator<Item = String>) -> Vec<String> {
    let rule = "|---".repeat(head.matches('|').count() - 1) + "|";
    [head.to_owned(), rule].into_iter().chain(rows).collect()
}

fn closed_forms(engines: &Engines) -> Vec<String> {
    let mut rows = Vec::new();
    for (name, case) in cases::all() {
        let checks = case(engines);
        let off: Vec<&Check> = checks.iter().filter(|check| !check.holds()).collect();
        off.iter().for_each(|check| println!("off: {check}"));
        assert!(off.is_empty(), "{name}");
        rows.extend(table::rows(name, &checks));
    }
    lines(CLOSED_FORMS, rows)
}

fn coverage() -> Vec<String> {
    lines(COVERAGE, count::coverage().map(|coverage| coverage.row()))
}

fn uncertain_inputs() -> Vec<String> {
    lines(UNCERTAIN, uncertain::coverage().into_iter().map(|coverage| coverage.row()))
}

/// Seeds of runs that stop by a target.
const TARGET_SEEDS: u64 = 2000;
/// Seeds of comparisons that do.
const COMPARED_SEEDS: u64 = 300;

fn targets() -> Vec<String> {
    let loaded = targets::loaded();
    let rows = targets::cases().into_iter().map(|case| {
        let seeds = if case.compared { COMPARED_SEEDS } else { TARGET_SEEDS };
        let found = targets::measure(&loaded, &case, 1..1 + seeds);
        println!("{}", found.row(&case));
        found.row(&case)
    });
    lines(TARGETS, rows)
}

fn reference_cases(engines: &Engines) -> Vec<String> {
    let rows = compare::CASES.iter().flat_map(|case| {
        let found =
            engines.iter().map(|(name, engine)| compare::compare(case, (name, engine.as_ref()), compare::PATHS));
        let found: Vec<compare::Checks> = found.collect();
        compare::rows(case, &found[0], &found[1])
    });
    lines(REFERENCE_CASES, rows)
}

fn precisions() -> Vec<String> {
    lines(PRECISION, precision::FILES.map(|file| precision::row(file, &precision::precisions(file))))
}

/// What this machine's adapters give, which is not for the page.
fn adapters_agree() {
    println!("adapters of this machine against the CPU engine, {ADAPTER_PATHS} paths");
    for file in precision::FILES {
        let loaded = overhang::scenario::load(file.as_ref()).unwrap_or_else(|failure| panic!("{failure}"));
        let plan = prepare(&loaded.scenario);
        let cpu = CpuEngine::new(None, Instructions::best(), Precision::Single, Sampling::Device);
        let cpu = cpu.expect("threads start").values(&plan, precision::DRAWS, 0..ADAPTER_PATHS);
        let cpu = cpu.expect("the CPU has no faults");
        for (name, gpu) in adapters::gpus(Sampling::Device) {
            let values = gpu.values(&plan, precision::DRAWS, 0..ADAPTER_PATHS);
            let found = differences(&plan, &cpu, &values.unwrap_or_else(|error| panic!("{name}: {error}")));
            println!(
                "{file}, {name}: {:.4}% of paths, {:.4}% of times differ",
                100.0 * found.paths,
                100.0 * found.times
            );
        }
    }
}
