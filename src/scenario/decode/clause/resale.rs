//! `resale`: idle minimum capacity sold on the market.

use super::super::super::clauses::Resale;
use super::super::super::item::Item;
use super::super::super::limits::Limits;
use super::super::common::{SCALE, share};
use super::of::{DISCOUNT, Of};

const LIMIT: Limits = share("the most that is sold, as a share of capacity: 0.5 is half");

pub(super) fn resale(item: &Item, of: &Of) -> Option<Resale> {
    let fields = item.table("{ price, scale, discount, limit }")?;
    let hint = "capacity that is sold cannot also count towards later use";
    of.fields.refuse("true_up", "`resale`", hint);
    of.fields.refuse("make_up", "`resale`", hint);
    let price = of.price(&fields, "price");
    let scale = fields.number_or("scale", &SCALE, 1.0);
    let discount = fields.number_or("discount", &DISCOUNT, 0.0);
    let limit = fields.number_or("limit", &LIMIT, 1.0);
    fields.finish();
    Some(Resale { price: price?, scale, discount, limit })
}
