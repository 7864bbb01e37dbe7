//! The figures that a plan estimates: whose they are, where an engine puts them, and how they are framed.

use crate::registry::{Figure, OwnerKind};

/// Whose figure it is; indices into the scenario's lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Owner {
    System,
    Organization(usize),
    Contract(usize),
    Vendor(usize),
    /// A vendor that can fail, by its place among the scenario's descriptions.
    Counterparty(usize),
    /// What such a vendor loses by an organization.
    Exposure {
        counterparty: usize,
        organization: usize,
    },
}

impl Owner {
    /// What kind of owner it is.
    pub const fn kind(self) -> OwnerKind {
        match self {
            Owner::System => OwnerKind::System,
            Owner::Organization(_) => OwnerKind::Organization,
            Owner::Contract(_) => OwnerKind::Contract,
            Owner::Vendor(_) => OwnerKind::Vendor,
            Owner::Counterparty(_) => OwnerKind::Counterparty,
            Owner::Exposure { .. } => OwnerKind::Exposure,
        }
    }
}

/// Where a figure's sums are centred and how they are scaled: y = (x − centre) / scale.
///
/// Taken from the plan alone, so that every engine, batch and shard uses the same.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Frame {
    /// Exact in f32.
    pub centre: f64,
    /// A power of two, about the figure's standard deviation.
    pub scale: f64,
}

/// A figure that a run estimates.
#[derive(Debug, Clone, PartialEq)]
pub struct FigureSpec {
    pub owner: Owner,
    pub figure: Figure,
    /// Its place among the values that an engine computes for a path.
    pub slot: usize,
    pub frame: Frame,
    /// Whether its quantiles are kept (organizations and the system) or only its moments (contracts and vendors).
    pub sketched: bool,
}

/// What a run times: the period in which something first happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FirstPassage {
    /// Indices of an event in the scenario and of the organization it is watched for.
    Event {
        event: usize,
        organization: usize,
    },
    /// The payment of a tranche, by its place in the file.
    Tranche {
        tranche: usize,
    },
    /// The failure of a vendor, by its place among the scenario's descriptions.
    Failure {
        vendor: usize,
    },
    /// An organization's settlement with its vendors.
    Workout {
        organization: usize,
    },
    Bubble {
        organization: usize,
    },
    /// The system's bubble; left out where there is a single organization.
    SystemBubble,
}
