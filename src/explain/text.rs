//! Explanations as text for a terminal.

use super::entry::{Explanation, Line};
use super::find::Group;
use crate::text::words;

/// As many meanings of a word are told in full; of more there is a list.
const MOST_WHOLE: usize = 4;
/// What stands in front of a fact's further lines.
const INDENT: &str = "           ";
/// Lines are no wider than this, however wide the terminal is.
const WIDEST: usize = 110;

/// Explanations one after the other, or a list of them where a word has many meanings.
pub fn page(asked: &str, found: &[Explanation], width: usize) -> String {
    let width = width.min(WIDEST);
    if found.len() <= MOST_WHOLE {
        return found.iter().map(|one| whole(one, width)).collect::<Vec<_>>().join("\n");
    }
    let lines: Vec<Line> = found.iter().map(Explanation::line).collect();
    format!(
        "`{asked}` has {} meanings; ask for one of them by its whole name:\n\n{}",
        found.len(),
        columns(&lines, width)
    )
}

/// All that can be explained.
pub fn list(groups: &[Group], width: usize) -> String {
    let width = width.min(WIDEST);
    let one = |group: &Group| format!("{}\n\n{}", group.title, columns(&group.entries, width));
    groups.iter().map(one).collect::<Vec<_>>().join("\n")
}

fn whole(one: &Explanation, width: usize) -> String {
    let mut text = format!("{}: {}\n", one.name, one.kind);
    text += &wrapped(&one.what, width, "");
    text.push('\n');
    let with = (!one.with.is_empty()).then(|| one.with.join(", or "));
    let facts = [
        ("with", &with),
        ("type", &one.form),
        ("unit", &one.unit),
        ("range", &one.range),
        ("default", &one.default),
        ("needs", &one.needs),
        ("formula", &one.formula),
        ("example", &one.example),
        ("more", &Some(one.more.to_owned())),
    ];
    for (name, fact) in facts {
        // an example is to be copied, so its lines stay whole
        let room = if name == "example" { usize::MAX } else { width };
        if let Some(fact) = fact {
            let lines: Vec<String> = fact.lines().map(|line| wrapped(line, room, INDENT)).collect();
            text += &format!("  {name:<9}{}", lines.concat().trim_start());
        }
    }
    if !one.keys.is_empty() {
        text += &format!("\n{}", columns(&one.keys, width));
    }
    text
}

/// Names and what they are in two columns.
fn columns(lines: &[Line], width: usize) -> String {
    let longest = lines.iter().map(|line| line.name.chars().count()).max().unwrap_or_default().min(34);
    let indent = " ".repeat(longest + 4);
    let one = |line: &Line| {
        let what = wrapped(&line.what, width, &indent);
        match line.name.chars().count() > longest {
            true => format!("  {}\n{what}", line.name),
            false => format!("  {:<longest$}  {}", line.name, what.trim_start()),
        }
    };
    lines.iter().map(one).collect()
}

/// A text broken into lines behind an indent. Words that are too long stay whole.
fn wrapped(text: &str, width: usize, indent: &str) -> String {
    let lines = words::wrapped(text, width.saturating_sub(indent.len()).max(20));
    lines.iter().map(|line| format!("{indent}{line}\n")).collect()
}

#[cfg(test)]
mod tests {
    use super::super::find::{explain, groups};
    use super::*;

    #[test]
    fn an_explanation_has_its_facts_below_each_other() {
        let found = explain("contract.aws.take_or_pay").expect("it is a key");
        assert_eq!(
            page("", &found, 80),
            "contract.NAME.take_or_pay: a key of scenario files\n\
             Share of capacity paid for whether used or not\n\
             \n\
             \x20 type     number\n\
             \x20 range    ≥ 0, ≤ 1\n\
             \x20 default  1\n\
             \x20 formula  bill = rate·max(take_or_pay·capacity, served)·dt\n\
             \x20 example  [[contract]]\n\
             \x20          take_or_pay = 0.9\n\
             \x20 more     docs/scenario-file.md\n"
        );
    }

    #[test]
    fn words_of_many_meanings_and_the_whole_list_are_told_in_lines() {
        let found = explain("name").expect("it is a key");
        let text = page("name", &found, 80);
        assert!(text.starts_with("`name` has ") && text.contains("  contract.NAME.name "), "{text}");
        let all = list(&groups(), 80);
        for word in ["commitment_cost", "stranded_share", "logit_ou", "shortfall", "organization.NAME.cash"] {
            assert!(all.contains(&format!("  {word} ")), "{word}: {all}");
        }
        assert!(all.lines().all(|line| line.chars().count() <= 80), "{all}");
    }
}
