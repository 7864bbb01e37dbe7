//! What a profile over time observes.

use super::registered;

/// What is declared of an observable.
#[derive(Debug)]
pub struct ObservableEntry {
    pub name: &'static str,
    pub description: &'static str,
    /// Whether paths may lack it.
    pub is_optional: bool,
}

registered! {
    /// Something that has a value at the end of every period.
    ObservableKind: ObservableEntry, "OBSERVABLE";
    Factor = 0, "factor", "A factor's value", { is_optional: false };
    Served = 1, "served", "What an organization's contracts serve, in capacity units", { is_optional: false };
    Coverage = 2, "coverage", "An organization's trailing margin·value over its trailing cost, undefined without cost", { is_optional: true };
    Cash = 3, "cash", "An organization's balance", { is_optional: false };
}
