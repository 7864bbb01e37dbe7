//! Tallies of a run with targets, kept in its folder so that it can go on: at the end of each stage, and where it ended.

use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::error::RunError;
use super::points::Extent;
use super::words::{word_table, words, words_hash};
use crate::engine::select::{Chosen, Wish};
use crate::engine::{Sampling, empty_tally};
use crate::plan::Plan;
use crate::result::{Folder, Provenance};
use crate::storage::{TableReader, parquet};
use crate::tally::{Tally, Word};

/// The key of the note in the file's footer.
const NOTE: &str = "overhang";

/// What tallies belong to: all that decides their bits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Identity {
    program_version: String,
    scenario_hash: String,
    seed: u64,
    replicate: u32,
    sampling: String,
    replicates: Option<u32>,
    construction: Option<String>,
    trajectories: Option<String>,
    backend: String,
    precision: String,
    /// Where trajectories are drawn: `device` or `host`.
    drawn: String,
    adapter: Option<String>,
    driver: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Note {
    identity: Identity,
    /// Of each tally its paths and the hash of its words, in the order of the batches.
    tallies: Vec<(u64, String)>,
}

impl Identity {
    /// That of a run on an engine.
    pub fn new(provenance: &Provenance, chosen: &Chosen, wish: &Wish) -> Self {
        let sampling = &provenance.sampling;
        let drawn = if wish.sampling == Sampling::Host { "host" } else { "device" };
        Identity {
            program_version: provenance.program_version.clone(),
            scenario_hash: provenance.scenario_hash.clone(),
            seed: sampling.seed,
            replicate: sampling.replicate,
            sampling: sampling.sampling.clone(),
            replicates: sampling.replicates,
            construction: sampling.construction.clone(),
            trajectories: sampling.trajectories.clone(),
            backend: sampling.backend.clone(),
            precision: sampling.precision.clone(),
            // the CPU engine gives the same bits either way
            drawn: if chosen.backend == "cpu" { "device" } else { drawn }.into(),
            adapter: chosen.adapter.as_ref().map(|adapter| adapter.name.clone()),
            driver: chosen.adapter.as_ref().map(|adapter| adapter.driver.clone()),
        }
    }

    /// What differs from another, in words.
    fn differences(&self, now: &Identity) -> Vec<String> {
        let (before, now) = (serde_json::json!(self), serde_json::json!(now));
        let Value::Object(before) = before else { return Vec::new() };
        let differs = before.into_iter().filter(|(key, value)| now[key] != *value);
        differs.map(|(key, value)| format!("`{key}` is {value} there, but {} now", now[&key])).collect()
    }
}

/// The tallies as a file.
pub(super) fn encode(identity: &Identity, tallies: &[Tally]) -> Result<Vec<u8>, RunError> {
    let all: Vec<Vec<Word>> = tallies.iter().map(Tally::words).collect();
    let listed = tallies.iter().zip(&all).map(|(tally, words)| (tally.paths, words_hash(words))).collect();
    let note = Note { identity: identity.clone(), tallies: listed };
    parquet::encode(&all, |words| word_table(words), (NOTE, serde_json::json!(note).to_string())).map_err(|error| {
        RunError::Failed {
            message: format!("the tallies of the run cannot be written: {error}"),
            hint: "leave out --out, and report this".into(),
        }
    })
}

/// Whether a folder has tallies to go on from.
pub fn can_resume(folder: &Path) -> bool {
    folder.join(Folder::TALLIES).is_file()
}

/// Reads the tallies that a run left in its folder, those of the fewest paths first.
///
/// # Errors
/// If they are damaged, or of another run.
pub(super) fn read(folder: &Path, plan: &Plan, extent: Extent, now: &Identity) -> Result<Vec<Tally>, RunError> {
    let path = folder.join(Folder::TALLIES);
    let damaged = || RunError::Failed {
        message: format!("`{}` cannot be read or is damaged", path.display()),
        hint: "use --force to begin anew and replace the folder".into(),
    };
    let reader = TableReader::open(&path).map_err(|_| damaged())?;
    let note: Option<Note> = reader.note(NOTE).and_then(|text| serde_json::from_str(text).ok());
    let note = note.ok_or_else(damaged)?;
    let differences = note.identity.differences(now);
    if !differences.is_empty() {
        let message = format!("`{}` has another run:\n       {}", folder.display(), differences.join("\n       "));
        return Err(RunError::usage(message, "choose a new folder, or use --force to replace that run"));
    }
    if reader.batches() != note.tallies.len() {
        return Err(damaged());
    }
    let tally = |(batch, (paths, hash)): (usize, &(u64, String))| {
        let table = reader.batch(batch).ok()?;
        let words = words(&table).filter(|words| words_hash(words) == *hash)?;
        let mut tally = empty_tally(plan);
        tally.set_words(&words, *paths).then_some(tally)
    };
    let tallies: Option<Vec<Tally>> = note.tallies.iter().enumerate().map(tally).collect();
    let tallies = tallies.filter(|all| all.windows(2).all(|pair| pair[0].paths < pair[1].paths)).ok_or_else(damaged)?;
    // the last paths of a file of trajectories may be no whole block, and nothing can follow them
    Ok(tallies.into_iter().filter(|tally| extent.schedule().can_follow(tally.paths)).collect())
}
