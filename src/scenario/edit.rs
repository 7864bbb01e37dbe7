//! Changes of single places of a scenario's tree, found by their dotted keys: `contract.azure.take_or_pay`,
//! `regimes.effect[2].volatility`. Names select the entries of lists; numbers in brackets count from 1, as in messages.

use std::ops::Range;

use super::context::Context;
use super::diagnostic::Diagnostic;
use super::names::is_addressable;
use super::source::shown;
use super::spelling::nearest;
use super::tree::{Entry, Node, Table, Value};

/// Lists of a file whose entries have names, and which a file may lack.
const LISTS: [&str; 6] = ["factor", "organization", "contract", "event", "tranche", "vendor"];
/// Keys that a message lists at most.
const MOST_LISTED: usize = 12;

/// A change of one place.
pub(super) struct Edit<'a> {
    /// The dotted key.
    pub path: &'a str,
    /// Where the dotted key stands.
    pub span: Range<usize>,
    /// What is put there; `None` removes what is there.
    pub value: Option<&'a Node>,
}

/// A step of a dotted key.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Step<'a> {
    Key(&'a str),
    /// From 1
    Number(usize),
}

/// What is wrong with a change: what was found, what would be right, a hint.
struct Trouble(String, String, String);

impl Edit<'_> {
    /// Changes the tree, or reports why it cannot.
    pub fn apply(&self, context: &Context, root: &mut Node) {
        let changed = match steps(self.path) {
            Some(steps) => self.change(context, root, &steps, ""),
            None => Err(Trouble(
                format!("`{}` is not a scenario key", shown(self.path)),
                "must be keys and names separated by dots".into(),
                "for example, contract.aws.take_or_pay or regimes.effect[1].volatility".into(),
            )),
        };
        if let Err(Trouble(title, label, hint)) = changed {
            context.report(Diagnostic::error(self.span.clone(), self.path, title, label, hint));
        }
    }

    /// How many steps lead to the place.
    pub fn depth(&self) -> usize {
        self.path.split(['.', '[']).count()
    }

    fn change(&self, context: &Context, node: &mut Node, steps: &[Step], at: &str) -> Result<(), Trouble> {
        let Some((step, rest)) = steps.split_first() else { return Ok(()) };
        let kind = node.value.kind();
        match (&mut node.value, step) {
            (Value::Table(table), Step::Key(key)) => self.change_key(context, table, key, rest, at),
            (Value::Array(elements), Step::Key(name)) => match part_of_pair(elements, name) {
                Some(number) => {
                    let steps = [&[Step::Number(number)], rest].concat();
                    self.change(context, node, &steps, at)
                }
                None => self.change_named(context, elements, name, rest, at),
            },
            (Value::Array(elements), Step::Number(number)) => {
                let count = elements.len();
                let within = number.checked_sub(1).filter(|&index| index < count).ok_or_else(|| {
                    Trouble(
                        format!("`{at}` has no element [{number}]"),
                        format!("must be from [1] to [{count}]"),
                        "elements are numbered from 1".into(),
                    )
                })?;
                match (rest, self.value) {
                    ([], Some(value)) => elements[within] = value.clone(),
                    ([], None) => elements[within].value = Value::Removed,
                    _ => return self.change(context, &mut elements[within], rest, &format!("{at}[{number}]")),
                }
                Ok(())
            }
            (Value::Removed, _) if at.starts_with("uncertain[") => Err(Trouble(
                format!("`{at}` does not apply: its key is set, and what is set is certain"),
                "must be an entry whose key is not set".into(),
                "drop either the value of the key or this change".into(),
            )),
            (Value::Removed, _) => Err(Trouble(
                format!("the same variant removes `{at}`"),
                "must be a key that the variant keeps".into(),
                "drop either the removal or this change".into(),
            )),
            _ => Err(Trouble(
                format!("`{at}` is {kind} and has no keys"),
                format!("must end at `{at}`"),
                format!("set `{at}` as a whole"),
            )),
        }
    }

    fn change_key(
        &self,
        context: &Context,
        table: &mut Table,
        key: &str,
        rest: &[Step],
        at: &str,
    ) -> Result<(), Trouble> {
        let here = if at.is_empty() { key.to_owned() } else { format!("{at}.{key}") };
        let place = table.0.iter().position(|entry| entry.key == key);
        let entry = |value: Node| Entry { key: key.to_owned(), key_span: self.span.clone(), node: value };
        match (place, rest, self.value) {
            (Some(place), [], None) => drop(table.0.remove(place)),
            (Some(place), [], Some(value)) => {
                let named = |node: &Node| matches!(&node.value, Value::Array(all) if all.iter().any(is_table));
                if is_table(value) && named(&table.0[place].node) {
                    return Err(Trouble(
                        format!("`{here}` is a list of tables, but its new value is a single table"),
                        "must be a list, or a key inside the list".into(),
                        format!("write the whole key in quotes: \"{here}.NAME.KEY\" = …"),
                    ));
                }
                table.0[place] = entry(value.clone());
            }
            (Some(place), ..) => return self.change(context, &mut table.0[place].node, rest, &here),
            (None, [], Some(value)) => table.0.push(entry(value.clone())),
            (None, [Step::Key(name)], Some(_)) if at.is_empty() && LISTS.contains(&key) => {
                let mut elements = Vec::new();
                self.change_named(context, &mut elements, name, &[], &here)?;
                table.0.push(entry(Node { span: self.span.clone(), value: Value::Array(elements) }));
            }
            (None, ..) => {
                let known: Vec<&str> = table.0.iter().map(|entry| entry.key.as_str()).collect();
                let what = if at.is_empty() { "the scenario".to_owned() } else { format!("`{at}`") };
                return Err(missing(context, self.path, &format!("{what} has no `{key}`"), key, &known));
            }
        }
        Ok(())
    }

    /// Changes the entry of a name in a list of tables, or what is inside it.
    fn change_named(
        &self,
        context: &Context,
        elements: &mut Vec<Node>,
        name: &str,
        rest: &[Step],
        at: &str,
    ) -> Result<(), Trouble> {
        let place = elements.iter().position(|element| name_of(element) == Some(name));
        match (place, rest, self.value) {
            (Some(place), [], None) => elements[place].value = Value::Removed,
            (Some(place), [], Some(value)) => elements[place] = self.named(value, name, at)?,
            (Some(place), ..) => return self.change(context, &mut elements[place], rest, &format!("{at}.{name}")),
            (None, [], Some(value)) if is_addressable(name) => elements.push(self.named(value, name, at)?),
            (None, ..) => {
                let known: Vec<&str> = elements.iter().filter_map(name_of).collect();
                let is_kept = |element: &Node| !matches!(element.value, Value::Removed);
                if known.is_empty() && elements.iter().any(is_kept) {
                    return Err(Trouble(
                        format!("the elements of `{at}` have no names"),
                        format!("must be a number, such as {at}[1]"),
                        "elements are numbered from 1".into(),
                    ));
                }
                return Err(missing(context, self.path, &format!("there is no `{at}` named `{name}`"), name, &known));
            }
        }
        Ok(())
    }

    /// An entry of a list that bears its name.
    fn named(&self, value: &Node, name: &str, at: &str) -> Result<Node, Trouble> {
        let mut node = value.clone();
        let Value::Table(table) = &mut node.value else {
            return Err(Trouble(
                format!("`{at}.{name}` is set to {}, not a table", value.value.kind()),
                "must be a table with all keys of the entry".into(),
                format!("write \"{at}.{name}\" = {{ … }}, or set a single key of it"),
            ));
        };
        match name_of(value) {
            Some(own) if own != name => Err(Trouble(
                format!("`{at}.{name}` is set to an entry named `{}`", shown(own)),
                format!("must be `{name}`, or left out"),
                "the key already contains the name".into(),
            )),
            Some(_) => Ok(node),
            None => {
                let text = Node { span: self.span.clone(), value: Value::Text(name.to_owned()) };
                table.0.insert(0, Entry { key: "name".into(), key_span: self.span.clone(), node: text });
                Ok(node)
            }
        }
    }
}

