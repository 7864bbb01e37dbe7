//! The cases of docs/clauses.md.

use overhang::registry::Figure;

use super::case::{CERTAIN_USE, Case, Check, Engines, at_quarter as at, discount, on_every_engine, scenario};
use super::exact::Lognormal;

/// The cases of reviews, reductions, extensions, windows of take-or-pay and resale, by name.
pub const CASES: [(&str, Case); 7] = [
    ("a right to terminate", termination),
    ("a plan to step down", step_down),
    ("a way out of a dear contract", cheap_market),
    ("an option to extend", extension),
    ("a rate that is reviewed", review),
    ("take-or-pay over a window", window),
    ("idle capacity that is resold", resale),
];

const LAB: &str = "[[organization]]\nname = \"lab\"\nutilization = \"use\"\n";
const CONTRACT: &str = "[[contract]]\nname = \"c\"\norganization = \"lab\"\nvendor = \"V\"\n";

/// A price that is lognormal at every date.
fn price(start: f64, drift: f64, volatility: f64) -> String {
    format!(
        "[[factor]]\nname = \"price\"\nprocess = \"gbm\"\nstart = {start}\ndrift = {drift}\nvolatility = {volatility}\n"
    )
}

/// Notice of half a year after two, in a contract of six: quarters 1 to 10 are billed, and in the eleventh the fee of 2.5 years'
/// service is due on the other 14, or a part of the prepayment that is left comes back.
pub fn termination(engines: &Engines) -> Vec<Check> {
    let mut checks = Vec::new();
    let rest = |terms: &str| {
        format!(
            "{CERTAIN_USE}{LAB}demand = 0.6\n{CONTRACT}term = 6.0\ncapacity = 1.0\nrate = 4e9\nescalator = 0.03\n{terms}"
        )
    };
    let bill = |row: i32| 4e9 * 0.25 * 1.03_f64.powi(row / 4);
    let of = |rows: std::ops::Range<i32>| rows.map(bill).sum::<f64>();
    let billed: f64 = (0..10).map(|row| bill(row) * discount(f64::from(row + 1) / 4.0)).sum();
    let with_fee = rest("reduction = { earliest = 2.0, notice = 0.5, fee = [[0, 0.8], [5, 0.3]] }");
    let fee = 0.55 * of(10..24) * discount(2.75);
    for run in on_every_engine(engines, &scenario(4, "quarter", &with_fee)) {
        checks.push(run.is_certain(Figure::CommitmentCost, billed + fee));
        checks.push(run.is_certain(Figure::ExitCost, fee));
        checks.push(run.is_certain(Figure::StrandedCost, 0.4 * billed));
        checks.push(run.is_certain(Figure::ResidualCommitment, 0.0));
        checks.push(run.is_certain(Figure::Unserved, 0.6 * 1.5));
    }
    let with_refund = rest("prepaid = 0.7\nreduction = { earliest = 2.0, notice = 0.5, refund = 0.4 }");
    let prepaid = 0.7 * of(0..24);
    let cost = prepaid - 0.4 * (prepaid - of(0..10)) * discount(2.75);
    for run in on_every_engine(engines, &scenario(4, "quarter", &with_refund)) {
        checks.push(run.is_certain(Figure::CommitmentCost, cost));
        checks.push(run.is_certain(Figure::ExitCost, 0.0));
    }
    checks
}

