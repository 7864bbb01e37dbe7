//! Output that a page shows against output that a command gives. A line `…` stands for any number of lines, `…` inside a
//! line for any number of characters. Blanks at the ends of lines, and empty lines at the end, do not count.

const ANYTHING: char = '…';

/// What is different, for people; `Ok` if nothing is.
pub fn compare(shown: &str, given: &str) -> Result<(), String> {
    let (expected, found) = (lines(shown), lines(given));
    // reached[j]: the expected lines so far can stand for the first j of those found
    let mut reached = vec![false; found.len() + 1];
    reached[0] = true;
    for (number, line) in expected.iter().enumerate() {
        let next = step(line, &found, &reached);
        if !next.contains(&true) {
            let after = reached.iter().rposition(|&here| here).expect("something was reached");
            let instead = found.get(after).copied().unwrap_or("(nothing more)");
            return Err(format!(
                "line {} of the output shown: `{line}`\nwhat came there:        `{instead}`\nthe whole output:\n{given}",
                number + 1
            ));
        }
        reached = next;
    }
    if reached[found.len()] {
        return Ok(());
    }
    let after = reached.iter().rposition(|&here| here).expect("something was reached");
    Err(format!("more came than is shown, from `{}` on; the whole output:\n{given}", found[after]))
}

fn lines(text: &str) -> Vec<&str> {
    let mut lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    while lines.last().is_some_and(|line| line.is_empty()) {
        lines.pop();
    }
    lines
}

/// The places that one more expected line leads to.
fn step(line: &str, found: &[&str], reached: &[bool]) -> Vec<bool> {
    let mut next = vec![false; reached.len()];
    if line.chars().eq([ANYTHING]) {
        let first = reached.iter().position(|&here| here).expect("something was reached");
        next[first..].fill(true);
        return next;
    }
    for (place, other) in found.iter().enumerate() {
        next[place + 1] = reached[place] && line_fits(line, other);
    }
    next
}

/// Whether a line that may have elisions stands for another.
pub fn line_fits(line: &str, other: &str) -> bool {
    let mut pieces = line.split(ANYTHING);
    let Some(mut rest) = other.strip_prefix(pieces.next().unwrap_or_default()) else { return false };
    let mut pieces: Vec<&str> = pieces.collect();
    let Some(last) = pieces.pop() else { return rest.is_empty() };
    for piece in pieces {
        let Some(at) = rest.find(piece) else { return false };
        rest = &rest[at + piece.len()..];
    }
    rest.ends_with(last)
}

#[test]
fn elisions_stand_for_lines_and_characters() {
    let given = "one\ntwo 2\nthree\nfour\n\n";
    for right in ["one\ntwo 2\nthree\nfour", "…", "one\n…", "…\nfour", "…\ntwo …\n…\nfour\n…", "one\nt…o…2\nth…\nf…r"]
    {
        assert_eq!(compare(right, given), Ok(()), "{right}");
    }
    for wrong in ["", "one", "one\ntwo\n…", "…\nfive", "…\nfour\nfive", "two 2\n…", "one\n…\ntwo 3\n…", "…\nfo…e"]
    {
        assert!(compare(wrong, given).is_err(), "{wrong}");
    }
    assert!(!line_fits("ab…ba", "aba") && line_fits("a…b…c", "a-b-b-c") && !line_fits("a…", "ba"));
}
