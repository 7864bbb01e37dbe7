//! Targets that a document has no estimate for, and what was meant.

use super::error::RunError;
use crate::result::{CompareDocument, ComparisonKey, Estimated, Target, TargetKey};
use crate::scenario::spelling::closest;

/// Refuses targets that a document of no paths has no estimate for; it has all keys already.
pub(crate) fn refuse_unknown(targets: &[Target], empty: &impl Estimated) -> Result<(), RunError> {
    let Some(unknown) = targets.iter().find(|target| empty.reading(&target.key).is_none()) else { return Ok(()) };
    let known = empty.estimates();
    let key = unknown.key.to_string();
    let hint = match closest(&key, known.iter().map(String::as_str)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "choose an estimate of the result, such as bubble.system.probability or figures.system.commitment_cost.mean; \
                 quantiles and levels are those of --quantiles and --levels"
            .to_owned(),
    };
    Err(RunError::usage(format!("--target: the result has no estimate `{key}`"), hint))
}

/// Targets of a comparison: one for an estimate of a result is one for each scenario that has it.
pub(crate) fn of_scenarios(targets: &[Target], empty: &CompareDocument) -> Vec<Target> {
    let each = |target: &Target| {
        let TargetKey::Result(key) = &target.key else { return vec![target.clone()] };
        let of_scenario = |scenario: &String| {
            let key = TargetKey::Comparison(ComparisonKey::Result { scenario: scenario.clone(), key: key.clone() });
            Target { key, ..target.clone() }
        };
        let all = empty.scenarios.keys().map(of_scenario);
        let known: Vec<Target> = all.filter(|target| empty.reading(&target.key).is_some()).collect();
        if known.is_empty() { vec![target.clone()] } else { known }
    };
    targets.iter().flat_map(each).collect()
}
