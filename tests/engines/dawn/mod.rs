//! The kernels in Dawn, the WebGPU of Chromium, whose compiler Tint has nothing in common with naga: what naga lets pass is not
//! always WGSL, and what it makes of it may hide what others would make of it.
//!
//! Dawn comes with the npm package `webgpu` in target/tools, which `.ci/setup` installs. Without it or Node.js the tests say
//! `skipped`; with `OVERHANG_REQUIRE_DAWN=1` they fail.

mod compile;
mod program;
mod run;

use std::path::Path;
use std::process::{Command, Stdio};

use crate::modules;
use crate::skip::skip;
use naga::Module;

const PACKAGES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/target/tools/node_modules");

/// Whether Dawn is here; says so if it is not, and fails if it must be.
fn has_dawn(test: &str) -> bool {
    let node = Command::new("node").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    if node.is_ok_and(|status| status.success()) && Path::new(PACKAGES).join("webgpu").exists() {
        return true;
    }
    let missing = "there is no Node.js, or no `webgpu` in target/tools (.ci/setup installs it)";
    skip(test, missing, "OVERHANG_REQUIRE_DAWN");
    false
}

/// A module as WGSL.
fn wgsl(module: &Module) -> String {
    let info = modules::validate(module);
    let text = naga::back::wgsl::write_string(module, &info, naga::back::wgsl::WriterFlags::empty());
    text.unwrap_or_else(|error| panic!("{error}"))
}
