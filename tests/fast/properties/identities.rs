//! What must hold of the second writing itself on scenarios with clauses: use and money are conserved, what organizations pay
//! is what vendors receive, and nothing flows where nothing is owed. Every clause is seen at work.

use std::cell::RefCell;
use std::collections::BTreeMap;

use overhang::engine::Precision;
use overhang::plan::Plan;
use overhang::registry::Figure;
use overhang::scenario::{Scenario, Settlement};

use super::naive::{self, Flow, Path};
use super::{CASES, DRAWS, bare, cpu, ensure, generator, on_scenarios, random, walk};

const PATHS: u64 = 4;

/// Two sums of money of a path are the same, measured by its largest amounts.
struct Money(f64);

impl Money {
    fn of(path: &Path) -> Self {
        let accounts = path.organizations.iter().flatten();
        let amounts = accounts.flat_map(|a| [a.cash, a.paid, a.bills, a.burst_bill, a.value, a.funded]);
        Money(amounts.chain(path.figures.iter().flatten().copied()).fold(1.0, |most, x| most.max(x.abs())))
    }

    fn same(&self, a: f64, b: f64, what: impl FnOnce() -> String) -> Result<(), String> {
        ensure((a - b).abs() <= 1e-9 * self.0, || format!("{}: {a}, not {b}", what()))
    }
}

#[test]
fn clauses_conserve_use_and_money() {
    let engine = cpu(1, Precision::Double);
    let seen = RefCell::new(BTreeMap::<&str, u32>::new());
    on_scenarios(CASES, &generator::scenarios_with_clauses(), |scenario| {
        let (model, plan) = (naive::Model::new(scenario), Plan::lower(&bare(scenario)));
        for path in 0..PATHS {
            let trace = engine.trace(&plan, DRAWS, path);
            let path = walk(&model, scenario, &trace, &random::words(scenario, DRAWS, path));
            let money = Money::of(&path);
            for t in 0..path.organizations.len() {
                use_is_conserved(scenario, &path, t)?;
                payments_are_received(scenario, &path, t, &money)?;
                cash_is_conserved(scenario, &path, t, &money)?;
                funding_comes_from_somewhere(scenario, &path, t, &money)?;
            }
            for c in 0..scenario.contracts.len() {
                advances_are_kept(scenario, &path, c, &money)?;
                nothing_flows_after_the_end(&path, c)?;
            }
            failed_vendors_lose_no_more(&path)?;
            settlements_are_shared(scenario, &path, &money)?;
            figures_add_up(scenario, &path, &money)?;
            note(scenario, &path, &mut seen.borrow_mut());
        }
        Ok(())
    });
    let seen = seen.into_inner();
    println!("paths on which it happened, of {}: {seen:?}", u64::from(CASES) * PATHS);
    assert_eq!(seen.len(), CLAUSES, "{seen:?}");
    assert!(seen.values().all(|&count| count >= 10), "{seen:?}");
}

fn use_is_conserved(scenario: &Scenario, path: &Path, t: usize) -> Result<(), String> {
    for (o, account) in path.organizations[t].iter().enumerate() {
        let sum = account.served + account.burst + account.unserved;
        let slack = 1e-12 * account.wanted.max(1.0);
        ensure((sum - account.wanted).abs() <= slack, || format!("period {}, use of {o}", t + 1))?;
        let own = |c: &usize| scenario.contracts[*c].organization == o;
        let served: f64 = (0..scenario.contracts.len()).filter(own).map(|c| path.contracts[t][c].served).sum();
        ensure((served - account.served).abs() <= slack, || format!("period {}, service to {o}", t + 1))?;
    }
    for (c, flow) in path.contracts[t].iter().enumerate() {
        let slack = 1e-12 * flow.useful;
        ensure((0.0..=flow.useful + slack).contains(&flow.served), || format!("period {}, service of {c}", t + 1))?;
    }
    Ok(())
}

/// What organizations pay is what vendors receive, those that the file describes and the others.
fn payments_are_received(scenario: &Scenario, path: &Path, t: usize, money: &Money) -> Result<(), String> {
    let described = |name: &str| scenario.vendors.iter().any(|vendor| vendor.name == name);
    let others = scenario.contracts.iter().zip(&path.contracts[t]).filter(|(c, _)| !described(&c.vendor));
    let others: f64 = others.map(|(_, flow)| flow.paid()).sum();
    let received: f64 = path.vendors[t].iter().map(|vendor| vendor.received).sum();
    let paid = path.organizations[t].iter().map(|account| account.paid).sum();
    money.same(received + others, paid, || format!("period {}: received and paid", t + 1))
}

