//! Organizations, their contracts, what is watched, and what depends on it: everybody's clauses, tranches, vendors, crises.
//!
//! Clauses refer to events, and events to organizations and contracts. So those come in two parts: at first without their
//! clauses, then completed once events are known.

use super::super::clauses::{Crisis, Tranche, Vendor};
use super::super::item::Fields;
use super::super::limits::rounded;
use super::super::model::{Bubble, Contract, Demand, Event, Horizon, Organization};
use super::super::names::{Names, of_entries};
use super::basis::Basis;
use super::common::{
    MOST_CONTRACTS, MOST_EVENTS, MOST_ORGANIZATIONS, MOST_TRANCHES, MOST_VENDORS, entries, optional_section,
};
use super::condition::{Happenings, refuse_reserved};
use super::{bubble, clause, contract, crisis, event, organization, tranche, vendor, workout};

/// All that was read; `None` stands for what is wrong.
pub(super) struct Parties {
    pub organizations: Vec<Option<Organization>>,
    pub contracts: Vec<Option<Contract>>,
    pub events: Vec<Option<Event>>,
    pub bubble: Option<Option<Bubble>>,
    pub tranches: Vec<Option<Tranche>>,
    pub vendors: Vec<Option<Vendor>>,
    pub crisis: Option<Option<Crisis>>,
    pub delay_correlation: Option<f64>,
}

/// The entries of one list: their tables and names.
struct Tables<'a> {
    fields: Vec<Fields<'a>>,
    names: Names,
}

impl<'a> Tables<'a> {
    fn of(file: &Fields<'a>, kind: &'static str, header: &str, most: usize) -> Self {
        let fields = entries(file, kind, header, most);
        let names = of_entries(kind, &fields);
        Tables { fields, names }
    }

    /// Each entry with its place, and its name.
    fn each(&self) -> impl Iterator<Item = (usize, &Fields<'a>, &str)> {
        self.fields.iter().enumerate().map(|(place, fields)| (place, fields, self.names.name(place)))
    }

    /// The vendors that the entries name, right or wrong.
    fn vendors(&self) -> impl Iterator<Item = &'a str> {
        self.fields.iter().filter_map(|fields| fields.peek("vendor"))
    }
}

/// Reads them from the file.
pub(super) fn parties(file: &Fields, basis: &Basis) -> Parties {
    let buyers = Tables::of(file, "organization", "[[organization]]", MOST_ORGANIZATIONS);
    if !file.has("organization") {
        let hint = "add at least one [[organization]] with `name`, `utilization` and `demand`";
        file.fail("the file has no organization", "needs [[organization]]", hint);
    }
    let deals = Tables::of(file, "contract", "[[contract]]", MOST_CONTRACTS);
    let delay_correlation = match optional_section(file, "delays", "a table with `correlation`") {
        Some(section) => clause::delays(&section, deals.fields.iter().any(|fields| fields.has("delay"))),
        None => Some(0.0),
    };
    let payments = Tables::of(file, "tranche", "[[tranche]]", MOST_TRANCHES);
    let described = Tables::of(file, "vendor", "[[vendor]]", MOST_VENDORS);
    let sellers: Vec<&str> = deals.vendors().collect();

    let organizations = organizations(&buyers, basis);
    let contracts = contracts(&deals, &buyers, &organizations, basis);
    let crisis = optional_section(file, "crisis", "a table with `hazard`").map(|section| crisis::crisis(&section));
    let (event_names, events) = events(
        file,
        &event::World {
            horizon: basis.horizon.as_ref(),
            factors: basis.factors(),
            states: basis.states(),
            regimes: basis.regimes.as_ref().and_then(|(_, regimes)| regimes.as_ref()),
            organization_names: &buyers.names,
            organizations: &organizations,
            contract_names: &deals.names,
            contracts: &contracts,
            vendor_names: &described.names,
            sellers: &sellers,
            crisis: crisis.is_some(),
        },
    );
    let bubble = optional_section(file, "bubble", "a table with `any` or `all`, and `organizations`")
        .map(|section| bubble::bubble(&section, &event_names, &events, organizations.len()));
    let happenings = Happenings {
        organization_names: &buyers.names,
        event_names: &event_names,
        events: &events,
        bubble: bubble.as_ref().map(Option::as_ref),
    };

    let paid = tranche::World {
        horizon: basis.horizon.as_ref(),
        states: basis.states(),
        organizations: &organizations,
        vendors: &described.names,
        sellers: &sellers,
        happenings: &happenings,
    };
    let tranches = payments.each().map(|(_, fields, name)| tranche::tranche(fields, name, &paid)).collect();
    let named: Vec<&str> = deals.vendors().chain(payments.vendors()).collect();
    let vendors = described
        .each()
        .map(|(_, fields, name)| vendor::vendor(fields, name, &named, &basis.factors(), &happenings))
        .collect::<Vec<_>>();
    vendor::bound_stakes(&described.fields, &vendors);
    let world = clause::World {
        horizon: basis.horizon.as_ref(),
        factors: basis.factors(),
        organizations: &organizations,
        happenings: &happenings,
    };
    let complete = |(fields, contract)| clause::complete(fields, contract, &world);
    let contracts: Vec<Option<Contract>> = deals.fields.iter().zip(contracts).map(complete).collect();
    let complete = |((place, fields, _), organization): ((usize, &Fields, &str), Option<Organization>)| {
        workout::complete(fields, organization, place, &happenings)
    };
    let organizations = buyers.each().zip(organizations).map(complete).collect();
    Parties { organizations, contracts, events, bubble, tranches, vendors, crisis, delay_correlation }
}

