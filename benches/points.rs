//! Writes the tables of quasi-random points in docs/points.md: how many times smaller the variances are than those of as many independent
//! paths, both from replicates, how often intervals cover, and what becomes of targets. `cargo bench --bench points`; an argument limits it to scenarios whose name
//! contains it, and then nothing is written.

#[path = "../tests/statistics/points/measure.rs"]
mod measure;

use measure::{Case, INTERVALS, TARGETS, coverage, cpu, gains, known, stopped};

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

fn main() {
    let engine = cpu();
    let filter = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    let wanted = |file: &&&str| filter.as_ref().is_none_or(|part| file.contains(part.as_str()));
    let mut rows = Vec::new();
    for file in FILES.iter().filter(wanted) {
        let case = Case::load(file);
        let found = gains(&engine, &case, REPLICATES, POINTS);
        let numbers: Vec<String> = found.iter().map(|gain| number(*gain)).collect();
        let name = &case.scenario.name;
        rows.push(format!("| {name} | {} |", numbers.join(" | ")));
        println!("{}", rows[rows.len() - 1]);
    }
    if filter.is_some() {
        return;
    }
    let mut covered = Vec::new();
    for file in ["tests/cases/one-lab.toml", "scenarios/openai.toml"] {
        let case = Case::load(file);
        let name = &case.scenario.name;
        let found = coverage(&engine, &case, SEEDS, 256, 1 << 16);
        let lines = INTERVALS.iter().zip(found);
        covered.extend(lines.map(|(what, share)| format!("| {name} | {what} | {:.1}% |", 100.0 * share)));
        println!("{}", covered.join("\n"));
    }
    let case = Case::load("tests/cases/one-lab.toml");
    let all = TARGETS.iter().zip(known(&engine, &case, 200, 1 << 18));
    let of_target = |(target, (exact, known)): (&&str, (f64, f64))| {
        let found = stopped(&case.scenario, target, exact, SEEDS);
        let (covered, excess) = (100.0 * found.covered, found.paths / known);
        let row = format!("| `{target}` | {known:.0} | {SEEDS} | {covered:.1}% | {excess:.2} | {:.2} |", found.stages);
        println!("{row}");
        row
    };
    let stopped: Vec<String> = all.map(of_target).collect();
    let text = std::fs::read_to_string(PAGE).expect("the page is there");
    let text = replaced(&replaced(&text, "gains", &rows), "targets", &stopped);
    std::fs::write(PAGE, replaced(&text, "coverage", &covered)).expect("the page can be written");
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