fn cash_is_conserved(scenario: &Scenario, path: &Path, t: usize, money: &Money) -> Result<(), String> {
    let dt = scenario.horizon.dt();
    let middle = (t as f64 + 0.5) * dt;
    for (o, organization) in scenario.organizations.iter().enumerate() {
        let Some(cash) = &organization.cash else { continue };
        let before = match t {
            0 => {
                let own = |c: &usize| scenario.contracts[*c].organization == o;
                let prepaid: f64 = (0..scenario.contracts.len()).filter(own).map(|c| path.prepaid_at_start[c]).sum();
                let lumps = cash.funding.iter().filter(|lump| lump[0] == 0.0).map(|lump| lump[1]);
                cash.opening + lumps.sum::<f64>() - prepaid
            }
            _ => path.organizations[t - 1][o].cash,
        };
        let account = &path.organizations[t][o];
        let interest = before * if before > 0.0 { cash.interest } else { cash.borrowing };
        let running = interest + cash.income.at(middle) - cash.opex.at(middle);
        let earned = cash.margin * account.value + account.resale + account.funded;
        let after = before + running * dt + earned - account.paid - account.burst_bill;
        money.same(account.cash, after, || format!("period {}, cash of {o}", t + 1))?;
    }
    Ok(())
}

/// What comes in beside what is earned: lump sums, and tranches, once each, or what they pay otherwise at their end; as much of
/// it as a crisis leaves.
fn funding_comes_from_somewhere(scenario: &Scenario, path: &Path, t: usize, money: &Money) -> Result<(), String> {
    let dt = scenario.horizon.dt();
    let falls = |year: f64| ((year / dt - 1e-9).ceil() as usize).max(1) == t + 1;
    let fund = scenario.crisis.as_ref().filter(|_| path.crisis[t]).map_or(1.0, |crisis| crisis.fund);
    for (o, organization) in scenario.organizations.iter().enumerate() {
        let Some(cash) = &organization.cash else { continue };
        let lumps = cash.funding.iter().filter(|lump| lump[0] > 0.0 && falls(lump[0])).map(|lump| lump[1]);
        let mut due: f64 = lumps.sum();
        for (tranche, paid) in scenario.tranches.iter().zip(&path.tranches).filter(|(own, _)| own.organization == o) {
            let gone = tranche.vendor.and_then(|v| path.failures[v]).is_some_and(|failure| failure as usize <= t + 1);
            match *paid {
                Some(period) if period as usize == t + 1 && !gone => due += tranche.amount,
                None if falls(tranche.until) && !gone => due += tranche.otherwise,
                _ => {}
            }
        }
        money.same(path.organizations[t][o].funded, fund * due, || format!("period {}, funding of {o}", t + 1))?;
    }
    Ok(())
}

/// A prepayment is drawn and paid back at most once, units are made up for at most as they were paid for, credits are capped.
fn advances_are_kept(scenario: &Scenario, path: &Path, c: usize, money: &Money) -> Result<(), String> {
    let contract = &scenario.contracts[c];
    let total = |of: &dyn Fn(&Flow) -> f64| path.contracts.iter().map(|flows| of(&flows[c])).sum::<f64>();
    let back = total(&|flow| flow.drawn + flow.refund);
    let in_advance = match contract.start < 0.0 {
        // paid before the horizon: at most this
        true => contract.prepaid * scenario.total(contract),
        false => path.prepaid_at_start[c] + total(&|flow| flow.prepayment),
    };
    ensure(back <= in_advance + 1e-9 * money.0, || format!("contract {c}: {back} of {in_advance} in advance"))?;
    let unpaid = |flow: &Flow| flow.rate.map_or(0.0, |rate| if rate > 0.0 { flow.stranded / rate } else { 0.0 });
    let (free, idle) = (total(&|flow| flow.free), contract.make_up * total(&unpaid));
    ensure(free <= idle * (1.0 + 1e-9) + 1e-12, || format!("contract {c}: {free} made up of {idle}"))?;
    let Some(cap) = contract.delay.as_ref().and_then(|delay| delay.damages_cap) else { return Ok(()) };
    let (credit, most) = (total(&|flow| flow.credit), cap * scenario.total(contract));
    ensure(credit <= most * (1.0 + 1e-9), || format!("contract {c}: credits of {credit}, at most {most}"))
}

fn nothing_flows_after_the_end(path: &Path, c: usize) -> Result<(), String> {
    let acts = &path.acts[c];
    let ends = [acts.stopped, acts.abandoned].into_iter().flatten().min();
    for (t, flows) in path.contracts.iter().enumerate() {
        let flow = &flows[c];
        let idle = flow.capacity == 0.0 && flow.served == 0.0 && flow.resale == 0.0;
        if ends.is_some_and(|end| t + 1 >= end as usize) {
            // a workout may settle it in the period in which the long stop ends it
            let quiet =
                idle && flow.bill + flow.fee + flow.prepayment + flow.credit == 0.0 && flow.drawn <= flow.settlement;
            ensure(quiet, || format!("period {}: contract {c} ended in {ends:?}, {flow:?}", t + 1))?;
        }
        let late = flow.credit > 0.0 && !idle;
        ensure(!late, || format!("period {}: contract {c} serves and is late", t + 1))?;
    }
    Ok(())
}

