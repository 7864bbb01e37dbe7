//! Finds what a word means, and lists all that can be explained.

use std::collections::BTreeSet;

use serde::Serialize;

use super::entry::{Explanation, Line};
use super::schema::{KEYS, SchemaKey};
use super::{key, number, word};
use crate::registry::{Figure, MetricKind, ProcessKind, Registered};
use crate::result::Key;
use crate::scenario::spelling;

/// Names that a misspelt word resembles, at most.
const MOST_NEAR: usize = 3;
/// No name is longer than this, so nothing longer resembles one.
const LONGEST_GUESS: usize = 100;

/// A word that nothing is called.
#[derive(Debug, PartialEq, Eq)]
pub struct Unknown {
    /// What it may have been meant to be, the nearest first.
    pub near: Vec<String>,
}

/// Explains a key of scenario files (`contract.aws.take_or_pay`, `contract.take_or_pay`, `take_or_pay`), a figure, a metric, a process, a
/// statistic, or a number of results (`figures.lab.net_value.mean`). A word with several meanings has all of them.
///
/// # Errors
///
/// Nothing is called so; names that resemble the word are told.
pub fn explain(asked: &str) -> Result<Vec<Explanation>, Unknown> {
    let asked = asked.trim().trim_matches(['[', ']']);
    let mut found = word::named(asked);
    found.extend(number::statistic(asked));
    found.extend(number::number(asked));
    found.extend(key::explained(&key::matching(asked)));
    if found.is_empty() { Err(Unknown { near: near(asked) }) } else { Ok(found) }
}

/// The key to ask for about a place of a scenario file, such as `contract.take_or_pay` for `contract.aws.take_or_pay`; `None` if
/// there is no such key.
pub fn place_of(dotted: &str) -> Option<String> {
    let found = key::at(dotted);
    let first = found.first()?;
    found.iter().all(|other| other.path == first.path).then(|| key::short(first))
}

/// Names like a misspelt one.
fn near(asked: &str) -> Vec<String> {
    if asked.len() > LONGEST_GUESS {
        return Vec::new();
    }
    let (before, last) = asked.rsplit_once('.').map_or(("", asked), |(before, last)| (before, last));
    let is_number = |text: &String| text.parse::<Key>().is_ok();
    let statistics = number::STATISTICS.map(|(name, ..)| name);
    let likely = ["mean", "probability", "value"].map(|part| format!("{asked}.{part}"));
    let spelt = spelling::closest(last, statistics.into_iter()).map(|name| format!("{before}.{name}"));
    let numbers: Vec<String> = likely.into_iter().chain(spelt).filter(is_number).take(MOST_NEAR).collect();
    if !numbers.is_empty() {
        return numbers;
    }
    let shorts: Vec<String> = KEYS.iter().map(key::short).collect();
    let lasts = KEYS.iter().filter_map(|key| key.path.last()).map(|step| step.trim_end_matches("[N]"));
    let names = registered().chain(statistics).chain(lasts);
    let known: Vec<&str> =
        if before.is_empty() { names.collect() } else { shorts.iter().map(String::as_str).collect() };
    let mut near = spelling::close(asked, known.into_iter());
    if near.is_empty() && !before.is_empty() {
        let lasts = KEYS.iter().filter_map(|key| key.path.last()).map(String::as_str);
        near = spelling::close(last, lasts);
    }
    near.into_iter().take(MOST_NEAR).map(str::to_owned).collect()
}

/// Every name by which something can be asked for, with what it is.
pub fn names() -> Vec<Line> {
    let mut groups = groups();
    groups.pop();
    let mut lines: Vec<Line> = groups.into_iter().flat_map(|group| group.entries).collect();
    let what = |key: &SchemaKey| key.schema["description"].as_str().unwrap_or_default().to_owned();
    lines.extend(KEYS.iter().map(|key| Line { name: key::short(key), what: what(key) }));
    let mut known = BTreeSet::new();
    lines.retain(|line| known.insert(line.name.clone()));
    lines
}

/// The names that the registry has.
fn registered() -> impl Iterator<Item = &'static str> {
    let figures = Figure::ALL.iter().map(|figure| figure.name());
    let metrics = MetricKind::ALL.iter().map(|kind| kind.name());
    figures.chain(metrics).chain(ProcessKind::ALL.iter().map(|kind| kind.name()))
}

/// Things of one kind.
#[derive(Debug, Serialize)]
pub struct Group {
    pub title: &'static str,
    pub entries: Vec<Line>,
}

