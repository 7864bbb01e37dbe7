//! What a contract says before anything happens: rows, commitment and prepayment.

use overhang::scenario::{Contract, Rate, Scenario};

use super::TOLERANCE;

/// A contract on the grid of periods.
pub(super) struct Schedule {
    /// The period of row 0 as signed.
    pub first: i64,
    /// Rows of the term as signed.
    pub signed: usize,
    /// Those of the term, then those of an extension.
    pub rows: Vec<Row>,
    /// The nominal total, of an indexed contract along the forward of its index.
    pub commitment: f64,
    /// Prepaid: balance before period 1 if it was paid by then, or the amount, and the period at whose end it is paid:
    /// 0 at τ = 0, `None` in the past.
    pub prepayment: (f64, Option<i64>),
}

/// A period of service.
pub(super) struct Row {
    /// Years since the beginning of service, at the middle.
    pub age: f64,
    pub capacity: f64,
    /// The scheduled rate, if it is fixed.
    pub rate: Option<f64>,
    /// What an extension multiplies an indexed rate with.
    pub multiplier: f64,
    /// Whether ⌊a/reset⌋ has grown.
    pub resets: bool,
    /// Whether it is the first of a review year.
    pub reviewed: bool,
}

struct Signed<'a> {
    scenario: &'a Scenario,
    contract: &'a Contract,
    dt: f64,
}

impl Schedule {
    pub fn new(scenario: &Scenario, contract: &Contract) -> Self {
        let signed = Signed { scenario, contract, dt: scenario.horizon.dt() };
        let term = signed.term();
        let mut rows: Vec<Row> = term.iter().map(|&t| signed.row(t)).collect();
        if let Some(extension) = &contract.extension {
            let last = rows.last().expect("a term has rows");
            let (capacity, rate) = (last.capacity, last.rate.map(|rate| extension.rate * rate));
            let more = (extension.years / signed.dt).round() as i64;
            for t in 1..=more {
                let row = signed.row(term[term.len() - 1] + t);
                rows.push(Row { capacity, rate, multiplier: extension.rate, reviewed: false, ..row });
            }
        }
        let commitment = term.iter().map(|&t| signed.bill(t, &term)).sum();
        Schedule {
            first: term[0],
            signed: term.len(),
            rows,
            commitment,
            prepayment: signed.prepayment(&term, commitment),
        }
    }

    /// Capacity as signed in the period for which it is planned.
    pub fn planned(&self, t: i64) -> Option<&Row> {
        usize::try_from(t - self.first).ok().filter(|&row| row < self.signed).map(|row| &self.rows[row])
    }
}

impl Signed<'_> {
    fn age(&self, t: i64) -> f64 {
        (t as f64 - 0.5) * self.dt - self.contract.start
    }

    /// Every period that a term of this program can touch.
    fn term(&self) -> Vec<i64> {
        let within = |t: &i64| self.age(*t) >= -TOLERANCE && self.age(*t) < self.contract.term - TOLERANCE;
        (-6_000..12_000).filter(within).collect()
    }

    fn row(&self, t: i64) -> Row {
        let contract = self.contract;
        let count = |t: i64, every: f64| ((self.age(t) + TOLERANCE) / every).floor();
        let grows = |every: f64| count(t, every) > count(t - 1, every);
        let reset = match contract.rate {
            Rate::Fixed { .. } => None,
            Rate::Indexed { reset, .. } => Some(reset),
        };
        let reviewed = |every: f64| grows(every) && count(t, every) >= 1.0;
        Row {
            age: self.age(t),
            capacity: contract.capacity.at(self.age(t)),
            rate: self.fixed_rate(t),
            multiplier: 1.0,
            resets: reset.is_some_and(grows),
            reviewed: contract.review.as_ref().is_some_and(|review| reviewed(review.every)),
        }
    }

    fn fixed_rate(&self, t: i64) -> Option<f64> {
        let Rate::Fixed { base, escalator } = self.contract.rate else { return None };
        let years = (self.age(t) + TOLERANCE).floor() as i32;
        Some(base * (1.0 + escalator).powi(years))
    }

    /// The rate that a prepayment counts with: fixed, or set from the forward of the index at the last date before that sets it.
    fn promised_rate(&self, t: i64, term: &[i64]) -> f64 {
        let Rate::Indexed { factor, .. } = self.contract.rate else {
            return self.fixed_rate(t).expect("it is fixed");
        };
        let sets = |&t: &i64| t == term[0].max(1) || t > term[0] && self.row(t).resets;
        let set = (1..=t).rev().find(sets).map_or(0, |t| t - 1);
        let forward = self.scenario.factors[factor].process.forward(&self.scenario.horizon, set as u32);
        clamped(self.contract, forward[set as usize])
    }

    /// At full capacity.
    fn bill(&self, t: i64, term: &[i64]) -> f64 {
        self.promised_rate(t, term) * self.contract.capacity.at(self.age(t)) * self.dt
    }

    fn prepayment(&self, term: &[i64], commitment: f64) -> (f64, Option<i64>) {
        let amount = self.contract.prepaid * commitment;
        if self.contract.start < -TOLERANCE {
            let billed: f64 = term.iter().filter(|&&t| t < 1).map(|&t| self.bill(t, term)).sum();
            return ((amount - billed).max(0.0), None);
        }
        (amount, Some(if self.contract.start < TOLERANCE { 0 } else { term[0] }))
    }
}

/// An indexed rate set at this value of its index.
pub(super) fn clamped(contract: &Contract, index: f64) -> f64 {
    let Rate::Indexed { scale, discount, floor, cap, .. } = contract.rate else { panic!("it has no index") };
    ((1.0 - discount) * scale * index).max(floor).min(cap)
}
