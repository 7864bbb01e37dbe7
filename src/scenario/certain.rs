//! Uncertain inputs that a change gives a value, or removes.

use super::same::canonical;
use super::tree::{Node, Value};

/// Keys of the `[[uncertain]]` entries that lie in one of these places. Whoever sets a place knows everything in it.
pub(super) fn settled<'a>(root: &Node, places: impl Iterator<Item = &'a str>) -> Vec<String> {
    let keys: Vec<&str> = elements(root, &["uncertain"]).iter().filter_map(key_of).collect();
    if keys.is_empty() {
        return Vec::new();
    }
    let places: Vec<_> = places.filter_map(|place| canonical(root, place)).collect();
    let is_settled =
        |key: &&&str| canonical(root, key).is_some_and(|key| places.iter().any(|place| key.starts_with(place)));
    keys.iter().filter(is_settled).map(|key| key.to_string()).collect()
}

/// Takes out the `[[uncertain]]` entries of these keys, and the correlations that name them.
pub(super) fn make_certain(root: &mut Node, keys: &[String]) {
    if keys.is_empty() {
        return;
    }
    let is_one = |text: &str| keys.iter().any(|key| key == text);
    let names_one = |pair: &Node| match &pair.value {
        Value::Array(parts) => parts.iter().filter_map(text_of).any(is_one),
        _ => false,
    };
    retain(root, &["uncertain"], &|entry| !key_of(entry).is_some_and(is_one));
    retain(root, &["uncertain_correlation", "pairs"], &|pair| !names_one(pair));
    if elements(root, &["uncertain"]).is_empty() {
        *root = root.without("uncertain").without("uncertain_correlation");
    }
}

fn key_of(entry: &Node) -> Option<&str> {
    let Value::Table(table) = &entry.value else { return None };
    text_of(&table.get("key")?.node)
}

fn text_of(node: &Node) -> Option<&str> {
    if let Value::Text(text) = &node.value { Some(text) } else { None }
}

/// The elements of the list at these keys; none if there is no list.
fn elements<'a>(node: &'a Node, keys: &[&str]) -> &'a [Node] {
    match (&node.value, keys) {
        (Value::Array(elements), []) => elements,
        (Value::Table(table), [key, rest @ ..]) => table.get(key).map_or(&[], |entry| elements(&entry.node, rest)),
        _ => &[],
    }
}

/// Keeps those elements of the list at these keys that are wanted.
fn retain(node: &mut Node, keys: &[&str], is_wanted: &dyn Fn(&Node) -> bool) {
    match (&mut node.value, keys) {
        (Value::Array(elements), []) => elements.retain(is_wanted),
        (Value::Table(table), [key, rest @ ..]) => {
            let entry = table.0.iter_mut().find(|entry| entry.key == *key);
            entry.into_iter().for_each(|entry| retain(&mut entry.node, rest, is_wanted));
        }
        _ => (),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Scenario, parse};

    const START: &str = include_str!("../../docs/examples/start.toml");
    const UNCERTAIN: &str = "\
        [[uncertain]]\nkey = \"factor.price.volatility\"\ndistribution = \"uniform\"\nmin = 0.2\nmax = 0.4\n\
        [[uncertain]]\nkey = \"contract.cloud.take_or_pay\"\ndistribution = \"uniform\"\nmin = 0.5\nmax = 1.0\n\
        [[uncertain]]\nkey = \"discount.rate\"\ndistribution = \"lognormal\"\nlow = 0.04\nhigh = 0.1\n\
        [uncertain_correlation]\npairs = [[\"discount.rate\", \"contract.cloud.take_or_pay\", 0.6], \
        [\"discount.rate\", \"factor.price.volatility\", 0.2]]\n";

    /// Keys that are uncertain, and the correlations below the diagonal.
    fn left(scenario: &Scenario) -> (Vec<&str>, Vec<f64>) {
        let Some(uncertainty) = &scenario.uncertainty else { return Default::default() };
        let keys = uncertainty.inputs.iter().map(|input| input.key.as_str()).collect();
        let correlation = &uncertainty.correlation;
        let below = (0..correlation.nrows()).flat_map(|row| (0..row).map(move |column| (row, column)));
        (keys, below.map(|place| correlation[place]).collect())
    }

    #[test]
    fn a_variant_makes_certain_what_it_sets() {
        let variants = "\
            [[variant]]\nname = \"one\"\nset = { \"contract[1].take_or_pay\" = 0.7 }\n\
            [[variant]]\nname = \"whole\"\nset = { \"discount\" = { rate = 0.05 } }\n\
            [[variant]]\nname = \"all\"\nset = { \"factor.price.volatility\" = 0.3, \"contract.cloud.take_or_pay\" = 0.7, \
            \"discount.rate\" = 0.05 }\n\
            [[variant]]\nname = \"other\"\nset = { \"factor.price.drift\" = 0.0 }\n";
        let text = format!("{START}\n{UNCERTAIN}{variants}");
        let loaded = parse(&text, "start.toml").unwrap_or_else(|failure| panic!("{failure}"));
        let of = |name: &str| {
            left(&loaded.variants.iter().find(|variant| variant.name == name).expect("it is there").scenario)
        };
        let [price, cloud, rate] = ["factor.price.volatility", "contract.cloud.take_or_pay", "discount.rate"];
        assert_eq!(of("one"), (vec![price, rate], vec![0.2]));
        assert_eq!(of("whole"), (vec![price, cloud], vec![0.0]));
        assert_eq!(of("all"), (vec![], vec![]));
        assert_eq!(of("other"), (vec![price, cloud, rate], vec![0.0, 0.2, 0.6]));
    }
}
