//! The clauses of contracts, one file each.

mod delay;
mod extension;
mod make_up;
mod of;
mod reduction;
mod resale;
mod review;

use super::super::item::Fields;
use super::super::model::Contract;
use super::super::tree::Value;
use super::common::sound;
pub(super) use delay::delays;
use of::Of;
pub(super) use of::World;

/// Completes one `[[contract]]`, and finishes its keys.
pub(super) fn complete(fields: &Fields, contract: Option<Contract>, world: &World) -> Option<Contract> {
    let rate = fields.optional("rate");
    let of = Of {
        fields,
        contract: contract.as_ref(),
        organization: fields.peek("organization").and_then(|name| world.happenings.organization_names.place(name)),
        indexed: rate.is_some_and(|item| matches!(item.node.value, Value::Table(_))),
        world,
    };
    let review = fields.optional("review").map(|item| review::review(&item, &of));
    let reduction = fields.optional("reduction").map(|item| reduction::reduction(&item, &of));
    let extension = fields.optional("extension").map(|item| extension::extension(&item, &of));
    let delay = fields.optional("delay").map(|item| delay::delay(&item, &of));
    let true_up = fields.optional("true_up").map(|item| make_up::true_up(&item, &of));
    let make_up = make_up::make_up(fields);
    let resale = fields.optional("resale").map(|item| resale::resale(&item, &of));
    fields.finish();
    let (review, reduction, extension) = (sound(review)?, sound(reduction)?, sound(extension)?);
    let (delay, true_up, resale) = (sound(delay)?, sound(true_up)?, sound(resale)?);
    Some(Contract { review, reduction, extension, delay, true_up, make_up, resale, ..contract? })
}
