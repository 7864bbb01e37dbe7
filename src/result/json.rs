//! The result document as JSON that people can read too: small things on one line, lists of numbers filled like text.

use serde::Serialize;
use serde_json::Value;

/// Lines are filled up to this many characters.
const WIDTH: usize = 120;
const INDENT: usize = 2;

/// The document as JSON text, ending with a line feed. Numbers are the shortest that read back to the same bits.
pub fn json(document: &impl Serialize) -> String {
    let value = serde_json::to_value(document).expect("documents have names for keys");
    let mut text = Vec::new();
    write(&value, 0, 0, &mut text);
    text.push(b'\n');
    String::from_utf8(text).expect("JSON is UTF-8")
}

/// Writes a value whose lines are indented by `indent`, after `used` characters of its first line.
fn write(value: &Value, indent: usize, used: usize, text: &mut Vec<u8>) {
    if is_small(value) {
        let start = text.len();
        write_inline(value, text);
        if is_scalar(value) || indent + used + text.len() - start <= WIDTH {
            return;
        }
        text.truncate(start);
    }
    match value {
        Value::Object(members) => {
            let members = members.iter().map(|(key, member)| (Some(key.as_str()), member));
            write_lines(b'{', members, b'}', indent, text);
        }
        Value::Array(items) if items.iter().all(is_scalar) => write_filled(items, indent, text),
        Value::Array(items) => write_lines(b'[', items.iter().map(|item| (None, item)), b']', indent, text),
        scalar => plain(scalar, text),
    }
}

/// Writes every part on a line of its own, after its key.
fn write_lines<'v>(
    open: u8,
    parts: impl Iterator<Item = (Option<&'v str>, &'v Value)>,
    close: u8,
    indent: usize,
    text: &mut Vec<u8>,
) {
    text.push(open);
    for (i, (key, value)) in parts.enumerate() {
        if i > 0 {
            text.push(b',');
        }
        start_line(indent + INDENT, text);
        let start = text.len();
        key.inspect(|key| write_key(key, text));
        write(value, indent + INDENT, text.len() - start, text);
    }
    start_line(indent, text);
    text.push(close);
}

/// Writes scalars on as few lines as they need.
fn write_filled(items: &[Value], indent: usize, text: &mut Vec<u8>) {
    text.push(b'[');
    start_line(indent + INDENT, text);
    let mut column = indent + INDENT;
    let mut written = Vec::new();
    for (i, item) in items.iter().enumerate() {
        written.clear();
        plain(item, &mut written);
        if i + 1 < items.len() {
            written.push(b',');
        }
        if i > 0 && column + 1 + written.len() > WIDTH {
            start_line(indent + INDENT, text);
            column = indent + INDENT;
        } else if i > 0 {
            text.push(b' ');
            column += 1;
        }
        text.extend_from_slice(&written);
        column += written.len();
    }
    start_line(indent, text);
    text.push(b']');
}

fn start_line(indent: usize, text: &mut Vec<u8>) {
    text.push(b'\n');
    text.extend(std::iter::repeat_n(b' ', indent));
}

/// Whether a value may stand on one line: a scalar, or something that holds only scalars.
fn is_small(value: &Value) -> bool {
    match value {
        Value::Object(members) => members.values().all(is_scalar),
        Value::Array(items) => items.iter().all(is_scalar),
        _ => true,
    }
}

fn is_scalar(value: &Value) -> bool {
    match value {
        Value::Object(members) => members.is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => true,
    }
}

/// Writes a small value on one line.
fn write_inline(value: &Value, text: &mut Vec<u8>) {
    match value {
        Value::Object(members) if !members.is_empty() => {
            text.extend_from_slice(b"{ ");
            for (i, (key, member)) in members.iter().enumerate() {
                text.extend_from_slice(if i > 0 { b", " } else { b"" });
                write_key(key, text);
                plain(member, text);
            }
            text.extend_from_slice(b" }");
        }
        Value::Array(items) => {
            text.push(b'[');
            for (i, item) in items.iter().enumerate() {
                text.extend_from_slice(if i > 0 { b", " } else { b"" });
                plain(item, text);
            }
            text.push(b']');
        }
        scalar => plain(scalar, text),
    }
}

fn write_key(key: &str, text: &mut Vec<u8>) {
    serde_json::to_writer(&mut *text, key).expect("memory takes all");
    text.extend_from_slice(b": ");
}

