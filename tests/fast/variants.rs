//! Variants of a scenario file: what they change, and what is said of those that cannot be.

use crate::scenario_messages::clauses::CLAUSES;
use crate::scenario_messages::good::GOOD;
use overhang::plan::Plan;
use overhang::scenario::{Condition, Failure, Loaded, Scenario, Setting, Trigger, parse};

fn with(variant: &str) -> Result<Loaded, Failure> {
    parse(&format!("{GOOD}\n[[variant]]\nname = \"v\"\n{variant}\n"), "case.toml")
}

fn variant(text: &str) -> Scenario {
    let loaded = with(text).unwrap_or_else(|failure| panic!("{failure}"));
    assert_eq!(loaded.variants.len(), 1);
    loaded.variants[0].scenario.clone()
}

/// The scenario that an edit of the text makes.
fn edited(from: &str, to: &str) -> Scenario {
    assert_eq!(GOOD.matches(from).count(), 1, "`{from}` must stand once");
    parse(&GOOD.replace(from, to), "edited.toml").unwrap_or_else(|failure| panic!("{failure}")).scenario
}

fn same(one: &Scenario, other: &Scenario) {
    assert_eq!(Plan::lower(one).double, Plan::lower(other).double);
}

fn first(text: &str, header: &str) -> String {
    let after = text.split(header).nth(1).expect("there is one").split("name = \"").nth(1).expect("it has a name");
    after.split('"').next().expect("it ends").to_string()
}

#[test]
fn a_variant_is_the_scenario_with_its_places_edited() {
    same(&variant("set = { \"horizon.years\" = 6 }"), &edited("years = 8", "years = 6"));
    same(
        &variant("set = { \"factor.h100.jumps.mean\" = -0.5, \"factor.h100.drift\" = -0.1 }"),
        &parse(
            &GOOD.replace("mean = -0.22", "mean = -0.5").replace("drift = [[0, -0.2], [1, -0.1]]", "drift = -0.1"),
            "edited.toml",
        )
        .unwrap_or_else(|failure| panic!("{failure}"))
        .scenario,
    );
    // elements without names go by number, curves' too
    same(
        &variant("set = { \"regimes.intensity[1][3]\" = 0.75, \"factor.spot.forward[2][2]\" = 1.1 }"),
        &parse(
            &GOOD.replace("[\"boom\", \"bust\", 0.25]", "[\"boom\", \"bust\", 0.75]").replace("[3, 1.8]", "[3, 1.1]"),
            "edited.toml",
        )
        .unwrap_or_else(|failure| panic!("{failure}"))
        .scenario,
    );
    same(
        &variant("remove = [\"factor.h100.jumps\"]"),
        &edited("jumps = { intensity = 0.5, mean = -0.22, sd = 0.1 }", ""),
    );
}

#[test]
fn entries_are_added_removed_and_replaced() {
    let (organization, contract) = (first(GOOD, "[[organization]]"), first(GOOD, "[[contract]]"));
    let base = parse(GOOD, "case.toml").unwrap_or_else(|failure| panic!("{failure}")).scenario;
    let new = format!("{{ organization = \"{organization}\", vendor = \"N\", term = 2, capacity = 1.0, rate = 9e9 }}");
    let added = variant(&format!("set = {{ \"contract.new\" = {new}, \"contract.new.take_or_pay\" = 0.25 }}"));
    assert_eq!(added.contracts.len(), base.contracts.len() + 1);
    let last = added.contracts.last().expect("it was added");
    assert_eq!((last.name.as_str(), last.take_or_pay), ("new", 0.25), "whole entries come before what is inside them");
    let removed = variant(&format!("remove = [\"contract.{contract}\"]"));
    assert_eq!(removed.contracts.len(), base.contracts.len() - 1);
    let replaced = variant(&format!("set = {{ \"contract.{contract}\" = {new} }}"));
    assert_eq!(replaced.contracts.len(), base.contracts.len());
    assert_eq!((replaced.contracts[0].name.as_str(), replaced.contracts[0].vendor.as_str()), (contract.as_str(), "N"));
}

