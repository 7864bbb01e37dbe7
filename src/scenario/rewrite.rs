//! A file written anew: as JSON, and with places changed by a program.

use std::ops::Range;

use serde_json::{Map, Number, Value as Json};

use super::certain::without_removed;
use super::changes::changed;
use super::context::Context;
use super::diagnostic::{Diagnostic, Failure};
use super::edit::Edit;
use super::loaded::Loaded;
use super::source::Source;
use super::tree::{Entry, Node, Table, Value};
use super::{decode, json, parse, tree_of};

/// What a changed file is called, behind its name.
const CHANGED: &str = " (changed).json";

impl Loaded {
    /// The file as JSON, with its variants.
    ///
    /// # Errors
    /// None for files that were read.
    pub fn json(&self) -> Result<String, Failure> {
        let context = Context::new(&self.source);
        tree_of(&context).map(|tree| text(&tree)).ok_or_else(|| failure(context, &self.source))
    }

    /// The file with places changed. `changes` is the text of a JSON object of dotted keys and their new values; `null` removes what is
    /// there. Keys are those of variants. The result is a JSON file of its own.
    ///
    /// # Errors
    /// If `changes` is no such object, a place is unknown, or what comes out is no valid scenario. Messages show the changes as lines behind
    /// those of the file.
    pub fn changed(&self, changes: &str) -> Result<Loaded, Failure> {
        let name = format!("{}, changes", self.source.name);
        let written = Source::new(format!("{name}.json"), changes.to_owned());
        let own = Context::new(&written);
        let Some(Node { value: Value::Table(table), .. }) = json::read_json(&own).filter(|_| !own.has_errors()) else {
            return Err(failure(own, &written));
        };
        let source = self.source.with_json(name, changes);
        let first = source.text.len() - changes.len();
        let context = Context::new(&source);
        let tree =
            tree_of(&Context::new(&self.source)).and_then(|root| edited(&context, &root, &shifted(table, first)));
        let Some(tree) = tree.filter(|_| !context.has_errors()) else { return Err(failure(context, &source)) };
        let read = parse(&text(&tree), &changed_name(&self.source.name));
        read.map_err(|of_text| {
            // decoded once more, for messages that show the changes
            let known = decode::whole(&context, &tree).and_then(|_| decode::variants(&context, &tree));
            if known.is_some() { of_text } else { failure(context, &source) }
        })
    }
}

/// Tables and keys of TOML as the text of a JSON object, with dates as text: a piece of a scenario file that need not be a whole one.
///
/// # Errors
/// If the text is not TOML.
pub fn toml_as_json(toml: &str) -> Result<String, Failure> {
    let source = Source::new("piece.toml".into(), toml.to_owned());
    let context = Context::new(&source);
    match tree_of(&context).filter(|_| !context.has_errors()) {
        Some(tree) => Ok(text(&tree)),
        None => Err(failure(context, &source)),
    }
}

/// The tree with changes.
fn edited(context: &Context, root: &Node, changes: &Table) -> Option<Node> {
    let is_removal = |entry: &&Entry| matches!(entry.node.value, Value::Null);
    let (removed, set): (Vec<&Entry>, Vec<&Entry>) = changes.0.iter().partition(is_removal);
    let removals: Vec<Edit> = removed.into_iter().map(|entry| to_edit(entry, None)).collect();
    let mut settings: Vec<Edit> = set.into_iter().map(|entry| to_edit(entry, Some(&entry.node))).collect();
    changed(context, root, &removals, &mut settings).map(without_removed)
}

fn to_edit<'a>(entry: &'a Entry, value: Option<&'a Node>) -> Edit<'a> {
    Edit { path: &entry.key, span: entry.key_span.clone(), value }
}

fn changed_name(name: &str) -> String {
    let stem = name.strip_suffix(CHANGED).unwrap_or_else(|| {
        let is_ending =
            |(_, ending): &(&str, &str)| ["toml", "json"].iter().any(|one| ending.eq_ignore_ascii_case(one));
        name.rsplit_once('.').filter(is_ending).map_or(name, |(stem, _)| stem)
    });
    [stem, CHANGED].concat()
}

fn failure(context: Context, source: &Source) -> Failure {
    if !context.has_errors() {
        let hint = "this is a bug in overhang; please report it with the file";
        context.report(Diagnostic::about_file("the scenario could not be built", hint));
    }
    let found = context.finish();
    Failure { diagnostics: found.diagnostics, omitted: found.omitted, source: source.clone() }
}

/// The same values, whose text begins so many bytes further on.
fn shifted(table: Table, by: usize) -> Table {
    let span = |span: Range<usize>| span.start + by..span.end + by;
    let entry = |Entry { key, key_span, node }| Entry { key, key_span: span(key_span), node: shifted_node(node, by) };
    Table(table.0.into_iter().map(entry).collect())
}

