//! The cases of late delivery.

use overhang::registry::Figure;

use super::case::{CERTAIN_USE, Case, Check, Engines, at_quarter as at, on_every_engine, scenario};
use super::exact::normal;

/// The cases of late delivery, by name.
pub const CASES: [(&str, Case); 3] = [
    ("a late annuity", late_annuity),
    ("a long stop and damages", long_stop),
    ("vendors that are late with all contracts", late_together),
];

/// Periods of the horizon, and the planned first one.
const PERIODS: i32 = 16;
const FIRST: i32 = 5;
/// Rows of the contracts.
const ROWS: i32 = 8;
const BILL: f64 = 1e9;

/// The contract with a delay, and further terms of that.
fn late(delay: &Delay, terms: &str) -> String {
    let Delay { probability, median, sigma } = delay;
    let rest = format!(
        "{CERTAIN_USE}[[organization]]\nname = \"lab\"\nutilization = \"use\"\ndemand = 1.0\n\
         [[contract]]\nname = \"c\"\norganization = \"lab\"\nvendor = \"V\"\nstart = 1.0\nterm = 2.0\ncapacity = 1.0\n\
         rate = 4e9\nprepaid = 0.1\ndelay = {{ probability = {probability}, median = {median}, sigma = {sigma}{terms} }}\n\
         [[event]]\nname = \"late\"\nmetric = \"capacity\"\nbelow = 0.5\nafter = 1.0"
    );
    scenario(4, "quarter", &rest)
}

/// A delay as the file gives it.
struct Delay {
    probability: f64,
    median: f64,
    sigma: f64,
}

impl Delay {
    /// P(L > years), for years above 0.
    fn beyond(&self, years: f64) -> f64 {
        self.probability * normal(-(years / self.median).ln() / self.sigma)
    }

    /// The probability of so many late periods: the years that round to them, all that is left for n + 1.
    fn by(&self, periods: i32) -> f64 {
        let edge = |periods: f64| self.beyond(0.25 * periods);
        let from = if periods == 0 { 1.0 } else { edge(f64::from(periods) - 0.5) };
        from - if periods == PERIODS + 1 { 0.0 } else { edge(f64::from(periods) + 0.5) }
    }
}

/// Bills of a contract that is late by so many periods, less the prepayment that the first one uses up, up to the horizon; and
/// those after it.
fn bills(periods: i32) -> (f64, f64) {
    let rows = || (0..ROWS).map(|row| (row, FIRST + periods + row));
    let paid = |row: i32| if row == 0 { 0.2 * BILL } else { BILL };
    let within = rows().filter(|&(_, t)| t <= PERIODS).map(|(row, t)| paid(row) * at(t)).sum();
    (within, rows().filter(|&(_, t)| t > PERIODS).map(|(_, t)| BILL * at(t)).sum())
}

/// Not late in quarter 5 means in service until quarter 12.
fn lateness(delay: &Delay) -> Vec<f64> {
    (1..=12).map(|t| if t < FIRST { 0.0 } else { 1.0 - delay.by(0) }).collect()
}

/// The contract's figures, and by when it is late.
fn hold(engines: &Engines, delay: &Delay, terms: &str, cost: f64, residual: f64) -> Vec<Check> {
    let mut checks = Vec::new();
    for run in on_every_engine(engines, &late(delay, terms)) {
        checks.push(run.mean_is(Figure::CommitmentCost, cost));
        checks.push(run.mean_is(Figure::ResidualCommitment, residual));
        checks.extend(run.event_by_period_is(0, &lateness(delay)));
    }
    checks
}

/// Every number of quarters has a probability that the lognormal gives, and moves the whole annuity; the prepayment stays.
pub fn late_annuity(engines: &Engines) -> Vec<Check> {
    let delay = Delay { probability: 0.6, median: 1.0, sigma: 1.5 };
    let (mut cost, mut residual) = (0.8 * BILL * at(FIRST), 0.0);
    for periods in 0..=PERIODS + 1 {
        let (within, after) = bills(periods);
        cost += delay.by(periods) * within;
        residual += delay.by(periods) * after;
    }
    hold(engines, &delay, "", cost, residual)
}

/// With a long stop of 1.5 years, which ends the contract in quarter 10 and brings the prepayment back, and credits of half
/// a bill for a late quarter up to 0.8 bills.
pub fn long_stop(engines: &Engines) -> Vec<Check> {
    let delay = Delay { probability: 0.6, median: 0.5, sigma: 0.8 };
    let prepayment = 0.8 * BILL * at(FIRST);
    let credits = |periods: i32| match periods {
        0 => 0.0,
        1 => 0.5 * BILL * at(FIRST),
        _ => 0.5 * BILL * at(FIRST) + 0.3 * BILL * at(FIRST + 1),
    };
    let never = delay.beyond(1.5);
    let mut cost = prepayment + never * (-credits(5) - 0.8 * BILL * at(10));
    let mut residual = 0.0;
    for periods in 0..=6 {
        // 1.5 years are six quarters, which those up to 1.625 round to
        let probability = if periods == 6 { delay.beyond(1.375) - never } else { delay.by(periods) };
        let (within, after) = bills(periods);
        cost += probability * (within - credits(periods));
        residual += probability * after;
    }
    hold(engines, &delay, ", damages = 0.5, damages_cap = 0.1, long_stop = 1.5", cost, residual)
}

/// Two contracts of one vendor, each late with probability ½ and a correlation of ½: both are with ¼ + asin(½)/2π = ⅓.
pub fn late_together(engines: &Engines) -> Vec<Check> {
    let mut checks = Vec::new();
    let contract = |name: &str| {
        format!(
            "[[contract]]\nname = \"{name}\"\norganization = \"lab\"\nvendor = \"V\"\nstart = 1.0\nterm = 2.0\n\
             capacity = 1.0\nrate = 4e9\ndelay = {{ probability = 0.5, median = 0.5, sigma = 0.0 }}\n"
        )
    };
    let watch = |name: &str, below: f64| {
        format!("[[event]]\nname = \"{name}\"\nmetric = \"capacity\"\nbelow = {below}\nafter = 1.0\n")
    };
    let rest = format!(
        "{CERTAIN_USE}[[organization]]\nname = \"lab\"\nutilization = \"use\"\ndemand = 2.0\n{}{}\
         [delays]\ncorrelation = 0.5\n{}{}",
        contract("one"),
        contract("other"),
        watch("both", 0.5),
        watch("either", 1.5)
    );
    let by_period = |probability: f64| (1..=12).map(|t| if t < FIRST { 0.0 } else { probability }).collect::<Vec<_>>();
    for run in on_every_engine(engines, &scenario(4, "quarter", &rest)) {
        checks.extend(run.event_by_period_is(0, &by_period(1.0 / 3.0)));
        checks.extend(run.event_by_period_is(1, &by_period(2.0 / 3.0)));
    }
    checks
}
