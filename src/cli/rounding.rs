//! A warning of figures that single precision does not resolve.

use super::console::Console;
use crate::engine::resolution::{Unresolved, unresolved};
use crate::plan::Plan;
use crate::plan::figure::Owner;
use crate::scenario::Scenario;

/// Figures that are named; of more there is the number.
const NAMED: usize = 4;

/// Warns of the figures of a scenario whose means are off in single precision, the worst first.
pub fn warn(console: &Console, scenario: &Scenario, plan: &Plan) {
    let mut found = unresolved(plan);
    found.sort_by(|a, b| b.off.total_cmp(&a.off));
    if let Some(warning) = warning(scenario, plan, &found) {
        console.remark(&warning);
    }
}

fn warning(scenario: &Scenario, plan: &Plan, found: &[Unresolved]) -> Option<String> {
    if found.is_empty() {
        return None;
    }
    let named = found.iter().take(NAMED);
    let mut names: Vec<String> = named
        .map(|one| {
            let spec = &plan.figures[one.figure];
            let owner = match spec.owner {
                Owner::System => "figures.system".to_owned(),
                Owner::Organization(index) => format!("figures.{}", scenario.organizations[index].name),
                Owner::Contract(index) => format!("contracts.{}", scenario.contracts[index].name),
                Owner::Vendor(index) => format!("vendors.{}", plan.vendors[index].name),
            };
            format!("{owner}.{} is off by about {:.2}%", spec.figure.name(), 100.0 * one.off)
        })
        .collect();
    let more = found.len().saturating_sub(NAMED);
    if more > 0 {
        names.push(format!("{more} more are off by over 0.1%"));
    }
    Some(format!(
        "warning: single precision is too coarse for small remainders of large amounts: {}\n\
         hint: use --precision f64, or leave out amounts that are a millionth of the others",
        names.join("; ")
    ))
}
