//! NumPy archives: `trajectories`, [path, period, factor], and perhaps `regimes`, [path, period], numbers of states from 0.

use std::fs::File;
use std::io::{self, Read, Seek};
use std::sync::{Arc, Mutex};

use ndarray::{ArrayViewMut2, ArrayViewMut3};
use zip::read::ZipFile;
use zip::result::ZipError;
use zip::{CompressionMethod, ZipArchive};

use super::error::{TrajectoryError, fault, unreadable};
use super::npy::{Array, Npy, repeat_last};
use super::wanted::Wanted;
use crate::engine::EngineError;
use crate::engine::trajectory_source::TrajectorySource;

/// Trajectories of an archive.
pub struct Npz {
    trajectories: Npy,
    regimes: Option<Array>,
}

impl Npz {
    /// Opens an `.npz` file.
    pub fn open(file: File, wanted: Wanted) -> Result<Self, TrajectoryError> {
        let name = wanted.file.clone();
        let failed = |error: io::Error| unreadable(&name, error);
        let mut archive =
            ZipArchive::new(file.try_clone().map_err(failed)?).map_err(|error| unreadable(&name, error))?;
        let file = Arc::new(Mutex::new(file));
        let hint = "write it with numpy.savez(file, trajectories=..., regimes=...)";
        let trajectories = array(&mut archive, "trajectories.npy", &file, &name)?
            .ok_or_else(|| fault(&name, "has no array `trajectories`", hint))?;
        let regimes = array(&mut archive, "regimes.npy", &file, &name)?;
        let (paths, periods) = (trajectories.header.shape.first().copied().unwrap_or(0), wanted.periods);
        if let Some(regimes) = &regimes {
            if regimes.header.shape != [paths, periods] {
                let what =
                    format!("`regimes` has the shape {:?} instead of ({paths}, {periods})", regimes.header.shape);
                return Err(fault(&name, what, "give it a row for each path and a column for each period from 1"));
            }
            if !regimes.header.kind.is_whole() {
                let what = "`regimes` has numbers with decimals";
                return Err(fault(&name, what, "save the numbers of states, from 0, as integers"));
            }
        }
        Ok(Npz { trajectories: Npy::new(trajectories, wanted)?, regimes })
    }

    /// Whether the chain's states are given.
    pub fn has_states(&self) -> bool {
        self.regimes.is_some()
    }

    fn states(&self, array: &Array, first: u64, states: &mut ArrayViewMut2<u32>) -> Result<(), TrajectoryError> {
        let wanted = &self.trajectories.wanted;
        let count = (self.paths() - first).min(states.dim().1 as u64) as usize;
        array.numbers(first, count, &wanted.file, |place, period, state| {
            if !(0.0..wanted.states.len() as f64).contains(&state) {
                let what = format!("path {}, period {}: the state is {state}", first + place as u64, period + 1);
                let hint = format!("states are numbered from 0: {}", wanted.states.join(", "));
                return Err(fault(&wanted.file, what, &hint));
            }
            states[(period, place)] = state as u32;
            Ok(())
        })?;
        repeat_last(states, count);
        Ok(())
    }
}

impl TrajectorySource for Npz {
    fn paths(&self) -> u64 {
        self.trajectories.paths()
    }

    fn fill(
        &self,
        first: u64,
        factors: &mut ArrayViewMut3<f32>,
        states: &mut ArrayViewMut2<u32>,
    ) -> Result<(), EngineError> {
        self.trajectories.numbers(first, factors)?;
        match &self.regimes {
            Some(array) if states.dim().0 > 0 => self.states(array, first, states)?,
            _ => states.fill(self.trajectories.wanted.start_state),
        }
        Ok(())
    }
}

/// An array of the archive, if it is there. All of it is read once, which tests its checksum; a compressed one is written to a
/// temporary file, so that any part of it can be read alone.
fn array(
    archive: &mut ZipArchive<impl Read + Seek>,
    entry: &str,
    file: &Arc<Mutex<File>>,
    name: &str,
) -> Result<Option<Array>, TrajectoryError> {
    let mut member = match archive.by_name(entry) {
        Ok(member) => member,
        Err(ZipError::FileNotFound) => return Ok(None),
        Err(error) => return Err(refused(entry, &error, name)),
    };
    let size = member.size();
    if member.compression() == CompressionMethod::Stored {
        let begin = member.data_start().ok_or_else(|| unreadable(name, "an entry has no data"))?;
        copy(&mut member, &mut io::sink(), entry, name)?;
        return Array::open(Arc::clone(file), begin, size, name).map(Some);
    }
    let mut whole = tempfile::tempfile().map_err(|error| unwritable(name, &error))?;
    copy(&mut member, &mut whole, entry, name)?;
    Array::open(Arc::new(Mutex::new(whole)), 0, size, name).map(Some)
}

/// Copies a member to its end, where its checksum is tested.
fn copy<R: Read>(
    member: &mut ZipFile<'_, R>,
    target: &mut impl io::Write,
    entry: &str,
    name: &str,
) -> Result<(), TrajectoryError> {
    let size = member.size();
    let damaged = |cause: &dyn std::fmt::Display| {
        fault(name, format!("its member `{entry}` is damaged: {cause}"), "write or copy the file again")
    };
    match io::copy(&mut member.by_ref().take(size.saturating_add(1)), target) {
        Ok(length) if length == size => Ok(()),
        Ok(length) => Err(damaged(&format!("it has {length} bytes or more instead of {size}"))),
        Err(error) if matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded) => {
            Err(unwritable(name, &error))
        }
        Err(error) => Err(damaged(&error)),
    }
}

fn refused(entry: &str, error: &ZipError, name: &str) -> TrajectoryError {
    match error {
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => {
            fault(name, "is encrypted", "write it without a password, with numpy.savez")
        }
        ZipError::UnsupportedArchive(cause) => {
            let what = format!("its member `{entry}` cannot be read: {cause}");
            fault(name, what, "write it with numpy.savez or numpy.savez_compressed")
        }
        error => unreadable(name, error),
    }
}

fn unwritable(name: &str, error: &io::Error) -> TrajectoryError {
    let what = format!("is compressed, and its decompressed copy cannot be written: {error}");
    fault(name, what, "set TMPDIR to a folder with more room, or write the file with numpy.savez")
}