/// All that can be explained. Keys of scenario files stand behind their table.
pub fn groups() -> Vec<Group> {
    fn of<T: Registered>(title: &'static str) -> Group {
        let line = |one: &T| Line { name: one.name().to_owned(), what: one.description().to_owned() };
        Group { title, entries: T::ALL.iter().map(line).collect() }
    }
    let line = |(name, what): (&str, &str)| Line { name: name.to_owned(), what: what.to_owned() };
    vec![
        of::<Figure>("Figures of a path"),
        of::<MetricKind>("Metrics of events"),
        of::<ProcessKind>("Processes of factors"),
        Group {
            title: "Statistics of results",
            entries: number::STATISTICS.iter().map(|(name, what, ..)| line((name, what))).collect(),
        },
        Group { title: "Tables of scenario files and their keys", entries: tables() },
    ]
}

/// Every table with the names of its keys, first that of the file.
fn tables() -> Vec<Line> {
    let mut tables: Vec<(String, Vec<&str>)> = Vec::new();
    for key in KEYS.iter() {
        let Some((last, table)) = key.path.split_last() else { continue };
        let table = table.join(".").replace('*', "NAME");
        let name = if table.is_empty() { "(the file)".to_owned() } else { table };
        let place = tables.iter().position(|(known, _)| *known == name).unwrap_or_else(|| {
            tables.push((name, Vec::new()));
            tables.len() - 1
        });
        if !tables[place].1.contains(&last.as_str()) {
            tables[place].1.push(last);
        }
    }
    tables.into_iter().map(|(name, keys)| Line { name, what: keys.join(", ") }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_of_the_registry_and_every_key_is_explained() {
        for name in registered().chain(number::STATISTICS.map(|(name, ..)| name)) {
            assert!(explain(name).is_ok_and(|found| !found[0].what.is_empty()), "{name}");
        }
        for key in KEYS.iter() {
            assert_eq!(place_of(&key::shown(key)).as_deref(), Some(&*key::short(key)), "{}", key::shown(key));
            assert!(explain(&key::short(key)).is_ok(), "{}", key::short(key));
        }
    }

    #[test]
    fn a_word_with_several_meanings_has_all_of_them() {
        let kinds = |word: &str| explain(word).unwrap().into_iter().map(|found| found.kind).collect::<Vec<_>>();
        assert_eq!(kinds("commitment_cost"), ["a figure of a path"]);
        assert_eq!(kinds("cash"), ["a metric of events", "a key of scenario files"]);
        assert_eq!(kinds("value")[..2], ["a figure of a path", "a metric of events"]);
    }

    #[test]
    fn numbers_of_results_have_the_unit_of_what_they_are_told_of() {
        let one = |text: &str| explain(text).unwrap_or_else(|_| panic!("{text}")).remove(0);
        let mean = one("figures.lab.net_value.mean");
        assert!(mean.what.contains("`net_value` of the organization `lab`"), "{}", mean.what);
        assert!(mean.unit.is_some_and(|unit| unit.starts_with("currency, ")));
        assert!(mean.formula.is_some_and(|formula| formula.contains("compute_cost")));
        let risk = one("bubble.system.probability");
        assert_eq!((risk.unit.as_deref(), risk.range.as_deref()), (Some("none, a probability"), Some("≥ 0, ≤ 1")));
        assert!(one("bubble.system.by_period.3.high").what.starts_with("Upper end"));
        assert_eq!(one("figures.system.unit_cost.count").unit.as_deref(), Some("paths"));
        // examples of statistics are keys
        for (name, _, _, key) in number::STATISTICS {
            assert!(key.parse::<Key>().is_ok() || name == "given_bubble", "{key}");
        }
    }

    #[test]
    fn what_nothing_is_called_has_near_names() {
        let near = |word: &str| explain(word).expect_err("nothing is called so").near;
        assert_eq!(near("take_or_pai")[0], "take_or_pay");
        assert_eq!(near("comitment_cost")[0], "commitment_cost");
        assert_eq!(near("contract.aws.take_or_pai")[0], "contract.take_or_pay");
        assert_eq!(near("bubble.system")[0], "bubble.system.probability");
        assert_eq!(near("figures.lab.net_value.maen")[0], "figures.lab.net_value.mean");
        assert_eq!(near("xyzzyxyzzyxyzzy"), Vec::<String>::new());
        assert_eq!(near(""), Vec::<String>::new());
        assert_eq!(near(&"a.".repeat(10_000)), Vec::<String>::new());
    }

    #[test]
    fn places_of_a_file_are_told_only_where_they_are_known() {
        assert_eq!(place_of("contract.aws.take_or_pay").as_deref(), Some("contract.take_or_pay"));
        assert_eq!(place_of("factor.price.drift[2]").as_deref(), Some("factor.drift"));
        assert_eq!(place_of("contract.aws.take_or_pai"), None);
        assert_eq!(place_of(""), None);
    }
}
