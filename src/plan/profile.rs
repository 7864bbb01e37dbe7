//! What a second pass watches over time: factors, and utilization, coverage and cash of organizations, for fan charts and for
//! how a bubble bursts.

use super::Plan;
use super::figure::Frame;
use crate::formula::single::{NONE, SKETCH_BINS};
use crate::registry::ObservableKind;
use crate::scenario::Scenario;

/// Dates at most; more would not be told apart on a chart.
const MOST_DATES: u32 = 64;

/// Bins of a profile's sketch hold 2^PROFILE_SHIFT of the figures' sketch, so that a workgroup's memory holds them: 2⁻⁶ of the
/// scale within one scale of the centre, and of the power of two below beyond.
pub const PROFILE_SHIFT: u32 = 5;
/// Bins of a profile's sketch.
pub const PROFILE_BINS: usize = ((SKETCH_BINS as usize - 1) >> PROFILE_SHIFT) + 1;

/// Something that has a value at the end of every period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Observable {
    /// X, by the factor's index.
    Factor(usize),
    /// What the organization's contracts serve, in capacity units. Its share of their capacity is the utilization.
    Served(usize),
    /// The organization's trailing margin·value over its trailing cost; undefined without cost.
    Coverage(usize),
    /// The organization's balance.
    Cash(usize),
}

impl Observable {
    /// What kind of quantity it is.
    pub const fn kind(self) -> ObservableKind {
        match self {
            Observable::Factor(_) => ObservableKind::Factor,
            Observable::Served(_) => ObservableKind::Served,
            Observable::Coverage(_) => ObservableKind::Coverage,
            Observable::Cash(_) => ObservableKind::Cash,
        }
    }
}

/// A quantity of a profile.
#[derive(Debug, Clone, PartialEq)]
pub struct Observed {
    pub observable: Observable,
    /// The bubble whose bursting by the horizon divides the paths: an organization's, or `None` for the system's.
    pub bubble: Option<usize>,
    /// Of its sketch and sums, by date.
    pub frames: Vec<Frame>,
}

/// What is observed, and when.
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    /// Periods at whose end the quantities are kept: as far apart as [`Profile::step`] says, the last one included.
    pub dates: Vec<u32>,
    pub observed: Vec<Observed>,
}

impl Profile {
    /// All that a report shows of a scenario, in frames of a unit normal until a pilot sets them (see
    /// `engine::prepare_profile`).
    pub fn of(scenario: &Scenario, plan: &Plan) -> Self {
        let periods = plan.sizes.periods;
        let step = periods.div_ceil(MOST_DATES);
        let dates: Vec<u32> = (1..=periods).filter(|t| (periods - t).is_multiple_of(step)).collect();
        let mut observed = Vec::new();
        let mut observe = |observable, bubble| {
            let frames = vec![Frame { centre: 0.0, scale: 1.0 }; dates.len()];
            observed.push(Observed { observable, bubble, frames });
        };
        for factor in 0..scenario.factors.len() {
            observe(Observable::Factor(factor), only_user(plan, factor));
        }
        for (index, organization) in scenario.organizations.iter().enumerate() {
            let terms = &plan.single.organizations[index];
            if terms.contracts_first < terms.contracts_end {
                observe(Observable::Served(index), Some(index));
            }
            if terms.performance != NONE {
                observe(Observable::Coverage(index), Some(index));
            }
            if organization.cash.is_some() {
                observe(Observable::Cash(index), Some(index));
            }
        }
        Profile { dates, observed }
    }

    /// What several plans of the same structure observe, at least one, with a frame for each date that `common` makes of theirs.
    pub fn common(all: &[Profile], common: impl Fn(&[Vec<Frame>]) -> Vec<Frame>) -> Profile {
        let mut profile = all[0].clone();
        for (place, observed) in profile.observed.iter_mut().enumerate() {
            let frames: Vec<Vec<Frame>> = all.iter().map(|of| of.observed[place].frames.clone()).collect();
            observed.frames = common(&frames);
        }
        profile
    }

    /// Periods from one date to the next.
    pub fn step(&self) -> u32 {
        match self.dates[..] {
            [.., before, last] => last - before,
            [last] => last,
            [] => 1,
        }
    }

    /// Rows of values: every quantity at every date, dates outermost.
    pub fn rows(&self) -> usize {
        self.dates.len() * self.observed.len()
    }

    /// The frame of a row.
    pub fn frame(&self, row: usize) -> Frame {
        self.observed[row % self.observed.len()].frames[row / self.observed.len()]
    }

    /// Where among an engine's times the bubble of a row's quantity is.
    pub fn time(&self, row: usize, plan: &Plan) -> usize {
        let sizes = &plan.sizes;
        sizes.bubble_time(self.observed[row % self.observed.len()].bubble.unwrap_or(sizes.organizations))
    }

    /// Whether a row's value may be undefined.
    pub fn is_optional(&self, row: usize) -> bool {
        self.observed[row % self.observed.len()].observable.kind().entry().is_optional
    }
}

/// The organization that a factor belongs to: the only one that uses it, if no other does.
fn only_user(plan: &Plan, factor: usize) -> Option<usize> {
    let tables = &plan.single;
    let index = factor as u32;
    let uses = |organization: &usize| {
        let terms = &tables.organizations[*organization];
        let contracts = &tables.contracts[terms.contracts_first as usize..terms.contracts_end as usize];
        [terms.utilization, terms.performance, terms.price].contains(&index)
            || contracts.iter().any(|contract| contract.index == index)
    };
    let mut users = (0..plan.sizes.organizations).filter(uses);
    users.next().filter(|_| users.next().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_thinned_out_and_end_at_the_horizon() {
        for (file, count) in [("scenarios/openai.toml", 48), ("docs/examples/step.toml", 0)] {
            let scenario = crate::scenario::load(std::path::Path::new(file)).expect("it is sound").scenario;
            let plan = Plan::lower(&scenario);
            let profile = Profile::of(&scenario, &plan);
            assert_eq!(profile.dates.last(), Some(&plan.sizes.periods));
            assert!(profile.dates.len() <= MOST_DATES as usize && profile.dates.is_sorted());
            assert!(count == 0 || profile.dates.len() == count);
            let step = profile.step();
            let kept: Vec<u32> =
                (1..=plan.sizes.periods).filter(|t| (plan.sizes.periods - t).is_multiple_of(step)).collect();
            assert_eq!(profile.dates, kept);
        }
    }
}
