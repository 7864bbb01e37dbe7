//! Contracts: term, capacity, and the price of it.

use super::super::item::Item;
use super::super::limits::{Limits, number, rounded};
use super::super::model::{Contract, Curve, Horizon, Rate};
use super::super::names::{Names, identifier};
use super::super::tree::Value;
use super::common::label;
use super::organization::Factors;
use crate::scenario::item::{Either, Fields};
use crate::scenario::model::UNLIMITED;

/// Largest nominal total of a contract.
const LARGEST_TOTAL: f64 = 1e30;
/// Least share of the capacity that aging must leave at the end of the term.
const LEAST_LEFT: f64 = 1e-6;
/// Largest size of a priority.
const PRIORITIES: i64 = 1_000_000;

const START: Limits =
    Limits::between(-100.0, 100.0, "the start in years after the start date; negative if the contract already runs");
const TERM: Limits = Limits::positive("the length of the contract in years").up_to(100.0);
const CAPACITY: Limits = Limits::at_least(
    0.0,
    "the contracted capacity in capacity units, by years since the contract's start: a number or [[year, value], …]",
);
const RAMP: Limits =
    Limits::at_least(0.0, "the shape of the capacity, by years since the contract's start: [[year, value], …]");
const COMMITMENT: Limits = Limits::positive("the nominal total in currency over the whole term");
const RATE: Limits = Limits::positive("the price in currency per capacity-unit-year, or { index = \"factor\", … }");
const TAKE_OR_PAY: Limits = Limits::between(0.0, 1.0, "the share of capacity paid for whether used or not: 0.9 is 90%");
const AGING: Limits =
    Limits::between(0.0, 5.0, "the rate at which hardware loses usefulness: 0.15 leaves e^−0.15 = 86% after a year");
const ESCALATOR: Limits = Limits::any("the rise of the rate per contract year: 0.02 is 2%").above(-1.0).up_to(10.0);
const PREPAID: Limits =
    Limits::between(0.0, 1.0, "the share of the commitment paid at the contract's start: 0.1 is 10%");
const SCALE: Limits = Limits::positive("the multiplier that converts the index to currency per capacity-unit-year");
const DISCOUNT: Limits =
    Limits::any("the discount on the index: 0.2 is 20% off, a negative value is a mark-up").above(-10.0).below(1.0);
const FLOOR: Limits = Limits::at_least(0.0, "the minimum rate in currency per capacity-unit-year");
const CAP: Limits = Limits::positive("the maximum rate in currency per capacity-unit-year");
const FLOOR_INDEX: Limits =
    Limits::at_least(0.0, "the minimum rate in the unit of the index; `scale` converts it to a rate");
const CAP_INDEX: Limits = Limits::positive("the maximum rate in the unit of the index; `scale` converts it to a rate");
const RESET: Limits = Limits::positive("the years between resets of the rate; every period if omitted").up_to(100.0);

/// What a contract's capacity and price say together.
enum Price {
    /// Capacity at a rate; the commitment follows.
    Rate(Curve, f64),
    /// Capacity for a total; the rate follows.
    Total(Curve, f64),
    /// A shape scaled so that the rate makes the total.
    Ramp(Curve, f64, f64),
    /// Capacity at a rate that follows a factor.
    Index(Curve, Rate),
}

/// One `[[contract]]`.
pub(super) fn contract(
    fields: &Fields,
    name: &str,
    organizations: &Names,
    factors: &Factors,
    horizon: Option<&Horizon>,
) -> Option<Contract> {
    let label = label(fields);
    let organization =
        fields.required("organization", "the organization that pays").and_then(|item| organizations.find(&item));
    let vendor = fields.required("vendor", "the name of the seller").and_then(|item| identifier(&item, "vendor"));
    let start = fields.number_or("start", &START, 0.0);
    let term = fields.required_number("term", &TERM);
    let price = price(fields, factors, horizon);
    let take_or_pay = fields.number_or("take_or_pay", &TAKE_OR_PAY, 1.0);
    let aging = fields.number_or("aging", &AGING, 0.0);
    let escalator = fields.number_or("escalator", &ESCALATOR, 0.0);
    let prepaid = fields.number_or("prepaid", &PREPAID, 0.0);
    let meaning = "the order of use: lower numbers first, ties in file order";
    let priority = fields.optional("priority").map_or(Some(0), |item| item.whole(-PRIORITIES..=PRIORITIES, meaning));
    fields.finish();
    let contract = Contract {
        name: name.to_owned(),
        label,
        organization: organization.unwrap_or(0),
        vendor: vendor.clone().unwrap_or_default(),
        start,
        term: term?,
        capacity: Curve::constant(1.0),
        rate: Rate::Fixed { base: 1.0, escalator },
        take_or_pay,
        aging,
        prepaid,
        priority: priority?,
    };
    let horizon = horizon?;
    check_term(fields, &contract, horizon)?;
    check_aging(fields, &contract, horizon)?;
    let contract = priced(fields, contract, price?, horizon)?;
    check_prepayment(fields, &contract, factors, horizon)?;
    organization.and(vendor).map(|_| contract)
}

