//! The tree of a file into a [`Scenario`]: one file per section, each collecting every error it finds.
//!
//! Names are read before what refers to them, so that one broken entry does not make its name unknown elsewhere. What
//! could not be read is `None`, and checks that would need it are left out. Organizations and contracts come in two parts,
//! as their conditional clauses refer to events, which refer to them.

mod bubble;
mod clause;
mod common;
mod condition;
mod contract;
mod correlation;
mod crisis;
mod event;
mod factor;
mod horizon;
mod organization;
mod parties;
mod regimes;
mod tranche;
mod variant;
mod vendor;
mod workout;

pub use common::{
    MOST_CONTRACTS, MOST_EVENTS, MOST_FACTORS, MOST_ORGANIZATIONS, MOST_STAKES, MOST_TRANCHES, MOST_VARIANTS,
    MOST_VENDORS,
};
pub use horizon::MOST_PERIODS;
pub(super) use variant::variants;

use nalgebra::DMatrix;

use super::context::Context;
use super::item::Fields;
use super::model::{Factor, Horizon, Regimes, Scenario};
use super::names::{Names, of_entries};
use super::tree::{Node, Value};
use common::{LONGEST_DESCRIPTION, LONGEST_LABEL, LONGEST_UNIT, all, entries, optional_section, section, sound, text};

/// The sections that all others refer to.
struct Basis {
    horizon: Option<Horizon>,
    factor_names: Names,
    factors: Vec<Option<Factor>>,
    correlation: Option<DMatrix<f64>>,
    /// The chain and the names of its states, if the file has one.
    regimes: Option<(Names, Option<Regimes>)>,
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
    let basis = basis(&fields, horizon);
    let parties = parties::parties(&fields, &basis);
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
        factors: all(basis.factors)?,
        correlation: basis.correlation?,
        regimes: sound(basis.regimes.map(|(_, regimes)| regimes))?,
        organizations: all(parties.organizations)?,
        contracts: all(parties.contracts)?,
        events: all(parties.events)?,
        bubble: sound(parties.bubble)?,
        tranches: all(parties.tranches)?,
        vendors: all(parties.vendors)?,
        crisis: sound(parties.crisis)?,
        delay_correlation: parties.delay_correlation?,
        variant: None,
        hash: blake3::hash(context.source.text.as_bytes()).to_hex().to_string(),
    })
}

fn schema(fields: &Fields) {
    let meaning = "the version of the file format, which is 1";
    if let Some(item) = fields.required("schema", meaning) {
        item.whole(1..=1, meaning);
    }
}

fn basis(fields: &Fields, horizon: Option<Horizon>) -> Basis {
    let tables = entries(fields, "factor", "[[factor]]", MOST_FACTORS);
    let factor_names = of_entries("factor", &tables);
    let read = |(i, entry)| factor::factor(entry, factor_names.name(i), horizon.as_ref());
    let factors: Vec<Option<Factor>> = tables.iter().enumerate().map(read).collect();
    let correlation = optional_section(fields, "correlation", "a table with `pairs`");
    let correlation = correlation::correlation(correlation.as_ref(), &factor_names, &factors);
    let regimes = optional_section(fields, "regimes", "a table with `states`, `start` and `intensity`")
        .map(|section| regimes::regimes(&section, &factors, &factor_names));
    Basis { horizon, factor_names, factors, correlation, regimes }
}

impl Basis {
    fn factors(&self) -> organization::Factors<'_> {
        organization::Factors { names: &self.factor_names, read: &self.factors }
    }

    /// The names of the states of the chain.
    fn states(&self) -> Option<&Names> {
        self.regimes.as_ref().map(|(states, _)| states)
    }
}
