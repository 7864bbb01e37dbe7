//! Sensitivity analyses against closed forms of a single period in which demand is bought at a lognormal price.

use overhang::measure::Estimate;
use overhang::result::{Answer, Key, SensitivityDocument, Threshold};
use overhang::run::sensitivity::{InputRange, Part, SensitivityBuilder};
use overhang::scenario::{Loaded, parse};
use statrs::distribution::{Continuous, ContinuousCDF, Normal};

use super::uncertain::measure::{COST, ONE_PERIOD, case};

const DEAR: &str = "events.lab.dear.probability";
const START: &str = "factor.price.start";
const PREMIUM: &str = "organization.lab.burst.premium";
const DEMAND: &str = "organization.lab.demand";
/// Of the logarithm of the price over the year.
const VOLATILITY: f64 = 0.4;

fn key(text: &str) -> Key {
    text.parse().expect("it is a key")
}

fn analysis<'a>(loaded: &'a Loaded, parts: &[Part]) -> SensitivityBuilder<'a> {
    let of = SensitivityBuilder::new(&loaded.scenario, &loaded.template).paths(65_536).parts(parts.iter().copied());
    of.output(key(COST)).output(key(DEAR))
}

fn run(of: SensitivityBuilder) -> SensitivityDocument {
    of.run().unwrap_or_else(|error| panic!("{error}"))
}

/// The mean cost, which is 4e9·start·e^0.1·(1 + premium)·demand.
fn cost(start: f64, premium: f64, demand: f64) -> f64 {
    4e9 * start * 0.1f64.exp() * (1.0 + premium) * demand
}

/// The probability that the price ends above 3, and its derivative by the start.
fn dear(start: f64) -> (f64, f64) {
    let normal = Normal::standard();
    let distance = ((3.0 / start).ln() - 0.1 + VOLATILITY * VOLATILITY / 2.0) / VOLATILITY;
    (normal.sf(distance), normal.pdf(distance) / (VOLATILITY * start))
}

/// That a truth lies within four standard errors of an estimate, or its rounding.
fn assert_near(what: &str, found: &Estimate, truth: f64) {
    let (Some(value), Some(low), Some(high)) = (found.value, found.low, found.high) else {
        panic!("{what}: {found:?}")
    };
    let tolerance = 4.0 * (high - low) / 3.92 + 2e-6 * truth.abs();
    assert!((value - truth).abs() <= tolerance, "{what}: {found:?}, not {truth}");
}

#[test]
fn tornadoes_are_exact_where_an_output_is_proportional_to_an_input() {
    let loaded = case();
    let found = run(analysis(&loaded, &[Part::Tornado]));
    let base = found.outputs[&key(COST)].estimate.value.expect("it has a mean");
    let bars = found.tornado.expect("it was asked for");
    let swing = |input: &str, output: &str| {
        &bars.iter().find(|bar| bar.key == input).expect("it is there").outputs[&key(output)]
    };
    for (input, low, high) in [(DEMAND, 1.1 / 1.5 - 1.0, 1.9 / 1.5 - 1.0), (START, 1.6 / 2.0 - 1.0, 2.5 / 2.0 - 1.0)] {
        let of = swing(input, COST);
        for (side, truth) in [(&of.low, low), (&of.high, high)] {
            let change = side.expect("it is valid").value.expect("it has a value") / base;
            assert!((change - truth).abs() < 2e-6, "{input}: {change}, not {truth}");
        }
    }
    // what does not depend on an input does not change by it, to the bit
    let none = swing(DEMAND, DEAR).high.expect("it is valid");
    assert_eq!((none.value, none.se), (Some(0.0), Some(0.0)));
    let change = swing(START, DEAR).high.expect("it is valid");
    let estimate = Estimate { value: change.value, low: change.low, high: change.high, atom: false };
    assert_near("the price", &estimate, dear(2.5).0 - dear(2.0).0);
    assert_eq!(bars[0].key, DEMAND, "it moves the first output most");
}

#[test]
fn derivatives_are_those_of_closed_forms() {
    let loaded = case();
    let found = run(analysis(&loaded, &[Part::Derivatives])).derivatives.expect("it was asked for");
    let derivative =
        |input: &str, output: &str| found.iter().find(|of| of.key == input).expect("it is there").outputs[&key(output)];
    for (input, output, truth, elasticity) in [
        (PREMIUM, COST, cost(2.0, 0.25, 1.5) / 1.25, 0.25 / 1.25),
        (DEMAND, COST, cost(2.0, 0.25, 1.5) / 1.5, 1.0),
        (START, COST, cost(2.0, 0.25, 1.5) / 2.0, 1.0),
        (START, DEAR, dear(2.0).1, 2.0 * dear(2.0).1 / dear(2.0).0),
        (DEMAND, DEAR, 0.0, 0.0),
    ] {
        let of = derivative(input, output);
        let (value, se) = (of.value.expect("it has one"), of.se.expect("it has one"));
        assert!((value - truth).abs() <= 4.0 * se + 1e-4 * truth.abs(), "{input}, {output}: {of:?}, not {truth}");
        let found = of.elasticity.expect("it has one");
        let tolerance = 4.0 * se * (found / value).abs().min(1e9) + 1e-4;
        assert!(
            value == 0.0 || (found - elasticity).abs() <= tolerance + 0.01,
            "{input}, {output}: {of:?}, not {elasticity}"
        );
        assert!(se <= 0.05 * truth.abs() || truth == 0.0, "{input}, {output}: {of:?} is of no use");
    }
}