/// The contract's periods must exist and not all be over.
fn check_term(fields: &Fields, contract: &Contract, horizon: &Horizon) -> Option<()> {
    let periods = contract.term_periods(horizon);
    let (start, term) = (number(contract.start), number(contract.term));
    if periods.is_empty() {
        let title = format!("a term of {term} years contains no period");
        let label = format!("must contain the middle of a period of {} years", rounded(horizon.dt()));
        fields.optional("term")?.fail(title, label, "use a longer `term` or a shorter `horizon.step`");
        return None;
    }
    if *periods.end() < 1 {
        let key = if fields.has("start") { "start" } else { "term" };
        let title = format!("the contract ended before the horizon: it ran for {term} years from year {start}");
        let hint = "remove the contract: it affects no figure";
        fields.optional(key)?.fail(title, "`start` + `term` must be after year 0", hint);
        return None;
    }
    if *periods.start() > i64::from(horizon.periods) {
        let title = format!("the contract starts in year {start}, after the horizon");
        let label = format!("the horizon is {} years", rounded(horizon.years()));
        fields.warn(
            "start",
            title,
            label,
            "it affects only the metric `overhang` and the figure `residual_commitment`",
        );
    }
    Some(())
}

/// Something must be left of the capacity to the end of the term, or rates per useful unit leave single precision.
fn check_aging(fields: &Fields, contract: &Contract, horizon: &Horizon) -> Option<()> {
    let last = *contract.term_periods(horizon).end();
    let left = 1.0 / contract.obsolescence_in(last, horizon);
    if left >= LEAST_LEFT {
        return Some(());
    }
    let (aging, term) = (number(contract.aging), number(contract.term));
    let title = format!("an `aging` of {aging} leaves {} of the capacity after {term} years", rounded(left));
    let hint = "`aging` is a rate per year: 0.15 leaves e^−0.15 = 86% after a year";
    fields.optional("aging")?.fail(title, format!("must leave at least {}", number(LEAST_LEFT)), hint);
    None
}

fn price(fields: &Fields, factors: &Factors, horizon: Option<&Horizon>) -> Option<Price> {
    let hint = "`capacity` is in capacity units; a `ramp` is a shape, scaled to fit `commitment` and `rate`";
    let both = fields.has("capacity") && fields.has("ramp");
    // Which of the two is meant decides about all the rest.
    let shape = fields.either("capacity", "ramp", hint).filter(|_| !both);
    let indexed = fields.optional("rate").filter(|item| matches!(item.node.value, Value::Table(_)));
    match (shape, indexed) {
        (Some(Either::First(item)), Some(rate)) => {
            let (capacity, rate) = (item.curve(&CAPACITY), index(fields, &rate, factors, horizon));
            Some(Price::Index(capacity?, rate?))
        }
        (Some(Either::First(item)), None) => {
            let capacity = item.curve(&CAPACITY);
            let hint = "with `capacity`, give one of them and the other follows; with `ramp`, give both";
            match fields.either("commitment", "rate", hint)? {
                Either::First(item) => item.number(&COMMITMENT).and_then(|total| Some(Price::Total(capacity?, total))),
                Either::Second(item) => item.number(&RATE).and_then(|rate| Some(Price::Rate(capacity?, rate))),
            }
        }
        (Some(Either::Second(item)), Some(rate)) => {
            rate.fail(
                "an indexed `rate` cannot be combined with `ramp`",
                "must be a number with `ramp`",
                "give `capacity` instead",
            );
            read_all([item.points(&RAMP).map(drop), index(fields, &rate, factors, horizon).map(drop)])
        }
        (Some(Either::Second(item)), None) => {
            let ramp = item.points(&RAMP);
            let commitment = fields.required_number("commitment", &COMMITMENT);
            let rate = fields.required_number("rate", &RATE);
            Some(Price::Ramp(ramp?, commitment?, rate?))
        }
        (None, Some(rate)) => read_all([index(fields, &rate, factors, horizon).map(drop)]),
        (None, None) => {
            read_all([fields.number("commitment", &COMMITMENT).map(drop), fields.number("rate", &RATE).map(drop)])
        }
    }
}

/// Nothing, after all parts have been read for their errors.
fn read_all<const N: usize>(_: [Option<()>; N]) -> Option<Price> {
    None
}

