//! Standard errors, the intervals they give, and why an estimate may have none.

use std::fmt;
use std::sync::LazyLock;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use statrs::distribution::{ContinuousCDF, Normal, StudentsT};

/// The confidence of all intervals.
pub const CONFIDENCE: f64 = 0.95;

/// Half the width in standard deviations of the normal interval of [`CONFIDENCE`], about 1.96.
pub fn normal_width() -> f64 {
    static WIDTH: LazyLock<f64> = LazyLock::new(|| Normal::standard().inverse_cdf(0.5 + CONFIDENCE / 2.0));
    *WIDTH
}

/// Why an estimate has no error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoError {
    /// There are too few paths for the estimate's spread.
    TooFewPaths,
    /// The bound lies beyond the lowest or the highest path.
    BeyondExtremes,
    /// Fewer than two batches, replicates or clusters, which do not differ.
    TooFewParts,
    /// The estimate has no value, or none in one of the batches, replicates or clusters.
    Undefined,
    /// Sums of large figures overflowed.
    NotFinite,
    /// A difference needs batches, replicates or clusters that both scenarios share.
    NotPaired,
    /// A quantile or a shortfall within a cluster is one of the cluster's own distribution, and how these differ says nothing
    /// of the error over all clusters.
    NotAverage,
}

impl fmt::Display for NoError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            NoError::TooFewPaths => "too few paths",
            NoError::BeyondExtremes => "too few paths beyond the estimate",
            NoError::TooFewParts => "fewer than two batches, replicates or clusters",
            NoError::Undefined => "no value in all batches, replicates or clusters",
            NoError::NotFinite => "figures too large to square",
            NoError::NotPaired => "the scenarios share no batches, replicates or clusters",
            NoError::NotAverage => "differences of quantiles and shortfalls have no error from clusters",
        })
    }
}

impl std::error::Error for NoError {}

/// The distribution of an estimate's distance from the truth, in standard errors. Documents have its degrees of freedom, or null for
/// the normal one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "Option<u32>", into = "Option<u32>")]
#[schemars(with = "Option<u32>")]
pub enum Pivot {
    /// Standard normal: the standard error comes from many independent paths.
    #[default]
    Normal,
    /// Student's t: the standard error comes from how few parts differ.
    Student { degrees: u32 },
}

impl Pivot {
    /// That of an error from so many independent parts, at least two.
    pub fn between(parts: usize) -> Result<Self, NoError> {
        let degrees = parts.checked_sub(1).and_then(|degrees| u32::try_from(degrees).ok());
        degrees.filter(|&degrees| degrees > 0).map(|degrees| Pivot::Student { degrees }).ok_or(NoError::TooFewParts)
    }

    /// Half the width of an interval of [`CONFIDENCE`], in standard errors.
    pub fn width(self) -> f64 {
        match self {
            Pivot::Normal => normal_width(),
            Pivot::Student { degrees } => student(degrees).inverse_cdf(0.5 + CONFIDENCE / 2.0),
        }
    }

    /// Whether it is the normal one.
    pub fn is_normal(&self) -> bool {
        *self == Pivot::Normal
    }
}

impl From<Pivot> for Option<u32> {
    fn from(pivot: Pivot) -> Self {
        match pivot {
            Pivot::Normal => None,
            Pivot::Student { degrees } => Some(degrees),
        }
    }
}

impl TryFrom<Option<u32>> for Pivot {
    type Error = &'static str;

    fn try_from(degrees: Option<u32>) -> Result<Self, Self::Error> {
        match degrees {
            None => Ok(Pivot::Normal),
            Some(0) => Err("degrees of freedom must be at least 1"),
            Some(degrees) => Ok(Pivot::Student { degrees }),
        }
    }
}

/// Student's t with so many degrees of freedom, at least one.
pub(super) fn student(degrees: u32) -> StudentsT {
    StudentsT::new(0.0, 1.0, f64::from(degrees)).expect("at least one degree of freedom")
}

/// A standard error, and the distribution that an interval takes its width from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StandardError {
    /// In the unit of the estimate.
    pub se: f64,
    pub pivot: Pivot,
}

impl StandardError {
    /// Half the width of the interval.
    pub fn half_width(&self) -> f64 {
        self.pivot.width() * self.se
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_are_those_of_tables() {
        assert!((Pivot::Normal.width() - 1.959_963_985).abs() < 1e-8);
        for (parts, width) in [(2, 12.706_204_736), (16, 2.131_449_546), (256, 1.969_310_6)] {
            let pivot = Pivot::between(parts).expect("there are two");
            assert!((pivot.width() - width).abs() < 1e-6, "{parts}: {}", pivot.width());
        }
        assert_eq!([0, 1].map(Pivot::between), [Err(NoError::TooFewParts); 2]);
    }

    #[test]
    fn documents_have_degrees_of_freedom() {
        for (pivot, text) in [(Pivot::Normal, "null"), (Pivot::Student { degrees: 15 }, "15")] {
            assert_eq!(serde_json::to_string(&pivot).expect("it is a number or null"), text);
            assert_eq!(serde_json::from_str::<Pivot>(text).expect("it is good"), pivot);
        }
        assert!(serde_json::from_str::<Pivot>("0").is_err());
    }
}
