//! Derivatives by the score and by central differences against closed forms.

use overhang::result::{Derivative, DerivativeMethod, InputDerivatives, Key};
use overhang::run::sensitivity::{InputRange, Part, SensitivityBuilder};
use overhang::scenario::{Loaded, parse};
use statrs::distribution::{Continuous, ContinuousCDF, Normal};

pub const COST: &str = "figures.system.burst_cost.mean";
pub const SHORTFALL: &str = "figures.system.burst_cost.shortfall.0.95.value";
pub const EVENT: &str = "events.lab.happens.probability";
pub const DRIFT: &str = "factor.price.drift";
/// Of what the lab buys in a year at a price of 1.
const SIZE: f64 = 4e9 * 1.25 * 1.5;
/// Shares of an input's value that its range ends at.
const RANGE: [f64; 2] = [0.8, 1.2];

/// A scenario whose derivatives are known.
pub struct Case {
    pub name: &'static str,
    pub loaded: Loaded,
    /// Input, output, derivative.
    pub truths: Vec<(&'static str, &'static str, f64)>,
}

/// A lab that buys all of its capacity at the price, with these steps, event and price.
fn case(name: &'static str, [step, event, price]: [&str; 3], truths: Vec<(&'static str, &'static str, f64)>) -> Case {
    let text = format!(
        r#"
schema = 1
name = "case"
currency = "USD"
capacity_unit = "GW"
horizon = {{ start = 2026-01-01, years = 1, step = "{step}" }}
discount = {{ rate = 0.0 }}
event = [{{ name = "happens", {event} }}]

[[factor]]
name = "other"
process = "gbm"
start = 1.0
drift = 0.05
volatility = 0.3

[[factor]]
name = "use"
process = "table"
values = 1.0

[[organization]]
name = "lab"
utilization = "use"
demand = 1.5
burst = {{ price = "price", scale = 4e9, premium = 0.25 }}

[correlation]
pairs = [["other", "price", 0.6]]

[[factor]]
name = "price"
{price}
"#
    );
    Case { name, loaded: parse(&text, "case.toml").unwrap_or_else(|failure| panic!("{failure}")), truths }
}

/// The derivative of a smooth function.
fn slope(at: f64, value: impl Fn(f64) -> f64) -> f64 {
    let step = 1e-4 * at.abs();
    (value(at + step) - value(at - step)) / (2.0 * step)
}

/// A price after a single period.
pub fn one_period() -> Case {
    let normal = Normal::standard();
    let volatility = 0.4;
    let cost = SIZE * 2.0 * 0.1f64.exp();
    let shortfall = cost * normal.cdf(volatility - normal.inverse_cdf(0.95)) / 0.05;
    let distance = (1.5f64.ln() - 0.1 + volatility * volatility / 2.0) / volatility;
    let price = "process = \"gbm\"\nstart = 2.0\ndrift = 0.1\nvolatility = 0.4";
    let event = "metric = \"factor\", factor = \"price\", above = 3.0";
    let truths = vec![
        (DRIFT, COST, cost),
        (DRIFT, SHORTFALL, shortfall),
        (DRIFT, EVENT, normal.pdf(distance) / volatility),
        // what the other factor's shocks have in common with the price's is no effect of its drift
        ("factor.other.drift", COST, 0.0),
        ("factor.other.drift", EVENT, 0.0),
    ];
    case("one period", ["year", event, price], truths)
}

/// A price that jumps, over twelve months; drift, intensity and mean are these.
const JUMPING: [f64; 3] = [0.1, 0.7, -0.3];

/// The probability that it ends above 2.5, given the number of jumps.
fn dear([drift, intensity, mean]: [f64; 3]) -> f64 {
    let (volatility, sd) = (0.4f64, 0.2f64);
    let compensator = intensity * (mean + 0.5 * sd * sd).exp_m1();
    let centre = 0.8f64.ln() + drift - volatility * volatility / 2.0 - compensator;
    let (mut sum, mut probability) = (0.0, (-intensity).exp());
    for jumps in 0..40 {
        let jumps = f64::from(jumps);
        let spread = (volatility * volatility + jumps * sd * sd).sqrt();
        sum += probability * Normal::standard().cdf((centre + jumps * mean) / spread);
        probability *= intensity / (jumps + 1.0);
    }
    sum
}

