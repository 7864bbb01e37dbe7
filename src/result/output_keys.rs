//! The keys of what a plan estimates.

use super::document::SYSTEM;
use super::key::{Key, Part, Statistic, Subject};
use crate::plan::figure::{FirstPassage, Owner};
use crate::registry::Figure;
use crate::scenario::Scenario;

/// The key of the mean of a figure; `None` unless it is of the system or of one of several organizations.
pub fn figure_key(scenario: &Scenario, owner: Owner, figure: Figure) -> Option<Key> {
    let owner = match owner {
        Owner::System => SYSTEM,
        // a single organization is the system
        Owner::Organization(_) if scenario.organizations.len() == 1 => SYSTEM,
        Owner::Organization(organization) => &scenario.organizations[organization].name,
        _ => return None,
    };
    Some(Key::new(Subject::Figure { owner: owner.to_owned(), figure }, Statistic::Mean))
}

/// The key of the probability that something happens by the horizon.
pub fn time_key(scenario: &Scenario, time: FirstPassage) -> Key {
    let name = |organization: usize| scenario.organizations[organization].name.clone();
    let subject = match time {
        FirstPassage::Event { event, organization } => {
            Subject::Event { organization: name(organization), event: scenario.events[event].name.clone() }
        }
        FirstPassage::Tranche { tranche } => Subject::Tranche { name: scenario.tranches[tranche].name.clone() },
        FirstPassage::Failure { vendor } => Subject::Failure { vendor: scenario.vendors[vendor].name.clone() },
        FirstPassage::Workout { organization } => Subject::Workout { organization: name(organization) },
        FirstPassage::Bubble { .. } if scenario.organizations.len() == 1 => Subject::system_bubble(),
        FirstPassage::Bubble { organization } => Subject::Bubble { owner: name(organization) },
        FirstPassage::SystemBubble => Subject::system_bubble(),
    };
    Key::new(subject, Statistic::Probability(Part::Value))
}
