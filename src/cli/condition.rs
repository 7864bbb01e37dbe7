//! Conditions on a result, for pipelines and gates: `bubble.openai.probability > 0.2`.

use serde::Serialize;
use serde_json::Value;

use super::failure::Failure;

/// Any number of the result document compared with a number.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    text: String,
    path: String,
    comparison: Comparison,
    bound: f64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Comparison {
    Above,
    AtLeast,
    Below,
    AtMost,
}

/// How they are written; longer ones first, since the shorter ones begin them.
const COMPARISONS: [(&str, Comparison); 4] =
    [(">=", Comparison::AtLeast), ("<=", Comparison::AtMost), (">", Comparison::Above), ("<", Comparison::Below)];

/// What was found where a condition looks.
#[derive(Debug, PartialEq)]
pub enum Place {
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

impl Condition {
    /// Reads `PATH > NUMBER`; also >=, < and <=.
    pub fn parse(text: &str) -> Result<Self, String> {
        let wrong =
            || "must be a place in the result, a comparison and a number, such as `bubble.system.probability > 0.2`";
        let find = |&(sign, comparison): &(&str, Comparison)| Some((text.split_once(sign)?, comparison));
        let ((path, bound), comparison) = COMPARISONS.iter().find_map(find).ok_or_else(wrong)?;
        let bound = bound.trim().parse::<f64>().ok().filter(|bound| bound.is_finite()).ok_or_else(wrong)?;
        let path = path.trim().to_owned();
        if path.is_empty() {
            return Err(wrong().into());
        }
        Ok(Condition { text: text.trim().to_owned(), path, comparison, bound })
    }

    /// The condition as it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Where it looks.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What a document has there.
    pub fn place(&self, document: &Value) -> Place {
        place(document, &self.path)
    }

