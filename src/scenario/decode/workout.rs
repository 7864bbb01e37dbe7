//! `workout` of an organization: its settlement with all its vendors.

use super::super::clauses::{Settlement, Workout};
use super::super::item::{Fields, Item};
use super::super::limits::Limits;
use super::super::model::Organization;
use super::common::{hazard, share, sound};
use super::condition::Happenings;

const HAZARD: Limits = hazard("the number of settlements per year while the condition holds: 0.6 is one in 20 months");
const PAY: Limits = share("the share of its claim that each vendor is paid: 0.37 is 37%");

/// Completes one `[[organization]]`, the `place`th of the file, and finishes its keys.
pub(super) fn complete(
    fields: &Fields,
    organization: Option<Organization>,
    place: usize,
    happenings: &Happenings,
) -> Option<Organization> {
    let workout = fields.optional("workout").map(|item| workout(fields, &item, place, happenings));
    fields.finish();
    Some(Organization { workout: sound(workout)?, ..organization? })
}

fn workout(organization: &Fields, item: &Item, place: usize, happenings: &Happenings) -> Option<Workout> {
    let fields = item.table("{ when, hazard, pay, then }")?;
    let condition = happenings.condition(&fields, Some(place));
    let hazard = fields.required_number("hazard", &HAZARD);
    let pay = fields.required_number("pay", &PAY);
    let then = fields.optional("then").map_or(Some(Settlement::Exit), |item| settlement(organization, &item));
    fields.finish();
    Some(Workout { condition: condition?, hazard: hazard?, pay: pay?, then: then? })
}

fn settlement(organization: &Fields, item: &Item) -> Option<Settlement> {
    let meaning = "what becomes of the contracts: exit ends them, market has them go on at the burst price";
    match item.choice(&["exit", "market"], meaning)? {
        0 => Some(Settlement::Exit),
        _ if organization.has("burst") => Some(Settlement::Market),
        _ => {
            let title = "`then` is \"market\", but the organization has no `burst`";
            let hint = "contracts go on at the burst price; add `burst`, with limit = 0 to buy nothing";
            item.fail(title, "must be \"exit\" without `burst`", hint);
            None
        }
    }
}