pub fn jumps() -> Case {
    let of = |place: usize| {
        slope(JUMPING[place], |x| {
            let mut values = JUMPING;
            values[place] = x;
            dear(values)
        })
    };
    let months = (1..=12).map(|month| f64::from(month) / 12.0);
    let cost: f64 = months.map(|year| SIZE * 2.0 / 12.0 * year * (0.1 * year).exp()).sum();
    let price = "process = \"gbm\"\nstart = 2.0\ndrift = 0.1\nvolatility = 0.4\njumps = { intensity = 0.7, mean = -0.3, sd = 0.2 }";
    let event = "metric = \"factor\", factor = \"price\", above = 2.5, after = 0.95";
    let (intensity, mean) = ("factor.price.jumps.intensity", "factor.price.jumps.mean");
    let truths = vec![
        (DRIFT, COST, cost),
        (DRIFT, EVENT, of(0)),
        (intensity, EVENT, of(1)),
        (mean, EVENT, of(2)),
        // what jumps add the drift gives back
        (intensity, COST, 0.0),
        (mean, COST, 0.0),
    ];
    case("jumps", ["month", event, price], truths)
}

/// A price that reverts to a level, over twelve months.
pub fn reverting() -> Case {
    let (reversion, volatility, start) = (1.5f64, 0.5f64, 1.6f64);
    let deviation = volatility * (-(-2.0 * reversion).exp_m1() / (2.0 * reversion)).sqrt();
    let kept = (-reversion).exp();
    let dear = |level: f64| {
        let mean = level.ln() + kept * (start / level).ln();
        Normal::standard().cdf((mean - 2.5f64.ln()) / deviation)
    };
    let price = "process = \"ou\"\nlevel = 2.0\nstart = 1.6\nreversion = 1.5\nvolatility = 0.5";
    let event = "metric = \"factor\", factor = \"price\", above = 2.5, after = 0.95";
    case("a level", ["month", event, price], vec![("factor.price.level", EVENT, slope(2.0, dear))])
}

/// Into the bust, out of it, and the drift there.
const REGIMES: [f64; 3] = [0.6, 0.4, -0.5];

/// The probability to be in a bust after so long, from a boom and from a bust.
fn bust([into, out, _]: [f64; 3], years: f64) -> [f64; 2] {
    let (share, left) = (into / (into + out), (-(into + out) * years).exp());
    [share * (1.0 - left), share + (1.0 - share) * left]
}

/// The mean cost: the chain moves at the beginning of each month, which then has the drift of the new state.
fn regime_cost(of: [f64; 3]) -> f64 {
    let month = 1.0 / 12.0;
    let [from_boom, from_bust] = bust(of, month);
    let (mut boom, mut busted, mut sum) = (1.0, 0.0, 0.0);
    for _ in 0..12 {
        let grown = (0.1 * month).exp();
        (boom, busted) = (
            grown * (boom * (1.0 - from_boom) + busted * (1.0 - from_bust)),
            grown * (of[2] * month).exp() * (boom * from_boom + busted * from_bust),
        );
        sum += SIZE * 2.0 * month * (boom + busted);
    }
    sum
}

pub fn regimes() -> Case {
    let of = |place: usize, value: fn([f64; 3]) -> f64| {
        slope(REGIMES[place], |x| {
            let mut values = REGIMES;
            values[place] = x;
            value(values)
        })
    };
    let in_bust = |of: [f64; 3]| bust(of, 1.0)[0];
    let price = r#"process = "gbm"
start = 2.0
drift = 0.1
volatility = 0.4

[regimes]
states = ["boom", "bust"]
start = "boom"
intensity = [["boom", "bust", 0.6], ["bust", "boom", 0.4]]

[[regimes.effect]]
state = "bust"
factor = "price"
drift = -0.5
volatility = 1.5"#;
    let event = "metric = \"regime\", state = \"bust\", organization = \"lab\", after = 0.95";
    let (into, out, drift) = ("regimes.intensity[1][3]", "regimes.intensity[2][3]", "regimes.effect[1].drift");
    let truths = vec![
        (into, EVENT, of(0, in_bust)),
        (out, EVENT, of(1, in_bust)),
        (into, COST, of(0, regime_cost)),
        (out, COST, of(1, regime_cost)),
        (drift, COST, of(2, regime_cost)),
    ];
    case("regimes", ["month", event, price], truths)
}

