//! Whether dotted keys mean the same place: entries of lists have a name and a number, `contract.cloud` and `contract[1]`.

use super::edit::{Step, name_of, part_of_pair, steps};
use super::template::Template;
use super::tree::{Node, Value};

/// Two of some dotted keys that cannot both be set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clash {
    /// Their positions among the keys, in order.
    pub first: usize,
    pub second: usize,
    /// Whether they are the same place; otherwise one lies inside the other.
    pub same: bool,
}

/// A step to a place, with one form for each place of the tree.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Canonical<'a> {
    Key(&'a str),
    /// From 0.
    Index(usize),
}

impl Template {
    /// The first two keys, if any, that mean the same place or of which one lies inside the other.
    pub fn clash(&self, keys: &[String]) -> Option<Clash> {
        let keys = keys.iter().map(String::as_str);
        clashes(self.tree(), keys).min_by_key(|clash| (clash.second, clash.first))
    }
}

/// Pairs of keys that mean the same place or of which one lies inside the other. Keys that are malformed clash with none.
pub(super) fn clashes<'a>(root: &Node, keys: impl Iterator<Item = &'a str>) -> impl Iterator<Item = Clash> {
    let place = |(position, key)| Some((canonical(root, key)?, position));
    let mut places: Vec<(Vec<Canonical>, usize)> = keys.enumerate().filter_map(place).collect();
    // a place comes right before the places inside it
    places.sort();
    let pair = |pair: &[(Vec<Canonical>, usize)]| {
        let ((outer, a), (inner, b)) = (&pair[0], &pair[1]);
        let clash = Clash { first: *a.min(b), second: *a.max(b), same: outer == inner };
        inner.starts_with(outer).then_some(clash)
    };
    places.windows(2).filter_map(pair).collect::<Vec<_>>().into_iter()
}

/// The one form of a dotted key; `None` if it is malformed. What the tree lacks stands as it was written.
pub(super) fn canonical<'a>(root: &Node, key: &'a str) -> Option<Vec<Canonical<'a>>> {
    let mut node = Some(root);
    let mut found = Vec::new();
    for step in steps(key)? {
        let (place, next) = match (step, node.map(|node| &node.value)) {
            (Step::Key(name), Some(Value::Array(entries))) => {
                let part = part_of_pair(entries, name).map(|number| number - 1);
                match part.or_else(|| entries.iter().position(|entry| name_of(entry) == Some(name))) {
                    Some(index) => (Canonical::Index(index), entries.get(index)),
                    None => (Canonical::Key(name), None),
                }
            }
            (Step::Key(key), Some(Value::Table(table))) => {
                (Canonical::Key(key), table.get(key).map(|entry| &entry.node))
            }
            (Step::Key(key), _) => (Canonical::Key(key), None),
            (Step::Number(number), of) => {
                let index = number.wrapping_sub(1);
                let entries = if let Some(Value::Array(entries)) = of { entries.as_slice() } else { &[] };
                (Canonical::Index(index), entries.get(index))
            }
        };
        found.push(place);
        node = next;
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use super::*;

    const SCENARIO: &str = include_str!("../../scenarios/openai.toml");

    fn clash(keys: &[&str]) -> Option<(usize, usize, bool)> {
        let template = parse(SCENARIO, "scenario.toml").unwrap_or_else(|failure| panic!("{failure}")).template;
        let keys: Vec<String> = keys.iter().map(|key| key.to_string()).collect();
        template.clash(&keys).map(|Clash { first, second, same }| (first, second, same))
    }

    #[test]
    fn one_place_is_known_under_all_its_names() {
        let names: Vec<String> =
            parse(SCENARIO, "scenario.toml").unwrap().scenario.contracts.into_iter().map(|c| c.name).collect();
        let named = |i: usize, key: &str| format!("contract.{}.{key}", names[i]);
        let numbered = |i: usize, key: &str| format!("contract[{}].{key}", i + 1);
        let (a, b) = (named(0, "take_or_pay"), named(1, "take_or_pay"));
        assert_eq!(clash(&[&a, &b, "discount.rate", &numbered(0, "term")]), None);
        assert_eq!(clash(&[&b, "discount.rate", &a, &numbered(0, "take_or_pay")]), Some((2, 3, true)));
        assert_eq!(clash(&["contract[01].term", "contract[1].term"]), Some((0, 1, true)));
        assert_eq!(clash(&["variant", &a, "variant"]), Some((0, 2, true)));
        // a place and one inside it, also where the file has neither
        assert_eq!(clash(&["discount.rate", "discount.rate[1][2]"]), Some((0, 1, false)));
        assert_eq!(clash(&["contract.new.term", &a, "contract.new"]), Some((0, 2, false)));
        let (point, part) = ("contract[1].capacity[1].value", "contract[1].capacity[1][2]");
        assert_eq!(clash(&[point, "contract[1].capacity[1].year", part]), Some((0, 2, true)));
        assert_eq!(clash(&["discount.rate", "discount.rates"]), None);
        assert_eq!(clash(&["a..b", "a..b"]), None, "its own error says what is wrong with it");
    }
}
