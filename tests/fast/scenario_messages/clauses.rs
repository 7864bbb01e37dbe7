//! What is said about clauses of contracts, tranches, vendors and crises: every key with a value that is wrong.

use super::{FILE, failure, loaded};
use overhang::scenario::{Severity, parse};

/// A scenario with all of them and without any fault. Every broken one is an edit of it.
pub const CLAUSES: &str = r#"schema = 1
name = "Clauses"
currency = "USD"
capacity_unit = "GW"
horizon = { start = 2026-01-01, years = 6, step = "quarter" }
discount = { rate = 0.10 }

[[factor]]
name = "price"
process = "gbm"
start = 14e9
drift = -0.1
volatility = 0.3

[[factor]]
name = "spread"
process = "table"
values = [[0, 1], [6, -1]]

[regimes]
states = ["boom", "bust"]
start = "boom"
intensity = [["boom", "bust", 0.2]]

[[organization]]
name = "alpha"
utilization = "price"
demand = 1
burst = { price = "price", premium = 0.2 }
cash = { opening = 4e9, opex = 1e9 }
workout = { when = "broke", hazard = 0.6, pay = 0.37, then = "market" }

[[organization]]
name = "beta"
utilization = "price"
demand = 1

[[contract]]
name = "main"
organization = "alpha"
vendor = "Oracle"
start = 0.5
term = 4.0
capacity = 1.0
rate = 11e9
prepaid = 0.1
true_up = 1.0
make_up = 0.8

[contract.review]
every = 1.0
index = "price"
scale = 1.5
discount = 0.1
floor = 0.6

[contract.reduction]
unless = "beta/late"
market_below = 0.8
earliest = 2.0
notice = 0.25
share = 1.0
fee = [[0, 0.4], [4, 0.1]]
refund = 0.3

[contract.extension]
when = "system_bubble"
market_above = 0.9
years = 1.25
rate = 0.95

[contract.delay]
probability = 0.4
median = 0.5
sigma = 0.7
damages = 0.45
damages_cap = 0.05
long_stop = 1.5

[[contract]]
name = "side"
organization = "beta"
vendor = "AWS"
term = 3.0
capacity = 1.0
rate = { index = "price", reset = 1.0 }
resale = { price = "price", scale = 1.25, discount = 0.4, limit = 0.5 }

[delays]
correlation = 0.35

[[vendor]]
name = "Oracle"
intensity = 0.02
crisis = 3.0
capital = 60e9
recovery = 0.45
novation = 0.55

[vendor.relet]
price = "price"
scale = 1.75
share = 0.65

[[vendor.stakes]]
organization = "alpha"
value = 6e9
loss = 0.85
when = "bubble"

[[tranche]]
name = "round"
organization = "alpha"
at = 0.5
until = 2.0
amount = 35e9
when = "broke"
intensity = { boom = 0.6, bust = 0.25 }
otherwise = 1e9
vendor = "Oracle"

[crisis]
hazard = 0.03
sensitivity = 2.0
contagion = 0.5
recovery = 0.5
price = 0.7
use = 0.9
performance_return = 0.75
fund = 0.0

[[event]]
name = "broke"
organization = "alpha"
metric = "cash"
below = 0

[[event]]
name = "late"
organization = "beta"
metric = "crisis"

[[event]]
name = "gone"
metric = "failed"
vendor = "Oracle"

[[event]]
name = "idle"
organization = "alpha"
metric = "contract_utilization"
contract = "main"
below = 0.5

[[event]]
name = "dear"
organization = "alpha"
metric = "contract_premium"
contract = "main"
above = 1.5

[bubble]
any = ["broke"]
"#;

fn edited(from: &str, to: &str) -> String {
    assert_eq!(CLAUSES.matches(from).count(), 1, "`{from}` must stand once in the scenario");
    CLAUSES.replace(from, to)
}

/// Checks that every edit is one fault, and that the messages are those of the snapshot.
fn check(group: &str, edits: &[(&str, &str)]) {
    let messages = edits.iter().map(|(from, to)| {
        let failure = failure(&edited(from, to));
        assert_eq!(failure.diagnostics.len(), 1, "one fault with `{to}`:\n{failure}");
        let found = &failure.diagnostics[0];
        assert!(found.span.is_some() && found.line > 0 && !found.key.is_empty() && !found.hint.is_empty(), "{failure}");
        let removed = if to.is_empty() { format!("without `{from}`") } else { format!("with `{to}`") };
        format!("{removed}\n\n{failure}\n")
    });
    insta::assert_snapshot!(format!("messages_{group}"), messages.collect::<Vec<_>>().join("\n"));
}