#[test]
fn variants_bear_their_name_and_a_hash_of_their_own() {
    let loaded =
        with("label = \"other\"\nset = { \"horizon.years\" = 6 }").unwrap_or_else(|failure| panic!("{failure}"));
    let variant = &loaded.variants[0];
    assert_eq!((variant.name.as_str(), variant.label.as_deref()), ("v", Some("other")));
    assert_eq!(variant.scenario.variant.as_deref(), Some("v"));
    assert_ne!(variant.scenario.hash, loaded.scenario.hash);
    assert_eq!(variant.changes[0].path, "horizon.years");
    assert_eq!(variant.changes[0].value.as_deref(), Some("6"));
    // points of a sweep change a variant further
    let point = variant.template.set(&[("discount.rate", Setting::Number(0.25))], "point 0");
    let point = point.unwrap_or_else(|failure| panic!("{failure}"));
    assert_eq!((point.horizon.years(), point.discount.rate.at(1.0)), (6.0, 0.25));
}

#[test]
fn one_place_is_changed_once_and_numbers_count_the_entries_of_the_file() {
    let contract = first(GOOD, "[[contract]]");
    let twice = format!("set = {{ \"contract.{contract}.take_or_pay\" = 0.5, \"contract[1].take_or_pay\" = 0.6 }}");
    let failure = with(&twice).expect_err("it is the same place");
    assert!(failure.to_string().contains("contract[1].take_or_pay"), "{failure}");
    let names = |scenario: &Scenario| scenario.events.iter().map(|event| event.name.clone()).collect::<Vec<_>>();
    let base = parse(GOOD, "case.toml").unwrap_or_else(|failure| panic!("{failure}")).scenario;
    let all = names(&base);
    assert!(all.len() > 2, "the second removal could otherwise take no third");
    let text = GOOD.split("[bubble]").next().expect("it comes last");
    let removing = format!("{text}\n[[variant]]\nname = \"v\"\nremove = [\"event[1]\", \"event[2]\"]\n");
    let left = parse(&removing, "case.toml").unwrap_or_else(|failure| panic!("{failure}"));
    assert_eq!(names(&left.variants[0].scenario), all[2..]);
}

#[test]
fn what_is_wrong_with_a_variant_is_shown_where_it_stands() {
    let cases = [
        "set = { \"factor.h10.volatility\" = 0.2 }",
        "set = { \"factor.h100.volatility\" = -0.2 }",
        "set = { \"factor.h100.volatilty\" = 0.2 }",
        "set = { \"horizon.step.x\" = 1 }",
        "set = { \"regimes.intensity[9]\" = 1 }",
        "set = { \"regimes.effect.bust.shift\" = 1 }",
        "set = { factor = { h100 = 1 } }",
        "set = { \"contract.new\" = 3 }",
        "set = { \"contract.new\" = { name = \"old\" } }",
        "set = { \"..\" = 3 }",
        "set = 3",
        "remove = [\"event.nothing\"]",
        "remove = [3]",
        "remove = [\"factor.h100\"]",
        "label = \"nothing\"",
        "set = { \"horizon.years\" = 6 }\nextra = 1",
    ];
    let messages = cases.iter().map(|case| {
        let failure = with(case).expect_err(case);
        let lines = GOOD.lines().count();
        // what a removal breaks stands elsewhere, and says whose doing it is
        let told = |found: &overhang::scenario::Diagnostic| found.line > lines || found.title.contains("variant `v`");
        assert!(failure.diagnostics.iter().all(told), "{failure}");
        format!("with `{case}`\n\n{failure}\n")
    });
    insta::assert_snapshot!("messages_variant", messages.collect::<Vec<_>>().join("\n"));
}

#[test]
fn warnings_of_the_file_are_not_repeated_for_its_variants() {
    let text = GOOD.replace("volatility = 0.28", "volatility = 4.0");
    let text = format!("{text}\n[[variant]]\nname = \"v\"\nset = {{ \"horizon.years\" = 6 }}\n");
    let loaded = parse(&text, "case.toml").unwrap_or_else(|failure| panic!("{failure}"));
    let about: Vec<&str> = loaded.warnings.iter().map(|found| found.title.as_str()).collect();
    assert_eq!(about.iter().filter(|title| title.contains("volatility")).count(), 1, "{about:?}");
}

