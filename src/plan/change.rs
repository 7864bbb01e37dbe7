//! Contracts that clauses change: the rows of their schedules and what their clauses need, on the time grid.

use super::condition::Conditions;
use super::contract::{liability_discount, prepayment};
use super::double::Tables;
use super::double::twin::{
    ChangePeriod, ChangeTerms, DelayTerms, NONE, STAGE_BEFORE, STAGE_DECISION, STAGE_EXTENDED, STAGE_PAST, STAGE_TERM,
};
use super::party;
use crate::scenario::{Contract, Delay, Rate, Scenario};
use statrs::distribution::{ContinuousCDF as _, Normal};

/// Beyond every number that a scenario can give, and exact enough in f32.
const FAR: f64 = 1e30;

/// Fills the tables of contracts that change.
pub fn lower(scenario: &Scenario, order: &[usize], conditions: &mut Conditions, tables: &mut Tables) {
    let mut columns = Vec::new();
    for (position, &index) in order.iter().enumerate() {
        let contract = &scenario.contracts[index];
        if !scenario.changes(contract) {
            continue;
        }
        let rows = Rows::new(scenario, contract);
        let mut terms = rows.terms(conditions);
        terms.contract = position as u32;
        if let Some(vendor) = scenario.vendors.iter().position(|vendor| vendor.name == contract.vendor) {
            terms.counterparty = vendor as u32;
            terms.exposure = party::exposure(tables, vendor, contract.organization);
        }
        if let Some(delay) = &contract.delay {
            terms.late = tables.delays.len() as u32;
            let mut late = delay_terms(scenario, index, delay);
            late.change = tables.changes.len() as u32;
            tables.delays.push(late);
        }
        tables.changes.push(terms);
        columns.push((1..=i64::from(scenario.horizon.periods)).map(|t| rows.period(t)).collect::<Vec<_>>());
    }
    for t in 0..scenario.horizon.periods as usize {
        tables.change_periods.extend(columns.iter().map(|column| column[t]));
    }
}

fn delay_terms(scenario: &Scenario, index: usize, delay: &Delay) -> DelayTerms {
    let mut named: Vec<&str> = Vec::new();
    for contract in &scenario.contracts {
        if !named.contains(&contract.vendor.as_str()) {
            named.push(&contract.vendor);
        }
    }
    let vendor = named.iter().position(|name| *name == scenario.contracts[index].vendor);
    let vendor = vendor.expect("contracts name their vendors");
    let quantile = Normal::standard().inverse_cdf(1.0 - delay.probability);
    DelayTerms {
        change: 0,
        contract: index as u32,
        vendor: (scenario.contracts.len() + vendor) as u32,
        vendor_weight: scenario.delay_correlation.sqrt(),
        own_weight: (1.0 - scenario.delay_correlation).sqrt(),
        quantile: quantile.clamp(-FAR, FAR),
        median: delay.median,
        sigma: delay.sigma,
        long_stop: delay.long_stop.unwrap_or(FAR),
        most_periods: f64::from(scenario.horizon.periods) + 1.0,
    }
}

/// The schedule of a contract: a row for each period in which it would apply if all goes as signed.
///
/// Sums over rows are taken anew for each of them, so what they are made of is kept.
struct Rows<'a> {
    scenario: &'a Scenario,
    contract: &'a Contract,
    /// The first and the last row of the term, and the last one of the extension, or of the term without one.
    first: i64,
    last: i64,
    extended_last: i64,
    /// Minimum unit-years, and minimum bills at the scheduled rate, of the rows from the first to the last of the extension.
    units: Vec<f64>,
    bills: Vec<f64>,
    /// What is owed so many rows behind the horizon is worth at the start.
    discounts: Vec<f64>,
}

impl<'a> Rows<'a> {
    fn new(scenario: &'a Scenario, contract: &'a Contract) -> Self {
        let horizon = &scenario.horizon;
        let (first, last) = contract.term_periods(horizon).into_inner();
        let per_year = f64::from(horizon.steps_per_year);
        let extension = contract.extension.as_ref().map_or(0, |extension| (extension.years * per_year).round() as i64);
        let extended_last = last + extension;
        let discounts =
            (0..=extended_last + 1).map(|lag| liability_discount(scenario, i64::from(horizon.periods) + lag));
        let (units, bills, discounts) = (Vec::new(), Vec::new(), discounts.collect());
        let mut rows = Rows { scenario, contract, first, last, extended_last, units, bills, discounts };
        rows.units = (first..=extended_last).map(|row| rows.unit_years(row)).collect();
        rows.bills = (first..=extended_last).map(|row| rows.rate(row) * rows.unit_years(row)).collect();
        rows
    }

