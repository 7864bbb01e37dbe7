//! The log of a sweep: a JSON line for each point that is on the disk.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use chrono::SecondsFormat;
use serde::Serialize;

use super::console::Console;
use super::failure::Failure;
use super::output;
use crate::engine::select::Chosen;
use crate::run::clock;
use crate::storage::{append, host};
use crate::sweep::Finished;

#[derive(Serialize)]
struct Line<'a> {
    time: Option<String>,
    point: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    part: Option<u64>,
    seconds: f64,
    failed: bool,
    engine: &'a str,
    host: Option<&'a str>,
}

/// A log, open.
pub struct Log<'a> {
    /// None once it could not be written.
    file: Option<Box<dyn Write>>,
    path: PathBuf,
    engine: String,
    host: Option<String>,
    console: &'a Console,
}

impl<'a> Log<'a> {
    /// Opens a log to add to it.
    pub fn open(path: &Path, chosen: &Chosen, console: &'a Console) -> Result<Self, Failure> {
        let file = append(path).map_err(|error| output::unwritable(path, &error))?;
        let file: Option<Box<dyn Write>> = Some(Box::new(file));
        Ok(Log { file, path: path.to_owned(), engine: chosen.engine.description(), host: host(), console })
    }

    /// Adds a line for each point. A log that cannot be written any more ends with a warning; the sweep goes on.
    pub fn add(&mut self, finished: &[Finished]) {
        let Some(file) = &mut self.file else { return };
        let time = clock::rfc3339(SystemTime::now(), SecondsFormat::Millis);
        let mut lines = String::new();
        for &Finished { point, part, seconds, failed } in finished {
            let (time, engine, host) = (time.clone(), self.engine.as_str(), self.host.as_deref());
            let line = Line { time, point, part, seconds, failed, engine, host };
            lines += &format!("{}\n", serde_json::json!(line));
        }
        // in one piece, so that the lines of several processes do not mix
        if let Err(error) = file.write_all(lines.as_bytes()) {
            self.console.remark(&format!(
                "warning: the log `{}` could not be written and ends here: {error}",
                self.path.display()
            ));
            self.file = None;
        }
    }
}
