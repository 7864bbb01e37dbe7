//! What a page shows, written anew from what its commands give: `OVERHANG_RECORD=1 cargo test --release --test readers`.
//!
//! What was left out stays left out: lines `…`, and `…` within lines. A part of an output between two of them goes from the line that is
//! most like its first to the line that is most like its last.

use super::output::line_fits;

const ANYTHING: &str = "…";

/// Whether outputs are recorded.
pub fn is_asked() -> bool {
    std::env::var_os("OVERHANG_RECORD").is_some()
}

/// What should be shown instead, with the elisions of what is shown.
pub fn recorded(shown: &str, given: &str) -> String {
    let found: Vec<&str> = given.trim_end().lines().map(str::trim_end).collect();
    let expected: Vec<&str> = shown.lines().map(str::trim_end).collect();
    let parts: Vec<&[&str]> = expected.split(|line| *line == ANYTHING).collect();
    let (mut at, mut lines) = (0, Vec::new());
    for (place, part) in parts.iter().enumerate() {
        if place > 0 {
            lines.push(ANYTHING.to_owned());
        }
        // empty lines are like any other
        let blanks = part.iter().rev().take_while(|line| line.is_empty()).count();
        let (Some(first), Some(last)) = (part.first(), part[..part.len() - blanks].last()) else { continue };
        let from = if place == 0 { 0 } else { likest(first, &found, at) };
        let to = if place + 1 == parts.len() { found.len() } else { likest(last, &found, from) + 1 + blanks };
        let to = to.clamp(from, found.len());
        lines.extend(found[from..to].iter().map(|line| kept(line, part)));
        at = to;
    }
    let text = lines.join("\n");
    if text.is_empty() { text } else { text + "\n" }
}

/// A line as it is shown: with an elision, if one of the lines shown before stands for it.
fn kept(line: &str, part: &[&str]) -> String {
    let before = part.iter().find(|old| old.contains(ANYTHING) && line_fits(old, line));
    before.copied().unwrap_or(line).to_owned()
}

/// The line from `from` on that is most like another, whatever its numbers; the first of several.
fn likest(line: &str, found: &[&str], from: usize) -> usize {
    let plain = |text: &str| text.replace(|c: char| c.is_ascii_digit(), "0");
    let likeness = |other: &str| match line_fits(line, other) {
        true => 2.0,
        false => strsim::normalized_levenshtein(&plain(line), &plain(other)),
    };
    let best = found.iter().enumerate().skip(from).map(|(place, other)| (place, likeness(other)));
    best.fold((from.min(found.len().saturating_sub(1)), -1.0), |best, new| if new.1 > best.1 { new } else { best }).0
}

/// The page with other texts in the blocks that begin on these lines.
pub fn rewritten(page: &str, blocks: &[(usize, String)]) -> String {
    let mut lines: Vec<&str> = page.lines().collect();
    for (line, text) in blocks.iter().rev() {
        let length = lines[*line..].iter().take_while(|line| !line.trim_start().starts_with("```")).count();
        lines.splice(*line..*line + length, text.lines());
    }
    lines.join("\n") + "\n"
}

#[test]
fn what_is_left_out_stays_left_out() {
    let given = "title\nnew sentence\nmean 12.5\nmore\ntotal 7 in 0.35 s\nnotes\nend\n";
    let shown = "title\nmean 12.1\n…\ntotal 6 in … s\n…\n";
    assert_eq!(recorded(shown, given), "title\nnew sentence\nmean 12.5\n…\ntotal 7 in 0.35 s\n…\n");
    assert_eq!(recorded("…\ntotal 7 in … s\n…", given), "…\ntotal 7 in … s\n…\n");
    assert_eq!(recorded("all of it\n", given), given);
    assert_eq!(recorded("title\nmean 12\n\n…\n", "title\n\nmean 13\n\nend\n"), "title\n\nmean 13\n\n…\n");
    assert_eq!(recorded("", ""), "");
}

#[test]
fn blocks_are_replaced_where_they_stand() {
    let page = "a\n```console\n$ x\nold\n```\nb\n```text,output\nold\n```\n";
    let blocks = [(2, "$ x\nnew\nlines\n".to_owned()), (7, "other\n".to_owned())];
    let expected = "a\n```console\n$ x\nnew\nlines\n```\nb\n```text,output\nother\n```\n";
    assert_eq!(rewritten(page, &blocks), expected);
}
