//! What contracts amount to, and how a scenario differs from another: by what its file says, and by what follows from that.
//! A rate follows from a commitment and a capacity, so that a shorter term makes the same contract dearer without a word in
//! the file.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::scenario::{Contract, Demand, Difference, Rate, Scenario, Template};
use crate::text::numbers::significant;
use crate::text::units::{Labels, Unit};

/// Relative differences below this are rounding.
const ROUNDING: f64 = 1e-9;
const DIGITS: i32 = 4;

/// The amounts of a contract over its whole term, undiscounted. An indexed rate is at the forward curve of its index.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Terms {
    /// Payments at full capacity.
    pub total: f64,
    /// Payments if no capacity is used.
    pub minimum: f64,
    /// Payment at the start.
    pub prepayment: f64,
}

/// A difference of a scenario from the base.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Change {
    /// The dotted key.
    pub place: String,
    /// The value in the base; null if the base has none.
    pub base: Option<String>,
    /// The value in this scenario; null if it is removed.
    pub value: Option<String>,
    /// Whether the value follows from a change to another key instead of being set itself.
    pub follows: bool,
}

/// The terms of a contract.
pub fn terms(scenario: &Scenario, contract: &Contract) -> Terms {
    let total = scenario.total(contract);
    Terms { total, minimum: contract.take_or_pay * total, prepayment: contract.prepaid * total }
}

/// How a scenario differs from a base: first by what is written, then by what follows from it.
pub fn changes(base: (&Scenario, &Template), other: (&Scenario, &Template)) -> Vec<Change> {
    let written = base.1.differences(other.1);
    let (ours, theirs) = (derived(base.0), derived(other.0));
    let known = |place: &str| {
        // what is no longer written follows from what is
        let here = |change: &Difference| change.place == place && change.other.is_some();
        let inside = |at: &str| place.strip_prefix(at).is_some_and(|rest| rest.starts_with('.'));
        written.iter().any(|change| here(change) || inside(&change.place))
    };
    let places = ours.keys().chain(theirs.keys().filter(|place| !ours.contains_key(*place)));
    let following = places.filter(|place| !known(place)).filter_map(|place| {
        let (a, b) = (ours.get(place), theirs.get(place));
        let size = [a, b].into_iter().flatten().map(|value| value.amount.abs()).fold(0.0, f64::max);
        let apart = match (a, b) {
            (Some(a), Some(b)) => (a.amount - b.amount).abs() > ROUNDING * size,
            _ => true,
        };
        let text = |labels: Labels<'_>, value: &Derived| {
            labels.amount(value.amount, value.unit, size, |x| significant(x, DIGITS))
        };
        let change = || Change {
            place: place.clone(),
            base: a.map(|value| text(base.0.labels(), value)),
            value: b.map(|value| text(other.0.labels(), value)),
            follows: true,
        };
        apart.then(change)
    });
    let following: Vec<Change> = following.collect();
    let written = written.into_iter().map(|difference| Change {
        place: difference.place,
        base: difference.base,
        value: difference.other,
        follows: false,
    });
    written.chain(following).collect()
}

/// An amount that a file need not state.
struct Derived {
    amount: f64,
    unit: Unit,
}