#[test]
fn clauses_without_a_fault_are_accepted() {
    assert_eq!(loaded(CLAUSES).render(false), "");
}

#[test]
fn faults_of_conditions_are_named() {
    let when = "when = \"broke\"\nintensity";
    let own = |name: &str| format!("when = \"{name}\"\nintensity");
    let names = [
        "brok",
        "Beta/late",
        "beta/lat",
        "beta/broke",
        "late",
        "beta/bubble",
        "beta/system_bubble",
        "buble",
        "sytem_bubble",
        "a/b/c",
        "/broke",
        "beta/",
        "",
    ];
    let edits: Vec<(&str, String)> = names.iter().map(|name| (when, own(name))).collect();
    let mut edits: Vec<(&str, &str)> = edits.iter().map(|(from, to)| (*from, to.as_str())).collect();
    edits.extend([
        (when, "when = 1\nintensity"),
        (when, "when = \"broke\"\nunless = \"broke\"\nintensity"),
        ("unless = \"beta/late\"", "wen = \"beta/late\""),
        ("name = \"idle\"", "name = \"bubble\""),
        ("name = \"idle\"", "name = \"system_bubble\""),
    ]);
    check("condition", &edits);
}

#[test]
fn conditions_on_bubbles_need_one() {
    let failure = failure(&edited("[bubble]\nany = [\"broke\"]\n", ""));
    let titles: Vec<&str> = failure.diagnostics.iter().map(|found| found.title.as_str()).collect();
    assert_eq!(titles, ["`when` names a bubble, but the file has none"; 2], "{failure}");
}

#[test]
fn faults_of_clauses_are_named() {
    check(
        "clause",
        &[
            ("[contract.review]\nevery", "[contract.review]\nevry = 1\nevery"),
            ("every = 1.0", "every = 0"),
            ("every = 1.0\n", ""),
            ("index = \"price\"\nscale = 1.5", "index = \"prise\"\nscale = 1.5"),
            ("index = \"price\"\nscale = 1.5", "index = \"spread\"\nscale = 1.5"),
            ("scale = 1.5", "scale = 0"),
            ("discount = 0.1\nfloor", "discount = 1\nfloor"),
            ("floor = 0.6", "floor = 1.2"),
            ("[contract.review]", "[[contract.review]]"),
            ("market_below = 0.8", "market_below = 0"),
            ("earliest = 2.0", "earliest = -1"),
            ("earliest = 2.0", "earliest = 4"),
            ("notice = 0.25", "notice = -0.25"),
            ("share = 1.0", "share = 1.5"),
            ("fee = [[0, 0.4], [4, 0.1]]", "fee = -0.1"),
            ("fee = [[0, 0.4], [4, 0.1]]", "fee = [[0, 0.4], [0, 0.1]]"),
            ("refund = 0.3", "refund = 2"),
            ("market_above = 0.9", "market_above = \"0.9\""),
            ("years = 1.25", "years = 1.3"),
            ("years = 1.25", "years = 0"),
            ("years = 1.25\n", ""),
            ("rate = 0.95", "rate = 0"),
            ("probability = 0.4", "probability = 40"),
            ("probability = 0.4\n", ""),
            ("median = 0.5", "median = 0"),
            ("median = 0.5\n", ""),
            ("sigma = 0.7", "sigma = -0.7"),
            ("sigma = 0.7\n", ""),
            ("damages = 0.45", "damages = -1"),
            ("damages_cap = 0.05", "damages_cap = 5"),
            ("long_stop = 1.5", "long_stop = 0"),
            ("start = 0.5\n", "start = -0.5\n"),
            ("true_up = 1.0", "true_up = 1.1"),
            ("true_up = 1.0", "true_up = 0"),
            ("make_up = 0.8", "make_up = 80"),
            ("resale = { price = \"price\",", "resale = { pryce = \"price\", price = \"price\","),
            ("resale = { price = \"price\",", "resale = {"),
            ("scale = 1.25", "scale = -1"),
            ("discount = 0.4,", "discount = 40,"),
            ("limit = 0.5 }", "limit = 5 }"),
            ("limit = 0.5 }", "limit = 0.5 }\ntrue_up = 1"),
            ("limit = 0.5 }", "limit = 0.5 }\nmake_up = 1"),
            ("limit = 0.5 }", "limit = 0.5 }\nreview = { every = 1, index = \"price\" }"),
            ("limit = 0.5 }", "limit = 0.5 }\nreduction = { market_below = 1 }"),
            ("limit = 0.5 }", "limit = 0.5 }\nextension = { years = 1, market_above = 1 }"),
            ("limit = 0.5 }", "limit = 0.5 }\ndelay = { probability = 0.1, median = 1, sigma = 1, damages = 1 }"),
            ("limit = 0.5 }", "limit = 0.5 }\ndelay = { probability = 0.1, median = 1, sigma = 1, damages_cap = 1 }"),
            ("limit = 0.5 }", "limit = 0.5 }\nreduction = 1"),
            ("correlation = 0.35", "correlation = 1"),
            ("correlation = 0.35", ""),
            ("[delays]", "[delay]"),
        ],
    );
}

