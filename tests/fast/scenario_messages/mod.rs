//! What the reader of scenario files accepts, and what it says about what it does not.

pub mod clauses;
mod faults;
pub mod good;
mod part_two;
mod reference;
mod uncertain;

use std::path::Path;

use crate::toml_json::json;
use faults::*;
use good::GOOD;
use overhang::scenario::{
    BubbleRule, Curve, Dispatch, Failure, Loaded, Process, Rate, Severity, UNLIMITED, load, parse,
};

const FILE: &str = "case.toml";

fn failure(text: &str) -> Failure {
    match parse(text, FILE) {
        Ok(_) => panic!("accepted:\n{text}"),
        Err(failure) => failure,
    }
}

fn loaded(text: &str) -> Loaded {
    parse(text, FILE).unwrap_or_else(|failure| panic!("{failure}"))
}

fn edited(from: &str, to: &str) -> String {
    assert_eq!(GOOD.matches(from).count(), 1, "`{from}` must stand once in the good scenario");
    GOOD.replace(from, to)
}

/// Checks that every fault is found where it is, described as expected, and that nothing else is reported; and that the
/// whole messages are those of tests/snapshots. `INSTA_UPDATE=always` writes them anew, to be looked at.
fn check(group: &str, cases: &[Case]) {
    let wrong: Vec<String> = cases.iter().filter_map(|case| check_one(case).err()).collect();
    assert!(wrong.is_empty(), "{} of {} cases:\n\n{}", wrong.len(), cases.len(), wrong.join("\n\n"));
    let messages = cases.iter().map(|&(from, to, ..)| {
        let removed = if to.is_empty() { format!("without `{from}`") } else { format!("with `{to}`") };
        format!("{removed}\n\n{}\n", failure(&edited(from, to)))
    });
    insta::assert_snapshot!(format!("messages_{group}"), messages.collect::<Vec<_>>().join("\n"));
}

fn check_one(case: &Case) -> Result<(), String> {
    let (from, to, at, key, title, label, hint) = *case;
    let text = edited(from, to);
    let failure = failure(&text);
    let rendered = failure.to_string();
    let expect = |holds: bool, what: &str| {
        if holds { Ok(()) } else { Err(format!("{what} for the edit `{to}`:\n{rendered}")) }
    };
    expect(failure.diagnostics.len() == 1, "more than one message")?;
    let found = &failure.diagnostics[0];
    let span = found.span.clone().ok_or("no span")?;
    let line = text[..span.start].matches('\n').count() + 1;
    expect(found.severity == Severity::Error, "no error")?;
    expect(found.title == title, "another title")?;
    expect(found.key == key, "another key")?;
    expect(found.label.contains(label), "another label")?;
    expect(found.hint.contains(hint), "another hint")?;
    expect(text[span.clone()].starts_with(at), "another place")?;
    expect(found.line == line, "another line")?;
    expect(rendered.contains(&format!("error: {title}\n")), "title not drawn")?;
    expect(rendered.contains(&format!("--> {FILE}:{line}:")), "place not drawn")?;
    expect(rendered.contains(&format!("^ {}\n", found.label)), "label not drawn")?;
    expect(rendered.contains(&format!("hint: {}", found.hint)), "hint not drawn")?;
    expect(key.is_empty() || rendered.contains(&format!("key: {key}\n")), "key not drawn")
}

#[test]
fn the_good_scenario_is_good() {
    let loaded = loaded(GOOD);
    assert_eq!(loaded.render(false), "");
    assert_eq!(loaded.scenario.horizon.periods, 96);
}

#[test]
fn faults_of_the_file_are_named() {
    check("file", FILE_CASES);
}

#[test]
fn faults_of_factors_are_named() {
    check("factor", FACTOR_CASES);
}

#[test]
fn faults_of_organizations_are_named() {
    check("organization", ORGANIZATION_CASES);
}

#[test]
fn faults_of_contracts_are_named() {
    check("contract", CONTRACT_CASES);
}

#[test]
fn faults_of_events_and_bubbles_are_named() {
    check("event", EVENT_CASES);
}

#[test]
fn faults_of_syntax_are_named() {
    check("syntax", SYNTAX_CASES);
}

/// The good scenario as JSON.
fn good_json() -> String {
    let table: toml::Table = GOOD.parse().expect("it is TOML");
    format!("{:#}\n", json(&toml::Value::Table(table)))
}

