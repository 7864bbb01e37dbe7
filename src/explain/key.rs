//! Explanations of keys of scenario files.

use super::entry::{Explanation, Line};
use super::schema::{Form, KEYS, SchemaKey, kind, quoted, range};
use super::{example, formula};

/// Tables that are described on another page than the scenario file's.
const PAGES: [(&str, &str); 13] = [
    ("contract.*.review", "docs/clauses.md#review"),
    ("contract.*.reduction", "docs/clauses.md#reduction"),
    ("contract.*.extension", "docs/clauses.md#extension"),
    ("contract.*.delay", "docs/clauses.md#delay"),
    ("contract.*.true_up", "docs/clauses.md#true-up-and-make-up"),
    ("contract.*.make_up", "docs/clauses.md#true-up-and-make-up"),
    ("contract.*.resale", "docs/clauses.md#resale"),
    ("organization.*.workout", "docs/parties.md#workouts"),
    ("tranche", "docs/parties.md#tranches"),
    ("vendor", "docs/parties.md#vendors"),
    ("crisis", "docs/parties.md#crises"),
    ("uncertain", "docs/uncertainty.md"),
    ("variant", "docs/comparing.md#variants"),
];

/// The dotted key, with `*` for names.
pub fn pattern(key: &SchemaKey) -> String {
    key.path.join(".")
}

/// The dotted key as people write it.
pub fn shown(key: &SchemaKey) -> String {
    let steps = key.path.iter().map(|step| if step == "*" { "NAME" } else { step.as_str() });
    steps.collect::<Vec<_>>().join(".")
}

/// The dotted key without names and numbers, such as `contract.take_or_pay`.
pub fn short(key: &SchemaKey) -> String {
    let steps = key.path.iter().filter(|step| *step != "*").map(|step| step.trim_end_matches("[N]"));
    steps.collect::<Vec<_>>().join(".")
}

/// The keys that a text names: whole dotted keys, with or without the names of entries, or their last steps. A single word means
/// every key that ends with it.
pub fn matching(text: &str) -> Vec<&'static SchemaKey> {
    let asked = words(text);
    let placed = if asked.len() > 1 { placed(&asked) } else { Vec::new() };
    if placed.is_empty() { named(&asked, false) } else { placed }
}

/// The keys at a place of a file: a whole dotted key, an entry of a list, or a part of a curve.
pub fn at(text: &str) -> Vec<&'static SchemaKey> {
    placed(&words(text))
}

fn words(text: &str) -> Vec<&str> {
    text.split('.').map(|step| step.split('[').next().unwrap_or_default()).collect()
}

fn named(asked: &[&str], whole: bool) -> Vec<&'static SchemaKey> {
    KEYS.iter().filter(|key| is_named(&steps(key), asked, whole)).collect()
}

fn placed(asked: &[&str]) -> Vec<&'static SchemaKey> {
    let has_names =
        |list: &str| KEYS.iter().any(|key| key.path[0] == list && key.path.get(1).is_some_and(|step| step == "*"));
    let direct = named(asked, true);
    match asked {
        _ if !direct.is_empty() => direct,
        [list, _] if has_names(list) => named(&[list], true),
        [before @ .., "year" | "value"] if before.len() > 1 => named(before, true),
        _ => Vec::new(),
    }
}

fn steps(key: &SchemaKey) -> Vec<&str> {
    key.path.iter().map(|step| step.trim_end_matches("[N]")).collect()
}

/// Whether a text names a key: all of its steps, or some of the last ones. Names may be anything or left out, but a name alone says
/// nothing without its list in front.
fn is_named(key: &[&str], asked: &[&str], whole: bool) -> bool {
    match (key.split_last(), asked.split_last()) {
        (None, None) => true,
        (Some(_), None) => !whole,
        (None, Some(_)) => false,
        (Some((&"*", key)), Some((_, rest))) => {
            is_named(key, asked, whole) || (!rest.is_empty() && is_named(key, rest, whole))
        }
        (Some((step, key)), Some((word, asked))) => step == word && is_named(key, asked, whole),
    }
}

