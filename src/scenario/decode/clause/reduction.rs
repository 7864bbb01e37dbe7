//! `reduction`: a right to terminate or to step down.

use super::super::super::clauses::Reduction;
use super::super::super::item::{Fields, Item};
use super::super::super::limits::{Limits, number};
use super::super::super::model::{Contract, Curve};
use super::super::common::share;
use super::of::Of;

const MARKET_BELOW: Limits =
    Limits::positive("the multiple of the contract's rate below which the burst price with premium must be");
const EARLIEST: Limits = Limits::at_least(0.0, "the years of service before notice can be given").up_to(100.0);
const NOTICE: Limits = Limits::at_least(0.0, "the years from notice to effect").up_to(100.0);
const SHARE: Limits = share("the share of capacity that goes: 1 ends the contract");
const FEE: Limits = Limits::between(
    0.0,
    100.0,
    "the fee as a share of the minimum bills given back: a number or [[year of service, share], …]",
);
const REFUND: Limits = share("the share of the prepayment left that comes back when the contract ends");

pub(super) fn reduction(item: &Item, of: &Of) -> Option<Reduction> {
    let fields = item.table("{ when, market_below, earliest, notice, share, fee, refund }")?;
    let condition = of.condition(&fields);
    let market_below = of.market(&fields, "market_below", &MARKET_BELOW);
    let earliest = fields.number_or("earliest", &EARLIEST, 0.0);
    let notice = fields.number_or("notice", &NOTICE, 0.0);
    let share = fields.number_or("share", &SHARE, 1.0);
    let fee = fields.optional("fee").map_or(Some(Curve::constant(0.0)), |item| item.curve(&FEE));
    let refund = fields.number_or("refund", &REFUND, 0.0);
    fields.finish();
    warn_of_refund(&fields, of, share);
    let in_time = of.contract.is_none_or(|contract| is_in_time(&fields, earliest, contract));
    let reduction =
        Reduction { condition: condition?, market_below: market_below?, earliest, notice, share, fee: fee?, refund };
    in_time.then_some(reduction)
}

/// Whether notice can be given within the term.
fn is_in_time(fields: &Fields, earliest: f64, contract: &Contract) -> bool {
    let possible = earliest < contract.term;
    if !possible && let Some(item) = fields.optional("earliest") {
        let title = format!("`earliest` is {}, but the term is {} years", number(earliest), number(contract.term));
        let label = format!("must be below {}", number(contract.term));
        item.fail(title, label, "notice can only be given during the term");
    }
    possible
}

/// Only a contract that ends pays back what is left of its prepayment.
fn warn_of_refund(fields: &Fields, of: &Of, share: f64) {
    if !fields.has("refund") {
        return;
    }
    if share < 1.0 {
        let hint = "`refund` applies when the contract ends, which needs share = 1";
        fields.warn("refund", "`refund` has no effect", "the contract goes on", hint);
    } else if of.contract.is_some_and(|contract| contract.prepaid == 0.0) {
        let hint = "add `prepaid` to the contract, or remove `refund`";
        fields.warn("refund", "`refund` has no effect", "nothing is prepaid", hint);
    }
}
