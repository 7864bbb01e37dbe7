//! Vendors: failures, and what they lose.

use super::path::Loss;
use super::{Walk, words};

impl Walk<'_> {
    /// The vendor of a contract, if the file describes it.
    pub(super) fn vendor_of(&self, c: usize) -> Option<usize> {
        let name = &self.scenario.contracts[c].vendor;
        self.scenario.vendors.iter().position(|vendor| vendor.name == *name)
    }

    /// What a contract's vendor gets elsewhere for a unit, at τ(t−1).
    pub(super) fn relet_price(&self, c: usize) -> f64 {
        let relet = self.vendor_of(c).and_then(|v| self.scenario.vendors[v].relet.as_ref());
        relet.map_or(0.0, |relet| relet.share * relet.scale * self.price(relet.price, self.t - 1))
    }

    pub(super) fn has_failed(&self, v: usize) -> bool {
        self.path.failures[v].is_some()
    }

    /// A loss of a contract's vendor with the contract's organization.
    pub(super) fn lose(&mut self, c: usize, kind: fn(&mut Loss) -> &mut f64, amount: f64) {
        if let Some(v) = self.vendor_of(c) {
            self.lose_with(v, self.scenario.contracts[c].organization, kind, amount);
        }
    }

    fn lose_with(&mut self, v: usize, o: usize, kind: fn(&mut Loss) -> &mut f64, amount: f64) {
        if !self.has_failed(v) {
            *kind(&mut self.vendor_flows[v].losses[o]) += amount;
            self.ledgers[v].lost += amount;
        }
    }

    pub(super) fn fail(&mut self) {
        let scenario = self.scenario;
        for (v, vendor) in scenario.vendors.iter().enumerate() {
            if self.has_failed(v) {
                continue;
            }
            let intensity = vendor.intensity * if self.in_crisis { vendor.crisis } else { 1.0 };
            let by_chance = words::happens(self.words().failures[v], words::within(intensity, self.model.dt));
            if !by_chance && vendor.capital.is_none_or(|capital| self.ledgers[v].lost <= capital) {
                continue;
            }
            self.path.failures[v] = Some(self.t as u32);
            let is_taken_over = words::happens(self.words().novations[v], vendor.novation);
            for c in 0..scenario.contracts.len() {
                if self.vendor_of(c) != Some(v) || !self.is_open(c) {
                    continue;
                }
                if is_taken_over {
                    self.path.acts[c].taken_over = Some(self.t as u32);
                } else {
                    self.flows[c].refund += vendor.recovery * self.standings[c].balance;
                    self.end(c);
                    self.path.acts[c].abandoned = Some(self.t as u32);
                }
            }
        }
    }

    pub(super) fn lose_stakes(&mut self) {
        let scenario = self.scenario;
        for (v, vendor) in scenario.vendors.iter().enumerate() {
            for (s, stake) in vendor.stakes.iter().enumerate() {
                if !self.ledgers[v].stakes[s] && self.holds(&stake.condition) {
                    self.ledgers[v].stakes[s] = true;
                    self.lose_with(v, stake.organization, |loss| &mut loss.stakes, stake.value * stake.loss);
                }
            }
        }
    }
}
