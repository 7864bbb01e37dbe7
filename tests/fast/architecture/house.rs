//! The files of src/, which module each is, and which others it names.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::source::{self, Source};

/// A file of the library and what it names.
#[derive(Debug)]
pub struct Room {
    /// From src/ on.
    pub path: String,
    pub source: Source,
    /// Files whose items it imports or names. What it hands on of its own modules is no import.
    pub named: BTreeSet<String>,
}

impl Room {
    /// The top-level module that the file belongs to.
    pub fn top(&self) -> &str {
        top(&self.path)
    }
}

/// The top-level module of a file.
pub fn top(path: &str) -> &str {
    path.split('/').next().unwrap_or_default().trim_end_matches(".rs")
}

/// The same text compiled once more by `#[path]`: what names the second module names the first one's files.
const TWICE: [(&str, &str); 1] = [("engine::double::lanes", "engine::single::lanes")];
/// Where files of such a module lie.
const PLACED: [(&str, &str); 1] = [("engine::lanes", "engine::single::lanes")];

/// All files of the library but lib.rs and main.rs, and those that only tests have.
pub fn house(root: &Path) -> Vec<Room> {
    let mut files = Vec::new();
    collect(root, &mut files);
    let sources: Vec<(String, Source)> = files
        .iter()
        .map(|file| {
            let path = file.strip_prefix(root).expect("it is inside").to_string_lossy().replace('\\', "/");
            (path, Source::of(&std::fs::read_to_string(file).expect("it can be read")))
        })
        .filter(|(path, _)| !["lib.rs", "main.rs"].contains(&path.as_str()))
        .collect();
    let modules: BTreeMap<String, String> = sources.iter().map(|(path, _)| (module(path), path.clone())).collect();
    let tests: BTreeSet<String> = sources
        .iter()
        .flat_map(|(path, source)| source.test_children.iter().map(|child| format!("{}::{child}", module(path))))
        .collect();
    let named = |path: &str, source: &Source| {
        let own = module(path);
        let targets = source.paths.iter().filter_map(|path| {
            let target = absolute(path, &own, source)?;
            let handed_on = path.is_reexport && target.starts_with(&format!("{own}::"));
            if handed_on { None } else { file_of(&target, &modules) }
        });
        targets.filter(|target| target != path).collect()
    };
    let kept = sources.into_iter().filter(|(path, _)| !tests.contains(&module(path)));
    kept.map(|(path, source)| Room { named: named(&path, &source), path, source }).collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> =
        std::fs::read_dir(folder).expect("it is there").map(|entry| entry.expect("it can be read").path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

/// The module of a file, such as `engine::gpu::run`.
fn module(path: &str) -> String {
    let path = path.trim_end_matches(".rs").trim_end_matches("/mod").replace('/', "::");
    replaced(&path, &PLACED)
}

fn replaced(module: &str, by: &[(&str, &str)]) -> String {
    let found = by.iter().find_map(|(from, to)| {
        let rest = module.strip_prefix(from)?;
        (rest.is_empty() || rest.starts_with("::")).then(|| format!("{to}{rest}"))
    });
    found.unwrap_or_else(|| module.to_owned())
}

/// A path from the library's root on; `None` if it leads into another crate.
fn absolute(path: &source::Path, own: &str, source: &Source) -> Option<String> {
    let (first, rest) = path.segments.split_first()?;
    let mut base: Vec<&str> = own.split("::").collect();
    let mut rest = rest;
    match first.as_str() {
        "crate" => base.clear(),
        "super" => {
            base.pop();
            while let Some((_, further)) = rest.split_first().filter(|(next, _)| *next == "super") {
                base.pop();
                rest = further;
            }
        }
        child if source.children.iter().any(|known| known == child) => base.push(child),
        _ => return None,
    }
    base.extend(rest.iter().map(String::as_str));
    Some(replaced(&base.join("::"), &TWICE))
}

/// The file of the innermost module that a path names.
fn file_of(target: &str, modules: &BTreeMap<String, String>) -> Option<String> {
    let mut target = target;
    loop {
        if let Some(file) = modules.get(target) {
            return Some(file.clone());
        }
        target = target.rsplit_once("::")?.0;
    }
}

/// Circles of names that lead to each other: every strongly connected part with more than one.
pub fn circles(arrows: &BTreeMap<String, BTreeSet<String>>) -> Vec<Vec<String>> {
    let reached = |from: &str| {
        let mut seen = BTreeSet::new();
        let mut open = vec![from.to_owned()];
        while let Some(next) = open.pop() {
            for target in arrows.get(&next).into_iter().flatten() {
                if seen.insert(target.clone()) {
                    open.push(target.clone());
                }
            }
        }
        seen
    };
    let all: BTreeMap<&String, BTreeSet<String>> = arrows.keys().map(|name| (name, reached(name))).collect();
    let mut found: BTreeSet<Vec<String>> = BTreeSet::new();
    for (name, targets) in &all {
        if targets.contains(*name) {
            let back = |other: &&String| all.get(*other).is_some_and(|theirs| theirs.contains(*name));
            found.insert(targets.iter().filter(back).cloned().collect());
        }
    }
    found.into_iter().collect()
}

#[test]
fn circles_are_found() {
    let arrows = |pairs: &[(&str, &str)]| {
        let mut arrows: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (from, to) in pairs {
            arrows.entry((*from).to_owned()).or_default().insert((*to).to_owned());
        }
        arrows
    };
    assert_eq!(circles(&arrows(&[("a", "b"), ("b", "c"), ("a", "c")])), Vec::<Vec<String>>::new());
    assert_eq!(circles(&arrows(&[("a", "b"), ("b", "c"), ("c", "b"), ("c", "d")])), [["b", "c"]]);
}