#[test]
fn break_even_values_are_those_of_closed_forms() {
    let loaded = case();
    let bound = |text: &str| text.parse::<Threshold>().expect("it is a threshold");
    let of = analysis(&loaded, &[Part::Targets]);
    let of = of.bound(bound("figures.system.burst_cost.mean < 15e9")).bound(bound("events.lab.dear.probability < 0.1"));
    let of =
        of.bound(bound("figures.system.burst_cost.mean > 1e6")).bound(bound("events.lab.dear.probability > 0.9999"));
    let found = run(of).targets.expect("it was asked for");
    let at = |place: usize, input: &str| match &found[place].inputs[input] {
        Answer::At { value, above } => (*value, *above),
        other => panic!("{input}: {other:?}"),
    };
    let base = cost(2.0, 0.25, 1.5);
    for (input, truth) in [(DEMAND, 1.5 * 15e9 / base), (START, 2.0 * 15e9 / base), (PREMIUM, 1.25 * 15e9 / base - 1.0)]
    {
        let (value, above) = at(0, input);
        assert_near(input, &value, truth);
        assert!(!above && (value.value.unwrap() - truth).abs() < 0.05 * truth.abs(), "{input}: {value:?}");
    }
    // the quantile of the price at 90% is 3
    let normal = Normal::standard();
    let start = (3f64.ln() - 0.1 + VOLATILITY * VOLATILITY / 2.0 - VOLATILITY * normal.inverse_cdf(0.9)).exp();
    assert_near("the start", &at(1, START).0, start);
    assert_eq!(found[1].inputs[DEMAND], Answer::Never, "demand does not move prices");
    assert_eq!((found[0].met, found[2].met), (Some(base < 15e9), Some(true)));
    assert!(found[2].inputs.values().all(|answer| *answer == Answer::Always), "{:?}", found[2]);
    assert!(found[3].inputs.values().all(|answer| *answer == Answer::Never), "{:?}", found[3]);
}