/// Explanations of keys; those that say the same in several forms of a table are told once.
pub fn explained(keys: &[&'static SchemaKey]) -> Vec<Explanation> {
    let mut found: Vec<Explanation> = Vec::new();
    for key in keys {
        let one = explanation(key);
        let same = |other: &&mut Explanation| {
            (&other.name, &other.what, &other.range, &other.default) == (&one.name, &one.what, &one.range, &one.default)
        };
        match found.iter_mut().find(same) {
            Some(other) => other.with.extend(one.with),
            None => found.push(one),
        }
    }
    found
}

fn explanation(key: &SchemaKey) -> Explanation {
    let (keys, form) = (inner_keys(key), kind(&key.schema));
    Explanation {
        name: shown(key),
        kind: "a key of scenario files",
        what: key.schema["description"].as_str().unwrap_or_default().to_owned(),
        range: range(&key.schema).filter(|_| keys.is_empty() || form.contains("number")),
        form: Some(form),
        default: Some(default(key)),
        with: key.form.as_ref().map(Form::written).into_iter().collect(),
        formula: formula::of_key(&pattern(key)).map(str::to_owned),
        example: example::of(key),
        keys,
        more: page(&pattern(key)),
        ..Explanation::default()
    }
}

impl Form {
    /// As it stands in a file.
    pub fn written(&self) -> String {
        format!("{} = \"{}\"", self.key, self.value)
    }
}

fn default(key: &SchemaKey) -> String {
    match &key.schema["default"] {
        serde_json::Value::Null if !key.alternatives.is_empty() => {
            format!("none; either this or `{}` is required", key.alternatives.join("`, `"))
        }
        serde_json::Value::Null if key.is_required => "none; it is required".into(),
        serde_json::Value::Null => "none; it can be left out".into(),
        value => quoted(value),
    }
}

fn page(pattern: &str) -> &'static str {
    let within =
        |table: &str| pattern.strip_prefix(table).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']));
    PAGES.iter().find(|(table, _)| within(table)).map_or("docs/scenario-file.md", |(_, page)| page)
}

/// The keys right below a table, each once.
fn inner_keys(key: &SchemaKey) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    for inner in KEYS.iter().filter(|inner| is_parent(&key.path, &inner.path)) {
        let name = inner.path.last().expect("a key has steps").clone();
        if lines.iter().all(|line| line.name != name) {
            lines.push(Line { name, what: inner.schema["description"].as_str().unwrap_or_default().to_owned() });
        }
    }
    lines
}

fn is_parent(table: &[String], key: &[String]) -> bool {
    let (Some((_, inner)), Some((last, before))) = (key.split_last(), table.split_last()) else { return false };
    let numbered = [before, &[format!("{last}[N]")]].concat();
    let named = [table, &["*".to_owned()]].concat();
    [table, &numbered, &named].contains(&inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        let mut names: Vec<String> = matching(text).into_iter().map(shown).collect();
        names.dedup();
        names
    }

    #[test]
    fn keys_are_found_with_and_without_the_names_of_entries() {
        for text in ["take_or_pay", "contract.take_or_pay", "contract.*.take_or_pay", "contract.aws.take_or_pay"] {
            assert_eq!(found(text), ["contract.NAME.take_or_pay"], "{text}");
        }
        assert_eq!(found("regimes.effect[2].shift"), ["regimes.effect[N].shift"]);
        assert_eq!(found("vendor.Oracle.stakes[1].value"), ["vendor.NAME.stakes[N].value"]);
        assert_eq!(found("factor.price.drift[2].value"), ["factor.NAME.drift"]);
        assert_eq!(found("contract.flexible.rate.index"), ["contract.NAME.rate.index"]);
        assert_eq!(found("contract.aws"), ["contract"]);
        assert_eq!(found("discount.rate"), ["discount.rate"]);
        assert_eq!(found("horizon"), ["horizon"]);
        assert!(found("rate").len() > 2);
        assert_eq!((at("crisis").len(), matching("crisis").len()), (1, 2));
        for nothing in ["", "aws.take_or_pay", "contracts", "discount.rates", "..", "*", "name.", "NAME"] {
            assert_eq!(found(nothing), Vec::<String>::new(), "{nothing}");
        }
    }

    #[test]
    fn every_key_has_an_example_and_a_description() {
        let bare: Vec<String> = KEYS
            .iter()
            .filter(|key| inner_keys(key).is_empty())
            .filter(|key| example::of(key).is_none() || key.schema["description"].as_str().is_none())
            .map(shown)
            .collect();
        assert_eq!(bare, Vec::<String>::new());
        assert!(KEYS.len() > 250, "{}", KEYS.len());
    }

    #[test]
    fn formulas_and_pages_are_of_keys_that_exist() {
        let patterns: Vec<String> = KEYS.iter().map(pattern).collect();
        for (key, _) in formula::OF_KEYS {
            assert!(patterns.iter().any(|pattern| pattern == key), "{key}");
        }
        for (table, _) in PAGES {
            assert!(patterns.iter().any(|pattern| pattern == table), "{table}");
        }
    }

    #[test]
    fn forms_that_say_the_same_are_told_once() {
        let volatility = explained(&matching("factor.volatility"));
        let forms: Vec<&[String]> = volatility.iter().map(|one| one.with.as_slice()).collect();
        let joined: Vec<String> = forms.iter().map(|forms| forms.join(", ")).collect();
        assert_eq!(joined.concat().matches("process = ").count(), 3, "{joined:?}");
    }
}
