//! Distributions of parameters as the entries of a scenario have them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::distribution::Distribution;

/// A distribution with the keys of an `[[uncertain]]` entry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "distribution", rename_all = "snake_case")]
pub enum DistributionDocument {
    /// By its 10% and 90% quantiles.
    Lognormal {
        /// The 10% quantile.
        low: f64,
        /// The 90% quantile.
        high: f64,
    },
    /// Cut off at its bounds.
    Normal {
        /// The mean of the whole normal.
        mean: f64,
        /// Its standard deviation.
        sd: f64,
        /// Where it is cut off below.
        lower: Option<f64>,
        /// Where it is cut off above.
        upper: Option<f64>,
    },
    /// Through quantiles, and cut off at its bounds.
    Metalog {
        /// Share and quantile.
        quantiles: Vec<[f64; 2]>,
        /// Where it is cut off below.
        lower: Option<f64>,
        /// Where it is cut off above.
        upper: Option<f64>,
    },
}

impl DistributionDocument {
    /// The name in an `[[uncertain]]` entry.
    pub fn name(&self) -> &'static str {
        match self {
            DistributionDocument::Lognormal { .. } => "lognormal",
            DistributionDocument::Normal { .. } => "normal",
            DistributionDocument::Metalog { .. } => "metalog",
        }
    }

    /// The form of a distribution that was fitted to draws.
    pub(super) fn new(of: &Distribution) -> Self {
        let finite = |bound: f64| Some(bound).filter(|bound| bound.is_finite());
        let (of, lower, upper) = match of {
            Distribution::Truncated { of, lower, upper } => (&**of, finite(*lower), finite(*upper)),
            of => (of, None, None),
        };
        match of {
            &Distribution::Normal { mean, sd } => DistributionDocument::Normal { mean, sd, lower, upper },
            Distribution::Metalog(metalog) => {
                let quantiles = metalog.quantiles().iter().map(|&(share, value)| [share, value]).collect();
                DistributionDocument::Metalog { quantiles, lower, upper }
            }
            of => {
                let [low, high] = of.usual_range();
                DistributionDocument::Lognormal { low, high }
            }
        }
    }
}
