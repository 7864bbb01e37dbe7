//! How a scenario differs from another, line by line.

use crate::result::Change;
use crate::text::harmless::harmless;

/// Places that are listed of each kind.
const MOST: usize = 12;
/// What the mark behind a line means.
pub const NOTE: &str = " * Follows from a change to another key.";

/// What is written first, then what follows from it, with a mark, indented.
pub fn changes(all: &[Change], width: u16) -> String {
    if all.is_empty() {
        return "   no differences".to_owned();
    }
    let of = |follows: bool| {
        let some = all.iter().filter(|change| change.follows == follows);
        let mut lines: Vec<String> = some.map(|change| line(change, width)).collect();
        if lines.len() > MOST {
            let rest = lines.split_off(MOST).len();
            lines.push(format!("   and {rest} more; --format json lists all of them"));
        }
        lines
    };
    [of(false), of(true)].concat().join("\n")
}

/// One line, or as many as there are parts if they do not fit beside each other.
fn line(change: &Change, width: u16) -> String {
    let mark = if change.follows { " *" } else { "" };
    let parts = match (&change.base, &change.value) {
        (Some(base), Some(value)) => vec![base.clone(), format!("→ {value}{mark}")],
        (None, Some(value)) => vec![format!("added, {value}{mark}")],
        (Some(base), None) => vec![format!("removed, was {base}{mark}")],
        (None, None) => Vec::new(),
    };
    let parts: Vec<String> =
        [format!("   {}:", change.place)].into_iter().chain(parts).map(|part| harmless(&part)).collect();
    let one = parts.join(" ");
    if one.chars().count() <= usize::from(width) { one } else { parts.join("\n      ") }
}

/// Whether any line has the mark.
pub fn has_note<'c>(mut all: impl Iterator<Item = &'c Change>) -> bool {
    all.any(|change| change.follows)
}
