//! What was understood of a scenario, without a run.

use super::error::RunError;
use crate::engine::forecast::forecast;
use crate::plan::Plan;
use crate::result::{self, CheckDocument};
use crate::scenario::{Failure, Loaded, Scenario, Variant};

/// What was understood of a file and some of its variants, with its warnings.
///
/// # Errors
/// If the factors cannot be sampled for their means.
pub fn check(loaded: &Loaded, variants: &[&Variant]) -> Result<CheckDocument, RunError> {
    let mut document = check_scenario(&loaded.source.name, &loaded.scenario)?;
    for variant in variants {
        document.variants.insert(variant.name.clone(), result::check_variant(loaded, variant));
    }
    Ok(document.with_warnings(&loaded.warnings))
}

/// What was understood of a scenario alone, which stands in `file`, with its uncertain inputs at their medians.
///
/// # Errors
/// If the factors cannot be sampled for their means.
pub fn check_scenario(file: &str, scenario: &Scenario) -> Result<CheckDocument, RunError> {
    let invalid = |failure: Box<Failure>| RunError::usage(failure.to_string(), "change the uncertain inputs");
    let centre = scenario.at_centre().map_err(invalid)?;
    let plan = Plan::lower(&centre);
    let document = result::check(file, &centre, &plan, &forecast(&plan)?);
    Ok(document.with_uncertain(scenario.uncertainty.as_ref().map_or(&[], |all| &all.inputs)))
}
