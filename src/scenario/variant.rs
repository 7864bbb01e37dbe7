//! The same scenario with some places changed: variants of a file, and the points of a sweep.

use std::ops::Range;
use std::sync::Arc;

use super::context::Context;
use super::decode;
use super::diagnostic::{Diagnostic, Failure};
use super::edit::Edit;
use super::model::Scenario;
use super::setting::Setting;
use super::source::Source;
use super::tree::{Node, Value};

/// A variant that a file describes.
#[derive(Debug, Clone)]
pub struct Variant {
    pub name: String,
    pub label: Option<String>,
    /// In the order in which they are made.
    pub changes: Vec<Change>,
    /// The whole scenario.
    pub scenario: Scenario,
    /// For further changes.
    pub template: Template,
}

/// A change that a variant makes, for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The dotted key of the place.
    pub path: String,
    /// What it is set to, as written; `None` where it is removed.
    pub value: Option<String>,
}

/// A file that was read, as a tree of which parts can be changed.
#[derive(Debug, Clone)]
pub struct Template {
    source: Arc<Source>,
    tree: Node,
}

impl Template {
    pub(super) fn new(source: Arc<Source>, tree: Node) -> Self {
        Template { source, tree }
    }

    /// The file.
    pub(super) fn source(&self) -> &Source {
        &self.source
    }

    /// What was read, with the changes made.
    pub(super) fn tree(&self) -> &Node {
        &self.tree
    }

    /// The scenario with places set. `what` names the result in messages: `point 3`. What is set stands in messages as lines
    /// behind those of the file.
    pub fn set(&self, settings: &[(&str, Setting)], what: &str) -> Result<Scenario, Failure> {
        let (mut lines, mut values) = (String::new(), Vec::new());
        for (path, setting) in settings {
            let written = setting.to_string();
            values.push((lines.len()..lines.len() + path.len(), written.len(), value(setting)));
            lines += &format!("{path} = {written}\n");
        }
        let source = self.source.extended(format!("{}, {what}", self.source.name), &lines);
        let first = source.text.len() - lines.len();
        let node = |(key, length, value): (Range<usize>, usize, Value)| {
            let key = first + key.start..first + key.end;
            let span = key.end + 3..key.end + 3 + length;
            (key, Node { span, value })
        };
        let values: Vec<(Range<usize>, Node)> = values.into_iter().map(node).collect();
        let read = |context: &Context| {
            let mut tree = self.tree.clone();
            for ((path, _), (span, value)) in settings.iter().zip(&values) {
                Edit { path, span: span.clone(), value: Some(value) }.apply(context, &mut tree);
            }
            let scenario = if context.has_errors() { None } else { decode::scenario(context, &tree) };
            scenario.filter(|_| !context.has_errors())
        };
        // a sweep reads thousands of scenarios that are right, and messages of those that are not are made the second time
        if let Some(scenario) = read(&Context::quiet(&source)) {
            return Ok(scenario);
        }
        let context = Context::new(&source);
        let scenario = read(&context);
        if scenario.is_none() && !context.has_errors() {
            let hint = "this is a bug in overhang; please report it with the file";
            context.report(Diagnostic::about_file("the scenario could not be built", hint));
        }
        let found = context.finish();
        scenario.ok_or(Failure { diagnostics: found.diagnostics, omitted: found.omitted, source })
    }
}

fn value(setting: &Setting) -> Value {
    match setting {
        Setting::Text(text) => Value::Text(text.clone()),
        Setting::Date(date) => Value::Date(date.clone()),
        &Setting::Number(value) => {
            let whole = (value.fract() == 0.0 && value.abs() < 1e15).then_some(value as i64);
            Value::Number { value, whole }
        }
    }
}
