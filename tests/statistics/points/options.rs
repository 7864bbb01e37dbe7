//! Payoffs of options, made of scenarios: their values, the variances of quasi-random points, and the same from SciPy.

use super::measure::{Estimates, bubble, request};
use overhang::engine::{Draws, Engine, prepare};
use overhang::measure::{FirstPassageSample, Sample, moments, probability};
use overhang::plan::Plan;
use overhang::plan::figure::{FirstPassage, Owner};
use overhang::plan::points::{Allocation, Construction};
use overhang::registry::Figure;
use overhang::run::PointsRequest;
use overhang::scenario::Scenario;
use overhang::tally::Tally;
use serde_json::Value;

const FOLDER: &str = "tests/cases/known";
/// Independent paths whose variance is measured, in batches.
const BATCHES: u32 = 2048;
const BATCH: u64 = 512;

/// A payoff whose value is known.
pub struct Payoff {
    /// Its name in scipy.json
    pub case: &'static str,
    pub name: &'static str,
    /// Its mean over the paths of a tally
    mean: fn(&Plan, &Tally) -> f64,
}

/// The scenarios, each with the payoffs that it has.
pub const FILES: [(&str, &[Payoff]); 4] = [
    ("asian", &[Payoff { case: "asian", name: "Asian call, 12 months", mean: above_strike }]),
    ("asian-32", &[Payoff { case: "asian-32", name: "Asian call, 32 periods", mean: above_strike }]),
    (
        "knock-out",
        &[
            // `second` is paid half of what it serves
            Payoff {
                case: "knock-out",
                name: "double knock-out call",
                mean: |plan, tally| 2.0 * received(plan, tally),
            },
            Payoff { case: "barrier", name: "probability of leaving a corridor", mean: left },
            Payoff { case: "digital", name: "probability of ending above 1", mean: ended_above },
        ],
    ),
    ("falls", &[Payoff { case: "falls", name: "sum of prices that have fallen", mean: bought_on_demand }]),
];

fn figure(plan: &Plan, tally: &Tally, owner: Owner, figure: Figure) -> f64 {
    let place = plan.figures.iter().position(|spec| spec.owner == owner && spec.figure == figure).expect("it is there");
    moments(&Sample::new(tally, place, plan.figures[place].frame)).mean.expect("a mean")
}

fn above_strike(plan: &Plan, tally: &Tally) -> f64 {
    figure(plan, tally, Owner::Organization(0), Figure::CommitmentCost) - 1.0
}

fn received(plan: &Plan, tally: &Tally) -> f64 {
    figure(plan, tally, Owner::Counterparty(0), Figure::Received)
}

fn bought_on_demand(plan: &Plan, tally: &Tally) -> f64 {
    figure(plan, tally, Owner::Organization(0), Figure::BurstCost)
}

fn left(_: &Plan, tally: &Tally) -> f64 {
    probability(&bubble(tally)).probability.expect("paths")
}

fn ended_above(plan: &Plan, tally: &Tally) -> f64 {
    let digital = FirstPassage::Event { event: 2, organization: 0 };
    let place = plan.times.iter().position(|&time| time == digital).expect("it is the third event");
    probability(&FirstPassageSample::new(tally, place)).probability.expect("paths")
}

/// A scenario with its payoffs.
pub struct Known {
    scenario: Scenario,
    pub payoffs: &'static [Payoff],
}

/// All scenarios.
pub fn all() -> Vec<Known> {
    let load = |&(file, payoffs): &(&str, &'static [Payoff])| {
        let loaded = overhang::scenario::load(format!("{FOLDER}/{file}.toml").as_ref());
        Known { scenario: loaded.unwrap_or_else(|failure| panic!("{failure}")).scenario, payoffs }
    };
    FILES.iter().map(load).collect()
}

impl Known {
    /// Means by payoff: of so many scrambles of so many points, or without a construction of batches of independent paths.
    pub fn means(
        &self,
        engine: &dyn Engine,
        construction: Option<Construction>,
        replicates: u32,
        points: u64,
    ) -> Vec<Estimates> {
        let mut plan = prepare(&self.scenario);
        if let Some(construction) = construction {
            let request = PointsRequest { construction, ..request(replicates) };
            request.apply(&self.scenario, &mut plan, &mut Allocation::default());
        }
        let mut found: Vec<Estimates> = self.payoffs.iter().map(|_| Estimates(Vec::new())).collect();
        for replicate in 0..replicates {
            // another seed for each number of points, since one scramble's points begin with its fewer ones
            let draws = Draws { seed: 30 + u64::from(points.ilog2()), replicate };
            let tally = engine.tally(&plan, draws, 0..points, &|_| true).expect("the CPU has no faults");
            for (estimates, payoff) in found.iter_mut().zip(self.payoffs) {
                estimates.0.push((payoff.mean)(&plan, &tally));
            }
        }
        found
    }

    /// Means of batches of independent paths by payoff, and the variances of one path.
    pub fn independent(&self, engine: &dyn Engine) -> Vec<(Estimates, f64)> {
        let variance = |estimates: Estimates| {
            let of_a_path = estimates.variance() * BATCH as f64;
            (estimates, of_a_path)
        };
        self.means(engine, None, BATCHES, BATCH).into_iter().map(variance).collect()
    }
}

/// What the independent implementation found.
pub struct Reference(pub Value);

impl Reference {
    pub fn read() -> Self {
        let text = std::fs::read_to_string(format!("{FOLDER}/scipy.json")).expect("it is there");
        Reference(serde_json::from_str(&text).expect("it is JSON"))
    }

    /// The value of a payoff.
    pub fn exact(&self, payoff: &Payoff) -> f64 {
        self.0["cases"][payoff.case]["exact"].as_f64().expect("a number")
    }

    /// The variance of a payoff on one path.
    pub fn path(&self, payoff: &Payoff) -> f64 {
        self.0["cases"][payoff.case]["path"].as_f64().expect("a number")
    }

    /// The variances of means of scrambles, by the number of points.
    pub fn variances(&self, payoff: &Payoff, construction: Construction) -> Vec<(u64, f64)> {
        let numbers = |value: &Value| -> Vec<f64> {
            value.as_array().expect("a list").iter().map(|number| number.as_f64().expect("a number")).collect()
        };
        let variances = numbers(&self.0["cases"][payoff.case][construction.name()]);
        numbers(&self.0["powers"]).iter().map(|power| 1 << *power as u32).zip(variances).collect()
    }

    /// How many times smaller the variance of so many scrambled points is than that of as many independent paths.
    pub fn gain(&self, payoff: &Payoff, construction: Construction, points: u64) -> f64 {
        let variances = self.variances(payoff, construction);
        let found = variances.iter().find(|(number, _)| *number == points).expect("it is a number of points");
        self.path(payoff) / points as f64 / found.1
    }
}

/// The power of the number of points with which a standard error falls, from variances: least squares of the logarithms.
pub fn rate(variances: &[(u64, f64)]) -> f64 {
    let logs: Vec<(f64, f64)> = variances.iter().map(|&(n, v)| ((n as f64).ln(), -0.5 * v.ln())).collect();
    let count = logs.len() as f64;
    let middle = logs.iter().map(|(x, _)| x).sum::<f64>() / count;
    let (mut covariance, mut square) = (0.0, 0.0);
    for (x, y) in logs {
        covariance += (x - middle) * y;
        square += (x - middle).powi(2);
    }
    covariance / square
}
