//! The same scenario with some places changed: variants of a file, and the points of a sweep.

use std::ops::Range;
use std::sync::Arc;

use super::certain::{settle, without_removed};
use super::context::Context;
use super::decode;
use super::diagnostic::{Diagnostic, Failure};
use super::edit::Edit;
use super::model::Scenario;
use super::setting::Setting;
use super::source::Source;
use super::template::Template;
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

/// Settings as lines behind those of a file.
struct Written<'a> {
    source: Source,
    /// Key, where it stands, and its value.
    edits: Vec<(&'a str, Range<usize>, Node)>,
}

impl Template {
    /// The scenario with places set. `what` names the result in messages: `point 3`. What is set stands in messages as lines
    /// behind those of the file.
    pub fn set(&self, settings: &[(&str, Setting)], what: &str) -> Result<Scenario, Failure> {
        let written = self.written(settings, what);
        let read = |context: &Context| {
            let tree = self.edited(context, &written);
            let scenario = if context.has_errors() { None } else { decode::whole(context, &without_removed(tree)) };
            scenario.filter(|_| !context.has_errors())
        };
        // a sweep reads thousands of scenarios that are right, and messages of those that are not are made the second time
        if let Some(scenario) = read(&Context::quiet(&written.source)) {
            return Ok(scenario);
        }
        let context = Context::new(&written.source);
        let scenario = read(&context);
        if scenario.is_none() && !context.has_errors() {
            let hint = "this is a bug in overhang; please report it with the file";
            context.report(Diagnostic::about_file("the scenario could not be built", hint));
        }
        let found = context.finish();
        let source = written.source;
        scenario.ok_or(Failure { diagnostics: found.diagnostics, omitted: found.omitted, source })
    }

    /// The file with places set, for further changes. Places that it does not have stay unset.
    pub(super) fn with(&self, settings: &[(&str, Setting)], what: &str) -> Template {
        let written = self.written(settings, what);
        let tree = self.edited(&Context::quiet(&written.source), &written);
        Template::new(Arc::new(written.source), tree)
    }

    fn written<'a>(&self, settings: &[(&'a str, Setting)], what: &str) -> Written<'a> {
        let (mut lines, mut values) = (String::new(), Vec::new());
        for (path, setting) in settings {
            let written = setting.to_string();
            values.push((*path, lines.len()..lines.len() + path.len(), written.len(), value(setting)));
            lines += &format!("{path} = {written}\n");
        }
        let source = self.source().extended(format!("{}, {what}", self.source().name), &lines);
        let first = source.text.len() - lines.len();
        let edit = |(path, key, length, value): (&'a str, Range<usize>, usize, Value)| {
            let key = first + key.start..first + key.end;
            let span = key.end + 3..key.end + 3 + length;
            (path, key, Node { span, value })
        };
        Written { edits: values.into_iter().map(edit).collect(), source }
    }

    fn edited(&self, context: &Context, written: &Written) -> Node {
        let mut tree = self.tree().clone();
        let places = || written.edits.iter().map(|(path, ..)| *path);
        settle(&mut tree, places());
        for (path, span, value) in &written.edits {
            Edit { path, span: span.clone(), value: Some(value) }.apply(context, &mut tree);
        }
        settle(&mut tree, places());
        tree
    }
}

fn value(setting: &Setting) -> Value {
    match setting {
        Setting::Text(text) => Value::Text(text.clone()),
        Setting::Date(date) => Value::Date(date.clone()),
        &Setting::Number(value) => Value::number(value),
    }
}
