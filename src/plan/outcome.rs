//! What a path is watched for (model.md §6) and which figures a run estimates (§7).

use std::collections::BTreeMap;

use super::double::Tables;
use super::double::twin::{EventPeriod, EventTerms, ExposureTerms, NONE, WorkoutTerms};
use super::figure::{FigureSpec, FirstPassage, Frame, Owner};
use super::sizes::Sizes;
use crate::registry::{CLAUSE_FIGURES, Figure};
use crate::scenario::{BubbleRule, Event, Horizon, Scenario, Subject, Threshold};

/// Fills the events' and bubbles' tables; returns event and organization of each entry.
pub fn lower(scenario: &Scenario, order: &[usize], tables: &mut Tables) -> Vec<(usize, usize)> {
    let (mut watched, mut moving) = (Vec::new(), Vec::new());
    for (index, event) in scenario.events.iter().enumerate() {
        let organizations = match event.organization {
            Some(organization) => organization..organization + 1,
            None => 0..scenario.organizations.len(),
        };
        for organization in organizations {
            let mut terms = terms(event, organization, order, &scenario.horizon);
            if event.threshold.curve().fixed().is_none() {
                terms.moving = moving.len() as u32;
                moving.push(event.threshold.curve());
            }
            tables.events.push(terms);
            watched.push((index, organization));
        }
    }
    let years = (1..=scenario.horizon.periods).map(|t| scenario.horizon.end(t));
    tables.event_periods =
        years.flat_map(|year| moving.iter().map(move |curve| EventPeriod { threshold: curve.at(year) })).collect();
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

fn terms(event: &Event, organization: usize, order: &[usize], horizon: &Horizon) -> EventTerms {
    let per_year = f64::from(horizon.steps_per_year);
    let index = match event.metric.subject {
        Subject::Organization => 0,
        Subject::Contract(index) => order.iter().position(|&c| c == index).expect("contracts have an order") as u32,
        Subject::Factor(index) | Subject::State(index) | Subject::Vendor(index) => index as u32,
    };
    let below = u32::from(matches!(event.threshold, Threshold::Below(_)));
    EventTerms {
        organization: organization as u32,
        metric: event.metric.kind.number(),
        index,
        below,
        threshold: event.threshold.curve().at(horizon.end(1)),
        moving: NONE,
        // the first period with τ(t) > after
        first_period: ((event.after + 1e-9) * per_year).floor() as u32 + 1,
        needed: ((event.duration * per_year - 1e-9).ceil() as u32).max(1),
    }
}

/// What a run times: events, payments of tranches, failures of vendors, settlements, bubbles of organizations, and the system's where it is not that of the only
/// organization.
pub fn times(sizes: &Sizes, watched: &[(usize, usize)], workouts: &[WorkoutTerms]) -> Vec<FirstPassage> {
    let mut times: Vec<FirstPassage> =
        watched.iter().map(|&(event, organization)| FirstPassage::Event { event, organization }).collect();
    times.extend((0..sizes.tranches).map(|tranche| FirstPassage::Tranche { tranche }));
    times.extend((0..sizes.counterparties).map(|vendor| FirstPassage::Failure { vendor }));
    times.extend(workouts.iter().map(|workout| FirstPassage::Workout { organization: workout.organization as usize }));
    if sizes.bubbles {
        times.extend((0..sizes.organizations).map(|organization| FirstPassage::Bubble { organization }));
        times.extend((sizes.organizations > 1).then_some(FirstPassage::SystemBubble));
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
    exposures: &[ExposureTerms],
) -> Vec<FigureSpec> {
    let mut figures = Vec::new();
    let mut push = |owner: Owner, first: usize, has: &dyn Fn(Figure) -> bool| {
        let kind = owner.kind().entry();
        for (k, &figure) in kind.figures.iter().enumerate().filter(|(_, figure)| has(**figure)) {
            let frame = Frame { centre: 0.0, scale: 1.0 };
            figures.push(FigureSpec { owner, figure, slot: first + k, frame, sketched: kind.has_quantiles });
        }
    };
    for organization in 0..sizes.organizations {
        let has = |figure| has(scenario, organization, figure);
        push(Owner::Organization(organization), sizes.organization_slot(organization), &has);
    }
    if sizes.organizations > 1 {
        let everywhere = |figure| (0..sizes.organizations).all(|organization| has(scenario, organization, figure));
        let has = |figure: Figure| figure.entry().is_of_system && everywhere(figure);
        push(Owner::System, sizes.system_slot(), &has);
    }
    for (position, &contract) in order.iter().enumerate() {
        push(Owner::Contract(contract), sizes.contract_slot(position), &|_| true);
    }
    for (group, &vendor) in grouped.keys().enumerate() {
        push(Owner::Vendor(vendor), sizes.vendor_slot(group), &|_| true);
    }
    for counterparty in 0..sizes.counterparties {
        push(Owner::Counterparty(counterparty), sizes.counterparty_slot(counterparty), &|_| true);
    }
    for (place, exposure) in exposures.iter().enumerate() {
        let (counterparty, organization) = (exposure.counterparty as usize, exposure.organization as usize);
        // without a bubble nothing is lost when it bursts
        let has = |figure: Figure| sizes.bubbles || figure != Figure::LossInBubble;
        push(Owner::Exposure { counterparty, organization }, sizes.exposure_slot(place), &has);
    }
    figures.extend(clause_figures(scenario, sizes));
    figures
}

/// Figures that only clauses give to organizations, and to the system if they give them to any.
fn clause_figures(scenario: &Scenario, sizes: &Sizes) -> Vec<FigureSpec> {
    let has = |organization: usize, figure: Figure| match figure {
        Figure::ExitCost => scenario.may_exit(organization),
        _ => scenario.may_resell(organization),
    };
    let mut figures = Vec::new();
    for (k, &figure) in CLAUSE_FIGURES.iter().enumerate() {
        let mut push = |owner, organization| {
            let slot = sizes.organization_clause_slot(organization) + k;
            figures.push(FigureSpec { owner, figure, slot, frame: Frame { centre: 0.0, scale: 1.0 }, sketched: true });
        };
        let owners: Vec<usize> = (0..sizes.organizations).filter(|&organization| has(organization, figure)).collect();
        owners.iter().for_each(|&organization| push(Owner::Organization(organization), organization));
        if sizes.organizations > 1 && !owners.is_empty() {
            push(Owner::System, sizes.organizations);
        }
    }
    figures
}

/// Whether a figure has a meaning for an organization: market prices, value and cash must be given.
fn has(scenario: &Scenario, organization: usize, figure: Figure) -> bool {
    scenario.organizations[organization].meets(figure.entry().needs)
}
