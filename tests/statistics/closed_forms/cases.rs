//! The cases, each with what its scenario must give.

use overhang::registry::Figure;

use super::case::{CERTAIN_USE, Case, Check, Engines, discount, on_every_engine, scenario};
use super::exact::{Lognormal, expectation, first_passage_below, forward, transition};
use super::{clauses, delay, parties};

/// The cases of docs/model.md, by name.
const CASES: [(&str, Case); 12] = [
    ("a fixed rate with full take-or-pay", annuity),
    ("burst at constant demand", burst),
    ("an indexed rate", indexed),
    ("a prepaid indexed rate", prepaid_indexed),
    ("hardware that ages", aging),
    ("take-or-pay on lognormal use", lognormal_use),
    ("take-or-pay on logit-normal use", logit_normal_use),
    ("price × use", product),
    ("one lognormal period", one_period),
    ("the chain of regimes", chain),
    ("a barrier at discrete dates", barrier),
    ("stationary factors", stationary),
];

/// All cases by name, those of clauses included.
pub fn all() -> Vec<(&'static str, Case)> {
    [&CASES[..], &clauses::CASES, &delay::CASES, &parties::CASES].concat()
}

pub fn annuity(engines: &Engines) -> Vec<Check> {
    let mut checks = Vec::new();
    let rest = format!(
        "{CERTAIN_USE}[[organization]]\nname = \"lab\"\nutilization = \"use\"\ndemand = 0.4\n\
         [[contract]]\nname = \"c\"\norganization = \"lab\"\nvendor = \"V\"\nterm = 6.0\ncapacity = 2.0\nrate = 3e9\n\
         escalator = 0.03"
    );
    let bill = |t: u32| 2.0 * 3e9 * 0.25 * 1.03_f64.powi((t as i32 - 1) / 4);
    let cost = |t: u32| bill(t) * discount(f64::from(t) / 4.0);
    for run in on_every_engine(engines, &scenario(4, "quarter", &rest)) {
        checks.push(run.is_certain(Figure::CommitmentCost, (1..=16).map(cost).sum()));
        checks.push(run.is_certain(Figure::StrandedCost, 0.8 * (1..=16).map(cost).sum::<f64>()));
        checks.push(run.is_certain(Figure::ResidualCommitment, (17..=24).map(cost).sum()));
        checks.push(run.is_certain(Figure::Used, 0.4 * 4.0));
        checks.push(run.is_certain(Figure::Unserved, 0.0));
    }
    checks
}

/// A price with a drift table, a volatility and perhaps jumps, bought on demand.
fn burst_scenario(jumps: &str) -> String {
    let rest = format!(
        "{CERTAIN_USE}[[factor]]\nname = \"price\"\nprocess = \"gbm\"\nstart = 2.0\ndrift = [[0, -0.2], [1, 0.1]]\n\
         volatility = 0.3\n{jumps}\n\
         [[organization]]\nname = \"lab\"\nutilization = \"use\"\ndemand = 1.5\n\
         burst = {{ price = \"price\", scale = 4e9, premium = 0.25 }}"
    );
    scenario(2, "quarter", &rest)
}

pub fn burst(engines: &Engines) -> Vec<Check> {
    let mut checks = Vec::new();
    let times: Vec<f64> = (1..=8).map(|t| f64::from(t) / 4.0).collect();
    let amounts: Vec<f64> = times
        .iter()
        .map(|&year| 1.5 * 4e9 * 1.25 * 0.25 * forward(2.0, &[(0.0, -0.2), (1.0, 0.1)], year) * discount(year))
        .collect();
    let mean: f64 = amounts.iter().sum();
    // Cov(X_s, X_t) = E X_s · E X_t · (e^{σ² min(s, t)} − 1)
    let covariance = |i: usize, j: usize| amounts[i] * amounts[j] * (0.09 * times[i.min(j)]).exp_m1();
    let variance: f64 = (0..8).flat_map(|i| (0..8).map(move |j| (i, j))).map(|(i, j)| covariance(i, j)).sum();
    for run in on_every_engine(engines, &burst_scenario("")) {
        checks.push(run.mean_is(Figure::BurstCost, mean));
        checks.push(run.deviation_is(Figure::BurstCost, variance.sqrt()));
        checks.push(run.mean_is(Figure::ComputeCost, mean));
        checks.push(run.is_certain(Figure::CommitmentCost, 0.0));
    }
    for run in on_every_engine(engines, &burst_scenario("jumps = { intensity = 1.5, mean = -0.2, sd = 0.15 }")) {
        checks.push(run.mean_is(Figure::BurstCost, mean));
    }
    checks
}

