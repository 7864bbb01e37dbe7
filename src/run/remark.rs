//! Remarks about a use case, for people.

use std::fmt;

use super::outlook::Outlook;

/// A remark.
#[derive(Debug, Clone, PartialEq)]
pub enum Remark {
    /// Which engine computes and why, as a complete sentence.
    Engine(String),
    /// A device error that was recovered from.
    Incident(String),
    /// What the targets need, after a stage.
    Outlook(Outlook),
    /// More paths than were asked for: so many scrambles of so many quasi-random points, which are a power of two.
    Rounded { asked: u64, replicates: u32, points: u64 },
    /// How many parameter sets are drawn, and how many paths each has, which together may be more than were asked for.
    Sets { asked: u64, sets: u32, paths: u64 },
    /// A reason why the result may mislead.
    Doubt(Doubt),
}

/// Why a result may mislead.
#[derive(Debug, Clone, PartialEq)]
pub enum Doubt {
    /// Single precision does not resolve some figures: the worst by key, with the error of their means in percent, and the number of
    /// others.
    Rounding { worst: Vec<(String, f64)>, more: usize },
    /// An organization's demand is "planned" and differs between two scenarios.
    PlannedDemand { organization: String, base: String, other: String },
    /// Two scenarios have different horizons or steps.
    Horizons { base: String, other: String },
    /// Two scenarios list their factors in different orders.
    FactorOrder { base: String, other: String },
    /// The paths fill fewer batches than requested for the standard errors of differences.
    FewBatches { paths: u64, batches: u64, asked: u64, needed: u64 },
}

impl fmt::Display for Doubt {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Doubt::Rounding { worst, more } => {
                let mut named: Vec<String> =
                    worst.iter().map(|(place, off)| format!("{place} is off by about {off:.2}%")).collect();
                if *more > 0 {
                    named.push(format!("{more} more are off by over 0.1%"));
                }
                let named = named.join("; ");
                write!(out, "single precision is too coarse for small remainders of large amounts: {named}")
            }
            Doubt::PlannedDemand { organization, base, other } => write!(
                out,
                "the demand of `{organization}` is \"planned\" and differs between `{base}` and `{other}`, because their \
                 contracts differ"
            ),
            Doubt::Horizons { base, other } => write!(
                out,
                "`{base}` and `{other}` have different horizons or steps, so their paths do not share random numbers period by \
                 period"
            ),
            Doubt::FactorOrder { base, other } => write!(
                out,
                "the factors of `{other}` and `{base}` are in a different order, so they do not share random numbers"
            ),
            Doubt::FewBatches { paths, batches, asked, .. } => write!(
                out,
                "{paths} paths fill only {batches} of {asked} batches, so the standard errors of differences are unreliable"
            ),
        }
    }
}

impl Doubt {
    /// What would help, if known.
    pub fn hint(&self) -> Option<String> {
        match self {
            Doubt::Rounding { .. } => {
                Some("use --float f64, or leave out amounts that are a millionth of the others".into())
            }
            Doubt::PlannedDemand { organization, .. } => Some(format!(
                "give `organization.{organization}.demand` as a number or a curve to compare contracts alone"
            )),
            Doubt::Horizons { .. } => None,
            Doubt::FactorOrder { .. } => {
                Some("draws follow the position of a factor in its file; use the same order in both files".into())
            }
            Doubt::FewBatches { needed, .. } => Some(format!("use at least {needed} paths")),
        }
    }
}
