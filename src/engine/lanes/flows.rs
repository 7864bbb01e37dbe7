// One period of contracts, use, value and cash, organization by organization (model.md §4, §5).

use super::super::Real;
use super::super::twin::{self, ContractPeriod, NONE, OrganizationPeriod, OrganizationTerms, PeriodTerms};
use super::state::{ContractState, OrganizationState};
use super::{Job, Lanes, Workspace, each, same};

/// Settles period `t` for all organizations.
#[inline(always)]
pub fn settle(job: &Job, t: u32, workspace: &mut Workspace) {
    let tables = job.tables;
    let row = t as usize - 1;
    for o in 0..job.sizes.organizations {
        let terms = &tables.organizations[o];
        let period = &tables.organization_periods[row * job.sizes.organizations + o];
        let owned = terms.contracts_first as usize..terms.contracts_end as usize;
        let contract_periods = &tables.contract_periods[row * job.sizes.contracts..][owned.clone()];
        set_rates(job, owned.clone(), contract_periods, workspace);
        let price = burst_price(terms, workspace);
        dispatch(
            terms,
            period,
            contract_periods,
            &price,
            &mut workspace.organizations[o],
            &mut workspace.contracts[owned.clone()],
            &workspace.x[terms.utilization as usize],
        );
        let state = &mut workspace.organizations[o];
        let discount = &tables.periods[row];
        let paid = pay(tables.common.dt, discount, contract_periods, state, &mut workspace.contracts[owned]);
        buy_burst(tables.common.dt, discount, &price, state);
        let performance = if terms.performance == NONE { None } else { Some(workspace.x[terms.performance as usize]) };
        earn(job, t, terms, period, discount, performance.as_ref(), state);
        bank(terms, period, &paid, state);
    }
}

/// Price of burst with its premium; 0 without burst.
#[inline(always)]
fn burst_price(terms: &OrganizationTerms, workspace: &Workspace) -> Lanes {
    if terms.price == NONE {
        return same(0.0);
    }
    let quoted = &workspace.x[terms.price as usize];
    each(|l| terms.burst_scale * quoted[l])
}

#[inline(always)]
fn set_rates(job: &Job, owned: std::ops::Range<usize>, periods: &[ContractPeriod], workspace: &mut Workspace) {
    for (c, period) in owned.zip(periods) {
        let terms = &job.tables.contracts[c];
        if terms.index == NONE {
            workspace.contracts[c].rate = same(period.rate);
        } else if period.reset != 0 {
            let quoted = &workspace.previous[terms.index as usize];
            workspace.contracts[c].rate = each(|l| twin::indexed_rate(terms.share, quoted[l], terms.floor, terms.cap));
        }
    }
}

/// Wanted use goes to the contracts' minima, then to the rest of their capacity, then to burst (in merit order burst goes
/// before dearer capacity).
#[inline(always)]
fn dispatch(
    terms: &OrganizationTerms,
    period: &OrganizationPeriod,
    contract_periods: &[ContractPeriod],
    price: &Lanes,
    state: &mut OrganizationState,
    contracts: &mut [ContractState],
    utilization: &Lanes,
) {
    let wanted = each(|l| twin::wanted(utilization[l], period.demand));
    let mut rest = wanted;
    for (contract, period) in contracts.iter_mut().zip(contract_periods) {
        let served = each(|l| twin::serve(rest[l], period.minimum));
        rest = each(|l| rest[l] - served[l]);
        contract.served = served;
    }
    let merit = terms.merit != 0;
    for (contract, period) in contracts.iter_mut().zip(contract_periods) {
        let (room, rate) = (period.capacity - period.minimum, contract.rate);
        let more = each(|l| {
            let open = !merit | twin::before_burst(rate[l], price[l]);
            twin::serve(rest[l], twin::select(0.0, room, open))
        });
        rest = each(|l| rest[l] - more[l]);
        contract.served = each(|l| contract.served[l] + more[l]);
    }
    let limit = period.burst_limit;
    let burst = each(|l| twin::serve(rest[l], twin::select(0.0, limit, twin::affordable(price[l], terms.max_price))));
    rest = each(|l| rest[l] - burst[l]);
    if merit {
        for (contract, period) in contracts.iter_mut().zip(contract_periods) {
            let (room, rate) = (period.capacity - period.minimum, contract.rate);
            let more = each(|l| {
                let open = !twin::before_burst(rate[l], price[l]);
                twin::serve(rest[l], twin::select(0.0, room, open))
            });
            rest = each(|l| rest[l] - more[l]);
            contract.served = each(|l| contract.served[l] + more[l]);
        }
    }
    state.wanted = wanted;
    state.burst = burst;
    let mut served = same(0.0);
    for contract in contracts.iter() {
        served = each(|l| served[l] + contract.served[l]);
    }
    state.served = served;
    state.short = rest;
}

