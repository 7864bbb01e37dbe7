//! How the paths of a run are drawn: independently, or as quasi-random points under independent scrambles.

use std::ops::Range;

use super::error::RunError;
use super::observer::Observer;
use super::parameters::SetExtent;
use super::remark::Remark;
use super::schedule::Schedule;
use super::stages::Goal;
use crate::engine::{Draws, Engine, EngineError, Progress, empty_tally, prepare_points, tally_scrambles};
use crate::plan::Plan;
use crate::plan::points::{Allocation, Construction, MOST_POINTS};
use crate::result::Sampling;
use crate::scenario::Scenario;
use crate::tally::Tally;

/// Scrambles that errors come from, if nothing else is said.
pub const USUAL_REPLICATES: u32 = 16;
/// The same where targets decide how many paths there are: a rule that stops by its own errors needs to know them better.
pub const TARGET_REPLICATES: u32 = 32;

/// Scrambles at most, for options and sweep files.
pub const MOST_REPLICATES: u32 = 1024;

/// Which points the draws of paths come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PointSet {
    /// Random ones: every path is independent of all others.
    #[default]
    Independent,
    /// Sobol's sequence under Owen's scrambling.
    Sobol,
}

impl PointSet {
    /// The name in options, sweep files and documents.
    pub const fn name(self) -> &'static str {
        match self {
            PointSet::Independent => "independent",
            PointSet::Sobol => "sobol",
        }
    }

    /// The set of this name.
    pub fn named(name: &str) -> Option<Self> {
        [PointSet::Independent, PointSet::Sobol].into_iter().find(|set| set.name() == name)
    }
}

/// What is asked of the points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PointsRequest {
    pub set: PointSet,
    /// Independent scrambles, at least 2, whose differences tell the errors; [`USUAL_REPLICATES`] if nothing is said, or with
    /// targets [`TARGET_REPLICATES`].
    pub replicates: Option<u32>,
    /// The construction of all factors.
    pub construction: Construction,
}

/// How many paths there are of which kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// So many independent paths.
    Independent { paths: u64 },
    /// So many scrambles of so many points, a power of two.
    Replicated { replicates: u32, points: u64 },
}

impl PointsRequest {
    /// The request for this set of points; what is not given is taken from `usual`. Replicates are those of parameter sets where
    /// `has_sets`.
    ///
    /// # Errors
    /// If the points are independent, but something is given that only quasi-random ones have.
    pub fn asked(
        set: PointSet,
        replicates: Option<u32>,
        construction: Option<Construction>,
        usual: PointsRequest,
        has_sets: bool,
    ) -> Result<Self, RunError> {
        let is_independent = set == PointSet::Independent;
        let idle = [
            ("--replicates", is_independent && replicates.is_some() && !has_sets),
            ("--construction", is_independent && construction.is_some()),
        ];
        if let Some((option, _)) = idle.into_iter().find(|(_, is_idle)| *is_idle) {
            return Err(RunError::usage(
                format!("{option} is for quasi-random points, but these are independent"),
                format!("add --points sobol, or leave out {option}"),
            ));
        }
        let construction = construction.unwrap_or(usual.construction);
        Ok(PointsRequest { set, replicates: replicates.or(usual.replicates), construction })
    }

    /// Scrambles that errors come from.
    fn scrambles(&self, has_targets: bool) -> u32 {
        self.replicates.unwrap_or(if has_targets { TARGET_REPLICATES } else { USUAL_REPLICATES })
    }

    /// At least so many paths. Scrambles have the same number of points, a power of two, since only then they are spread evenly; `None`
    /// where that is more than there are.
    pub fn extent(&self, paths: u64) -> Option<Extent> {
        match self.set {
            PointSet::Independent => Some(Extent::Independent { paths }),
            PointSet::Sobol => {
                let replicates = self.scrambles(false);
                let points = paths.div_ceil(u64::from(replicates)).next_power_of_two();
                (points <= MOST_POINTS).then_some(Extent::Replicated { replicates, points })
            }
        }
    }

    /// The most paths that targets can have, of `most` that there may be.
    fn most(&self, most: u64) -> Extent {
        match self.set {
            PointSet::Independent => Extent::Independent { paths: most },
            PointSet::Sobol => {
                let replicates = self.scrambles(true);
                let points = Schedule::Replicated { replicates }.whole(most) / u64::from(replicates);
                Extent::Replicated { replicates, points }
            }
        }
    }

