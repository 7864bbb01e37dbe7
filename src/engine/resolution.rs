//! Which figures single precision does not resolve: the reference twin computes the pilot's paths beside it.
//!
//! What is left of use after a large contract has taken its part keeps the rounding of the whole; so does a difference of two
//! large amounts. Where such a remainder is small, its mean may be off by far more than its standard error says.

use super::contract::{BLOCK, PathValues, Precision};
use super::pilot::pilot;
use crate::formula::double;
use crate::plan::Plan;

/// The share of its mean size by which a figure may be off.
const TOLERANCE: f64 = 1e-3;
/// And the standard errors of the difference, so that single paths on which a rounding decides do not count.
const ERRORS: f64 = 4.0;

/// A figure whose mean differs between the precisions.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Unresolved {
    /// Its place among the plan's figures.
    pub figure: usize,
    /// By what share of its mean size.
    pub off: f64,
}

/// The figures of a plan that single precision does not resolve, on the paths of the pilot.
pub fn unresolved(plan: &Plan) -> Vec<Unresolved> {
    let (single, exact) = (pilot(plan, Precision::Single, BLOCK), pilot(plan, Precision::Double, BLOCK));
    let figures = plan.figures.iter().enumerate().filter_map(|(figure, spec)| {
        let row = |values: &PathValues| values.figures[spec.slot * BLOCK..][..BLOCK].to_vec();
        let off = difference(&row(&single), &row(&exact), spec.figure.is_optional())?;
        Some(Unresolved { figure, off })
    });
    figures.collect()
}

/// By what share of its mean size the mean of `found` is off that of `exact`, if that is more than what chance and the tolerance allow.
fn difference(found: &[f64], exact: &[f64], optional: bool) -> Option<f64> {
    let usable = |x: f64| x.is_finite() && double::defined(x, optional);
    let pairs: Vec<(f64, f64)> =
        found.iter().copied().zip(exact.iter().copied()).filter(|&(a, b)| usable(a) && usable(b)).collect();
    let count = pairs.len() as f64;
    let mean = |of: &dyn Fn(&(f64, f64)) -> f64| pairs.iter().map(of).sum::<f64>() / count;
    let (size, off) = (mean(&|(_, b)| b.abs()), mean(&|(a, b)| a - b));
    let variance = mean(&|(a, b)| (a - b - off).powi(2));
    let told = off.abs() > TOLERANCE * size && off.abs() > ERRORS * (variance / count).sqrt();
    (told && size != 0.0).then(|| off.abs() / size)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::Figure;

    #[test]
    fn what_differs_is_told_and_what_a_few_paths_decide_is_not() {
        let exact: Vec<f64> = (0..256).map(|i| 1.0 + f64::from(i % 7)).collect();
        let off = |by: f64| exact.iter().map(|x| x * (1.0 + by)).collect::<Vec<_>>();
        assert_eq!(difference(&off(1e-4), &exact, false), None);
        assert!((difference(&off(0.01), &exact, false).expect("it is told") - 0.01).abs() < 1e-12);
        let mut turned = exact.clone();
        turned[3] = 400.0;
        assert_eq!(difference(&turned, &exact, false), None);
        assert_eq!(difference(&[-1.0; 8], &[-1.0; 8], true), None, "undefined on all paths");
    }

    #[test]
    fn a_small_contract_beside_a_large_one_is_told() {
        let scenario = |capacity: f64| {
            let text = format!(
                "schema = 1\nname = \"small\"\ncurrency = \"USD\"\ncapacity_unit = \"GW\"\n\
                 [horizon]\nstart = 2026-01-01\nyears = 1\nstep = \"quarter\"\n[discount]\nrate = 0.05\n\
                 [[factor]]\nname = \"use\"\nprocess = \"table\"\nvalues = [[0, 1.0]]\n\
                 [[organization]]\nname = \"lab\"\nutilization = \"use\"\ndemand = {}\n\
                 [[contract]]\nname = \"large\"\norganization = \"lab\"\nvendor = \"V\"\nstart = 0.0\nterm = 1.0\n\
                 capacity = {capacity}\nrate = 7.0\n\
                 [[contract]]\nname = \"small\"\norganization = \"lab\"\nvendor = \"W\"\nstart = 0.0\nterm = 1.0\n\
                 capacity = 0.01\nrate = 7.0\ntake_or_pay = 1.0\n",
                capacity + 0.003
            );
            crate::scenario::parse(&text, "small.toml").unwrap_or_else(|failure| panic!("{failure}")).scenario
        };
        let names = |capacity: f64| {
            let plan = crate::engine::pilot::prepare(&scenario(capacity));
            let found = unresolved(&plan);
            found.into_iter().map(|one| plan.figures[one.figure].figure).collect::<Vec<_>>()
        };
        assert!(names(1e6 + 0.2).contains(&Figure::StrandedCost));
        assert_eq!(names(1.0), []);
    }
}
