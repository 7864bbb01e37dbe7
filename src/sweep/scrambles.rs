//! How the paths of points are drawn, and what ranges of them mean.
//!
//! Slices, parts and begun points are ranges of *places*: the numbers of paths among those that are drawn alike. Of independent paths
//! there is one at each place. Of quasi-random ones there is one of every scramble, and of a scenario with uncertain inputs one of every
//! parameter set, so that all of them advance together.

use std::ops::Range;

use super::error::SweepError;
use super::lowered::Lowered;
use super::manifest::Manifest;
use crate::engine::{Draws, Engine, Progress, tally_each, tally_scrambles};
use crate::run::parameters::SetExtent;
use crate::run::predictive::tally_places;
use crate::run::schedule::Schedule;
use crate::run::{Extent, RunError};
use crate::tally::{SampleDesign, Tally};

/// Quasi-random points that the tallies of a batch keep apart at most, by scramble and design point: beyond a few thousand in one
/// tally, quantiles are counted in bins.
const MOST_KEPT: u64 = 128 * MOST_LISTED;
const MOST_LISTED: u64 = 4096;
/// Points with parameter sets that go together at most: each has a tally for every replicate.
const MOST_OF_SETS: u64 = 8;

/// What the paths of every point are divided into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scrambles {
    /// Nothing: they are independent.
    None,
    /// So many scrambles of quasi-random points.
    Points(u32),
    /// So many scrambles of so many parameter sets each.
    Sets { replicates: u32, sets: u32 },
}

impl From<Extent> for Scrambles {
    fn from(extent: Extent) -> Self {
        match extent {
            Extent::Independent { .. } => Scrambles::None,
            Extent::Replicated { replicates, .. } => Scrambles::Points(replicates),
        }
    }
}

impl From<SetExtent> for Scrambles {
    fn from(extent: SetExtent) -> Self {
        Scrambles::Sets { replicates: extent.replicates, sets: extent.sets }
    }
}

impl Scrambles {
    /// Of the points of a store with this manifest.
    pub fn of(manifest: &Manifest) -> Self {
        manifest.set_extent().map_or_else(|| manifest.extent(manifest.paths).into(), Scrambles::from)
    }

    /// Paths at each place.
    pub fn at_place(self) -> u64 {
        match self {
            Scrambles::None => 1,
            Scrambles::Points(count) => u64::from(count),
            Scrambles::Sets { replicates, sets } => u64::from(replicates) * u64::from(sets),
        }
    }

    /// The places of so many paths.
    pub fn places(self, paths: u64) -> u64 {
        paths / self.at_place()
    }

    /// The paths at so many places.
    pub fn paths(self, places: u64) -> u64 {
        places.saturating_mul(self.at_place())
    }

    /// How paths grow from stage to stage towards targets.
    pub fn schedule(self) -> Schedule {
        match self {
            Scrambles::None => Schedule::Independent,
            Scrambles::Points(replicates) | Scrambles::Sets { replicates, .. } => Schedule::Replicated { replicates },
        }
    }

    /// How many points of so many places may go together, however brief they are: every scramble has a tally of its own.
    pub fn most_points(self, places: u64) -> u64 {
        match self {
            Scrambles::None => u64::MAX,
            Scrambles::Points(count) => (MOST_KEPT / u64::from(count) / places.clamp(1, MOST_LISTED)).max(1),
            Scrambles::Sets { .. } => MOST_OF_SETS,
        }
    }

    /// The tally of each point over the paths at these places. The draws of a point are those of its first scramble or parameter set,
    /// which the others follow. `None` if `progress` asked to stop.
    pub(super) fn tally_each(
        self,
        engine: &dyn Engine,
        points: &[(&Lowered, Draws)],
        shared: bool,
        places: Range<u64>,
        progress: &Progress,
    ) -> Result<Option<Vec<Tally>>, RunError> {
        let plans = || points.iter().map(|(point, draws)| (&point.plan, *draws)).collect::<Vec<_>>();
        match self {
            Scrambles::None => Ok(tally_each(engine, &plans(), shared, places, progress)?),
            Scrambles::Points(count) => Ok(tally_scrambles(engine, &plans(), shared, count, places, progress)?),
            Scrambles::Sets { .. } => {
                let of = points.iter().filter_map(|(point, draws)| Some((point.sets.as_ref()?, *draws)));
                tally_places(engine, &of.collect::<Vec<_>>(), shared, places, progress)
            }
        }
    }

    /// Whether a tally is of paths that were drawn so, as many of every scramble.
    pub fn fit(self, tally: &Tally) -> bool {
        match (self, &tally.design) {
            (_, SampleDesign::Independent) if tally.paths == 0 => true,
            (Scrambles::None, SampleDesign::Independent) => true,
            (
                Scrambles::Points(count) | Scrambles::Sets { replicates: count, .. },
                SampleDesign::Replicated { scrambles },
            ) => {
                let each = tally.paths / u64::from(count);
                scrambles.keys().copied().eq(0..count) && scrambles.values().all(|scramble| scramble.paths == each)
            }
            _ => false,
        }
    }

