//! What each input does to the results, as tables and pages show it.

use indexmap::IndexMap;

use crate::measure::{Difference, Estimate};
use crate::result::{
    Answer, DerivativeMethod, Key, OutputIndices, SensitivityDocument, SensitivityInput, Swing, TargetAnswers,
};
use crate::text::harmless::harmless;
use crate::text::numbers::{NOTHING, count, fixed, input_number, significant};
use crate::text::units::{Labels, Unit};
use crate::text::words::capital;

/// Sentences at the top.
const SENTENCES: usize = 2;

/// A table: its title, its columns, and its rows. One without columns is its title alone.
pub struct SensitivityRows {
    pub title: String,
    pub columns: Vec<String>,
    pub rows: Vec<Vec<String>>,
}

/// The name of an input.
pub fn input_name(key: &str, input: Option<&SensitivityInput>) -> String {
    harmless(input.and_then(|input| input.label.as_deref()).unwrap_or(key))
}

/// The name of an output with its unit, and what its numbers are divided by.
pub fn output_name(document: &SensitivityDocument, key: &Key) -> (String, f64) {
    let labels = document.provenance.labels();
    let size = document.outputs.get(key).and_then(|of| of.estimate.value).unwrap_or(0.0).abs();
    let (factor, unit) = match key.unit() {
        Unit::Probability => (0.01, "%".to_owned()),
        of => Labels::scaled(labels, of, size),
    };
    let name = spoken(key);
    (if unit.is_empty() { name } else { format!("{name}, {unit}") }, factor)
}

/// A key in words.
fn spoken(key: &Key) -> String {
    let statistic = key.statistic.to_string();
    let statistic = statistic.trim_end_matches(".value").replace('.', " ").replacen(" 0 ", " 0.", 1);
    match key.subject.kind() {
        "bubble" => spoken_subject(key),
        _ => format!("{}, {statistic}", spoken_subject(key)),
    }
}

/// What a key is of, in words.
fn spoken_subject(key: &Key) -> String {
    let (owner, name) = (key.subject.owner(), key.subject.name().replace('_', " "));
    let of = if owner == "system" { String::new() } else { format!("{} ", harmless(owner)) };
    match key.subject.kind() {
        "bubble" => format!("{of}bubble"),
        "figures" => format!("{of}{name}"),
        kind => format!("{of}{kind} {name}"),
    }
}

/// What moves the first results most, a sentence for each.
pub fn sensitivity_sentences(document: &SensitivityDocument) -> Vec<String> {
    let said = |key: &Key| {
        let swings = document.swings(key)?;
        let (name, factor) = output_name(document, key);
        let input = |(of, _): &(&String, &Swing)| input_name(of, document.inputs.get(*of));
        let (first, swing) = (input(swings.first()?), swings.first()?.1);
        let known = |of: &Option<Difference>| of.as_ref().is_some_and(|of| of.value.is_some());
        if swing.size() == 0.0 || !(known(&swing.low) && known(&swing.high)) {
            return None;
        }
        let ends = [&swing.low, &swing.high].map(|of| change(of, factor));
        let second = swings.get(1).filter(|(_, swing)| swing.size() > 0.0);
        let second = second.map(|of| format!("; next comes {}", input(of))).unwrap_or_default();
        Some(format!(
            "{}: {first} matters most, with {} at its low and {} at its high value{second}.",
            capital(&name),
            ends[0],
            ends[1]
        ))
    };
    document.outputs.keys().filter_map(said).take(SENTENCES).collect()
}

fn change(of: &Option<Difference>, factor: f64) -> String {
    let Some(Difference { value: Some(value), se, .. }) = of else { return NOTHING.to_owned() };
    let is_known = se.is_none_or(|se| value.abs() > 2.0 * se);
    let text = significant(value / factor, 3);
    let text = if *value > 0.0 { format!("+{text}") } else { text };
    if is_known { text } else { format!("({text})") }
}

