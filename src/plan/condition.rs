//! Conditions of clauses, each once.

use super::double::twin::ConditionTerms;
use crate::registry::TriggerKind;
use crate::scenario::{Condition, Trigger};

/// Conditions while a plan is lowered.
pub struct Conditions<'a> {
    /// Event and organization of each entry of the events' table.
    watched: &'a [(usize, usize)],
    found: Vec<Condition>,
}

impl<'a> Conditions<'a> {
    /// None yet.
    pub fn of(watched: &'a [(usize, usize)]) -> Self {
        Conditions { watched, found: Vec::new() }
    }

    /// The place of a condition among all.
    pub fn place(&mut self, condition: Condition) -> u32 {
        let place = self.found.iter().position(|&known| known == condition).unwrap_or_else(|| {
            self.found.push(condition);
            self.found.len() - 1
        });
        place as u32
    }

    /// All of them, in the order of their places.
    pub fn into_terms(self) -> Vec<ConditionTerms> {
        self.found.iter().map(|&condition| terms(condition, self.watched)).collect()
    }
}

fn terms(condition: Condition, watched: &[(usize, usize)]) -> ConditionTerms {
    let (until, trigger) = match condition {
        Condition::Always => (0, None),
        Condition::When(trigger) => (0, Some(trigger)),
        Condition::Unless(trigger) => (1, Some(trigger)),
    };
    let (kind, subject) = match trigger {
        None => (TriggerKind::Nothing, 0),
        Some(Trigger::Event { event, organization }) => {
            let entry = watched.iter().position(|&at| at == (event, organization));
            (TriggerKind::Event, entry.expect("conditions name events that are watched"))
        }
        Some(Trigger::Bubble { organization }) => (TriggerKind::Bubble, organization),
        Some(Trigger::SystemBubble) => (TriggerKind::SystemBubble, 0),
    };
    ConditionTerms { trigger: kind.number(), subject: subject as u32, until }
}
