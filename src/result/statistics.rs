//! The numbers of a result by their place in it: `figures.openai.value.mean`, `bubble.system.probability`.

use indexmap::IndexMap;

use super::document::{ContractFigure, Figure, Occurrence, ResultDocument};

/// A number and its unit; probabilities have none.
#[derive(Debug, Clone, PartialEq)]
pub struct Statistic {
    pub value: Option<f64>,
    pub unit: String,
}

/// Means, quantiles, values at risk, shortfalls and probabilities, by their place in the document.
pub fn statistics(document: &ResultDocument) -> IndexMap<String, Statistic> {
    let mut all = IndexMap::new();
    let mut put = |place: String, value: Option<f64>, unit: &str| {
        all.insert(place, Statistic { value, unit: unit.to_owned() });
    };
    for (owner, figures) in &document.figures {
        for (name, figure) in figures {
            let Figure { unit, mean, quantiles, var, shortfall, .. } = figure;
            let at = format!("figures.{owner}.{name}");
            put(format!("{at}.mean"), *mean, unit);
            for (kind, estimates) in [("quantiles", quantiles), ("var", var), ("shortfall", shortfall)] {
                for (level, estimate) in estimates {
                    put(format!("{at}.{kind}.{level}.value"), estimate.value, unit);
                }
            }
        }
    }
    for (kind, owners) in [("contracts", &document.contracts), ("vendors", &document.vendors)] {
        for (owner, figures) in owners {
            for (name, ContractFigure { mean, unit, .. }) in figures {
                put(format!("{kind}.{owner}.{name}.mean"), *mean, unit);
            }
        }
    }
    let mut occurs = |at: String, found: &Occurrence| put(format!("{at}.probability"), found.probability, "");
    for (owner, events) in &document.events {
        for (name, event) in events {
            occurs(format!("events.{owner}.{name}"), event);
        }
    }
    for (owner, bubble) in &document.bubble {
        occurs(format!("bubble.{owner}"), bubble);
    }
    all
}
