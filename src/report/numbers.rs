//! Numbers of documents as people read them: estimates with their intervals, and units that suit a whole page.

use indexmap::IndexMap;

use crate::measure::{Estimate, normal_width};
use crate::registry::{self, Figure};
use crate::result::{Level, ResultDocument, SYSTEM};
use crate::text::numbers::{ANSWER_DIGITS, decimals, fixed, supported};
use crate::text::units::Unit;

/// Probabilities of the quantiles shown, as near as those asked for come to them.
const SHOWN_QUANTILES: [f64; 3] = [0.05, 0.5, 0.95];

/// The standard error that an interval stands for; `None` if it is open.
pub fn estimate_error(estimate: &Estimate) -> Option<f64> {
    Some((estimate.high? - estimate.low?) / (2.0 * normal_width()))
}

/// An estimate divided by `factor`, and its interval in the same digits: `[low, high]`, that it is exact, or nothing.
pub fn with_interval(estimate: &Estimate, factor: f64) -> [String; 2] {
    let error = estimate_error(estimate).map(|error| error / factor);
    let scaled = |x: Option<f64>| x.map(|x| x / factor);
    let bound = |x: Option<f64>| match (scaled(x), error.and_then(decimals)) {
        (Some(x), Some(decimals)) => fixed(x, decimals),
        (x, _) => supported(x, error, ANSWER_DIGITS),
    };
    let interval = if estimate.atom {
        "exact (point mass)".to_owned()
    } else if estimate.low.is_none() && estimate.high.is_none() {
        String::new()
    } else {
        format!("[{}, {}]", bound(estimate.low), bound(estimate.high))
    };
    [supported(scaled(estimate.value), error, ANSWER_DIGITS), interval]
}

/// A standard error in two digits.
pub fn error_text(error: Option<f64>) -> String {
    error.map_or_else(String::new, |x| format!("± {}", supported(Some(x), error, ANSWER_DIGITS)))
}

/// The quantiles nearest to those that tables show.
pub fn shown_quantiles(quantiles: &IndexMap<Level, Estimate>) -> Vec<Level> {
    let distance = |level: &Level, p: f64| (level.share() - p).abs();
    let nearest = |p: f64| quantiles.keys().copied().min_by(|a, b| distance(a, p).total_cmp(&distance(b, p)));
    let mut shown: Vec<Level> = SHOWN_QUANTILES.into_iter().filter_map(nearest).collect();
    shown.dedup();
    shown
}

/// A figure's name in running text: `commitment_cost` is a commitment cost.
pub fn figure_name(figure: Figure) -> String {
    figure.name().replace('_', " ")
}

/// The size of money by which all of a table or page is scaled, so that no amount in millions stands beside one in billions:
/// that of the total commitment cost, or, where nothing is committed, of the largest figure in money.
pub fn money_size<'d>(documents: impl IntoIterator<Item = &'d ResultDocument>) -> f64 {
    let (mut answer, mut largest) = (0.0_f64, 0.0_f64);
    for document in documents {
        for (figure, found) in document.figures.get(SYSTEM).into_iter().flatten() {
            let size = found.mean.unwrap_or(0.0).abs().max(found.sd.unwrap_or(0.0));
            if figure.unit() == registry::Unit::Money {
                largest = largest.max(size);
            }
            if *figure == Figure::CommitmentCost {
                answer = answer.max(size);
            }
        }
    }
    if answer > 0.0 { answer } else { largest }
}

/// The factor and the label of a unit on a page about one result.
pub fn unit_in(document: &ResultDocument, of: impl Into<Unit>) -> (f64, String) {
    document.provenance.labels().scaled(of.into(), money_size([document]))
}