pub fn cases() -> [Case; 4] {
    [one_period(), jumps(), reverting(), regimes()]
}

/// The derivatives of a case, in the order of its truths: by this method, or by the one with the smaller error.
pub fn derivatives(case: &Case, method: Option<DerivativeMethod>, (seed, paths): (u64, u64)) -> Vec<Derivative> {
    let found = analysis(case, seed, paths);
    let found = method.into_iter().fold(found, SensitivityBuilder::derivatives_by);
    let found = found.run().unwrap_or_else(|error| panic!("{error}")).derivatives.expect("it was asked for");
    let of = |&(input, output, _): &(&str, &str, f64)| derivative(&found, input, output);
    case.truths.iter().map(of).collect()
}

/// The analysis of all inputs and outputs of a case.
pub fn analysis(case: &Case, seed: u64, paths: u64) -> SensitivityBuilder<'_> {
    let of = SensitivityBuilder::new(&case.loaded.scenario, &case.loaded.template).seed(seed).paths(paths);
    case.truths.iter().fold(of.parts([Part::Derivatives]), |of, (input, output, _)| {
        let value = case.loaded.template.number(input).expect("it is in the file");
        let ends = RANGE.map(|share| share * value);
        let [low, high] = [ends[0].min(ends[1]), ends[0].max(ends[1])];
        of.range(InputRange { key: (*input).to_owned(), low, high }).output(key(output))
    })
}

pub fn derivative(found: &[InputDerivatives], input: &str, output: &str) -> Derivative {
    found.iter().find(|of| of.key == input).expect("it is there").outputs[&key(output)]
}

fn key(text: &str) -> Key {
    text.parse().expect("it is a key")
}

/// How often 95% intervals hold a derivative, and how wide they are.
pub struct Coverage {
    pub case: &'static str,
    pub truth: (&'static str, &'static str, f64),
    /// Of the score, of the difference, and of the one with the smaller error: the share of the seeds, and the mean standard error.
    pub found: [(f64, f64); 3],
}

impl Coverage {
    /// As docs/validation.md has it.
    pub fn row(&self) -> String {
        let (input, output, truth) = self.truth;
        let of = |(covered, se): (f64, f64)| format!("{se:.2e} | {:.1}%", 100.0 * covered);
        let [score, difference, better] = self.found;
        format!(
            "| {}: `{input}`, `{output}` | {truth:.3e} | {} | {} | {:.1}% |",
            self.case,
            of(score),
            of(difference),
            100.0 * better.0
        )
    }
}

/// Of these many seeds and paths.
pub fn coverage(case: &Case, seeds: u64, paths: u64) -> Vec<Coverage> {
    let methods = [DerivativeMethod::Score, DerivativeMethod::Difference];
    let runs: Vec<[Vec<Derivative>; 2]> =
        (0..seeds).map(|seed| methods.map(|method| derivatives(case, Some(method), (seed, paths)))).collect();
    let of_truth = |(place, &truth): (usize, &(&'static str, &'static str, f64))| {
        let of = |choose: &dyn Fn(Derivative, Derivative) -> Derivative| {
            let found: Vec<Derivative> = runs.iter().map(|[score, other]| choose(score[place], other[place])).collect();
            let error = |of: &Derivative| of.se.expect("it has one");
            // rounding of single precision, where a difference has no other error
            let rounding = 1e-4 * truth.2.abs();
            let covers =
                |of: &&Derivative| (of.value.expect("it has one") - truth.2).abs() <= 1.96 * error(of) + rounding;
            let count = found.len() as f64;
            (found.iter().filter(covers).count() as f64 / count, found.iter().map(error).sum::<f64>() / count)
        };
        let smaller = |score: Derivative, other: Derivative| if score.se < other.se { score } else { other };
        let found = [of(&|score, _| score), of(&|_, difference| difference), of(&smaller)];
        Coverage { case: case.name, truth, found }
    };
    case.truths.iter().enumerate().map(of_truth).collect()
}