/// What follows from what is written, by the key under which a file would state it.
fn derived(scenario: &Scenario) -> IndexMap<String, Derived> {
    let mut found = IndexMap::new();
    for contract in &scenario.contracts {
        let terms = terms(scenario, contract);
        let mut put = |key: &str, amount: f64, unit: Unit| {
            found.insert(format!("contract.{}.{key}", contract.name), Derived { amount, unit });
        };
        let capacity = contract.capacity.0.iter().map(|point| point[1]).fold(0.0, f64::max);
        put("capacity", capacity, Unit::Capacity);
        match contract.rate {
            Rate::Fixed { base, .. } => put("rate", base, Unit::Rate),
            Rate::Indexed { floor, cap, .. } => {
                put("rate.floor", floor, Unit::Rate);
                if cap < crate::scenario::UNLIMITED {
                    put("rate.cap", cap, Unit::Rate);
                }
            }
        }
        put("commitment", terms.total, Unit::Money);
        put("minimum", terms.minimum, Unit::Money);
        if terms.prepayment > 0.0 {
            put("prepayment", terms.prepayment, Unit::Money);
        }
    }
    for (place, organization) in scenario.organizations.iter().enumerate() {
        if matches!(organization.demand, Demand::Planned) {
            let owned = || scenario.contracts.iter().filter(|contract| contract.organization == place);
            let horizon = &scenario.horizon;
            let planned = |t: u32| owned().map(|contract| contract.capacity_in(i64::from(t), horizon)).sum::<f64>();
            let used = (1..=horizon.periods).map(planned).sum::<f64>() * horizon.dt();
            let demand = Derived { amount: used, unit: Unit::CapacityYears };
            found.insert(format!("organization.{}.demand", organization.name), demand);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{Loaded, parse};

    const FILE: &str = "schema = 1\nname = \"case\"\ncurrency = \"USD\"\ncapacity_unit = \"GW\"\n\
        [horizon]\nstart = 2026-01-01\nyears = 4\nstep = \"year\"\n[discount]\nrate = 0.05\n\
        [[factor]]\nname = \"use\"\nprocess = \"table\"\nvalues = 1.0\n\
        [[organization]]\nname = \"lab\"\nutilization = \"use\"\ndemand = \"planned\"\n\
        [[contract]]\nname = \"total\"\norganization = \"lab\"\nvendor = \"V\"\nterm = 4\ncapacity = 1.0\ncommitment = 40e9\n\
        take_or_pay = 0.5\n\
        [[contract]]\nname = \"ramped\"\norganization = \"lab\"\nvendor = \"V\"\nterm = 4\nramp = [[0, 1], [4, 1]]\n\
        commitment = 40e9\nrate = 10e9\n\
        [[contract]]\nname = \"indexed\"\norganization = \"lab\"\nvendor = \"V\"\nterm = 4\ncapacity = 1.0\nprepaid = 0.1\n\
        rate = { index = \"use\", scale = 10e9, floor_index = 0.5 }\n";

    fn loaded(variant: &str) -> Loaded {
        let text = format!("{FILE}[[variant]]\nname = \"v\"\n{variant}\n");
        parse(&text, "case.toml").unwrap_or_else(|failure| panic!("{failure}"))
    }

    fn found(variant: &str) -> Vec<String> {
        let loaded = loaded(variant);
        let other = &loaded.variants[0];
        let all = changes((&loaded.scenario, &loaded.template), (&other.scenario, &other.template));
        let text = |value: &Option<String>| value.clone().unwrap_or_else(|| "nothing".into());
        all.iter()
            .map(|change| {
                let mark = if change.follows { " *" } else { "" };
                format!("{}: {} → {}{mark}", change.place, text(&change.base), text(&change.value))
            })
            .collect()
    }

    #[test]
    fn a_shorter_term_makes_a_total_dearer() {
        assert_eq!(
            found("set = { \"contract.total.term\" = 2 }"),
            [
                "contract.total.term: 4 → 2",
                "contract.total.rate: $10.00bn/GW-yr → $20.00bn/GW-yr *",
                "organization.lab.demand: 12.00 GW-yr → 10.00 GW-yr *",
            ]
        );
    }

    #[test]
    fn what_follows_is_told_from_what_is_set() {
        assert_eq!(
            found("set = { \"contract.total.take_or_pay\" = 1.0, \"contract.total.capacity\" = [[0, 2], [4, 2]] }"),
            [
                "contract.total.capacity: 1.0 → [[0, 2], [4, 2]]",
                "contract.total.take_or_pay: 0.5 → 1.0",
                "contract.total.rate: $10.00bn/GW-yr → $5.000bn/GW-yr *",
                "contract.total.minimum: $20.00bn → $40.00bn *",
                "organization.lab.demand: 12.00 GW-yr → 16.00 GW-yr *",
            ]
        );
        assert_eq!(
            found("set = { \"contract.ramped.rate\" = 20e9 }"),
            [
                "contract.ramped.rate: 10e9 → 20e9",
                "contract.ramped.capacity: 1.000 GW → 0.5000 GW *",
                "organization.lab.demand: 12.00 GW-yr → 10.00 GW-yr *",
            ]
        );
        assert_eq!(
            found("set = { \"contract.indexed.rate.scale\" = 20e9 }"),
            [
                "contract.indexed.rate.scale: 10e9 → 20e9",
                "contract.indexed.rate.floor: $5.000bn/GW-yr → $10.00bn/GW-yr *",
                "contract.indexed.commitment: $40.00bn → $80.00bn *",
                "contract.indexed.minimum: $40.00bn → $80.00bn *",
                "contract.indexed.prepayment: $4.000bn → $8.000bn *",
            ]
        );
    }

    #[test]
    fn entries_are_added_and_removed_as_a_whole() {
        let new = "{ organization = \"lab\", vendor = \"W\", term = 1, capacity = 1, rate = 9e9 }";
        let found = found(&format!("remove = [\"contract.total\"]\nset = {{ \"contract.new\" = {new} }}"));
        assert_eq!(found.len(), 3, "{found:?}");
        assert!(found[0].starts_with("contract.total: { capacity = 1.0, commitment = 40e9,"), "{found:?}");
        assert!(found[1].starts_with("contract.new: nothing → { capacity = 1, "));
        assert_eq!(found[2], "organization.lab.demand: 12.00 GW-yr → 9.000 GW-yr *");
    }

    #[test]
    fn the_same_said_otherwise_is_no_difference() {
        assert_eq!(
            found("set = { \"contract.total.commitment\" = 40_000_000_000, \"contract.total.label\" = \"x\" }"),
            [""; 0]
        );
    }
}