/// Bills of the contracts; returns what of them is paid.
#[inline(always)]
fn pay(
    dt: Real,
    discount: &PeriodTerms,
    contract_periods: &[ContractPeriod],
    state: &mut OrganizationState,
    contracts: &mut [ContractState],
) -> Lanes {
    let (mut paid_sum, mut bills, mut stranded_sum) = (same(0.0), same(0.0), same(0.0));
    for (contract, period) in contracts.iter_mut().zip(contract_periods) {
        let (rate, served, balance) = (contract.rate, contract.served, contract.balance);
        let bill = each(|l| twin::bill(rate[l], period.minimum, served[l], dt));
        let stranded = each(|l| twin::stranded(rate[l], period.minimum, served[l], dt));
        let drawn = each(|l| twin::drawn(balance[l], bill[l]));
        let paid = each(|l| bill[l] - drawn[l]);
        contract.balance = each(|l| balance[l] - drawn[l]);
        contract.commitment_cost =
            each(|l| twin::accumulated(contract.commitment_cost[l], paid[l], discount.liability_discount));
        contract.stranded_cost =
            each(|l| twin::accumulated(contract.stranded_cost[l], stranded[l], discount.liability_discount));
        contract.bill = bill;
        contract.paid = paid;
        paid_sum = each(|l| paid_sum[l] + paid[l]);
        bills = each(|l| bills[l] + bill[l]);
        stranded_sum = each(|l| stranded_sum[l] + stranded[l]);
    }
    state.bills = bills;
    state.stranded = stranded_sum;
    paid_sum
}

/// Burst bills, and what the use would have cost at the burst price.
#[inline(always)]
fn buy_burst(dt: Real, discount: &PeriodTerms, price: &Lanes, state: &mut OrganizationState) {
    let (burst, served, rest) = (state.burst, state.served, state.short);
    let burst_bill = each(|l| twin::cost(burst[l], price[l], dt));
    let used = each(|l| served[l] + burst[l]);
    let factor = discount.liability_discount;
    state.burst_cost = each(|l| twin::accumulated(state.burst_cost[l], burst_bill[l], factor));
    state.market_cost = each(|l| twin::accumulated(state.market_cost[l], twin::cost(used[l], price[l], dt), factor));
    state.discounted_use = each(|l| twin::accumulated(state.discounted_use[l], used[l], dt * factor));
    state.used = each(|l| twin::accumulated(state.used[l], used[l], dt));
    state.unserved = each(|l| twin::accumulated(state.unserved[l], rest[l], dt));
    state.burst_bill = burst_bill;
}

/// Value of the period and the trailing averages.
#[inline(always)]
fn earn(
    job: &Job,
    t: u32,
    terms: &OrganizationTerms,
    period: &OrganizationPeriod,
    discount: &PeriodTerms,
    performance: Option<&Lanes>,
    state: &mut OrganizationState,
) {
    let common = &job.tables.common;
    let dt = common.dt;
    let (served, burst, experience) = (state.served, state.burst, state.experience);
    let effective = each(|l| (served[l] + burst[l]) * period.efficiency);
    let value = match performance {
        None => same(0.0),
        Some(r) if terms.exponent == 0.0 => each(|l| twin::plain_value(r[l], effective[l], dt)),
        Some(r) => each(|l| {
            twin::diminished_value(r[l], effective[l], experience[l], terms.inverse_reference, terms.exponent, dt)
        }),
    };
    state.experience = each(|l| twin::accumulated(experience[l], effective[l], dt));
    state.value = each(|l| twin::accumulated(state.value[l], value[l], discount.discount));
    state.period_value = value;
    // the first period's figure starts the averages
    let weight = if t == 1 { 1.0 } else { common.smoothing };
    let per_year = 1.0 / dt;
    let (bills, burst_bill, stranded) = (state.bills, state.burst_bill, state.stranded);
    state.average_value = each(|l| twin::smoothed(state.average_value[l], weight, terms.margin * value[l] * per_year));
    state.average_cost = each(|l| twin::smoothed(state.average_cost[l], weight, (bills[l] + burst_bill[l]) * per_year));
    state.average_stranded = each(|l| twin::smoothed(state.average_stranded[l], weight, stranded[l] * per_year));
}

/// The balance at the period's end.
#[inline(always)]
fn bank(terms: &OrganizationTerms, period: &OrganizationPeriod, paid: &Lanes, state: &mut OrganizationState) {
    let (cash, value, burst_bill) = (state.cash, state.period_value, state.burst_bill);
    let after = each(|l| {
        let inflow = terms.margin * value[l] + period.cash_flow;
        twin::balance_after(cash[l], terms.interest, terms.borrowing, inflow, paid[l] + burst_bill[l])
    });
    state.min_cash = each(|l| twin::min(state.min_cash[l], after[l]));
    state.cash = after;
}
