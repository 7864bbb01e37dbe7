//! Quasi-random points for a plan: which coordinate of a point is spent on what.
//!
//! Few coordinates of Sobol's sequence are spread as evenly together as the first ones, so the draws that decide most come first: the
//! regimes' first exits, every factor's sum over the horizon, the numbers of jumps; then halves of the sums, the next exit, the first
//! jumps; and so on. What finds no coordinate any more is drawn at random, which the scrambles' errors contain like all else.

mod chain;
mod clause;
mod construction;
mod directions;
mod jumps;

use std::collections::BTreeMap;

use super::Plan;
use super::double::twin::{KIND_TABLE, NONE};
use super::factor::transitions;
use crate::scenario::{Jumps as JumpTerms, Process, Scenario};

pub use chain::Exits;
pub use clause::{ClauseWord, ClauseWords};
pub use construction::{Construction, Node, nodes};
pub use directions::{Directions, MOST_DIMENSIONS, directions};
pub use jumps::Jumps;

/// Points of a scramble at most: coordinates have so many binary digits.
pub const MOST_POINTS: u64 = 1 << 32;
/// Exits of the chain, and jumps of a factor, that have coordinates of their own at most.
const MOST_EXITS: usize = 16;
const MOST_JUMPS: usize = 16;
/// The stage of clauses' words: behind the coarse parts of the factors, which decide more in all scenarios that were tried.
const CLAUSE_STAGE: u32 = 3;

/// What the coordinates of a point are spent on.
#[derive(Debug, Clone, PartialEq)]
pub struct Points {
    /// The direction numbers of each dimension that is spent.
    pub directions: Vec<Directions>,
    /// By factor; none of a table.
    pub nodes: Vec<Vec<Node>>,
    /// By factor that jumps.
    pub jumps: Vec<Jumps>,
    /// Without regimes there are none.
    pub exits: Option<Exits>,
    /// Where each word of a clause stands.
    pub places: ClauseWords,
    /// The dimensions of clauses' words, at their places, or [`NONE`](crate::formula::single::NONE) where a clause has none.
    pub clauses: Vec<u32>,
}

/// Something that a dimension is spent on, by what it is in a scenario, so that variants of a scenario spend the same dimensions on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Use {
    /// An exit of the chain: its time, and where to.
    Exit { number: usize, word: usize },
    /// A factor's number of jumps.
    Total { factor: u32 },
    /// A jump of a factor: its period and its size.
    Jump { factor: u32, number: usize, word: usize },
    /// A node of a factor's construction.
    Node { factor: usize, node: usize },
    /// A word of a clause.
    Clause(ClauseWord),
}

/// Which dimension is spent on what, the most decisive uses first.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Allocation(BTreeMap<Use, u32>);

impl Allocation {
    /// Gives uses that have no dimension yet the next ones, the most decisive first, as long as there are any.
    fn extend(&mut self, mut uses: Vec<(u32, Use)>) {
        uses.sort_by_key(|&(stage, _)| stage);
        for (_, of) in uses {
            let next = self.0.len() as u32;
            if (next as usize) < MOST_DIMENSIONS {
                self.0.entry(of).or_insert(next);
            }
        }
    }

    /// Whether every use that has no random draw to stand in for it has a dimension.
    fn has_decisive(&self, uses: &[(u32, Use)]) -> bool {
        let decisive = |of: &Use| matches!(of, Use::Total { .. } | Use::Clause(_));
        uses.iter().filter(|(_, of)| decisive(of)).all(|(_, of)| self.0.contains_key(of))
    }

    /// The dimension of a use.
    fn of(&self, of: Use) -> u32 {
        self.0.get(&of).copied().unwrap_or(NONE)
    }
}

impl Points {
    /// Of a scenario's plan, with the construction of every factor. Uses that the allocation knows have their dimensions from it; others are
    /// added to it.
    pub fn new(scenario: &Scenario, plan: &Plan, constructions: &[Construction], allocation: &mut Allocation) -> Self {
        let periods = plan.sizes.periods;
        let years = f64::from(periods) * scenario.horizon.dt();
        let drawn = |factor: usize| plan.double.factors[factor].kind != KIND_TABLE;
        let of_factor = |factor: usize| match drawn(factor) {
            true => nodes(constructions.get(factor).copied().unwrap_or_default(), periods),
            false => Vec::new(),
        };
        let jumping = |(factor, process): (usize, Option<&JumpTerms>)| {
            let mean = process?.intensity * years;
            let terms = &plan.double.factors[factor];
            (terms.jumps_first < terms.jumps_end).then(|| Jumps::new(factor, mean, MOST_JUMPS))
        };
        let processes = scenario.factors.iter().map(|factor| jumps_of(&factor.process)).enumerate();
        let exits =
            scenario.regimes.as_ref().filter(|_| plan.sizes.states > 1).map(|regimes| {
                Exits::new(&transitions(&regimes.generator, scenario.horizon.dt()), periods, MOST_EXITS)
            });
        let places = ClauseWords::of(plan);
        let mut points = Points {
            places,
            directions: Vec::new(),
            nodes: (0..plan.sizes.factors).map(of_factor).collect(),
            jumps: processes.filter_map(jumping).collect(),
            exits,
            clauses: Vec::new(),
        };
        let clauses = places.drawn(plan);
        let uses = points.uses(&clauses);
        allocation.extend(uses.clone());
        let mut own = Allocation::default();
        let allocation = if allocation.has_decisive(&uses) {
            allocation
        } else {
            // what others have spent leaves too little: its draws are its own
            own.extend(uses);
            &mut own
        };
        points.spend(&clauses, allocation);
        points.directions = directions(allocation.0.len());
        points
    }

