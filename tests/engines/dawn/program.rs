//! Kernels one after the other in Dawn, on buffers of their own.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::process::{Command, Stdio};

use naga::Module;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{PACKAGES, wgsl};
use crate::modules::validate;

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/engines/dawn/run.mjs");

/// What the script exits with where Dawn finds no device.
const NO_DEVICE: i32 = 3;

/// What Dawn is to do: buffers by name with their bytes, and kernels in their order.
pub struct Program {
    folder: TempDir,
    buffers: BTreeMap<&'static str, usize>,
    steps: Vec<Value>,
}

/// The bytes of buffers after the last kernel.
pub struct Outputs(BTreeMap<&'static str, Vec<u8>>);

impl Program {
    pub fn new() -> Self {
        Program { folder: TempDir::new().expect("there is room"), buffers: BTreeMap::new(), steps: Vec::new() }
    }

    /// A buffer with contents.
    pub fn input(&mut self, name: &'static str, bytes: &[u8]) {
        self.room(name, bytes.len());
        fs::write(self.folder.path().join(format!("{name}.in")), bytes).expect("there is room");
    }

    /// A buffer of so many bytes, all 0.
    pub fn room(&mut self, name: &'static str, bytes: usize) {
        self.buffers.insert(name, bytes.max(4));
    }

    /// Appends a kernel, with the buffers that it may use by their bindings.
    pub fn step(&mut self, module: &Module, entry: &str, buffers: &[(u32, &str)], groups: (usize, usize)) {
        let info = validate(module);
        let index = module.entry_points.iter().position(|point| point.name == entry).expect("the module has it");
        let used = info.get_entry_point(index);
        let used = module.global_variables.iter().filter(|(handle, _)| !used[*handle].is_empty());
        let used: Vec<u32> = used.filter_map(|(_, variable)| Some(variable.binding?.binding)).collect();
        let bound = buffers.iter().filter(|(binding, _)| used.contains(binding));
        let bound: BTreeMap<String, &str> = bound.map(|(binding, name)| (binding.to_string(), *name)).collect();
        let groups = [groups.0, groups.1];
        self.steps.push(json!({ "code": wgsl(module), "entry": entry, "bindings": bound, "groups": groups }));
    }

    /// Runs it and brings buffers home; none where Dawn finds no device.
    pub fn run(self, outputs: &[&'static str]) -> Option<Outputs> {
        let program = json!({ "buffers": self.buffers, "steps": self.steps, "outputs": outputs });
        let mut command = Command::new("node");
        command.args([SCRIPT, PACKAGES]).arg(self.folder.path()).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("Node.js starts");
        child.stdin.take().expect("it is piped").write_all(program.to_string().as_bytes()).expect("it reads");
        let output = child.wait_with_output().expect("it ends");
        if output.status.code() == Some(NO_DEVICE) {
            return None;
        }
        assert!(output.status.success(), "the script failed, see above");
        let read = |name: &&'static str| {
            (*name, fs::read(self.folder.path().join(format!("{name}.out"))).expect("the script wrote it"))
        };
        Some(Outputs(outputs.iter().map(read).collect()))
    }
}

impl Outputs {
    /// A buffer as numbers.
    pub fn read<T: bytemuck::Pod>(&self, name: &str) -> Vec<T> {
        bytemuck::pod_collect_to_vec(&self.0[name])
    }
}
