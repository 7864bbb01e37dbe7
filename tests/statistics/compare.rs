//! Comparisons: differences whose truth is known, variance reduction, and the command.

use std::process::{Command, Output};

use overhang::engine::cpu::CpuEngine;
use overhang::engine::{Instructions, Precision, Sampling, prepare};
use overhang::measure::{Difference, difference};
use overhang::result::{self, EstimateRequest, Key};
use overhang::run::compare::{self, Case, Comparison};
use overhang::scenario::{Loaded, load, parse};
use overhang::tally::{SampleDesign, Tally};
use statrs::distribution::{ContinuousCDF, Normal};

/// A single yearly period in which demand is bought at a lognormal price, and what changes of it.
const ONE_PERIOD: &str = "schema = 1\nname = \"case\"\ncurrency = \"USD\"\ncapacity_unit = \"GW\"\n\
    [horizon]\nstart = 2026-01-01\nyears = 1\nstep = \"year\"\n[discount]\nrate = 0.0\n\
    [[factor]]\nname = \"use\"\nprocess = \"table\"\nvalues = [[0, 1.0]]\n\
    [[factor]]\nname = \"price\"\nprocess = \"gbm\"\nstart = 2.0\ndrift = 0.1\nvolatility = 0.4\n\
    [[organization]]\nname = \"lab\"\nutilization = \"use\"\ndemand = 1.5\n\
    burst = { price = \"price\", scale = 4e9, premium = 0.25 }\n\
    [[event]]\nname = \"dear\"\nmetric = \"factor\"\nfactor = \"price\"\nabove = 3.0\n\
    [[variant]]\nname = \"premium\"\nset = { \"organization.lab.burst.premium\" = 0.4 }\n\
    [[variant]]\nname = \"wild\"\nset = { \"factor.price.volatility\" = 0.5 }\n";

fn cases(loaded: &Loaded) -> Vec<Case> {
    let base = ("base".to_string(), loaded.scenario.clone());
    let variants = loaded.variants.iter().map(|variant| (variant.name.clone(), variant.scenario.clone()));
    let all = [base].into_iter().chain(variants);
    all.map(|(name, scenario)| Case { plan: prepare(&scenario), name, scenario }).collect()
}

fn sampling(seed: u64, paths: u64) -> result::Sampling {
    result::Sampling {
        seed,
        replicate: 0,
        paths,
        sampling: "independent".into(),
        trajectories: None,
        backend: "cpu".into(),
        precision: "f32".into(),
        ..result::Sampling::default()
    }
}

fn compared(cases: &[Case], seed: u64, paths: u64) -> Comparison {
    let engine = CpuEngine::new(None, Instructions::best(), Precision::Single, Sampling::Device).expect("threads");
    let asked = EstimateRequest { levels: vec![0.95], quantiles: vec![0.5, 0.9] };
    let found = compare::run(&engine, cases, &sampling(seed, paths), 64, &asked, &|_| true).expect("no faults");
    found.expect("it was not stopped")
}

fn difference_at(found: &Comparison, case: usize, place: &str) -> Difference {
    let key: Key = place.parse().expect("it is the place of a statistic");
    difference(found.design(), &found.by_batch[0][&key], &found.by_batch[case][&key])
}

/// Mean, median, 90% quantile and 95% shortfall of cost·X with ln X normal around ln(2) + 0.1 − σ²/2.
fn truths(cost: f64, volatility: f64) -> [f64; 5] {
    let normal = Normal::standard();
    let median = 2.0 * (0.1 - volatility * volatility / 2.0_f64).exp();
    let quantile = |p: f64| median * (volatility * normal.inverse_cdf(p)).exp();
    let mean = 2.0 * 0.1_f64.exp();
    let shortfall = mean * normal.cdf(volatility - normal.inverse_cdf(0.95)) / 0.05;
    let dear = normal.sf((3.0 / median).ln() / volatility);
    [cost * mean, cost * quantile(0.5), cost * quantile(0.9), cost * shortfall, dear]
}