/// Three tenths of an indexed contract are given back in quarter 5. The fee is on the 12 quarters that are left, at the rate of
/// quarter 4, which was set at the end of the third.
pub fn step_down(engines: &Engines) -> Vec<Check> {
    let mut checks = Vec::new();
    let rest = format!(
        "{CERTAIN_USE}{}{LAB}demand = 0.2\n{CONTRACT}term = 4.0\ncapacity = 1.0\ntake_or_pay = 0.9\n\
         rate = {{ index = \"price\", scale = 5e9, discount = 0.2 }}\n\
         reduction = {{ earliest = 1.0, share = 0.3, fee = 0.25 }}",
        price(2.0, -0.1, 0.4)
    );
    let rate = |t: i32| 0.8 * 5e9 * 2.0 * (-0.1 * f64::from(t - 1) / 4.0).exp();
    let kept = |t: i32| if t < 5 { 1.0 } else { 0.7 };
    let sum = |of: &dyn Fn(i32) -> f64| (1..=12).map(of).sum::<f64>();
    let fee = 0.25 * 0.3 * 0.9 * 3.0 * rate(4) * at(5);
    let cost = sum(&|t| rate(t) * 0.9 * kept(t) * 0.25 * at(t)) + fee;
    let idle = sum(&|t| rate(t) * (0.9 * kept(t) - 0.2) * 0.25 * at(t));
    let residual = (13..=16).map(|t| rate(12) * 0.9 * 0.7 * 0.25 * at(t)).sum();
    for run in on_every_engine(engines, &scenario(3, "quarter", &rest)) {
        checks.push(run.mean_is(Figure::CommitmentCost, cost));
        checks.push(run.mean_is(Figure::ExitCost, fee));
        checks.push(run.mean_is(Figure::StrandedCost, idle));
        checks.push(run.mean_is(Figure::ResidualCommitment, residual));
    }
    checks
}

/// After a year the contract is left if the burst price with its premium is below four fifths of the rate: a share of paths
/// that a lognormal gives, and on them the price of the second year is paid instead.
pub fn cheap_market(engines: &Engines) -> Vec<Check> {
    let mut checks = Vec::new();
    let rest = format!(
        "{CERTAIN_USE}{}{LAB}demand = 1.0\nburst = {{ price = \"price\", scale = 2e9, premium = 0.1 }}\n\
         {CONTRACT}term = 4.0\ncapacity = 1.0\nrate = 4e9\n\
         reduction = {{ market_below = 0.8, earliest = 1.0, fee = 0.15 }}",
        price(1.8, -0.1, 0.4)
    );
    let burst = Lognormal { mean: 1.1 * 2e9 * 1.8 * (-0.1_f64).exp(), deviation: 0.4 };
    let leaves = burst.below(0.8 * 4e9);
    let fee = leaves * 0.15 * 3.0 * 4e9 * discount(2.0);
    let cost = 4e9 * (discount(1.0) + (1.0 - leaves) * discount(2.0)) + fee;
    let residual = (1.0 - leaves) * 4e9 * (discount(3.0) + discount(4.0));
    // the price of year 2 has that of year 1 as a factor
    let bought = burst.mean * (-0.1_f64).exp() * burst.below_weighted(0.8 * 4e9, 0.4 * 0.4) * discount(2.0);
    for run in on_every_engine(engines, &scenario(2, "year", &rest)) {
        checks.push(run.mean_is(Figure::CommitmentCost, cost));
        checks.push(run.mean_is(Figure::ExitCost, fee));
        checks.push(run.mean_is(Figure::ResidualCommitment, residual));
        checks.push(run.mean_is(Figure::BurstCost, bought));
    }
    checks
}

/// A year that can be followed by another two at nine tenths of the rate, if the burst price is above that.
pub fn extension(engines: &Engines) -> Vec<Check> {
    let mut checks = Vec::new();
    let rest = format!(
        "{CERTAIN_USE}{}{LAB}demand = 1.0\nburst = {{ price = \"price\", scale = 2e9 }}\n\
         {CONTRACT}term = 1.0\ncapacity = 1.0\nrate = 4e9\n\
         extension = {{ market_above = 1.0, years = 2.0, rate = 0.9 }}",
        price(1.9, -0.05, 0.3)
    );
    let burst = Lognormal { mean: 2e9 * 1.9 * (-0.05_f64).exp(), deviation: 0.3 };
    let stays = 1.0 - burst.below(0.9 * 4e9);
    let cost = 4e9 * discount(1.0) + stays * 3.6e9 * discount(2.0);
    let bought = burst.mean * (-0.05_f64).exp() * burst.below_weighted(0.9 * 4e9, 0.3 * 0.3) * discount(2.0);
    for run in on_every_engine(engines, &scenario(2, "year", &rest)) {
        checks.push(run.mean_is(Figure::CommitmentCost, cost));
        checks.push(run.mean_is(Figure::ResidualCommitment, stays * 3.6e9 * discount(3.0)));
        checks.push(run.mean_is(Figure::BurstCost, bought));
    }
    checks
}

