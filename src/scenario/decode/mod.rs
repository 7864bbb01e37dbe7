//! The tree of a file into a [`Scenario`]: one file per section, each collecting every error it finds.
//!
//! Names are read before what refers to them, so that one broken entry does not make its name unknown elsewhere. What
//! could not be read is `None`, and checks that would need it are left out. Organizations and contracts come in two parts,
//! as their conditional clauses refer to events, which refer to them.

mod basis;
mod bubble;
mod centre;
mod clause;
mod common;
mod condition;
mod contract;
mod correlation;
mod crisis;
mod distribution;
mod event;
mod factor;
mod horizon;
mod organization;
mod parties;
mod regimes;
mod tranche;
mod uncertain;
mod variant;
mod vendor;
mod workout;

pub(super) use centre::whole;
pub use common::{
    MOST_CONTRACTS, MOST_EVENTS, MOST_FACTORS, MOST_ORGANIZATIONS, MOST_STAKES, MOST_TRANCHES, MOST_VARIANTS,
    MOST_VENDORS,
};
pub use horizon::MOST_PERIODS;
pub(super) use variant::variants;

use super::context::Context;
use super::item::Fields;
use super::model::Scenario;
use super::tree::{Node, Value};
use basis::basis;
use common::{LONGEST_DESCRIPTION, LONGEST_LABEL, LONGEST_UNIT, all, section, sound, text};

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
    let uncertainty = uncertain::uncertainty(context, &fields, root);
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
        uncertainty: uncertainty?,
        is_at_medians: false,
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