    /// Takes every use's dimension. Exits and jumps that have found none are drawn at random.
    fn spend(&mut self, clauses: &[Option<ClauseWord>], allocation: &Allocation) {
        let spent = |pair: &[u32; 2]| pair.iter().all(|&dimension| dimension != NONE);
        if let Some(exits) = &mut self.exits {
            for (number, pair) in exits.dimensions.iter_mut().enumerate() {
                *pair = [0, 1].map(|word| allocation.of(Use::Exit { number, word }));
            }
            exits.dimensions.retain(spent);
        }
        for jumps in &mut self.jumps {
            let factor = jumps.factor;
            jumps.total_dimension = allocation.of(Use::Total { factor });
            for (number, pair) in jumps.dimensions.iter_mut().enumerate() {
                *pair = [0, 1].map(|word| allocation.of(Use::Jump { factor, number, word }));
            }
            jumps.dimensions.retain(spent);
        }
        for (factor, nodes) in self.nodes.iter_mut().enumerate() {
            for (node, of) in nodes.iter_mut().enumerate() {
                of.dimension = allocation.of(Use::Node { factor, node });
            }
        }
        let dimension = |of: &Option<ClauseWord>| of.map_or(NONE, |of| allocation.of(Use::Clause(of)));
        self.clauses = clauses.iter().map(dimension).collect();
    }

    /// All uses with their stages: 0 for the most decisive.
    fn uses(&self, clauses: &[Option<ClauseWord>]) -> Vec<(u32, Use)> {
        let mut uses = Vec::new();
        for number in 0..self.exits.as_ref().map_or(0, |exits| exits.dimensions.len()) {
            uses.extend([0, 1].map(|word| (number as u32, Use::Exit { number, word })));
        }
        for (factor, nodes) in self.nodes.iter().enumerate() {
            uses.extend((0..).zip(nodes).map(|(node, of)| (of.stage, Use::Node { factor, node })));
        }
        for Jumps { factor, dimensions, .. } in &self.jumps {
            let factor = *factor;
            uses.push((0, Use::Total { factor }));
            for number in 0..dimensions.len() {
                uses.extend([0, 1].map(|word| (number as u32 + 1, Use::Jump { factor, number, word })));
            }
        }
        uses.extend(clauses.iter().flatten().map(|&of| (CLAUSE_STAGE, Use::Clause(of))));
        uses
    }
}

fn jumps_of(process: &Process) -> Option<&JumpTerms> {
    match process {
        Process::Gbm { jumps, .. } | Process::Ou { jumps, .. } => jumps.as_ref(),
        Process::LogitOu { .. } | Process::Table { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Plans that are compared share dimensions as far as they go; one that finds none left for what must have one has its own.
    #[test]
    fn a_plan_never_lacks_the_dimensions_that_it_cannot_do_without() {
        let text = include_str!("../../../tests/cases/part-two.toml");
        let loaded = crate::scenario::parse(text, "part-two.toml").unwrap_or_else(|failure| panic!("{failure}"));
        let plan = Plan::lower(&loaded.scenario);
        let mut shared = Allocation::default();
        let one = Points::new(&loaded.scenario, &plan, &[], &mut shared);
        assert_eq!(one, Points::new(&loaded.scenario, &plan, &[], &mut shared), "the same draws");
        let mut spent = Allocation::default();
        let others = |node| (0, Use::Node { factor: usize::MAX, node });
        spent.extend((0..MOST_DIMENSIONS).map(others).collect());
        let found = Points::new(&loaded.scenario, &plan, &[], &mut spent);
        assert_eq!(found, one);
        assert!(!found.jumps.is_empty() && found.jumps.iter().all(|jumps| jumps.total_dimension != NONE));
    }
}
