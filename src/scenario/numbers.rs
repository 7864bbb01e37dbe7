//! The numbers of a file by their dotted keys.

use super::edit::{Step, name_of, part_of_pair, steps};
use super::names::is_addressable;
use super::template::Template;
use super::tree::{Node, Value};

/// Tables whose numbers describe the file or its grid instead of the deal.
const LEFT_OUT: [&str; 6] = ["schema", "horizon", "variant", "uncertain", "uncertain_correlation", "bubble"];

impl Template {
    /// The number at a dotted key; `None` if there is none.
    pub fn number(&self, key: &str) -> Option<f64> {
        let mut node = self.tree();
        for step in steps(key)? {
            node = match (&node.value, step) {
                (Value::Table(table), Step::Key(key)) => &table.get(key)?.node,
                (Value::Array(elements), Step::Number(number)) => elements.get(number.checked_sub(1)?)?,
                (Value::Array(elements), Step::Key(name)) => match part_of_pair(elements, name) {
                    Some(number) => &elements[number - 1],
                    None => elements.iter().find(|element| name_of(element) == Some(name))?,
                },
                _ => return None,
            };
        }
        match node.value {
            Value::Number { value, .. } => Some(value),
            _ => None,
        }
    }

    /// All numbers of the deal with their keys, in the order of the file. Of points of curves these are the values and not the years.
    pub fn numbers(&self) -> Vec<(String, f64)> {
        let mut found = Vec::new();
        if let Value::Table(table) = &self.tree().value {
            let entries = table.0.iter().filter(|entry| !LEFT_OUT.contains(&entry.key.as_str()));
            entries.for_each(|entry| collect(&entry.key, &entry.node, &mut found));
        }
        found
    }
}

fn collect(key: &str, node: &Node, found: &mut Vec<(String, f64)>) {
    match &node.value {
        Value::Number { value, .. } => found.push((key.to_owned(), *value)),
        Value::Table(table) => {
            let entries = table.0.iter().filter(|entry| is_addressable(&entry.key));
            entries.for_each(|entry| collect(&format!("{key}.{}", entry.key), &entry.node, found));
        }
        Value::Array(elements) if part_of_pair(elements, "value").is_some() => {
            collect(&format!("{key}.value"), &elements[1], found);
        }
        Value::Array(elements) => {
            for (place, element) in elements.iter().enumerate() {
                let name = name_of(element).filter(|name| is_addressable(name));
                let inside = name.map_or_else(|| format!("{key}[{}]", place + 1), |name| format!("{key}.{name}"));
                collect(&inside, element, found);
            }
        }
        _ => (),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Setting, parse};

    #[test]
    fn numbers_are_found_by_the_keys_that_set_them() {
        let loaded = parse(include_str!("../../docs/examples/start.toml"), "start.toml").unwrap();
        let numbers = loaded.template.numbers();
        assert!(numbers.len() > 30, "{numbers:?}");
        for expected in
            [("factor.price.drift[2].value", -0.08), ("contract.cloud.take_or_pay", 0.9), ("discount.rate", 0.1)]
        {
            assert!(numbers.iter().any(|(key, x)| (key.as_str(), *x) == expected), "{expected:?}: {numbers:?}");
        }
        for (key, value) in &numbers {
            assert_eq!(loaded.template.number(key), Some(*value), "{key}");
            let same = loaded.template.set(&[(key, Setting::Number(*value))], "the same");
            assert!(same.is_ok(), "{key}: {}", same.unwrap_err());
        }
        assert_eq!(loaded.template.number("contract.cloud.vendor"), None);
        assert_eq!(loaded.template.number("contract.cloud.trem"), None);
    }
}
