//! What is read of uncertain inputs, and what is said about those that are wrong.

use super::good::GOOD;
use super::{FILE, failure, loaded};
use overhang::distribution::Distribution;
use overhang::scenario::parse;

/// Entries without a fault. Every broken one is an edit of them.
const ENTRIES: &str = r#"
[[uncertain]]
key = "factor.h100.volatility"
label = "Volatility of H100 prices"
reason = "Three years of quotes"
distribution = "lognormal"
low = 0.2
high = 0.4

[[uncertain]]
key = "factor.h100.drift[2].value"
distribution = "pert"
min = -0.3
mode = -0.1
max = 0.0

[[uncertain]]
key = "contract.aws.take_or_pay"
distribution = "beta"
low = 0.7
high = 0.95
at = [0.05, 0.95]

[[uncertain]]
key = "organization.openai.diminishing.exponent"
distribution = "metalog"
quantiles = [[0.1, 0.3], [0.5, 0.5], [0.9, 0.8]]

[[uncertain]]
key = "discount.rate"
distribution = "normal"
mean = 0.1
sd = 0.02
lower = 0.02

[uncertain_correlation]
pairs = [["factor.h100.volatility", "factor.h100.drift[2].value", -0.3]]
"#;

fn file(entries: &str) -> String {
    format!("{GOOD}\n{entries}")
}

#[test]
fn inputs_are_read_in_order_and_the_scenario_keeps_its_values() {
    let scenario = loaded(&file(ENTRIES)).scenario;
    let uncertainty = scenario.uncertainty.as_ref().expect("there are inputs");
    let keys: Vec<&str> = uncertainty.inputs.iter().map(|input| input.key.as_str()).collect();
    assert_eq!(keys[..2], ["factor.h100.volatility", "factor.h100.drift[2].value"]);
    assert_eq!(uncertainty.inputs[0].label.as_deref(), Some("Volatility of H100 prices"));
    assert_eq!(uncertainty.inputs[0].reason.as_deref(), Some("Three years of quotes"));
    assert_eq!(uncertainty.correlation[(1, 0)], -0.3);
    assert!(matches!(uncertainty.inputs[4].distribution, Distribution::Truncated { lower: 0.02, .. }));
    for (input, quantiles) in
        [(0, [(0.1, 0.2), (0.9, 0.4)]), (2, [(0.05, 0.7), (0.95, 0.95)]), (3, [(0.1, 0.3), (0.9, 0.8)])]
    {
        for (share, value) in quantiles {
            let found = uncertainty.inputs[input].distribution.quantile(share);
            assert!((found - value).abs() < 1e-6, "{}: {found}, not {value}", keys[input]);
        }
    }
    assert_eq!(scenario.contracts[0].take_or_pay, 0.9);
    let centre = scenario.at_centre().unwrap_or_else(|failure| panic!("{failure}"));
    assert!(centre.uncertainty.is_none() && centre.is_at_medians);
    assert!((0.8..0.9).contains(&centre.contracts[0].take_or_pay), "{}", centre.contracts[0].take_or_pay);
    assert_eq!(centre.hash, scenario.hash);
}

#[test]
fn a_set_has_the_values_that_it_is_given() {
    let scenario = loaded(&file(ENTRIES)).scenario;
    let made = scenario
        .with_inputs(&[0.3, -0.2, 0.8, 0.45, 0.07], "parameter set 3")
        .unwrap_or_else(|failure| panic!("{failure}"));
    assert_eq!((made.contracts[0].take_or_pay, made.discount.rate.fixed()), (0.8, Some(0.07)));
    assert_eq!(made.organizations[0].diminishing.as_ref().map(|of| of.exponent), Some(0.45));
    let wrong = scenario.with_inputs(&[0.3, -0.2, 1.8, 0.45, 0.07], "parameter set 3").expect_err("it is above 1");
    let text = wrong.to_string();
    assert!(text.contains("case.toml, parameter set 3") && text.contains("contract.aws.take_or_pay = 1.8"), "{text}");
}

#[test]
fn a_variant_has_inputs_of_its_own() {
    let text = file(ENTRIES).replace(
        "[[factor]]\nname = \"h100\"",
        "[[variant]]\nname = \"known\"\nremove = [\"uncertain\", \"uncertain_correlation\"]\n\n\
        [[variant]]\nname = \"wild\"\nset = { \"uncertain[1].high\" = 0.8 }\n\n[[factor]]\nname = \"h100\"",
    );
    let loaded = loaded(&text);
    assert!(loaded.variants[0].scenario.uncertainty.is_none() && loaded.is_uncertain());
    let high = loaded.variants[1].scenario.uncertainty.as_ref().unwrap().inputs[0].distribution.quantile(0.9);
    assert!((high - 0.8).abs() < 1e-9);
    assert!(loaded.at_centre().unwrap().variants[1].scenario.uncertainty.is_none());
}

