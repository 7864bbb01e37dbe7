//! What a file's things are called where people read of them: by their labels, and by their names where they have none.

use std::collections::HashMap;

use crate::scenario::Scenario;

/// A kind of thing; each has names of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Named {
    Organization,
    Contract,
    Vendor,
    Event,
    Tranche,
}

/// Labels by kind and name. Empty, all things are called by their names.
#[derive(Debug, Clone, Default)]
pub struct Titles(HashMap<(Named, String), String>);

impl Titles {
    /// The labels of a scenario. A label that several things of a kind have tells nothing apart, and is left out.
    pub fn of(scenario: &Scenario) -> Self {
        let organizations = scenario.organizations.iter().map(|of| (Named::Organization, &of.name, &of.label));
        let contracts = scenario.contracts.iter().map(|of| (Named::Contract, &of.name, &of.label));
        let vendors = scenario.vendors.iter().map(|of| (Named::Vendor, &of.name, &of.label));
        let events = scenario.events.iter().map(|of| (Named::Event, &of.name, &of.label));
        let tranches = scenario.tranches.iter().map(|of| (Named::Tranche, &of.name, &of.label));
        let all: Vec<(Named, &String, &str)> = organizations
            .chain(contracts)
            .chain(vendors)
            .chain(events)
            .chain(tranches)
            .filter_map(|(kind, name, label)| Some((kind, name, label.as_deref()?.trim())))
            .collect();
        let is_unique = |kind, label: &str| all.iter().filter(|other| other.0 == kind && other.2 == label).count() == 1;
        let kept = all.iter().filter(|(kind, _, label)| !label.is_empty() && is_unique(*kind, label));
        Titles(kept.map(|&(kind, name, label)| ((kind, name.clone()), label.to_owned())).collect())
    }

    /// What a thing is called.
    pub fn get<'a>(&'a self, kind: Named, name: &'a str) -> &'a str {
        self.0.get(&(kind, name.to_owned())).map_or(name, String::as_str)
    }
}