#[test]
fn json_says_the_same_as_toml() {
    let (from_toml, from_json) =
        (loaded(GOOD).scenario, parse(&good_json(), "case.json").expect("it is good").scenario);
    let without_hash = |scenario: &overhang::scenario::Scenario| {
        let mut scenario = scenario.clone();
        scenario.hash.clear();
        format!("{scenario:?}")
    };
    assert_eq!(without_hash(&from_json), without_hash(&from_toml));
    let named = good_json().replacen('{', "{ \"$schema\": \"./scenario.schema.json\",", 1);
    assert!(parse(&named, "case.JSON").is_ok());
}

#[test]
fn faults_of_json_are_named() {
    let good = good_json();
    let edits: &[(&str, &str)] = &[
        ("\"schema\": 1", "\"schema\": \"1\""),
        ("\"schema\": 1", "\"schema\": null"),
        ("\"schema\": 1", "\"schema\": 1 \"x\": 2"),
        ("\"schema\": 1", "\"schema\": 1,,"),
        ("\"schema\": 1", "\"schema\": 1, \"schema\": 1"),
        ("\"schema\": 1", "// comment\n\"schema\": 1"),
        ("\"schema\": 1", "'schema': 1"),
        ("\"schema\": 1", "schema: 1"),
        ("\"schema\": 1", "\"schema\": +1"),
        ("\"schema\": 1", "\"schema\": 0x1"),
        ("\"start\": \"2026-01-01\"", "\"start\": \"2026-02-30\""),
        ("\"start\": \"2026-01-01\"", "\"start\": \"new year\""),
        ("\"start\": \"2026-01-01\"", "\"start\": 2026"),
        ("\"years\": 8", "\"yeras\": 8"),
        ("\"years\": 8", "\"years\": NaN"),
        ("\"years\": 8", "\"years\": true"),
        ("\"name\": \"Base\"", "\"name\": \"Base"),
        ("\"name\": \"Base\"", "\"name\": \"\\u202eesaB\""),
    ];
    let mut texts: Vec<(String, String)> = Vec::new();
    for (from, to) in edits {
        assert_eq!(good.matches(from).count(), 1, "`{from}` must stand once in the good scenario");
        texts.push((to.to_string(), good.replace(from, to)));
    }
    for text in ["", "[]", "null", "{", "{}", "3", "{\"schema\": 1}}", "\u{feff}{}"] {
        texts.push((text.escape_debug().to_string(), text.to_owned()));
    }
    texts.push(("deep".into(), format!("{{\"a\": {}1{}}}", "[".repeat(100_000), "]".repeat(100_000))));
    texts.push(("a factor that is no list".into(), good.replacen("\"factor\": [", "\"factor\": 1, \"f\": [", 1)));
    let messages = texts.iter().map(|(edit, text)| {
        let failure = parse(text, "case.json").expect_err(edit);
        assert!(!failure.to_string().contains(['\u{202e}', '\u{feff}', '\u{1b}']));
        format!("with `{edit}`\n\n{failure}\n")
    });
    insta::assert_snapshot!("messages_json", messages.collect::<Vec<_>>().join("\n"));
}

#[test]
fn all_errors_of_a_file_are_reported_at_once() {
    let text = GOOD
        .replace("years = 8\n", "years = -8\n")
        .replace("volatility = 0.28", "volatlity = 0.28")
        .replace("demand = 2", "demand = \"two\"")
        .replace(
            "organization = \"openai\"\nvendor = \"CoreWeave\"",
            "organization = \"opnai\"\nvendor = \"CoreWeave\"",
        )
        .replace("below = 0.0", "below = \"0\"");
    let failure = failure(&text);
    let titles: Vec<&str> = failure.diagnostics.iter().map(|found| found.title.as_str()).collect();
    let expected = [
        "`years` is -8, below its range",
        "`volatility` is missing",
        "unknown key `volatlity`",
        "`demand` is \"two\", which does not exist",
        "`organization` names the unknown organization `opnai`",
        "`below` is text, not a number or a curve",
    ];
    assert_eq!(titles, expected, "in the order of the file");
    let rendered = failure.render(false);
    assert!(expected.iter().all(|title| rendered.contains(title)), "{rendered}");
    assert!(!rendered.contains('\u{1b}'), "no colours");
    assert!(failure.render(true).contains('\u{1b}'), "colours");
}