fn shifted_node(Node { span, value }: Node, by: usize) -> Node {
    let value = match value {
        Value::Array(elements) => Value::Array(elements.into_iter().map(|element| shifted_node(element, by)).collect()),
        Value::Table(table) => Value::Table(shifted(table, by)),
        other => other,
    };
    Node { span: span.start + by..span.end + by, value }
}

fn text(tree: &Node) -> String {
    format!("{:#}\n", json_of(tree))
}

/// A value of a valid file as JSON, which has dates as text. Such files have neither booleans nor times.
fn json_of(node: &Node) -> Json {
    match &node.value {
        Value::Text(text) | Value::Date(text) => Json::from(text.as_str()),
        Value::Number { whole: Some(whole), .. } => Json::from(*whole),
        Value::Number { value, whole: None } => Number::from_f64(*value).map_or(Json::Null, Json::Number),
        Value::Array(elements) => Json::Array(elements.iter().map(json_of).collect()),
        Value::Table(table) => {
            let entries = table.0.iter().map(|entry| (entry.key.clone(), json_of(&entry.node)));
            Json::Object(Map::from_iter(entries))
        }
        Value::Boolean | Value::Null | Value::Moment | Value::Removed => Json::Null,
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Scenario, parse};
    use super::toml_as_json;

    const START: &str = include_str!("../../docs/examples/start.toml");

    #[test]
    fn a_file_as_json_is_the_same_scenario() {
        for (name, file) in [
            ("start.toml", START),
            ("openai.toml", include_str!("../../scenarios/openai.toml")),
            ("industry.toml", include_str!("../../scenarios/industry.toml")),
        ] {
            let loaded = parse(file, name).unwrap_or_else(|failure| panic!("{failure}"));
            let text = loaded.json().unwrap_or_else(|failure| panic!("{failure}"));
            let again = parse(&text, "again.json").unwrap_or_else(|failure| panic!("{failure}"));
            let parts = |of: &Scenario| {
                format!("{:?}", (&of.factors, &of.organizations, &of.contracts, &of.events, &of.horizon))
            };
            assert_eq!(parts(&again.scenario), parts(&loaded.scenario), "{name}");
            assert_eq!(again.json().expect("it was read"), text);
            assert_eq!(loaded.variants.len(), again.variants.len());
        }
    }

    #[test]
    fn changes_reach_the_scenario_and_its_variants() {
        let loaded = parse(START, "start.toml").unwrap_or_else(|failure| panic!("{failure}"));
        let changes = "{\n  \"contract.cloud.take_or_pay\": 0.5,\n  \"description\": null,\n  \"horizon.start\": \"2027-01-01\"\n}";
        let changed = loaded.changed(changes).unwrap_or_else(|failure| panic!("{failure}"));
        assert_eq!(changed.source.name, "start (changed).json");
        assert_eq!(changed.scenario.contracts[0].take_or_pay, 0.5);
        assert_eq!(changed.scenario.description, "");
        assert_eq!(changed.variants.len(), loaded.variants.len());
        let again = changed.changed("{}").unwrap_or_else(|failure| panic!("{failure}"));
        assert_eq!(again.source.name, "start (changed).json");
        assert_eq!(again.scenario.hash, changed.scenario.hash);
    }

    #[test]
    fn a_piece_of_a_file_becomes_json() {
        let found = toml_as_json("[[factor]]\nname = \"h100\"\nstart = 2.5\nsince = 2026-01-01\n").expect("it is TOML");
        let expected = serde_json::json!({ "factor": [{ "name": "h100", "start": 2.5, "since": "2026-01-01" }] });
        assert_eq!(serde_json::from_str::<serde_json::Value>(&found).expect("it is JSON"), expected);
        assert!(toml_as_json("[[factor").is_err());
    }

    #[test]
    fn wrong_changes_are_shown_as_lines() {
        let loaded = parse(START, "start.toml").unwrap_or_else(|failure| panic!("{failure}"));
        let said = |changes: &str| loaded.changed(changes).expect_err("it is wrong").to_string();
        let failure = said("{\n  \"contract.cloud.take_or_pay\": 1.5\n}");
        assert!(
            failure.contains("start.toml, changes") && failure.contains("\"contract.cloud.take_or_pay\": 1.5"),
            "{failure}"
        );
        assert!(said("{ \"contract.cluod.take_or_pay\": 0.5 }").contains("did you mean `cloud`"));
        assert!(said("[1]").contains("not a JSON object"));
        let twice = said("{ \"contract.cloud.take_or_pay\": 0.5, \"contract[1].take_or_pay\": 0.6 }");
        assert!(twice.contains("refer to the same value"), "{twice}");
    }
}
