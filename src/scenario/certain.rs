//! Uncertain inputs whose values a variant or a point of a sweep sets.

use super::edit::{Step, name_of, steps};
use super::same::canonical;
use super::tree::{Node, Value};

/// The keys of a file that say what is uncertain.
const UNCERTAIN: [&str; 2] = ["uncertain", "uncertain_correlation"];

/// Marks the `[[uncertain]]` entries whose keys lie in one of these places, and the correlations that name them, as removed: a value that
/// is set is certain. The other entries keep their numbers.
pub(super) fn settle<'a>(root: &mut Node, places: impl Iterator<Item = &'a str>) {
    let keys = settled(root, places);
    if keys.is_empty() {
        return;
    }
    let is_one = |text: &str| keys.iter().any(|key| key == text);
    let names_one = |pair: &Node| match &pair.value {
        Value::Array(parts) => parts.iter().filter_map(text_of).any(is_one),
        _ => false,
    };
    remove(root, &["uncertain"], &|entry| key_of(entry).is_some_and(is_one));
    remove(root, &["uncertain_correlation", "pairs"], &names_one);
}

fn settled<'a>(root: &Node, places: impl Iterator<Item = &'a str>) -> Vec<String> {
    let keys: Vec<&str> = elements(root, &["uncertain"]).iter().filter_map(key_of).collect();
    if keys.is_empty() {
        return Vec::new();
    }
    let places: Vec<_> = places.filter_map(|place| canonical(root, place)).collect();
    let is_settled =
        |key: &&&str| canonical(root, key).is_some_and(|key| places.iter().any(|place| key.starts_with(place)));
    keys.iter().filter(is_settled).map(|key| key.to_string()).collect()
}

/// The keys of `[[uncertain]]` entries, if any, whose numbers would mean other elements once what is marked as removed is taken out.
pub(super) fn renumbered(root: &Node) -> impl Iterator<Item = &Node> {
    let entries = elements(root, &["uncertain"]).iter();
    let keys = entries.filter_map(|entry| match &entry.value {
        Value::Table(table) => table.get("key").map(|entry| &entry.node),
        _ => None,
    });
    keys.filter(|key| text_of(key).and_then(steps).is_some_and(|steps| is_renumbered(root, &steps)))
}

/// Whether a number among these steps counts an element that is marked as removed, before its own.
fn is_renumbered(node: &Node, steps: &[Step]) -> bool {
    let Some((step, rest)) = steps.split_first() else { return false };
    let is_removed = |element: &Node| matches!(element.value, Value::Removed);
    match (&node.value, step) {
        (Value::Table(table), Step::Key(key)) => table.get(key).is_some_and(|entry| is_renumbered(&entry.node, rest)),
        (Value::Array(entries), Step::Key(name)) => {
            entries.iter().find(|entry| name_of(entry) == Some(name)).is_some_and(|entry| is_renumbered(entry, rest))
        }
        (Value::Array(entries), Step::Number(number)) => {
            let before = entries.iter().take(number.saturating_sub(1));
            before.clone().any(is_removed) || entries.get(before.len()).is_some_and(|entry| is_renumbered(entry, rest))
        }
        _ => false,
    }
}

/// Takes out what is marked as removed, but for uncertain inputs and their correlations, which keep their numbers for further changes.
pub(super) fn drop_removed(root: &mut Node) {
    let Value::Table(table) = &mut root.value else { return };
    table
        .0
        .iter_mut()
        .filter(|entry| !UNCERTAIN.contains(&entry.key.as_str()))
        .for_each(|entry| entry.node.drop_removed());
}

/// The tree without what is marked as removed, ready to be decoded.
pub(super) fn without_removed(mut tree: Node) -> Node {
    tree.drop_removed();
    if elements(&tree, &["uncertain"]).is_empty() { without_uncertain(tree) } else { tree }
}

/// The tree without what is uncertain.
pub(super) fn without_uncertain(mut tree: Node) -> Node {
    if let Value::Table(table) = &mut tree.value {
        table.0.retain(|entry| !UNCERTAIN.contains(&entry.key.as_str()));
    }
    tree
}