#[test]
fn errors_of_syntax_do_not_hide_others() {
    let text = GOOD
        .replace("rate = 0.10", "rate = 0.10.1")
        .replace("drift = [[0, -0.2], [1, -0.1]]", "drift = [[0, -0.2], [1, -0.1]")
        .replace("reversion = 2.0", "reversion = -2.0")
        .replace("vendor = \"AWS\"", "vendor = AWS")
        .replace("take_or_pay = 0.9", "take_or_pay = 9");
    let failure = failure(&text);
    let titles: Vec<&str> = failure.diagnostics.iter().map(|found| found.title.as_str()).collect();
    let expected = [
        "invalid float",
        "missing comma between array elements",
        "`reversion` is -2, below its range",
        "`AWS` is not a value",
        "`take_or_pay` is 9, above its range",
    ];
    assert_eq!(titles, expected, "{failure}");
}

#[test]
fn a_message_is_drawn_with_its_line() {
    let failure = failure(&edited("take_or_pay = 0.9", "take_or_pay = 1.2"));
    let expected = "\
error: `take_or_pay` is 1.2, above its range
  --> case.toml:89:15
   |
89 | take_or_pay = 1.2
   |               ^^^ must be from 0 to 1
   |
   = key: contract.aws.take_or_pay
   = hint: `take_or_pay` is the share of capacity paid for whether used or not: 0.9 is 90%";
    assert_eq!(failure.to_string(), expected);
}

#[test]
fn oddities_are_warned_of() {
    let cases = [
        (
            edited("volatility = 0.28", "volatility = 3.5"),
            "factor.h100.volatility",
            "`volatility` is 3.5, which is unusually high",
        ),
        (
            edited("term = 3.0", "term = 3.0\nstart = 9"),
            "contract.core.start",
            "the contract starts in year 9, after the horizon",
        ),
        (edited("opex = [[0, 9e9], [5, 20e9]], ", ""), "organization.openai.cash.opex", "`cash` has no `opex`"),
        (
            edited("demand = 2", "demand = \"planned\""),
            "organization.lab.demand",
            "`lab` has planned demand but no capacity",
        ),
        (
            edited("[[0.5, 30e9]]", "[[8.5, 30e9]]"),
            "organization.openai.cash",
            "funding in year 8.5 comes after the horizon",
        ),
    ];
    for (text, key, title) in cases {
        let loaded = loaded(&text);
        let found: Vec<_> = loaded.warnings.iter().map(|w| (w.severity, w.key.as_str(), w.title.as_str())).collect();
        assert_eq!(found, [(Severity::Warning, key, title)]);
        assert!(loaded.render(false).starts_with(&format!("warning: {title}\n")), "{}", loaded.render(false));
    }
}

#[test]
fn defaults_are_filled_in() {
    let scenario = loaded(GOOD).scenario;
    assert_eq!(scenario.description, "");
    assert_eq!(scenario.discount.liabilities, scenario.discount.rate);
    let Process::LogitOu { lower, upper, start, .. } = &scenario.factors[2].process else { panic!("logit_ou") };
    assert_eq!((*lower, *upper, *start), (0.0, 1.0, 0.85));
    let openai = &scenario.organizations[0];
    let burst = openai.burst.as_ref().expect("burst");
    assert_eq!((&burst.limit, burst.max_price), (&Curve::constant(UNLIMITED), None));
    assert_eq!(openai.cash.as_ref().expect("cash").borrowing, 0.03, "borrowing costs what a balance earns");
    assert_eq!(openai.diminishing.as_ref().expect("diminishing").efficiency, 0.0);
    assert_eq!(scenario.organizations[1].dispatch, Dispatch::Priority);
    let core = &scenario.contracts[2];
    assert_eq!((core.start, core.take_or_pay, core.prepaid, core.priority), (0.0, 1.0, 0.0, 0));
    let Rate::Indexed { factor, scale, discount, reset, .. } = core.rate else { panic!("indexed") };
    assert_eq!((factor, scale, discount, reset), (1, 1.0, 0.0, 1.0 / 12.0));
    let unnamed = loaded(&edited("any = [\"cash_out\", \"crash\"]", "")).scenario.bubble.expect("bubble");
    assert_eq!((unnamed.events, unnamed.rule, unnamed.organizations), (vec![0, 1, 2], BubbleRule::Any, 1));
    let none = loaded(&edited("[bubble]\nany = [\"cash_out\", \"crash\"]\n", "")).scenario.bubble;
    assert!(none.is_none());
    // the last six of 96 months
    assert_eq!(loaded(&edited("after = 1.0", "after = 7.5")).scenario.events[0].after, 7.5);
    let market = loaded(&edited("premium = 0.25", "limit = 0")).scenario;
    assert_eq!(market.organizations[0].burst.as_ref().expect("burst").limit, Curve::constant(0.0));
}