pub fn indexed(engines: &Engines) -> Vec<Check> {
    let mut checks = Vec::new();
    for jumps in ["", "jumps = { intensity = 0.8, mean = 0.1, sd = 0.2 }"] {
        let rest = format!(
            "{CERTAIN_USE}[[factor]]\nname = \"price\"\nprocess = \"gbm\"\nstart = 2.0\nforward = [[1, 1.6], [3, 1.2]]\n\
             volatility = 0.4\n{jumps}\n\
             [[organization]]\nname = \"lab\"\nutilization = \"use\"\ndemand = 1.0\n\
             [[contract]]\nname = \"c\"\norganization = \"lab\"\nvendor = \"V\"\nterm = 4.0\ncapacity = 0.5\n\
             rate = {{ index = \"price\", scale = 5e9, discount = 0.2, reset = 1.0 }}"
        );
        let forwards = [2.0, 1.6, (1.6_f64 * 1.2).sqrt(), 1.2];
        let bill = |t: usize| 0.5 * 0.8 * 5e9 * forwards[t - 1] * discount(t as f64);
        for run in on_every_engine(engines, &scenario(4, "year", &rest)) {
            checks.push(run.mean_is(Figure::CommitmentCost, (1..=4).map(bill).sum()));
        }
    }
    checks
}

/// A tenth of the total along the forward curve is paid at once and used up by the first bill, which is certain.
pub fn prepaid_indexed(engines: &Engines) -> Vec<Check> {
    let mut checks = Vec::new();
    for (start, first) in [(0.0, 1), (2.0, 3)] {
        let rest = format!(
            "{CERTAIN_USE}[[factor]]\nname = \"price\"\nprocess = \"gbm\"\nstart = 2.0\nforward = [[1, 1.6], [3, 1.2]]\n\
             {}\n\
             [[organization]]\nname = \"lab\"\nutilization = \"use\"\ndemand = 1.0\n\
             [organization.cash]\nopening = 1e9\nmargin = 0.0\nopex = 0.0\n\
             [[contract]]\nname = \"c\"\norganization = \"lab\"\nvendor = \"V\"\nstart = {start}\nterm = 4.0\ncapacity = 0.5\n\
             prepaid = 0.1\nrate = {{ index = \"price\", scale = 5e9, discount = 0.2, reset = 1.0 }}",
            // of a later contract the first bill is only as good as certain to use it up
            if start == 0.0 {
                "volatility = 0.4\njumps = { intensity = 0.8, mean = 0.1, sd = 0.2 }"
            } else {
                "volatility = 0.05"
            },
        );
        // by the period at whose beginning they are read
        let forwards = [2.0, 1.6, (1.6_f64 * 1.2).sqrt(), 1.2, 1.2, 1.2];
        let bill = |t: usize| 0.5 * 0.8 * 5e9 * forwards[t - 1];
        let prepaid: f64 = 0.1 * (first..first + 4).map(bill).sum::<f64>();
        let dated = if start == 0.0 { 0 } else { first };
        let paid = |t: usize| (bill(t) - if t == first { prepaid } else { 0.0 }) * discount(t as f64);
        let cost = prepaid * discount(dated as f64) + (first..=4).map(paid).sum::<f64>();
        let cash = 1e9 - (first..=4).map(bill).sum::<f64>();
        for run in on_every_engine(engines, &scenario(4, "year", &rest)) {
            checks.push(run.mean_is(Figure::CommitmentCost, cost));
            checks.push(run.mean_is(Figure::FinalCash, cash));
        }
    }
    checks
}

