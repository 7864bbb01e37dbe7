//! Where a contract stands on the path, and what is owed under it.

use overhang::scenario::{Delay, Rate};

use super::contract::{Row, clamped};
use super::path::Acts;
use super::{Walk, words};

/// What a contract carries from period to period.
#[derive(Clone, Debug, Default)]
pub(super) struct Standing {
    /// ℓ, the periods by which delivery is late.
    pub late: i64,
    /// The period in which the long stop ends it, if delivery is later than that.
    pub stop: Option<i64>,
    /// ρ, what reductions leave of it.
    pub left: f64,
    /// m, what reviews make of the scheduled rate.
    pub review: f64,
    /// The rate that an index has set, before the multiplier of an extension.
    pub set: Option<f64>,
    /// The period in which the reduction takes effect, once there is notice.
    pub due: Option<i64>,
    pub extended: bool,
    pub ended: bool,
    /// It ends in this period by a reduction: its last bill is still to come.
    pub leaves: bool,
    /// A workout left it at market rates, without a minimum.
    pub at_market: bool,
    /// What is left of the prepayment that was paid.
    pub balance: f64,
    /// Units that were paid for and can be made up for.
    pub bank: f64,
    /// Minimum units and units taken in the window so far.
    pub window: [f64; 2],
    /// Credits for late delivery so far.
    pub credited: f64,
}

