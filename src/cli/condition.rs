//! Conditions on a result, for pipelines and gates: `bubble.openai.probability > 0.2`.

use super::address::{Address, Found, Numbered};
use super::failure::Failure;

/// Any number of a document compared with a number.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    text: String,
    address: Address,
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

impl Condition {
    /// Reads `PATH > NUMBER`; also >=, < and <=.
    pub fn parse(text: &str) -> Result<Self, String> {
        let wrong =
            || "must be a place in the result, a comparison and a number, such as `bubble.system.probability > 0.2`";
        let find = |&(sign, comparison): &(&str, Comparison)| Some((text.split_once(sign)?, comparison));
        let ((path, bound), comparison) = COMPARISONS.iter().find_map(find).ok_or_else(wrong)?;
        let bound = bound.trim().parse::<f64>().ok().filter(|bound| bound.is_finite()).ok_or_else(wrong)?;
        let path = path.trim();
        if path.is_empty() {
            return Err(wrong().into());
        }
        Ok(Condition { text: text.trim().to_owned(), address: Address::new(path), comparison, bound })
    }

    /// The condition as it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Where it looks.
    pub fn address(&self) -> &Address {
        &self.address
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
pub fn refuse_unknown(conditions: &[Condition], empty: &impl Numbered) -> Result<(), Failure> {
    for condition in conditions {
        let hint = match condition.address.find(empty) {
            Found::Number(_) | Found::Undefined | Found::Beyond(0) => continue,
            Found::Beyond(length) => format!("the list there has {length} entries, from 0 to {}", length - 1),
            Found::NoNumber => "choose a number, such as bubble.system.probability".to_owned(),
            Found::Missing(keys) if keys.is_empty() => {
                "there is nothing inside that value; shorten the place".to_owned()
            }
            Found::Missing(keys) => format!("the keys there are {}", keys.join(", ")),
        };
        let message = format!("--fail-if: the document has no number `{}`", condition.address.text());
        return Err(Failure::Usage { message, hint: Some(hint) });
    }
    Ok(())
}

/// What is to be said of each condition that holds, or cannot be told.
pub fn held(conditions: &[Condition], document: &impl Numbered) -> Vec<String> {
    let mut held = Vec::new();
    for condition in conditions {
        match condition.address.find(document) {
            Found::Number(number) if condition.holds(number) => {
                held.push(format!("`{}` holds: it is {number}", condition.text()));
            }
            Found::Number(_) => (),
            Found::Beyond(length) => {
                held.push(format!("`{}` cannot be tested: the list there has {length} entries", condition.text()));
            }
            Found::Undefined | Found::NoNumber | Found::Missing(_) => {
                held.push(format!("`{}` cannot be tested: the number is undefined", condition.text()));
            }
        }
    }
    held
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_that_paths_make_are_judged_once_they_are_there() {
        let conditions = |text: &str| [Condition::parse(text).unwrap()];
        let (empty, full) =
            (serde_json::json!({ "counts": [], "by": [1, 2] }), serde_json::json!({ "counts": [3, 4], "by": [1, 2] }));
        assert!(refuse_unknown(&conditions("counts.1 > 3"), &empty).is_ok());
        assert_eq!(held(&conditions("counts.1 > 3"), &full), ["`counts.1 > 3` holds: it is 4"]);
        assert!(held(&conditions("counts.0 > 3"), &full).is_empty());
        let told = held(&conditions("counts.2 > 3"), &full);
        assert_eq!(told, ["`counts.2 > 3` cannot be tested: the list there has 2 entries"]);
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
