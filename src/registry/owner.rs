//! Who has figures.

use super::{Figure, Registered, registered};

/// What is declared of an owner.
#[derive(Debug)]
pub struct OwnerEntry {
    pub name: &'static str,
    pub description: &'static str,
    /// The figures of such an owner, in the order of their slots.
    pub figures: &'static [Figure],
    /// Whether their quantiles are kept, or only their moments.
    pub has_quantiles: bool,
}

/// Figures that organizations and the system have without any clause.
const PLAIN: &[Figure] = Figure::ALL.split_at(14).0;

/// Figures of organizations and the system that only clauses give them, in the order of their slots.
pub const CLAUSE_FIGURES: &[Figure] = &[Figure::ExitCost, Figure::ResaleIncome];

const COSTS: &[Figure] = &[Figure::CommitmentCost, Figure::StrandedCost];

registered! {
    /// Whose a figure is. Engines compute them in this order.
    OwnerKind: OwnerEntry, "OWNER";
    Organization = 0, "organization",
        "An organization that uses capacity",
        { figures: PLAIN, has_quantiles: true };
    Contract = 1, "contract",
        "A contract",
        { figures: COSTS, has_quantiles: false };
    Vendor = 2, "vendor",
        "A vendor, over all its contracts",
        { figures: COSTS, has_quantiles: false };
    System = 3, "system",
        "All organizations together",
        { figures: PLAIN, has_quantiles: true };
    Counterparty = 4, "counterparty",
        "A vendor that can fail",
        { figures: &[Figure::Received, Figure::Loss], has_quantiles: true };
    Exposure = 5, "exposure",
        "A vendor that can fail, and an organization that it can lose by",
        { figures: &[Figure::Loss, Figure::LossInBubble], has_quantiles: false };
}
