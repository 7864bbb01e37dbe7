//! The forward curve of a factor, and what an indexed contract comes to along it. A contract that is prepaid needs its total
//! on the day it is signed, when an indexed rate is only known as a forward.

use statrs::distribution::{Continuous, Normal};

use super::model::{Contract, Curve, Factor, GbmMean, Horizon, Jumps, Process, Rate, Scenario, UNLIMITED};

impl Process {
    /// E[X(τ(t))] for t = 0…`last`, without the effects of regimes. It may reach past the horizon, where every curve of the
    /// factor is flat after its last point.
    pub fn forward(&self, horizon: &Horizon, last: u32) -> Vec<f64> {
        let dt = horizon.dt();
        let later = 1..=last;
        match self {
            Process::Gbm { start, mean: GbmMean::Drift(drift), .. } => {
                let mut exponent = 0.0;
                let grown = later.map(|t| {
                    exponent += drift.at(horizon.end(t - 1)) * dt;
                    start * f64::exp(exponent)
                });
                [*start].into_iter().chain(grown).collect()
            }
            Process::Gbm { start, mean: GbmMean::Forward(points), .. } => {
                let mut logs = vec![[0.0, start.ln()]];
                logs.extend(points.iter().map(|&[year, value]| [year, value.ln()]));
                let logs = Curve(logs);
                [*start].into_iter().chain(later.map(|t| logs.at(horizon.end(t)).exp())).collect()
            }
            Process::Ou { level, growth, start, reversion, volatility, jumps } => {
                let distance = start.ln() - level.at(0.0).ln();
                let mut jumped = 0.0;
                let mean = later.map(|t| {
                    let year = horizon.end(t);
                    // a jump in the period before this one by i has decayed over i periods
                    jumped += jumps
                        .as_ref()
                        .map_or(0.0, |jumps| cumulant(jumps, (-reversion * horizon.end(t - 1)).exp(), dt));
                    let variance = volatility.powi(2) * decayed_time(2.0 * reversion, year);
                    let median = level.at(year) * (growth * year).exp();
                    median * ((-reversion * year).exp() * distance + 0.5 * variance + jumped).exp()
                });
                [*start].into_iter().chain(mean).collect()
            }
            Process::LogitOu { level, lower, upper, start, reversion, volatility } => {
                let logit = |x: f64| ((x - lower) / (upper - x)).ln();
                let distance = logit(*start) - logit(level.at(0.0));
                let mean = later.map(|t| {
                    let year = horizon.end(t);
                    let centre = logit(level.at(year)) + (-reversion * year).exp() * distance;
                    let deviation = volatility * decayed_time(2.0 * reversion, year).sqrt();
                    lower + (upper - lower) * mean_logistic(centre, deviation)
                });
                [*start].into_iter().chain(mean).collect()
            }
            Process::Table { values } => (0..=last).map(|t| values.at(horizon.end(t))).collect(),
        }
    }
}

/// (1 − e^{−κτ})/κ, and τ for κ = 0.
fn decayed_time(reversion: f64, year: f64) -> f64 {
    if reversion == 0.0 { year } else { -(-reversion * year).exp_m1() / reversion }
}

/// ln E[e^{aJ}] of a period's jumps J = N·mean + √N·sd·Z.
fn cumulant(jumps: &Jumps, weight: f64, dt: f64) -> f64 {
    jumps.intensity * dt * (weight * jumps.mean + 0.5 * (weight * jumps.sd).powi(2)).exp_m1()
}

/// E[1/(1 + e^{−(centre + deviation·Z)})] by the trapezoidal rule, whose error for a smooth function and a normal weight is
/// far below a rounding.
fn mean_logistic(centre: f64, deviation: f64) -> f64 {
    const STEPS: i32 = 400;
    const WIDTH: f64 = 0.05;
    let normal = Normal::standard();
    let at = |i: i32| f64::from(i) * WIDTH;
    let value = |z: f64| normal.pdf(z) * WIDTH / (1.0 + (-(centre + deviation * z)).exp());
    (-STEPS / 2..=STEPS / 2).map(|i| value(at(i))).sum()
}

