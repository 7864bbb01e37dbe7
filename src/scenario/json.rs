//! JSON text into a tree.

use std::borrow::Cow;
use std::collections::HashSet;

use jsonc_parser::ast::{Object, Value as Json};
use jsonc_parser::common::{Range as JsonRange, Ranged};
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};

use super::context::Context;
use super::diagnostic::Diagnostic;
use super::source::{MARK, shown};
use super::tree::{DEEPEST, Entry, Node, Table, Value};

/// JSON as RFC 8259 has it, without any of the liberties that the reader could take.
const STRICT: ParseOptions = ParseOptions {
    allow_comments: false,
    allow_loose_object_property_names: false,
    allow_trailing_commas: false,
    allow_missing_commas: false,
    allow_single_quoted_strings: false,
    allow_hexadecimal_numbers: false,
    allow_unary_plus_numbers: false,
    allow_bare_decimal_point_numbers: false,
    allow_non_finite_numbers: false,
    allow_extended_string_escapes: false,
};

/// Reads JSON. The first syntax error is reported to `context`, and every key that is given twice.
pub(super) fn read_json(context: &Context) -> Option<Node> {
    let text = without_mark(&context.source.text);
    let text = text.as_ref();
    match parse_to_ast(text, &CollectOptions::default(), &STRICT) {
        Ok(parsed) => match parsed.value {
            Some(Json::Object(object)) => Some(Node { span: 0..0, value: Value::Table(table(context, &object, 0)) }),
            other => {
                let span = other.map_or(0..text.len().min(1), |value| span(value.range()));
                let hint = "write { \"schema\": 1, \"name\": …, … }";
                let title = "the scenario is not a JSON object";
                context.report(Diagnostic::error(span, "", title, "must be an object", hint));
                None
            }
        },
        Err(error) => {
            let problem = lower_first(&error.kind().to_string());
            let place = span(error.range());
            let start = context.source.boundary(place.start.min(text.len()));
            let next = text[start..].chars().next().map_or(0, char::len_utf8);
            let hint = "scenario files are JSON without comments, see https://json.org, or TOML";
            context.report(Diagnostic::error(start..start + next, "", problem, "not valid JSON", hint));
            None
        }
    }
}

/// The text with spaces in place of its byte-order mark, so that spans stay.
fn without_mark(text: &str) -> Cow<'_, str> {
    match text.strip_prefix(MARK) {
        Some(rest) => Cow::Owned(" ".repeat(MARK.len_utf8()) + rest),
        None => Cow::Borrowed(text),
    }
}

fn span(range: JsonRange) -> std::ops::Range<usize> {
    range.start..range.end
}

fn lower_first(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

fn table(context: &Context, object: &Object, depth: usize) -> Table {
    let mut seen = HashSet::new();
    let mut entries = Vec::new();
    for property in &object.properties {
        let (key, key_span) = (property.name.as_str(), span(property.name.range()));
        if !seen.insert(key) {
            let title = format!("`{}` is given twice", shown(key));
            let error = Diagnostic::error(key_span, "", title, "must be given once", "write each key once");
            context.report(Diagnostic { local: true, ..error });
            continue;
        }
        entries.push(Entry { key: key.to_owned(), key_span, node: node(context, &property.value, depth + 1) });
    }
    Table(entries)
}

fn node(context: &Context, value: &Json, depth: usize) -> Node {
    let read = match value {
        Json::StringLit(text) => Value::Text(text.value.to_string()),
        Json::NumberLit(number) => {
            Value::Number { value: number.value.parse().unwrap_or(f64::NAN), whole: number.value.parse().ok() }
        }
        Json::BooleanLit(_) => Value::Boolean,
        Json::NullKeyword(_) => Value::Null,
        Json::Array(_) | Json::Object(_) if depth >= DEEPEST => Value::Array(Vec::new()),
        Json::Array(array) => {
            Value::Array(array.elements.iter().map(|element| node(context, element, depth + 1)).collect())
        }
        Json::Object(object) => Value::Table(table(context, object, depth)),
    };
    Node { span: span(value.range()), value: read }
}
