//! What measures are estimated from: a figure, a time or a row of a tally, with the design of its paths.

use super::order::OrderStatistics;
use super::units::Units;
use crate::plan::figure::Frame;
use crate::tally::{FigureTally, FirstPassageTally, ProfileRow, ProfileTally, Tally};

/// A figure over all paths, and over each replicate or cluster where paths are not independent.
#[derive(Debug, Clone)]
pub struct Sample<'t> {
    pub(super) whole: &'t FigureTally,
    pub(super) frame: Frame,
    pub(super) units: Units<&'t FigureTally>,
}

impl<'t> Sample<'t> {
    /// The figure at this place of a tally, in its frame.
    ///
    /// # Panics
    /// If the tally has no such figure.
    pub fn new(tally: &'t Tally, place: usize, frame: Frame) -> Self {
        let units = Units::of(&tally.design, |part| &part.figures[place]);
        Sample { whole: &tally.figures[place], frame, units }
    }

    /// A figure of independent paths.
    pub fn independent(whole: &'t FigureTally, frame: Frame) -> Self {
        Sample { whole, frame, units: Units::Paths }
    }

    /// Paths whose figure is defined.
    pub fn count(&self) -> u64 {
        self.whole.count
    }

    /// Its paths in order; `None` without paths, or without a sketch where one is needed.
    pub fn order(&self) -> Option<OrderedSample> {
        let whole = OrderStatistics::new(self.whole, self.frame)?;
        let part = |part: &&FigureTally| OrderStatistics::new(part, self.frame);
        Some(OrderedSample { whole, units: self.units.map(part) })
    }
}

/// The paths of a sample in order.
#[derive(Debug, Clone)]
pub struct OrderedSample {
    pub(super) whole: OrderStatistics,
    /// `None` for a part without paths.
    pub(super) units: Units<Option<OrderStatistics>>,
}

impl OrderedSample {
    /// All paths together.
    pub fn whole(&self) -> &OrderStatistics {
        &self.whole
    }
}

/// When something first happens, over all valid paths, and over those of each replicate or cluster.
#[derive(Debug, Clone)]
pub struct FirstPassageSample<'t> {
    pub(super) whole: Times<'t>,
    pub(super) units: Units<Times<'t>>,
}

/// First times of so many valid paths.
#[derive(Debug, Clone, Copy)]
pub(super) struct Times<'t> {
    pub tally: &'t FirstPassageTally,
    pub paths: u64,
}

impl<'t> FirstPassageSample<'t> {
    /// The event or the bubble at this place of a tally.
    ///
    /// # Panics
    /// If the tally has no such time.
    pub fn new(tally: &'t Tally, place: usize) -> Self {
        let times = |of: &'t Tally| Times { tally: &of.times[place], paths: of.valid_paths() };
        FirstPassageSample { whole: times(tally), units: Units::of(&tally.design, times) }
    }
}

/// A quantity at a date, over all paths and over those of each replicate or cluster.
#[derive(Debug, Clone)]
pub struct RowSample<'t> {
    pub(super) whole: &'t ProfileRow,
    pub(super) frame: Frame,
    pub(super) units: Units<&'t ProfileRow>,
}

impl<'t> RowSample<'t> {
    /// The row of this number, in its frame.
    ///
    /// # Panics
    /// If the tally has no such row.
    pub fn new(tally: &'t ProfileTally, row: usize, frame: Frame) -> Self {
        RowSample { whole: &tally.rows[row], frame, units: Units::of(&tally.design, |part| &part.rows[row]) }
    }
}
