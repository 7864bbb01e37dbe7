//! The highest price that is paid against the market, what use returns against what it costs, capacity against demand.

use super::case::{Case, Range};
use crate::scenario::{Demand, Doubt, Organization};

pub fn doubts(case: &Case) -> Vec<Doubt> {
    let organizations = case.scenario.organizations.iter().enumerate();
    organizations
        .flat_map(|(place, organization)| {
            [max_price(case, organization), performance(case, place, organization), demand(case, place, organization)]
        })
        .flatten()
        .collect()
}

fn max_price(case: &Case, organization: &Organization) -> Option<Doubt> {
    let burst = organization.burst.as_ref()?;
    let forward = case.forward(burst.price);
    let market = Range::of(forward[1..].iter().map(|price| burst.scale * (1.0 + burst.premium) * price))?;
    let off = Range::of(burst.max_price)?.is_off(market)?;
    let key = format!("organization.{}.burst.max_price", organization.name);
    let name = &case.scenario.factors[burst.price].name;
    let against = format!("`{name}` × `scale` with the premium comes to");
    let hint = format!("`max_price` is in {}, after `scale` and `premium`", case.rate_unit());
    Some(off.doubt(key, "`max_price`", &against, &case.rate_unit(), hint))
}

/// What a unit-year of use returns against what one costs: the market price, and the rates of the contracts.
fn performance(case: &Case, place: usize, organization: &Organization) -> Option<Doubt> {
    let factor = organization.performance_return?;
    let scenario = case.scenario;
    let market = organization.burst.iter().flat_map(|burst| {
        let prices = case.forward(burst.price).into_iter().skip(1);
        prices.map(|price| burst.scale * price)
    });
    let contracts = scenario.contracts.iter().filter(|contract| contract.organization == place);
    let rates = contracts.flat_map(|contract| contract.forward_rates(contract.index(&scenario.factors), case.horizon));
    let costs = Range::of(market.chain(rates.map(|(_, rate)| rate)))?;
    let off = Range::of(case.forward(factor).into_iter().skip(1))?.is_off(costs)?;
    let key = format!("organization.{}.performance_return", organization.name);
    let what = format!("the return `{}`", scenario.factors[factor].name);
    let hint =
        "a performance return is the value of one effective unit-year; check the units of the factor and of the rates";
    Some(off.doubt(key, &what, "a unit-year of compute costs", &case.rate_unit(), hint.into()))
}

/// The capacity of all contracts of an organization against its demand, both at their highest.
fn demand(case: &Case, place: usize, organization: &Organization) -> Option<Doubt> {
    let Demand::Curve(curve) = &organization.demand else { return None };
    let periods = 1..=case.horizon.periods;
    let demand = Range::of(periods.clone().map(|t| curve.at(case.horizon.middle(t))))?.high;
    let capacity = |t: u32| -> f64 {
        let owned = case.scenario.contracts.iter().filter(|contract| contract.organization == place);
        owned.map(|contract| contract.capacity_in(i64::from(t), case.horizon)).sum()
    };
    let capacity = Range::of(periods.map(capacity))?.high;
    let peak = |x: f64| Range { low: x, high: x };
    let off = peak(demand).is_off(peak(capacity))?;
    let key = format!("organization.{}.demand", organization.name);
    let hint = "check that `demand` and the contracts' capacity use the same unit";
    let against = "the contracts' capacity reaches";
    Some(off.doubt(key, "the highest `demand`", against, &case.scenario.capacity_unit, hint.into()))
}
