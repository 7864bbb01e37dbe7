//! Whether a folder is a store, and of what: what is looked at before one is opened.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::design::{MOST_POINTS, Points};
use super::error::SweepError;
use super::manifest::{AxisRecord, Head, Manifest, STORE_VERSION, hash};
use super::point::describe;
use super::shard::Shard;
use super::{disk, known, part};
use crate::scenario::{Setting, Source, Syntax};

/// Parts into which the paths of a point are cut at most.
pub const MOST_PARTS: u64 = 10_000;
/// The folders of a store, and which of them have parts.
pub const FOLDERS: [&str; 4] = ["results", "tallies", disk::BEGUN, "runs"];

/// What is said of a folder that is no store.
pub fn no_store(root: &Path) -> SweepError {
    SweepError::usage(
        format!("`{}` is not a sweep store: it has no manifest.json", root.display()),
        "name the folder that `overhang sweep --out` wrote",
    )
}

/// Takes the lock of a store, which goes with the file.
pub fn lock(root: &Path) -> Result<File, SweepError> {
    let path = root.join("lock");
    let open = || disk::open_as(File::options().create(true).truncate(false).write(true), &path);
    let file = open().map_err(|error| SweepError::unwritable(&path, error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(SweepError::locked(root)),
        Err(TryLockError::Error(error)) => Err(SweepError::unwritable(&path, error)),
    }
}

/// The manifest, if there is one.
pub fn read_head(root: &Path) -> Result<Option<Head>, SweepError> {
    let path = root.join("manifest.json");
    let Some(bytes) = disk::read_if_there(&path, disk::MOST_TEXT)? else { return Ok(None) };
    let mut value: Value = serde_json::from_slice(&bytes).map_err(|error| damaged_head(&path, &error))?;
    let version = value.get("store_version").and_then(Value::as_u64);
    let shard = match version {
        Some(1) => read_old_shard(root)?,
        Some(version) if (2..=u64::from(STORE_VERSION)).contains(&version) => {
            let Some(all) = value.as_object_mut() else { return Err(damaged_head(&path, &"it is not an object")) };
            let found = all.shift_remove("checksum");
            if found.as_ref().and_then(Value::as_str) != Some(&*checksum(&value)) {
                return Err(damaged_head(
                    &path,
                    &"its checksum does not match, so it was changed after it was written",
                ));
            }
            let shard = value.as_object_mut().and_then(|all| all.shift_remove("shard"));
            let shard = shard.map(serde_json::from_value).transpose();
            shard.map_err(|error| damaged_head(&path, &error))?.unwrap_or(Shard::WHOLE)
        }
        Some(version) => {
            return Err(SweepError::usage(
                format!(
                    "`{}` is a store of version {version}; this program reads versions 1 to {STORE_VERSION}",
                    root.display()
                ),
                "use the version of overhang that wrote it, or another folder",
            ));
        }
        None => return Err(damaged_head(&path, &"it has no store_version")),
    };
    let manifest: Manifest = serde_json::from_value(value).map_err(|error| damaged_head(&path, &error))?;
    let possible = (1..=MOST_POINTS).contains(&manifest.design.points)
        && manifest.paths > 0
        && manifest.has_possible_points()
        && shard.index < shard.count
        && (1..=MOST_PARTS).contains(&shard.parts);
    if !possible {
        return Err(damaged_head(&path, &"its number of points, paths or shards is out of range"));
    }
    Ok(Some(Head { manifest, shard }))
}

fn damaged_head(path: &Path, cause: &dyn std::fmt::Display) -> SweepError {
    SweepError::failed(
        format!("`{}` is damaged: {cause}", path.display()),
        "restore the file; the results next to it are left as they are",
    )
}

/// Stores of version 1 have a file for it.
fn read_old_shard(root: &Path) -> Result<Shard, SweepError> {
    let path = old_shard(root);
    let Some(bytes) = disk::read_if_there(&path, disk::MOST_TEXT)? else { return Ok(Shard::WHOLE) };
    serde_json::from_slice(&bytes).map_err(|error| damaged_head(&path, &error))
}

fn old_shard(root: &Path) -> PathBuf {
    root.join("shard.json")
}

/// Writes the manifest. A folder is a store once it has this.
pub fn write_head(root: &Path, head: &Head) -> Result<(), SweepError> {
    let mut value = serde_json::json!(head.manifest);
    if head.shard != Shard::WHOLE {
        if head.manifest.store_version == 1 {
            disk::write(&old_shard(root), format!("{:#}\n", serde_json::json!(head.shard)).as_bytes())?;
        } else {
            value["shard"] = serde_json::json!(head.shard);
        }
    }
    if head.manifest.store_version > 1 {
        value["checksum"] = checksum(&value).into();
    }
    disk::write(&root.join("manifest.json"), format!("{value:#}\n").as_bytes())
}

/// The hash of what a manifest says, however it is laid out.
fn checksum(value: &Value) -> String {
    // numbers as they are read again
    let read = serde_json::from_str::<Value>(&value.to_string()).unwrap_or_default();
    blake3::hash(read.to_string().as_bytes()).to_hex().to_string()
}

/// Where a store has the scenario.
fn scenario_path(root: &Path, syntax: Syntax) -> PathBuf {
    root.join(syntax.stored())
}

/// Writes the scenario where it is not there, or not what it was.
pub fn write_scenario(root: &Path, scenario: &Source) -> Result<(), SweepError> {
    let path = scenario_path(root, scenario.syntax());
    if disk::read(&path, disk::MOST_TEXT).is_ok_and(|bytes| bytes == scenario.text.as_bytes()) {
        return Ok(());
    }
    disk::write(&path, scenario.text.as_bytes())
}

/// A store of another sweep is not written to.
pub fn refuse_other(root: &Path, before: &Manifest, now: &Manifest) -> Result<(), SweepError> {
    let differences = before.differences(now);
    if differences.is_empty() {
        return Ok(());
    }
    Err(SweepError::usage(
        format!("`{}` belongs to another sweep:\n       {}", root.display(), differences.join("\n       ")),
        "use another folder, or the same scenario, seed, paths and engine",
    ))
}

/// A store takes points only behind those it has.
pub fn refuse_other_points(root: &Path, before: &Manifest, now: &Manifest, points: &Points) -> Result<(), SweepError> {
    let known = before.design.points;
    let same = before.design.hash == now.design.hash;
    let grown = || {
        let rows = points.rows.iter().take(known).cloned().collect();
        known <= points.rows.len() && hash(&Points { paths: points.paths.clone(), rows }) == before.design.hash
    };
    if same || grown() {
        return Ok(());
    }
    let what = first_difference(root, before, points).unwrap_or_else(|| {
        let values = |axis: &AxisRecord| format!("{}={}", axis.path, axis.values);
        let axes: Vec<String> = before.design.axes.iter().map(values).collect();
        format!("has {known} other points: {}", axes.join(" "))
    });
    Err(SweepError::usage(
        format!("`{}` {what}\n       new points must come after the existing ones", root.display()),
        "add values at the end of the first axis of a grid, rows at the end of a list, or points to a Sobol design; or use \
         another folder",
    ))
}

/// Where the points of a store first differ from these; `None` if that cannot be told.
fn first_difference(root: &Path, before: &Manifest, points: &Points) -> Option<String> {
    let known = known::read(root, before, &|_| true).ok()?.points;
    if known.paths != points.paths {
        return None;
    }
    // a store of a shard has no values of the points of others
    let differs = |(before, now): (&Vec<Setting>, &Vec<Setting>)| !before.is_empty() && before != now;
    match known.rows.iter().zip(&points.rows).position(differs) {
        Some(point) => {
            Some(format!("has a different {}, which is now {}", describe(&known, point), describe(points, point)))
        }
        None if known.rows.len() > points.rows.len() => {
            Some(format!("has {} points, but the design has {} now", known.rows.len(), points.rows.len()))
        }
        // they differ in another shard
        None => None,
    }
}

/// A store stays that of its shard.
pub fn refuse_other_shard(root: &Path, before: Shard, shard: Shard) -> Result<(), SweepError> {
    if before == shard {
        return Ok(());
    }
    let name = |shard: Shard| {
        let parts = if shard.parts > 1 { format!(", paths in {} parts", shard.parts) } else { String::new() };
        format!("{}/{}{parts}", shard.index, shard.count)
    };
    Err(SweepError::usage(
        format!("`{}` is the store of shard {}, not of shard {}", root.display(), name(before), name(shard)),
        "give each shard its own store, and join the stores with `overhang merge`",
    ))
}

/// A folder without a manifest is written to only if it is empty, or if it has what a process leaves that was killed while it made
/// this very store.
pub fn refuse_other_folder(root: &Path, scenario: &Source) -> Result<(), SweepError> {
    for folder in ["results", "tallies", disk::BEGUN] {
        if !disk::files(&root.join(folder), |name| disk::is_part_name(folder, name))?.is_empty() {
            return Err(SweepError::failed(
                format!(
                    "`{}` has results in {folder}/, but no manifest.json to say which sweep they belong to",
                    root.display()
                ),
                "restore manifest.json, or use another folder",
            ));
        }
    }
    let Ok(entries) = fs::read_dir(root) else { return Ok(()) };
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if !is_harmless(&name) && !is_begun(root, &name, scenario) {
            return Err(SweepError::usage(
                format!("`{}` is neither empty nor a sweep store: it contains `{name}`", root.display()),
                "name a new folder or a sweep store",
            ));
        }
    }
    Ok(())
}

/// Whether an entry is one of those that systems and programs leave everywhere.
fn is_harmless(name: &str) -> bool {
    name.starts_with('.') || name == "_SUCCESS"
}

/// Whether an entry is what a process left that began to make a store of this scenario.
fn is_begun(root: &Path, name: &str, scenario: &Source) -> bool {
    let path = root.join(name);
    let length = fs::symlink_metadata(&path).map_or(u64::MAX, |found| found.len());
    match name {
        "lock" => length == 0,
        "points.parquet" => {
            let note = part::open(&path).ok().flatten().map(|reader| reader.note::<known::Note>());
            matches!(note, Some(Ok(Some(_))))
        }
        _ if FOLDERS.contains(&name) => {
            let mut entries = fs::read_dir(&path).into_iter().flatten().flatten();
            entries.all(|entry| is_harmless(&entry.file_name().to_string_lossy()))
        }
        _ => {
            let same = || disk::read(&path, disk::MOST_TEXT).is_ok_and(|bytes| bytes == scenario.text.as_bytes());
            path == scenario_path(root, scenario.syntax()) && same()
        }
    }
}
