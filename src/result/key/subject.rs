//! Whose and what the numbers of a result are.

use std::fmt::{self, Display, Formatter};

use crate::registry::{Figure, Registered as _, Side};
use crate::result::document::SYSTEM;
use crate::text::units::Unit;

/// Something that a result tells statistics of. Owners are organizations or, for sums over all of them, `system`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Subject {
    Figure { owner: String, figure: Figure },
    Contract { name: String, figure: Figure },
    Vendor { name: String, figure: Figure },
    Event { organization: String, event: String },
    Bubble { owner: String },
    Tranche { name: String },
}

impl Subject {
    /// A figure of the system.
    pub fn system(figure: Figure) -> Self {
        Subject::Figure { owner: SYSTEM.to_owned(), figure }
    }

    /// The system's bubble.
    pub fn system_bubble() -> Self {
        Subject::Bubble { owner: SYSTEM.to_owned() }
    }

    /// Its kind as documents and stores name it.
    pub const fn kind(&self) -> &'static str {
        match self {
            Subject::Figure { .. } => "figures",
            Subject::Contract { .. } => "contracts",
            Subject::Vendor { .. } => "vendors",
            Subject::Event { .. } => "events",
            Subject::Bubble { .. } => "bubble",
            Subject::Tranche { .. } => "tranches",
        }
    }

    /// Whose it is: an organization, the system, a contract or a vendor; a tranche itself.
    pub fn owner(&self) -> &str {
        match self {
            Subject::Figure { owner, .. } | Subject::Bubble { owner } => owner,
            Subject::Contract { name, .. } | Subject::Vendor { name, .. } | Subject::Tranche { name } => name,
            Subject::Event { organization, .. } => organization,
        }
    }

    /// The name of the figure or the event; empty for bubbles and tranches.
    pub fn name(&self) -> &str {
        match self {
            Subject::Figure { figure, .. } | Subject::Contract { figure, .. } | Subject::Vendor { figure, .. } => {
                figure.name()
            }
            Subject::Event { event, .. } => event,
            Subject::Bubble { .. } | Subject::Tranche { .. } => "",
        }
    }

    /// The one of this kind, owner and name.
    pub fn of(kind: &str, owner: &str, name: &str) -> Option<Self> {
        let text = owner.to_owned();
        match kind {
            "figures" => Some(Subject::Figure { owner: text, figure: Figure::named(name)? }),
            "contracts" => Some(Subject::Contract { name: text, figure: Figure::named(name)? }),
            "vendors" => Some(Subject::Vendor { name: text, figure: Figure::named(name)? }),
            "events" => Some(Subject::Event { organization: text, event: name.to_owned() }),
            "bubble" if name.is_empty() => Some(Subject::Bubble { owner: text }),
            "tranches" if name.is_empty() => Some(Subject::Tranche { name: text }),
            _ => None,
        }
    }

    /// The subject at the beginning of a key's text, and the rest. Names have no dots.
    pub(super) fn split(text: &str) -> Option<(Self, &str)> {
        let (kind, rest) = text.split_once('.')?;
        let (owner, rest) = rest.split_once('.')?;
        if matches!(kind, "bubble" | "tranches") {
            return Some((Subject::of(kind, owner, "")?, rest));
        }
        let (name, rest) = rest.split_once('.')?;
        Some((Subject::of(kind, owner, name)?, rest))
    }

    /// What its amounts are measured in: a figure's unit, or years for the time of an event.
    pub fn unit(&self) -> Unit {
        match self {
            Subject::Figure { figure, .. } | Subject::Contract { figure, .. } | Subject::Vendor { figure, .. } => {
                figure.unit().into()
            }
            Subject::Event { .. } | Subject::Bubble { .. } | Subject::Tranche { .. } => Unit::Years,
        }
    }

    /// Which end of it is bad: of an event, that it happens; of a tranche, that it is not paid.
    pub const fn side(&self) -> Side {
        match self {
            Subject::Figure { figure, .. } | Subject::Contract { figure, .. } | Subject::Vendor { figure, .. } => {
                figure.side()
            }
            Subject::Event { .. } | Subject::Bubble { .. } => Side::High,
            Subject::Tranche { .. } => Side::Low,
        }
    }
}

impl Display for Subject {
    /// Its place in the document.
    fn fmt(&self, f: &mut Formatter) -> fmt::Result {
        write!(f, "{}.{}", self.kind(), self.owner())?;
        if self.name().is_empty() { Ok(()) } else { write!(f, ".{}", self.name()) }
    }
}
