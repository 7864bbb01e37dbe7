//! `extension`: a right to go on after the term.

use super::super::super::clauses::Extension;
use super::super::super::item::Item;
use super::super::super::limits::{Limits, rounded};
use super::super::horizon::whole_periods;
use super::of::Of;

const MARKET_ABOVE: Limits =
    Limits::positive("the multiple of the extension's rate above which the burst price with premium must be");
const YEARS: Limits = Limits::positive("the years for which the contract goes on, in whole periods").up_to(100.0);
const RATE: Limits = Limits::positive("the multiplier of the last rate: 0.9 is 10% less").up_to(100.0);

pub(super) fn extension(item: &Item, of: &Of) -> Option<Extension> {
    let fields = item.table("{ when, market_above, years, rate }")?;
    let condition = of.condition(&fields);
    let market_above = of.market(&fields, "market_above", &MARKET_ABOVE);
    let years = fields.required("years", YEARS.meaning).and_then(|item| {
        let years = item.number(&YEARS)?;
        of.world.horizon.map_or(Some(years), |horizon| whole_periods(&item, years, horizon))
    });
    let rate = fields.number_or("rate", &RATE, 1.0);
    fields.finish();
    warn_of_late(of);
    Some(Extension { condition: condition?, market_above: market_above?, years: years?, rate })
}

/// An extension is decided in the first period after the term.
fn warn_of_late(of: &Of) {
    let (Some(contract), Some(horizon)) = (of.contract, of.world.horizon) else { return };
    if *contract.term_periods(horizon).end() >= i64::from(horizon.periods) {
        let label = format!("the horizon is {} years", rounded(horizon.years()));
        let hint = "an extension counts once it is taken, after the term";
        of.fields.warn("extension", "`extension` has no effect: the term does not end within the horizon", label, hint);
    }
}