/// The edit, the key of the message, and parts of its title, label and hint.
const FAULTS: [(&str, &str, &str, &str); 23] = [
    ("key = \"discount.rate\"", "key = \"discount.rat\"", "discount.rat", "unknown key"),
    ("key = \"discount.rate\"", "key = \"contract.awz.term\"", "contract.awz.term", "did you mean `aws`?"),
    ("key = \"discount.rate\"", "key = \"horizon.years\"", "uncertain[5].key", "`horizon` cannot be uncertain"),
    ("key = \"discount.rate\"", "key = \"a..b\"", "a..b", "is not a scenario key"),
    ("key = \"discount.rate\"", "key = \"contract[1].take_or_pay\"", "uncertain[5].key", "is uncertain twice"),
    ("key = \"discount.rate\"", "key = \"factor.h100.process\"", "factor.h100.process", "not text"),
    ("\"lognormal\"\nlow", "\"lognormale\"\nlow", "uncertain[1].distribution", "did you mean \"lognormal\"?"),
    ("low = 0.2\n", "", "uncertain[1].low", "`low` is missing"),
    ("low = 0.2\n", "low = 0.5\n", "uncertain[1].high", "must be above 0.5"),
    ("low = 0.2\n", "low = -0.2\n", "uncertain[1].low", "must be above 0"),
    ("low = 0.2\n", "low = 0.2\nmean = 0.3\n", "uncertain[1].mean", "cannot be combined with `low` and `high`"),
    ("low = 0.2\n", "low = 0.2\nalpha = 2\n", "uncertain[1].alpha", "cannot be combined with this distribution"),
    ("low = 0.2\n", "low = 0.2\nhihg = 2\n", "uncertain[1].hihg", "did you mean `high`?"),
    ("mode = -0.1\n", "mode = 0.1\n", "uncertain[2].mode", "must be from -0.3 to 0"),
    ("max = 0.0\n", "max = -0.4\n", "uncertain[2].max", "must be above -0.3"),
    ("at = [0.05, 0.95]", "at = [0.95, 0.05]", "uncertain[3].at", "the shares do not increase"),
    ("high = 0.95", "high = 1.5", "uncertain[3].low", "no beta distribution has these quantiles"),
    ("[0.5, 0.5], ", "", "uncertain[4].quantiles", "fewer than 3 quantiles"),
    ("[0.9, 0.8]]", "[0.9, 0.4]]", "uncertain[4].quantiles", "do not increase"),
    ("sd = 0.02\n", "sd = 0.02\nat = [0.1, 0.9]\n", "uncertain[5].at", "cannot be combined with natural parameters"),
    ("lower = 0.02\n", "lower = 0.4\nupper = 0.3\n", "uncertain[5].lower", "the bounds exclude every value"),
    ("mean = 0.1\n", "mean = 40.0\n", "discount.rate", "with uncertain inputs at their medians"),
    (
        "\"factor.h100.drift[2].value\", -0.3]",
        "\"factor.spot.start\", -0.3]",
        "uncertain_correlation.pairs",
        "is not uncertain",
    ),
];

#[test]
fn every_fault_is_told_where_it_is() {
    for (from, to, key, part) in FAULTS {
        assert_eq!(ENTRIES.matches(from).count(), 1, "{from}");
        let failure = failure(&file(&ENTRIES.replace(from, to)));
        let text = failure.to_string();
        assert_eq!(failure.diagnostics.len(), 1, "{to}:\n{text}");
        let found = &failure.diagnostics[0];
        assert!(found.key.starts_with(key) && found.line > 0 && !found.hint.is_empty(), "{to}:\n{text}");
        assert!(text.contains(part), "{to}:\n{text}");
    }
    insta::assert_snapshot!(
        "messages_uncertain",
        FAULTS.map(|(from, to, ..)| failure(&file(&ENTRIES.replace(from, to))).to_string()).join("\n\n")
    );
}

#[test]
fn correlations_that_cannot_be_are_refused_with_the_eigenvalue() {
    let all = ["factor.h100.volatility", "factor.h100.drift[2].value", "discount.rate"];
    let pairs =
        format!("[[\"{0}\", \"{1}\", 0.9], [\"{1}\", \"{2}\", 0.9], [\"{0}\", \"{2}\", -0.9]]", all[0], all[1], all[2]);
    let (before, _) = ENTRIES.split_once("[uncertain_correlation]").expect("it is there");
    let text = failure(&file(&format!("{before}[uncertain_correlation]\npairs = {pairs}\n"))).to_string();
    assert!(text.contains("are not positive definite") && text.contains("the smallest eigenvalue is -0."), "{text}");
    assert!(parse(&file(before), FILE).is_ok());
}