/// A price that is known, with a year in which a review would raise the rate and one in which the floor holds; and a lognormal
/// one, whose review is a difference of partial expectations.
pub fn review(engines: &Engines) -> Vec<Check> {
    let mut checks = Vec::new();
    let rest = format!(
        "{CERTAIN_USE}[[factor]]\nname = \"price\"\nprocess = \"table\"\nvalues = [[0, 2.0], [1, 1.6], [2, 1.7], [3, 0.9]]\n\
         {LAB}demand = 1.0\n{CONTRACT}term = 4.0\ncapacity = 1.0\nrate = 3e9\nescalator = 0.02\n\
         review = {{ every = 1.0, index = \"price\", scale = 2e9, discount = 0.1, floor = 0.55 }}"
    );
    // 0.9 · 3.2bn / 3.06bn; 0.9 · 3.4bn / 3.1212bn is more; 0.9 · 1.8bn / 3.183624bn is less than the floor
    let multiplier = [1.0, 2.88 / 3.06, 2.88 / 3.06, 0.55];
    let bill = |t: usize| {
        let year = (t - 1) / 4;
        3e9 * 0.25 * 1.02_f64.powi(year as i32) * multiplier[year] * discount(t as f64 / 4.0)
    };
    for run in on_every_engine(engines, &scenario(4, "quarter", &rest)) {
        checks.push(run.is_certain(Figure::CommitmentCost, (1..=16).map(bill).sum()));
    }
    let rest = format!(
        "{CERTAIN_USE}{}{LAB}demand = 1.0\n{CONTRACT}term = 4.0\ncapacity = 1.0\nrate = 4e9\n\
         review = {{ every = 1.0, index = \"price\", scale = 2e9, discount = 0.1, floor = 0.7 }}",
        price(2.0, 0.05, 0.35)
    );
    let offered = Lognormal { mean: 0.9 * 2e9 * 2.0 * 0.05_f64.exp() / 4e9, deviation: 0.35 };
    let reviewed = 4e9 * (0.7 + offered.capped(1.0) - offered.capped(0.7));
    for run in on_every_engine(engines, &scenario(2, "year", &rest)) {
        checks.push(run.mean_is(Figure::CommitmentCost, 4e9 * discount(1.0) + reviewed * discount(2.0)));
        checks.push(run.mean_is(Figure::ResidualCommitment, reviewed * (discount(3.0) + discount(4.0))));
    }
    checks
}

