//! Tint takes every kernel.

use std::io::Write as _;
use std::process::{Command, Stdio};

use overhang::engine::prepare;
use overhang::plan::profile::Profile;
use serde_json::{Value, json};

use super::{PACKAGES, has_dawn, wgsl};
use crate::modules::{MODULES, files, modules};

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/engines/dawn/compile.mjs");

/// Every kernel of every scenario, with its entry points.
fn all() -> Vec<Value> {
    let mut all = Vec::new();
    for file in files() {
        let loaded = overhang::scenario::load(file.as_ref()).unwrap_or_else(|failure| panic!("{failure}"));
        let plan = prepare(&loaded.scenario);
        for (name, module) in modules(&plan, &Profile::of(&loaded.scenario, &plan)) {
            let code = wgsl(&module);
            let entries: Vec<String> = module.entry_points.into_iter().map(|entry| entry.name).collect();
            assert!(!entries.is_empty(), "{file} {name} has no entry point");
            all.push(json!({ "name": format!("{file} {name}"), "code": code, "entries": entries }));
        }
    }
    assert_eq!(all.len(), files().len() * MODULES);
    all
}

/// What Tint says of modules.
fn compile(modules: &[Value]) -> Vec<Value> {
    let mut command = Command::new("node");
    command.args([SCRIPT, PACKAGES]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().expect("Node.js starts");
    child.stdin.take().expect("it is piped").write_all(json!(modules).to_string().as_bytes()).expect("it reads");
    let output = child.wait_with_output().expect("it ends");
    assert!(output.status.success(), "the script failed, see above");
    serde_json::from_slice(&output.stdout).expect("it prints JSON")
}

#[test]
fn kernels_compile_in_tint() {
    if !has_dawn("kernels in Tint") {
        return;
    }
    // the largest f32 rounds down from this literal in naga; in WGSL it is an error
    let wrong = json!({
        "name": "wrong",
        "code": "const LARGEST: f32 = 3.40282347e38;\n@compute @workgroup_size(1) fn main() {}",
        "entries": ["main"],
    });
    let refused = compile(&[wrong]);
    assert_eq!((&refused[0]["pipelines"], refused[0]["faults"].as_array().map(Vec::len)), (&json!(0), Some(1)));

    let modules = all();
    let found = compile(&modules);
    let faults: Vec<String> = found
        .iter()
        .filter(|one| one["faults"] != json!([]))
        .map(|one| format!("{}: {}", one["name"], one["faults"]))
        .collect();
    assert!(faults.is_empty(), "Tint refuses {} modules:\n{}", faults.len(), faults.join("\n"));
    let wanted: usize = modules.iter().filter_map(|module| module["entries"].as_array()).map(Vec::len).sum();
    let made: u64 = found.iter().filter_map(|one| one["pipelines"].as_u64()).sum();
    assert_eq!(made, wanted as u64);
    println!("Tint compiled {made} entry points of {} modules", modules.len());
}
