//! NumPy archives: `trajectories`, [path, period, factor], and perhaps `regimes`, [path, period], numbers of states from 0.

use std::fs::File;
use std::io::{Read, Seek};

use ndarray::{ArrayViewMut2, ArrayViewMut3};
use zip::{CompressionMethod, ZipArchive};

use super::npy::{Array, Npy, repeat_last};
use super::{TrajectoryError, Wanted, fault, unreadable};
use crate::engine::EngineError;
use crate::engine::given::Given;

/// Trajectories of an archive.
pub struct Npz {
    trajectories: Npy,
    regimes: Option<Array>,
}

impl Npz {
    /// Opens an `.npz` file.
    pub fn open(file: File, wanted: Wanted) -> Result<Self, TrajectoryError> {
        let name = wanted.file.clone();
        let second = file.try_clone().map_err(|error| unreadable(&name, error))?;
        let mut archive = ZipArchive::new(second).map_err(|error| unreadable(&name, error))?;
        let mut again = file.try_clone().map_err(|error| unreadable(&name, error))?;
        let hint = "write it with numpy.savez(file, trajectories=…, regimes=…)";
        let trajectories = array(&mut archive, "trajectories.npy", &mut again, &name)?
            .ok_or_else(|| fault(&name, "has no array `trajectories`", hint))?;
        let regimes = array(&mut archive, "regimes.npy", &mut again, &name)?;
        let (paths, periods) = (trajectories.shape.first().copied().unwrap_or(0), wanted.periods);
        if let Some(regimes) = &regimes {
            if regimes.shape != [paths, periods] {
                let what = format!("`regimes` has the shape {:?} instead of ({paths}, {periods})", regimes.shape);
                return Err(fault(&name, what, "it has a row for each path and a column for each period from 1 on"));
            }
            if !matches!(regimes.kind.as_str(), "<i8" | "<i4" | "|u1" | "|i1" | "<u4" | "<u8" | "<i2" | "<u2") {
                let what = format!("`regimes` has numbers of type `{}`", regimes.kind);
                return Err(fault(&name, what, "save the numbers of states, from 0, as integers"));
            }
        }
        Ok(Npz { trajectories: Npy::new(file, trajectories, wanted)?, regimes })
    }

    /// Whether the chain's states are given.
    pub fn has_states(&self) -> bool {
        self.regimes.is_some()
    }

    fn states(&self, array: &Array, first: u64, states: &mut ArrayViewMut2<u32>) -> Result<(), TrajectoryError> {
        let wanted = &self.trajectories.wanted;
        let (periods, room) = states.dim();
        let count = (self.paths() - first).min(room as u64) as usize;
        let bytes = self.trajectories.bytes(array, first, count)?;
        for (index, number) in bytes.chunks_exact(array.item()).enumerate() {
            let (place, period) = (index / periods, index % periods);
            let mut wide = [0; 8];
            wide[..number.len()].copy_from_slice(number);
            let state = u64::from_le_bytes(wide);
            if state >= wanted.states.len() as u64 {
                let what = format!("path {}, period {}: state {state}", first + place as u64, period + 1);
                let hint = format!("states are numbered from 0: {}", wanted.states.join(", "));
                return Err(fault(&wanted.file, what, &hint));
            }
            states[(period, place)] = state as u32;
        }
        repeat_last(states, count);
        Ok(())
    }
}

impl Given for Npz {
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

/// An array of the archive, if it is there. It must not be compressed, so that any part of it can be read alone.
fn array(
    archive: &mut ZipArchive<impl Read + Seek>,
    entry: &str,
    file: &mut File,
    name: &str,
) -> Result<Option<Array>, TrajectoryError> {
    let Ok(entry) = archive.by_name(entry) else { return Ok(None) };
    if entry.compression() != CompressionMethod::Stored {
        return Err(fault(name, "is compressed", "write it with numpy.savez instead of numpy.savez_compressed"));
    }
    let begin = entry.data_start().ok_or_else(|| unreadable(name, "an entry has no data"))?;
    Array::read(file, begin, entry.size(), name).map(Some)
}