    /// As many paths as were asked for, or more, which is told to the observer; with targets at most as many.
    ///
    /// # Errors
    /// If there are not so many points.
    pub(crate) fn checked(&self, paths: u64, goal: &Goal, observer: &dyn Observer) -> Result<Extent, RunError> {
        if goal.is_some() {
            return Ok(self.most(paths));
        }
        let replicates = self.scrambles(false);
        let most = MOST_POINTS * u64::from(replicates);
        let extent = self.extent(paths).ok_or_else(|| {
            RunError::usage(
                format!("--paths {paths} is more than the {most} points of {replicates} scrambles"),
                "use fewer paths, or more scrambles with --replicates",
            )
        })?;
        if let Extent::Replicated { points, .. } = extent
            && extent.paths() != paths
        {
            observer.remarks(&Remark::Rounded { asked: paths, replicates, points });
        }
        Ok(extent)
    }

    /// The parameter sets of a run, and the paths that each of them has.
    pub(super) fn sets(&self, paths: u64, draws: u32) -> SetExtent {
        SetExtent::covering(paths, draws, self.scrambles(false), self.set == PointSet::Sobol)
    }

    /// The parameter sets of a run, which are told to the observer.
    ///
    /// # Errors
    /// If there are not so many points.
    pub(crate) fn checked_sets(&self, paths: u64, draws: u32, observer: &dyn Observer) -> Result<SetExtent, RunError> {
        let sets = self.sets(paths, draws);
        if self.set == PointSet::Sobol && sets.paths > MOST_POINTS {
            return Err(RunError::usage(
                format!(
                    "--paths {paths} is more than the {MOST_POINTS} points that each of {} parameter sets has",
                    sets.all()
                ),
                "use fewer paths, or more parameter sets with --draws",
            ));
        }
        observer.remarks(&Remark::Sets { asked: paths, sets: sets.all(), paths: sets.paths });
        Ok(sets)
    }

    /// How the paths of parameter sets are drawn, for a document.
    pub(crate) fn told_sets(&self, extent: SetExtent, sampling: Sampling) -> Sampling {
        let quasi_random = self.set == PointSet::Sobol;
        Sampling {
            paths: extent.all_paths(),
            sampling: if quasi_random { "sobol".into() } else { sampling.sampling.clone() },
            replicates: Some(extent.replicates),
            construction: quasi_random.then(|| self.construction.name().into()),
            parameter_sets: Some(extent.all()),
            ..sampling
        }
    }

    /// How the paths are drawn, for a document.
    pub(crate) fn told(&self, extent: Extent, sampling: Sampling) -> Sampling {
        match extent {
            Extent::Independent { .. } => sampling,
            Extent::Replicated { replicates, .. } => Sampling {
                sampling: "sobol".into(),
                replicates: Some(replicates),
                construction: Some(self.construction.name().into()),
                ..sampling
            },
        }
    }

    /// Has the plan's paths be drawn so. Plans that are compared share an allocation.
    pub fn apply(&self, scenario: &Scenario, plan: &mut Plan, allocation: &mut Allocation) {
        if self.set == PointSet::Sobol {
            let constructions = vec![self.construction; plan.sizes.factors];
            prepare_points(scenario, plan, &constructions, allocation);
        }
    }
}

impl Extent {
    /// All paths together.
    pub fn paths(self) -> u64 {
        match self {
            Extent::Independent { paths } => paths,
            Extent::Replicated { replicates, points } => u64::from(replicates) * points,
        }
    }

    /// The tally of all paths of a plan; of fewer if `progress` asked to stop.
    pub fn tally(
        self,
        engine: &dyn Engine,
        plan: &Plan,
        draws: Draws,
        progress: &Progress,
    ) -> Result<Tally, EngineError> {
        self.tally_from(0, engine, plan, draws, progress)
    }

    /// The tally of those behind the first `before` paths, which are as many of each scramble.
    pub fn tally_from(
        self,
        before: u64,
        engine: &dyn Engine,
        plan: &Plan,
        draws: Draws,
        progress: &Progress,
    ) -> Result<Tally, EngineError> {
        let Extent::Replicated { replicates, points } = self else {
            return engine.tally(plan, draws, before..self.paths(), progress);
        };
        let points = before / u64::from(replicates)..points;
        let tallies = tally_scrambles(engine, &[(plan, draws)], false, replicates, points, progress)?;
        Ok(tallies.into_iter().flatten().next().unwrap_or_else(|| empty_tally(plan)))
    }

