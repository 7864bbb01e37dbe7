//! The tree of a file into a [`Scenario`]: one file per section, each collecting every error it finds.
//!
//! Names are read before what refers to them, so that one broken entry does not make its name unknown elsewhere. What
//! could not be read is `None`, and checks that would need it are left out.

mod bubble;
mod common;
mod contract;
mod correlation;
mod event;
mod factor;
mod horizon;
mod organization;
mod regimes;
mod variant;

pub use common::{MOST_CONTRACTS, MOST_EVENTS, MOST_FACTORS, MOST_ORGANIZATIONS, MOST_VARIANTS};
pub use horizon::MOST_PERIODS;
pub(super) use variant::variants;

use super::context::Context;
use super::item::Fields;
use super::limits::rounded;
use super::model::{Contract, Demand, Event, Factor, Horizon, Organization, Scenario};
use super::names::{Names, of_entries};
use super::tree::{Node, Value};
use common::{LONGEST_DESCRIPTION, LONGEST_LABEL, LONGEST_UNIT, entries, optional_section, section, text};

/// The sections that the others refer to.
struct Basis<'a> {
    horizon: Option<Horizon>,
    factor_names: Names,
    factors: Vec<Option<Factor>>,
    organization_names: Names,
    organization_fields: Vec<Fields<'a>>,
}

/// Reads the whole file; `None` if anything is wrong, which is then reported to `context`.
pub(super) fn scenario(context: &Context, root: &Node) -> Option<Scenario> {
    let Value::Table(table) = &root.value else { return None };
    let fields = Fields::new(context, table, root.span.clone(), String::new());
    fields.skip(&["$schema", "variant"]);
    schema(&fields);
    let name = text(&fields, "name", "a short title", LONGEST_LABEL);
    let description = match fields.optional("description") {
        Some(item) => item.label("free text", LONGEST_DESCRIPTION, true),
        None => Some(String::new()),
    };
    let currency = text(&fields, "currency", "the currency label, such as USD", LONGEST_UNIT);
    let capacity_unit = text(&fields, "capacity_unit", "the capacity label, such as GW", LONGEST_UNIT);

    let horizon = section(&fields, "horizon", "the table [horizon] with start, years and step");
    let horizon = horizon.and_then(|section| horizon::horizon(&section));
    let discount = section(&fields, "discount", "the table [discount] with rate or curve");
    let discount = discount.and_then(|section| horizon::discount(&section));

    let factor_fields = entries(&fields, "factor", "[[factor]]", MOST_FACTORS);
    let factor_names = of_entries("factor", &factor_fields);
    let factors: Vec<Option<Factor>> = factor_fields
        .iter()
        .enumerate()
        .map(|(i, entry)| factor::factor(entry, factor_names.name(i), horizon.as_ref()))
        .collect();

    let correlation = optional_section(&fields, "correlation", "a table with `pairs`");
    let correlation = correlation::correlation(correlation.as_ref(), &factor_names, &factors);
    let regimes = optional_section(&fields, "regimes", "a table with `states`, `start` and `intensity`")
        .map(|section| regimes::regimes(&section, &factors, &factor_names));

    let organization_fields = entries(&fields, "organization", "[[organization]]", MOST_ORGANIZATIONS);
    let organization_names = of_entries("organization", &organization_fields);
    if !fields.has("organization") {
        let hint = "add at least one [[organization]] with `name`, `utilization` and `demand`";
        fields.fail("the file has no organization", "needs [[organization]]", hint);
    }
    let basis = Basis { horizon, factor_names, factors, organization_names, organization_fields };
    let organizations = organizations(&basis);
    let contracts = contracts(&fields, &basis, &organizations);

    let world = event::World {
        horizon: basis.horizon.as_ref(),
        factors: basis.factors(),
        states: regimes.as_ref().map(|(states, _)| states),
        regimes: regimes.as_ref().and_then(|(_, regimes)| regimes.as_ref()),
        organization_names: &basis.organization_names,
        organizations: &organizations,
    };
    let (event_names, events) = events(&fields, &world);
    let bubble = optional_section(&fields, "bubble", "a table with `any` or `all`, and `organizations`")
        .map(|section| bubble::bubble(&section, &event_names, &events, organizations.len()));
    fields.finish();

    if context.has_errors() {
        return None;
    }
    Some(Scenario {
        name: name?,
        description: description?,
        currency: currency?,
        capacity_unit: capacity_unit?,
        horizon: basis.horizon?,
        discount: discount?,
        factors: basis.factors.into_iter().collect::<Option<_>>()?,
        correlation: correlation?,
        regimes: match regimes {
            Some((_, regimes)) => Some(regimes?),
            None => None,
        },
        organizations: organizations.into_iter().collect::<Option<_>>()?,
        contracts: contracts.into_iter().collect::<Option<_>>()?,
        events: events.into_iter().collect::<Option<_>>()?,
        bubble: match bubble {
            Some(bubble) => Some(bubble?),
            None => None,
        },
        tranches: Vec::new(),
        vendors: Vec::new(),
        crisis: None,
        delay_correlation: 0.0,
        variant: None,
        hash: blake3::hash(context.source.text.as_bytes()).to_hex().to_string(),
    })
}