#[test]
fn intervals_of_differences_cover_their_truth_as_often_as_they_say() {
    const SEEDS: u64 = 200;
    let places = [
        "figures.lab.burst_cost.mean",
        "figures.lab.burst_cost.quantiles.0.5.value",
        "figures.lab.burst_cost.quantiles.0.9.value",
        "figures.lab.burst_cost.shortfall.0.95.value",
        "events.lab.dear.probability",
    ];
    let cases = cases(&parse(ONE_PERIOD, "case.toml").unwrap_or_else(|failure| panic!("{failure}")));
    let truth = [truths(7.5e9, 0.4), truths(8.4e9, 0.4), truths(7.5e9, 0.5)];
    let mut covered = [[0; 5]; 2];
    for seed in 0..SEEDS {
        let found = compared(&cases, seed, 64 * 256);
        for (case, covered) in covered.iter_mut().enumerate() {
            for (k, place) in places.iter().enumerate() {
                let found = difference_at(&found, case + 1, place);
                let truth = truth[case + 1][k] - truth[0][k];
                // the two variants' bins are 2⁻¹¹ of a deviation wide, and what f32 loses
                let slack = if k < 4 { 4e-7 * 1.5e10 + if k == 0 { 0.0 } else { 2f64.powi(-12) * 6e9 } } else { 0.0 };
                let (low, high) = (found.low.unwrap() - slack, found.high.unwrap() + slack);
                covered[k] += u64::from(low <= truth && truth <= high);
            }
        }
    }
    for (case, covered) in covered.iter().enumerate() {
        for (place, covered) in places.iter().zip(covered) {
            let share = *covered as f64 / SEEDS as f64;
            println!("variant {case}, {place}: covered {share}");
            // four standard errors of a share of 0.95, √(0.95·0.05/200) = 0.0154; the slack covers more than asked for
            assert!(share > 0.95 - 0.0616, "variant {case}, {place}: covered {share}");
        }
    }
    // an event of the price alone is no difference of the premium
    assert_eq!(covered[0][4], SEEDS);
    assert!(covered[1][0] < SEEDS, "intervals that always cover are too wide");
}

#[test]
fn common_random_numbers_divide_the_variance_on_a_real_scenario() {
    let text = std::fs::read_to_string("scenarios/openai.toml").expect("it is there");
    let text = text + "\n[[variant]]\nname = \"other\"\nset = { \"contract.azure.take_or_pay\" = 0.5 }\n";
    let cases = cases(&parse(&text, "openai.toml").unwrap_or_else(|failure| panic!("{failure}")));
    let found = compared(&cases, 1, 64 * 1024);
    for place in [
        "figures.system.commitment_cost.mean",
        "figures.system.net_value.mean",
        "figures.openai.min_cash.shortfall.0.95.value",
        "bubble.system.probability",
    ] {
        let found = difference_at(&found, 1, place);
        let reduction = found.variance_reduction.expect("there is a variance");
        println!("{place}: {:?} ± {:?}, variance divided by {reduction:.1}", found.value, found.se);
        assert!(reduction > 5.0, "{place}: {reduction}");
    }
    let plain = CpuEngine::new(None, Instructions::best(), Precision::Single, Sampling::Device).expect("threads");
    let draws = overhang::engine::Draws { seed: 1, replicate: 0 };
    for (case, tally) in cases.iter().zip(&found.tallies) {
        use overhang::engine::Engine as _;
        // the same paths, which the comparison has in batches
        assert_eq!(tally.design.parts(), 64);
        let whole = Tally { design: SampleDesign::Independent, ..tally.clone() };
        assert!(plain.tally(&case.plan, draws, 0..64 * 1024, &|_| true).expect("no faults") == whole, "{}", case.name);
    }
}

#[test]
fn planned_demand_that_differs_is_told() {
    let [one, other] = ["openai", "openai-balanced"].map(|name| {
        let scenario = load(format!("scenarios/{name}.toml").as_ref()).expect("it is good").scenario;
        Case { name: name.into(), plan: prepare(&scenario), scenario }
    });
    assert!(compare::different_plans(&one, &one).is_empty());
    let planned = |case: &Case| {
        let text = format!("scenarios/{}.toml", case.name);
        let text = std::fs::read_to_string(text).expect("it is there");
        let start = text.find("\ndemand = ").expect("it has a demand") + 1;
        let end = start + text[start..].find('\n').expect("more follows");
        let text = format!("{}demand = \"planned\"{}", &text[..start], &text[end..]);
        let scenario = parse(&text, "planned.toml").unwrap_or_else(|failure| panic!("{failure}")).scenario;
        Case { name: case.name.clone(), plan: prepare(&scenario), scenario }
    };
    assert_eq!(compare::different_plans(&planned(&one), &planned(&other)), ["openai"]);
    assert!(compare::different_plans(&one, &planned(&other)).is_empty());
}

