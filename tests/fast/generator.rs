//! The generator of the CPU engine's lanes, on the model's WGSL with changes: what it must refuse, and what it makes.

#[path = "../../codegen/mod.rs"]
mod codegen;

use std::fs;

/// The model's texts, with `new` in place of `old` in one file.
fn changed(file: &str, old: &str, new: &str) -> Vec<String> {
    let mut changes = 0;
    let texts = codegen::FILES.iter().map(|(name, _)| {
        if *name == codegen::REGISTRY {
            return overhang::registry::constants();
        }
        let text = fs::read_to_string(format!("shaders/{name}")).unwrap_or_else(|error| panic!("{name}: {error}"));
        if *name != file {
            return text;
        }
        changes += text.matches(old).count();
        text.replacen(old, new, 1)
    });
    let texts = texts.collect();
    assert_eq!(changes, 1, "{old} stands once in {file}");
    texts
}

/// The lanes of the changed model.
fn lanes(file: &str, old: &str, new: &str) -> String {
    codegen::generate(&changed(file, old, new)).unwrap_or_else(|error| panic!("{error}")).lanes
}

/// The error about the changed model.
fn refusal(file: &str, old: &str, new: &str) -> String {
    codegen::generate(&changed(file, old, new)).err().expect("it is refused")
}

/// The line of a text in a file of the model.
fn line(file: &str, text: &str) -> usize {
    let source = fs::read_to_string(format!("shaders/{file}")).expect("it is there");
    source.lines().position(|line| line.contains(text)).expect("it stands there") + 1
}

/// A function of the generated text.
fn function<'a>(lanes: &'a str, name: &str) -> &'a str {
    let (_, rest) = lanes.split_once(&format!("pub fn {name}(")).expect("it is generated");
    rest.split_once("\n}\n").expect("it ends").0
}

const FLOWS: &str = "kernel/flows.wgsl";
const OUTCOMES: &str = "kernel/outcomes.wgsl";

#[test]
fn a_branch_that_differs_between_paths_is_refused_with_its_line() {
    let old = "        organizations[o].cash = cash;";
    let new = "        if (cash > 0.0) {\n            organizations[o].cash = cash;\n        }";
    let error = refusal(FLOWS, old, new);
    assert!(error.starts_with(&format!("shaders/{FLOWS}:{}: ", line(FLOWS, old.trim()))), "{error}");
    assert!(error.contains("differs between paths"), "{error}");
}

#[test]
fn so_is_one_behind_a_variable_and_a_function() {
    let settle = "    average_use(t);\n}";
    let new =
        "    average_use(t);\n    var late = 0u;\n    late = state;\n    if (late == 1u) {\n        pay(t);\n    }\n}";
    assert!(refusal(FLOWS, settle, new).contains("differs between paths"));
    let new = "    settle_organizations(state);\n}";
    assert!(refusal(FLOWS, settle, new).contains("differs between paths"));
}

#[test]
fn an_index_that_differs_between_paths_is_refused() {
    let error = refusal(OUTCOMES, "numerator = x[EVENT_FACTOR[e]];", "numerator = x[state];");
    assert!(error.contains("index differs between paths"), "{error}");
}

#[test]
fn what_is_computed_from_a_path_is_of_the_path_and_nothing_else() {
    let old = "    earned: f32,             // value\n";
    let new = "    earned: f32,\n    opened: f32,\n    doubled: f32,\n";
    let cash = "        organizations[o].cash = cash;\n";
    let mut texts = changed(FLOWS, old, new);
    let flows = codegen::FILES.iter().position(|(name, _)| *name == FLOWS).expect("it is one of them");
    let added = "        organizations[o].opened = terms.organizations[o].opening;\n        \
                 organizations[o].doubled = 2.0 * organizations[o].opened + cash;\n";
    texts[flows] = texts[flows].replacen(cash, &format!("{cash}{added}"), 1);
    let lanes = codegen::generate(&texts).unwrap_or_else(|error| panic!("{error}")).lanes;
    for wanted in ["pub cash: Lanes", "pub doubled: Lanes", "pub opened: Real", "pub happened: Words"] {
        assert!(lanes.contains(wanted), "{wanted}");
    }
    // the contracts' capacity is the same for all paths: no lane of it is taken
    assert!(!lanes.lines().any(|line| line.trim().starts_with("let b") && line.contains("kernel.capacities")));
}

#[test]
fn straight_lines_take_one_loop() {
    let lanes = lanes(FLOWS, "// Settles period t.", "");
    let loops = |name: &str| function(&lanes, name).matches("for l in 0..LANES").count();
    assert_eq!((loops("settle_organizations"), loops("set_rates")), (1, 3));
    // what events look at is not copied; only who follows a path has the metrics
    assert!(function(&lanes, "watch_events").contains(" = &kernel.organizations["));
}

#[test]
fn a_rate_that_is_not_reset_is_not_stored() {
    let lanes = lanes(FLOWS, "// Settles period t.", "");
    assert!(!function(&lanes, "set_rates").contains("select("));
}

#[test]
fn what_crosses_a_branch_is_read_again_or_kept() {
    let old = "        organizations[o].rest = rest;\n";
    // read again: it still stands in its field
    let new = "        let first = organizations[o].cash;\n        let second = 2.0 * first;\n        \
               if (MERIT[o] != 0u) {\n            organizations[o].outflow = first + second;\n        }\n        \
               organizations[o].rest = rest;\n";
    let lanes = lanes(FLOWS, old, new);
    let dispatch = function(&lanes, "dispatch");
    assert_eq!(dispatch.matches("let mut kept_").count(), 2, "{dispatch}");
    assert_eq!(dispatch.matches(".cash[l]").count(), 2, "{dispatch}");
}

#[test]
fn formulas_have_two_precisions_and_structures_one_list_of_fields() {
    let made = codegen::generate(&changed(FLOWS, "// Settles period t.", "")).unwrap_or_else(|error| panic!("{error}"));
    assert!(made.single.contains("pub fn unit_cost(cost: f32, use_value: f32) -> f32"));
    assert!(made.double.contains("pub fn unit_cost(cost: f64, use_value: f64) -> f64"));
    // as it is written, not as f32 rounds it
    assert!(made.double.contains("1e-30f64") && !made.double.contains(": f32"));
    assert!(made.single.contains("fn sketch_bin(") && !made.double.contains("fn sketch_bin("));
    for (text, real) in [(&made.single, "f32"), (&made.double, "f64")] {
        assert!(text.contains(&format!("pub struct ContractPeriod {{\n    pub capacity: {real},")), "{real}");
    }
    assert!(made.structure.contains("pub contracts_first: Vec<u32>,") && made.structure.contains("pub periods: u32,"));
}
