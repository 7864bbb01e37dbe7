//! Links between pages, and to files of the repository.

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

use super::block::prose;

/// What is wrong with the links of a page; `root` is the repository.
pub fn broken(root: &Path, page: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(root.join(page)).expect("the page is there");
    let wrong = |target: &String| {
        let fault = fault(root, page, target)?;
        Some(format!("{}: `{target}` {fault}", page.display()))
    };
    targets(&prose(&text)).iter().filter_map(wrong).collect()
}

fn fault(root: &Path, page: &Path, target: &str) -> Option<&'static str> {
    if target.starts_with("https://") || target.starts_with("http://") {
        return None;
    }
    let (file, anchor) = target.split_once('#').map_or((target, None), |(file, anchor)| (file, Some(anchor)));
    let folder = page.parent().unwrap_or(Path::new(""));
    let place = if file.is_empty() { page.to_owned() } else { plain(&folder.join(file))? };
    let in_book = page.starts_with("docs");
    if in_book && !place.starts_with("docs") {
        return Some("leaves the book");
    }
    if !root.join(&place).exists() {
        return Some("is not there");
    }
    let text = std::fs::read_to_string(root.join(&place)).unwrap_or_default();
    anchor.filter(|&anchor| !anchors(&text).contains(anchor)).map(|_| "is no heading of that page")
}

/// A path without `.` and `..`; `None` if it leads out of the repository.
fn plain(path: &Path) -> Option<PathBuf> {
    let mut plain = PathBuf::new();
    for component in path.components() {
        match component {
            Component::ParentDir => plain.pop().then_some(())?,
            Component::CurDir => (),
            other => plain.push(other),
        }
    }
    Some(plain)
}

/// Targets of `[text](target)`, but for what stands in code.
pub fn targets(prose: &str) -> Vec<String> {
    let mut found = Vec::new();
    for paragraph in prose.split("\n\n") {
        // every second piece stands between backquotes; a link's text may be code, its target never is
        let text: String =
            paragraph.split('`').enumerate().map(|(i, piece)| if i % 2 == 0 { piece } else { "" }).collect();
        let mut rest = text.as_str();
        while let Some(at) = rest.find("](") {
            rest = &rest[at + 2..];
            found.extend(rest.find(')').map(|end| rest[..end].to_owned()));
        }
    }
    found
}

/// The anchors of a page's headings, as GitHub and mdBook make them.
fn anchors(text: &str) -> BTreeSet<String> {
    let prose = prose(text);
    let headings = prose.lines().filter(|line| line.starts_with('#')).map(|line| line.trim_start_matches('#').trim());
    headings.map(anchor).collect()
}

fn anchor(heading: &str) -> String {
    let kept = heading.to_lowercase();
    let kept = kept.chars().filter(|c| c.is_alphanumeric() || [' ', '-', '_'].contains(c));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}

#[test]
fn links_are_found_in_prose_alone() {
    let text = "See [a](b.md) and [`c`](d.md#e), not `[f](g)`.\n\n| [h](i) |";
    assert_eq!(targets(text), ["b.md", "d.md#e", "i"]);
    assert_eq!(anchor("`overhang run FILE`, and more"), "overhang-run-file-and-more");
    assert_eq!(plain(Path::new("docs/../README.md")), Some("README.md".into()));
    assert_eq!(plain(Path::new("docs/../../x")), None);
}
