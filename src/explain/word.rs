//! Explanations of figures, metrics and processes.

use super::entry::Explanation;
use crate::registry::{
    Discounting, Figure, Magnitude, MetricKind, Operand, ProcessKind, Registered, Requirement, Side,
};

/// What is said of a figure.
pub fn figure(figure: Figure) -> Explanation {
    let entry = figure.entry();
    let side = match entry.side {
        Side::High => "high is bad: value at risk and shortfall look at the upper tail",
        Side::Low => "low is bad: value at risk and shortfall look at the lower tail",
    };
    let discounted = match entry.discounting {
        Discounting::Liabilities => "discounted as payments are",
        Discounting::Rate => "discounted as income is",
        Discounting::Both => "value discounted as income is, cost as payments are",
        Discounting::Undiscounted => "not discounted",
    };
    Explanation {
        name: entry.name.to_owned(),
        kind: "a figure of a path",
        what: entry.description.to_owned(),
        unit: Some(format!("{}, {discounted}", entry.unit.words())),
        range: Some(side.to_owned()),
        needs: needs(entry.needs),
        formula: Some(entry.formula.to_owned()),
        example: Some(format!("overhang run FILE --fail-if \"{}\"", condition(figure))),
        more: "docs/model.md#figures-of-a-path",
        ..Explanation::default()
    }
}

/// A condition that watches a figure's tail where it lies.
fn condition(figure: Figure) -> String {
    let name = figure.name();
    let sign = if figure.side() == Side::High { '>' } else { '<' };
    let counterparty = figure.is_of_counterparty();
    match figure {
        Figure::LossInBubble => format!("losses.VENDOR.NAME.given_bubble.mean {sign} 1e9"),
        _ if counterparty => format!("vendors.NAME.{name}.shortfall.0.95.value {sign} 1e9"),
        Figure::MinCash => format!("figures.NAME.{name}.shortfall.0.95.value {sign} 0"),
        _ => format!("figures.system.{name}.shortfall.0.95.value {sign} 1e9"),
    }
}

/// What is said of a metric.
pub fn metric(kind: MetricKind) -> Explanation {
    let entry = kind.entry();
    let (unit, range) = match entry.magnitude {
        Magnitude::Money => ("currency", "any number"),
        Magnitude::Income => ("currency per year", "negative only where what use brings in is"),
        Magnitude::Capacity => ("capacity units", "≥ 0"),
        Magnitude::Return => ("none, a ratio", "negative only where what use brings in is"),
        Magnitude::Ratio => ("none, a ratio", "≥ 0"),
        Magnitude::Share => ("none, a share", "≥ 0, ≤ 1"),
        Magnitude::Factor => ("that of the factor", "that of the factor"),
        Magnitude::Indicator => ("none", "0 or 1; the event takes no threshold"),
    };
    let operand = entry.operand.key().map(|key| format!("`{key}` in the event"));
    let needed = [operand, needs(entry.needs)].into_iter().flatten().collect::<Vec<_>>().join(", ");
    Explanation {
        name: entry.name.to_owned(),
        kind: "a metric of events",
        what: entry.description.to_owned(),
        unit: Some(unit.to_owned()),
        range: Some(range.to_owned()),
        needs: Some(needed).filter(|needed| !needed.is_empty()),
        example: Some(event(kind)),
        more: "docs/model.md#metrics-events-bubbles",
        ..Explanation::default()
    }
}

/// An event that watches a metric.
fn event(kind: MetricKind) -> String {
    let entry = kind.entry();
    let operand = match entry.operand {
        Operand::Nothing => String::new(),
        operand => format!("{} = \"NAME\"\n", operand.key().unwrap_or_default()),
    };
    let threshold = match (kind, entry.magnitude) {
        (_, Magnitude::Indicator) => "",
        (MetricKind::Cash, _) => "below = 0\n",
        (MetricKind::Value, _) => "above = [[0, 10e9], [2, 25e9]]\n",
        (MetricKind::StrandedShare | MetricKind::UnservedShare, _) => "above = 0.3\n",
        (MetricKind::LockIn | MetricKind::ContractPremium, _) => "above = 1.5\n",
        (MetricKind::Overhang, _) => "above = 5\n",
        (_, Magnitude::Capacity) => "below = 0.5\n",
        _ => "below = 0.8\n",
    };
    let lines = format!("[[event]]\nname = \"watched\"\nmetric = \"{}\"\n{operand}{threshold}", entry.name);
    lines.trim_end().to_owned()
}

/// What is said of a process.
pub fn process(kind: ProcessKind) -> Explanation {
    let entry = kind.entry();
    Explanation {
        name: entry.name.to_owned(),
        kind: "a process of factors",
        what: entry.description.to_owned(),
        formula: Some(entry.formula.to_owned()),
        example: Some(format!("[[factor]]\nname = \"NAME\"\nprocess = \"{}\"\n{}", entry.name, parameters(kind))),
        more: "docs/model.md#factors",
        ..Explanation::default()
    }
}

fn parameters(kind: ProcessKind) -> &'static str {
    match kind {
        ProcessKind::Gbm => "start = 14e9\ndrift = -0.1\nvolatility = 0.3",
        ProcessKind::Ou => "level = 16e9\nreversion = 1.0\nvolatility = 0.3",
        ProcessKind::LogitOu => "level = 0.85\nupper = 1.2\nreversion = 2.0\nvolatility = 0.5",
        ProcessKind::Table => "values = [[0, 0.7], [6, 0.9]]",
    }
}

fn needs(requirement: Requirement) -> Option<String> {
    requirement.key().map(|key| format!("`{key}` of the organization"))
}

/// All of a list of the registry that a name fits, as the registry has them.
pub fn named(name: &str) -> Vec<Explanation> {
    let figure = Figure::named(name).map(figure);
    let metric = MetricKind::named(name).map(metric);
    figure.into_iter().chain(metric).chain(ProcessKind::named(name).map(process)).collect()
}