fn organizations(buyers: &Tables, basis: &Basis) -> Vec<Option<Organization>> {
    let read = |(_, entry, name): (usize, &Fields, &str)| {
        let organization = organization::organization(entry, name, &basis.factors())?;
        if let (Some(cash), Some(horizon)) = (&organization.cash, &basis.horizon) {
            organization::late_funding(cash, entry, horizon.years());
        }
        Some(organization)
    };
    buyers.each().map(read).collect()
}

fn contracts(
    deals: &Tables,
    buyers: &Tables,
    organizations: &[Option<Organization>],
    basis: &Basis,
) -> Vec<Option<Contract>> {
    let horizon = basis.horizon.as_ref();
    let read = |(_, entry, name)| contract::contract(entry, name, &buyers.names, &basis.factors(), horizon);
    let contracts: Vec<Option<Contract>> = deals.each().map(read).collect();
    if let (Some(horizon), true) = (horizon, contracts.iter().all(Option::is_some)) {
        warn_of_idle_plans(buyers, organizations, &contracts, horizon);
    }
    contracts
}

/// Demand that is planned follows the contracts, so without capacity there is none.
fn warn_of_idle_plans(
    buyers: &Tables,
    organizations: &[Option<Organization>],
    contracts: &[Option<Contract>],
    horizon: &Horizon,
) {
    for (organization, (place, entry, name)) in organizations.iter().zip(buyers.each()) {
        let planned = organization.as_ref().is_some_and(|o| matches!(o.demand, Demand::Planned));
        let in_use = |contract: &&Contract| {
            contract.organization == place
                && (1..=i64::from(horizon.periods)).any(|t| contract.capacity_in(t, horizon) > 0.0)
        };
        if planned && contracts.iter().flatten().find(in_use).is_none() {
            let title = format!("`{name}` has planned demand but no capacity");
            let label = format!("its contracts have no capacity within {} years", rounded(horizon.years()));
            let hint = "give `demand` as a number or a curve, or add a contract for the organization";
            entry.warn("demand", title, label, hint);
        }
    }
}

fn events(fields: &Fields, world: &event::World) -> (Names, Vec<Option<Event>>) {
    let tables = entries(fields, "event", "[[event]]", MOST_EVENTS);
    let names = of_entries("event", &tables);
    tables.iter().for_each(refuse_reserved);
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
