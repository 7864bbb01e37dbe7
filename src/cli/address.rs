//! Where a user's text looks in a document: at a statistic, by its key, or at any other number, by the document's keys.

use serde::Serialize;
use serde_json::Value;

use crate::result::{CompareDocument, ComparisonKey, Key, ResultDocument};

/// A place of a document, its keys joined by dots.
#[derive(Debug, Clone, PartialEq)]
pub struct Address {
    text: String,
    statistic: Option<StatisticKey>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum StatisticKey {
    Result(Key),
    Comparison(ComparisonKey),
}

/// What was found at an address.
#[derive(Debug, PartialEq)]
pub enum Found {
    Number(f64),
    /// Null: a figure that is not defined.
    Undefined,
    /// Text, a table or an array.
    NoNumber,
    /// No such key; the keys there are at the last one that exists.
    Missing(Vec<String>),
    /// Behind the end of a list of this length. Lists such as histograms are as long as the result makes them.
    Beyond(usize),
}

/// A document with numbers.
pub trait Numbered: Serialize {
    /// A statistic: `None` if there is none, `Some(None)` if it is undefined.
    fn number(&self, key: &StatisticKey) -> Option<Option<f64>>;
}

impl Numbered for ResultDocument {
    fn number(&self, key: &StatisticKey) -> Option<Option<f64>> {
        match key {
            StatisticKey::Result(key) => self.get(key),
            StatisticKey::Comparison(_) => None,
        }
    }
}

impl Numbered for CompareDocument {
    fn number(&self, key: &StatisticKey) -> Option<Option<f64>> {
        match key {
            StatisticKey::Result(_) => None,
            StatisticKey::Comparison(key) => self.get(key),
        }
    }
}

impl Address {
    pub fn new(text: &str) -> Self {
        let result = text.parse().map(StatisticKey::Result);
        let statistic = result.or_else(|_| text.parse().map(StatisticKey::Comparison)).ok();
        Address { text: text.to_owned(), statistic }
    }

    /// As it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The statistic of a result that it is.
    pub fn key(&self) -> Option<&Key> {
        match &self.statistic {
            Some(StatisticKey::Result(key)) => Some(key),
            Some(StatisticKey::Comparison(_)) | None => None,
        }
    }

