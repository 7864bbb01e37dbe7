//! What an analysis is asked for, as it is written.

use super::builder::Part;
use super::inputs::InputRange;
use crate::result::{self, Key, Threshold, WrongThreshold};
use crate::scenario::number;

/// The key of an output, such as `figures.system.net_value.mean`, or a shorter form of it.
///
/// # Errors
/// What it must be, in words.
pub fn parse_output(text: &str) -> Result<Key, String> {
    let found = result::abbreviated(text.trim());
    found.filter(|key: &Key| key.statistic.is_compared()).ok_or_else(|| {
        "must be a mean, quantile, shortfall or probability of the result, such as bubble.system.probability".into()
    })
}

/// A target, such as `bubble.system.probability < 0.2`.
///
/// # Errors
/// What is wrong with it.
pub fn parse_target(text: &str) -> Result<Threshold, String> {
    let threshold: Threshold = text.parse().map_err(|error: WrongThreshold| error.to_string())?;
    match threshold.key.statistic.is_compared() {
        true => Ok(threshold),
        false => Err(format!("`{}` is not a mean, quantile, shortfall or probability", threshold.key)),
    }
}

/// A key of the scenario and its range, such as `contract.aws.take_or_pay=0.6:1`.
///
/// # Errors
/// What it must be, in words.
pub fn parse_range(text: &str) -> Result<InputRange, String> {
    let wrong = || "must be a key and its range, such as contract.aws.take_or_pay=0.6:1".to_owned();
    let (key, range) = text.split_once('=').ok_or_else(wrong)?;
    let (low, high) = range.split_once(':').ok_or_else(wrong)?;
    let (low, high) = number(low).zip(number(high)).filter(|(low, high)| low < high).ok_or_else(wrong)?;
    Ok(InputRange { key: key.trim().to_owned(), low, high })
}

/// The parts that are named, and the indices if they have points of their own; `None` for the default parts.
pub fn asked_parts(mut named: Vec<Part>, has_index_points: bool) -> Option<Vec<Part>> {
    if has_index_points && !named.contains(&Part::Indices) {
        named = if named.is_empty() { Part::USUAL.to_vec() } else { named };
        named.push(Part::Indices);
    }
    (!named.is_empty()).then_some(named)
}
