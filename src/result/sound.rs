//! Whether a document that was read could be one of this program's: pages, pictures and tables rely on what is tested here.
//!
//! A document may have been changed by hand, cut off or forged. Its types are tested when it is parsed; here are the lengths,
//! orders and names that belong together.

use serde_json::Value;

use super::bench::BenchDocument;
use super::comparison::CompareDocument;
use super::document::{Figure, Occurrence, Provenance, ResultDocument};
use crate::measure::{Histogram, Probability};

/// The largest number that a document may have: differences and squares of smaller ones are finite.
const LARGEST: f64 = 1e150;
/// Most periods of a horizon, as of a scenario's.
const MOST_PERIODS: u32 = 1040;
/// The steps of a horizon: years, quarters, months, weeks.
const STEPS: [u32; 4] = [1, 4, 12, 52];

/// What is wrong with a document, and at which key.
#[derive(Debug, PartialEq, thiserror::Error)]
#[error("`{place}` {problem}")]
pub struct Unsound {
    place: String,
    problem: String,
}

type Checked = Result<(), Unsound>;

fn require(holds: bool, place: &str, problem: &str) -> Checked {
    if holds { Ok(()) } else { Err(Unsound { place: place.to_owned(), problem: problem.to_owned() }) }
}

/// That no number is so large that arithmetic with it overflows.
pub fn check_numbers(value: &Value, place: &str) -> Checked {
    let inside =
        |key: &dyn std::fmt::Display| if place.is_empty() { key.to_string() } else { format!("{place}.{key}") };
    match value {
        Value::Number(number) => {
            let small = number.as_f64().is_some_and(|x| x.abs() <= LARGEST);
            require(small, place, "is larger than any number in a result can be")
        }
        Value::Array(all) => all.iter().enumerate().try_for_each(|(i, one)| check_numbers(one, &inside(&i))),
        Value::Object(all) => all.iter().try_for_each(|(key, one)| check_numbers(one, &inside(key))),
        _ => Ok(()),
    }
}

/// A result, whose keys stand behind `place`.
pub fn check_result(document: &ResultDocument, place: &str) -> Checked {
    let at = |key: &str| format!("{place}{key}");
    let provenance = &document.provenance;
    check_provenance(provenance, &at("provenance"))?;
    for (owner, figures) in &document.figures {
        for (name, figure) in figures {
            check_figure(figure, &at(&format!("figures.{owner}.{}", name.name())))?;
        }
    }
    for (owner, events) in &document.events {
        for (name, event) in events {
            check_occurrence(event, provenance.periods, &at(&format!("events.{owner}.{name}")))?;
        }
    }
    for (owner, bubble) in &document.bubble {
        check_occurrence(bubble, provenance.periods, &at(&format!("bubble.{owner}")))?;
    }
    for (name, payment) in &document.tranches {
        check_occurrence(payment, provenance.periods, &at(&format!("tranches.{name}")))?;
    }
    for (index, share) in document.run.shares.iter().enumerate() {
        let ascending = share.paths.iter().all(|[first, end]| first <= end);
        require(ascending, &at(&format!("run.shares.{index}.paths")), "contains a range that ends before it starts")?;
    }
    Ok(())
}

/// A comparison.
pub fn check_comparison(document: &CompareDocument) -> Checked {
    require(document.scenarios.contains_key(&document.base), "base", "must name a scenario of this comparison")?;
    for (name, scenario) in &document.scenarios {
        check_result(&scenario.result, &format!("scenarios.{name}.result."))?;
    }
    for name in document.differences.keys() {
        let known = document.scenarios.contains_key(name);
        require(known, &format!("differences.{name}"), "does not belong to a scenario of this comparison")?;
    }
    Ok(())
}

/// A benchmark.
pub fn check_bench(document: &BenchDocument) -> Checked {
    require(!document.contenders.is_empty(), "contenders", "is empty")?;
    for (index, contender) in document.contenders.iter().enumerate() {
        let place = format!("contenders.{index}.seconds");
        require(!contender.seconds.is_empty(), &place, "is empty")?;
        require(
            contender.seconds.iter().all(|&seconds| seconds > 0.0),
            &place,
            "contains a time that is not positive",
        )?;
        require(contender.paths > 0, &format!("contenders.{index}.paths"), "must be at least 1")?;
    }
    Ok(())
}

