//! Every kernel, written out and nested, of every scenario here and of random ones can be composed and is valid, so that no
//! user meets an error of composing one.

use std::cell::Cell;

use crate::modules::{MODULES, files, modules, validate};
use crate::properties::generator;
use naga::{Block, Expression, Function, Handle, Module, Statement};
use overhang::engine::gpu::compose;
use overhang::engine::{Sampling, prepare};
use overhang::plan::profile::Profile;
use overhang::scenario::Scenario;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};

/// Random scenarios.
const CASES: u32 = 60;

/// Composes and validates all kernels; fails where one that is to be written out has an index or a loop that is left.
fn compose_all(scenario: &Scenario) -> Result<usize, String> {
    let plan = prepare(scenario);
    let modules = modules(&plan, &Profile::of(scenario, &plan));
    for (name, module) in &modules {
        validate(module);
        if ["simulate", "profile", "sample"].contains(&module.entry_points[0].name.as_str()) && !name.contains("nested")
        {
            written_out(module).map_err(|why| format!("{name}: {why}"))?;
        }
    }
    Ok(modules.len())
}

/// Whether all loops but those over periods, thresholds and tables of points are written out, and all indices of a path's arrays constants.
fn written_out(module: &Module) -> Result<(), String> {
    let entries = module.entry_points.iter().map(|entry| &entry.function);
    for function in module.functions.iter().map(|(_, function)| function).chain(entries) {
        let name = function.name.as_deref().unwrap_or_default();
        let bounded_by_buffers = match name {
            "draw_shocks" => usize::MAX,
            // of quasi-random points: over nodes, jumps and thresholds
            "draw_normals" | "stay" => 1,
            "draw_jumps" => 3,
            "simulate" | "profile" | "sample" => 1,
            _ => 0,
        };
        let loops = loops(&function.body);
        if loops > bounded_by_buffers {
            return Err(format!("{name} has {loops} loops"));
        }
        for (_, expression) in function.expressions.iter() {
            if let Expression::Access { base, .. } = expression
                && of_path(module, function, *base)
            {
                return Err(format!("{name} has an index that is not constant: {expression:?}"));
            }
        }
    }
    match module.global_variables.iter().find(|(_, variable)| variable.init.is_some()) {
        Some((_, table)) => Err(format!("the table {:?} is still read", table.name)),
        None => Ok(()),
    }
}

/// Whether a pointer points to a variable of a path.
fn of_path(module: &Module, function: &Function, pointer: Handle<Expression>) -> bool {
    match function.expressions[pointer] {
        Expression::LocalVariable(_) => true,
        Expression::GlobalVariable(variable) => module.global_variables[variable].space == naga::AddressSpace::Private,
        Expression::Access { base, .. } | Expression::AccessIndex { base, .. } => of_path(module, function, base),
        _ => false,
    }
}

fn loops(block: &Block) -> usize {
    let inside = |statement: &Statement| match statement {
        Statement::Loop { body, continuing, .. } => 1 + loops(body) + loops(continuing),
        Statement::If { accept, reject, .. } => loops(accept) + loops(reject),
        Statement::Block(inner) => loops(inner),
        _ => 0,
    };
    block.iter().map(inside).sum()
}

#[test]
fn kernels_of_all_scenarios_can_be_composed() {
    for file in files() {
        let loaded = overhang::scenario::load(file.as_ref()).unwrap_or_else(|failure| panic!("{failure}"));
        assert_eq!(compose_all(&loaded.scenario), Ok(MODULES), "{file}");
    }
}

#[test]
fn kernels_of_random_scenarios_can_be_composed() {
    let config = Config { cases: CASES, max_global_rejects: 8 * CASES, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let tried = Cell::new(0);
    let outcome = runner.run(&generator::scenarios(), |text| {
        let loaded = overhang::scenario::parse(&text, "random.toml");
        let scenario = loaded.map_err(|failure| TestCaseError::reject(failure.to_string()))?.scenario;
        tried.set(tried.get() + 1);
        compose_all(&scenario).map(|_| ()).map_err(|why| TestCaseError::fail(format!("{why}\n\n{text}")))
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
    assert!(tried.get() >= CASES, "only {} scenarios were tried", tried.get());
}

/// Whether the kernels of an industry with so many more contracts are written out, by where factors are drawn.
fn writes_out(more: usize) -> [bool; 2] {
    let text = std::fs::read_to_string("scenarios/industry.toml").expect("it is there");
    let (start, end) = (text.find("[[contract]]").expect("contracts"), text.find("[[event]]").expect("events"));
    let contracts: Vec<&str> = text[start..end].split("[[contract]]").skip(1).collect();
    let added = contracts.iter().cycle().take(more).enumerate().map(|(number, contract)| {
        format!("[[contract]]{}", contract.replacen("name = \"", &format!("name = \"more_{number}_"), 1))
    });
    let text = [&text[..end], &added.collect::<String>(), &text[end..]].concat();
    let loaded = overhang::scenario::parse(&text, "industry.toml").unwrap_or_else(|failure| panic!("{failure}"));
    let plan = prepare(&loaded.scenario);
    let written = |sampling| compose::compose(&plan, sampling, usize::MAX).0.is_flat();
    [Sampling::Device, Sampling::Host].map(written)
}

#[test]
fn kernels_of_up_to_some_40_contracts_are_written_out() {
    for (more, expected) in [(0, true), (5, true), (16, true), (32, false), (38, false)] {
        assert_eq!(writes_out(more), [expected; 2], "{more} contracts more than the industry's");
    }
}