#[test]
fn faults_of_workouts_tranches_vendors_and_crises_are_named() {
    check(
        "party",
        &[
            ("hazard = 0.6,", "hazard = -1,"),
            ("hazard = 0.6,", ""),
            ("pay = 0.37,", "pay = 37,"),
            ("pay = 0.37,", ""),
            ("then = \"market\"", "then = \"exti\""),
            (
                "demand = 1\n\n[[contract]]",
                "demand = 1\nworkout = { hazard = 1, pay = 1, then = \"market\" }\n\n[[contract]]",
            ),
            ("name = \"round\"", "name = \"a round\""),
            ("organization = \"alpha\"\nat", "organization = \"alfa\"\nat"),
            ("organization = \"alpha\"\nat", "organization = \"beta\"\nat"),
            ("at = 0.5\n", "at = -0.5\n"),
            ("at = 0.5\n", ""),
            ("until = 2.0", "until = 0.25"),
            ("amount = 35e9", "amount = -35e9"),
            ("amount = 35e9\n", ""),
            ("{ boom = 0.6, bust = 0.25 }", "-1"),
            ("{ boom = 0.6, bust = 0.25 }", "{ bom = 0.6, bust = 0.25 }"),
            ("{ boom = 0.6, bust = 0.25 }", "{ boom = -0.6, bust = 0.25 }"),
            ("{ boom = 0.6, bust = 0.25 }", "{}"),
            ("{ boom = 0.6, bust = 0.25 }", "[0.6, 0.25]"),
            ("otherwise = 1e9", "otherwise = -1"),
            ("otherwise = 1e9\nvendor = \"Oracle\"", "otherwise = 1e9\nvendor = \"Orakle\""),
            ("otherwise = 1e9", "otherwize = 1e9"),
            ("[[vendor]]\n", "[[vendor]]\nname = \"Nobody\"\n\n[[vendor]]\n"),
            ("[[vendor]]\n", "[[vendor]]\nname = \"Amazon\"\n\n[[vendor]]\n"),
            ("[[vendor]]\n", "[[vendor]]\nname = \"Oracel\"\n\n[[vendor]]\n"),
            ("[[vendor]]\n", "[[vendor]]\nname = \"Oracle\"\n\n[[vendor]]\n"),
            ("intensity = 0.02", "intensity = -0.02"),
            ("crisis = 3.0", "crisis = -3"),
            ("capital = 60e9", "capital = -1"),
            ("recovery = 0.45", "recovery = 45"),
            ("novation = 0.55", "novation = 55"),
            ("novation = 0.55", "novation = 0.55\nnovatoin = 1"),
            ("[vendor.relet]\nprice = \"price\"", "[vendor.relet]\nprice = \"spread\""),
            ("[vendor.relet]\nprice = \"price\"\n", "[vendor.relet]\n"),
            ("scale = 1.75", "scale = 0"),
            ("share = 0.65", "share = 65"),
            ("organization = \"alpha\"\nvalue", "organization = \"alpa\"\nvalue"),
            ("organization = \"alpha\"\nvalue", "organization = \"beta\"\nvalue"),
            ("value = 6e9", "value = -6e9"),
            ("value = 6e9\n", ""),
            ("loss = 0.85", "loss = 85"),
            ("hazard = 0.03", "hazard = -1"),
            ("hazard = 0.03\n", ""),
            ("sensitivity = 2.0", "sensitivity = -2"),
            ("contagion = 0.5", "contagion = -0.5"),
            ("recovery = 0.5\n", "recovery = -0.5\n"),
            ("price = 0.7", "price = -0.7"),
            ("use = 0.9", "use = 1000"),
            ("performance_return = 0.75", "performance_return = \"spread\""),
            ("fund = 0.0", "fund = -1"),
            ("fund = 0.0", "found = 0.0"),
            ("metric = \"crisis\"", "metric = \"crisis\"\nabove = 0.5"),
            ("metric = \"failed\"\n", "metric = \"failed\"\nbelow = 0.5\n"),
            ("metric = \"failed\"\nvendor = \"Oracle\"", "metric = \"failed\"\nvendor = \"AWS\""),
            ("metric = \"failed\"\nvendor = \"Oracle\"", "metric = \"failed\"\nvendor = \"Oracel\""),
            ("metric = \"failed\"\nvendor = \"Oracle\"", "metric = \"failed\""),
            ("metric = \"crisis\"", "metric = \"crisis\"\ncontract = \"main\""),
            ("contract = \"main\"\nbelow", "contract = \"mane\"\nbelow"),
            ("contract = \"main\"\nbelow", "contract = \"side\"\nbelow"),
            ("contract = \"main\"\nbelow", "contract = \"main\"\nvendor = \"Oracle\"\nbelow"),
            ("contract = \"main\"\nbelow = 0.5", "contract = \"main\"\nbelow = 0"),
            ("organization = \"alpha\"\nmetric = \"contract_utilization\"", "metric = \"contract_utilization\""),
            (
                "organization = \"alpha\"\nmetric = \"contract_premium\"\ncontract = \"main\"",
                "organization = \"beta\"\nmetric = \"contract_premium\"\ncontract = \"side\"",
            ),
        ],
    );
}

