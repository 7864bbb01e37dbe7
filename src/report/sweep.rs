//! What a sweep says, in two sentences.

use super::numbers::figure_name;
use super::pictures::Explained;
use crate::result::{SweepTable, SweptPoint};
use crate::text::harmless::short;
use crate::text::numbers::significant;
use crate::text::words::chance;

/// Digits of a mean.
const DIGITS: i32 = 4;
/// Characters of an axis and of its value.
const NAME: usize = 60;

/// Between which values the results lie, and where the bubble is least likely; what moves it most.
pub fn sweep_sentences(table: &SweepTable, ranked: &[Explained]) -> Vec<String> {
    [means(table), bubble(table, ranked)].into_iter().flatten().collect()
}

fn means(table: &SweepTable) -> Option<String> {
    let (low, high) = ends(table, |point| point.mean.value)?;
    let write = |x: f64| table.amount(x, |x| significant(x, DIGITS));
    let [low, high] = [low, high].map(|point| write(point.mean.value.unwrap_or(f64::NAN)));
    let figure = figure_name(table.figure);
    Some(format!("Over {} points, mean {figure} lies between {low} and {high}.", table.points.len()))
}

fn bubble(table: &SweepTable, ranked: &[Explained]) -> Option<String> {
    let (low, high) = ends(table, |point| point.bubble.value)?;
    let [least, most] = [low, high].map(|point| chance(point.bubble.value.unwrap_or(f64::NAN)));
    if least == most {
        return Some(format!("The bubble-risk probability is {least} at every point."));
    }
    let values = table.axes.iter().zip(&low.values);
    let place = values.map(|(axis, (text, _))| format!("{} = {}", short(axis, NAME), short(text, NAME)));
    let place = place.collect::<Vec<_>>().join(", ");
    let first = ranked.first().filter(|_| table.axes.len() > 1);
    let first = first.map(|(axis, _)| format!("; it depends most on {}", short(axis, NAME))).unwrap_or_default();
    Some(format!("The bubble-risk probability lies between {least} (at {place}) and {most}{first}."))
}

/// The points with the lowest and the highest value.
fn ends(table: &SweepTable, value: impl Fn(&SweptPoint) -> Option<f64>) -> Option<(&SweptPoint, &SweptPoint)> {
    let there = || table.points.iter().filter_map(|point| Some((point, value(point)?)));
    let low = there().min_by(|a, b| a.1.total_cmp(&b.1))?.0;
    Some((low, there().max_by(|a, b| a.1.total_cmp(&b.1))?.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::Estimate;
    use crate::registry::Figure;
    use crate::report::pictures::ranked;

    /// A grid of two axes; the bubble follows the second.
    fn table(count: usize) -> SweepTable {
        let known = |value: f64| Estimate { value: Some(value), ..Estimate::default() };
        let points = (0..count * count).map(|point| {
            let (x, y) = ((point % count) as f64, (point / count) as f64);
            SweptPoint {
                point,
                values: vec![(x.to_string(), Some(x)), (y.to_string(), Some(y))],
                mean: known(1e9 * (30.0 + x)),
                se: None,
                shortfall: known(1e9 * (31.0 + x)),
                bubble: known(0.1 + y / 100.0),
                failed: None,
            }
        });
        SweepTable {
            axes: vec!["discount.rate".into(), "contract.a.take_or_pay".into()],
            figure: Figure::CommitmentCost,
            currency: "USD".into(),
            capacity_unit: "GW".into(),
            level: None,
            points: points.collect(),
        }
    }

    #[test]
    fn two_sentences_say_between_what_results_lie_and_what_moves_them() {
        let of = |table: &SweepTable| sweep_sentences(table, &ranked(table));
        let found = of(&table(5));
        assert_eq!(found[0], "Over 25 points, mean commitment cost lies between $30.00bn and $34.00bn.");
        assert_eq!(
            found[1],
            "The bubble-risk probability lies between 10% (at discount.rate = 0, contract.a.take_or_pay = 0) and 14%; it depends most \
             on contract.a.take_or_pay."
        );
        let mut same = table(2);
        same.points.iter_mut().for_each(|point| point.bubble.value = Some(0.2));
        assert_eq!(of(&same)[1], "The bubble-risk probability is 20% at every point.");
    }

    #[test]
    fn charts_stay_small_whatever_the_number_of_points() {
        use crate::report::chart::svg;
        use crate::report::pictures::{frontier, responses, surface};
        let size = |count: usize| -> usize {
            let table = table(count);
            let all = surface(&table, &ranked(&table))
                .into_iter()
                .chain(frontier(&table))
                .chain((0..2).flat_map(|axis| responses(&table, axis)));
            all.map(|chart| svg(&chart, 760, false).text.len() + 40 * chart.readings.rows.len()).sum()
        };
        let (small, large) = (size(19), size(200));
        assert!(large < 3_000_000 && large < 8 * small, "{small} {large}");
    }
}
