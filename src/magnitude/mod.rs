//! Amounts that should be of one size and are not: a unit mistaken by a power of ten passes every check of a range, and
//! then changes what a scenario says without a word.
//!
//! Two amounts in the same unit that differ by more than a hundred times are doubted. What an amount is held against is a range, of a
//! forward curve over a contract's term or of a few simulated paths, and it is doubted only beyond the near end of that range.

mod case;
mod contract;
mod organization;
mod paths;

use crate::plan::Plan;
use crate::scenario::{Diagnostic, Doubt, Loaded, Scenario, Template};
use case::Case;

/// The file with a warning for every amount whose unit was mistaken, in the order of its lines.
pub fn checked(mut loaded: Loaded) -> Loaded {
    loaded.warnings.extend(warnings(&loaded));
    loaded.warnings.sort_by_key(|warning| warning.line);
    loaded
}

/// Warnings about the scenario of a file and about its variants; what holds of the file is not repeated for a variant.
pub fn warnings(loaded: &Loaded) -> Vec<Diagnostic> {
    let own = doubts(&loaded.scenario, &loaded.template);
    let mut warnings = loaded.template.warnings(&own);
    for variant in &loaded.variants {
        let new = doubts(&variant.scenario, &variant.template);
        let new = new.into_iter().filter(|doubt| own.iter().all(|known| known.key != doubt.key));
        let named = |doubt: Doubt| Doubt { title: format!("variant `{}`: {}", variant.name, doubt.title), ..doubt };
        warnings.extend(variant.template.warnings(&new.map(named).collect::<Vec<_>>()));
    }
    warnings
}