fn overhang(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_overhang"));
    command.args(arguments).args(["--backend", "cpu"]).output().expect("the binary starts")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("output is UTF-8")
}

#[test]
fn the_command_compares_variants_and_files_and_judges() {
    let place = tempfile::tempdir().expect("there is room");
    let file = place.path().join("case.toml");
    std::fs::write(&file, ONE_PERIOD).expect("it can be written");
    let file = file.to_str().expect("UTF-8");
    let output = overhang(&["compare", file, "--paths", "20000"]);
    let table = text(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    for expected in [
        "What differs from case:",
        "organization.lab.burst.premium: 0.25 → 0.4",
        "premium",
        "wild",
        "± se",
        "lab / dear",
        "64 batches",
    ] {
        assert!(table.contains(expected), "no `{expected}` in\n{table}");
    }
    assert!(table.lines().all(|line| line.chars().count() <= 110), "{table}");

    let json = |arguments: &[&str]| -> serde_json::Value {
        let output = overhang(&[&["compare"], arguments, &["--paths", "5000", "--format", "json"]].concat());
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        serde_json::from_slice(&output.stdout).expect("it is JSON")
    };
    let few = overhang(&["compare", file, "--paths", "300", "--quiet"]);
    assert!(text(&few.stdout).contains("2 batches"), "{}", text(&few.stdout));
    let twice = json(&[file, file]);
    let names: Vec<&String> = twice["scenarios"].as_object().expect("a table").keys().collect();
    assert_eq!(names, ["case (1)", "case (2)"]);
    let found = json(&[file, "--variants", "wild"]);
    assert_eq!(
        found["differences"].as_object().map(|all| all.keys().cloned().collect()),
        Some(vec!["wild".to_string()])
    );
    assert_eq!(found["scenarios"]["wild"]["result"]["provenance"]["variant"], "wild");
    let schema: serde_json::Value = serde_json::from_str(&result::comparison_schema()).expect("it is JSON");
    let validator = jsonschema::draft202012::new(&schema).expect("it is a schema");
    let faults: Vec<String> = validator.iter_errors(&found).map(|fault| fault.to_string()).collect();
    assert!(faults.is_empty(), "{faults:?}");
    let alone = overhang(&["run", file, "--variant", "wild", "--paths", "5000", "--format", "json"]);
    let alone: serde_json::Value = serde_json::from_slice(&alone.stdout).expect("it is JSON");
    let compared = &found["scenarios"]["wild"]["result"];
    assert_eq!(alone["provenance"]["scenario_hash"], compared["provenance"]["scenario_hash"]);
    for part in ["mean", "se", "histogram"] {
        assert_eq!(alone["figures"]["lab"]["burst_cost"][part], compared["figures"]["lab"]["burst_cost"][part]);
    }
    let files = json(&["scenarios/openai.toml", "scenarios/openai-balanced.toml"]);
    let cost = &files["differences"]["openai-balanced"]["figures.openai.commitment_cost.mean"];
    assert!(cost["value"].as_f64().expect("a number") < -1e10 && cost["real"] == true, "{cost}");

    let differs = files["scenarios"]["openai-balanced"]["differs"].as_array().expect("a list");
    let change = |place: &str, follows: bool| {
        let found = differs.iter().find(|change| change["place"] == place && change["follows"] == follows);
        found.unwrap_or_else(|| panic!("no {place} in {differs:?}"))["value"].as_str()
    };
    assert_eq!(change("contract.amd", false), None, "it is removed");
    // a rate is written instead, from which the total follows
    assert_eq!(change("contract.azure.commitment", false), None);
    assert_eq!(change("contract.azure.commitment", true), Some("$131.1bn"));
    assert_eq!(twice["scenarios"]["case (2)"]["differs"], serde_json::json!([]));

    let judged = |condition: &str| {
        overhang(&["compare", file, "--paths", "5000", "--fail-if", condition]).status.code().expect("it ends")
    };
    assert_eq!(judged("differences.premium.figures.lab.burst_cost.mean.low > 0"), 3);
    assert_eq!(judged("differences.premium.figures.lab.burst_cost.mean.high < 0"), 0);
    assert_eq!(judged("differences.premium.figures.lab.burst_cost.mode > 0"), 2);
}

#[test]
fn what_cannot_be_compared_is_refused() {
    let place = tempfile::tempdir().expect("there is room");
    let write = |name: &str, text: &str| {
        let file = place.path().join(name);
        std::fs::write(&file, text).expect("it can be written");
        file.to_str().expect("UTF-8").to_string()
    };
    let (file, other) = (write("a.toml", ONE_PERIOD), write("b.toml", &ONE_PERIOD.replace("USD", "EUR")));
    for (arguments, message) in [
        (vec!["compare", "scenarios/aws-38b.toml"], "has no [[variant]]"),
        (vec!["compare", &file, "--variants", "wilt"], "no variant `wilt`"),
        (vec!["compare", &file, &other], "uses USD and GW, but"),
        (vec!["compare", &file, "nowhere.toml"], "cannot read the file"),
        (vec!["run", &file, "--variant", "wilt"], "no variant `wilt`"),
    ] {
        let output = overhang(&arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(text(&output.stderr).contains(message), "{}", text(&output.stderr));
    }
}

/// A variant that shortens a term keeps the commitment, and so makes the contract dearer.
#[test]
fn what_follows_from_a_variant_is_shown_by_check_and_compare() {
    let place = tempfile::tempdir().expect("there is room");
    let file = place.path().join("deal.toml");
    let variants = "[[variant]]\nname = \"short\"\nset = { \"contract.aws.term\" = 3.5 }\n\
                    [[variant]]\nname = \"poor\"\nset = { \"organization.openai.cash.opening\" = 2e9 }\n";
    let scenario = std::fs::read_to_string("scenarios/aws-38b.toml").expect("it is there");
    std::fs::write(&file, format!("{scenario}\n{variants}")).expect("it can be written");
    let file = file.to_str().expect("UTF-8");
    let check = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_overhang")).args(["check", file]).args(arguments).output();
        output.expect("the binary starts")
    };
    let all = text(&check(&["--all-variants"]).stdout);
    let compared = text(&overhang(&["compare", file, "--paths", "1000"]).stdout);
    for shown in [&all, &compared] {
        for expected in [
            "contract.aws.term: 7.0 → 3.5",
            "contract.aws.rate: $11.68bn/GW-yr → $25.26bn/GW-yr *",
            "organization.openai.cash.opening: 7.3e9 → 2e9",
            " * Follows from a change to another key.",
        ] {
            assert!(shown.contains(expected), "no `{expected}` in\n{shown}");
        }
    }
    let rows: Vec<Vec<&str>> = all.lines().map(|line| line.split_whitespace().collect()).collect();
    for expected in [
        vec!["aws", "(base)", "11.68", "38.00", "36.86"],
        vec!["short", "25.26", "*", "38.00", "36.86"],
        vec!["poor", "11.68", "38.00", "36.86"],
    ] {
        assert!(rows.contains(&expected), "no {expected:?} in\n{all}");
    }
    let one: serde_json::Value =
        serde_json::from_slice(&check(&["--variant", "short", "--format", "json"]).stdout).expect("JSON");
    let variants = one[0]["variants"].as_object().expect("a table");
    assert_eq!(variants.keys().collect::<Vec<_>>(), ["short"]);
    let follows: Vec<_> =
        variants["short"]["differs"].as_array().expect("a list").iter().map(|c| &c["follows"]).collect();
    assert_eq!(follows, [false, true, true], "the term, then the rate and the planned demand");
    let unknown = check(&["--variant", "shrot"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(text(&unknown.stderr).contains("no variant `shrot`"));
}