impl Walk<'_> {
    /// Contracts as they stand before period 1.
    pub(super) fn sign(&mut self) {
        for c in 0..self.scenario.contracts.len() {
            let (amount, paid) = self.model.schedules[c].prepayment;
            let (late, stop) = self.lateness(c);
            let balance = if paid.is_none_or(|at| at == 0) { amount } else { 0.0 };
            self.path.prepaid_at_start.push(if paid == Some(0) { amount } else { 0.0 });
            self.path.acts.push(Acts { late: late as u32, never_begins: stop.is_some(), ..Acts::default() });
            self.standings.push(Standing { late, stop, left: 1.0, review: 1.0, balance, ..Standing::default() });
        }
    }

    /// The place of a period among the rows: below 0 before service begins.
    pub(super) fn place(&self, c: usize, t: i64) -> i64 {
        t - self.model.schedules[c].first - self.standings[c].late
    }

    /// Rows that count: the term's, and the extension's once it is taken.
    pub(super) fn rows(&self, c: usize) -> &[Row] {
        let schedule = &self.model.schedules[c];
        if self.standings[c].extended { &schedule.rows } else { &schedule.rows[..schedule.signed] }
    }

    /// The row of this period, of a contract that has begun and not ended.
    pub(super) fn row(&self, c: usize) -> Option<usize> {
        let row = usize::try_from(self.place(c, self.t)).ok()?;
        (!self.standings[c].ended && row < self.rows(c).len()).then_some(row)
    }

    /// Whether this is the first period after the term, in which an extension can still be taken.
    pub(super) fn can_be_extended(&self, c: usize) -> bool {
        let (standing, schedule) = (&self.standings[c], &self.model.schedules[c]);
        let has_clause = self.scenario.contracts[c].extension.is_some();
        let after = self.place(c, self.t) == schedule.signed as i64;
        has_clause && after && !standing.ended && !standing.at_market && !standing.extended
    }

    /// Whether it has not ended at the beginning of the period.
    pub(super) fn is_open(&self, c: usize) -> bool {
        let runs = self.place(c, self.t) < self.rows(c).len() as i64;
        !self.standings[c].ended && (runs || self.can_be_extended(c))
    }

    pub(super) fn end(&mut self, c: usize) {
        let standing = &mut self.standings[c];
        standing.ended = true;
        standing.balance = 0.0;
        standing.bank = 0.0;
        standing.window = [0.0; 2];
    }

    /// The minimum share of capacity: none after a workout at market rates.
    pub(super) fn minimum_share(&self, c: usize) -> f64 {
        if self.standings[c].at_market { 0.0 } else { self.scenario.contracts[c].take_or_pay }
    }

    /// An indexed rate as if it were set at τ(at).
    pub(super) fn rate_if_set(&self, c: usize, at: i64) -> f64 {
        let contract = &self.scenario.contracts[c];
        let Rate::Indexed { factor, .. } = contract.rate else { panic!("it has no index") };
        clamped(contract, self.price(factor, at))
    }

    /// The rate in force in the period before, of an indexed contract, or as if set at τ(t−1).
    pub(super) fn rate_before(&self, c: usize) -> f64 {
        let set = self.standings[c].set;
        let before = usize::try_from(self.place(c, self.t) - 1).ok().and_then(|row| self.rows(c).get(row));
        let multiplier = before.map_or(1.0, |row| row.multiplier);
        set.map_or_else(|| self.rate_if_set(c, self.t - 1), |set| multiplier * set)
    }

    /// MB and MU: minimum bills and units that remain at the beginning of the period.
    pub(super) fn minimum_left(&self, c: usize) -> (f64, f64) {
        let (standing, contract) = (&self.standings[c], &self.scenario.contracts[c]);
        if !self.is_open(c) || standing.at_market {
            return (0.0, 0.0);
        }
        let from = self.place(c, self.t).max(0) as usize;
        let rows = self.rows(c).get(from..).unwrap_or_default();
        let units = |row: &Row| standing.left * contract.take_or_pay * row.capacity * self.model.dt;
        let all: f64 = rows.iter().map(units).sum();
        let bills = match rows.first().map(|row| row.rate) {
            None => 0.0,
            Some(None) => all * self.rate_before(c),
            Some(Some(_)) => {
                let bill = |row: &Row| units(row) * standing.review * row.rate.expect("it is fixed");
                rows.iter().map(bill).sum()
            }
        };
        (bills, all)
    }

    /// Minimum bills that fall due after the period, discounted or not, on the path as it stands.
    pub(super) fn due_after(&self, c: usize, discounted: bool) -> f64 {
        let (standing, contract) = (&self.standings[c], &self.scenario.contracts[c]);
        if standing.ended || standing.at_market {
            return 0.0;
        }
        let from = (self.place(c, self.t) + 1).max(0) as usize;
        let rows = self.rows(c).iter().enumerate().skip(from);
        let bill = |(place, row): (usize, &Row)| {
            let fixed = row.rate.map(|rate| standing.review * rate);
            let rate =
                fixed.unwrap_or_else(|| row.multiplier * standing.set.unwrap_or_else(|| self.rate_if_set(c, self.t)));
            let falls = self.model.schedules[c].first + standing.late + place as i64;
            let factor = if discounted { self.model.liabilities(falls) } else { 1.0 };
            rate * standing.left * contract.take_or_pay * row.capacity * self.model.dt * factor
        };
        rows.map(bill).sum()
    }

    /// Years of service at τ(t−1).
    pub(super) fn service(&self, c: usize) -> f64 {
        (self.t - 1 - self.standings[c].late) as f64 * self.model.dt - self.scenario.contracts[c].start
    }

    /// Late periods, and the period in which the long stop ends a contract whose delivery is later.
    fn lateness(&self, c: usize) -> (i64, Option<i64>) {
        let contract = &self.scenario.contracts[c];
        let Some(delay) = &contract.delay else { return (0, None) };
        let years = self.delay_years(c, delay);
        let late = (years / self.model.dt + 0.5).floor().min(self.model.periods as f64 + 1.0) as i64;
        let stopped = delay.long_stop.filter(|&stop| years > stop);
        (late, stopped.map(|stop| self.model.containing(contract.start + stop)))
    }

    fn delay_years(&self, c: usize, delay: &Delay) -> f64 {
        let contracts = &self.scenario.contracts;
        let mut names: Vec<&str> = Vec::new();
        for contract in contracts {
            if !names.contains(&contract.vendor.as_str()) {
                names.push(&contract.vendor);
            }
        }
        let vendor = names.iter().position(|&name| name == contracts[c].vendor).expect("it is among them");
        let (own, common) = (self.given.words.delays[c], self.given.words.vendor_delays[vendor]);
        let shared = self.scenario.delay_correlation;
        let z = |i: usize| shared.sqrt() * common[i] + (1.0 - shared).sqrt() * own[i];
        let is_late = z(0) > words::normal(1.0 - delay.probability);
        if is_late { delay.median * (delay.sigma * z(1)).exp() } else { 0.0 }
    }
}
