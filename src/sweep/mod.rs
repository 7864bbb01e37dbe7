//! Sweeps: many points of a scenario, computed in parts that survive anything.
//!
//! ```text
//! axes ─▶ design ─▶ points ─▶ units (points × part of their paths) ─▶ batches ─▶ slices ─▶ engine ─▶ rows ─▶ store
//!                             └── of a shard: an equal share                                └─▶ tallies ─▶ joined ─┘
//! ```
//!
//! Invariant: the rows of a point depend on the [`Manifest`] and the point alone, not on batches, shards, parts of its paths,
//! threads, or interruptions.

mod asked;
pub mod axis;
pub mod batch;
mod begun;
mod builder;
pub mod design;
mod disk;
pub mod distribution;
mod error;
mod evaluated;
pub mod file;
mod join;
mod keep;
mod known;
pub mod list;
mod lowered;
mod manifest;
mod merge;
mod of_point;
mod open;
mod origin;
mod part;
pub mod point;
pub mod points;
mod ranges;
mod record;
mod rehearsal;
pub mod rows;
mod run;
mod scrambles;
mod shard;
mod status;
mod store;
mod summary;
mod swept;
mod tables;
mod tallies;
mod writing;

pub use asked::{AskedDesign, Design};
pub use begun::Begun;
pub use builder::{CheckedSweep, OpenSweep, OverPoints, PreparedSweep, SweepBuilder};
pub use error::{SweepError, SweepFailure};
pub use join::join;
pub use keep::{Follower, Results};
pub use manifest::{AxisRecord, DesignRecord, EngineRecord, Manifest, PointsRecord, STORE_VERSION, SetsRecord, hash};
pub use merge::{merge, scenario_of};
pub use ranges::Ranges;
pub use rehearsal::Rehearsal;
pub use run::{Ended, Sweep};
pub use shard::{Piece, Shard, Unit};
pub use status::{Listed, Overview, Status, StoreStatus, overview, status};
pub use store::Store;
pub use summary::summary;
pub use swept::{PointResult, Swept};
pub use writing::Finished;
