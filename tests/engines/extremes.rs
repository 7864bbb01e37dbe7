//! Extreme but valid scenarios: finite figures, or paths that are counted as invalid, on both engines alike.

use std::fmt::Write as _;

use overhang::engine::cpu::CpuEngine;
use overhang::engine::{Draws, Engine, Instructions, PathValues, Precision, Sampling, prepare};
use overhang::plan::Plan;

const PATHS: u64 = 1024;

/// A scenario of one organization and contract, with edits.
fn small(edits: &[(&str, &str)]) -> String {
    let mut text = include_str!("../../docs/examples/start.toml").to_string();
    for (from, to) in edits {
        assert_eq!(text.matches(from).count(), 1, "`{from}` must stand once");
        text = text.replace(from, to);
    }
    text
}

/// As much of everything as a scenario may have.
fn largest() -> String {
    let mut text = String::from(
        "schema = 1\nname = \"Everything\"\ncurrency = \"USD\"\ncapacity_unit = \"GW\"\n[horizon]\nstart = 2027-01-01\n\
         years = 3\nstep = \"quarter\"\n[discount]\nrate = 0.1\n",
    );
    for i in 0..32 {
        let process = match i % 3 {
            0 => {
                "process = \"gbm\"\nstart = 1.0\ndrift = -0.05\nvolatility = 0.3\n\
                  jumps = { intensity = 2, mean = -0.1, sd = 0.1 }"
            }
            1 => "process = \"logit_ou\"\nlevel = 0.8\nreversion = 1.5\nvolatility = 0.4",
            _ => "process = \"ou\"\nlevel = 1.2\nreversion = 1.0\nvolatility = 0.3",
        };
        writeln!(text, "[[factor]]\nname = \"f{i}\"\n{process}").unwrap();
    }
    text += "[correlation]\npairs = [";
    (1..32).for_each(|i| write!(text, "[\"f0\", \"f{i}\", 0.1], ").unwrap());
    text += "]\n[regimes]\nstart = \"s0\"\nstates = [";
    (0..16).for_each(|i| write!(text, "\"s{i}\", ").unwrap());
    text += "]\nintensity = [";
    (0..16).for_each(|i| write!(text, "[\"s{i}\", \"s{}\", 0.5], ", (i + 1) % 16).unwrap());
    text += "]\n";
    for i in 0..16 {
        let factor = 3 * (i % 10) + 1;
        writeln!(text, "[[regimes.effect]]\nstate = \"s{i}\"\nfactor = \"f{factor}\"\nshift = -0.2\non_entry = -0.1")
            .unwrap();
    }
    for o in 0..16 {
        let merit = if o % 2 == 0 { "merit" } else { "priority" };
        writeln!(
            text,
            "[[organization]]\nname = \"o{o}\"\nutilization = \"f{}\"\ndemand = \"planned\"\nperformance_return = \"f2\"\n\
             diminishing = {{ exponent = 0.3, reference = 2 }}\nburst = {{ price = \"f0\" }}\ndispatch = \"{merit}\"\n\
             cash = {{ opening = 1, opex = 0.1 }}",
            3 * (o % 10) + 1
        )
        .unwrap();
    }
    for c in 0..64 {
        let rate = if c % 4 == 0 { "{ index = \"f3\", discount = 0.1, reset = 0.5 }" } else { "1.0" };
        writeln!(
            text,
            "[[contract]]\nname = \"c{c}\"\norganization = \"o{}\"\nvendor = \"v{}\"\nterm = 4\ncapacity = 0.5\n\
             take_or_pay = 0.8\nrate = {rate}",
            c % 16,
            c % 8
        )
        .unwrap();
    }
    let metrics = ["cash", "coverage", "utilization", "stranded_share"];
    for (e, metric) in metrics.iter().enumerate() {
        let bound = if *metric == "stranded_share" { "above = 0.3" } else { "below = 0.5" };
        writeln!(text, "[[event]]\nname = \"e{e}\"\nmetric = \"{metric}\"\n{bound}\nduration = 0.5").unwrap();
    }
    text + "[bubble]\nany = [\"e0\", \"e1\"]\norganizations = 8\n"
}