impl Contract {
    /// Whether an indexed rate is set in period `t`: in the first of the term within the horizon, and whenever
    /// ⌊(τ(t) − dt/2 − start)/reset⌋ has grown.
    pub fn resets(&self, t: i64, horizon: &Horizon) -> bool {
        let Rate::Indexed { reset, .. } = self.rate else { return false };
        let term = self.term_periods(horizon);
        let count = |t: i64| {
            let since_start = (t as f64 - 0.5) / f64::from(horizon.steps_per_year) - self.start;
            ((since_start + 1e-9) / reset).floor()
        };
        term.contains(&t) && (t == 1.max(*term.start()) || count(t) > count(t - 1))
    }

    /// The rate of every period of the term: escalated if it is fixed, along the forward curve of its index if it is indexed.
    /// Before the start date the index counts with its value at the start date.
    pub fn forward_rates(&self, index: Option<&Process>, horizon: &Horizon) -> Vec<(i64, f64)> {
        let periods = self.term_periods(horizon);
        let Rate::Indexed { scale, discount, floor, cap, .. } = self.rate else {
            return periods.map(|t| (t, self.fixed_rate_in(t, horizon).unwrap_or(0.0))).collect();
        };
        let last = u32::try_from(*periods.end()).unwrap_or(0);
        let forward = index.map_or_else(Vec::new, |index| index.forward(horizon, last));
        let rate_at = |t: i64| {
            let index = forward.get(t.max(0) as usize).copied().unwrap_or(0.0);
            ((1.0 - discount) * scale * index).max(floor).min(cap.min(UNLIMITED))
        };
        let mut rate = rate_at(0);
        periods
            .map(|t| {
                if t > 0 && self.resets(t, horizon) {
                    rate = rate_at(t - 1);
                }
                (t, rate)
            })
            .collect()
    }

    /// The bills of the whole term at full capacity, at the rates of [`Contract::forward_rates`].
    pub fn forward_bills(&self, index: Option<&Process>, horizon: &Horizon) -> Vec<(i64, f64)> {
        let bill = |(t, rate): (i64, f64)| (t, rate * self.capacity_in(t, horizon) * horizon.dt());
        self.forward_rates(index, horizon).into_iter().map(bill).collect()
    }

    /// The factor that the rate follows.
    pub fn index<'f>(&self, factors: &'f [Factor]) -> Option<&'f Process> {
        match self.rate {
            Rate::Fixed { .. } => None,
            Rate::Indexed { factor, .. } => factors.get(factor).map(|factor| &factor.process),
        }
    }
}

impl Scenario {
    /// The bills of a contract's whole term at full capacity; those of an indexed one along the forward curve of its index.
    pub fn bills(&self, contract: &Contract) -> Vec<(i64, f64)> {
        contract.forward_bills(contract.index(&self.factors), &self.horizon)
    }

