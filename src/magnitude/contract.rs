//! Bounds of indexed rates against their index; rates and commitments against the market.

use super::case::{Case, Range};
use crate::scenario::{Contract, Doubt, Rate, UNLIMITED};

pub fn doubts(case: &Case) -> Vec<Doubt> {
    let contracts = &case.scenario.contracts;
    contracts.iter().flat_map(|contract| bounds(case, contract).into_iter().chain(price(case, contract))).collect()
}

/// The periods of the horizon in which the contract runs; the last one if it starts later.
fn periods(case: &Case, contract: &Contract) -> std::ops::RangeInclusive<usize> {
    let (term, last) = (contract.term_periods(case.horizon), i64::from(case.horizon.periods));
    (*term.start()).clamp(1, last) as usize..=(*term.end()).clamp(1, last) as usize
}

/// Floor and cap against (1 − discount)·scale·index; bounds that are given in the unit of the index, in that unit.
fn bounds(case: &Case, contract: &Contract) -> Vec<Doubt> {
    let Rate::Indexed { factor, scale, discount, floor, cap, .. } = contract.rate else { return Vec::new() };
    let forward = case.forward(factor);
    let Some(index) = Range::of(periods(case, contract).map(|t| (1.0 - discount) * forward[t - 1])) else {
        return Vec::new();
    };
    let name = &case.scenario.factors[factor].name;
    let of = |key: &str, value: f64| {
        let at = |key: &str| format!("contract.{}.rate.{key}", contract.name);
        let own_unit = format!("{key}_index");
        if case.template.has(&at(&own_unit)) {
            let off = Range::of([value / scale])?.is_off(index)?;
            let against = "the index, less its discount, comes to";
            let hint = format!(
                "`{own_unit}` is in the unit of `{name}`, before `scale`; use `{key}` for a bound in {}",
                case.rate_unit()
            );
            return Some(off.doubt(
                at(&own_unit),
                &format!("`{own_unit}`"),
                against,
                &format!("in the unit of `{name}`"),
                hint,
            ));
        }
        let off = Range::of([value])?.is_off(index.scaled(scale))?;
        let against = format!("`{name}` × `scale`, less the discount, comes to");
        let hint = format!("`{key}` is a rate; write `{own_unit}` for a bound in the unit of `{name}`");
        Some(off.doubt(at(key), &format!("`{key}`"), &against, &case.rate_unit(), hint))
    };
    let bounded = (cap < UNLIMITED).then_some(cap);
    [of("floor", floor), bounded.and_then(|cap| of("cap", cap))].into_iter().flatten().collect()
}

/// The rate against the market price over the same periods; a rate that follows from a commitment by that commitment.
fn price(case: &Case, contract: &Contract) -> Option<Doubt> {
    let burst = case.scenario.organizations[contract.organization].burst.as_ref()?;
    let name = &case.scenario.factors[burst.price].name;
    let (forward, periods) = (case.forward(burst.price), periods(case, contract));
    let market = Range::of(periods.clone().map(|t| burst.scale * forward[t]))?;
    // an indexed rate without its bounds, which are looked at on their own
    let rates = match contract.rate {
        Rate::Fixed { .. } => Range::of(periods.filter_map(|t| contract.fixed_rate_in(t as i64, case.horizon))),
        Rate::Indexed { factor, scale, discount, .. } => {
            let index = case.forward(factor);
            Range::of(periods.map(|t| (1.0 - discount) * scale * index[t - 1]))
        }
    }?;
    let off = rates.is_off(market)?;
    let at = |key: &str| format!("contract.{}.{key}", contract.name);
    if case.template.has(&at("rate")) {
        let indexed = matches!(contract.rate, Rate::Indexed { .. }) && case.template.has(&at("rate.scale"));
        let (key, what) = if indexed { ("rate.scale", "the indexed rate") } else { ("rate", "`rate`") };
        let hint = format!("both are in {}; check `{key}`, and `scale` and `price` of `burst`", case.rate_unit());
        let against = format!("the market price `{name}` comes to");
        return Some(off.doubt(at(key), what, &against, &case.rate_unit(), hint));
    }
    // the same distance, put as totals
    let units: f64 = case.scenario.bills(contract).iter().map(|(t, _)| contract.capacity_in(*t, case.horizon)).sum();
    let units = units * case.horizon.dt();
    let total = case.scenario.total(contract);
    let totals = crate::magnitude::case::Off { own: total, other: total / off.own * off.other, ..off };
    let hint = format!(
        "the commitment implies a rate of {} {}; check the units of `commitment`, `capacity` and `burst`",
        crate::magnitude::case::amount(off.own),
        case.rate_unit()
    );
    let against = format!(
        "{} {}-years at the market price `{name}` come to",
        crate::magnitude::case::amount(units),
        case.scenario.capacity_unit
    );
    Some(totals.doubt(at("commitment"), "`commitment`", &against, &case.scenario.currency, hint))
}
