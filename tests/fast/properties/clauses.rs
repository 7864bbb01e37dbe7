//! Figures and times of the CPU engine on scenarios with clauses are those of the second writing.

use std::cell::Cell;

use overhang::engine::{Engine, Precision, prepare};
use overhang::plan::Plan;
use overhang::plan::figure::{FigureSpec, FirstPassage, Owner};
use overhang::registry::Figure;
use overhang::scenario::Scenario;

use super::naive::{self, Loss, Path};
use super::{CASES, DRAWS, WALKED, cpu, ensure, generator, on_scenarios, random, walk};

fn specified(scenario: &Scenario, plan: &Plan, spec: &FigureSpec, exact: &Path) -> f64 {
    let loss = |v: usize, o: usize| exact.losses[v][o].total();
    match (spec.owner, spec.figure) {
        (Owner::Organization(o), Figure::ExitCost) => exact.exit_costs[o],
        (Owner::Organization(o), Figure::ResaleIncome) => exact.resale_incomes[o],
        (Owner::System, Figure::ExitCost) => exact.exit_costs.iter().sum(),
        (Owner::System, Figure::ResaleIncome) => exact.resale_incomes.iter().sum(),
        (Owner::Counterparty(v), Figure::Received) => exact.received[v],
        (Owner::Counterparty(v), _) => exact.losses[v].iter().map(Loss::total).sum(),
        (Owner::Exposure { counterparty, organization }, Figure::Loss) => loss(counterparty, organization),
        (Owner::Exposure { counterparty, organization }, _) => {
            if exact.system_bubble.is_some() {
                loss(counterparty, organization)
            } else {
                0.0
            }
        }
        _ => super::specified(scenario, plan, spec, exact),
    }
}

fn time(spec: &FirstPassage, exact: &Path) -> Option<u32> {
    match *spec {
        FirstPassage::Event { event, organization } => exact.events[event][organization],
        FirstPassage::Bubble { organization } => exact.bubbles[organization],
        FirstPassage::SystemBubble => exact.system_bubble,
        FirstPassage::Tranche { tranche } => exact.tranches[tranche],
        FirstPassage::Failure { vendor } => exact.failures[vendor],
        FirstPassage::Workout { organization } => exact.workouts[organization],
    }
}

#[test]
fn figures_and_times_with_clauses_are_those_of_the_specification() {
    let engine = cpu(1, Precision::Double);
    let compared = Cell::new(0);
    on_scenarios(CASES, &generator::scenarios_with_clauses(), |scenario| {
        let (model, plan) = (naive::Model::new(scenario), prepare(scenario));
        let values = engine.values(&plan, DRAWS, 0..WALKED).expect("the CPU has no faults");
        for path in 0..WALKED {
            let trace = engine.trace(&plan, DRAWS, path);
            let exact = walk(&model, scenario, &trace, &random::words(scenario, DRAWS, path));
            let amounts = exact.figures.iter().flatten().chain(exact.organizations.iter().flatten().map(|a| &a.cash));
            let scale = amounts.fold(1.0f64, |scale, x| scale.max(x.abs()));
            let close = |a: f64, b: f64, what: &dyn Fn() -> String| {
                compared.set(compared.get() + 1);
                ensure((a - b).abs() <= 1e-9 * scale, || {
                    format!("path {path}, {}: {a}, not {b}, {:?}", what(), exact.acts)
                })
            };
            for (t, period) in trace.iter().enumerate() {
                for (o, (found, exact)) in period.organizations.iter().zip(&exact.organizations[t]).enumerate() {
                    for (what, a, b) in [
                        ("wanted", found.wanted, exact.wanted),
                        ("served", found.served, exact.served),
                        ("burst", found.on_demand, exact.burst),
                        ("bills", found.bills, exact.bills),
                        ("stranded", found.stranded, exact.stranded),
                        ("value", found.value, exact.value),
                    ] {
                        close(a, b, &|| format!("period {}, organization {o}, {what}", t + 1))?;
                    }
                    if scenario.organizations[o].cash.is_some() {
                        close(found.cash, exact.cash, &|| format!("period {}, cash of {o}", t + 1))?;
                    }
                }
                for (found, spec) in period.events.iter().zip(&plan.times) {
                    let FirstPassage::Event { event, organization } = *spec else {
                        unreachable!("events are timed first")
                    };
                    if let (Some(metric), (a, b)) = (found.metric, exact.metrics[t][event][organization]) {
                        close(metric * b, a, &|| format!("period {}, metric {event} of {organization}", t + 1))?;
                    }
                }
            }
            for spec in &plan.figures {
                let found = values.figures[spec.slot * values.paths + path as usize];
                close(found, specified(scenario, &plan, spec, &exact), &|| {
                    format!("{:?} {}", spec.owner, spec.figure.name())
                })?;
            }
            for (index, spec) in plan.times.iter().enumerate() {
                let found = Some(values.times[index * values.paths + path as usize]).filter(|&time| time != u32::MAX);
                compared.set(compared.get() + 1);
                let exact = time(spec, &exact);
                ensure(found == exact, || format!("path {path}, {spec:?}: {found:?}, not {exact:?}"))?;
            }
        }
        Ok(())
    });
    println!("{} figures, flows and times compared", compared.get());
}
