//! The numbers that shape a kernel, and where figures and times of a path stand.

use crate::registry::{CLAUSE_FIGURES, OwnerKind};

/// The numbers that shape a kernel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Sizes {
    pub periods: u32,
    pub factors: usize,
    /// States of the chain; 1 without regimes.
    pub states: usize,
    pub organizations: usize,
    pub contracts: usize,
    /// Events by organization that they are watched for.
    pub events: usize,
    pub tranches: usize,
    /// Vendors with several contracts; the others' figures are their contract's.
    pub vendors: usize,
    /// Vendors that can fail.
    pub counterparties: usize,
    /// Organizations that may settle.
    pub workouts: usize,
    /// Pairs of a vendor that can fail and an organization that it can lose by.
    pub exposures: usize,
    /// Whether there are figures of clauses.
    pub clause_figures: bool,
    /// Whether any factor jumps.
    pub jumps: bool,
    /// Whether the scenario has a bubble.
    pub bubbles: bool,
}

impl Sizes {
    /// Figures that an engine computes for a path: organizations', contracts', vendors', the system's unless they are those of
    /// the only organization.
    pub fn slots(&self) -> usize {
        self.exposure_slot(self.exposures)
    }

    /// Slot of a figure of an organization.
    pub fn organization_slot(&self, organization: usize) -> usize {
        organization * OwnerKind::Organization.entry().figures.len()
    }

    /// Slot of a contract's first figure. Contracts are in the plan's order.
    pub fn contract_slot(&self, contract: usize) -> usize {
        self.organization_slot(self.organizations) + OwnerKind::Contract.entry().figures.len() * contract
    }

    /// Slot of a vendor's first figure.
    pub fn vendor_slot(&self, vendor: usize) -> usize {
        self.contract_slot(self.contracts) + OwnerKind::Vendor.entry().figures.len() * vendor
    }

    /// Slot of the system's first figure.
    pub fn system_slot(&self) -> usize {
        self.vendor_slot(self.vendors)
    }

    /// First slot of what clauses add.
    pub fn clause_slot(&self) -> usize {
        self.system_slot() + if self.organizations > 1 { OwnerKind::System.entry().figures.len() } else { 0 }
    }

    /// Slot of an organization's first figure of clauses; behind the last one the system's.
    pub fn organization_clause_slot(&self, organization: usize) -> usize {
        self.clause_slot() + CLAUSE_FIGURES.len() * organization
    }

    /// Slot of the first figure of a vendor that can fail.
    pub fn counterparty_slot(&self, counterparty: usize) -> usize {
        let before = if self.clause_figures {
            self.organization_clause_slot(self.organizations + 1)
        } else {
            self.clause_slot()
        };
        before + OwnerKind::Counterparty.entry().figures.len() * counterparty
    }

    /// Slot of the first figure of an exposure.
    pub fn exposure_slot(&self, exposure: usize) -> usize {
        self.counterparty_slot(self.counterparties) + OwnerKind::Exposure.entry().figures.len() * exposure
    }

    /// Times that an engine computes for a path: events, tranches, failures of vendors, settlements, organizations' bubbles, the
    /// system's bubble.
    pub fn times(&self) -> usize {
        self.bubble_time(self.organizations) + 1
    }

    /// Place of the time of an organization's bubble; the system's is behind the last one.
    pub fn bubble_time(&self, organization: usize) -> usize {
        self.events + self.tranches + self.counterparties + self.workouts + organization
    }
}

/// A vendor and its contracts, indices in the plan's order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vendor {
    pub name: String,
    pub contracts: Vec<usize>,
}
