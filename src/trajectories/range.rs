//! Where a factor's values may lie.

use super::error::{TrajectoryError, fault};
use crate::scenario::{Process, Rate, Scenario};

/// By factor.
pub struct Ranges(Vec<Range>);

struct Range {
    name: String,
    low: f64,
    /// Whether `low` itself is out.
    open: bool,
    high: f64,
}

impl Ranges {
    /// What the factors' processes can be: gbm and ou above 0, logit_ou within its bounds, a table anything, but not below 0
    /// where it is use, a price or an index.
    pub fn of(scenario: &Scenario) -> Self {
        let range = |(index, factor): (usize, &crate::scenario::Factor)| {
            let (low, open, high) = match factor.process {
                Process::Gbm { .. } | Process::Ou { .. } => (0.0, true, f64::from(f32::MAX)),
                Process::LogitOu { lower, upper, .. } => (lower, false, upper),
                Process::Table { .. } if is_positive(scenario, index) => (0.0, false, f64::from(f32::MAX)),
                Process::Table { .. } => (f64::from(f32::MIN), false, f64::from(f32::MAX)),
            };
            Range { name: factor.name.clone(), low, open, high }
        };
        Ranges(scenario.factors.iter().enumerate().map(range).collect())
    }

    /// A value in single precision, if it is in range.
    pub fn check(
        &self,
        file: &str,
        value: f64,
        path: u64,
        period: usize,
        factor: usize,
    ) -> Result<f32, TrajectoryError> {
        let range = &self.0[factor];
        let narrow = value as f32;
        // bounds are rounded to single precision as well
        let (low, high) = (range.low as f32, range.high as f32);
        let inside = narrow <= high && if range.open { narrow > low } else { narrow >= low };
        if inside && narrow.is_finite() && !is_tiny(value) {
            return Ok(narrow);
        }
        let what = format!("path {path}, period {period}: `{}` is {}", range.name, shown(value));
        if value.is_finite() && (value.abs() > f64::from(f32::MAX) || is_tiny(value)) {
            let hint = "single precision represents magnitudes from 1.2e-38 to 3.4e38: choose another unit, or set `scale` for prices";
            return Err(fault(file, format!("{what}, which single precision cannot represent"), hint));
        }
        let hint = match (range.open, range.low == f64::from(f32::MIN), range.high == f64::from(f32::MAX)) {
            (true, ..) => format!("`{}` must be above 0, and finite", range.name),
            (_, true, _) => format!("`{}` must be finite", range.name),
            (_, _, true) => format!("`{}` must be 0 or more, and finite", range.name),
            _ => format!("`{}` must lie from {} to {}", range.name, range.low, range.high),
        };
        Err(fault(file, what, &hint))
    }
}

/// A number as people write it, with an exponent where there would be many zeros.
fn shown(value: f64) -> String {
    if value == 0.0 || !value.is_finite() || (1e-5..1e15).contains(&value.abs()) {
        value.to_string()
    } else {
        format!("{value:e}")
    }
}

/// Whether a number that is not 0 is too small for single precision to hold all its digits.
fn is_tiny(value: f64) -> bool {
    value != 0.0 && value.abs() < f64::from(f32::MIN_POSITIVE)
}

/// Whether a factor is use, a price or an index.
fn is_positive(scenario: &Scenario, factor: usize) -> bool {
    let used = |organization: &crate::scenario::Organization| {
        organization.utilization == factor || organization.burst.as_ref().is_some_and(|burst| burst.price == factor)
    };
    let indexed = |rate: &Rate| matches!(rate, Rate::Indexed { factor: index, .. } if *index == factor);
    scenario.organizations.iter().any(used) || scenario.contracts.iter().any(|contract| indexed(&contract.rate))
}