impl Basis<'_> {
    fn factors(&self) -> organization::Factors<'_> {
        organization::Factors { names: &self.factor_names, read: &self.factors }
    }
}

fn schema(fields: &Fields) {
    let meaning = "the version of the file format, which is 1";
    if let Some(item) = fields.required("schema", meaning) {
        item.whole(1..=1, meaning);
    }
}

fn organizations(basis: &Basis) -> Vec<Option<Organization>> {
    let read = |(i, entry): (usize, &Fields)| {
        let organization = organization::organization(entry, basis.organization_names.name(i), &basis.factors())?;
        if let (Some(cash), Some(horizon)) = (&organization.cash, &basis.horizon) {
            organization::late_funding(cash, entry, horizon.years());
        }
        Some(organization)
    };
    basis.organization_fields.iter().enumerate().map(read).collect()
}

fn contracts(fields: &Fields, basis: &Basis, organizations: &[Option<Organization>]) -> Vec<Option<Contract>> {
    let tables = entries(fields, "contract", "[[contract]]", MOST_CONTRACTS);
    let names = of_entries("contract", &tables);
    let horizon = basis.horizon.as_ref();
    let read =
        |(i, entry)| contract::contract(entry, names.name(i), &basis.organization_names, &basis.factors(), horizon);
    let contracts: Vec<Option<Contract>> = tables.iter().enumerate().map(read).collect();
    if let (Some(horizon), true) = (horizon, contracts.iter().all(Option::is_some)) {
        warn_of_idle_plans(basis, organizations, &contracts, horizon);
    }
    contracts
}

/// Demand that is planned follows the contracts, so without capacity there is none.
fn warn_of_idle_plans(
    basis: &Basis,
    organizations: &[Option<Organization>],
    contracts: &[Option<Contract>],
    horizon: &Horizon,
) {
    for (place, (organization, entry)) in organizations.iter().zip(&basis.organization_fields).enumerate() {
        let planned = organization.as_ref().is_some_and(|o| matches!(o.demand, Demand::Planned));
        let in_use = |contract: &&Contract| {
            contract.organization == place
                && (1..=i64::from(horizon.periods)).any(|t| contract.capacity_in(t, horizon) > 0.0)
        };
        if planned && contracts.iter().flatten().find(in_use).is_none() {
            let title = format!("`{}` has planned demand but no capacity", basis.organization_names.name(place));
            let label = format!("its contracts have no capacity within {} years", rounded(horizon.years()));
            let hint = "give `demand` as a number or a curve, or add a contract for the organization";
            entry.warn("demand", title, label, hint);
        }
    }
}

fn events(fields: &Fields, world: &event::World) -> (Names, Vec<Option<Event>>) {
    let tables = entries(fields, "event", "[[event]]", MOST_EVENTS);
    let names = of_entries("event", &tables);
    let events: Vec<Option<Event>> =
        tables.iter().enumerate().map(|(i, entry)| event::event(entry, names.name(i), world)).collect();
    let each = |event: &Event| if event.organization.is_some() { 1 } else { world.organizations.len() };
    let mut count = 0;
    for (event, entry) in events.iter().zip(&tables) {
        count += event.as_ref().map_or(0, each);
        if count > MOST_EVENTS {
            let title = format!("more than {MOST_EVENTS} events");
            let label = format!("must be at most {MOST_EVENTS} events in all");
            let hint = "an event without an `organization` counts once for each organization";
            entry.fail(title, label, hint);
            break;
        }
    }
    (names, events)
}