/// Mean and variance of what the cost is a product of.
fn factors() -> [(&'static str, f64, f64); 3] {
    let spread = (2.5f64 / 1.6).ln() / (2.0 * Normal::standard().inverse_cdf(0.9));
    let start = 2.0 * (spread * spread / 2.0).exp();
    [(START, start, start * start * (spread * spread).exp_m1()), (PREMIUM, 1.25, 0.04), (DEMAND, 1.5, 1.0 / 12.0)]
}

#[test]
fn indices_are_those_of_a_product() {
    let loaded = case();
    let of = analysis(&loaded, &[Part::Indices]).paths(256).index_points(1024);
    let found = run(of).indices.expect("it was asked for");
    assert_eq!((found.method.as_str(), found.sets), ("saltelli", 1024 * 5));
    let all = factors();
    // relative variances: Var/mean² of the product is Π(1 + v) − 1
    let relative = all.map(|(_, mean, variance)| variance / (mean * mean));
    let whole = relative.iter().map(|v| 1.0 + v).product::<f64>() - 1.0;
    for ((input, ..), v) in all.iter().zip(relative) {
        let of = &found.outputs[&key(COST)];
        assert_near(input, &of.first_order.as_ref().expect("the design has them")[*input], v / whole);
        let others = (1.0 + whole) / (1.0 + v);
        assert_near(input, &of.total.as_ref().expect("the design has them")[*input], v * others / whole);
    }
    let of_event = &found.outputs[&key(DEAR)];
    assert!(
        of_event.first_order.as_ref().expect("the design has them")[DEMAND].value.expect("it has one").abs() < 1e-9,
        "{of_event:?}"
    );
}

#[test]
fn shapley_effects_share_what_correlated_inputs_explain() {
    let text = ONE_PERIOD.to_owned()
        + "\n[uncertain_correlation]\npairs = [[\"factor.price.start\", \"organization.lab.burst.premium\", 0.5]]\n";
    let loaded = parse(&text, "case.toml").unwrap_or_else(|failure| panic!("{failure}"));
    let found =
        run(analysis(&loaded, &[Part::Indices]).paths(256).index_points(512)).indices.expect("it was asked for");
    assert_eq!(found.method, "shapley");
    let of = found.outputs[&key(COST)].shapley.as_ref().expect("the design has them");
    let sum: f64 = of.values().map(|effect| effect.value.expect("it has one")).sum();
    assert!((sum - 1.0).abs() < 1e-9, "{of:?}");
    // demand depends on nothing: of a nearly linear function its share is that of its variance alone
    let [start, premium, demand] = factors().map(|(_, mean, variance)| variance / (mean * mean));
    // Spearman's 0.5 is 2·sin(π/12) of the normals
    let rho = 2.0 * (std::f64::consts::PI / 12.0).sin();
    let linear = demand / (start + premium + demand + 2.0 * rho * (start * premium).sqrt());
    let value = of[DEMAND].value.expect("it has one");
    assert!((value - linear).abs() < 0.05, "{value}, not {linear}");
    let of = found.outputs[&key(DEAR)].shapley.as_ref().expect("the design has them");
    assert!(of[START].value > of[PREMIUM].value && of[PREMIUM].value.expect("it has one") > 0.01, "{of:?}");
}

#[test]
fn usual_measures_know_what_matters() {
    let loaded = case();
    let found = run(analysis(&loaded, &[Part::Classic]).paths(25_600)).classic.expect("it was asked for");
    let of = &found[&key(COST)];
    assert!(of.r_squared.expect("it has one") > 0.95, "{of:?}");
    let contributions: f64 = of.inputs.values().map(|of| of.contribution.expect("it has one")).sum();
    assert!((contributions - 1.0).abs() < 1e-12, "{contributions}");
    assert!(of.inputs.values().all(|of| of.rank_correlation.expect("it has one") > 0.3), "{of:?}");
    let of = &found[&key(DEAR)];
    assert!(
        of.inputs[START].rank_correlation.expect("it has one") > 0.95
            && of.inputs[DEMAND].rank_correlation.expect("it has one").abs() < 0.3,
        "{of:?}"
    );
}

#[test]
fn any_number_of_a_file_can_be_an_input() {
    let loaded = case();
    let centre = loaded.clone().at_centre().expect("it is valid");
    let of = SensitivityBuilder::new(&centre.scenario, &centre.template).paths(2560).output(key(COST)).all();
    let found = run(of.parts([Part::Tornado]));
    assert!(found.inputs.contains_key("factor.price.volatility") && found.inputs.contains_key(DEMAND));
    let range = InputRange { key: DEMAND.into(), low: 0.0, high: 3.0 };
    let found = run(SensitivityBuilder::new(&centre.scenario, &centre.template)
        .paths(2560)
        .output(key(COST))
        .range(range)
        .parts([Part::Tornado]));
    let swing = &found.tornado.expect("it was asked for")[0].outputs[&key(COST)];
    let base = found.outputs[&key(COST)].estimate.value.expect("it has a mean");
    let changes = [swing.low, swing.high].map(|of| of.expect("it is valid").value.expect("it has one") / base);
    assert!((changes[0] + 1.0).abs() < 1e-6 && (changes[1] - 1.0).abs() < 1e-6, "{changes:?}");
}

/// A price that moves by shocks and by jumps, which multiply each other.
fn jumping() -> Loaded {
    let jumps = "volatility = 0.4\njumps = { intensity = 0.7, mean = -0.3, sd = 0.2 }";
    let (text, _) = ONE_PERIOD.split_once("[[uncertain]]").expect("there is one");
    let text = text.replace("volatility = 0.4", jumps).replace("start = 9.0", "start = 2.0");
    parse(&text, "case.toml").unwrap_or_else(|failure| panic!("{failure}"))
}

#[test]
fn indices_of_chance_are_those_of_a_product_of_shocks_and_jumps() {
    let loaded = jumping();
    let found = run(analysis(&loaded, &[Part::Chance]).paths(262_144)).chance.expect("it was asked for");
    let [shocks, jumps] = ["factor.price.shocks", "factor.price.jumps"];
    assert!(found.sources.keys().eq([shocks, jumps]), "{:?}", found.sources);
    // mean square over squared mean, of e to the power of a normal and of a compound Poisson sum of normals
    let of_shocks = (VOLATILITY * VOLATILITY).exp();
    let (intensity, mean, sd) = (0.7f64, -0.3f64, 0.2f64);
    let moment = |power: f64| (intensity * (power * mean + 0.5 * (power * sd).powi(2)).exp_m1()).exp();
    let of_jumps = moment(2.0) / moment(1.0).powi(2);
    let variance = of_shocks * of_jumps - 1.0;
    let cost = &found.outputs[&key(COST)];
    let (first, total) =
        (cost.first_order.as_ref().expect("they are there"), cost.total.as_ref().expect("so are they"));
    for (source, own, other) in [(shocks, of_shocks, of_jumps), (jumps, of_jumps, of_shocks)] {
        assert_near(source, &first[source], (own - 1.0) / variance);
        assert_near(source, &total[source], (own - 1.0) * other / variance);
    }
    // of two sources, what one does not explain alone is all that the other has a part in
    let dear = &found.outputs[&key(DEAR)];
    let (first, total) =
        (dear.first_order.as_ref().expect("they are there"), dear.total.as_ref().expect("so are they"));
    for (one, other) in [(shocks, jumps), (jumps, shocks)] {
        let alone = first[one].value.expect("it has a value");
        assert_near(other, &total[other], 1.0 - alone);
        assert!(alone > 0.0 && alone < 1.0, "{alone}");
    }
}
