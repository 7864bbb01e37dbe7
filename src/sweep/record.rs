//! The file that a process of a sweep leaves of itself, which changes from run to run.

use std::time::{Instant, SystemTime};

use crate::engine::Engine;
use crate::run::clock;
use crate::storage::host;

/// When a process began, and on which engine.
pub struct Record<'a> {
    clock: Instant,
    unix: f64,
    engine: &'a dyn Engine,
}

impl<'a> Record<'a> {
    /// Of a process that begins now.
    pub fn begin(engine: &'a dyn Engine) -> Self {
        Record { clock: Instant::now(), unix: clock::unix(SystemTime::now()), engine }
    }

    /// The name of the file.
    pub fn name(&self) -> String {
        format!("{:.0}-{}.json", self.unix * 1e3, std::process::id())
    }

    /// Its content after so many pieces, and parts of some.
    pub fn content(&self, pieces: f64) -> serde_json::Value {
        serde_json::json!({
            "started_unix": self.unix,
            "seconds": self.clock.elapsed().as_secs_f64(),
            "pieces": pieces,
            "host": host(),
            "process": std::process::id(),
            "engine": self.engine.description(),
            "incidents": self.engine.incidents(),
        })
    }
}
