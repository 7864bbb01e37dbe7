//! `review`: a fixed rate that follows the market down.

use super::super::super::clauses::Review;
use super::super::super::item::Item;
use super::super::super::limits::Limits;
use super::super::common::{SCALE, share};
use super::of::{DISCOUNT, Of};

const EVERY: Limits = Limits::positive("the years of service between reviews").up_to(100.0);
const FLOOR: Limits = share("the least rate, as a share of the scheduled one: 0.6 is 60%");

pub(super) fn review(item: &Item, of: &Of) -> Option<Review> {
    let fields = item.table("{ every, index, scale, discount, floor }")?;
    if of.indexed {
        let hint = "an indexed rate follows its index anyway; give `reset` in `rate` instead";
        item.fail("`review` cannot be combined with an indexed `rate`", "must be left out", hint);
    }
    let every = fields.required_number("every", &EVERY);
    let index = of.price(&fields, "index");
    let scale = fields.number_or("scale", &SCALE, 1.0);
    let discount = fields.number_or("discount", &DISCOUNT, 0.0);
    let floor = fields.number_or("floor", &FLOOR, 0.0);
    fields.finish();
    Some(Review { every: every?, index: index?, scale, discount, floor })
}
