//! Results on their way to the disk, while paths go on.

use std::thread::JoinHandle;

use super::error::SweepError;
use super::rows::Row;
use super::store::{ResultWriter, Store, Written};

/// A point that is done, or a part of its paths.
#[derive(Debug, Clone, PartialEq)]
pub struct Finished {
    pub point: usize,
    /// Which part of its paths, where they are cut into several.
    pub part: Option<u64>,
    /// What it took this process: an equal share of its batch.
    pub seconds: f64,
    pub failed: bool,
}

/// Results that are due, and of which points.
pub(super) struct Due {
    pub results: Vec<(usize, Vec<Row>)>,
    pub finished: Vec<Finished>,
    /// Pieces that the process had finished when they became due.
    pub worth: f64,
}

impl Due {
    /// Writes them and lets them go, which takes as long as some paths: when this returns they are on the disk.
    fn write(mut self, writer: &ResultWriter) -> Result<(Written, Kept), SweepError> {
        self.results.sort_by_key(|(point, _)| *point);
        let written = writer.write(&self.results)?;
        Ok((written, Kept { finished: self.finished, worth: self.worth }))
    }

    /// Writes them to a store, here and now.
    pub fn write_to(self, store: &mut Store) -> Result<Kept, SweepError> {
        let _finishing = crate::signals::finishing();
        let (written, kept) = self.write(&store.writer())?;
        store.add(written);
        Ok(kept)
    }

    /// Begins to write them on a thread of their own.
    pub fn begin(self, store: &Store) -> Writing {
        // from here on, so that no signal comes between
        let finishing = crate::signals::finishing();
        let writer = store.writer();
        std::thread::spawn(move || {
            let _finishing = finishing;
            self.write(&writer)
        })
    }
}

/// Results that are being written.
pub(super) type Writing = JoinHandle<Result<(Written, Kept), SweepError>>;

/// What is on the disk from now on.
pub(super) struct Kept {
    pub finished: Vec<Finished>,
    pub worth: f64,
}