/// The tornado: for each output a table of inputs, those that move it most first.
pub fn tornado_rows(document: &SensitivityDocument) -> Vec<SensitivityRows> {
    let of_output = |key: &Key| {
        let sorted = document.swings(key)?;
        let (name, factor) = output_name(document, key);
        let row = |(key, swing): (&String, &Swing)| {
            let input = document.inputs.get(key);
            let at =
                |of: fn(&SensitivityInput) -> f64| input.map_or(NOTHING.to_owned(), |input| input_number(of(input)));
            vec![
                input_name(key, input),
                at(|input| input.low),
                at(|input| input.high),
                change(&swing.low, factor),
                change(&swing.high, factor),
            ]
        };
        let moves = sorted.iter().any(|(_, swing)| swing.size() > 0.0);
        let none =
            || vec![vec!["no input changes it".to_owned(), String::new(), String::new(), String::new(), String::new()]];
        let centre = document.outputs[key].estimate.value.map_or(NOTHING.to_owned(), |x| significant(x / factor, 4));
        Some(SensitivityRows {
            title: format!("{name}: {centre} at the centre"),
            columns: ["input", "low", "high", "change at low", "at high"].map(String::from).to_vec(),
            rows: if moves { sorted.into_iter().map(row).collect() } else { none() },
        })
    };
    document.outputs.keys().filter_map(of_output).collect()
}

/// What would have to be true: for each target a table of inputs.
pub fn target_rows(document: &SensitivityDocument) -> Vec<SensitivityRows> {
    let of_target = |of: &TargetAnswers| {
        let met = match of.met {
            Some(true) => "met at the centre",
            Some(false) => "not met at the centre",
            None => "undefined at the centre",
        };
        let row = |(key, answer): (&String, &Answer)| {
            let input = document.inputs.get(key);
            let centre = input.map_or(NOTHING.to_owned(), |input| input_number(input.centre));
            vec![input_name(key, input), centre, answer_text(answer)]
        };
        SensitivityRows {
            title: format!("{}: {met}", of.target),
            columns: ["input", "centre", "would be met if the input were"].map(String::from).to_vec(),
            rows: of.inputs.iter().map(row).collect(),
        }
    };
    document.targets.iter().flatten().map(of_target).collect()
}

fn answer_text(answer: &Answer) -> String {
    match answer {
        Answer::Always => "anything in its range".into(),
        Answer::Never => "– (no value in its range)".into(),
        Answer::At { value: Estimate { value, low, high, .. }, above } => {
            let number = |x: &Option<f64>| x.map_or(NOTHING.to_owned(), input_number);
            format!("{} {} [{}, {}]", if *above { "above" } else { "below" }, number(value), number(low), number(high))
        }
    }
}

/// Derivatives: for each output a table of inputs.
pub fn derivative_rows(document: &SensitivityDocument) -> Vec<SensitivityRows> {
    let Some(all) = &document.derivatives else { return Vec::new() };
    let of_output = |key: &Key| {
        let (name, factor) = output_name(document, key);
        let rows = all.iter().filter_map(|of| {
            let found = of.outputs.get(key)?;
            let number = |x: Option<f64>, digits| x.map_or(NOTHING.to_owned(), |x| significant(x, digits));
            let by = |x: Option<f64>| x.map(|x| x / factor);
            let error = by(found.se).map_or(String::new(), |se| format!("± {}", significant(se, 2)));
            let name = input_name(&of.key, document.inputs.get(&of.key));
            let method = found.method.map_or(NOTHING, DerivativeMethod::name).to_owned();
            Some(vec![name, number(by(found.value), 4), error, number(found.elasticity, 3), method])
        });
        SensitivityRows {
            title: format!("{name}: derivatives at the centre"),
            columns: ["input", "per unit of the input", "± se", "elasticity", "method"].map(String::from).to_vec(),
            rows: rows.collect(),
        }
    };
    document.outputs.keys().map(of_output).collect()
}

/// Indices of inputs: a table with a column for each output.
pub fn index_rows(document: &SensitivityDocument) -> Option<SensitivityRows> {
    let indices = document.indices.as_ref()?;
    let title = format!("Share of the variance between {} parameter sets", indices.sets);
    let names = document.inputs.iter().map(|(key, input)| (key.as_str(), input_name(key, Some(input))));
    Some(shares((title, "input"), names.collect(), &indices.outputs, spoken))
}