#[test]
fn files_that_cannot_be_read_say_why() {
    let missing = load(Path::new("no/such/scenario.toml")).expect_err("missing").to_string();
    assert!(
        missing.starts_with("error: cannot read the file: ") && missing.contains("--> no/such/scenario.toml"),
        "{missing}"
    );
    let large = parse(&" ".repeat((16 << 20) + 1), FILE).expect_err("large").to_string();
    assert!(large.contains("larger than 16 MiB"), "{large}");
}

#[test]
fn too_much_of_anything_is_refused() {
    let factor = |i: usize| format!("[[factor]]\nname = \"f{i}\"\nprocess = \"table\"\nvalues = 1\n\n");
    let factors: String = (0..28).map(factor).collect();
    let points: Vec<String> = (0..10_001).map(|i| format!("[{i}, 1]")).collect();
    let events: String =
        (0..31).map(|i| format!("[[event]]\nname = \"e{i}\"\nmetric = \"utilization\"\nbelow = 0.5\n\n")).collect();
    let states: Vec<String> = (0..14).map(|i| format!("\"s{i}\"")).collect();
    let cases = [
        (edited("[correlation]", &(factors + "[correlation]")), "the file has 33 [[factor]] entries"),
        (edited("demand = 2", &format!("demand = [{}]", points.join(", "))), "`demand` has 10001 elements"),
        (edited("[bubble]", &(events + "[bubble]")), "more than 64 events"),
        (edited("\"limbo\"", &format!("\"limbo\", {}", states.join(", "))), "`states` has 17 elements"),
    ];
    for (text, title) in cases {
        let failure = failure(&text);
        assert!(failure.diagnostics.iter().any(|found| found.title == title), "{title}:\n{failure}");
    }
}

/// None of these may panic, hang, or put a control character on a terminal.
#[test]
fn hostile_files_are_refused_in_peace() {
    // Dotted keys in nested tables are the deepest that the TOML reader lets through.
    let dotted = format!("{}a = {{", "a.".repeat(78));
    let deep = format!("{}b = 1{}", dotted.repeat(79), "}".repeat(79));
    let texts = [
        String::new(),
        "\u{feff}".to_owned(),
        GOOD.replace("\"lab\"", "\"l\0ab\""),
        GOOD.replace("\"lab\"", "\"l\u{202e}a\u{9b}31mb\""),
        format!("{GOOD}# \u{1b}[31m\n"),
        GOOD.replace("0.28", &"9".repeat(400)),
        GOOD.replace('\n', "\r"),
        format!("{}a = 1", "a.".repeat(100_000)),
        format!("a = {}", "[".repeat(100_000)),
        format!("[{}a]\n{deep}\n{deep}", "a.".repeat(70)),
        "=\n".repeat(50_000),
        "'\n".repeat(50_000),
        "[[contract]]\n".repeat(50_000),
        format!("[discount]\nrate = [{}]", "[1, 2.5], ".repeat(50_000)),
        // ten megabytes
        "[[contract]]\nname = 1\n".repeat(470_000),
        "# nothing but remarks\n".repeat(480_000),
        "\"".repeat(10 << 20),
        (0..50_000).map(|i| format!("key{i} = 1\n")).collect(),
        format!("{GOOD}\n{} = 1", "x".repeat(1_000_000)),
    ];
    for text in &texts {
        let failure = failure(text);
        assert!(!failure.diagnostics.is_empty() && failure.diagnostics.len() <= 200);
        let rendered = failure.to_string();
        let bad = rendered.chars().find(|&c| c != '\n' && (c.is_control() || ('\u{202a}'..='\u{202e}').contains(&c)));
        assert_eq!(bad, None, "in {}", rendered.escape_unicode());
        assert!(rendered.len() < 300_000, "{} bytes", rendered.len());
    }
}
