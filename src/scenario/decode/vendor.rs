//! Vendors that can fail, and what they have invested in organizations.

use super::super::clauses::{Relet, Stake, Vendor};
use super::super::item::{Fields, Item};
use super::super::limits::Limits;
use super::super::names::Names;
use super::super::spelling::nearest;
use super::common::{MOST_STAKES, SCALE, hazard, label, share, sound};
use super::condition::Happenings;
use super::organization::Factors;

const INTENSITY: Limits = hazard("the number of failures per year: 0.02 is one in 50 years");
const CRISIS: Limits = Limits::between(0.0, 1_000.0, "the multiplier of the intensity in a crisis");
const CAPITAL: Limits =
    Limits::at_least(0.0, "the amount of losses in currency that the vendor survives; any amount if omitted");
const RECOVERY: Limits = share("the share of prepayments that comes back if the vendor fails");
const NOVATION: Limits = share("the chance that somebody takes the vendor's contracts over as they are");
const RELET_SHARE: Limits = share("the share of the price that the vendor gets for capacity that comes back");
const VALUE: Limits = Limits::at_least(0.0, "the value of the stake in currency");
const LOSS: Limits = share("the share of the stake that is lost: 0.8 is 80%");

/// One `[[vendor]]`. `named` are the names that contracts and tranches give.
pub(super) fn vendor(
    fields: &Fields,
    name: &str,
    named: &[&str],
    factors: &Factors,
    happenings: &Happenings,
) -> Option<Vendor> {
    let label = label(fields);
    if fields.peek("name").is_some_and(|name| !named.contains(&name)) {
        unused(fields, name, named);
    }
    let vendor = Vendor {
        name: name.to_owned(),
        label,
        intensity: fields.number_or("intensity", &INTENSITY, 0.0),
        crisis: fields.number_or("crisis", &CRISIS, 1.0),
        capital: fields.number("capital", &CAPITAL),
        recovery: fields.number_or("recovery", &RECOVERY, 0.0),
        novation: fields.number_or("novation", &NOVATION, 0.0),
        relet: None,
        stakes: Vec::new(),
    };
    let relet = fields.optional("relet").map(|item| relet(&item, factors));
    let stakes = fields.optional("stakes").map_or(Some(Vec::new()), |item| stakes(&item, happenings));
    fields.finish();
    Some(Vendor { relet: sound(relet)?, stakes: stakes?, ..vendor })
}

/// A vendor that sells nothing and pays nothing is most likely a misspelt one.
fn unused(fields: &Fields, name: &str, named: &[&str]) {
    let Some(item) = fields.optional("name") else { return };
    let hint = match nearest(item.context, name, named.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "describe only vendors that contracts or tranches name".to_owned(),
    };
    item.fail(format!("no contract and no tranche names the vendor `{name}`"), "must be a vendor in use", hint);
}

fn relet(item: &Item, factors: &Factors) -> Option<Relet> {
    let fields = item.table("{ price, scale, share }")?;
    let meaning = "the factor that is the market price of capacity";
    let price = fields.required("price", meaning).and_then(|item| factors.not_negative(&item, "a price"));
    let scale = fields.number_or("scale", &SCALE, 1.0);
    let share = fields.number_or("share", &RELET_SHARE, 1.0);
    fields.finish();
    Some(Relet { price: price?, scale, share })
}

fn stakes(item: &Item, happenings: &Happenings) -> Option<Vec<Stake>> {
    let elements = item.list(MOST_STAKES, "an array of { organization, value, loss, when }")?;
    // without short-circuit: every stake's messages are wanted
    let stakes: Vec<Option<Stake>> = elements.iter().map(|element| stake(element, happenings)).collect();
    stakes.into_iter().collect()
}

fn stake(item: &Item, happenings: &Happenings) -> Option<Stake> {
    let fields = item.table("{ organization, value, loss, when }")?;
    let meaning = "the organization that the vendor has invested in";
    let organization =
        fields.required("organization", meaning).and_then(|item| happenings.organization_names.find(&item));
    let value = fields.required_number("value", &VALUE);
    let loss = fields.number_or("loss", &LOSS, 1.0);
    let condition = happenings.condition(&fields, organization);
    fields.finish();
    Some(Stake { organization: organization?, value: value?, loss, condition: condition? })
}

/// Refuses more stakes than engines have room for.
pub(super) fn bound_stakes(fields: &[Fields], vendors: &[Option<Vendor>]) {
    let mut count = 0;
    for (vendor, entry) in vendors.iter().zip(fields) {
        count += vendor.as_ref().map_or(0, |vendor| vendor.stakes.len());
        if count > MOST_STAKES {
            let label = format!("must be at most {MOST_STAKES} stakes in all");
            entry.fail(format!("more than {MOST_STAKES} stakes"), label, "merge stakes with the same condition");
            return;
        }
    }
}

/// Who pays a tranche: a vendor that the file describes, or, as `Some(None)`, one that only contracts name.
pub(super) fn payer(item: &Item, vendors: &Names, sellers: &[&str]) -> Option<Option<usize>> {
    let name = item.text("the vendor that pays")?;
    match vendors.place(name) {
        None if sellers.contains(&name) => Some(None),
        _ => find(item, vendors, sellers).map(Some),
    }
}

/// A vendor that the file describes.
pub(super) fn find(item: &Item, vendors: &Names, sellers: &[&str]) -> Option<usize> {
    let name = item.text("the name of the vendor")?;
    if vendors.place(name).is_none() && sellers.contains(&name) {
        let title = format!("`{}` names `{name}`, which cannot fail", item.subject);
        item.fail(title, "needs [[vendor]]", format!("add [[vendor]] with name = \"{name}\" and its `intensity`"));
        return None;
    }
    vendors.find_text(item, name)
}
