//! A remark on figures that single precision does not resolve.

use super::remark::Doubt;
use crate::engine::resolution::unresolved;
use crate::plan::Plan;
use crate::plan::figure::Owner;
use crate::result::Subject;
use crate::scenario::Scenario;

/// Figures that are named; of more there is the number.
const NAMED: usize = 4;

/// The figures of a scenario whose means are off in single precision, the worst first; `None` if there are none.
pub fn rounding(scenario: &Scenario, plan: &Plan) -> Option<Doubt> {
    let mut found = unresolved(plan);
    found.sort_by(|a, b| b.off.total_cmp(&a.off));
    let place = |index: usize| {
        let spec = &plan.figures[index];
        let figure = spec.figure;
        let subject = match spec.owner {
            Owner::System => Subject::system(figure),
            Owner::Organization(index) => Subject::Figure { owner: scenario.organizations[index].name.clone(), figure },
            Owner::Contract(index) => Subject::Contract { name: scenario.contracts[index].name.clone(), figure },
            Owner::Vendor(index) => Subject::Vendor { name: plan.vendors[index].name.clone(), figure },
            Owner::Counterparty(index) | Owner::Exposure { counterparty: index, .. } => {
                Subject::Vendor { name: scenario.vendors[index].name.clone(), figure }
            }
        };
        subject.to_string()
    };
    let worst: Vec<(String, f64)> = found.iter().take(NAMED).map(|one| (place(one.figure), 100.0 * one.off)).collect();
    (!worst.is_empty()).then(|| Doubt::Rounding { worst, more: found.len().saturating_sub(NAMED) })
}