fn missing(context: &Context, path: &str, what: &str, wanted: &str, known: &[&str]) -> Trouble {
    let hint = match nearest(context, wanted, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None if known.is_empty() => "set a new entry as a whole".into(),
        None => {
            let listed: Vec<String> = known.iter().take(MOST_LISTED).map(|key| format!("`{}`", shown(key))).collect();
            format!("the choices are {}", listed.join(", "))
        }
    };
    Trouble(format!("`{}` does not exist: {what}", shown(path)), "must be a key of the scenario".into(), hint)
}

fn is_table(node: &Node) -> bool {
    matches!(node.value, Value::Table(_))
}

pub(super) fn name_of(node: &Node) -> Option<&str> {
    let Value::Table(table) = &node.value else { return None };
    match &table.get("name")?.node.value {
        Value::Text(name) => Some(name),
        _ => None,
    }
}

/// The number of a part of a curve's point by its name: `level[2].value` is `level[2][2]`.
pub(super) fn part_of_pair(elements: &[Node], name: &str) -> Option<usize> {
    let is_number = |node: &Node| matches!(node.value, Value::Number { .. });
    let place = ["year", "value"].iter().position(|part| *part == name)?;
    (elements.len() == 2 && elements.iter().all(is_number)).then_some(place + 1)
}

/// The steps of a dotted key; `None` if it is none.
pub(super) fn steps(path: &str) -> Option<Vec<Step<'_>>> {
    let mut steps = Vec::new();
    for part in path.split('.') {
        let (key, mut numbers) = part.split_at(part.find('[').unwrap_or(part.len()));
        if key.is_empty() {
            return None;
        }
        steps.push(Step::Key(key));
        while !numbers.is_empty() {
            let (number, rest) = numbers.strip_prefix('[')?.split_once(']')?;
            steps.push(Step::Number(number.parse().ok()?));
            numbers = rest;
        }
    }
    Some(steps)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dotted_keys_have_steps() {
        let key = Step::Key;
        assert_eq!(steps("contract.aws.rate"), Some(vec![key("contract"), key("aws"), key("rate")]));
        let found = steps("regimes.effect[2].shift");
        assert_eq!(found, Some(vec![key("regimes"), key("effect"), Step::Number(2), key("shift")]));
        let found = steps("a[1][3]");
        assert_eq!(found, Some(vec![key("a"), Step::Number(1), Step::Number(3)]));
        let found = steps("curve[2].value");
        assert_eq!(found, Some(vec![key("curve"), Step::Number(2), key("value")]));
        for wrong in ["", ".", "a.", ".a", "a..b", "a[", "a[x]", "a[1", "a[-1]", "[1]", "a[1]b"] {
            assert_eq!(steps(wrong), None, "{wrong}");
        }
    }
}
