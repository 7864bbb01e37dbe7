//! A scenario file into a validated [`Scenario`]: syntax, names, ranges and cross-references, with messages that point.
//!
//! ```text
//! text ─▶ syntax (TOML) or json ─▶ tree ─▶ decode, one file per section ─▶ Scenario
//!                                    └──── every error on the way ────▶ Failure
//! ```
//!
//! All errors of a file are reported in one go. The tree knows nothing of its syntax; JSON, which has no dates, writes
//! them as text.
//!
//! Where the format leaves something open:
//!
//! - `currency`, `capacity_unit` and `name` are required, `description` is not.
//! - `burst.limit` left out is no limit, [`UNLIMITED`]; `limit = 0` is a market price without buying. A rate's `cap`
//!   left out is [`UNLIMITED`] too, a `reset` left out is one period.
//! - Numbers are finite and at most 1e30 in size; where they must be above 0 they are at least 1e-30.
//! - A factor that is use, a price or an index must not be able to be negative.
//! - `regimes.intensity` left out is a chain that never moves.
//! - The bubble of an organization that none of the bubble's events concerns never bursts. A condition must not name it.
//! - A condition's event must be watched for the organization it is asked of: its own, or that before the slash.
//! - An event on a contract is of the contract's organization, which must be named if there are several.
//! - A reduction left without `share` ends the contract; without `fee` and `notice` it is free and at once. A workout without
//!   `then` ends contracts; scales left out are 1, discounts 0, and relets are at the whole price.
//! - A tranche is for an organization with `cash`. Its payer is a vendor that the file describes, or one that contracts name,
//!   which then cannot fail.
//! - An intensity that is one number holds in every state of the regimes.

mod certain;
mod changes;
mod clauses;
mod context;
mod curve;
mod curves;
mod decode;
mod diagnostic;
mod difference;
mod edit;
mod forward;
mod item;
mod json;
mod limits;
mod loaded;
mod model;
mod names;
mod numbers;
mod periods;
mod place;
mod realization;
mod recovery;
mod rewrite;
mod same;
mod setting;
mod source;
pub(crate) mod spelling;
mod syntax;
mod template;
mod tree;
mod uncertainty;
mod variant;

use std::path::Path;
use std::sync::Arc;

pub use clauses::*;
pub use decode::{
    MOST_CONTRACTS, MOST_EVENTS, MOST_FACTORS, MOST_ORGANIZATIONS, MOST_PERIODS, MOST_STAKES, MOST_TRANCHES,
    MOST_VARIANTS, MOST_VENDORS,
};
pub use diagnostic::{Diagnostic, Failure, Severity};
pub use difference::Difference;
pub use loaded::Loaded;
pub use model::*;
pub use place::Doubt;
pub use rewrite::toml_as_json;
pub use same::Clash;
pub use setting::{Setting, date, number};
pub use source::{Source, Syntax, is_misleading};
pub use template::Template;
pub use uncertainty::{MOST_UNCERTAIN, UncertainInput, Uncertainty};
pub use variant::{Change, Variant};

use crate::input::{self, InputError};
use context::Context;
use tree::Node;

/// JSON Schema of scenario files, as far as a schema can say it: names, values that depend on others, and limits of sums are
/// checked by [`load`] alone. `build.rs` makes it of `schema.template.json` and what the registry declares.
pub const SCHEMA: &str = include_str!(concat!(env!("OUT_DIR"), "/scenario.schema.json"));

/// Largest file that is read.
const LARGEST_FILE: u64 = 16 << 20;

/// Reads a scenario file; `-` is standard input. A file that cannot be read is a [`Failure`] as well.
pub fn load(path: &Path) -> Result<Loaded, Failure> {
    let name = path.display().to_string();
    let text = input::bytes(path, LARGEST_FILE).and_then(input::into_marked_text);
    text.map_err(|error| match error {
        InputError::TooLarge(_) => too_large(&name),
        InputError::NotText { line, at } => {
            failure(&name, format!("line {line} is not UTF-8 text (byte {at} of the file)"), "save the file as UTF-8")
        }
        InputError::Utf16 => failure(&name, "the file is UTF-16 text".into(), "save the file as UTF-8"),
        error => {
            let title = format!("cannot read the file: {error}");
            failure(&name, title, "a scenario is a TOML or JSON file; check its path and permissions")
        }
    })
    .and_then(|text| parse(&text, &name))
}

/// Reads a scenario from its text; `file_name` stands in messages and tells the syntax: JSON if it ends with `.json`,
/// otherwise TOML.
pub fn parse(source: &str, file_name: &str) -> Result<Loaded, Failure> {
    if source.len() as u64 > LARGEST_FILE {
        return Err(too_large(file_name));
    }
    let source = Source::new(file_name.to_owned(), source.to_owned());
    let context = Context::new(&source);
    let tree = tree_of(&context);
    let scenario = tree.as_ref().and_then(|tree| decode::whole(&context, tree));
    let variants = match (&tree, &scenario) {
        (Some(tree), Some(_)) => decode::variants(&context, tree),
        _ => None,
    };
    if (scenario.is_none() || variants.is_none()) && !context.has_errors() {
        let hint = "this is a bug in overhang; please report it with the file";
        context.report(Diagnostic::about_file("the scenario could not be built", hint));
    }
    let found = context.finish();
    match (tree, scenario, variants) {
        (Some(tree), Some(scenario), Some(variants)) if found.errors == 0 => {
            let template = Template::new(Arc::new(source.clone()), tree.without("variant"));
            Ok(Loaded { scenario, variants, template, warnings: found.diagnostics, source })
        }
        _ => Err(Failure { diagnostics: found.diagnostics, omitted: found.omitted, source }),
    }
}

/// The file as a tree.
fn tree_of(context: &Context) -> Option<Node> {
    match context.source.syntax() {
        Syntax::Toml => syntax::read_toml(context),
        Syntax::Json => json::read_json(context),
    }
}

fn too_large(name: &str) -> Failure {
    let title = format!("the file is larger than {} MiB", LARGEST_FILE >> 20);
    failure(name, title, "a scenario is a few kilobytes; is this the right file?")
}

/// The failure of a file whose text plays no part.
fn failure(name: &str, title: String, hint: &str) -> Failure {
    let diagnostics = vec![Diagnostic::about_file(title, hint)];
    Failure { diagnostics, omitted: 0, source: Source::new(name.to_owned(), String::new()) }
}