/// Writes a value as serde_json does.
fn plain(value: &Value, text: &mut Vec<u8>) {
    serde_json::to_writer(text, value).expect("memory takes all");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::result::document::ResultDocument;
    use crate::result::request::EstimateRequest;
    use crate::result::testing::document;

    /// Equal but for the last bit of numbers, which serde_json's reader rounds a little carelessly.
    fn same(one: &Value, other: &Value) -> bool {
        match (one, other) {
            (Value::Object(a), Value::Object(b)) => {
                a.len() == b.len() && a.iter().zip(b).all(|((k, v), (l, w))| k == l && same(v, w))
            }
            (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(v, w)| same(v, w)),
            (Value::Number(a), Value::Number(b)) => {
                a == b || (a.as_f64().unwrap() - b.as_f64().unwrap()).abs() <= 4e-16 * a.as_f64().unwrap().abs()
            }
            _ => one == other,
        }
    }

    #[test]
    fn a_document_reads_back_in_its_order() {
        for paths in [0, 1, 1_000] {
            let document = document(2, paths, &EstimateRequest::default());
            let text = json(&document);
            let value: Value = serde_json::from_str(&text).expect("it is JSON");
            assert!(same(&value, &serde_json::to_value(&document).unwrap()), "{text}");
            let read: ResultDocument = serde_json::from_str(&text).expect("it is a result document");
            assert_eq!(read.figures.keys().collect::<Vec<_>>(), ["alpha", "beta", "system"]);
            assert!(same(&serde_json::to_value(&read).unwrap(), &value));
        }
    }

    #[test]
    fn keys_are_those_of_the_model() {
        let document = document(1, 300, &EstimateRequest { levels: vec![0.995], quantiles: vec![0.05] });
        let value = serde_json::to_value(&document).unwrap();
        let at = |pointer: &str| value.pointer(pointer).unwrap_or_else(|| panic!("no {pointer}"));
        assert_eq!(at("/schema_version"), 1);
        for key in ["unit", "side", "count", "mean", "se", "sd", "skewness", "kurtosis", "min", "max", "histogram"] {
            assert!(!at(&format!("/figures/system/commitment_cost/{key}")).is_null(), "{key}");
        }
        for key in ["quantiles/0.05", "var/0.995", "shortfall/0.995"] {
            for part in ["value", "low", "high"] {
                at(&format!("/figures/alpha/value/{key}/{part}"));
            }
        }
        for key in ["mean", "se", "unit"] {
            at(&format!("/contracts/deal-1/stranded_cost/{key}"));
            at(&format!("/vendors/Vendor0/commitment_cost/{key}"));
        }
        for key in ["received", "loss"] {
            for part in
                ["side", "sd", "quantiles/0.05/low", "var/0.995/value", "shortfall/0.995/high", "histogram/counts"]
            {
                at(&format!("/vendors/Vendor0/{key}/{part}"));
            }
        }
        for key in ["unit", "mean", "se", "sd", "given_bubble/mean", "given_bubble/se"] {
            assert!(!at(&format!("/losses/Vendor0/alpha/{key}")).is_null(), "{key}");
        }
        assert!(value.pointer("/vendors/Vendor1").is_none_or(|vendor| vendor.get("loss").is_none()));
        for of in [
            "events/alpha/cash_out",
            "bubble/alpha",
            "bubble/system",
            "tranches/early",
            "failures/Vendor0",
            "workouts/alpha",
        ] {
            for key in ["probability", "low", "high", "by_period/23/probability", "by_period/0/high", "time/mean"] {
                at(&format!("/{of}/{key}"));
            }
        }
        assert_eq!(at("/provenance/scenario_hash").as_str().unwrap().len(), 64);
        assert_eq!((at("/provenance/seed"), at("/run/adapter")), (&42.into(), &Value::Null));
        assert_eq!(at("/figures/alpha/value/side"), "low");
    }

    #[test]
    fn small_things_stand_on_one_line_and_none_is_too_long() {
        let text = json(&document(1, 1_000, &EstimateRequest::default()));
        assert!(text.contains("\n          \"0.5\": { \"value\": "), "{text}");
        assert!(text.contains("\n  \"invalid_paths\": { \"count\": 0, \"first\": null },\n"));
        assert!(text.lines().all(|line| line.len() <= WIDTH + 1), "a comma may follow a full line");
        assert!(text.lines().all(|line| line == line.trim_end()));
        assert!(text.ends_with("}\n"));
    }

    #[test]
    fn lists_are_filled_and_empty_ones_short() {
        let value =
            serde_json::json!({ "a": [], "b": {}, "c": (0..60).collect::<Vec<_>>(), "d": [{ "e": 1 }, { "e": 2 }] });
        let mut text = Vec::new();
        write(&value, 0, 0, &mut text);
        let text = String::from_utf8(text).expect("it is text");
        let numbers: Vec<String> = (0..60).map(|i| i.to_string()).collect();
        let (first, second) = (numbers[..31].join(", "), numbers[31..].join(", "));
        let lists = format!("  \"a\": [],\n  \"b\": {{}},\n  \"c\": [\n    {first},\n    {second}\n  ],\n");
        let objects = "  \"d\": [\n    { \"e\": 1 },\n    { \"e\": 2 }\n  ]\n";
        assert_eq!(text, format!("{{\n{lists}{objects}}}"));
    }
}
