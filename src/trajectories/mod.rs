//! Files of trajectories: the user's own, and what the engine itself would draw.
//!
//! NumPy arrays (`.npy`, `.npz`), [path, period, factor] in the order of the scenario's factors, and Parquet, one row for
//! each path and period with a column for each factor by its name. Files are read as they are needed, so that they may be
//! larger than the memory. docs/trajectories.md describes them.

mod folder;
mod header;
mod npy;
mod npz;
mod parquet;
mod range;
mod source;
mod write;

use std::path::Path;
use std::sync::Arc;

use crate::engine::given::Given;
use crate::plan::Plan;
use crate::registry::MetricKind;
use crate::scenario::Scenario;
use range::Ranges;
pub use source::Opened;
use source::Source;
pub use write::{Format, Sampling, write};

/// Why trajectories could not be taken: what is wrong and what would help.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct TrajectoryError {
    pub message: String,
    pub hint: String,
}

impl From<TrajectoryError> for crate::engine::EngineError {
    fn from(error: TrajectoryError) -> Self {
        Self { message: error.message, hint: Some(error.hint) }
    }
}

/// An error about a file.
fn fault(file: &str, what: impl std::fmt::Display, hint: &str) -> TrajectoryError {
    TrajectoryError { message: format!("`{file}`: {what}"), hint: hint.to_owned() }
}

fn unreadable(file: &str, error: impl std::fmt::Display) -> TrajectoryError {
    fault(
        file,
        format!("cannot be read: {error}"),
        "check that the file is complete and that its ending matches its contents",
    )
}

/// What a scenario asks of its trajectories.
struct Wanted {
    file: String,
    periods: usize,
    factors: Vec<String>,
    /// X(0), where a file has no row for period 0.
    starts: Vec<f32>,
    ranges: Ranges,
    states: Vec<String>,
    start_state: u32,
}

impl Wanted {
    fn of(scenario: &Scenario, plan: &Plan, file: &Path) -> Self {
        Wanted {
            file: file.display().to_string(),
            periods: scenario.horizon.periods as usize,
            factors: scenario.factors.iter().map(|factor| factor.name.clone()).collect(),
            starts: plan.single.factors.iter().map(|factor| factor.start).collect(),
            ranges: Ranges::of(scenario),
            states: scenario.regimes.as_ref().map_or(Vec::new(), |regimes| regimes.states.clone()),
            start_state: scenario.regimes.as_ref().map_or(0, |regimes| regimes.start as u32),
        }
    }

    /// Rows of a path, and whether the first of them is period 0.
    fn rows(&self, has_start: bool) -> usize {
        self.periods + usize::from(has_start)
    }
}

/// Opens a file of trajectories of a scenario and its plan, or a folder of Parquet parts. Names, shapes and checksums of archives are
/// tested now, values as they are read.
pub fn open(file: &Path, scenario: &Scenario, plan: &Plan) -> Result<Opened, TrajectoryError> {
    let wanted = Wanted::of(scenario, plan, file);
    let name = wanted.file.clone();
    let (format, source) = Source::open(file)?;
    let (given, has_states): (Arc<dyn Given>, bool) = match format {
        Format::Npy => (Arc::new(npy::Npy::open(source.first()?, wanted)?), false),
        Format::Npz => {
            let given = npz::Npz::open(source.first()?, wanted)?;
            let has_states = given.has_states();
            (Arc::new(given), has_states)
        }
        Format::Parquet => {
            let given = parquet::ParquetFile::open(source.all()?, wanted)?;
            let has_states = given.has_states();
            (Arc::new(given), has_states)
        }
    };
    let watched = scenario.events.iter().find(|event| event.metric.kind == MetricKind::Regime);
    if let (Some(event), false) = (watched, has_states) {
        let what = format!("has no regimes, which the event `{}` watches", event.name);
        return Err(fault(
            &name,
            what,
            "add a column `regime` (Parquet) or an array `regimes` (npz), or leave the event out",
        ));
    }
    if given.paths() == 0 {
        return Err(fault(&name, "has no paths", "save an array of shape (paths, periods, factors)"));
    }
    Ok(Opened::new(given, source))
}
