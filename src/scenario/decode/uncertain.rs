//! `[[uncertain]]` and `[uncertain_correlation]`: numbers of the file that are distributions.

use std::sync::Arc;

use nalgebra::DMatrix;

use super::super::certain::without_uncertain;
use super::super::context::Context;
use super::super::edit::steps;
use super::super::item::{Fields, Item};
use super::super::limits::{Limits, rounded};
use super::super::same::clashes;
use super::super::template::Template;
use super::super::tree::Node;
use super::super::uncertainty::{MOST_UNCERTAIN, UncertainInput, Uncertainty};
use super::common::{LONGEST_DESCRIPTION, entries, label, optional_section};
use super::distribution::{DISTRIBUTION_KEYS, distribution};

/// First steps of keys that cannot be uncertain: all parameter sets have the same periods, and texts are no numbers.
const FIXED: [&str; 8] =
    ["horizon", "schema", "name", "description", "currency", "capacity_unit", "uncertain", "uncertain_correlation"];
const PAIRS: &str = "an array of [key, key, rank correlation], each pair once";
const RHO: Limits = Limits::any("the rank correlation of two inputs").above(-1.0).below(1.0);

/// What the file leaves uncertain: `Some(None)` if nothing, `None` if something is wrong.
pub(super) fn uncertainty(context: &Context, fields: &Fields, root: &Node) -> Option<Option<Arc<Uncertainty>>> {
    let tables = entries(fields, "uncertain", "[[uncertain]]", MOST_UNCERTAIN);
    let section = optional_section(fields, "uncertain_correlation", "a table with `pairs`");
    let read: Vec<Option<(UncertainInput, Item)>> = tables.iter().map(input).collect();
    let before = context.errors();
    let inputs: Option<Vec<(UncertainInput, Item)>> = read.into_iter().collect();
    let Some(inputs) = inputs else {
        section.iter().for_each(|section| section.skip(&["pairs"]));
        return None;
    };
    refuse_twice(context, root, &inputs);
    let keys: Vec<&str> = inputs.iter().map(|(input, _)| input.key.as_str()).collect();
    let correlation = correlation(section.as_ref(), &keys)?;
    if context.errors() > before {
        return None;
    }
    if inputs.is_empty() {
        return Some(None);
    }
    let template = Template::new(Arc::new(context.source.clone()), without_uncertain(root.clone()));
    let inputs = inputs.into_iter().map(|(input, _)| input).collect();
    Some(Some(Arc::new(Uncertainty::new(inputs, correlation, template))))
}

/// An entry, and its key.
fn input<'a>(fields: &Fields<'a>) -> Option<(UncertainInput, Item<'a>)> {
    let key = fields.required("key", "the dotted key of a number in this file, such as factor.price.volatility");
    let label = label(fields);
    let reason =
        fields.optional("reason").and_then(|item| item.label("where the range comes from", LONGEST_DESCRIPTION, true));
    let distribution = distribution(fields);
    fields.finish_knowing(&DISTRIBUTION_KEYS, "this distribution");
    let item = key?;
    let path = item.text("a key of the scenario")?;
    let first = steps(path).and_then(|_| path.split(['.', '[']).next());
    if let Some(first) = first.filter(|first| FIXED.contains(first)) {
        let title = format!("`{first}` cannot be uncertain");
        item.fail(title, "must be another key", "all parameter sets share the periods and the units of the file");
        return None;
    }
    Some((UncertainInput { key: path.to_owned(), label, reason, distribution: distribution? }, item))
}

fn refuse_twice(context: &Context, root: &Node, inputs: &[(UncertainInput, Item)]) {
    for clash in clashes(root, inputs.iter().map(|(input, _)| input.key.as_str())) {
        let (first, second) = (&inputs[clash.first].1, &inputs[clash.second].1);
        let hint = format!("line {} already makes it uncertain", context.line(&first.span()));
        second.fail(format!("{} is uncertain twice", second.written()), "must be given once", hint);
    }
}

/// Rank correlations of the inputs, and none between those that no pair names.
fn correlation(section: Option<&Fields>, keys: &[&str]) -> Option<DMatrix<f64>> {
    let mut matrix = DMatrix::identity(keys.len(), keys.len());
    let Some(fields) = section else { return Some(matrix) };
    let pairs = fields.required("pairs", PAIRS);
    fields.finish();
    let pairs = pairs?;
    let most = MOST_UNCERTAIN * (MOST_UNCERTAIN - 1) / 2;
    let mut lines = DMatrix::<usize>::zeros(keys.len(), keys.len());
    for element in pairs.list(most, PAIRS)? {
        let [first, second, rho] = element.parts(["key", "key", "rank correlation"])?;
        let (i, j) = (place(&first, keys), place(&second, keys));
        let (i, j, rho) = (i?, j?, rho.number(&RHO)?);
        let line = lines[(i.max(j), i.min(j))];
        if i == j || line > 0 {
            let (title, hint) = match i == j {
                true => ("an input is paired with itself".into(), "its correlation with itself is always 1".into()),
                false => (
                    format!("the pair `{}`, `{}` is given twice", keys[i], keys[j]),
                    format!("the first is on line {line}"),
                ),
            };
            element.fail(title, "must be two different inputs, given once", hint);
            return None;
        }
        lines[(i.max(j), i.min(j))] = element.context.line(&element.span());
        (matrix[(i, j)], matrix[(j, i)]) = (rho, rho);
    }
    if let Some(least) = Uncertainty::least_eigenvalue(&matrix).filter(|&least| least <= Uncertainty::LEAST_EIGENVALUE)
    {
        let label = format!("the smallest eigenvalue is {} but must be above 0", rounded(least));
        let hint =
            "no inputs can have these correlations; unlisted pairs count as 0, so list them too or weaken others";
        pairs.fail("the correlations of the uncertain inputs are not positive definite", label, hint);
        return None;
    }
    Some(matrix)
}

/// The place of an input that a pair names.
fn place(item: &Item, keys: &[&str]) -> Option<usize> {
    let key = item.text("the key of an uncertain input")?;
    let found = keys.iter().position(|known| *known == key);
    if found.is_none() {
        let known: Vec<String> = keys.iter().take(8).map(|key| format!("`{key}`")).collect();
        let hint = match known.is_empty() {
            true => "the file has no [[uncertain]] entry".into(),
            false => format!("the file makes {} uncertain", known.join(", ")),
        };
        item.fail(format!("{} is not uncertain", item.written()), "must be the `key` of an [[uncertain]] entry", hint);
    }
    found
}
