//! Whether a folder is a store, and of what: what is looked at before one is opened.

use std::fs::{self, File, TryLockError};
use std::path::Path;

use super::design::Points;
use super::manifest::{Manifest, STORE_VERSION, hash};
use super::store::{Shard, damaged};
use super::{SweepError, disk};
use crate::report::{Column, parquet};
use crate::scenario::Setting;

/// What is said of a folder that is no store.
pub fn no_store(root: &Path) -> SweepError {
    SweepError::usage(
        format!("`{}` is no store of a sweep: it has no manifest.json", root.display()),
        "name the folder that `overhang sweep --out` wrote",
    )
}

/// Takes the lock of a store, which goes with the file.
pub fn lock(root: &Path) -> Result<File, SweepError> {
    let path = root.join("lock");
    let open = || File::options().create(true).truncate(false).write(true).open(&path);
    let file = open().map_err(|error| SweepError::unwritable(&path, error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(SweepError::failed(
            format!("another process writes to `{}`", root.display()),
            "wait until it is done, or give each process a store of its own with --shard and join them with `overhang merge`",
        )),
        Err(TryLockError::Error(error)) => Err(SweepError::unwritable(&path, error)),
    }
}

/// The manifest, if there is one.
pub fn read_manifest(root: &Path) -> Result<Option<Manifest>, SweepError> {
    let path = root.join("manifest.json");
    let text = match fs::read_to_string(&path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        text => text.map_err(|error| SweepError::unreadable(&path, error))?,
    };
    let unreadable = |error: serde_json::Error| {
        SweepError::failed(
            format!("`{}` is damaged: {error}", path.display()),
            "restore it; the parts beside it are not touched",
        )
    };
    let value: serde_json::Value = serde_json::from_str(&text).map_err(unreadable)?;
    let version = value.get("store_version").and_then(serde_json::Value::as_u64);
    if version.is_some_and(|version| version != u64::from(STORE_VERSION)) {
        let version = version.unwrap_or_default();
        return Err(SweepError::usage(
            format!(
                "`{}` is a store of version {version}, and this program writes version {STORE_VERSION}",
                root.display()
            ),
            "take the version of overhang that wrote it, or another folder",
        ));
    }
    serde_json::from_value(value).map(Some).map_err(unreadable)
}

/// Which part of a sweep a store is of.
pub fn read_shard(root: &Path) -> Result<Shard, SweepError> {
    let path = root.join("shard.json");
    match fs::read(&path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Shard::WHOLE),
        bytes => {
            let bytes = bytes.map_err(|error| SweepError::unreadable(&path, error))?;
            serde_json::from_slice(&bytes).map_err(|error| SweepError::unreadable(&path, error))
        }
    }
}

/// A store of another sweep is not written to.
pub fn refuse_other(root: &Path, before: &Manifest, now: &Manifest) -> Result<(), SweepError> {
    let differences = before.differences(now);
    if differences.is_empty() {
        return Ok(());
    }
    Err(SweepError::usage(
        format!("`{}` is the store of another sweep:\n       {}", root.display(), differences.join("\n       ")),
        "take another folder, or the same scenario, seed, paths and engine",
    ))
}

/// A store takes points only behind those it has.
pub fn refuse_other_points(root: &Path, before: &Manifest, points: &Points) -> Result<(), SweepError> {
    let known = before.design.points;
    let beginning = Points { paths: points.paths.clone(), rows: points.rows.iter().take(known).cloned().collect() };
    if known <= points.rows.len() && hash(&beginning) == before.design.hash {
        return Ok(());
    }
    let axes: Vec<String> = before.design.axes.iter().map(|axis| format!("{}={}", axis.path, axis.values)).collect();
    Err(SweepError::usage(
        format!(
            "`{}` has {known} other points: {}\n       a store takes more points only behind those it has",
            root.display(),
            axes.join(" ")
        ),
        "add values at the end of the first axis of a grid, rows at the end of a list, or points to a Sobol design; or take \
         another folder",
    ))
}

/// A store stays that of its shard.
pub fn refuse_other_shard(root: &Path, shard: Shard) -> Result<(), SweepError> {
    let before = read_shard(root)?;
    // what one process does alone may be cut into pieces at will
    let alone = before.count == 1 && shard.count == 1;
    if before == shard || alone && before.parts == shard.parts {
        return Ok(());
    }
    let name = |shard: Shard| {
        let parts = if shard.parts > 1 { format!(", paths in {} parts", shard.parts) } else { String::new() };
        format!("{}/{}{parts}", shard.index, shard.count)
    };
    Err(SweepError::usage(
        format!("`{}` is of shard {}, and this is shard {}", root.display(), name(before), name(shard)),
        "give each shard a store of its own, and join them with `overhang merge`",
    ))
}

/// A folder that holds anything else is not written to.
pub fn refuse_other_folder(root: &Path) -> Result<(), SweepError> {
    let ours = [
        "lock",
        "scenario.toml",
        "scenario.json",
        "points.parquet",
        "shard.json",
        "results",
        "tallies",
        "runs",
        "begun",
    ];
    for path in disk::files(root)? {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if !ours.contains(&name.as_str()) {
            return Err(SweepError::usage(
                format!("`{}` is not empty, and no store: it has `{name}`", root.display()),
                "name a new folder, or the store of a sweep",
            ));
        }
    }
    Ok(())
}

/// The points that the manifest speaks of.
pub fn read_points(root: &Path, manifest: &Manifest) -> Result<Points, SweepError> {
    let path = root.join("points.parquet");
    let table = parquet::read(&path).map_err(|error| SweepError::unreadable(&path, error))?;
    let axes = &table[1.min(table.len())..];
    let value = |column: &Column, row: usize| match column {
        Column::Real(all) => all.get(row).copied().flatten().map(Setting::Number),
        Column::Text(all) => all.get(row).cloned().map(Setting::Text),
        _ => None,
    };
    // a process that was killed while it added points left more of them than the manifest knows
    let row = |row: usize| {
        let values: Option<Vec<Setting>> = axes.iter().map(|(_, column)| value(column, row)).collect();
        values.ok_or_else(|| damaged(&path))
    };
    let rows = (0..manifest.design.points).map(row).collect::<Result<_, _>>()?;
    let points = Points { paths: axes.iter().map(|(name, _)| name.clone()).collect(), rows };
    if hash(&points) == manifest.design.hash { Ok(points) } else { Err(damaged(&path)) }
}
