//! What must hold on every path of every scenario, tried on random ones; seeded, so that every run tries the same.

mod adapters;
mod clauses;
mod figures;
pub mod generator;
mod identities;
mod naive;
mod random;
mod reference;

use std::cell::Cell;

use overhang::engine::cpu::CpuEngine;
use overhang::engine::trace::PeriodTrace;
use overhang::engine::{Draws, Engine, Instructions, Precision, Sampling, prepare};
use overhang::measure::Sample;
use overhang::plan::Plan;
use overhang::plan::figure::{FigureSpec, FirstPassage, Owner};
use overhang::registry::Figure;
use overhang::scenario::Scenario;
use overhang::tally::Tally;
use proptest::strategy::Strategy;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};

const DRAWS: Draws = Draws { seed: 7, replicate: 0 };
/// Random scenarios of each property.
const CASES: u32 = 400;
/// Paths of each that are walked.
const WALKED: u64 = 3;

fn cpu(threads: usize, precision: Precision) -> CpuEngine {
    CpuEngine::new(Some(threads), Instructions::best(), precision, Sampling::Device).expect("threads start")
}

/// Tries a property on random scenarios; those that the program refuses (an event that can never happen, a contract
/// that is over) are replaced.
fn on_random_scenarios(property: impl Fn(&Scenario, &Plan) -> Result<(), String>) {
    on_scenarios(CASES, &generator::scenarios(), |scenario| property(scenario, &prepare(scenario)));
}