    /// Whether it holds for a number.
    pub fn holds(&self, number: f64) -> bool {
        match self.comparison {
            Comparison::Above => number > self.bound,
            Comparison::AtLeast => number >= self.bound,
            Comparison::Below => number < self.bound,
            Comparison::AtMost => number <= self.bound,
        }
    }
}

/// Refuses conditions that do not look at numbers of a document; an empty one has its keys already, and the lists whose length
/// does not depend on the paths.
pub fn refuse_unknown(conditions: &[Condition], empty: &impl Serialize) -> Result<(), Failure> {
    let document = serde_json::json!(empty);
    for condition in conditions {
        let hint = match condition.place(&document) {
            Place::Number(_) | Place::Undefined | Place::Beyond(0) => continue,
            Place::Beyond(length) => format!("the list there has {length} entries, from 0 to {}", length - 1),
            Place::NoNumber => "choose a number, such as bubble.system.probability".to_owned(),
            Place::Missing(keys) if keys.is_empty() => {
                "there is nothing inside that value; shorten the place".to_owned()
            }
            Place::Missing(keys) => format!("the keys there are {}", keys.join(", ")),
        };
        let message = format!("--fail-if: the document has no number `{}`", condition.path());
        return Err(Failure::Usage { message, hint: Some(hint) });
    }
    Ok(())
}

/// Fails if a condition holds, or cannot be told.
pub fn judge(conditions: &[Condition], document: &impl Serialize) -> Result<(), Failure> {
    let document = serde_json::json!(document);
    let mut held = Vec::new();
    for condition in conditions {
        match condition.place(&document) {
            Place::Number(number) if condition.holds(number) => {
                held.push(format!("`{}` holds: it is {number}", condition.text()));
            }
            Place::Number(_) => (),
            Place::Beyond(length) => {
                held.push(format!("`{}` cannot be tested: the list there has {length} entries", condition.text()));
            }
            _ => held.push(format!("`{}` cannot be tested: the number is undefined", condition.text())),
        }
    }
    if held.is_empty() { Ok(()) } else { Err(Failure::Condition(held.join("\n       "))) }
}

/// Follows dotted keys, which may have dots of their own (`shortfall.0.95.value`).
fn place(at: &Value, path: &str) -> Place {
    if path.is_empty() {
        return match at {
            Value::Number(number) => number.as_f64().map_or(Place::NoNumber, Place::Number),
            Value::Null => Place::Undefined,
            _ => Place::NoNumber,
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
            inside.map_or(Place::Missing(keys.clone()), |inside| place(inside, rest))
        }
        None => match at {
            Value::Array(elements) if is_index(path) => Place::Beyond(elements.len()),
            _ => Place::Missing(keys),
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

    fn document() -> Value {
        serde_json::json!({
            "figures": { "lab": { "cost": { "mean": 2.5, "se": null, "shortfall": { "0.95": { "value": 3.0 } } } } },
            "bubble": { "lab": { "by_period": [{ "high": 0.1 }, { "high": 0.2 }], "unit": "USD" } },
        })
    }

    fn at(path: &str) -> Place {
        Condition::parse(&format!("{path} > 0")).unwrap().place(&document())
    }

    #[test]
    fn places_are_followed_through_dots_and_arrays() {
        assert_eq!(at("figures.lab.cost.mean"), Place::Number(2.5));
        assert_eq!(at("figures.lab.cost.shortfall.0.95.value"), Place::Number(3.0));
        assert_eq!(at("bubble.lab.by_period.1.high"), Place::Number(0.2));
        assert_eq!(at("figures.lab.cost.se"), Place::Undefined);
        assert_eq!(at("figures.lab.cost"), Place::NoNumber);
        assert_eq!(at("bubble.lab.unit"), Place::NoNumber);
        assert_eq!(at("bubble.lob.unit"), Place::Missing(vec!["lab".into()]));
        assert_eq!(at("bubble.lab.by_period.2.high"), Place::Beyond(2));
        assert_eq!(at("bubble.lab.by_period.x"), Place::Missing(vec!["0".into(), "1".into()]));
        assert_eq!(at("figures.lab.cost.mean.x"), Place::Missing(Vec::new()));
    }

    #[test]
    fn lists_that_paths_make_are_judged_once_they_are_there() {
        let conditions = |text: &str| [Condition::parse(text).unwrap()];
        let (empty, full) =
            (serde_json::json!({ "counts": [], "by": [1, 2] }), serde_json::json!({ "counts": [3, 4], "by": [1, 2] }));
        assert!(refuse_unknown(&conditions("counts.1 > 3"), &empty).is_ok());
        assert!(matches!(judge(&conditions("counts.1 > 3"), &full), Err(Failure::Condition(_))));
        assert!(judge(&conditions("counts.0 > 3"), &full).is_ok());
        let Err(Failure::Condition(told)) = judge(&conditions("counts.2 > 3"), &full) else {
            panic!("it is not there")
        };
        assert_eq!(told, "`counts.2 > 3` cannot be tested: the list there has 2 entries");
        let Err(Failure::Usage { hint, .. }) = refuse_unknown(&conditions("by.2 > 3"), &empty) else {
            panic!("by has 2")
        };
        assert_eq!(hint.as_deref(), Some("the list there has 2 entries, from 0 to 1"));
        assert!(refuse_unknown(&conditions("counts.x > 3"), &empty).is_err());
    }

    #[test]
    fn comparisons_are_as_written() {
        let holds = |text: &str, number| Condition::parse(text).unwrap().holds(number);
        assert!(holds("a.b > 0.2", 0.3) && !holds("a.b > 0.2", 0.2));
        assert!(holds("a.b>=0.2", 0.2) && !holds("a.b>=0.2", 0.1));
        assert!(holds("a.b < 1e9", 0.0) && !holds("a.b < 1e9", 1e9));
        assert!(holds(" a.b <= -1 ", -1.0) && !holds("a.b <= -1", 0.0));
        for bad in ["", "a.b", "a.b > ", "> 3", "a.b > x", "a.b > nan", "a.b == 3", "a.b > inf"] {
            assert!(Condition::parse(bad).is_err(), "{bad}");
        }
    }
}