/// The worked example of docs/model.md, and the same with the rate of an index that is set once.
pub fn aging(engines: &Engines) -> Vec<Check> {
    let mut checks = Vec::new();
    let fixed = include_str!("../../../docs/examples/aging.toml");
    let indexed =
        fixed.replace("rate = 7e9", "rate = { index = \"price\", scale = 1e9, discount = 0.3, cap = 7e9, reset = 9 }");
    // Middles of the years lie 1.5, 2.5, … years after the start, and a new unit's work takes e^{0.2·1.5}, … of the old.
    let worn = |t: i32| (0.2 * (f64::from(t) + 0.5)).exp();
    // At 11bn the contract's rate of 7bn comes before burst while a unit's work takes less than 11/7, which is in year 1; at 20bn
    // while it takes less than 20/7, which is in years 3 and 4. Else the minimum alone does.
    let served = [0.40, 0.6 / worn(2), 0.45, 1.0 / worn(4), 0.15];
    let used = [0.40, 0.50, 0.45, 0.60, 0.15];
    let (mut cost, mut idle, mut burst) = (0.0, 0.0, 0.0);
    for (t, (served, used)) in (1..).zip(served.into_iter().zip(used)) {
        let counted = served * worn(t);
        let price = if t < 3 { 11e9 } else { 20e9 };
        cost += 7e9 * counted.max(0.6) * discount(f64::from(t));
        idle += 7e9 * (0.6 - counted).max(0.0) * discount(f64::from(t));
        burst += price * (used - served) * discount(f64::from(t));
    }
    let residual = 7e9 * 0.6 * (discount(6.0) + discount(7.0));
    for scenario in [fixed, &indexed] {
        for run in on_every_engine(engines, scenario) {
            checks.push(run.is_certain(Figure::CommitmentCost, cost));
            checks.push(run.is_certain(Figure::StrandedCost, idle));
            checks.push(run.is_certain(Figure::BurstCost, burst));
            checks.push(run.is_certain(Figure::ResidualCommitment, residual));
            checks.push(run.is_certain(Figure::Used, used.iter().sum()));
        }
    }
    checks
}

pub fn lognormal_use(engines: &Engines) -> Vec<Check> {
    let mut checks = Vec::new();
    let rest = "[[factor]]\nname = \"use\"\nprocess = \"gbm\"\nstart = 0.8\ndrift = 0.1\nvolatility = 0.5\n\
         [[organization]]\nname = \"lab\"\nutilization = \"use\"\ndemand = 1.2\n\
         [[contract]]\nname = \"c\"\norganization = \"lab\"\nvendor = \"V\"\nterm = 9.0\ncapacity = 1.0\nrate = 7e9\n\
         take_or_pay = 0.7";
    let (mut cost, mut idle, mut unserved, mut used) = (0.0, 0.0, 0.0, 0.0);
    for t in 1..=4 {
        let year = f64::from(t);
        let wanted = Lognormal { mean: 1.2 * 0.8 * (0.1 * year).exp(), deviation: 0.5 * year.sqrt() };
        cost += 7e9 * (0.7 + wanted.capped(1.0) - wanted.capped(0.7)) * discount(year);
        idle += 7e9 * (0.7 - wanted.capped(0.7)) * discount(year);
        unserved += wanted.mean - wanted.capped(1.0);
        used += wanted.capped(1.0);
    }
    for run in on_every_engine(engines, &scenario(4, "year", rest)) {
        checks.push(run.mean_is(Figure::CommitmentCost, cost));
        checks.push(run.mean_is(Figure::StrandedCost, idle));
        checks.push(run.mean_is(Figure::Unserved, unserved));
        checks.push(run.mean_is(Figure::Used, used));
    }
    checks
}

/// Deviation of y after `year` years of mean reversion.
fn reverting(volatility: f64, reversion: f64, year: f64) -> f64 {
    volatility * (-(-2.0 * reversion * year).exp_m1() / (2.0 * reversion)).sqrt()
}

pub fn logit_normal_use(engines: &Engines) -> Vec<Check> {
    let mut checks = Vec::new();
    let rest = "[[factor]]\nname = \"use\"\nprocess = \"logit_ou\"\nlevel = 0.6\nstart = 0.3\nlower = 0.1\nupper = 1.3\n\
         reversion = 0.8\nvolatility = 1.1\n\
         [[organization]]\nname = \"lab\"\nutilization = \"use\"\ndemand = 1.0\n\
         [[contract]]\nname = \"c\"\norganization = \"lab\"\nvendor = \"V\"\nterm = 9.0\ncapacity = 0.9\nrate = 7e9\n\
         take_or_pay = 0.6";
    let logit = |x: f64| ((x - 0.1) / (1.3 - x)).ln();
    let (mut cost, mut idle, mut used) = (0.0, 0.0, 0.0);
    for t in 1..=4 {
        let year = f64::from(t);
        let centre = logit(0.6) + (-0.8 * year).exp() * (logit(0.3) - logit(0.6));
        let deviation = reverting(1.1, 0.8, year);
        let of = |f: &dyn Fn(f64) -> f64| expectation(|z| f(0.1 + 1.2 / (1.0 + (-(centre + deviation * z)).exp())));
        cost += 7e9 * of(&|x| x.clamp(0.54, 0.9)) * discount(year);
        idle += 7e9 * of(&|x| (0.54 - x).max(0.0)) * discount(year);
        used += of(&|x| x.min(0.9));
    }
    for run in on_every_engine(engines, &scenario(4, "year", rest)) {
        checks.push(run.mean_is(Figure::CommitmentCost, cost));
        checks.push(run.mean_is(Figure::StrandedCost, idle));
        checks.push(run.mean_is(Figure::Used, used));
    }
    checks
}

