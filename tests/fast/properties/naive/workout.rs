//! Organizations that settle with all their vendors.

use overhang::scenario::Settlement;

use super::{Walk, words};

impl Walk<'_> {
    pub(super) fn work_out(&mut self) {
        let scenario = self.scenario;
        for (o, organization) in scenario.organizations.iter().enumerate() {
            let Some(workout) = &organization.workout else { continue };
            if self.path.workouts[o].is_some() || !self.holds(&workout.condition) {
                continue;
            }
            if words::happens(self.words().workouts[o], words::within(workout.hazard, self.model.dt)) {
                self.path.workouts[o] = Some(self.t as u32);
                for c in self.model.order(o).into_iter().filter(|&c| self.is_open(c)).collect::<Vec<_>>() {
                    self.settle(c, workout.pay, workout.then);
                }
            }
        }
    }

    fn settle(&mut self, c: usize, pay: f64, then: Settlement) {
        let elsewhere = match then {
            Settlement::Exit => self.relet_price(c),
            Settlement::Market => {
                let market = self.market(self.scenario.contracts[c].organization, self.t - 1);
                market.expect("there is a market")
            }
        };
        let (bills, units) = self.minimum_left(c);
        let claim = (bills - elsewhere * units).max(0.0);
        self.flows[c].settlement = pay * claim;
        self.flows[c].drawn = self.standings[c].balance.min(pay * claim);
        self.lose(c, |loss| &mut loss.workouts, (1.0 - pay) * claim);
        // nothing is left to extend in the first period after the term
        let goes_on = then == Settlement::Market && !self.can_be_extended(c);
        self.end(c);
        self.standings[c].ended = !goes_on;
        self.standings[c].at_market = goes_on;
        self.path.acts[c].settled = Some(self.t as u32);
    }
}