fn check_provenance(provenance: &Provenance, place: &str) -> Checked {
    let at = |key: &str| format!("{place}.{key}");
    let steps = provenance.steps_per_year;
    require(STEPS.contains(&steps), &at("steps_per_year"), "must be 1, 4, 12 or 52")?;
    let periods = (1..=MOST_PERIODS).contains(&provenance.periods);
    require(periods, &at("periods"), &format!("must be from 1 to {MOST_PERIODS}"))?;
    let date = chrono::NaiveDate::parse_from_str(&provenance.start, "%Y-%m-%d");
    require(date.is_ok() && provenance.start.len() == 10, &at("start"), "must be a date such as 2027-01-01")?;
    let confidence = provenance.confidence > 0.0 && provenance.confidence < 1.0;
    require(confidence, &at("confidence"), "must be between 0 and 1")
}

fn check_figure(figure: &Figure, place: &str) -> Checked {
    check_histogram(&figure.histogram, figure.count, &format!("{place}.histogram"))?;
    let curve = &figure.exceedance;
    let place = format!("{place}.exceedance");
    let points = curve.x.len();
    let lengths = [&curve.probability, &curve.low, &curve.high];
    require(lengths.iter().all(|list| list.len() == points), &place, "must contain lists of equal length")?;
    require(curve.x.is_sorted(), &format!("{place}.x"), "must be in ascending order")?;
    let shares = lengths.iter().all(|list| list.iter().all(|&share| is_share(share)));
    require(shares, &place, "contains a probability outside 0 to 1")
}

fn check_histogram(histogram: &Histogram, paths: u64, place: &str) -> Checked {
    let Histogram { edges, counts } = histogram;
    let fits = if counts.is_empty() { edges.is_empty() } else { edges.len() == counts.len() + 1 };
    require(fits, place, "must have one more edge than counts, or none of either")?;
    require(edges.is_sorted(), &format!("{place}.edges"), "must be in ascending order")?;
    let total = counts.iter().try_fold(0u64, |total, &count| total.checked_add(count));
    let whole = counts.is_empty() || total == Some(paths);
    require(whole, &format!("{place}.counts"), "must add up to the figure's `count`")
}

fn check_occurrence(occurrence: &Occurrence, periods: u32, place: &str) -> Checked {
    let by_period = &occurrence.by_period;
    let at = |key: &str| format!("{place}.{key}");
    let complete = by_period.len() == periods as usize;
    require(complete, &at("by_period"), "must have a probability for each period of the horizon")?;
    require(is_probability(&occurrence.by_horizon()), place, "contains a probability outside 0 to 1")?;
    require(is_probability(&occurrence.time.never), &at("time.never"), "contains a probability outside 0 to 1")?;
    require(by_period.iter().all(is_probability), &at("by_period"), "contains a probability outside 0 to 1")
}

fn is_probability(found: &Probability) -> bool {
    [found.probability, found.low, found.high].into_iter().flatten().all(is_share)
}

fn is_share(share: f64) -> bool {
    (0.0..=1.0).contains(&share)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::result::request::EstimateRequest;
    use crate::result::testing;

    fn sound() -> ResultDocument {
        testing::document(2, 500, &EstimateRequest::default())
    }

    fn problem(change: impl FnOnce(&mut ResultDocument)) -> String {
        let mut document = sound();
        change(&mut document);
        check_result(&document, "").expect_err("it was changed").to_string()
    }

    #[test]
    fn results_of_ours_are_sound() {
        check_result(&sound(), "").expect("it is ours");
        check_numbers(&serde_json::json!(sound()), "").expect("it is ours");
    }

    #[test]
    fn each_change_is_told_with_its_place() {
        let figure = |document: &mut ResultDocument, change: fn(&mut Figure)| {
            change(document.figures[0].get_mut(&crate::registry::Figure::CommitmentCost).expect("every owner has it"));
        };
        for (found, place) in [
            (problem(|document| document.provenance.periods = 0), "provenance.periods"),
            (problem(|document| document.provenance.steps_per_year = 0), "provenance.steps_per_year"),
            (problem(|document| document.provenance.start = "2027-00-01".into()), "provenance.start"),
            (problem(|document| document.bubble[0].by_period.truncate(1)), "by_period"),
            (problem(|document| document.bubble[0].high = Some(1.5)), "bubble."),
            (problem(|document| figure(document, |found| found.histogram.edges.truncate(2))), "histogram"),
            (problem(|document| figure(document, |found| found.histogram.edges.reverse())), "histogram.edges"),
            (problem(|document| figure(document, |found| found.histogram.counts[0] = u64::MAX)), "histogram.counts"),
            (problem(|document| figure(document, |found| found.exceedance.low.truncate(2))), "exceedance"),
        ] {
            assert!(found.contains(place), "{found} instead of {place}");
        }
        let huge = serde_json::json!({ "figures": { "lab": [0.0, -1e200] } });
        assert_eq!(check_numbers(&huge, "").expect_err("it overflows").place, "figures.lab.1");
    }
}
