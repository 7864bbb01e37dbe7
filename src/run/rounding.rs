//! Figures that single precision does not resolve, for people.

use super::remark::Doubt;
use crate::engine::resolution::unresolved;
use crate::plan::Plan;
use crate::plan::figure::Owner;
use crate::scenario::Scenario;

/// Figures that are named; of more there is the number.
const NAMED: usize = 4;

/// The figures of a scenario whose means are off in single precision, the worst first; `None` if there are none.
pub fn rounding(scenario: &Scenario, plan: &Plan) -> Option<Doubt> {
    let mut found = unresolved(plan);
    found.sort_by(|a, b| b.off.total_cmp(&a.off));
    let place = |figure: usize| {
        let spec = &plan.figures[figure];
        let owner = match spec.owner {
            Owner::System => "figures.system".to_owned(),
            Owner::Organization(index) => format!("figures.{}", scenario.organizations[index].name),
            Owner::Contract(index) => format!("contracts.{}", scenario.contracts[index].name),
            Owner::Vendor(index) => format!("vendors.{}", plan.vendors[index].name),
        };
        format!("{owner}.{}", spec.figure.name())
    };
    let worst: Vec<(String, f64)> = found.iter().take(NAMED).map(|one| (place(one.figure), 100.0 * one.off)).collect();
    (!worst.is_empty()).then(|| Doubt::Rounding { worst, more: found.len().saturating_sub(NAMED) })
}