fn failed_vendors_lose_no_more(path: &Path) -> Result<(), String> {
    for (v, failure) in path.failures.iter().enumerate() {
        let Some(failure) = *failure else { continue };
        let later = path.vendors.iter().skip(failure as usize - 1).flat_map(|vendors| &vendors[v].losses);
        let later: f64 = later.map(naive::Loss::total).sum();
        ensure(later == 0.0, || format!("vendor {v} failed in {failure} and lost {later}"))?;
    }
    Ok(())
}

/// A workout divides claims between settlements and losses.
fn settlements_are_shared(scenario: &Scenario, path: &Path, money: &Money) -> Result<(), String> {
    for (o, time) in path.workouts.iter().enumerate() {
        let (Some(time), Some(workout)) = (*time, &scenario.organizations[o].workout) else { continue };
        let t = time as usize - 1;
        for (v, vendor) in scenario.vendors.iter().enumerate() {
            let is_gone = path.failures[v].is_some_and(|failure| failure <= time);
            let own =
                |c: &usize| scenario.contracts[*c].organization == o && scenario.contracts[*c].vendor == vendor.name;
            let settled: f64 = (0..scenario.contracts.len()).filter(own).map(|c| path.contracts[t][c].settlement).sum();
            let lost = path.vendors[t][v].losses[o].workouts;
            let lost = if is_gone { (1.0 - workout.pay) * settled } else { workout.pay * lost };
            let settled = (1.0 - workout.pay) * settled;
            money.same(settled, lost, || format!("vendor {v}: settled and lost with {o}"))?;
        }
    }
    Ok(())
}

/// Costs of contracts are those of organizations, and what vendors receive.
fn figures_add_up(scenario: &Scenario, path: &Path, money: &Money) -> Result<(), String> {
    for (kind, figure) in [Figure::CommitmentCost, Figure::StrandedCost].into_iter().enumerate() {
        let of_contracts: f64 = path.costs.iter().map(|cost| cost[kind]).sum();
        let of_organizations = path.figures.iter().map(|of| of[figure as usize]).sum();
        money.same(of_contracts, of_organizations, || format!("{} of contracts", figure.name()))?;
    }
    for (v, vendor) in scenario.vendors.iter().enumerate() {
        let own = scenario.contracts.iter().zip(&path.costs).filter(|(contract, _)| contract.vendor == vendor.name);
        let paid = own.map(|(_, cost)| cost[0]).sum();
        money.same(path.received[v], paid, || format!("what vendor {v} receives"))?;
    }
    Ok(())
}

/// What is noted of a path.
pub const CLAUSES: usize = 22;

/// Notes what happened on a path.
pub fn note(scenario: &Scenario, path: &Path, seen: &mut BTreeMap<&'static str, u32>) {
    let flow = |of: &dyn Fn(&Flow) -> f64| path.contracts.iter().flatten().any(|flow| of(flow) > 0.0);
    let act = |of: &dyn Fn(&naive::Acts) -> bool| path.acts.iter().any(of);
    let settled = |then: Settlement| {
        let is_so = |o: usize| scenario.organizations[o].workout.as_ref().is_some_and(|workout| workout.then == then);
        path.acts.iter().zip(&scenario.contracts).any(|(acts, c)| acts.settled.is_some() && is_so(c.organization))
    };
    let loss = |of: &dyn Fn(&naive::Loss) -> f64| path.losses.iter().flatten().any(|loss| of(loss) > 0.0);
    for (what, happened) in [
        ("aging", path.contracts.iter().flatten().any(|flow| flow.wear > 1.0)),
        ("notice without effect", act(&|acts| acts.notice.is_some() && acts.cut.is_none())),
        ("reduction", act(&|acts| acts.cut.is_some())),
        ("fee", flow(&|flow| flow.fee)),
        ("reduction of an extension", act(&|acts| acts.cut > acts.extended && acts.extended.is_some())),
        ("extension", act(&|acts| acts.extended.is_some())),
        ("delay", act(&|acts| acts.late > 0)),
        ("long stop", act(&|acts| acts.never_begins && acts.stopped.is_some())),
        ("credit", flow(&|flow| flow.credit)),
        ("made up", flow(&|flow| flow.free)),
        ("resale", flow(&|flow| flow.resale)),
        ("refund", flow(&|flow| flow.refund)),
        ("exit", settled(Settlement::Exit)),
        ("market", settled(Settlement::Market)),
        ("settlement", flow(&|flow| flow.settlement)),
        ("tranche", path.tranches.iter().any(Option::is_some)),
        ("abandoned", act(&|acts| acts.abandoned.is_some())),
        ("taken over", act(&|acts| acts.taken_over.is_some())),
        ("stake", loss(&|loss| loss.stakes)),
        ("loss by reduction", loss(&|loss| loss.reductions)),
        ("loss by workout", loss(&|loss| loss.workouts)),
        ("crisis", path.crisis.contains(&true)),
    ] {
        *seen.entry(what).or_default() += u32::from(happened);
    }
}
