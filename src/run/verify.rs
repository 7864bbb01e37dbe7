//! Reference scenarios that are part of the program, with which any GPU can be checked against the CPU engine.

use super::again::{Cases, REFERENCE_PATHS};
use super::builder::USUAL_SEED;
use super::error::RunError;
use super::observer::Observer;
use crate::engine::cpu::CpuEngine;
use crate::engine::gpu::adapter::{Found, pick, visible};
use crate::engine::gpu::{GpuEngine, Selection};
use crate::engine::parity::differences;
use crate::engine::{Draws, Engine, EngineError, Instructions, PathValues, Precision, Sampling, prepare};
use crate::plan::Plan;
use crate::result::{Again, Verified};
use crate::scenario::{self, Scenario};

/// By name: from a single contract to four labs with every clause, crisis, vendors and quarterly steps.
const SCENARIOS: [(&str, &str); 6] = [
    ("start", include_str!("../../docs/examples/start.toml")),
    ("full", include_str!("../../docs/examples/full.toml")),
    ("aws-38b", include_str!("../../scenarios/aws-38b.toml")),
    ("anthropic", include_str!("../../scenarios/anthropic.toml")),
    ("openai", include_str!("../../scenarios/openai.toml")),
    ("industry", include_str!("../../scenarios/industry.toml")),
];

/// Paths that are compared one by one.
const COMPARED: u64 = 8192;

/// The reference scenarios, read, with uncertain inputs at their medians.
fn scenarios() -> Result<Vec<(&'static str, Scenario)>, RunError> {
    let read = |(name, text): (&'static str, &str)| {
        let invalid = |failure: String| RunError::failed(failure, "this is a bug in overhang; please report it");
        let loaded = scenario::parse(text, &format!("{name}.toml")).map_err(|failure| invalid(failure.to_string()))?;
        Ok((name, loaded.scenario.at_centre().map_err(|failure| invalid(failure.to_string()))?))
    };
    SCENARIOS.into_iter().map(read).collect()
}

/// What a page carries so that a browser computes the reference scenarios, and the scenarios in their order.
///
/// # Errors
/// If the CPU engine fails, or [`RunError::Stopped`] if the observer asks for it.
pub fn verify_page(observer: &dyn Observer) -> Result<(Again, Vec<Scenario>), RunError> {
    let mut cases = Cases::new(USUAL_SEED, REFERENCE_PATHS, observer);
    let mut all = Vec::new();
    for (name, scenario) in scenarios()? {
        if cases.compute(name.to_owned(), &scenario)? {
            all.push(scenario);
        }
    }
    Ok((cases.finish(), all))
}

/// Computes the reference scenarios on every adapter of this machine, or on those that are asked for, and compares 8,192 paths of each with
/// the CPU engine's.
///
/// # Errors
/// If there is no adapter, the CPU engine fails, or [`RunError::Stopped`] if the observer asks for it. An adapter that fails differs.
pub fn verify(wish: Option<&Selection>, observer: &dyn Observer) -> Result<Vec<Verified>, RunError> {
    let visible = if wish.is_some() { Vec::new() } else { visible()? };
    // picking also says that there is none
    let adapters = if visible.is_empty() { pick(wish)? } else { visible };
    let cpu = CpuEngine::new(None, Instructions::best(), Precision::Single, Sampling::Device)?;
    let draws = Draws { seed: USUAL_SEED, replicate: 0 };
    let mut cases = Vec::new();
    for (name, scenario) in scenarios()? {
        let plan = prepare(&scenario);
        let values = cpu.values(&plan, draws, 0..COMPARED)?;
        cases.push((name, plan, values));
    }
    let mut found = Vec::new();
    for adapter in &adapters {
        let engine = GpuEngine::new(adapter, Sampling::Device, None);
        for (name, plan, reference) in &cases {
            if !observer.advances(0) {
                return Err(RunError::Stopped);
            }
            let values = engine.as_ref().map_err(|error| error.message.clone());
            let values = values
                .and_then(|engine| engine.values(plan, draws, 0..COMPARED).map_err(|error: EngineError| error.message));
            found.push(compared(adapter, name, (plan, reference), values));
        }
    }
    Ok(found)
}

fn compared(
    adapter: &Found,
    name: &str,
    (plan, reference): (&Plan, &PathValues),
    values: Result<PathValues, String>,
) -> Verified {
    let report = &adapter.report;
    let (differ, fault) = match values {
        Ok(values) => (Some(differences(plan, reference, &values)), None),
        Err(fault) => (None, Some(fault)),
    };
    Verified {
        adapter: report.name.clone(),
        driver: format!("{}, {}", report.backend, report.driver),
        scenario: name.to_owned(),
        paths: COMPARED,
        different_paths: differ.map(|found| found.paths),
        different_times: differ.map(|found| found.times),
        agrees: differ.is_some_and(|found| found.agree()),
        fault,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_has_room_for_all_reference_scenarios() {
        let (again, scenarios) = verify_page(&()).expect("the CPU has no faults");
        assert_eq!(scenarios.len(), SCENARIOS.len());
        assert_eq!((again.cases.len(), again.left_out), (SCENARIOS.len(), 0));
        for case in &again.cases {
            assert!(case.same_paths && case.paths == REFERENCE_PATHS && case.numbers.len() >= 4, "{}", case.name);
        }
    }
}
