//! Writes the tables of quasi-random points in docs/points.md: how many times smaller the variances are than those of as many independent
//! paths, both from replicates, what comes out where it is known, how often intervals cover, and what becomes of targets. Arguments name the
//! tables to write, `gains`, `known`, `coverage` and `targets`: `cargo bench --bench points -- targets`.

#[path = "../tests/statistics/points/measure.rs"]
mod measure;
#[path = "../tests/statistics/points/options.rs"]
mod options;

use measure::{Case, Estimates, INTERVALS, TARGETS, coverage, cpu, gains, known, stopped};
use options::{Known, Reference, rate};
use overhang::engine::cpu::CpuEngine;
use overhang::plan::points::Construction;

const FILES: [&str; 9] = [
    "scenarios/openai.toml",
    "scenarios/openai-balanced.toml",
    "scenarios/anthropic.toml",
    "scenarios/google-deepmind.toml",
    "scenarios/meta.toml",
    "scenarios/industry.toml",
    "scenarios/aws-38b.toml",
    "tests/cases/one-lab.toml",
    "tests/cases/part-two.toml",
];
/// Replicates of each kind: a ratio of two variances is then known to ± 25%.
const REPLICATES: u32 = 64;
const POINTS: u64 = 1 << 16;
const SEEDS: u64 = 2000;
const PAGE: &str = "docs/points.md";

/// What makes the rows of a table.
type Rows = fn(&CpuEngine) -> Vec<String>;

fn main() {
    let engine = cpu();
    let asked: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let tables: [(&str, Rows); 4] =
        [("gains", gain_rows), ("known", known_rows), ("coverage", coverage_rows), ("targets", target_rows)];
    for (table, rows) in tables {
        if asked.is_empty() || asked.iter().any(|name| name == table) {
            let rows = rows(&engine);
            let text = std::fs::read_to_string(PAGE).expect("the page is there");
            std::fs::write(PAGE, replaced(&text, table, &rows)).expect("the page can be written");
        }
    }
}

fn gain_rows(engine: &CpuEngine) -> Vec<String> {
    let row = |file: &&str| {
        let case = Case::load(file);
        let numbers: Vec<String> = gains(engine, &case, REPLICATES, POINTS).into_iter().map(number).collect();
        said(format!("| {} | {} |", case.scenario.name, numbers.join(" | ")))
    };
    FILES.iter().map(row).collect()
}

fn known_rows(engine: &CpuEngine) -> Vec<String> {
    let reference = Reference::read();
    options::all().iter().flat_map(|known| rows_of(engine, known, &reference)).collect()
}

/// A row for each payoff of a scenario.
fn rows_of(engine: &CpuEngine, known: &Known, reference: &Reference) -> Vec<String> {
    let paths = known.independent(engine);
    // by construction, number of points and payoff
    let measured = [Construction::Bridge, Construction::Time].map(|construction| {
        let of = |power: u32| (1u64 << power, known.means(engine, Some(construction), REPLICATES, 1 << power));
        (construction, (10..=POINTS.ilog2()).map(of).collect::<Vec<(u64, Vec<Estimates>)>>())
    });
    let row = |k: usize| {
        let payoff = &known.payoffs[k];
        let last = |sizes: &[(u64, Vec<Estimates>)]| sizes.last().map(|(_, found)| (found[k].mean(), found[k].error()));
        let (mean, error) = last(&measured[0].1).expect("there are sizes");
        let digits = (1.0 - error.log10().floor()).max(0.0) as usize;
        let mut cells = vec![payoff.name.to_owned(), format!("{:.digits$}", reference.exact(payoff))];
        cells.push(format!("{mean:.digits$} ± {error:.digits$}"));
        let variances = |sizes: &[(u64, Vec<Estimates>)]| -> Vec<(u64, f64)> {
            sizes.iter().map(|(points, found)| (*points, found[k].variance())).collect()
        };
        for (construction, sizes) in &measured {
            let of_scrambles = variances(sizes).pop().expect("there are sizes").1;
            cells.push(number(paths[k].1 / POINTS as f64 / of_scrambles));
            cells.push(number(reference.gain(payoff, *construction, POINTS)));
        }
        cells.extend(measured.iter().map(|(_, sizes)| format!("{:.2}", rate(&variances(sizes)))));
        said(format!("| {} |", cells.join(" | ")))
    };
    (0..known.payoffs.len()).map(row).collect()
}

fn coverage_rows(engine: &CpuEngine) -> Vec<String> {
    let rows = |file: &str| {
        let case = Case::load(file);
        let found = coverage(engine, &case, SEEDS, 256, 1 << 16);
        let row = |(what, share): (&&str, f64)| format!("| {} | {what} | {:.1}% |", case.scenario.name, 100.0 * share);
        INTERVALS.iter().zip(found).map(row).map(said).collect::<Vec<String>>()
    };
    ["tests/cases/one-lab.toml", "scenarios/openai.toml"].into_iter().flat_map(rows).collect()
}

fn target_rows(engine: &CpuEngine) -> Vec<String> {
    let case = Case::load("tests/cases/one-lab.toml");
    let row = |(target, (exact, known)): (&&str, (f64, f64))| {
        let found = stopped(&case.scenario, target, exact, SEEDS);
        let (covered, excess, stages) = (100.0 * found.covered, found.paths / known, found.stages);
        said(format!("| `{target}` | {known:.0} | {SEEDS} | {covered:.1}% | {excess:.2} | {stages:.2} |"))
    };
    TARGETS.iter().zip(known(engine, &case, 200, 1 << 18)).map(row).collect()
}

/// A row, which is also printed, since the next one takes long.
fn said(row: String) -> String {
    println!("{row}");
    row
}

fn number(gain: f64) -> String {
    if gain < 9.95 { format!("{gain:.1}") } else { format!("{gain:.0}") }
}

/// The page with the rows of a table between its marks.
fn replaced(text: &str, table: &str, rows: &[String]) -> String {
    let (begin, end) = (format!("<!-- {table} -->\n"), format!("<!-- end of {table} -->"));
    let start = text.find(&begin).expect("the page has the mark") + begin.len();
    let stop = text.find(&end).expect("the page has the mark");
    // the head of the table stays
    let head: String = text[start..stop].split_inclusive('\n').take(3).collect();
    format!("{}{head}{}\n\n{}", &text[..start], rows.join("\n"), &text[stop..])
}
