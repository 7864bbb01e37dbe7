//! Tranches: money with conditions.

use super::super::clauses::Tranche;
use super::super::diagnostic::Diagnostic;
use super::super::item::{Fields, Item};
use super::super::limits::{Limits, number, rounded};
use super::super::model::{Horizon, Organization};
use super::super::names::Names;
use super::super::source::shown;
use super::super::tree::{Entry, Table, Value};
use super::common::{hazard, label, sound};
use super::condition::Happenings;
use super::vendor;

const AT: Limits = Limits::between(0.0, 10_000.0, "the year from which it can be paid");
const UNTIL: Limits = Limits::between(0.0, 10_000.0, "the year by which it is paid, or not at all; `at` if omitted");
const AMOUNT: Limits = Limits::at_least(0.0, "the amount in currency");
const INTENSITY: Limits =
    hazard("the number of payments per year while the condition holds: a number, or { state = number, … }");
const OTHERWISE: Limits = Limits::at_least(0.0, "the amount in currency that is paid in the end if nothing was");

/// What tranches refer to. Where something could not be read it is `None`, and what depends on it is not checked.
pub(super) struct World<'a> {
    pub horizon: Option<&'a Horizon>,
    pub states: Option<&'a Names>,
    pub organizations: &'a [Option<Organization>],
    pub vendors: &'a Names,
    /// The vendors that contracts name.
    pub sellers: &'a [&'a str],
    pub happenings: &'a Happenings<'a>,
}

/// One `[[tranche]]`.
pub(super) fn tranche(fields: &Fields, name: &str, world: &World) -> Option<Tranche> {
    let label = label(fields);
    let organization = fields.required("organization", "the organization that is paid");
    let organization = organization.and_then(|item| recipient(&item, world));
    let at = fields.required_number("at", &AT);
    let until = fields.optional("until").map(|item| item.number(&UNTIL).filter(|&until| is_after(&item, at, until)));
    let amount = fields.required_number("amount", &AMOUNT);
    let condition = world.happenings.condition(fields, organization);
    let intensity = fields.optional("intensity").map(|item| intensity(&item, world.states));
    let otherwise = fields.number_or("otherwise", &OTHERWISE, 0.0);
    let vendor = fields.optional("vendor").map_or(Some(None), |item| payer(fields, &item, world));
    fields.finish();
    let at = at?;
    warn_of_late(fields, at, world.horizon);
    Some(Tranche {
        name: name.to_owned(),
        label,
        organization: organization?,
        at,
        until: sound(until)?.unwrap_or(at),
        amount: amount?,
        condition: condition?,
        intensity: sound(intensity)?,
        otherwise,
        vendor: vendor?,
    })
}

/// The organization, whose cash it joins.
fn recipient(item: &Item, world: &World) -> Option<usize> {
    let place = world.happenings.organization_names.find(item)?;
    if let Some(organization) = world.organizations[place].as_ref().filter(|organization| organization.cash.is_none()) {
        let title = format!("a tranche needs `cash`, which `{}` lacks", organization.name);
        item.fail(title, "must be an organization with `cash`", "add `cash` to the organization");
        return None;
    }
    Some(place)
}

fn is_after(item: &Item, at: Option<f64>, until: f64) -> bool {
    let Some(at) = at.filter(|&at| until < at) else { return true };
    let title = format!("`until` is {}, which is before `at`, {}", number(until), number(at));
    item.fail(title, format!("must be at least {}", number(at)), "without `until`, it is paid in the period of `at`");
    false
}

fn payer(fields: &Fields, item: &Item, world: &World) -> Option<Option<usize>> {
    let payer = vendor::payer(item, world.vendors, world.sellers)?;
    if payer.is_none() {
        let name = item.text("the vendor that pays")?;
        let hint = format!("add [[vendor]] with name = \"{name}\" and its `intensity`");
        fields.warn("vendor", "`vendor` has no effect", format!("`{name}` cannot fail"), hint);
    }
    Some(payer)
}

/// One intensity for each state, or one in all where there are no regimes.
fn intensity(item: &Item, states: Option<&Names>) -> Option<Vec<f64>> {
    let count = states.map_or(1, Names::len);
    let table = match &item.node.value {
        Value::Table(table) => table,
        Value::Array(_) => {
            item.wrong_type("a number or a table", format!("`intensity` is {}", INTENSITY.meaning));
            return None;
        }
        _ => return item.number(&INTENSITY).map(|intensity| vec![intensity; count]),
    };
    let Some(states) = states else {
        let title = "`intensity` is by state, but there are no regimes";
        item.fail(title, "must be a number without [regimes]", "add [regimes] with its `states`");
        return None;
    };
    by_state(item, table, states)
}

/// 0 where a state is left out.
fn by_state(item: &Item, table: &Table, states: &Names) -> Option<Vec<f64>> {
    if table.0.is_empty() {
        item.fail("`intensity` names no state", "must name at least one", "write { state = number, … }");
        return None;
    }
    let mut intensities = vec![0.0; states.len()];
    let mut valid = true;
    for entry in &table.0 {
        match (states.place(&entry.key), element(item, entry).number(&INTENSITY)) {
            (Some(state), Some(intensity)) => intensities[state] = intensity,
            (None, _) => {
                unknown(item, entry, states);
                valid = false;
            }
            (_, None) => valid = false,
        }
    }
    valid.then_some(intensities)
}

/// The value of one state.
fn element<'a>(item: &Item<'a>, entry: &'a Entry) -> Item<'a> {
    let path = format!("{}.{}", item.path, shown(&entry.key));
    Item { node: &entry.node, path, subject: entry.key.clone(), ..item.clone() }
}

fn unknown(item: &Item, entry: &Entry, states: &Names) {
    let key = shown(&entry.key);
    let title = format!("`intensity` names the unknown state `{key}`");
    let hint = states.hint(item.context, &entry.key);
    let path = format!("{}.{key}", item.path);
    item.context.report(Diagnostic::error(entry.key_span.clone(), path, title, "must be a known state", hint));
}

/// A tranche that no path can receive.
fn warn_of_late(fields: &Fields, at: f64, horizon: Option<&Horizon>) {
    if let Some(horizon) = horizon.filter(|horizon| at > horizon.years() + 1e-9) {
        let title = format!("the tranche of year {} comes after the horizon", number(at));
        let label = format!("the horizon is {} years", rounded(horizon.years()));
        fields.warn("at", title, label, "this tranche has no effect");
    }
}