    /// The nominal total of a contract over its whole term; of an indexed one along the forward curve of its index.
    pub fn total(&self, contract: &Contract) -> f64 {
        self.bills(contract).into_iter().map(|(_, bill)| bill).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::forecast::forecast;
    use crate::plan::Plan;
    use crate::scenario::parse;

    const BASIS: &str = "schema = 1\nname = \"case\"\ncurrency = \"USD\"\ncapacity_unit = \"GW\"\n\
        [horizon]\nstart = 2026-01-01\nyears = 4\nstep = \"quarter\"\n[discount]\nrate = 0.05\n";

    fn scenario(rest: &str) -> Scenario {
        parse(&format!("{BASIS}{rest}"), "case.toml").unwrap_or_else(|failure| panic!("{failure}")).scenario
    }

    #[test]
    fn forwards_are_the_means_that_engines_sample() {
        let found = scenario(
            "[[factor]]\nname = \"drifting\"\nprocess = \"gbm\"\nstart = 2.0\ndrift = [[0, -0.2], [1, 0.1]]\nvolatility = 0.3\n\
             jumps = { intensity = 0.7, mean = -0.2, sd = 0.2 }\n\
             [[factor]]\nname = \"quoted\"\nprocess = \"gbm\"\nstart = 2.0\nforward = [[1, 1.6], [3, 1.2]]\nvolatility = 0.4\n\
             [[factor]]\nname = \"reverting\"\nprocess = \"ou\"\nlevel = [[0, 1.0], [4, 2.0]]\ngrowth = 0.1\nstart = 3.0\n\
             reversion = 0.8\nvolatility = 0.5\njumps = { intensity = 0.7, mean = 0.3, sd = 0.2 }\n\
             [[factor]]\nname = \"bounded\"\nprocess = \"logit_ou\"\nlevel = 0.8\nlower = 0.1\nupper = 1.4\nstart = 0.3\n\
             reversion = 0.6\nvolatility = 1.2\n\
             [[factor]]\nname = \"table\"\nprocess = \"table\"\nvalues = [[0, 1.0], [5, 2.0]]\n\
             [[organization]]\nname = \"lab\"\nutilization = \"table\"\ndemand = 1.0\n",
        );
        let sampled = forecast(&Plan::lower(&found)).expect("threads start").factors;
        for (factor, means) in found.factors.iter().zip(&sampled) {
            let forward = factor.process.forward(&found.horizon, found.horizon.periods);
            for (exact, mean) in forward[1..].iter().zip(means) {
                let off = (exact - mean.mean).abs();
                assert!(off < 4.5 * mean.se + 1e-5 * exact, "{}: {exact} against {mean:?}", factor.name);
            }
        }
    }

    #[test]
    fn indexed_rates_follow_the_forward_between_their_bounds() {
        let contract = |rest: &str| {
            let found = scenario(&format!(
                "[[factor]]\nname = \"price\"\nprocess = \"gbm\"\nstart = 2.0\nforward = [[1, 1.6], [3, 1.2], [6, 0.9]]\n\
                 volatility = 0.4\n\
                 [[organization]]\nname = \"lab\"\nutilization = \"price\"\ndemand = 1.0\n\
                 [[contract]]\nname = \"c\"\norganization = \"lab\"\nvendor = \"V\"\ncapacity = 0.5\n{rest}\n"
            ));
            let rates = found.contracts[0].forward_rates(found.contracts[0].index(&found.factors), &found.horizon);
            (rates, found.total(&found.contracts[0]))
        };
        // set at the beginnings of contract years, also of those past the horizon; flat before the start date
        let (rates, total) = contract(
            "start = -1.0\nterm = 7.0\nrate = { index = \"price\", scale = 5e9, discount = 0.2, reset = 1.0 }",
        );
        let by_year = [
            2.0,
            2.0,
            1.6,
            (1.6_f64 * 1.2).sqrt(),
            1.2,
            1.2 * (0.75_f64).powf(1.0 / 3.0),
            1.2 * (0.75_f64).powf(2.0 / 3.0),
        ];
        assert_eq!(rates.len(), 28);
        for (place, (t, rate)) in rates.iter().enumerate() {
            assert_eq!(*t, place as i64 - 3);
            let exact = 0.8 * 5e9 * by_year[place / 4];
            assert!((rate - exact).abs() < 1e-12 * exact, "{t}: {rate}, not {exact}");
        }
        assert!((total - 0.5 * 4e9 * by_year.iter().sum::<f64>()).abs() < 1.0);
        let (bounded, _) = contract(
            "term = 4.0\nrate = { index = \"price\", scale = 5e9, floor_index = 1.5, cap_index = 1.7, reset = 1.0 }",
        );
        let by_year: Vec<f64> = bounded.iter().step_by(4).map(|(_, rate)| rate / 5e9).collect();
        assert_eq!(by_year, [1.7, 1.6, 1.5, 1.5]);
    }
}
