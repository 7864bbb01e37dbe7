//! How the paths of points are drawn, and what ranges of them mean.
//!
//! Slices, parts and begun points are ranges of *places*: the numbers of paths among those that are drawn alike. Of independent paths
//! there is one at each place. Of quasi-random ones there is one of every scramble, so that all scrambles advance together.

use std::ops::Range;

use super::error::SweepError;
use super::manifest::Manifest;
use crate::engine::{Draws, Engine, EngineError, Progress, tally_each, tally_scrambles};
use crate::plan::Plan;
use crate::run::Extent;
use crate::run::schedule::Schedule;
use crate::tally::{SampleDesign, Tally};

/// Quasi-random points that the tallies of a batch keep apart at most, by scramble and design point: beyond a few thousand in one
/// tally, quantiles are counted in bins.
const MOST_KEPT: u64 = 128 * MOST_LISTED;
const MOST_LISTED: u64 = 4096;

/// The scrambles of every point, or none if its paths are independent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scrambles(Option<u32>);

impl From<Extent> for Scrambles {
    fn from(extent: Extent) -> Self {
        match extent {
            Extent::Independent { .. } => Scrambles(None),
            Extent::Replicated { replicates, .. } => Scrambles(Some(replicates)),
        }
    }
}

impl Scrambles {
    /// Those of independent paths.
    pub const NONE: Scrambles = Scrambles(None);

    /// Of the points of a store with this manifest.
    pub fn of(manifest: &Manifest) -> Self {
        manifest.extent(manifest.paths).into()
    }

    /// Paths at each place.
    pub fn at_place(self) -> u64 {
        self.0.map_or(1, u64::from)
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
        self.0.map_or(Schedule::Independent, |replicates| Schedule::Replicated { replicates })
    }

    /// How many points of so many places may go together, however brief they are: every scramble has a tally of its own.
    pub fn most_points(self, places: u64) -> u64 {
        self.0.map_or(u64::MAX, |count| (MOST_KEPT / u64::from(count) / places.clamp(1, MOST_LISTED)).max(1))
    }

    /// The tally of each plan over the paths at these places. `draws` of a plan are those of its first scramble, which the other
    /// scrambles follow. `None` if `progress` asked to stop.
    pub fn tally_each(
        self,
        engine: &dyn Engine,
        plans: &[(&Plan, Draws)],
        shared: bool,
        places: Range<u64>,
        progress: &Progress,
    ) -> Result<Option<Vec<Tally>>, EngineError> {
        match self.0 {
            None => tally_each(engine, plans, shared, places, progress),
            Some(count) => tally_scrambles(engine, plans, shared, count, places, progress),
        }
    }

    /// Whether a tally is of paths that were drawn so, as many of every scramble.
    pub fn fit(self, tally: &Tally) -> bool {
        match (self.0, &tally.design) {
            (_, SampleDesign::Independent) if tally.paths == 0 => true,
            (None, SampleDesign::Independent) => true,
            (Some(count), SampleDesign::Replicated { scrambles }) => {
                let each = self.places(tally.paths);
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
                "{points} points with {} scrambles of their own each need more than the 2³² there are",
                self.at_place()
            ),
            "leave out --independent, or use fewer points or --replicates",
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

    const FOUR: Scrambles = Scrambles(Some(4));

    /// A scenario with its quasi-random plan, and an engine.
    fn prepared() -> (Plan, CpuEngine) {
        let text = include_str!("../../docs/examples/start.toml");
        let loaded = crate::scenario::parse(text, "start.toml").unwrap_or_else(|failure| panic!("{failure}"));
        let mut plan = prepare(&loaded.scenario);
        let request = PointsRequest { set: PointSet::Sobol, ..PointsRequest::default() };
        request.apply(&loaded.scenario, &mut plan, &mut Allocation::default());
        let engine = CpuEngine::new(Some(1), Instructions::best(), Precision::Single, Sampling::Device);
        (plan, engine.expect("a thread starts"))
    }

    #[test]
    fn all_scrambles_advance_together_and_have_draws_of_their_own() {
        let (plan, engine) = prepared();
        let draws = [0, 4].map(|replicate| Draws { seed: 3, replicate });
        let plans = draws.map(|draws| (&plan, draws));
        let tally = |places| {
            let found = FOUR.tally_each(&engine, &plans, true, places, &|_| true).expect("no faults");
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
                let expected = engine.tally(&plan, draws, 0..1024, &|_| true).expect("no faults");
                assert_eq!(scramble.figures, expected.figures);
            }
        }
        let stopped = FOUR.tally_each(&engine, &plans, true, 0..1024, &|_| false).expect("no faults");
        assert!(stopped.is_none());
    }

    #[test]
    fn tallies_of_other_paths_do_not_fit() {
        let (plan, engine) = prepared();
        let part = |paths| engine.tally(&plan, Draws::default(), 0..paths, &|_| true).expect("no faults");
        let scrambles = |numbers: &[u32]| {
            let mut whole = empty_tally(&plan);
            numbers.iter().for_each(|&number| whole.merge(&part(256).as_scramble(number)));
            whole
        };
        assert!(FOUR.fit(&scrambles(&[0, 1, 2, 3])) && FOUR.fit(&empty_tally(&plan)));
        assert!(Scrambles::NONE.fit(&part(256)) && Scrambles::NONE.fit(&empty_tally(&plan)));
        let mut uneven = scrambles(&[0, 1, 2]);
        uneven.merge(&part(512).as_scramble(3));
        for other in [part(1024), scrambles(&[0, 1, 2]), scrambles(&[1, 2, 3, 4]), uneven] {
            assert!(!FOUR.fit(&other));
        }
        assert!(!Scrambles::NONE.fit(&scrambles(&[0, 1, 2, 3])));
    }

    #[test]
    fn scrambles_bound_how_many_points_go_together() {
        assert_eq!(Scrambles::NONE.most_points(1 << 30), u64::MAX);
        assert_eq!([64, 1024, 4096, 1 << 30].map(|places| Scrambles(Some(16)).most_points(places)), [512, 32, 8, 8]);
        assert_eq!(Scrambles(Some(1024)).most_points(1 << 20), 1);
    }

    #[test]
    fn scrambles_of_independent_points_are_numbers_that_there_are() {
        let sixteen = Scrambles(Some(16));
        assert!(sixteen.refuse_too_many(1 << 28, true).is_ok() && sixteen.refuse_too_many(1 << 40, false).is_ok());
        let error = sixteen.refuse_too_many((1 << 28) + 1, true).expect_err("it is too many");
        assert!(error.usage && error.message.contains("2³²"), "{error}");
    }
}