fn scenarios() -> Vec<(&'static str, String)> {
    let contract = "commitment = 45e9 ";
    vec![
        ("volatility of 5 a year", small(&[("volatility = 0.30", "volatility = 5.0")])),
        ("a mean-reverting factor with a volatility of 5", small(&[("volatility = 0.3\n", "volatility = 5.0\n")])),
        ("fifty jumps a year", small(&[("intensity = 0.5", "intensity = 50")])),
        ("rates of a billionth", small(&[(contract, "rate = 1e-9 #")])),
        ("rates of 10¹⁵", small(&[(contract, "rate = 1e15 #")])),
        ("twenty years of weeks", small(&[("years = 5", "years = 20"), ("step = \"month\"", "step = \"week\"")])),
        (
            "one period",
            small(&[
                ("years = 5", "years = 1"),
                ("step = \"month\"", "step = \"year\""),
                ("after = 1", "after = 0"),
                ("duration = 0.5", "duration = 0"),
            ]),
        ),
        ("hardly any capacity", small(&[("[[0, 0.3], [1, 1.0]]", "[[0, 1e-9], [1, 1e-9]]")])),
        ("a factor that hardly moves", small(&[("volatility = 0.5 ", "volatility = 0 ")])),
        ("reversion within hours", small(&[("reversion = 2.0", "reversion = 1000")])),
        (
            "returns that diminish at once",
            small(&[("exponent = 0.2, reference = 2.0", "exponent = 5, reference = 1e-9")]),
        ),
        ("as much of everything as there may be", largest()),
    ]
}

fn plan(text: &str) -> Plan {
    // what stands as a variant in the file is not what is looked at
    let text = text.split("\n[[variant]]").next().unwrap_or_default();
    let loaded = overhang::scenario::parse(text, "extreme.toml").unwrap_or_else(|failure| panic!("{failure}"));
    prepare(&loaded.scenario)
}

fn values(engine: &dyn Engine, plan: &Plan) -> PathValues {
    engine.values(plan, Draws { seed: 3, replicate: 0 }, 0..PATHS).expect("it runs")
}

/// Paths on which a figure differs by more than 10⁻⁴ of the larger of its size and its deviation, or is a number in one
/// and not in the other. Ten times what holds for ordinary scenarios, since logarithms here are ten times as large.
fn different(plan: &Plan, one: &PathValues, other: &PathValues) -> u64 {
    let count = PATHS as usize;
    let differs = |path: usize| {
        (0..plan.sizes.slots()).any(|slot| {
            let row = &one.figures[slot * count..][..count];
            let finite = row.iter().filter(|x| x.is_finite());
            let mean = finite.clone().sum::<f64>() / count as f64;
            let deviation = (finite.map(|x| (x - mean).powi(2)).sum::<f64>() / count as f64).sqrt();
            let (a, b) = (row[path], other.figures[slot * count + path]);
            let same = if a.is_finite() && b.is_finite() {
                (a - b).abs() <= (1e-4 * a.abs().max(deviation)).max(1e-20)
            } else {
                a.is_finite() == b.is_finite()
            };
            !same
        })
    };
    (0..count).filter(|&path| differs(path)).count() as u64
}

#[test]
fn extremes_are_finite_and_single_precision_agrees_with_double() {
    let cpu = |precision| CpuEngine::new(None, Instructions::best(), precision, Sampling::Device).expect("threads");
    for (name, text) in scenarios() {
        let plan = plan(&text);
        let (single, double) = (cpu(Precision::Single), cpu(Precision::Double));
        let tally = single.tally(&plan, Draws { seed: 3, replicate: 0 }, 0..PATHS, &|_| true).expect("it runs");
        assert_eq!((tally.paths, tally.invalid.count), (PATHS, 0), "{name}");
        // a threshold may fall between two roundings
        let bad = different(&plan, &values(&single, &plan), &values(&double, &plan));
        println!("{name}: {bad} of {PATHS} paths differ");
        assert!(bad * 50 <= PATHS, "{name}: {bad} of {PATHS} paths differ");
    }
}

#[test]
fn extremes_are_the_same_on_a_gpu() {
    let cpu = CpuEngine::new(None, Instructions::best(), Precision::Single, Sampling::Device).expect("threads");
    for (adapter, gpu) in crate::adapters::gpus(Sampling::Device) {
        for (name, text) in scenarios() {
            let plan = plan(&text);
            let started = std::time::Instant::now();
            let tally = gpu.tally(&plan, Draws { seed: 3, replicate: 0 }, 0..PATHS, &|_| true).expect("it runs");
            assert_eq!((tally.paths, tally.invalid.count), (PATHS, 0), "{name} on {adapter}");
            let bad = different(&plan, &values(&cpu, &plan), &values(&gpu, &plan));
            println!("{name} on {adapter}: {bad} of {PATHS} paths differ, {:.1?}", started.elapsed());
            assert!(bad * 100 <= PATHS, "{name} on {adapter}: {bad} of {PATHS} paths differ");
        }
    }
}
