//! What is kept of quantities over time (`plan::profile`), by row: a quantity at a date.

use std::collections::BTreeMap;

use super::design::SampleDesign;
use crate::plan::profile::{PROFILE_BINS, Profile};

/// Sums over the paths of one part: those where the row's bubble bursts by the horizon, or the others.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct PartSums {
    pub count: u64,
    /// Σ y with y = (value − centre) / scale.
    pub first: f64,
    /// Σ y².
    pub second: f64,
}

impl PartSums {
    /// Adds those of other paths.
    pub fn add(&mut self, other: PartSums) {
        self.count += other.count;
        self.first += other.first;
        self.second += other.second;
    }
}

/// A quantity at a date, over the paths where it is defined.
#[derive(Debug, Clone, PartialEq)]
pub struct ProfileRow {
    /// Paths whose bubble does not burst by the horizon, and those whose does.
    pub parts: [PartSums; 2],
    pub min: f64,
    pub max: f64,
    /// Paths by bin, [`PROFILE_BINS`] of them.
    pub bins: Vec<u32>,
}

impl Default for ProfileRow {
    fn default() -> Self {
        ProfileRow {
            parts: Default::default(),
            min: f64::INFINITY,
            max: f64::NEG_INFINITY,
            bins: vec![0; PROFILE_BINS],
        }
    }
}

impl ProfileRow {
    /// Adds the paths of another row of the same frame.
    fn add(&mut self, other: &ProfileRow) {
        self.parts.iter_mut().zip(other.parts).for_each(|(sums, theirs)| sums.add(theirs));
        (self.min, self.max) = (self.min.min(other.min), self.max.max(other.max));
        self.bins.iter_mut().zip(&other.bins).for_each(|(count, theirs)| *count += theirs);
    }
}

/// All rows of a profile, dates outermost.
#[derive(Debug, Clone, PartialEq)]
pub struct ProfileTally {
    /// Paths computed, invalid ones included.
    pub paths: u64,
    pub rows: Vec<ProfileRow>,
    /// How the paths were drawn.
    pub design: SampleDesign<ProfileTally>,
}

impl ProfileTally {
    /// The tally of no paths.
    pub fn new(profile: &Profile) -> Self {
        ProfileTally { paths: 0, rows: vec![ProfileRow::default(); profile.rows()], design: SampleDesign::Independent }
    }

    /// The tally of several parts together, none of them of a design, added in their order.
    pub fn together(parts: &[ProfileTally]) -> Self {
        let (paths, rows) = added(parts);
        ProfileTally { paths, rows, design: SampleDesign::Independent }
    }

    /// The tally of quasi-random points, from that of each scramble, in their order.
    pub fn of_scrambles(scrambles: Vec<ProfileTally>) -> Self {
        let part = SampleDesign::Replicated { scrambles: BTreeMap::new() };
        let (paths, rows) = added(&scrambles);
        let scrambles =
            (0..).zip(scrambles.into_iter().map(|of| ProfileTally { design: part.clone(), ..of })).collect();
        ProfileTally { paths, rows, design: SampleDesign::Replicated { scrambles } }
    }

    /// The tally of paths that share parameters, from that of each parameter set, in their order.
    pub fn of_sets(sets: Vec<ProfileTally>) -> Self {
        let part = SampleDesign::Clustered { sets: BTreeMap::new() };
        let (paths, rows) = added(&sets);
        let sets = (0..).zip(sets.into_iter().map(|of| ProfileTally { design: part.clone(), ..of })).collect();
        ProfileTally { paths, rows, design: SampleDesign::Clustered { sets } }
    }
}

/// The paths and the rows of all parts together, added in their order.
fn added(parts: &[ProfileTally]) -> (u64, Vec<ProfileRow>) {
    let mut rows: Vec<ProfileRow> = parts.first().map(|first| first.rows.clone()).unwrap_or_default();
    for part in parts.iter().skip(1) {
        rows.iter_mut().zip(&part.rows).for_each(|(row, theirs)| row.add(theirs));
    }
    (parts.iter().map(|part| part.paths).sum(), rows)
}
