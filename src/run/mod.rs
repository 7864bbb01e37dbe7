//! What the program is for, as a library: run, compare, watch over time, time engines, check. Nothing here prints.
//!
//! A use case is put together by a builder ([`RunBuilder`], [`CompareBuilder`], [`ProfileBuilder`], and
//! [`SweepBuilder`](crate::sweep::SweepBuilder) of the room above), which all take the same options ([`Builder`]). It tells an
//! [`Observer`] how far it is and what people should know, and ends early when that asks for it. What comes out are documents.

mod again;
mod bench;
mod builder;
mod cases;
mod check;
pub mod clock;
pub mod compare;
mod compare_targets;
mod comparison;
mod drivers;
mod error;
mod given;
mod kept;
mod observer;
mod outlook;
pub(crate) mod pace;
pub(crate) mod parameters;
mod pass;
mod points;
pub(crate) mod predictive;
mod profile;
mod remark;
mod rounding;
mod sample;
pub(crate) mod schedule;
pub mod sensitivity;
mod set_results;
mod single;
pub(crate) mod stages;
mod stored;
pub(crate) mod targeted;
pub(crate) mod uncertain;
mod uncertain_comparison;
pub(crate) mod unknown;
mod verify;
mod wish;
pub(crate) mod words;

pub use again::{REFERENCE_PATHS, again, others};
pub use bench::{Bench, COMPARED};
pub(crate) use builder::Settings;
pub use builder::{Builder, MOST_PATHS, USUAL_PATHS, USUAL_SEED, time_limit};
pub use cases::{unknown_variant, variant};
pub use check::{check, check_scenario};
pub use comparison::{Beside, CompareBuilder, Compared, PreparedComparison, USUAL_BATCHES, USUAL_QUANTILES};
pub use drivers::{Drivers, drivers};
pub use error::{InvalidPaths, RunError};
pub use given::Given;
pub use kept::can_resume;
pub use observer::{Observer, Stage};
pub(crate) use observer::{Watch, tell_engine, tell_incidents, watched};
pub use outlook::Outlook;
pub use parameters::{MOST_DRAWS, USUAL_DRAWS};
pub use pass::{OBSERVED, Profile};
pub use points::{Extent, MOST_REPLICATES, PointSet, PointsRequest, TARGET_REPLICATES, USUAL_REPLICATES};
pub use profile::{OverTime, ProfileBuilder};
pub use remark::{Doubt, Remark};
pub use sample::{OfTrajectories, SampleBuilder};
pub use set_results::SetResults;
pub use single::{Finished, OfScenario, Run, RunBuilder, info};
pub use stored::StoredRun;
pub use uncertain::refuse_idle_draws;
pub use verify::{verify, verify_page};
pub use wish::check_wish;