fn on_scenarios(
    cases: u32,
    scenarios: &impl Strategy<Value = String>,
    property: impl Fn(&Scenario) -> Result<(), String>,
) {
    let config = Config { cases, max_global_rejects: 8 * cases, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let tried = Cell::new(0);
    let outcome = runner.run(scenarios, |text| {
        let loaded = overhang::scenario::parse(&text, "random.toml");
        let scenario = loaded.map_err(|failure| TestCaseError::reject(failure.to_string()))?.scenario;
        tried.set(tried.get() + 1);
        property(&scenario).map_err(|why| TestCaseError::fail(format!("{why}\n\n{text}")))
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
    assert!(tried.get() >= cases, "only {} scenarios were tried", tried.get());
}

/// Fails with this message where a condition does not hold.
fn ensure(holds: bool, what: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(what()) }
}

/// Walks a path again from its factors, with words for its clauses.
fn walk(model: &naive::Model, scenario: &Scenario, trace: &[PeriodTrace], words: &naive::Words) -> naive::Path {
    let mut factors = vec![scenario.factors.iter().map(|factor| naive::start(&factor.process)).collect()];
    factors.extend(trace.iter().map(|period| period.factors.clone()));
    let states: Vec<u32> = trace.iter().map(|period| period.state).collect();
    model.walk(&naive::Given { factors: &factors, states: &states, words })
}

/// The scenario without what factors do not depend on: contracts, vendors, crises and what is watched.
fn bare(scenario: &Scenario) -> Scenario {
    let mut bare = scenario.clone();
    (bare.contracts, bare.events, bare.bubble) = (Vec::new(), Vec::new(), None);
    (bare.tranches, bare.vendors, bare.crisis) = (Vec::new(), Vec::new(), None);
    bare.organizations.iter_mut().for_each(|organization| organization.workout = None);
    bare
}

/// The same for a scenario without clauses.
fn walk_plain(scenario: &Scenario, trace: &[PeriodTrace]) -> naive::Path {
    walk(&naive::Model::new(scenario), scenario, trace, &naive::Words::default())
}

/// A figure of a path as the specification has it.
fn specified(scenario: &Scenario, plan: &Plan, spec: &FigureSpec, exact: &naive::Path) -> f64 {
    let cost = |c: usize| exact.costs[c][usize::from(spec.figure == Figure::StrandedCost)];
    let total = |figure: Figure| exact.figures.iter().map(|of| of[figure as usize]).sum::<f64>();
    match spec.owner {
        Owner::Organization(o) => exact.figures[o][spec.figure as usize],
        Owner::Contract(c) => cost(c),
        Owner::Vendor(v) => {
            let own = |&c: &usize| scenario.contracts[c].vendor == plan.vendors[v].name;
            (0..scenario.contracts.len()).filter(own).map(cost).sum()
        }
        Owner::System if spec.figure == Figure::UnitCost => {
            let used: f64 = exact.use_values.iter().sum();
            if used > 0.0 { total(Figure::ComputeCost) / used } else { -1.0 }
        }
        Owner::System => total(spec.figure),
        Owner::Counterparty(_) | Owner::Exposure { .. } => unreachable!("only clauses bring them"),
    }
}

#[test]
fn flows_figures_and_times_are_those_of_the_specification() {
    let engine = cpu(1, Precision::Double);
    let compared = Cell::new(0);
    on_random_scenarios(|scenario, plan| {
        let values = engine.values(plan, DRAWS, 0..WALKED).expect("the CPU has no faults");
        for path in 0..WALKED {
            let trace = engine.trace(plan, DRAWS, path);
            let exact = walk_plain(scenario, &trace);
            // sums of money cancel, so they are held to the largest amount on the path
            let amounts = exact.figures.iter().flatten().chain(exact.organizations.iter().flatten().map(|a| &a.cash));
            let scale = amounts.fold(1.0f64, |scale, x| scale.max(x.abs()));
            let close = |a: f64, b: f64, what: &dyn Fn() -> String| {
                compared.set(compared.get() + 1);
                ensure((a - b).abs() <= 1e-9 * scale, || format!("path {path}, {}: {a}, not {b}", what()))
            };
            for (t, period) in trace.iter().enumerate() {
                for (o, (found, exact)) in period.organizations.iter().zip(&exact.organizations[t]).enumerate() {
                    let pairs = [
                        ("wanted", found.wanted, exact.wanted),
                        ("served", found.served, exact.served),
                        ("burst", found.on_demand, exact.burst),
                        ("unserved", found.unserved, exact.unserved),
                        ("bills", found.bills, exact.bills),
                        ("stranded", found.stranded, exact.stranded),
                        ("burst bill", found.on_demand_bill, exact.burst_bill),
                        ("value", found.value, exact.value),
                    ];
                    for (what, a, b) in pairs {
                        close(a, b, &|| format!("period {}, organization {o}, {what}", t + 1))?;
                    }
                    if scenario.organizations[o].cash.is_some() {
                        close(found.cash, exact.cash, &|| format!("period {}, cash of {o}", t + 1))?;
                    }
                }
            }
            for (t, period) in trace.iter().enumerate() {
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
                let specified = specified(scenario, plan, spec, &exact);
                close(found, specified, &|| format!("{:?} {}", spec.owner, spec.figure.name()))?;
            }
            for (index, spec) in plan.times.iter().enumerate() {
                let found = Some(values.times[index * values.paths + path as usize]).filter(|&time| time != u32::MAX);
                let exact = match *spec {
                    FirstPassage::Event { event, organization } => exact.events[event][organization],
                    FirstPassage::Bubble { organization } => exact.bubbles[organization],
                    FirstPassage::SystemBubble => exact.system_bubble,
                    _ => unreachable!("only clauses bring them"),
                };
                compared.set(compared.get() + 1);
                ensure(found == exact, || format!("path {path}, {spec:?}: {found:?}, not {exact:?}"))?;
            }
        }
        Ok(())
    });
    println!("{} figures, flows and times compared", compared.get());
}

#[test]
fn use_and_money_are_conserved() {
    on_random_scenarios(|scenario, plan| {
        for precision in [Precision::Single, Precision::Double] {
            let tolerance = if precision == Precision::Single { 1e-5 } else { 1e-12 };
            let trace = cpu(1, precision).trace(plan, DRAWS, 1);
            let exact = walk_plain(scenario, &trace);
            for (t, period) in trace.iter().enumerate() {
                let at = |what: &str, index: usize| format!("{precision:?}, period {}, {what} of {index}", t + 1);
                for (o, account) in period.organizations.iter().enumerate() {
                    let sum = account.served + account.on_demand + account.unserved;
                    let slack = tolerance * account.wanted.max(1.0);
                    ensure((sum - account.wanted).abs() <= slack, || at("use", o))?;
                    ensure(account.on_demand >= 0.0 && account.unserved >= -slack, || at("burst", o))?;
                }
                for (position, contract) in period.contracts.iter().enumerate() {
                    let exact = &exact.contracts[t][plan.contract_order[position]];
                    ensure(contract.served >= 0.0, || at("service", position))?;
                    ensure(contract.served <= exact.useful * (1.0 + tolerance), || at("capacity", position))?;
                    let off = (contract.paid + exact.drawn - contract.bill).abs();
                    ensure(off <= 20.0 * tolerance * contract.bill.max(1.0), || at("payment", position))?;
                }
            }
        }
        Ok(())
    });
}

#[test]
fn a_higher_take_or_pay_never_lowers_the_contract_s_bill() {
    let engine = cpu(1, Precision::Double);
    on_random_scenarios(|scenario, plan| {
        for index in 0..scenario.contracts.len() {
            let mut raised = scenario.clone();
            let share = &mut raised.contracts[index].take_or_pay;
            *share += 0.5 * (1.0 - *share);
            let position = plan.contract_order.iter().position(|&c| c == index).expect("every contract has a place");
            for path in 0..WALKED {
                let before = engine.trace(plan, DRAWS, path);
                let after = engine.trace(&Plan::lower(&raised), DRAWS, path);
                for (before, after) in before.iter().zip(&after) {
                    let (low, high) = (before.contracts[position].bill, after.contracts[position].bill);
                    ensure(high >= low - 1e-9 * low, || format!("contract {index}: {low}, then {high}"))?;
                }
            }
        }
        Ok(())
    });
}

#[test]
fn merging_commutes() {
    let engine = cpu(2, Precision::Single);
    on_random_scenarios(|_, plan| {
        let part = |from: u64, to: u64| engine.tally(plan, DRAWS, from..to, &|_| true).expect("the CPU has no faults");
        let parts = [part(0, 256), part(256, 1024), part(1024, 1500)];
        let merged = |order: [usize; 3]| {
            let mut sum = Tally::new(&plan.figures, plan.times.len(), plan.sizes.periods);
            order.into_iter().for_each(|k| sum.merge(&parts[k]));
            sum
        };
        let whole = part(0, 1500);
        for order in [[0, 1, 2], [2, 1, 0], [1, 0, 2]] {
            ensure(merged(order) == whole, || format!("parts merged in the order {order:?} differ"))?;
        }
        Ok(())
    });
}

#[test]
fn single_precision_stays_near_double() {
    precisions_agree(&generator::scenarios());
}

#[test]
fn single_precision_stays_near_double_with_clauses() {
    precisions_agree(&generator::scenarios_with_clauses());
}

fn precisions_agree(scenarios: &impl Strategy<Value = String>) {
    const PATHS: u64 = 256;
    let (single, double) = (cpu(1, Precision::Single), cpu(1, Precision::Double));
    let (far, all) = (Cell::new(0), Cell::new(0));
    on_scenarios(CASES, scenarios, |scenario| {
        let plan = prepare(scenario);
        let (a, b) = (single.values(&plan, DRAWS, 0..PATHS), double.values(&plan, DRAWS, 0..PATHS));
        let (a, b) = (a.expect("the CPU has no faults"), b.expect("the CPU has no faults"));
        // flows of money cancel, so money is held to the largest figure of the path
        let row = |spec: &FigureSpec| spec.slot * a.paths..(spec.slot + 1) * a.paths;
        let mut scale = vec![1.0f64; a.paths];
        for spec in &plan.figures {
            scale.iter_mut().zip(&b.figures[row(spec)]).for_each(|(scale, x)| *scale = scale.max(x.abs()));
        }
        for (path, scale) in scale.iter().enumerate() {
            let off = |spec: &FigureSpec| {
                let place = row(spec).start + path;
                (a.figures[place] - b.figures[place]).abs() > 1e-4 * scale
            };
            far.set(far.get() + usize::from(plan.figures.iter().any(off)));
            all.set(all.get() + 1);
        }
        Ok(())
    });
    println!("{} of {} paths differ by more than 1e-4", far.get(), all.get());
    // those on which a rounding turns merit order, a price limit or a threshold
    assert!(far.get() * 1000 <= all.get(), "{} of {} paths", far.get(), all.get());
}

/// The order that docs/model.md states: first, so that differences over differences of the step settle.
#[test]
fn means_converge_with_the_step() {
    let text = std::fs::read_to_string("docs/examples/step.toml").expect("it is there");
    let engine =
        CpuEngine::new(None, Instructions::best(), Precision::Single, Sampling::Device).expect("threads start");
    let runs = [("year", 1.0), ("quarter", 0.25), ("month", 1.0 / 12.0), ("week", 1.0 / 52.0)].map(|(step, dt)| {
        let text = text.replace("step = \"month\"", &format!("step = \"{step}\""));
        let scenario =
            overhang::scenario::parse(&text, "step.toml").unwrap_or_else(|failure| panic!("{failure}")).scenario;
        let plan = prepare(&scenario);
        let tally = engine.tally(&plan, DRAWS, 0..400_000, &|_| true).expect("the CPU has no faults");
        let moments: Vec<_> = plan
            .figures
            .iter()
            .zip(&tally.figures)
            .map(|(spec, f)| overhang::measure::moments(&Sample::independent(f, spec.frame)))
            .collect();
        (dt, plan, moments)
    });
    for name in ["commitment_cost", "burst_cost", "value"] {
        let place = runs[0].1.figures.iter().position(|spec| spec.figure.name() == name).expect("it is estimated");
        let at = |k: usize| (runs[k].0, runs[k].2[place].mean.expect("a mean"), runs[k].2[place].se.expect("an error"));
        let slope = |coarse: usize, fine: usize| {
            let ((dt0, mean0, se0), (dt1, mean1, se1)) = (at(coarse), at(fine));
            ((mean0 - mean1) / (dt0 - dt1), se0.hypot(se1) / (dt0 - dt1))
        };
        let ((rough, _), (slope_quarter, se0), (slope_month, se1)) = (slope(0, 1), slope(1, 2), slope(2, 3));
        println!("{name}: differences per year of step {rough:.4e}, {slope_quarter:.4e}, {slope_month:.4e}");
        // of first order the quotients settle; of order ½ the last would be twice the one before, of order 2 a sixth
        let slack = 4.0 * se0.hypot(se1) + 0.15 * rough.abs();
        assert!((slope_quarter - slope_month).abs() <= slack, "{name}: {slope_quarter} ± {se0}, {slope_month} ± {se1}");
    }
}
