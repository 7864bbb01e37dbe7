//! Where the value of an output stands among those of a path.

use crate::engine::PathValues;
use crate::plan::Plan;
use crate::result::{Key, figure_key, time_key};
use crate::scenario::Scenario;

/// A figure by its slot, or the time of an event.
#[derive(Debug, Clone, Copy)]
pub(super) enum Place {
    Slot(usize),
    Time(usize),
}

impl Place {
    /// Of an output that a path has a value of: not of contracts and vendors.
    pub fn of(plan: &Plan, scenario: &Scenario, key: &Key) -> Option<Place> {
        let mut figures = plan.figures.iter();
        let figure = figures
            .find(|spec| figure_key(scenario, spec.owner, spec.figure).is_some_and(|of| of.subject == key.subject));
        let time = || plan.times.iter().position(|&time| time_key(scenario, time).subject == key.subject);
        figure.map(|spec| Place::Slot(spec.slot)).or_else(|| time().map(Place::Time))
    }

    /// The figure, or the period of the event: infinite if it never happens.
    pub fn value(self, run: &PathValues, path: usize) -> f64 {
        match self {
            Place::Slot(slot) => run.figures[slot * run.paths + path],
            Place::Time(time) => match run.times[time * run.paths + path] {
                u32::MAX => f64::INFINITY,
                period => f64::from(period),
            },
        }
    }
}
