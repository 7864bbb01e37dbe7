//! What a sweep says, in two sentences.

use super::pictures::ranked;
use crate::result::{SweepTable, SweptPoint};
use crate::text::harmless::short;
use crate::text::numbers::significant;
use crate::text::words::chance;

/// Digits of a mean.
const DIGITS: i32 = 4;
/// Characters of an axis and of its value.
const NAME: usize = 60;

/// Between which values the results lie, and where the bubble is least likely; what moves it most.
pub fn sweep_sentences(table: &SweepTable) -> Vec<String> {
    [means(table), bubble(table)].into_iter().flatten().collect()
}

fn means(table: &SweepTable) -> Option<String> {
    let (low, high) = ends(table, |point| point.mean.value)?;
    let write = |x: f64| table.amount(x, |x| significant(x, DIGITS));
    let [low, high] = [low, high].map(|point| write(point.mean.value.unwrap_or(f64::NAN)));
    let figure = table.figure.name().replace('_', " ");
    Some(format!("Over {} points, mean {figure} lies between {low} and {high}.", table.points.len()))
}

fn bubble(table: &SweepTable) -> Option<String> {
    let (low, high) = ends(table, |point| point.bubble.value)?;
    let [least, most] = [low, high].map(|point| chance(point.bubble.value.unwrap_or(f64::NAN)));
    if least == most {
        return Some(format!("The bubble-risk probability is {least} at every point."));
    }
    let values = table.axes.iter().zip(&low.values);
    let place = values.map(|(axis, (text, _))| format!("{} = {}", short(axis, NAME), short(text, NAME)));
    let place = place.collect::<Vec<_>>().join(", ");
    let first = ranked(table).into_iter().next().filter(|_| table.axes.len() > 1);
    let first = first.map(|(axis, _)| format!("; it depends most on {}", short(&axis, NAME))).unwrap_or_default();
    Some(format!("The bubble-risk probability lies between {least} (at {place}) and {most}{first}."))
}

/// The points with the lowest and the highest value.
fn ends(table: &SweepTable, value: impl Fn(&SweptPoint) -> Option<f64>) -> Option<(&SweptPoint, &SweptPoint)> {
    let there = || table.points.iter().filter_map(|point| Some((point, value(point)?)));
    let low = there().min_by(|a, b| a.1.total_cmp(&b.1))?.0;
    Some((low, there().max_by(|a, b| a.1.total_cmp(&b.1))?.0))
}
