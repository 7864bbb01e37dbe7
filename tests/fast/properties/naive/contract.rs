//! Terms, rates, commitments and prepayments of contracts, and what is owed.

use overhang::scenario::{Contract, Rate};

use super::{Flow, TOLERANCE, Walk};

impl Walk<'_> {
    pub(super) fn middle(&self, t: i64) -> f64 {
        (t as f64 - 0.5) * self.dt
    }

    pub(super) fn within(&self, contract: &Contract, t: i64) -> bool {
        let since = self.middle(t) - contract.start;
        since >= -TOLERANCE && since < contract.term - TOLERANCE
    }

    pub(super) fn capacity(&self, contract: &Contract, t: i64) -> f64 {
        if self.within(contract, t) { contract.capacity.at(self.middle(t) - contract.start) } else { 0.0 }
    }

    /// Every period that a term of this program can touch.
    pub(super) fn term(&self, contract: &Contract) -> Vec<i64> {
        (-2_000..4_000).filter(|&t| self.within(contract, t)).collect()
    }

    pub(super) fn fixed_rate(&self, contract: &Contract, t: i64) -> Option<f64> {
        let Rate::Fixed { base, escalator } = contract.rate else { return None };
        let years = (self.middle(t) - contract.start + TOLERANCE).floor() as i32;
        Some(base * (1.0 + escalator).powi(years))
    }

    pub(super) fn rate_if_set(&self, contract: &Contract, year: usize) -> f64 {
        let Rate::Indexed { factor, scale, discount, floor, cap, .. } = contract.rate else { return f64::NAN };
        ((1.0 - discount) * scale * self.factors[year][factor]).max(floor).min(cap)
    }

    /// Whether an indexed rate is set in period t, the contract's term having periods `term`.
    pub(super) fn sets(&self, contract: &Contract, t: i64) -> bool {
        let Rate::Indexed { reset, .. } = contract.rate else { return false };
        let count = |t: i64| ((self.middle(t) - contract.start + TOLERANCE) / reset).floor();
        let first = !self.within(contract, t - 1) || t == 1;
        self.within(contract, t) && (first || count(t) > count(t - 1))
    }

    /// The rate that a prepayment counts with: fixed, or set from the forward of the index at the last date before that sets it.
    fn promised_rate(&self, contract: &Contract, t: i64) -> f64 {
        let Rate::Indexed { factor, scale, discount, floor, cap, .. } = contract.rate else {
            return self.fixed_rate(contract, t).expect("it is fixed");
        };
        let set = (1..=t).rev().find(|&t| self.sets(contract, t)).map_or(0, |t| t - 1);
        let forward = self.scenario.factors[factor].process.forward(&self.scenario.horizon, set as u32);
        ((1.0 - discount) * scale * forward[set as usize]).max(floor).min(cap)
    }

    /// The commitment, of an indexed contract along the forward of its index.
    pub(super) fn commitment(&self, contract: &Contract) -> f64 {
        let bill = |t: i64| self.promised_rate(contract, t) * self.capacity(contract, t) * self.dt;
        self.term(contract).into_iter().map(bill).sum()
    }

    /// Balance before period 1 and the period at whose end it is paid: 0 at τ = 0, `None` in the past.
    pub(super) fn prepayment(&self, contract: &Contract) -> (f64, Option<i64>) {
        let amount = contract.prepaid * self.commitment(contract);
        if contract.start < -TOLERANCE {
            let elapsed = self.term(contract).into_iter().filter(|&t| t < 1);
            let billed: f64 =
                elapsed.map(|t| self.promised_rate(contract, t) * self.capacity(contract, t) * self.dt).sum();
            return ((amount - billed).max(0.0), None);
        }
        let at = if contract.start < TOLERANCE { 0 } else { self.term(contract)[0] };
        (amount, Some(at))
    }

    /// What a contract comes to in `flows` by period: payments with the prepayment, and idle capacity.
    pub(super) fn costs(&self, c: usize, flows: &[Vec<Flow>]) -> [f64; 2] {
        let (amount, at) = self.prepayment(&self.scenario.contracts[c]);
        let due = |t: i64| t <= self.periods;
        let advance = at.filter(|&t| due(t)).map_or(0.0, |t| amount * self.liabilities(t));
        let periods = (1..).zip(flows);
        periods.fold([advance, 0.0], |[paid, idle], (t, flows)| {
            let (flow, discount) = (flows[c], self.liabilities(t));
            [paid + (flow.bill - flow.drawn) * discount, idle + flow.stranded * discount]
        })
    }

    pub(super) fn liabilities(&self, t: i64) -> f64 {
        let year = t as f64 * self.dt;
        (-self.scenario.discount.liabilities.at(year) * year).exp()
    }
}
