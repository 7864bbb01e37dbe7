//! The table of a benchmark.

use super::layout::{Align, grid, paragraphs};
use crate::report::bench::bench_sentences;
use crate::result::{BenchDocument, Contender, Spread};
use crate::text::numbers::{NOTHING, count, percentage, significant};

const DIGITS: i32 = 3;
const RANGE_DIGITS: i32 = 2;

/// The table of a comparison, for a terminal `width` characters wide; with an earlier one, how that compares.
pub fn bench_table(document: &BenchDocument, earlier: Option<&BenchDocument>, width: u16) -> String {
    let machine = &document.machine;
    let heading = format!(
        " {}, {} periods\n {} threads, {} {}; medians of {} interleaved warm runs",
        document.scenario, document.periods, machine.threads, machine.system, machine.architecture, document.rounds
    );
    let mut columns = vec![
        ("engine", Align::Left),
        ("paths", Align::Right),
        ("cold, s", Align::Right),
        ("warm, s", Align::Right),
        ("ns", Align::Right),
        ("speed-up", Align::Right),
        ("range", Align::Beside),
        ("mean, s", Align::Right),
        ("ES, s", Align::Right),
    ];
    if earlier.is_some() {
        columns.push(("then/now", Align::Right));
    }
    let rows = document.contenders.iter().map(|contender| {
        let mut row = row(document, contender);
        row.extend(earlier.map(|earlier| before(earlier, contender)));
        row
    });
    let table = grid(&columns, rows.collect(), width);
    let mut gpus: Vec<String> = Vec::new();
    for contender in document.contenders.iter().filter(|contender| contender.name.contains("GPU")) {
        let place = contender.name.split(',').next().unwrap_or_default();
        let line = format!(" {place}: {}\n", contender.engine);
        if !gpus.contains(&line) {
            gpus.push(line);
        }
    }
    let worst = document.contenders.iter().map(|contender| contender.different).fold(0.0, f64::max);
    let notes = format!(
        "{} ns: per path and period. Speed-up: against the first engine with the same number of paths, by round.\n \
         Mean, ES: time until the mean of the total commitment cost, or its 99% expected shortfall, has a standard \
         error of 0.1%.\n Stages: summed over threads on a CPU; copy, kernel and reduction from device timestamps on a GPU.\n Overlap: warm seconds over the longer of sampling + upload and copy + kernel + reduction; 1 is perfect.\n \
         Checked before timing: on {} paths, every engine agrees with the first; at most {} of the paths differ.",
        gpus.concat(),
        count(document.compared_paths),
        percentage(worst)
    );
    let stages = stages(document, width);
    let sentences = paragraphs(&bench_sentences(document), width);
    format!("{heading}\n\n{sentences}\n\n{table}\n\n{stages}\n\n{notes}\n")
}

/// What the stages took, in seconds.
fn stages(document: &BenchDocument, width: u16) -> String {
    let columns = [
        ("stages, s", Align::Left),
        ("paths", Align::Right),
        ("sampling", Align::Right),
        ("upload", Align::Right),
        ("copy", Align::Right),
        ("kernel", Align::Right),
        ("reduction", Align::Right),
        ("read-back", Align::Right),
        ("overlap", Align::Right),
    ];
    let seconds = |x: f64| if x > 0.0 { significant(x, RANGE_DIGITS) } else { NOTHING.to_owned() };
    let rows = document.contenders.iter().map(|contender| {
        let of = &contender.stages;
        let mut row = vec![contender.name.clone(), count(contender.paths)];
        row.extend([of.sampling, of.upload, of.copy, of.kernel, of.reduction, of.read_back].map(seconds));
        row.push(contender.overlap().map_or(NOTHING.to_owned(), |overlap| significant(overlap, DIGITS)));
        row
    });
    grid(&columns, rows.collect(), width)
}

fn row(document: &BenchDocument, contender: &Contender) -> Vec<String> {
    let warm = contender.warm();
    let number = |x: f64| significant(x, DIGITS);
    let rough = |x: f64| significant(x, RANGE_DIGITS);
    let range = |spread: Spread| format!("[{}, {}]", rough(spread.low), rough(spread.high));
    let base = document.contenders.iter().find(|other| other.paths == contender.paths);
    let faster = base.map(|base| contender.speed_up(base));
    let optional = |x: Option<f64>| x.map_or(NOTHING.to_owned(), number);
    vec![
        contender.name.clone(),
        count(contender.paths),
        number(contender.cold_seconds),
        number(warm.median),
        number(warm.median * 1e9 / (contender.paths as f64 * f64::from(document.periods))),
        faster.map_or(NOTHING.to_owned(), |faster| number(faster.median)),
        faster.map_or(String::new(), range),
        optional(contender.seconds_to_mean),
        optional(contender.seconds_to_shortfall),
    ]
}

fn before(earlier: &BenchDocument, now: &Contender) -> String {
    let same = earlier.contenders.iter().find(|then| then.name == now.name && then.paths == now.paths);
    same.map_or(NOTHING.to_owned(), |then| significant(then.warm().median / now.warm().median, DIGITS))
}