    /// What a document has there.
    pub fn find(&self, document: &impl Numbered) -> Found {
        match self.statistic.as_ref().and_then(|key| document.number(key)) {
            Some(Some(number)) => Found::Number(number),
            Some(None) => Found::Undefined,
            None => follow(&serde_json::json!(document), &self.text),
        }
    }
}

/// Follows dotted keys, which may have dots of their own (`shortfall.0.95`).
fn follow(at: &Value, path: &str) -> Found {
    if path.is_empty() {
        return match at {
            Value::Number(number) => number.as_f64().map_or(Found::NoNumber, Found::Number),
            Value::Null => Found::Undefined,
            _ => Found::NoNumber,
        };
    }
    let keys: Vec<String> = match at {
        Value::Object(members) => members.keys().cloned().collect(),
        Value::Array(elements) => (0..elements.len()).map(|i| i.to_string()).collect(),
        _ => Vec::new(),
    };
    let rest_after = |key: &String| {
        let rest = path.strip_prefix(key.as_str())?;
        if rest.is_empty() { Some(rest) } else { rest.strip_prefix('.') }
    };
    let next = keys.iter().filter_map(|key| Some((key, rest_after(key)?))).max_by_key(|(key, _)| key.len());
    match next {
        Some((key, rest)) => {
            let inside = match at {
                Value::Array(elements) => key.parse::<usize>().ok().and_then(|i| elements.get(i)),
                other => other.get(key),
            };
            inside.map_or(Found::Missing(keys.clone()), |inside| follow(inside, rest))
        }
        None => match at {
            Value::Array(elements) if is_index(path) => Found::Beyond(elements.len()),
            _ => Found::Missing(keys),
        },
    }
}

/// Whether a path goes on with the place in a list.
fn is_index(path: &str) -> bool {
    let first = path.split('.').next().unwrap_or_default();
    !first.is_empty() && first.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::result::EstimateRequest;
    use crate::result::testing::document;

    /// A document without statistics.
    impl Numbered for Value {
        fn number(&self, _: &StatisticKey) -> Option<Option<f64>> {
            None
        }
    }

    #[test]
    fn places_are_followed_through_dots_and_arrays() {
        let document = serde_json::json!({
            "figures": { "lab": { "cost": { "mean": 2.5, "se": null, "shortfall": { "0.95": { "value": 3.0 } } } } },
            "bubble": { "lab": { "by_period": [{ "high": 0.1 }, { "high": 0.2 }], "unit": "USD" } },
        });
        let at = |path: &str| Address::new(path).find(&document);
        assert_eq!(at("figures.lab.cost.mean"), Found::Number(2.5));
        assert_eq!(at("figures.lab.cost.shortfall.0.95.value"), Found::Number(3.0));
        assert_eq!(at("bubble.lab.by_period.1.high"), Found::Number(0.2));
        assert_eq!(at("figures.lab.cost.se"), Found::Undefined);
        assert_eq!(at("figures.lab.cost"), Found::NoNumber);
        assert_eq!(at("bubble.lab.unit"), Found::NoNumber);
        assert_eq!(at("bubble.lob.unit"), Found::Missing(vec!["lab".into()]));
        assert_eq!(at("bubble.lab.by_period.2.high"), Found::Beyond(2));
        assert_eq!(at("bubble.lab.by_period.x"), Found::Missing(vec!["0".into(), "1".into()]));
        assert_eq!(at("figures.lab.cost.mean.x"), Found::Missing(Vec::new()));
    }

    #[test]
    fn statistics_and_all_other_numbers_of_a_result_are_found() {
        let document = document(1, 300, &EstimateRequest::default());
        let vendor = &document.vendors["Vendor0"];
        let (received, loss) =
            (vendor.received.as_ref().expect("it can fail"), vendor.loss.as_ref().expect("it can fail"));
        let shortfall = loss.shortfall[&crate::result::Level::new(0.95)].value;
        let given = document.losses["Vendor0"]["alpha"].given_bubble.expect("there is a bubble");
        let cost = &document.figures["system"][&crate::registry::Figure::CommitmentCost];
        for (path, expected) in [
            ("figures.system.commitment_cost.mean", cost.mean.expect("there are paths")),
            ("figures.system.commitment_cost.count", 300.0),
            ("figures.system.commitment_cost.histogram.counts.1", cost.histogram.counts[1] as f64),
            ("figures.system.commitment_cost.exceedance.x.0", cost.exceedance.x[0]),
            ("bubble.alpha.by_period.3.high", document.bubble["alpha"].by_period[3].high.expect("there are paths")),
            ("vendors.Vendor0.loss.shortfall.0.95.value", shortfall.expect("there are paths")),
            ("vendors.Vendor0.received.histogram.counts.1", received.histogram.counts[1] as f64),
            ("losses.Vendor0.alpha.given_bubble.mean", given.mean.expect("the bubble bursts")),
            ("failures.Vendor0.probability", document.failures["Vendor0"].probability.expect("there are paths")),
            ("provenance.paths", 300.0),
            ("run.threads", 2.0),
        ] {
            assert_eq!(Address::new(path).find(&document), Found::Number(expected), "{path}");
        }
        let keys = |path: &str| match Address::new(path).find(&document) {
            Found::Missing(keys) => keys,
            other => panic!("{path}: {other:?}"),
        };
        assert_eq!(keys("figures.alpha.costs.mean").len(), 16);
        assert_eq!(keys("figures.alpha.value.var.0.9.value"), ["0.95", "0.99"]);
        assert_eq!(keys("figures.alpha.value.var.0.95.mean"), ["value", "low", "high"]);
        assert_eq!(keys("vendors.Vendor0.commitment_cost.max"), ["unit", "mean", "se", "sd"]);
        assert_eq!(keys("losses.Vendor0.alpha.given_bubble.sd"), ["mean", "se"]);
        assert_eq!(Address::new("bubble.alpha.by_period.24.low").find(&document), Found::Beyond(24));
        assert_eq!(Address::new("run.adapter").find(&document), Found::Undefined);
    }
}
