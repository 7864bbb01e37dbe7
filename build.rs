//! Turns `shaders/formula/*.wgsl` and `shaders/plan.wgsl` into Rust twins, so that the model's arithmetic is written once.
//!
//! The WGSL in those files is nearly Rust. What differs is rewritten token by token: `u` suffixes, `var`, `~`, `bitcast<T>`,
//! and, for the reference twin, `f32` becomes `f64`. Functions are forced inline: without that `mul_add` becomes a
//! call and the lanes of the CPU engine are lost.
//!
//! Also notes the commit that the program is built from.

// it is part of the program, which uses the rest of it
#[allow(dead_code, unused_imports)]
#[path = "src/registry/mod.rs"]
mod registry;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// Formulas of both twins, in this order.
const SHARED: [&str; 6] = [
    "formula/rng.wgsl",
    "formula/process.wgsl",
    "formula/contract.wgsl",
    "formula/organization.wgsl",
    "formula/event.wgsl",
    "formula/reduce.wgsl",
];
/// Formulas that are about f32 itself; the f64 twin has its own in `src/formula/double.rs`.
const SINGLE_ONLY: [&str; 2] = ["formula/math.wgsl", "formula/sketch.wgsl"];
const PLAN: &str = "plan.wgsl";
/// What the program is built from.
const SOURCES: [&str; 7] =
    ["build.rs", "Cargo.toml", "Cargo.lock", "src", "shaders", "docs/examples/start.toml", "docs/schema/scenario.json"];

fn main() {
    name_version();
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    let mut single = String::new();
    let mut double = String::new();
    single += &twin(&registry::constants(), Width::Single);
    double += &twin(&registry::constants(), Width::Double);
    for file in SINGLE_ONLY {
        single += &twin(&read(file), Width::Single);
    }
    for file in SHARED.into_iter().chain([PLAN]) {
        single += &twin(&read(file), Width::Single);
        double += &twin(&read(file), Width::Double);
    }
    double += &narrowing(&read(PLAN));
    single += &field_lists(&read(PLAN));
    fs::write(out.join("single.rs"), single).expect("OUT_DIR is writable");
    fs::write(out.join("double.rs"), double).expect("OUT_DIR is writable");
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

#[derive(Clone, Copy, PartialEq)]
enum Width {
    Single,
    Double,
}

fn read(file: &str) -> String {
    let path = Path::new("shaders").join(file);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The Rust text of a WGSL file.
fn twin(source: &str, width: Width) -> String {
    let mut rust = String::new();
    for line in source.lines() {
        let (code, comment) = line.split_once("//").map_or((line, None), |(code, comment)| (code, Some(comment)));
        let code = tokens(code).iter().map(|token| rewrite(token, width)).collect::<String>();
        let code = code.replace("bitcast<", "bitcast::<");
        let trimmed = code.trim_start();
        if let Some(name) = trimmed.strip_prefix("fn ") {
            write!(rust, "#[inline(always)]\npub fn {name}").unwrap();
        } else if let Some(name) = trimmed.strip_prefix("struct ") {
            let pod = if width == Width::Single { ", bytemuck::Pod, bytemuck::Zeroable" } else { "" };
            write!(rust, "#[repr(C)]\n#[derive(Debug, Clone, Copy, Default, PartialEq{pod})]\npub struct {name}")
                .unwrap();
        } else if trimmed.starts_with("const ") {
            write!(rust, "pub {trimmed}").unwrap();
        } else if is_field(trimmed) {
            write!(rust, "    pub {trimmed}").unwrap();
        } else {
            rust += &code;
        }
        if let Some(comment) = comment {
            write!(rust, " //{comment}").unwrap();
        }
        rust.push('\n');
    }
    for (name, fields) in structs(source) {
        rust += &constructor(&name, &fields, width);
    }
    rust
}

/// A field of a struct stands on a line of its own and ends with a comma.
fn is_field(line: &str) -> bool {
    line.trim_end().ends_with(',') && line.split_once(':').is_some_and(|(name, _)| is_word(name.trim()))
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

/// Words and numbers, each whole, and whatever stands between them.
fn tokens(code: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    let mut rest = code;
    while let Some(first) = rest.chars().next() {
        let in_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let end = rest.find(|c| in_word(c) != in_word(first)).unwrap_or(rest.len());
        let (token, after) = rest.split_at(end);
        tokens.push(token);
        rest = after;
    }
    tokens
}

fn rewrite(token: &str, width: Width) -> String {
    match token {
        "f32" if width == Width::Double => "f64".into(),
        "var" => "let mut".into(),
        number if number.starts_with(|c: char| c.is_ascii_digit()) && number.ends_with('u') => {
            format!("{}u32", &number[..number.len() - 1])
        }
        other => other.replace('~', "!"),
    }
}

/// Names of structs with the names and types of their fields.
fn structs(source: &str) -> Vec<(String, Vec<(String, String)>)> {
    let code = source.lines().map(|line| line.split("//").next().unwrap_or("")).collect::<Vec<_>>().join("\n");
    code.split("struct ")
        .skip(1)
        .map(|rest| {
            let (name, body) = rest.split_once('{').expect("a struct has a body");
            let body = body.split_once('}').expect("a struct's body ends").0;
            let field = |f: &str| f.split_once(':').map(|(n, t)| (n.trim().to_string(), t.trim().to_string()));
            (name.trim().to_string(), body.split(',').filter_map(field).collect())
        })
        .collect()
}

/// WGSL builds a struct by a call: a function of the struct's name does the same in Rust.
fn constructor(name: &str, fields: &[(String, String)], width: Width) -> String {
    let typed = |t: &str| if t == "f32" && width == Width::Double { "f64".to_string() } else { t.to_string() };
    let parameters = fields.iter().map(|(n, t)| format!("{n}: {}", typed(t))).collect::<Vec<_>>().join(", ");
    let names = fields.iter().map(|(n, _)| n.as_str()).collect::<Vec<_>>().join(", ");
    format!("#[inline(always)]\npub fn {name}({parameters}) -> {name} {{ {name} {{ {names} }} }}\n")
}

/// Names and types of all structures' fields, for who composes kernels.
fn field_lists(source: &str) -> String {
    let list = format!("{:?}", structs(source)).replace('[', "&[");
    format!("pub const STRUCTURES: &[(&str, &[(&str, &str)])] = {list};\n")
}

/// Conversions of the plan's tables from f64 to f32.
fn narrowing(source: &str) -> String {
    let mut rust = String::new();
    for (name, fields) in structs(source) {
        let cast = |t: &str| if t == "f32" { " as f32" } else { "" };
        let values = fields.iter().map(|(n, t)| format!("{n}: wide.{n}{}", cast(t))).collect::<Vec<_>>().join(", ");
        writeln!(
            rust,
            "impl From<{name}> for crate::formula::single::{name} {{ fn from(wide: {name}) -> Self {{ Self {{ {values} }} }} }}"
        )
        .unwrap();
    }
    rust
}