fn index(contract: &Fields, item: &Item, factors: &Factors, horizon: Option<&Horizon>) -> Option<Rate> {
    for key in ["commitment", "escalator"] {
        contract.refuse(key, "an indexed `rate`", "the total of an indexed contract follows from its index");
    }
    let fields = item.table("a table { index, scale, discount, floor, cap, reset }")?;
    let meaning = "the factor that the rate follows";
    let factor = fields.required("index", meaning).and_then(|item| factors.not_negative(&item, "an index"));
    let scale = fields.number_or("scale", &SCALE, 1.0);
    let discount = fields.number_or("discount", &DISCOUNT, 0.0);
    let (floor_key, floor) = bound(&fields, scale, [("floor", &FLOOR), ("floor_index", &FLOOR_INDEX)], 0.0);
    let (cap_key, cap) = bound(&fields, scale, [("cap", &CAP), ("cap_index", &CAP_INDEX)], UNLIMITED);
    let reset = fields.number("reset", &RESET).or_else(|| horizon.map(Horizon::dt));
    if cap <= floor {
        let key = if fields.has(cap_key) { cap_key } else { floor_key };
        let name = |key: &str| if key.ends_with("_index") { format!("`{key}` × `scale`") } else { format!("`{key}`") };
        let (cap, floor) = (rounded(cap), rounded(floor));
        let title = format!("{} is {cap}, which is not above {} ({floor})", name(cap_key), name(floor_key));
        let label = format!("`{cap_key}` must be above `{floor_key}`");
        fields.optional(key)?.fail(title, label, "for a rate that never changes, write `rate` as a number");
        return None;
    }
    fields.finish();
    Some(Rate::Indexed { factor: factor?, scale, discount, floor, cap, reset: reset? })
}

/// A bound of an indexed rate and the key that gives it: as a rate, or in the unit of the index.
fn bound(
    fields: &Fields,
    scale: f64,
    [(rate, limits), (index, index_limits)]: [(&'static str, &Limits); 2],
    default: f64,
) -> (&'static str, f64) {
    if fields.has(rate) && fields.has(index) {
        let hint = format!("`{rate}` is in currency per capacity-unit-year, `{index}` in the unit of the index");
        fields.either(rate, index, &hint);
    }
    let as_rate = fields.number_or(rate, limits, default);
    match fields.number(index, index_limits) {
        Some(bound) => (index, (scale * bound).min(UNLIMITED)),
        None => (rate, as_rate),
    }
}

/// Fills in capacity and rate, so that Σ rate·k·dt over the whole term is the commitment.
fn priced(fields: &Fields, mut contract: Contract, price: Price, horizon: &Horizon) -> Option<Contract> {
    let Rate::Fixed { escalator, .. } = contract.rate else { return None };
    let (key, capacity) = match &price {
        Price::Rate(capacity, _) | Price::Total(capacity, _) | Price::Index(capacity, _) => ("capacity", capacity),
        Price::Ramp(ramp, ..) => ("ramp", ramp),
    };
    contract.capacity = capacity.clone();
    // At a rate of 1: the escalated capacity-unit-years of the term.
    let quantity = contract.commitment(horizon)?;
    if quantity <= 0.0 {
        let title = format!("`{key}` is 0 in every period of the term");
        let hint = "its years count from the contract's start; remove the contract if it has no capacity";
        fields.optional(key)?.fail(title, "must be above 0 somewhere in the term", hint);
        return None;
    }
    let base = match price {
        Price::Rate(_, rate) => rate,
        Price::Total(_, commitment) => commitment / quantity,
        Price::Ramp(ramp, commitment, rate) => {
            contract.capacity = ramp.scaled(commitment / quantity / rate);
            rate
        }
        Price::Index(_, rate) => {
            contract.rate = rate;
            return Some(contract);
        }
    };
    contract.rate = Rate::Fixed { base, escalator };
    check_size(fields, &contract, horizon, key)?;
    Some(contract)
}

/// What is prepaid under an indexed rate is a share of a total that the file does not state.
fn check_prepayment(fields: &Fields, contract: &Contract, factors: &Factors, horizon: &Horizon) -> Option<()> {
    let Rate::Indexed { factor, .. } = contract.rate else { return Some(()) };
    if contract.prepaid == 0.0 {
        return Some(());
    }
    let index = factors.read[factor].as_ref()?;
    let bills = contract.forward_bills(Some(&index.process), horizon);
    let total: f64 = bills.iter().map(|(_, bill)| bill).sum();
    if total.is_finite() && total <= LARGEST_TOTAL {
        return Some(());
    }
    let title = format!("the contract totals {} along the forward curve of `{}`", rounded(total), index.name);
    let hint = "`prepaid` is a share of that total; check the drift of the index and its `scale`";
    fields.optional("prepaid")?.fail(title, format!("the total must be at most {}", number(LARGEST_TOTAL)), hint);
    None
}

/// Products of accepted numbers can still be too large, or too small, to compute with.
fn check_size(fields: &Fields, contract: &Contract, horizon: &Horizon, key: &'static str) -> Option<()> {
    let total = contract.commitment(horizon)?;
    let Rate::Fixed { base, .. } = contract.rate else { return Some(()) };
    let largest = contract.capacity.0.iter().map(|point| point[1]).fold(base, f64::max);
    if total.is_finite() && largest.is_finite() && total.max(largest) <= LARGEST_TOTAL && base > 0.0 {
        return Some(());
    }
    let title = format!("the contract totals {} at a rate of {}", rounded(total), rounded(base));
    let label = format!("rate and total must be above 0 and at most {}", number(LARGEST_TOTAL));
    fields.optional(key)?.fail(
        title,
        label,
        "check the units of `capacity`, `commitment` and `rate`, and the `escalator`",
    );
    None
}