#[test]
fn a_crisis_that_is_watched_must_be_described() {
    let from = CLAUSES.find("[crisis]").expect("it is there");
    let to = CLAUSES.find("[[event]]").expect("it is there");
    let failure = failure(&format!("{}{}", &CLAUSES[..from], &CLAUSES[to..]));
    assert_eq!(failure.diagnostics.len(), 1);
    insta::assert_snapshot!("messages_no_crisis", failure.to_string());
}

#[test]
fn intensities_by_state_need_regimes() {
    let from = CLAUSES.find("[regimes]").expect("it is there");
    let to = CLAUSES.find("[[organization]]").expect("it is there");
    let failure = failure(&format!("{}{}", &CLAUSES[..from], &CLAUSES[to..]));
    assert_eq!(failure.diagnostics.len(), 1);
    insta::assert_snapshot!("messages_no_regimes", failure.to_string());
}

#[test]
fn clauses_without_effect_are_warned_of() {
    let warnings = [
        ("share = 1.0", "share = 0.5"),
        ("prepaid = 0.1\n", ""),
        ("term = 4.0", "term = 5.5"),
        ("damages = 0.45\n", ""),
        ("at = 0.5\nuntil = 2.0", "at = 7"),
        ("otherwise = 1e9\nvendor = \"Oracle\"", "otherwise = 1e9\nvendor = \"AWS\""),
        (
            "[contract.delay]\nprobability = 0.4\nmedian = 0.5\nsigma = 0.7\ndamages = 0.45\ndamages_cap = 0.05\n\
             long_stop = 1.5\n",
            "",
        ),
    ];
    let messages = warnings.map(|(from, to)| {
        let loaded = parse(&edited(from, to), FILE).unwrap_or_else(|failure| panic!("{failure}"));
        assert_eq!(loaded.warnings.len(), 1, "{to}: {}", loaded.render(false));
        assert_eq!(loaded.warnings[0].severity, Severity::Warning);
        format!("with `{to}`\n\n{}", loaded.render(false))
    });
    insta::assert_snapshot!("warnings_clause", messages.join("\n"));
}

#[test]
fn too_many_stakes_tranches_and_vendors_are_refused() {
    let stakes = "[[vendor.stakes]]\norganization = \"beta\"\nvalue = 1\n\n".repeat(64);
    let tranche = |i: usize| format!("[[tranche]]\nname = \"t{i}\"\norganization = \"alpha\"\nat = 1\namount = 1\n\n");
    let tranches: String = (0..64).map(tranche).collect();
    let vendors: String = (0..64).map(|i| format!("[[vendor]]\nname = \"v{i}\"\n\n")).collect();
    let cases = [
        (edited("[[tranche]]", &(stakes + "[[tranche]]")), "`stakes` has 65 elements"),
        (edited("[crisis]", &(tranches + "[crisis]")), "the file has 65 [[tranche]] entries"),
        (edited("[[tranche]]", &(vendors + "[[tranche]]")), "the file has 65 [[vendor]] entries"),
    ];
    for (text, title) in cases {
        let failure = failure(&text);
        assert!(failure.diagnostics.iter().any(|found| found.title == title), "{title}:\n{failure}");
    }
    let two = "[[vendor.stakes]]\norganization = \"beta\"\nvalue = 1\n\n".repeat(63)
        + "[[vendor]]\nname = \"AWS\"\nstakes = [{ organization = \"beta\", value = 1 }]\n\n[[tranche]]";
    let failure = failure(&edited("[[tranche]]", &two));
    assert_eq!(failure.diagnostics[0].title, "more than 64 stakes", "{failure}");
}
