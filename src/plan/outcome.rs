//! What a path is watched for (model.md §6) and which figures a run estimates (§7).

use std::collections::BTreeMap;

use super::double::Tables;
use super::double::twin::{
    EventTerms, METRIC_CASH, METRIC_COVERAGE, METRIC_FACTOR, METRIC_LOCK_IN, METRIC_OVERHANG, METRIC_REGIME,
    METRIC_STRANDED_SHARE, METRIC_UTILIZATION,
};
use super::figure::{FIGURES, Figure, FigureSpec, Frame, Owner, TimeSpec};
use super::sizes::Sizes;
use crate::scenario::{BubbleRule, Event, Horizon, Metric, Scenario, Threshold};

/// Fills the events' and bubbles' tables; returns event and organization of each entry.
pub fn lower(scenario: &Scenario, tables: &mut Tables) -> Vec<(usize, usize)> {
    let mut watched = Vec::new();
    for (index, event) in scenario.events.iter().enumerate() {
        let organizations = match event.organization {
            Some(organization) => organization..organization + 1,
            None => 0..scenario.organizations.len(),
        };
        for organization in organizations {
            tables.events.push(terms(event, organization, &scenario.horizon));
            watched.push((index, organization));
        }
    }
    let Some(bubble) = &scenario.bubble else {
        tables.common.bubble_count = u32::MAX;
        return watched;
    };
    tables.common.bubble_count = bubble.organizations;
    for (index, terms) in tables.organizations.iter_mut().enumerate() {
        terms.bubble_first = tables.bubble_events.len() as u32;
        let listed = watched.iter().enumerate().filter(|(_, at)| at.1 == index && bubble.events.contains(&at.0));
        tables.bubble_events.extend(listed.map(|(entry, _)| entry as u32));
        terms.bubble_end = tables.bubble_events.len() as u32;
        terms.bubble_all = u32::from(bubble.rule == BubbleRule::All);
    }
    watched
}

fn terms(event: &Event, organization: usize, horizon: &Horizon) -> EventTerms {
    let per_year = f64::from(horizon.steps_per_year);
    let (metric, index) = match event.metric {
        Metric::Cash => (METRIC_CASH, 0),
        Metric::Coverage => (METRIC_COVERAGE, 0),
        Metric::Utilization => (METRIC_UTILIZATION, 0),
        Metric::StrandedShare => (METRIC_STRANDED_SHARE, 0),
        Metric::LockIn => (METRIC_LOCK_IN, 0),
        Metric::Overhang => (METRIC_OVERHANG, 0),
        Metric::Factor(factor) => (METRIC_FACTOR, factor as u32),
        Metric::Regime(state) => (METRIC_REGIME, state as u32),
    };
    let (below, threshold) = match event.threshold {
        Threshold::Below(threshold) => (1, threshold),
        Threshold::Above(threshold) => (0, threshold),
    };
    EventTerms {
        organization: organization as u32,
        metric,
        index,
        below,
        threshold,
        // the first period with τ(t) > after
        first_period: ((event.after + 1e-9) * per_year).floor() as u32 + 1,
        needed: ((event.duration * per_year - 1e-9).ceil() as u32).max(1),
    }
}

/// What a run times: events, bubbles of organizations, and the system's where it is not that of the only organization.
pub fn times(sizes: &Sizes, watched: &[(usize, usize)]) -> Vec<TimeSpec> {
    let mut times: Vec<TimeSpec> =
        watched.iter().map(|&(event, organization)| TimeSpec::Event { event, organization }).collect();
    if sizes.bubbles {
        times.extend((0..sizes.organizations).map(|organization| TimeSpec::Bubble { organization }));
        times.extend((sizes.organizations > 1).then_some(TimeSpec::SystemBubble));
    }
    times
}

/// The figures to estimate: those that have a meaning for their owner. A single organization's are the system's too, and a
/// single contract's are its vendor's.
pub fn figures(
    scenario: &Scenario,
    sizes: &Sizes,
    order: &[usize],
    grouped: &BTreeMap<usize, Vec<usize>>,
) -> Vec<FigureSpec> {
    let mut figures = Vec::new();
    let mut push = |owner, figure: Figure, slot, sketched| {
        let frame = Frame { centre: 0.0, scale: 1.0 };
        figures.push(FigureSpec { owner, figure, slot, frame, sketched });
    };
    for organization in 0..sizes.organizations {
        for (k, figure) in FIGURES.into_iter().enumerate() {
            if has(scenario, organization, figure) {
                push(Owner::Organization(organization), figure, sizes.organization_slot(organization) + k, true);
            }
        }
    }
    if sizes.organizations > 1 {
        for (k, figure) in FIGURES.into_iter().enumerate() {
            let everywhere = (0..sizes.organizations).all(|organization| has(scenario, organization, figure));
            if everywhere && figure != Figure::MinCash {
                push(Owner::System, figure, sizes.system_slot() + k, true);
            }
        }
    }
    for (position, &contract) in order.iter().enumerate() {
        push(Owner::Contract(contract), Figure::CommitmentCost, sizes.contract_slot(position), false);
        push(Owner::Contract(contract), Figure::StrandedCost, sizes.contract_slot(position) + 1, false);
    }
    for (group, &vendor) in grouped.keys().enumerate() {
        push(Owner::Vendor(vendor), Figure::CommitmentCost, sizes.vendor_slot(group), false);
        push(Owner::Vendor(vendor), Figure::StrandedCost, sizes.vendor_slot(group) + 1, false);
    }
    figures
}

/// Whether a figure has a meaning for an organization: market prices, value and cash must be given.
fn has(scenario: &Scenario, organization: usize, figure: Figure) -> bool {
    let organization = &scenario.organizations[organization];
    match figure {
        Figure::MarketCost | Figure::LockInCost => organization.burst.is_some(),
        Figure::Value | Figure::NetValue => organization.performance_return.is_some(),
        Figure::MinCash | Figure::FinalCash => organization.cash.is_some(),
        _ => true,
    }
}