    /// The kept numbers of rows `from` to `to`, which lie between the first and the last of the extension.
    fn between<'k>(&self, kept: &'k [f64], from: i64, to: i64) -> &'k [f64] {
        if from > to { &[] } else { &kept[(from - self.first) as usize..=(to - self.first) as usize] }
    }

    fn terms(&self, conditions: &mut Conditions) -> ChangeTerms {
        let (scenario, contract) = (self.scenario, self.contract);
        let horizon = &scenario.horizon;
        let per_year = f64::from(horizon.steps_per_year);
        let mut terms = ChangeTerms {
            counterparty: NONE,
            exposure: NONE,
            late: NONE,
            long_stop_period: NONE,
            review_index: NONE,
            reduction_condition: NONE,
            extension_condition: NONE,
            resale_price: NONE,
            extension_rate: 1.0,
            take_or_pay: contract.take_or_pay,
            ages: u32::from(contract.aging != 0.0),
            windowed: u32::from(contract.true_up.is_some() || contract.make_up > 0.0),
            make_up: contract.make_up,
            credit_limit: FAR,
            bills: self.bills(self.first, self.last),
            units: self.units(self.first, self.last),
            residual_at_start: self.residual(0),
            residual_before_start: self.residual(-1),
            ..ChangeTerms::default()
        };
        if let Some(review) = &contract.review {
            terms.review_index = review.index as u32;
            terms.review_floor = review.floor;
        }
        if let Some(reduction) = &contract.reduction {
            terms.reduction_condition = conditions.place(reduction.condition);
            terms.reduction_priced = u32::from(reduction.market_below.is_some());
            terms.market_below = reduction.market_below.unwrap_or_default();
            terms.notice = (reduction.notice * per_year - 1e-9).ceil().max(0.0) as u32;
            terms.share = reduction.share;
            terms.whole = u32::from(reduction.share == 1.0);
            terms.refund = reduction.refund;
        }
        if let Some(extension) = &contract.extension {
            terms.extension_condition = conditions.place(extension.condition);
            terms.extension_priced = u32::from(extension.market_above.is_some());
            terms.market_above = extension.market_above.unwrap_or_default();
            terms.extension_rate = extension.rate;
        }
        if let Some(resale) = &contract.resale {
            terms.resale_price = resale.price as u32;
            terms.resale_multiplier = (1.0 - resale.discount) * resale.scale;
            terms.resale_limit = resale.limit;
        }
        if let Some(delay) = &contract.delay {
            terms.credited = u32::from(delay.damages > 0.0 && matches!(contract.rate, Rate::Fixed { .. }));
            if let (Some(cap), Some(commitment)) = (delay.damages_cap, contract.commitment(horizon)) {
                terms.credit_limit = cap * commitment;
            }
            if let Some(years) = delay.long_stop {
                terms.long_stop_period = horizon.dated(contract.start + years).max(1);
            }
        }
        if let Some((period, amount)) = prepayment(scenario, contract)
            && period > 0
        {
            terms.prepaid_period = period as u32;
            terms.prepaid = amount;
        }
        terms
    }

    /// The row that applies in period `t` if the contract is not late.
    fn period(&self, t: i64) -> ChangePeriod {
        let contract = self.contract;
        let (stage, obsolescence) = (self.stage(t), self.obsolescence(t));
        let (capacity, end) = (self.capacity(t), self.end_of_stage(t));
        let from = t.max(self.first);
        ChangePeriod {
            capacity: capacity / obsolescence,
            obsolescence,
            rate: self.rate(t),
            reset: u32::from(self.resets(t)),
            stage,
            bills_from: self.bills(from, end),
            units_from: self.units(from, end),
            bills_after: self.bills((t + 1).max(self.first), end),
            units_after: self.units((t + 1).max(self.first), end),
            residual: self.residual(t),
            leaving: u32::from(self.can_leave(t)),
            fee: contract.reduction.as_ref().map_or(0.0, |reduction| reduction.fee.at(self.service(t))),
            review: self.review(t),
            closes: u32::from(self.closes(t)),
            credit: self.credit(t),
        }
    }

    fn stage(&self, t: i64) -> u32 {
        if t < self.first {
            STAGE_BEFORE
        } else if t <= self.last {
            STAGE_TERM
        } else if t > self.extended_last {
            STAGE_PAST
        } else if t == self.last + 1 {
            STAGE_DECISION
        } else {
            STAGE_EXTENDED
        }
    }

    /// The last period of the term, or of the extension behind it.
    fn end_of_stage(&self, t: i64) -> i64 {
        if t <= self.last { self.last } else { self.extended_last }
    }

    /// Years of service at the beginning of a period.
    fn service(&self, t: i64) -> f64 {
        (t - 1) as f64 * self.scenario.horizon.dt() - self.contract.start
    }

    /// Years of service at the middle of a period.
    fn age(&self, t: i64) -> f64 {
        (t as f64 - 0.5) * self.scenario.horizon.dt() - self.contract.start
    }

    /// Capacity as signed; in an extension that of the last row.
    fn capacity(&self, t: i64) -> f64 {
        let in_extension = t > self.last && t <= self.extended_last;
        self.contract.capacity_in(if in_extension { self.last } else { t }, &self.scenario.horizon)
    }

    fn obsolescence(&self, t: i64) -> f64 {
        let serves = (self.first..=self.extended_last).contains(&t);
        if serves { (self.contract.aging * self.age(t)).exp() } else { 1.0 }
    }

    /// The scheduled rate of a fixed-rate contract, or 0.
    fn rate(&self, t: i64) -> f64 {
        let scheduled = |t| self.contract.fixed_rate_in(t, &self.scenario.horizon).unwrap_or(0.0);
        match &self.contract.extension {
            Some(extension) if t > self.last => extension.rate * scheduled(self.last),
            _ => scheduled(t),
        }
    }

    fn resets(&self, t: i64) -> bool {
        let Rate::Indexed { reset, .. } = self.contract.rate else { return false };
        if t <= self.last {
            return self.contract.resets(t, &self.scenario.horizon);
        }
        let count = |t| ((self.age(t) + 1e-9) / reset).floor();
        t <= self.extended_last && count(t) > count(t - 1)
    }

    /// Minimum unit-years of periods `from` to `to`.
    fn units(&self, from: i64, to: i64) -> f64 {
        self.between(&self.units, from, to).iter().sum()
    }

    /// Minimum bills of periods `from` to `to` at the scheduled rate.
    fn bills(&self, from: i64, to: i64) -> f64 {
        self.between(&self.bills, from, to).iter().sum()
    }

    fn unit_years(&self, t: i64) -> f64 {
        self.contract.take_or_pay * self.capacity(t) * self.scenario.horizon.dt()
    }

    /// Present value, at the horizon, of the minimum bills behind a row, or of units with an indexed rate, where the row is that of the
    /// horizon's last period.
    fn residual(&self, t: i64) -> f64 {
        let from = (t + 1).max(self.first);
        let owed = match self.contract.rate {
            Rate::Indexed { .. } => &self.units,
            Rate::Fixed { .. } => &self.bills,
        };
        let owed = self.between(owed, from, self.end_of_stage(t));
        let lag = (from - t) as usize;
        owed.iter().zip(self.discounts.iter().skip(lag)).map(|(owed, discount)| owed * discount).sum()
    }

    fn can_leave(&self, t: i64) -> bool {
        let Some(reduction) = &self.contract.reduction else { return false };
        self.stage(t) == STAGE_TERM && self.service(t) >= reduction.earliest - 1e-9
    }

    /// The market's rate over the scheduled one per unit of the index, in the first row of a review year; 0 in others.
    fn review(&self, t: i64) -> f64 {
        let Some(review) = &self.contract.review else { return 0.0 };
        let years = |t: i64| ((self.age(t) + 1e-9) / review.every).floor();
        let before = if t == self.first { 0.0 } else { years(t - 1) };
        let due = self.stage(t) == STAGE_TERM && years(t) >= 1.0 && years(t) > before;
        if due { (1.0 - review.discount) * review.scale / self.rate(t) } else { 0.0 }
    }

    /// Whether a window of take-or-pay ends with a row.
    fn closes(&self, t: i64) -> bool {
        let row = t - self.first;
        let per_year = f64::from(self.scenario.horizon.steps_per_year);
        let length = self.contract.true_up.map_or(1, |years| (years * per_year).round() as i64);
        row >= 0 && ((row + 1) % length == 0 || t == self.last || t == self.extended_last)
    }

    /// What is credited in a period in which the contract should have served.
    fn credit(&self, t: i64) -> f64 {
        let damages = self.contract.delay.as_ref().map_or(0.0, |delay| delay.damages);
        let planned = self.stage(t) == STAGE_TERM;
        if planned { damages * self.rate(t) * self.capacity(t) * self.scenario.horizon.dt() } else { 0.0 }
    }
}