pub fn product(engines: &Engines) -> Vec<Check> {
    let mut checks = Vec::new();
    let rest = "[[factor]]\nname = \"price\"\nprocess = \"gbm\"\nstart = 2e9\ndrift = -0.1\nvolatility = 0.4\n\
         [[factor]]\nname = \"use\"\nprocess = \"ou\"\nlevel = 0.8\nreversion = 1.5\nvolatility = 0.6\n\
         [correlation]\npairs = [[\"price\", \"use\", 0.7]]\n\
         [[organization]]\nname = \"lab\"\nutilization = \"use\"\ndemand = 1.0\nburst = { price = \"price\" }";
    let mean = |year: f64| {
        let variance = reverting(0.6, 1.5, year).powi(2);
        let covariance = 0.7 * 0.4 * 0.6 * -(-1.5 * year).exp_m1() / 1.5;
        2e9 * (-0.1 * year).exp() * 0.8 * (0.5 * variance + covariance).exp()
    };
    for (step, per_year) in [("year", 1), ("quarter", 4)] {
        let dates = (1..=2 * per_year).map(|t| f64::from(t) / f64::from(per_year));
        let exact: f64 = dates.map(|year| mean(year) * discount(year) / f64::from(per_year)).sum();
        for run in on_every_engine(engines, &scenario(2, step, rest)) {
            checks.push(run.mean_is(Figure::MarketCost, exact));
            checks.push(run.mean_is(Figure::BurstCost, exact));
        }
    }
    checks
}

pub fn one_period(engines: &Engines) -> Vec<Check> {
    let mut checks = Vec::new();
    let rest = format!(
        "{CERTAIN_USE}[[factor]]\nname = \"price\"\nprocess = \"gbm\"\nstart = 3e9\ndrift = 0.0\nvolatility = 0.6\n\
         [[organization]]\nname = \"lab\"\nutilization = \"use\"\ndemand = 1.0\nburst = {{ price = \"price\" }}"
    );
    let cost = Lognormal { mean: 3e9 * discount(1.0), deviation: 0.6 };
    let tail: Vec<(f64, f64, f64)> = [0.5, 0.9, 0.95, 0.99, 0.999]
        .iter()
        .map(|&level| (level, cost.quantile(level), cost.shortfall(level)))
        .collect();
    for run in on_every_engine(engines, &scenario(1, "year", &rest)) {
        checks.push(run.mean_is(Figure::BurstCost, cost.mean));
        checks.push(run.deviation_is(Figure::BurstCost, cost.mean * 0.36_f64.exp_m1().sqrt()));
        checks.extend(run.tail_is(Figure::BurstCost, &tail));
    }
    checks
}

