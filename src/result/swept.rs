//! The points of a sweep, as pictures and pages show them.

use super::level::Level;
use crate::measure::Estimate;
use crate::registry::{Figure, Registered as _};

/// What the page of a sweep is made of.
#[derive(Debug, Clone, PartialEq)]
pub struct SweepReport {
    pub title: String,
    pub table: SweepTable,
    /// Points of the design.
    pub points: usize,
    /// Pairs of a name and a value.
    pub provenance: Vec<(&'static str, String)>,
}

/// The points of a sweep with a figure of the system.
#[derive(Debug, Clone, PartialEq)]
pub struct SweepTable {
    /// Names of the axes.
    pub axes: Vec<String>,
    /// The figure of the system that is shown.
    pub figure: Figure,
    /// Labels of money and capacity; that of money is empty where points have several currencies.
    pub currency: String,
    pub capacity_unit: String,
    /// The level of its shortfall, if one was asked for.
    pub level: Option<Level>,
    pub points: Vec<SweptPoint>,
}

/// A point with what came out.
#[derive(Debug, Clone, PartialEq)]
pub struct SweptPoint {
    pub point: usize,
    /// By axis: as text, and as a number if it is one.
    pub values: Vec<(String, Option<f64>)>,
    /// The figure's mean with its interval, and its standard error.
    pub mean: Estimate,
    pub se: Option<f64>,
    pub shortfall: Estimate,
    /// The system's bubble-risk probability.
    pub bubble: Estimate,
    /// Why there are none of these.
    pub failed: Option<String>,
}

/// The figure of the system that has this name.
///
/// # Errors
/// The names that there are.
pub fn figure_of_system(text: &str) -> Result<Figure, String> {
    let known = || Figure::ALL.iter().copied().filter(|figure| figure.entry().is_of_system);
    let found = known().find(|figure| figure.name() == text);
    found.ok_or_else(|| format!("must be one of {}", known().map(Figure::name).collect::<Vec<_>>().join(", ")))
}
