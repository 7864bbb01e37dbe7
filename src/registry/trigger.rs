//! What conditions of clauses wait for.

use super::registered;

/// What is declared of a trigger.
#[derive(Debug)]
pub struct TriggerEntry {
    pub name: &'static str,
    pub description: &'static str,
}

registered! {
    /// What a condition waits for; it counts from the period after the one in which it happens.
    TriggerKind: TriggerEntry, "TRIGGER";
    Nothing = 0, "nothing", "Nothing: it has always happened", {};
    Event = 1, "event", "An event, as an organization is watched for it", {};
    Bubble = 2, "bubble", "The bursting of an organization's bubble", {};
    SystemBubble = 3, "system_bubble", "The bursting of the system's bubble", {};
}