pub fn chain(engines: &Engines) -> Vec<Check> {
    let mut checks = Vec::new();
    let rest = format!(
        "{CERTAIN_USE}[regimes]\nstates = [\"boom\", \"slow\", \"bust\"]\nstart = \"boom\"\n\
         intensity = [[\"boom\", \"slow\", 0.6], [\"slow\", \"bust\", 0.7], [\"slow\", \"boom\", 0.2], [\"bust\", \"boom\", 0.9]]\n\
         [[organization]]\nname = \"lab\"\nutilization = \"use\"\ndemand = 1.0\n\
         [[event]]\nname = \"entered\"\nmetric = \"regime\"\nstate = \"bust\"\n\
         [[event]]\nname = \"occupied\"\nmetric = \"regime\"\nstate = \"bust\"\nafter = 3.5\n\
         [[event]]\nname = \"stayed\"\nmetric = \"regime\"\nstate = \"boom\"\nduration = 1.5"
    );
    let step = transition(&[[-0.6, 0.6, 0.0], [0.2, -0.9, 0.7], [0.9, 0.0, -0.9]], 0.25);
    let after = |matrix: &[[f64; 3]; 3], t: usize| {
        (0..t).fold([1.0, 0.0, 0.0], |p, _| std::array::from_fn(|j| (0..3).map(|i| p[i] * matrix[i][j]).sum()))
    };
    // first entry: the chain that stays where it arrives; occupation: the chain as it is, in the first period that counts
    let mut absorbing = step;
    absorbing[2] = [0.0, 0.0, 1.0];
    let entered: Vec<f64> = (1..=16).map(|t| after(&absorbing, t)[2]).collect();
    let occupied: Vec<f64> = (1..=15).map(|t| if t < 15 { 0.0 } else { after(&step, 15)[2] }).collect();
    for run in on_every_engine(engines, &scenario(4, "quarter", &rest)) {
        checks.extend(run.event_by_period_is(0, &entered));
        checks.extend(run.event_by_period_is(1, &occupied));
        // six quarters in boom at a stretch, which none but the first six can be by the sixth
        checks.extend(run.event_by_period_is(2, &[0.0, 0.0, 0.0, 0.0, 0.0, step[0][0].powi(6)]));
    }
    checks
}

pub fn barrier(engines: &Engines) -> Vec<Check> {
    let mut checks = Vec::new();
    let rest = format!(
        "{CERTAIN_USE}[[factor]]\nname = \"price\"\nprocess = \"gbm\"\nstart = 2.0\ndrift = -0.05\nvolatility = 0.35\n\
         [[organization]]\nname = \"lab\"\nutilization = \"use\"\ndemand = 1.0\n\
         [[event]]\nname = \"collapse\"\nmetric = \"factor\"\nfactor = \"price\"\nbelow = 1.4"
    );
    let exact = first_passage_below((1.4_f64 / 2.0).ln(), (-0.05 - 0.5 * 0.35 * 0.35) * 0.25, 0.35 * 0.5, 8);
    for run in on_every_engine(engines, &scenario(2, "quarter", &rest)) {
        checks.extend(run.event_by_period_is(0, &exact));
    }
    checks
}

pub fn stationary(engines: &Engines) -> Vec<Check> {
    let mut checks = Vec::new();
    // the price is 0 until the last year, so that the burst cost is the last year's use alone
    let text = |factor: &str| {
        format!(
            "[[factor]]\nname = \"use\"\n{factor}\n\
             [[factor]]\nname = \"price\"\nprocess = \"table\"\nvalues = [[0, 0.0], [7, 0.0], [8, 1e9]]\n\
             [[organization]]\nname = \"lab\"\nutilization = \"use\"\ndemand = 1.0\nburst = {{ price = \"price\" }}"
        )
    };
    let last = 1e9 * discount(8.0);
    let ou = text("process = \"ou\"\nlevel = 0.7\nstart = 0.2\nreversion = 2.5\nvolatility = 0.8");
    let deviation = reverting(0.8, 2.5, 8.0);
    let centre = (-2.5_f64 * 8.0).exp() * (0.2_f64 / 0.7).ln();
    let mean = 0.7 * (centre + 0.5 * deviation * deviation).exp();
    for run in on_every_engine(engines, &scenario(8, "year", &ou)) {
        checks.push(run.mean_is(Figure::BurstCost, last * mean));
        checks.push(run.deviation_is(Figure::BurstCost, last * mean * (deviation * deviation).exp_m1().sqrt()));
    }
    let logit = text("process = \"logit_ou\"\nlevel = 0.7\nstart = 0.2\nreversion = 2.5\nvolatility = 1.8");
    let deviation = reverting(1.8, 2.5, 8.0);
    let moment = |power: i32| {
        let level = (0.7_f64 / 0.3).ln();
        expectation(|z| (1.0 / (1.0 + (-(level + deviation * z)).exp())).powi(power))
    };
    for run in on_every_engine(engines, &scenario(8, "year", &logit)) {
        checks.push(run.mean_is(Figure::BurstCost, last * moment(1)));
        checks.push(run.deviation_is(Figure::BurstCost, last * (moment(2) - moment(1).powi(2)).sqrt()));
    }
    checks
}