/// Clauses, tranches, vendors and crises are addressed as all else is: lists by name, the tables in them by key.
#[test]
fn clauses_and_what_depends_on_conditions_can_be_changed() {
    let loaded = parse(CLAUSES, "case.toml").unwrap_or_else(|failure| panic!("{failure}"));
    let number = Setting::Number;
    let settings = [
        ("contract.main.review.floor", number(0.5)),
        ("contract.main.reduction.fee[2][2]", number(0.2)),
        ("contract.main.reduction.unless", Setting::Text("idle".into())),
        ("contract.main.extension.rate", number(0.8)),
        ("contract.main.delay.long_stop", number(2.5)),
        ("contract.main.true_up", number(0.5)),
        ("contract.main.make_up", number(0.25)),
        ("contract.side.resale.limit", number(0.75)),
        ("delays.correlation", number(0.125)),
        ("organization.alpha.workout.hazard", number(1.5)),
        ("tranche.round.amount", number(7e9)),
        ("tranche.round.intensity.bust", number(0.125)),
        ("vendor.Oracle.capital", number(5e9)),
        ("vendor.Oracle.relet.share", number(0.375)),
        ("vendor.Oracle.stakes[1].loss", number(0.625)),
        ("crisis.hazard", number(0.0625)),
    ];
    let set = loaded.template.set(&settings, "point 1").unwrap_or_else(|failure| panic!("{failure}"));
    let main = &set.contracts[0];
    assert_eq!(main.review.as_ref().map(|review| review.floor), Some(0.5));
    let reduction = main.reduction.as_ref().expect("it is there");
    assert_eq!(reduction.fee.at(4.0), 0.2);
    assert_eq!(reduction.condition, Condition::Unless(Trigger::Event { event: 3, organization: 0 }));
    assert_eq!(main.extension.as_ref().map(|extension| extension.rate), Some(0.8));
    assert_eq!(main.delay.as_ref().and_then(|delay| delay.long_stop), Some(2.5));
    assert_eq!((main.true_up, main.make_up), (Some(0.5), 0.25));
    assert_eq!(set.contracts[1].resale.as_ref().map(|resale| resale.limit), Some(0.75));
    assert_eq!(set.delay_correlation, 0.125);
    assert_eq!(set.organizations[0].workout.as_ref().map(|workout| workout.hazard), Some(1.5));
    assert_eq!((set.tranches[0].amount, &set.tranches[0].intensity), (7e9, &Some(vec![0.6, 0.125])));
    let vendor = &set.vendors[0];
    assert_eq!((vendor.capital, vendor.relet.as_ref().map(|relet| relet.share)), (Some(5e9), Some(0.375)));
    assert_eq!(vendor.stakes[0].loss, 0.625);
    assert_eq!(set.crisis.as_ref().map(|crisis| crisis.hazard), Some(0.0625));

    let removed =
        "remove = [\"tranche.round\", \"contract.main.reduction\", \"crisis.fund\", \"vendor.Oracle.stakes[1]\"]";
    let added = "set = { \"tranche.bridge\" = { organization = \"alpha\", at = 1, amount = 1e9, when = \"broke\" } }";
    let text = format!("{CLAUSES}\n[[variant]]\nname = \"v\"\n{removed}\n{added}\n");
    let loaded = parse(&text, "case.toml").unwrap_or_else(|failure| panic!("{failure}"));
    let scenario = &loaded.variants[0].scenario;
    assert_eq!(scenario.tranches.iter().map(|tranche| tranche.name.as_str()).collect::<Vec<_>>(), ["bridge"]);
    assert!(scenario.contracts[0].reduction.is_none() && scenario.vendors[0].stakes.is_empty());
    assert_eq!(scenario.crisis.as_ref().map(|crisis| crisis.fund), Some(1.0));
    // lists that the file lacks
    let tranche = "\"tranche.bridge\" = { organization = \"openai\", at = 1, amount = 1e9, vendor = \"AWS\" }";
    let scenario = variant(&format!("set = {{ {tranche}, \"vendor.AWS\" = {{ intensity = 0.1 }} }}"));
    assert_eq!((scenario.tranches[0].amount, scenario.tranches[0].vendor), (1e9, Some(0)));
    assert_eq!((scenario.vendors[0].name.as_str(), scenario.vendors[0].intensity), ("AWS", 0.1));
    let unknown = loaded.template.set(&[("tranche.rund.amount", number(1.0))], "point 1").expect_err("there is none");
    assert_eq!(unknown.diagnostics[0].hint, "did you mean `round`?");
    let unknown = loaded.template.set(&[("vendor.Oracel.capital", number(1.0))], "point 1").expect_err("there is none");
    assert_eq!(unknown.diagnostics[0].hint, "did you mean `Oracle`?");
}
