//! Where the factors of a run come from, if the engine does not draw them.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::plan::Plan;
use crate::scenario::Scenario;
use crate::trajectories::{self, Opened, TrajectoryArray, TrajectoryError};

/// What an array in memory is called in messages.
const ARRAY: &str = "trajectories";

/// Trajectories that are given.
#[derive(Debug, Clone)]
pub enum Given {
    /// A file (.npy, .npz, .parquet) or a folder of Parquet parts.
    Path(PathBuf),
    /// An array in memory.
    Array(Arc<dyn TrajectoryArray>),
}

impl Given {
    /// The name in messages.
    pub(super) fn name(&self) -> &Path {
        match self {
            Given::Path(file) => file,
            Given::Array(_) => Path::new(ARRAY),
        }
    }

    /// Opens them as the factors of a scenario.
    pub(super) fn open(&self, scenario: &Scenario, plan: &Plan) -> Result<Opened, TrajectoryError> {
        match self {
            Given::Path(file) => trajectories::open(file, scenario, plan),
            Given::Array(array) => trajectories::hold(Arc::clone(array), Path::new(ARRAY), scenario, plan),
        }
    }
}
