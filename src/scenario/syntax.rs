//! TOML text into a tree.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue, Error};

use super::context::Context;
use super::diagnostic::Diagnostic;
use super::recovery::{Fault, is_structural, recover, telling};
use super::source::Source;
use super::tree::{DEEPEST, Entry, Node, Table, Value};

/// Above this many bytes only the first syntax error is looked for: a file of nothing but errors would fill the memory.
const RECOVERABLE: usize = 256 << 10;
/// The TOML reader bounds nesting, but its bound times the length of its dotted keys can exceed a default stack.
const STACK: usize = 128 << 20;
/// Syntax errors looked at in one file.
const MOST_ERRORS: usize = 1_000;

/// Reads TOML. Syntax errors are reported to `context`; the tree then holds what could be read in spite of them.
pub(super) fn read_toml(context: &Context) -> Option<Node> {
    let text = context.source.text.as_str();
    let outcome = std::thread::scope(|scope| {
        let reader = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, || read(text));
        reader.ok().and_then(|thread| thread.join().ok())
    });
    let Some(outcome) = outcome else {
        let hint = "memory ran out, or this is a bug in overhang; please report it with the file";
        context.report(Diagnostic::about_file("the file could not be read as TOML", hint));
        return None;
    };
    for fault in outcome.faults.iter().take(MOST_ERRORS) {
        report(context, fault);
    }
    context.omit(outcome.faults.len().saturating_sub(MOST_ERRORS));
    outcome.tree
}

/// What came of reading a text.
struct Outcome {
    tree: Option<Node>,
    faults: Vec<Fault>,
}

fn read(text: &str) -> Outcome {
    if text.len() > RECOVERABLE {
        return match DeTable::parse(text) {
            Ok(table) => Outcome { tree: Some(root(table.get_ref())), faults: Vec::new() },
            Err(error) => Outcome { tree: None, faults: vec![Fault::new(&error, text)] },
        };
    }
    let (table, errors) = DeTable::parse_recoverable(text);
    let broken = telling(text, &errors);
    let Some(first) = broken.first() else {
        return Outcome { tree: Some(root(table.get_ref())), faults: structural(text, &errors) };
    };
    let (mut faults, sound) = recover(text);
    if faults.first().is_none_or(|fault| fault.span.start < first.span.start) {
        // A line of some text was taken for a header; the sections mean nothing.
        return Outcome { tree: None, faults: broken };
    }
    let (table, errors) = DeTable::parse_recoverable(&sound);
    faults.extend(structural(text, &errors));
    Outcome { tree: Some(root(table.get_ref())), faults }
}

fn structural(text: &str, errors: &[Error]) -> Vec<Fault> {
    errors.iter().map(|error| Fault::new(error, text)).filter(|fault| is_structural(&fault.message)).collect()
}

fn root(table: &DeTable) -> Node {
    Node { span: 0..0, value: Value::Table(table_of(table, 0)) }
}

fn node(value: &Spanned<DeValue>, depth: usize) -> Node {
    Node { span: value.span(), value: value_of(value.get_ref(), depth) }
}

fn table_of(table: &DeTable, depth: usize) -> Table {
    let entries = table.iter().map(|(key, value)| Entry {
        key: key.get_ref().to_string(),
        key_span: key.span(),
        node: node(value, depth + 1),
    });
    Table(entries.collect())
}

fn value_of(value: &DeValue, depth: usize) -> Value {
    match value {
        DeValue::String(text) => Value::Text(text.to_string()),
        DeValue::Integer(integer) => {
            let wide = i128::from_str_radix(integer.as_str(), integer.radix()).ok();
            // Beyond 128 bits every integer is out of range, whatever its radix.
            let value = wide.map_or(f64::INFINITY, |wide| wide as f64);
            Value::Number { value, whole: wide.and_then(|wide| i64::try_from(wide).ok()) }
        }
        DeValue::Float(float) => Value::Number { value: float.as_str().parse().unwrap_or(f64::NAN), whole: None },
        DeValue::Boolean(_) => Value::Boolean,
        DeValue::Datetime(moment) => match (moment.date, moment.time, moment.offset) {
            (Some(date), None, None) => Value::Date(date.to_string()),
            _ => Value::Moment,
        },
        DeValue::Array(_) | DeValue::Table(_) if depth >= DEEPEST => Value::Array(Vec::new()),
        DeValue::Array(elements) => Value::Array(elements.iter().map(|element| node(element, depth + 1)).collect()),
        DeValue::Table(table) => Value::Table(table_of(table, depth)),
    }
}

/// Puts a syntax error into the house style.
fn report(context: &Context, fault: &Fault) {
    let end = context.source.text.len();
    let span = fault.span.start.min(end)..fault.span.end.min(end);
    let written = context.source.quote(&span);
    let (problem, expected) = fault.message.split_once(", expected ").unwrap_or((&fault.message, ""));
    if is_structural(problem) {
        // Everything else in such a file can still be trusted.
        let (title, label) = match problem {
            "duplicate key" => (format!("`{written}` is given twice"), "must be given once"),
            _ => (format!("`{written}` has keys, but also a value"), "must be a table or a value"),
        };
        let hint = "write each key and table once; only `[[…]]` headers can repeat";
        return context.report(Diagnostic { local: true, ..Diagnostic::error(span, "", title, label, hint) });
    }
    let (title, label, hint) = reworded(problem, expected, &written);
    context.report_broken_line(Diagnostic::error(visible(context.source, span), "", title, label, hint));
}

/// Title, label and hint for an error of the TOML reader.
fn reworded(problem: &str, expected: &str, written: &str) -> (String, String, &'static str) {
    let a_word = written.chars().next().is_some_and(char::is_alphabetic);
    if problem.starts_with("invalid float") && a_word || problem.starts_with("string values must be quoted") {
        let hint = "write text in double quotes, dates as 2026-01-01, and numbers as 0.9 or 38e9";
        return (format!("`{written}` is not a value"), "must be text in quotes, a number or a date".into(), hint);
    }
    if problem.starts_with("invalid date") {
        let label = if expected.is_empty() { "not a date".into() } else { format!("expected {expected}") };
        return (format!("`{written}` is not a calendar date"), label, "write year-month-day, such as 2026-01-01");
    }
    if problem.contains("recurs") {
        let hint = "scenarios need only a few levels of nesting";
        return ("values are nested too deeply".into(), "exceeds the maximum depth".into(), hint);
    }
    let label = match expected {
        "" => "not valid TOML".to_owned(),
        "nothing" => "expected nothing more".to_owned(),
        _ => format!("expected {expected}"),
    };
    let hint = if problem.contains("table") && problem.contains("unclosed") {
        "write sections as [horizon], list entries as [[contract]], and inline tables as { a = 1, b = 2 }"
    } else if problem.contains("unclosed") || problem.contains("comma") || problem.contains("string") {
        "check that every bracket and quote is closed, also on earlier lines"
    } else {
        "scenario files are TOML, see https://toml.io"
    };
    (problem.to_owned(), label, hint)
}

/// An empty span grows by a character, to the left at the end of a line, so that there is something to underline.
fn visible(source: &Source, span: Range<usize>) -> Range<usize> {
    let line = source.line_at(span.start);
    if !span.is_empty() || line.is_empty() {
        span
    } else if span.start >= line.end {
        source.boundary(line.end - 1)..line.end
    } else {
        let next = source.text[span.start..].chars().next().map_or(0, char::len_utf8);
        span.start..span.start + next
    }
}
