//! Turns the model's WGSL into Rust (see `codegen/`), so that it is written once, and fills the registry's words into the schema
//! of scenario files.
//!
//! Also notes the commit that the program is built from.

mod codegen;
// it is part of the program, which uses the rest of it
#[allow(dead_code, unused_imports)]
#[path = "src/registry/mod.rs"]
mod registry;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// What the program is built from.
const SOURCES: [&str; 9] = [
    "build.rs",
    "codegen",
    "Cargo.toml",
    "Cargo.lock",
    "src",
    "shaders",
    "docs/examples/full.toml",
    "docs/examples/start.toml",
    "docs/examples/templates",
];

/// The schema of scenario files, with places for the registry's words.
const SCHEMA: &str = "src/scenario/schema.template.json";

fn main() {
    name_version();
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    let texts: Vec<String> = codegen::FILES.iter().map(|&(file, _)| text(file)).collect();
    let template = fs::read_to_string(SCHEMA).unwrap_or_else(|error| panic!("{SCHEMA}: {error}"));
    let schema = registry::filled(&template).unwrap_or_else(|error| panic!("{SCHEMA}: {error}"));
    let generated = codegen::generate(&texts).unwrap_or_else(|error| panic!("{error}"));
    for (file, text) in [
        ("single.rs", generated.single),
        ("double.rs", generated.double),
        ("structure.rs", generated.structure),
        ("lanes.rs", generated.lanes),
        ("scenario.schema.json", schema),
    ] {
        fs::write(out.join(file), text).expect("OUT_DIR is writable");
    }
}

/// A part of the model, which is a file under shaders or comes from the registry.
fn text(part: &str) -> String {
    if part == codegen::REGISTRY { registry::constants() } else { read(part) }
}

fn read(file: &str) -> String {
    let path = Path::new("shaders").join(file);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Tells the program its commit and the commit's date, as far as they are known. This runs again when sources change or the
/// checkout moves to another commit, and at no other time.
fn name_version() {
    for path in SOURCES.iter().filter(|path| Path::new(path).exists()) {
        println!("cargo::rerun-if-changed={path}");
    }
    let (commit, date) = checkout().or_else(packaged).unwrap_or_default();
    let version = env::var("CARGO_PKG_VERSION").expect("cargo sets it");
    let known: Vec<&str> = [commit.as_str(), &date].into_iter().filter(|text| !text.is_empty()).collect();
    let long = if known.is_empty() { version } else { format!("{version} ({})", known.join(", ")) };
    println!("cargo::rustc-env=OVERHANG_COMMIT={commit}");
    println!("cargo::rustc-env=OVERHANG_COMMIT_DATE={date}");
    println!("cargo::rustc-env=OVERHANG_VERSION={long}");
}

/// Commit and date of a checkout of this repository.
fn checkout() -> Option<(String, String)> {
    // a folder inside somebody else's repository is not a checkout of ours
    git(&["ls-files", "--error-unmatch", "Cargo.toml", "build.rs"])?;
    for file in ["HEAD", "logs/HEAD"] {
        let path = git(&["rev-parse", "--git-path", file])?;
        if Path::new(&path).exists() {
            println!("cargo::rerun-if-changed={path}");
        }
    }
    let found = git(&["log", "-1", "--abbrev=12", "--format=%h %cs"])?;
    let (commit, date) = found.split_once(' ')?;
    let changed = git(&[&["status", "--porcelain", "--untracked-files=no", "--"][..], &SOURCES].concat())?;
    let modified = if changed.is_empty() { "" } else { " with changes" };
    Some((format!("{commit}{modified}"), date.to_owned()))
}

/// What a command of git prints; `None` if it fails, or there is no git.
fn git(arguments: &[&str]) -> Option<String> {
    let mut command = Command::new("git");
    // a hook of another repository may have set them
    for variable in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"] {
        command.env_remove(variable);
    }
    let output = command.arg("--no-optional-locks").args(arguments).output().ok()?;
    let text = output.status.success().then(|| String::from_utf8(output.stdout).ok()).flatten()?;
    Some(text.trim().to_owned())
}

/// The commit that cargo notes in a package of the registry, which has no date.
fn packaged() -> Option<(String, String)> {
    let text = fs::read_to_string(".cargo_vcs_info.json").ok()?;
    let (_, rest) = text.split_once("\"sha1\"")?;
    let commit = rest.split('"').nth(1)?;
    Some((commit.chars().take(12).collect(), String::new()))
}
