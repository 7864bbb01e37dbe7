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

const COSTS: &[Figure] = &[Figure::CommitmentCost, Figure::StrandedCost];

registered! {
    /// Whose a figure is. Engines compute them in this order.
    OwnerKind: OwnerEntry, "OWNER";
    Organization = 0, "organization",
        "An organization that uses capacity",
        { figures: Figure::ALL, has_quantiles: true };
    Contract = 1, "contract",
        "A contract",
        { figures: COSTS, has_quantiles: false };
    Vendor = 2, "vendor",
        "A vendor, over all its contracts",
        { figures: COSTS, has_quantiles: false };
    System = 3, "system",
        "All organizations together",
        { figures: Figure::ALL, has_quantiles: true };
}