/// The worked example of docs/clauses.md with and without its clauses; and a window of two years, idle in the first and on
/// lognormal use in the second, whose shortfall is made up for in a third of certain use.
pub fn window(engines: &Engines) -> Vec<Check> {
    let mut checks = Vec::new();
    let example = include_str!("../../../docs/examples/true-up.toml");
    let made_up = example.split("[[variant]]").next().expect("the scenario comes first");
    let tested = made_up.replace("make_up = 0.8\n", "");
    let every_period = tested.replace("true_up = 1.0\n", "");
    for (text, cost, idle) in
        [(every_period.as_str(), 26.5e9, 2.5e9), (&tested, 25.5e9, 1.5e9), (made_up, 24.3e9, 1.5e9)]
    {
        for run in on_every_engine(engines, text) {
            checks.push(run.is_certain(Figure::CommitmentCost, cost));
            checks.push(run.is_certain(Figure::StrandedCost, idle));
        }
    }
    let rest = format!(
        "[[factor]]\nname = \"use\"\nprocess = \"gbm\"\nstart = 0.8\ndrift = 0.0\nvolatility = 0.5\n\
         {LAB}demand = [[0.5, 0.0], [1.5, 1.2], [2.5, 1e4]]\n\
         {CONTRACT}term = 3.0\ncapacity = 1.0\nrate = 7e9\ntake_or_pay = 0.5\ntrue_up = 2.0\nmake_up = 0.8"
    );
    let wanted = Lognormal { mean: 1.2 * 0.8, deviation: 0.5 * 2.0_f64.sqrt() };
    let served = wanted.capped(1.0);
    // Of what was not used, 1 − s, four fifths are free, at most the half above the minimum: 0.8·min(1 − s, 0.625).
    let free = 0.8 * (1.0 - (served + 0.375 - wanted.capped(0.375)));
    for run in on_every_engine(engines, &scenario(3, "year", &rest)) {
        checks.push(run.mean_is(Figure::CommitmentCost, 7e9 * (discount(2.0) + (1.0 - free) * discount(3.0))));
        checks.push(run.mean_is(Figure::StrandedCost, 7e9 * (1.0 - served) * discount(2.0)));
        checks.push(run.mean_is(Figure::Used, served + 1.0));
    }
    checks
}

/// Idle capacity on lognormal use, sold up to a limit at a lognormal price that moves with it, of hardware that ages. What is
/// sold is min(max(q − s, 0), limit), a difference of two puts; times the price it is that of a use whose mean is greater by
/// the covariance.
pub fn resale(engines: &Engines) -> Vec<Check> {
    let mut checks = Vec::new();
    let rest = format!(
        "[[factor]]\nname = \"use\"\nprocess = \"gbm\"\nstart = 0.6\ndrift = 0.05\nvolatility = 0.4\n{}\
         [[factor]]\nname = \"return\"\nprocess = \"table\"\nvalues = 9e9\n\
         [correlation]\npairs = [[\"use\", \"price\", 0.5]]\n\
         {LAB}performance_return = \"return\"\ndemand = 1.0\n{CONTRACT}term = 9.0\ncapacity = 1.0\nrate = 7e9\ntake_or_pay = 0.8\naging = 0.1\n\
         resale = {{ price = \"price\", scale = 2e9, discount = 0.4, limit = 0.3 }}",
        price(2.5, -0.1, 0.3)
    );
    let (mut cost, mut idle, mut income, mut value) = (0.0, 0.0, 0.0, 0.0);
    for t in 1..=4 {
        let year = f64::from(t);
        let wear = (0.1 * (year - 0.5)).exp();
        let counted = |covariance: f64| Lognormal {
            mean: 0.6 * (0.05 * year + covariance).exp() * wear,
            deviation: 0.4 * year.sqrt(),
        };
        let short = |of: &Lognormal, minimum: f64| minimum - of.capped(minimum);
        let (plain, weighted) = (counted(0.0), counted(0.5 * 0.4 * 0.3 * year));
        cost += 7e9 * (0.8 + plain.capped(1.0) - plain.capped(0.8)) * discount(year);
        value += 9e9 * plain.capped(1.0) / wear * discount(year);
        // what is left idle beyond the limit
        idle += 7e9 * short(&plain, 0.8 - 0.3) * discount(year);
        let sold = (short(&weighted, 0.8) - short(&weighted, 0.8 - 0.3)) / wear;
        income += 0.6 * 2e9 * 2.5 * (-0.1 * year).exp() * sold * discount(year);
    }
    for run in on_every_engine(engines, &scenario(4, "year", &rest)) {
        checks.push(run.mean_is(Figure::CommitmentCost, cost));
        checks.push(run.mean_is(Figure::StrandedCost, idle));
        checks.push(run.mean_is(Figure::ResaleIncome, income));
        checks.push(run.mean_is(Figure::NetValue, value + income - cost));
    }
    checks
}
