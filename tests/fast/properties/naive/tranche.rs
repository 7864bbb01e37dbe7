//! Money with conditions.

use super::{TOLERANCE, Walk, words};

impl Walk<'_> {
    /// What a crisis leaves of tranches and funding.
    fn fund(&self) -> f64 {
        self.scenario.crisis.as_ref().filter(|_| self.in_crisis).map_or(1.0, |crisis| crisis.fund)
    }

    pub(super) fn pay_tranches(&mut self) {
        let (scenario, fund) = (self.scenario, self.fund());
        for (i, tranche) in scenario.tranches.iter().enumerate() {
            let (from, to) = (self.model.containing(tranche.at), self.model.containing(tranche.until));
            let gone = tranche.vendor.is_some_and(|v| self.has_failed(v));
            if self.path.tranches[i].is_some() || gone || self.t < from || self.t > to {
                continue;
            }
            let comes = tranche.intensity.as_ref().is_none_or(|by_state| {
                let state = self.given.states[self.t as usize - 1] as usize;
                words::happens(self.words().tranches[i], words::within(by_state[state], self.model.dt))
            });
            if comes && fund > 0.0 && self.holds(&tranche.condition) {
                self.path.tranches[i] = Some(self.t as u32);
                self.accounts[tranche.organization].funded += fund * tranche.amount;
            } else if self.t == to {
                self.accounts[tranche.organization].funded += fund * tranche.otherwise;
            }
        }
    }

    /// Lumps of funding that fall into the period.
    pub(super) fn lumps(&self, o: usize) -> f64 {
        let Some(cash) = &self.scenario.organizations[o].cash else { return 0.0 };
        let (from, to) = ((self.t - 1) as f64 * self.model.dt, self.t as f64 * self.model.dt);
        let due = |lump: &&[f64; 2]| lump[0] > from + TOLERANCE && lump[0] <= to + TOLERANCE;
        self.fund() * cash.funding.iter().filter(due).map(|lump| lump[1]).sum::<f64>()
    }
}
