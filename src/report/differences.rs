//! What a comparison says, in words: a sentence for each scenario, and its main differences from the base.

use super::answer::amount;
use crate::measure::Difference;
use crate::registry::Figure;
use crate::result::{CompareDocument, ComparedScenario, Key, ResultDocument, Statistic, Subject};
use crate::text::harmless::short;
use crate::text::numbers::{decimals, fixed};
use crate::text::words::{chance, listed};

/// Characters of a scenario's title.
const TITLE: usize = 60;
/// Figures whose means are compared first.
const MAIN: [(Figure, &str); 3] = [
    (Figure::NetValue, "net value"),
    (Figure::CommitmentCost, "total commitment cost"),
    (Figure::StrandedCost, "stranded cost"),
];

/// What a scenario of a comparison is called: by the label of a variant or the name that a file gives itself, unless several are
/// called so, and else by its name in the comparison.
pub fn title(document: &CompareDocument, name: &str) -> String {
    let called = |of: &ComparedScenario| {
        let of_file = of.result.provenance.variant.is_none().then(|| of.result.provenance.scenario.clone());
        of.label.clone().or(of_file).map(|title| title.trim().to_owned()).filter(|title| !title.is_empty())
    };
    let own = document.scenarios.get(name).and_then(called);
    let others = document.scenarios.iter().filter(|(other, _)| *other != name);
    let is_unique = others.filter_map(|(_, of)| called(of)).all(|other| Some(&other) != own.as_ref());
    short(own.as_deref().filter(|_| is_unique).unwrap_or(name), TITLE)
}

/// A main difference of a scenario from the base.
pub struct MainDifference {
    /// What differs, in a sentence.
    pub what: &'static str,
    pub key: Key,
    pub found: Difference,
    /// The size of the difference with its unit, without its sign.
    pub size: String,
    /// What it is in the scenario.
    pub value: String,
}

impl MainDifference {
    /// `the bubble-risk probability falls by 2.1 points to 35%`, or that it does not differ significantly.
    fn words(&self) -> String {
        let Self { what, found, size, value, .. } = self;
        match found.value.filter(|_| found.significant) {
            Some(by) => format!("{what} {} by {size} to {value}", if by < 0.0 { "falls" } else { "rises" }),
            None => format!("{what} does not change significantly"),
        }
    }

    /// What its test says.
    pub fn significance(&self) -> &'static str {
        match self.found.value.filter(|_| self.found.significant) {
            Some(by) if by < 0.0 => "significantly lower",
            Some(_) => "significantly higher",
            None => "no significant difference",
        }
    }
}

/// A sentence for each scenario but the base.
pub fn difference_sentences(document: &CompareDocument) -> Vec<String> {
    let others = document.differences.keys().filter_map(|name| {
        let words: Vec<String> = main_differences(document, name).iter().map(MainDifference::words).collect();
        let title = title(document, name);
        (!words.is_empty()).then(|| format!("{title}: {}.", listed(&words, "and")))
    });
    others.collect()
}

/// The differences of a scenario in the bubble's probability and in the means of the main figures, as far as both scenarios have
/// them.
pub fn main_differences(document: &CompareDocument, name: &str) -> Vec<MainDifference> {
    let Some(result) = document.scenarios.get(name).map(|scenario| &scenario.result) else { return Vec::new() };
    let found = |key: &Key| document.differences.get(name)?.get(key).map(|placed| placed.difference);
    let bubble = || {
        let key = Key::system_bubble();
        let difference = found(&key)?;
        let value = chance(result.get(&key).flatten()?);
        Some(MainDifference {
            what: "the bubble-risk probability",
            size: points(&difference)?,
            value,
            found: difference,
            key,
        })
    };
    let mean = |(figure, what)| {
        let key = Key::new(Subject::system(figure), Statistic::Mean);
        let difference = found(&key)?;
        let value = result.get(&key).flatten()?;
        let (size, value) = money(result, figure, &difference, value)?;
        Some(MainDifference { what, size, value, found: difference, key })
    };
    bubble().into_iter().chain(MAIN.into_iter().filter_map(mean)).collect()
}

/// The size of a difference of probabilities, down to the first digit of its error.
fn points(difference: &Difference) -> Option<String> {
    let (size, error) = (100.0 * difference.value?.abs(), difference.se.map(|se| 100.0 * se));
    let digits = error.and_then(decimals).map_or(1, |digits| (digits - 1).clamp(0, 3));
    let text = fixed(size, digits);
    Some(format!("{text} percentage point{}", if text == "1" { "" } else { "s" }))
}

/// The size of a difference of means, and the mean, down to the first digit of the difference's error.
fn money(result: &ResultDocument, figure: Figure, difference: &Difference, value: f64) -> Option<(String, String)> {
    let factor = result.provenance.labels().scaled(figure.unit().into(), super::numbers::money_size([result])).0;
    let digits = difference.se.and_then(|se| decimals(se / factor)).map(|digits| (digits - 1).clamp(0, 3));
    let write = |x: f64| amount(result, figure, x, digits);
    Some((write(difference.value?.abs()), write(value)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::result::testing::document;
    use crate::result::{EstimateRequest, PlacedDifference};

    /// A comparison in which the bubble falls by 2.1 points, significantly, and nothing else changes.
    fn comparison() -> CompareDocument {
        let result = document(1, 20_000, &EstimateRequest::default());
        let of = |label: Option<&str>, variant: Option<&str>| {
            let mut result = result.clone();
            result.provenance.variant = variant.map(String::from);
            let label = label.map(String::from);
            ComparedScenario {
                file: "deal.toml".into(),
                label,
                changes: Default::default(),
                differs: Vec::new(),
                result,
            }
        };
        let bubble = Key::system_bubble();
        let cost = Key::new(Subject::system(Figure::CommitmentCost), Statistic::Mean);
        let placed = |value: f64, se: f64, significant: bool| PlacedDifference {
            unit: String::new(),
            difference: Difference { value: Some(value), se: Some(se), significant, ..Difference::default() },
        };
        let found = [(bubble, placed(-0.021, 0.004, true)), (cost, placed(3e8, 4e8, false))];
        CompareDocument {
            schema_version: 1,
            base: "base".into(),
            batches: 64,
            scenarios: [
                ("base".to_owned(), of(None, None)),
                ("lean".to_owned(), of(Some("A lean plan"), Some("lean"))),
            ]
            .into(),
            differences: [("lean".to_owned(), found.into())].into(),
            convergence: None,
        }
    }

    #[test]
    fn changes_are_said_with_their_size_or_as_not_significant() {
        let document = comparison();
        let found = difference_sentences(&document);
        let probability = chance(document.scenarios["lean"].result.system_bubble().unwrap().probability.unwrap());
        let expected = format!(
            "A lean plan: the bubble-risk probability falls by 2.1 percentage points to {probability} and total commitment cost does \
             not change significantly."
        );
        assert_eq!(found, [expected]);
        let tests: Vec<&str> = main_differences(&document, "lean").iter().map(MainDifference::significance).collect();
        assert_eq!(tests, ["significantly lower", "no significant difference"]);
    }

    #[test]
    fn scenarios_have_the_titles_that_tell_them_apart() {
        let mut document = comparison();
        let base = document.scenarios["base"].result.provenance.scenario.clone();
        assert_eq!([title(&document, "base"), title(&document, "lean")], [base.clone(), "A lean plan".into()]);
        document.scenarios["lean"].label = Some(base);
        assert_eq!([title(&document, "base"), title(&document, "lean")], ["base", "lean"]);
    }
}
