//! Ratios of two means over replicates.

use super::sets::mean;
use crate::measure::error::Pivot;
use crate::measure::estimate::Estimate;

/// Σ p / Σ q with its interval, from one value of each a replicate: all ratios ρ for which the mean of p − ρ·q is within t
/// standard errors of 0, with Student's t between replicates (Fieller 1954, "Some problems in interval estimation"). There is
/// no interval with one replicate, or where the mean of q is not clear of 0; no value where it is 0.
pub(super) fn ratio(p: &[f64], q: &[f64]) -> Estimate {
    let (top, bottom) = (mean(p.iter().copied()), mean(q.iter().copied()));
    let value = Some(top / bottom).filter(|value| value.is_finite());
    let [low, high] = fieller(p, q).filter(|_| value.is_some()).map_or([None; 2], |ends| ends.map(Some));
    Estimate { value, low, high, atom: false }
}

/// The two ratios where (p̄ − ρ·q̄)² equals t² times its variance.
fn fieller(p: &[f64], q: &[f64]) -> Option<[f64; 2]> {
    let (count, width) = (p.len() as f64, Pivot::between(p.len()).ok()?.width());
    let (top, bottom) = (mean(p.iter().copied()), mean(q.iter().copied()));
    let product = |a: (&[f64], f64), b: (&[f64], f64)| {
        let sum: f64 = a.0.iter().zip(b.0).map(|(x, y)| (x - a.1) * (y - b.1)).sum();
        a.1 * b.1 - width * width * sum / (count * (count - 1.0))
    };
    let (square, linear, constant) =
        (product((q, bottom), (q, bottom)), product((p, top), (q, bottom)), product((p, top), (p, top)));
    // p proportional to q leaves a discriminant of 0, which rounding may take below
    let root = (linear * linear - square * constant).max(0.0).sqrt();
    (square > 0.0).then(|| [-root, root].map(|root| (linear + root) / square)).filter(|ends| ends[0].is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_constant_denominator_leaves_the_interval_of_a_mean() {
        let found = ratio(&[1.0, 2.0, 6.0], &[2.0; 3]);
        // mean 3, standard error √(7/3), Student's t with two degrees of freedom 4.3027
        let half = 4.302_652_729_749_46 * (7.0f64 / 3.0).sqrt() / 2.0;
        assert_eq!(found.value, Some(1.5));
        assert!((found.low.unwrap() - 1.5 + half).abs() < 1e-9 && (found.high.unwrap() - 1.5 - half).abs() < 1e-9);
    }

    #[test]
    fn proportional_parts_have_no_error_and_unclear_ones_no_interval() {
        let exact = ratio(&[2.0, 4.0, 6.0], &[100.0, 200.0, 300.0].map(|x| x / 100.0));
        assert!((exact.low.unwrap_or(2.0) - 2.0).abs() < 1e-7, "{exact:?}");
        let unclear = ratio(&[1.0, 2.0, 3.0], &[-1.0, 1.0, 1.0]);
        assert_eq!((unclear.value, unclear.low), (Some(6.0), None));
        assert_eq!(ratio(&[1.0, 2.0], &[0.0, 0.0]), Estimate::default());
    }
}