/// Indices of the sources of randomness: a table with columns for each output.
pub fn chance_rows(document: &SensitivityDocument) -> Option<SensitivityRows> {
    let chance = document.chance.as_ref()?;
    let alone = |title: &str| SensitivityRows { title: title.to_owned(), columns: Vec::new(), rows: Vec::new() };
    if chance.sources.is_empty() {
        return Some(alone("Sources of randomness: nothing in the scenario is random"));
    }
    if chance.outputs.is_empty() {
        return Some(alone("Sources of randomness: only figures of organizations and events have shares"));
    }
    let title = format!("Share of the variance between {} futures, all inputs at the centre", count(chance.paths));
    let names = chance.sources.iter().map(|(key, name)| (key.as_str(), harmless(name)));
    // the variance is that of the figure, whatever statistic of it is asked for
    Some(shares((title, "source of randomness"), names.collect(), &chance.outputs, spoken_subject))
}

/// A table of indices: a row for each name by its key, and columns for each output.
fn shares(
    (title, what): (String, &str),
    names: Vec<(&str, String)>,
    outputs: &IndexMap<Key, OutputIndices>,
    spoken: fn(&Key) -> String,
) -> SensitivityRows {
    let mut columns = vec![what.to_owned()];
    let share = |found: Option<&Estimate>| {
        let percent = |x: f64| fixed(100.0 * x, 0);
        match found.map(|of| (of.value, of.low, of.high)) {
            Some((Some(x), Some(low), Some(high))) => format!("{}% [{}, {}]", percent(x), percent(low), percent(high)),
            Some((Some(x), ..)) => format!("{}%", percent(x)),
            _ => NOTHING.to_owned(),
        }
    };
    let mut rows: Vec<Vec<String>> = names.iter().map(|(_, name)| vec![name.clone()]).collect();
    for (key, of) in outputs {
        let name = spoken(key);
        for (what, found) in [("alone", &of.first_order), ("in all", &of.total), ("fair share", &of.shapley)] {
            let Some(found) = found else { continue };
            columns.push(format!("{name}: {what}"));
            rows.iter_mut().zip(&names).for_each(|(row, (key, _))| row.push(share(found.get(*key))));
        }
    }
    SensitivityRows { title, columns, rows }
}

/// The usual measures: for each output a table of inputs.
pub fn classic_rows(document: &SensitivityDocument) -> Vec<SensitivityRows> {
    let of_output = |(key, of): (&Key, &crate::result::ClassicOutput)| {
        let (name, factor) = output_name(document, key);
        let rows = of.inputs.iter().map(|(input, found)| {
            let number = |x: Option<f64>| x.map_or(NOTHING.to_owned(), |x| fixed(x, 2));
            let range = found.mean_range.map_or(NOTHING.to_owned(), |[low, high]| {
                format!("{} … {}", significant(low / factor, 3), significant(high / factor, 3))
            });
            let contribution = found.contribution.map_or(NOTHING.to_owned(), |x| format!("{}%", fixed(100.0 * x, 0)));
            vec![
                input_name(input, document.inputs.get(input)),
                number(found.regression),
                number(found.rank_correlation),
                number(found.partial_rank_correlation),
                contribution,
                range,
            ]
        });
        let fit = of.r_squared.map_or(String::new(), |x| format!(" (R² {})", fixed(x, 2)));
        SensitivityRows {
            title: format!("{name}: usual measures{fit}"),
            columns: ["input", "regression", "rank correlation", "partial", "contribution", "mean over its tenths"]
                .map(String::from)
                .to_vec(),
            rows: rows.collect(),
        }
    };
    document.classic.iter().flatten().map(of_output).collect()
}

/// All tables in their order.
pub fn all_rows(document: &SensitivityDocument) -> Vec<SensitivityRows> {
    let mut all = tornado_rows(document);
    all.extend(chance_rows(document));
    all.extend(target_rows(document));
    all.extend(derivative_rows(document));
    all.extend(index_rows(document));
    all.extend(classic_rows(document));
    all
}
