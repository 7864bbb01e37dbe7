//! What uncertain inputs do to a result, as tables and pages show it.

use super::numbers::{figure_name, unit_in};
use crate::measure::Estimate;
use crate::registry::Figure;
use crate::result::{InputSummary, Key, OutputSummary, Part, ResultDocument, Statistic, Subject, UncertaintyDocument};
use crate::text::harmless::harmless;
use crate::text::numbers::{NOTHING, TABLE_DIGITS, count, fixed, input_number, significant};
use crate::text::units::Unit;

/// Figures whose means are shown.
const SHOWN: [Figure; 3] = [Figure::CommitmentCost, Figure::ComputeCost, Figure::NetValue];

/// How wide the interval of a share may be for it to be shown.
const VAGUE: f64 = 0.5;

/// The columns of [`output_rows`].
pub const OUTPUT_COLUMNS: [&str; 6] =
    ["mean or probability", "predictive", "95% interval", "at the medians", "90% of the sets", "due to inputs"];

/// What the columns mean.
pub const UNCERTAINTY_NOTE: &str = "Predictive results include what the inputs leave open. “90% of the sets” is the range of the values \
     that single sets have. “Due to inputs” is the share of the variance of a single future that knowing the inputs would remove.";
/// What the columns of inputs mean.
pub const INPUT_NOTE: &str =
    "What each input explains alone of the variance between sets, and what knowing it before signing is worth:";

/// How many parameter sets there are.
pub fn uncertainty_summary(of: &UncertaintyDocument) -> String {
    format!("Uncertain inputs: {} parameter sets with {} paths each.", count(of.sets.into()), count(of.paths_per_set))
}

/// A row for each of the main figures and each bubble.
pub fn output_rows(document: &ResultDocument, of: &UncertaintyDocument) -> Vec<[String; OUTPUT_COLUMNS.len()]> {
    main_outputs(document, of).into_iter().map(|(name, factor, output)| output_row(name, factor, output)).collect()
}

/// The main figures and the bubbles: their names with units, what their numbers are divided by, and what is known of them.
fn main_outputs<'d>(document: &ResultDocument, of: &'d UncertaintyDocument) -> Vec<(String, f64, &'d OutputSummary)> {
    let (factor, unit) = unit_in(document, Unit::Money);
    let figures = SHOWN.iter().filter_map(|&figure| {
        let key = Key::new(Subject::system(figure), Statistic::Mean);
        Some((format!("{}, {unit}", figure_name(figure)), factor, of.outputs.get(&key.to_string())?))
    });
    let bubbles = document.bubble.keys().filter_map(|owner| {
        let subject = Subject::Bubble { owner: owner.clone() };
        let key = Key::new(subject, Statistic::Probability(Part::Value));
        // a single organization's bubble is the system's
        let output = of.outputs.get(&key.to_string())?;
        Some((format!("bubble, {}, %", harmless(owner)), 0.01, output))
    });
    figures.chain(bubbles).collect()
}

fn output_row(name: String, factor: f64, of: &OutputSummary) -> [String; OUTPUT_COLUMNS.len()] {
    let number = |x: Option<f64>| x.map_or_else(|| NOTHING.to_owned(), |x| significant(x / factor, TABLE_DIGITS));
    let between = |[low, high]: [Option<f64>; 2]| match low.is_some() && high.is_some() {
        true => format!("{} … {}", number(low), number(high)),
        false => NOTHING.to_owned(),
    };
    let Estimate { value, low, high, .. } = of.predictive;
    let interval = if low.is_some() { format!("[{}, {}]", number(low), number(high)) } else { String::new() };
    [name, number(value), interval, number(of.centre.value), between(of.range), share(&of.parameters)]
}

/// A share in per cent, unless it is hardly known.
fn share(of: &Estimate) -> String {
    let is_known = of.low.zip(of.high).is_none_or(|(low, high)| high - low < VAGUE);
    match of.value.filter(|_| is_known) {
        Some(share) => format!("{}%", fixed(100.0 * share, 0)),
        None => NOTHING.to_owned(),
    }
}

/// The headings of the inputs: how much of the variance of the bubble and of the net value each explains alone, and what it would be
/// worth to know it.
pub fn input_columns(document: &ResultDocument, of: &UncertaintyDocument) -> Vec<String> {
    let mut columns = vec!["input".to_owned(), "10%".to_owned(), "median".to_owned(), "90%".to_owned()];
    columns.extend(explained(of).map(|(name, _)| name.to_owned()));
    if of.learning_everything.is_some() {
        columns.push(format!("worth, {}", unit_in(document, Unit::Money).1));
    }
    columns
}

/// The outputs that inputs are shown to explain.
fn explained(of: &UncertaintyDocument) -> impl Iterator<Item = (&'static str, &OutputSummary)> {
    let bubble = Key::system_bubble();
    let value = Key::new(Subject::system(Figure::NetValue), Statistic::Mean);
    let cost = Key::new(Subject::system(Figure::CommitmentCost), Statistic::Mean);
    let all = [("bubble", bubble), ("net value", value), ("cost", cost)];
    all.into_iter().filter_map(|(name, key)| Some((name, of.outputs.get(&key.to_string())?)))
}

/// A row for each input, and one for all together where there is a value of learning.
pub fn input_rows(document: &ResultDocument, of: &UncertaintyDocument) -> Vec<Vec<String>> {
    let (factor, _) = unit_in(document, Unit::Money);
    let worth = |found: Option<Estimate>| {
        found.map(|found| {
            let number = |x: f64| significant(x / factor, 2);
            match (found.value, found.low, found.high) {
                (Some(value), Some(low), Some(high)) if high > 0.0 => {
                    format!("{} [{}, {}]", number(value), number(low), number(high))
                }
                (value, ..) => value.map_or_else(|| NOTHING.to_owned(), number),
            }
        })
    };
    let row = |(key, input): (&String, &InputSummary)| {
        let name = input.label.as_ref().unwrap_or(key);
        let mut row = vec![harmless(name)];
        row.extend([input.low, input.median, input.high].map(input_number));
        row.extend(explained(of).map(|(_, output)| output.first_order.get(key).map_or(NOTHING.into(), share)));
        row.extend(of.learning_everything.map(|_| worth(input.learning).unwrap_or_else(|| NOTHING.to_owned())));
        row
    };
    let mut rows: Vec<Vec<String>> = of.inputs.iter().map(row).collect();
    if let Some(all) = worth(of.learning_everything) {
        let mut last = vec![String::new(); rows.first().map_or(0, Vec::len)];
        if let [name, .., value] = last.as_mut_slice() {
            (*name, *value) = ("all of them".to_owned(), all);
        }
        rows.push(last);
    }
    rows
}
