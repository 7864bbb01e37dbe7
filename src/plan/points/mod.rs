//! Quasi-random points for a plan: which coordinate of a point is spent on what.
//!
//! Few coordinates of Sobol's sequence are spread as evenly together as the first ones, so the draws that decide most come first: the
//! regimes' first exits, every factor's sum over the horizon, the numbers of jumps; then halves of the sums, the next exit, the first
//! jumps; and so on. What finds no coordinate any more is drawn at random, which the scrambles' errors contain like all else.

mod chain;
mod construction;
mod directions;
mod jumps;

use nalgebra::DMatrix;

use super::Plan;
use super::double::twin::KIND_TABLE;
use crate::scenario::{Jumps as JumpTerms, Process, Scenario};

pub use chain::Exits;
pub use construction::{Construction, Node, nodes};
pub use directions::{Directions, MOST_DIMENSIONS, directions};
pub use jumps::Jumps;

/// Points of a scramble at most: coordinates have so many binary digits.
pub const MOST_POINTS: u64 = 1 << 32;
/// Exits of the chain, and jumps of a factor, that have coordinates of their own at most.
const MOST_EXITS: usize = 16;
const MOST_JUMPS: usize = 16;

/// What the coordinates of a point are spent on.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Points {
    /// The direction numbers of each dimension that is spent.
    pub directions: Vec<Directions>,
    /// By factor; none of a table.
    pub nodes: Vec<Vec<Node>>,
    /// By factor that jumps.
    pub jumps: Vec<Jumps>,
    /// Without regimes there are none.
    pub exits: Option<Exits>,
    /// By contract that may be late: whether it is and by how much, its own words and its vendor's.
    pub delays: Vec<Delay>,
}

/// The dimensions that decide how late a contract is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Delay {
    pub own: [u32; 2],
    pub vendor: [u32; 2],
}

/// Something that a dimension can be spent on.
#[derive(Debug, Clone, Copy)]
enum Use {
    Exit { number: usize, word: usize },
    Total { jumping: usize },
    Jump { jumping: usize, number: usize, word: usize },
    Node { factor: usize, node: usize },
    Own { delay: usize, word: usize },
    Vendor { vendor: u32, word: usize },
}

impl Points {
    /// Of a scenario's plan, with the construction of every factor.
    pub fn new(scenario: &Scenario, plan: &Plan, constructions: &[Construction]) -> Self {
        let periods = plan.sizes.periods;
        let years = f64::from(periods) * scenario.horizon.dt();
        let drawn = |factor: usize| plan.double.factors[factor].kind != KIND_TABLE;
        let of_factor = |(factor, &construction): (usize, &Construction)| match drawn(factor) {
            true => nodes(construction, periods),
            false => Vec::new(),
        };
        let jumping = |(factor, process): (usize, Option<&JumpTerms>)| {
            let mean = process?.intensity * years;
            (mean > 0.0).then(|| Jumps::new(factor, mean, MOST_JUMPS))
        };
        let processes = scenario.factors.iter().map(|factor| jumps_of(&factor.process)).enumerate();
        let exits = scenario.regimes.as_ref().filter(|_| plan.sizes.states > 1).map(|regimes| {
            let step: DMatrix<f64> = (&regimes.generator * scenario.horizon.dt()).exp();
            Exits::new(&step, periods, MOST_EXITS)
        });
        let none = Delay { own: [u32::MAX; 2], vendor: [u32::MAX; 2] };
        let mut points = Points {
            directions: Vec::new(),
            nodes: constructions.iter().enumerate().map(of_factor).collect(),
            jumps: processes.filter_map(jumping).collect(),
            exits,
            delays: vec![none; plan.double.delays.len()],
        };
        let spent = points.spend(plan);
        points.keep_spent();
        points.directions = directions(spent);
        points
    }

    /// Gives every use its dimension, the most decisive first, and counts them.
    fn spend(&mut self, plan: &Plan) -> usize {
        let mut uses = self.uses(plan);
        uses.sort_by_key(|&(stage, _)| stage);
        uses.truncate(MOST_DIMENSIONS);
        for (dimension, &(_, of)) in (0..).zip(&uses) {
            match of {
                Use::Exit { number, word } => {
                    self.exits.iter_mut().for_each(|exits| exits.dimensions[number][word] = dimension);
                }
                Use::Total { jumping } => self.jumps[jumping].total_dimension = dimension,
                Use::Jump { jumping, number, word } => self.jumps[jumping].dimensions[number][word] = dimension,
                Use::Node { factor, node } => self.nodes[factor][node].dimension = dimension,
                Use::Own { delay, word } => self.delays[delay].own[word] = dimension,
                Use::Vendor { vendor, word } => {
                    let of_vendor = plan.double.delays.iter().zip(&mut self.delays);
                    let of_vendor = of_vendor.filter(|(terms, _)| terms.vendor == vendor);
                    of_vendor.for_each(|(_, delay)| delay.vendor[word] = dimension);
                }
            }
        }
        uses.len()
    }

    /// Forgets exits and jumps that have found no dimension, and are drawn at random.
    fn keep_spent(&mut self) {
        let spent = |pair: &[u32; 2]| pair.iter().all(|&dimension| dimension != u32::MAX);
        self.exits.iter_mut().for_each(|exits| exits.dimensions.retain(spent));
        self.jumps.iter_mut().for_each(|jumps| jumps.dimensions.retain(spent));
    }

    /// All uses with their stages: 0 for the most decisive.
    fn uses(&self, plan: &Plan) -> Vec<(u32, Use)> {
        let mut uses = Vec::new();
        for number in 0..self.exits.as_ref().map_or(0, |exits| exits.dimensions.len()) {
            uses.extend([0, 1].map(|word| (number as u32, Use::Exit { number, word })));
        }
        for (factor, nodes) in self.nodes.iter().enumerate() {
            uses.extend((0..).zip(nodes).map(|(node, of)| (of.stage, Use::Node { factor, node })));
        }
        for (jumping, of) in self.jumps.iter().enumerate() {
            uses.push((0, Use::Total { jumping }));
            for number in 0..of.dimensions.len() {
                uses.extend([0, 1].map(|word| (number as u32 + 1, Use::Jump { jumping, number, word })));
            }
        }
        let mut vendors: Vec<u32> = plan.double.delays.iter().map(|delay| delay.vendor).collect();
        vendors.sort_unstable();
        vendors.dedup();
        uses.extend(vendors.iter().flat_map(|&vendor| [0, 1].map(|word| (1, Use::Vendor { vendor, word }))));
        uses.extend((0..self.delays.len()).flat_map(|delay| [0, 1].map(|word| (1, Use::Own { delay, word }))));
        uses
    }
}

fn jumps_of(process: &Process) -> Option<&JumpTerms> {
    match process {
        Process::Gbm { jumps, .. } | Process::Ou { jumps, .. } => jumps.as_ref(),
        Process::LogitOu { .. } | Process::Table { .. } => None,
    }
}
