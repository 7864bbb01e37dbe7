//! How the paths of a run are drawn: independently, or as quasi-random points under independent scrambles.

use crate::engine::{Draws, Engine, EngineError, Group, Progress, empty_tally, prepare_points};
use crate::plan::Plan;
use crate::plan::points::{Allocation, Construction, MOST_POINTS};
use crate::scenario::Scenario;
use crate::tally::Tally;

/// Scrambles that errors come from, if nothing else is said.
pub const USUAL_REPLICATES: u32 = 16;

/// Which points the draws of paths come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PointSet {
    /// Random ones: every path is independent of all others.
    #[default]
    Independent,
    /// Sobol's sequence under Owen's scrambling.
    Sobol,
}

/// What is asked of the points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PointsRequest {
    pub set: PointSet,
    /// Independent scrambles, at least 2, whose differences tell the errors.
    pub replicates: u32,
    /// The construction of all factors.
    pub construction: Construction,
}

impl Default for PointsRequest {
    fn default() -> Self {
        let (set, construction) = (PointSet::default(), Construction::default());
        PointsRequest { set, replicates: USUAL_REPLICATES, construction }
    }
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
    /// At least so many paths. Scrambles have the same number of points, a power of two, since only then they are spread evenly; `None`
    /// where that is more than there are.
    pub fn extent(&self, paths: u64) -> Option<Extent> {
        match self.set {
            PointSet::Independent => Some(Extent::Independent { paths }),
            PointSet::Sobol => {
                let points = paths.div_ceil(u64::from(self.replicates)).next_power_of_two();
                (points <= MOST_POINTS).then_some(Extent::Replicated { replicates: self.replicates, points })
            }
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

    /// The tally of all paths of a plan; less where `progress` asked to stop.
    pub fn tally(
        self,
        engine: &dyn Engine,
        plan: &Plan,
        draws: Draws,
        progress: &Progress,
    ) -> Result<Tally, EngineError> {
        let Extent::Replicated { replicates, points } = self else {
            return engine.tally(plan, draws, 0..self.paths(), progress);
        };
        let scramble = |replicate| Group::alone(plan, Draws { replicate, ..draws });
        let groups: Vec<Group> = (0..replicates).map(scramble).collect();
        let mut whole = empty_tally(plan);
        for (replicate, tally) in (0..).zip(engine.tallies(&groups, 0..points, progress)?.into_iter().flatten()) {
            whole.merge(&tally.as_scramble(replicate));
        }
        Ok(whole)
    }
}