    /// Refuses points whose scrambles would be more than there are.
    pub fn refuse_too_many(self, points: usize, independent: bool) -> Result<(), SweepError> {
        let all = self.at_place().saturating_mul(points as u64);
        if !independent || all <= 1 << 32 {
            return Ok(());
        }
        Err(SweepError::usage(
            format!(
                "{points} points with {} {} of their own each need more than the 2³² there are",
                self.at_place(),
                if matches!(self, Scrambles::Sets { .. }) { "parameter sets" } else { "scrambles" }
            ),
            "leave out --independent, or use fewer points or replicates",
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::cpu::CpuEngine;
    use crate::engine::{Instructions, Precision, Sampling, empty_tally, prepare};
    use crate::plan::points::Allocation;
    use crate::run::{PointSet, PointsRequest};

    const FOUR: Scrambles = Scrambles::Points(4);

    /// A point with a quasi-random plan, and an engine.
    fn prepared() -> (Lowered, CpuEngine) {
        let text = include_str!("../../docs/examples/start.toml");
        let loaded = crate::scenario::parse(text, "start.toml").unwrap_or_else(|failure| panic!("{failure}"));
        let mut plan = prepare(&loaded.scenario);
        let request = PointsRequest { set: PointSet::Sobol, ..PointsRequest::default() };
        request.apply(&loaded.scenario, &mut plan, &mut Allocation::default());
        let engine = CpuEngine::new(Some(1), Instructions::best(), Precision::Single, Sampling::Device);
        let point = Lowered { point: 0, plan, scenario: loaded.scenario, sets: None };
        (point, engine.expect("a thread starts"))
    }

    #[test]
    fn all_scrambles_advance_together_and_have_draws_of_their_own() {
        let (point, engine) = prepared();
        let draws = [0, 4].map(|replicate| Draws { seed: 3, replicate });
        let points = draws.map(|draws| (&point, draws));
        let tally = |places| {
            let found = FOUR.tally_each(&engine, &points, true, places, &|_| true).expect("no faults");
            found.expect("nothing stops it")
        };
        let mut whole = tally(0..256);
        whole.iter_mut().zip(tally(256..1024)).for_each(|(whole, rest)| whole.merge(&rest));
        assert_eq!(whole, tally(0..1024));
        for (tally, draws) in whole.iter().zip(draws) {
            assert!(tally.paths == 4096 && FOUR.fit(tally));
            let SampleDesign::Replicated { scrambles } = &tally.design else { panic!("{}", tally.design.name()) };
            for (&number, scramble) in scrambles {
                let draws = Draws { replicate: draws.replicate + number, ..draws };
                let expected = engine.tally(&point.plan, draws, 0..1024, &|_| true).expect("no faults");
                assert_eq!(scramble.figures, expected.figures);
            }
        }
        let stopped = FOUR.tally_each(&engine, &points, true, 0..1024, &|_| false).expect("no faults");
        assert!(stopped.is_none());
    }

    #[test]
    fn tallies_of_other_paths_do_not_fit() {
        let (Lowered { plan, .. }, engine) = prepared();
        let part = |paths| engine.tally(&plan, Draws::default(), 0..paths, &|_| true).expect("no faults");
        let scrambles = |numbers: &[u32]| {
            let mut whole = empty_tally(&plan);
            numbers.iter().for_each(|&number| whole.merge(&part(256).as_scramble(number)));
            whole
        };
        assert!(FOUR.fit(&scrambles(&[0, 1, 2, 3])) && FOUR.fit(&empty_tally(&plan)));
        assert!(Scrambles::None.fit(&part(256)) && Scrambles::None.fit(&empty_tally(&plan)));
        let mut uneven = scrambles(&[0, 1, 2]);
        uneven.merge(&part(512).as_scramble(3));
        for other in [part(1024), scrambles(&[0, 1, 2]), scrambles(&[1, 2, 3, 4]), uneven] {
            assert!(!FOUR.fit(&other));
        }
        assert!(!Scrambles::None.fit(&scrambles(&[0, 1, 2, 3])));
    }

    #[test]
    fn scrambles_bound_how_many_points_go_together() {
        assert_eq!(Scrambles::None.most_points(1 << 30), u64::MAX);
        assert_eq!([64, 1024, 4096, 1 << 30].map(|places| Scrambles::Points(16).most_points(places)), [512, 32, 8, 8]);
        assert_eq!(Scrambles::Points(1024).most_points(1 << 20), 1);
    }

    #[test]
    fn scrambles_of_independent_points_are_numbers_that_there_are() {
        let sixteen = Scrambles::Points(16);
        assert!(sixteen.refuse_too_many(1 << 28, true).is_ok() && sixteen.refuse_too_many(1 << 40, false).is_ok());
        let error = sixteen.refuse_too_many((1 << 28) + 1, true).expect_err("it is too many");
        assert!(error.usage && error.message.contains("2³²"), "{error}");
    }
}