    /// So many paths of the same kind; of scrambles the same number of points each.
    pub fn reaching(self, paths: u64) -> Self {
        match self {
            Extent::Independent { .. } => Extent::Independent { paths },
            Extent::Replicated { replicates, .. } => {
                Extent::Replicated { replicates, points: (paths / u64::from(replicates)).max(1) }
            }
        }
    }

    /// How the number of such paths grows towards targets.
    pub(crate) fn schedule(self) -> Schedule {
        match self {
            Extent::Independent { .. } => Schedule::Independent,
            Extent::Replicated { replicates, .. } => Schedule::Replicated { replicates },
        }
    }

    /// What draws a path, and its number among the paths that are drawn so: scrambles follow each other.
    pub fn place(self, draws: Draws, path: u64) -> (Draws, u64) {
        match self {
            Extent::Independent { .. } => (draws, path),
            Extent::Replicated { points, .. } => {
                let replicate = u32::try_from(path / points).unwrap_or(u32::MAX);
                (Draws { replicate, ..draws }, path % points)
            }
        }
    }

    /// The paths up to `end` in pieces of at most so many, each of one scramble.
    pub fn pieces(self, end: u64, most: u64) -> impl Iterator<Item = Range<u64>> {
        // a power of two divides another one that is not less
        let size = match self {
            Extent::Independent { .. } => most,
            Extent::Replicated { points, .. } => points.min(1 << most.ilog2()),
        };
        (0..end).step_by(size as usize).map(move |first| first..(first + size).min(end))
    }

    /// About so many of its first paths: of scrambles the same number of points each, a power of two.
    pub fn first(self, paths: u64) -> Self {
        match self {
            Extent::Independent { paths: all } => Extent::Independent { paths: all.min(paths) },
            Extent::Replicated { replicates, points: all } => {
                let each = (paths / u64::from(replicates)).max(1);
                Extent::Replicated { replicates, points: all.min(1 << each.ilog2()) }
            }
        }
    }
}

/// What points the paths of a document were drawn from.
pub(super) fn request_of(sampling: &Sampling) -> PointsRequest {
    let construction = sampling.construction.as_deref().and_then(Construction::named);
    let set = if construction.is_some() { PointSet::Sobol } else { PointSet::Independent };
    PointsRequest { set, replicates: sampling.replicates, construction: construction.unwrap_or_default() }
}

/// How many paths a document has of which kind.
pub(super) fn extent_of(sampling: &Sampling) -> Extent {
    let extent = sampling.replicates.map(|replicates| Extent::Replicated { replicates, points: 1 });
    extent.unwrap_or(Extent::Independent { paths: 1 }).reaching(sampling.paths)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOBOL: PointsRequest =
        PointsRequest { set: PointSet::Sobol, replicates: None, construction: Construction::Bridge };

    #[test]
    fn scrambles_have_powers_of_two() {
        assert_eq!(SOBOL.extent(1_000_000), Some(Extent::Replicated { replicates: 16, points: 65_536 }));
        assert_eq!(SOBOL.extent(1).map(Extent::paths), Some(16));
        assert_eq!(SOBOL.extent(1 << 36).map(Extent::paths), Some(1 << 36));
        assert_eq!(SOBOL.extent((1 << 36) + 1), None);
        let few = Extent::Replicated { replicates: 10, points: 65_536 }.first(131_072);
        assert_eq!(few, Extent::Replicated { replicates: 10, points: 8192 });
    }

    #[test]
    fn targets_have_more_scrambles_of_a_power_of_two_each() {
        assert_eq!(SOBOL.most(1 << 40), Extent::Replicated { replicates: 32, points: MOST_POINTS });
        let few = PointsRequest { replicates: Some(24), ..SOBOL }.most(1_000_000);
        assert_eq!(few, Extent::Replicated { replicates: 24, points: 32_768 });
        assert_eq!(few.reaching(24 * 100), Extent::Replicated { replicates: 24, points: 100 });
        assert_eq!(few.schedule(), Schedule::Replicated { replicates: 24 });
    }

    #[test]
    fn paths_are_numbered_scramble_by_scramble() {
        let extent = Extent::Replicated { replicates: 4, points: 1024 };
        let draws = Draws { seed: 7, replicate: 0 };
        assert_eq!(extent.place(draws, 2050), (Draws { seed: 7, replicate: 2 }, 2));
        let pieces: Vec<_> = extent.pieces(1300, 600).collect();
        assert_eq!(pieces, [0..512, 512..1024, 1024..1300]);
        let pieces: Vec<_> = extent.pieces(2100, 4096).collect();
        assert_eq!(pieces, [0..1024, 1024..2048, 2048..2100]);
    }
}
