//! Writes the tables of quasi-random points in docs/points.md: how many times smaller the variances are than those of as many independent
//! paths, both from replicates, how often intervals cover, and what becomes of targets. Arguments name the tables to write, `gains`,
//! `coverage` and `targets`: `cargo bench --bench points -- targets`.

#[path = "../tests/statistics/points/measure.rs"]
mod measure;

use measure::{Case, INTERVALS, TARGETS, coverage, cpu, gains, known, stopped};
use overhang::engine::cpu::CpuEngine;

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
    let tables: [(&str, Rows); 3] = [("gains", gain_rows), ("coverage", coverage_rows), ("targets", target_rows)];
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