/// All doubts about the amounts of a scenario.
fn doubts(scenario: &Scenario, template: &Template) -> Vec<Doubt> {
    let plan = Plan::lower(scenario);
    let case = Case { scenario, template, horizon: &scenario.horizon };
    let mut doubts = contract::doubts(&case);
    doubts.extend(organization::doubts(&case));
    doubts.extend(paths::doubts(&case, &plan));
    doubts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{load, parse};

    /// A contract of $12bn a gigawatt-year on an index in dollars per GPU-hour.
    const SOUND: &str = include_str!("sound.toml");

    /// The keys, titles and labels of the warnings about the sound scenario with an edit.
    fn found(edits: &[(&str, &str)]) -> Vec<(String, String, String)> {
        let mut text = SOUND.to_owned();
        for (from, to) in edits {
            assert_eq!(text.matches(from).count(), 1, "`{from}` must stand once");
            text = text.replace(from, to);
        }
        let loaded = parse(&text, "case.toml").unwrap_or_else(|failure| panic!("{failure}"));
        let warnings = warnings(&loaded);
        for warning in &warnings {
            let key = warning.key.rsplit('.').next().expect("a key");
            let line = text.lines().nth(warning.line - 1).expect("a line");
            assert!(line.contains(key) || line.contains("rate"), "{line} is not where `{key}` stands");
        }
        warnings.into_iter().map(|warning| (warning.key, warning.title, warning.label)).collect()
    }

    /// The warning about a key of the sound scenario with one edit, whose title begins so.
    fn one(from: &str, to: &str, key: &str, title: &str, label: &str) {
        let found = found(&[(from, to)]);
        let doubt = found.iter().find(|found| found.0 == key);
        let (_, found_title, found_label) = doubt.unwrap_or_else(|| panic!("`{to}` raises no such doubt: {found:?}"));
        assert!(found_title.starts_with(title) && found_label == label, "{to}: {found:?}");
    }

    #[test]
    fn sound_scenarios_raise_no_doubt() {
        assert_eq!(found(&[]), []);
        for folder in ["scenarios", "docs/examples", "tests/cases"] {
            for entry in std::fs::read_dir(folder).expect("it is there") {
                let path = entry.expect("it can be read").path();
                if path.extension().is_some_and(|extension| extension == "toml") {
                    let loaded = load(&path).unwrap_or_else(|failure| panic!("{failure}"));
                    let titles: Vec<String> = warnings(&loaded).into_iter().map(|warning| warning.title).collect();
                    assert!(titles.is_empty(), "{}: {titles:?}", path.display());
                }
            }
        }
    }

    #[test]
    fn bounds_in_another_unit_than_their_rate_are_doubted() {
        let bounds = "scale = 6.1e9, discount = 0.1, floor_index = 1.4, cap_index = 2.6";
        let at = "contract.indexed.rate";
        let wrong = "scale = 6.1e9, discount = 0.1, floor = 1.40, cap = 2.60";
        let against = "but `h100` × `scale`, less the discount, comes to at least 8.164e9 USD per GW-year";
        let expected = [
            ("floor", format!("`floor` is 1.4, {against}"), "5,800,000,000 times smaller"),
            ("cap", format!("`cap` is 2.6, {against}"), "3,100,000,000 times smaller"),
        ];
        assert_eq!(
            found(&[(bounds, wrong)]),
            expected.map(|(key, title, label)| (format!("{at}.{key}"), title, label.into()))
        );
        let against = "but the index, less its discount, comes to at most 1.98 in the unit of `h100`";
        one(
            "floor_index = 1.4, cap_index = 2.6",
            "cap_index = 260",
            &format!("{at}.cap_index"),
            &format!("`cap_index` is 260, {against}"),
            "130 times larger",
        );
    }

    #[test]
    fn rates_and_commitments_are_held_against_the_market() {
        let market = "but the market price `h100` comes to at least 8.996e9 USD per GW-year";
        one(
            "rate = 12e9",
            "rate = 12e6",
            "contract.fixed.rate",
            &format!("`rate` is 1.2e7, {market}"),
            "750 times smaller",
        );
        let commitment = "but 2.5 GW-years at the market price `h100` come to at least 2.249e10 USD";
        one(
            "commitment = 30e9",
            "commitment = 30e6",
            "contract.total.commitment",
            &format!("`commitment` is 3e7, {commitment}"),
            "750 times smaller",
        );
        let index = "scale = 6.1e9, discount = 0.1, floor_index = 1.4, cap_index = 2.6";
        let most = "but the market price `h100` comes to at most 1.331e10 USD per GW-year";
        one(
            index,
            "scale = 6.1e12, discount = 0.1",
            "contract.indexed.rate.scale",
            &format!("the indexed rate is 8.164e12, {most}"),
            "610 times larger",
        );
    }

    #[test]
    fn what_an_organization_pays_wants_and_earns_is_held_against_its_contracts() {
        let at = "organization.lab";
        one(
            "max_price = 30e9",
            "max_price = 3.0",
            &format!("{at}.burst.max_price"),
            "`max_price` is 3, but `h100` × `scale` with the premium comes to at least 1.169e10 USD per GW-year",
            "3,900,000,000 times smaller",
        );
        one(
            "level = 14e9",
            "level = 14e6",
            &format!("{at}.performance_return"),
            "the return `return` is 1.4",
            "600 times smaller",
        );
        one(
            "demand = 3.0",
            "demand = 3000",
            &format!("{at}.demand"),
            "the highest `demand` is 3000, but the contracts' capacity reaches 2.5 GW",
            "1200 times larger",
        );
    }

    #[test]
    fn thresholds_and_opening_cash_are_held_against_paths() {
        let balance = "`below` is 1e14, but on trial paths the balance is at most 6.6";
        one("below = 1e9", "below = 1e14", "event.cash_out.below", balance, "1500 times larger");
        let factor = "`below` is 2.2e9, but on trial paths the factor is at most 3.";
        let found = found(&[("below = 1.0", "below = 2.2e9")]);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].1.starts_with(factor) && found[0].1.ends_with("in the unit of `h100`"), "{found:?}");
        let ratio = "`below` is 0.0008, but on trial paths the ratio is at least 0.";
        one("below = 0.8", "below = 0.0008", "event.gap.below", ratio, "1100 times smaller");
        let opening = "organization.lab.cash.opening";
        let yearly = "`opening` is 20, but what comes in and goes out in a year is at least 6.";
        one("opening = 20e9", "opening = 20", opening, yearly, "3,200,000,000 times smaller");
        let monthly = "`opening` is 2e13, but what comes in and goes out in a month is at most 5.";
        one("opening = 20e9", "opening = 20e12", opening, monthly, "3500 times larger");
    }

    #[test]
    fn variants_are_doubted_for_what_they_change() {
        let variants =
            "[discount]\nrate = 0.05\n\n[[variant]]\nname = \"small\"\nset = { \"contract.fixed.rate\" = 12e6 }\n";
        let found = found(&[("[discount]\nrate = 0.05\n", variants)]);
        assert_eq!(found.len(), 1);
        assert!(found[0].1.starts_with("variant `small`: `rate` is 1.2e7, but the market"), "{found:?}");
    }
}