/// The key of an `[[uncertain]]` entry.
pub(super) fn key_of(entry: &Node) -> Option<&str> {
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

/// Marks elements of the list at these keys as removed.
fn remove(node: &mut Node, keys: &[&str], is_meant: &dyn Fn(&Node) -> bool) {
    match (&mut node.value, keys) {
        (Value::Array(elements), []) => {
            elements.iter_mut().filter(|element| is_meant(element)).for_each(|element| element.value = Value::Removed);
        }
        (Value::Table(table), [key, rest @ ..]) => {
            let entry = table.0.iter_mut().find(|entry| entry.key == *key);
            entry.into_iter().for_each(|entry| remove(&mut entry.node, rest, is_meant));
        }
        _ => (),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Scenario, Setting, parse};
    use crate::distribution::Distribution;

    const START: &str = include_str!("../../docs/examples/start.toml");
    const ENTRIES: &str = "\
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
        let text = format!("{START}\n{ENTRIES}{variants}");
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

    #[test]
    fn a_variant_may_not_remove_what_numbers_count() {
        let entry =
            |key: &str| format!("[[uncertain]]\nkey = \"{key}\"\ndistribution = \"uniform\"\nmin = -0.5\nmax = -0.3\n");
        let effect = "[[regimes.effect]]\nstate = \"bust\"\nfactor = \"price\"\ndrift = -0.4\n\n[[organization]]";
        let start = START.replacen("[[organization]]", effect, 1);
        let variant = "[[variant]]\nname = \"less\"\nremove = [\"regimes.effect[1]\"]\n";
        let read = |key: &str| parse(&format!("{start}\n{}{variant}", entry(key)), "start.toml");
        // the third effect would be the second, whose shift is another number
        let failure = read("regimes.effect[2].shift").expect_err("its number would change").to_string();
        assert!(failure.contains("`regimes.effect[2].shift` would mean another entry"), "{failure}");
        // what is removed is not uncertain any more, and what stands in front of it stays where it is
        let less = |key: &str| {
            let loaded = read(key).unwrap_or_else(|failure| panic!("{failure}"));
            left(&loaded.variants.iter().find(|variant| variant.name == "less").expect("it is there").scenario).0.len()
        };
        assert_eq!(less("regimes.effect[1].shift"), 0);
        assert_eq!(less("factor[1].drift[1].value"), 1);
    }

    #[test]
    fn entries_keep_their_numbers() {
        let variant = "[[variant]]\nname = \"calm\"\nset = { \"factor.price.volatility\" = 0.3 }\n";
        let text = format!("{START}\n{ENTRIES}{variant}");
        let loaded = parse(&text, "start.toml").unwrap_or_else(|failure| panic!("{failure}"));
        let template = &loaded.variants.iter().find(|variant| variant.name == "calm").expect("it is there").template;
        let set = |key: &str| template.set(&[(key, Setting::Number(0.6))], "point 0");
        let inputs =
            set("uncertain[2].min").unwrap_or_else(|failure| panic!("{failure}")).uncertainty.expect("some stay");
        assert_eq!(inputs.inputs[0].key, "contract.cloud.take_or_pay");
        assert_eq!(inputs.inputs[0].distribution, Distribution::Uniform { low: 0.6, high: 1.0 });
        let failure = set("uncertain[1].min").expect_err("its key is set").to_string();
        assert!(failure.contains("`uncertain[1]` does not apply: its key is set"), "{failure}");
        // a key that becomes uncertain by a change and is set by another one is certain
        let (entries, _) = ENTRIES.split_once("[uncertain_correlation]").expect("there are some");
        let loaded = parse(&format!("{START}\n{entries}"), "start.toml").unwrap_or_else(|failure| panic!("{failure}"));
        let key = ("uncertain[2].key", Setting::Text("factor.use.level".into()));
        let found = loaded.template.set(&[key, ("factor.use.level", Setting::Number(0.8))], "point 0");
        let found = found.unwrap_or_else(|failure| panic!("{failure}"));
        assert_eq!(left(&found).0, ["factor.price.volatility", "discount.rate"]);
    }
}
