//! Partial results of a run, and how they merge.
//!
//! Invariant: [`Tally::merge`] is associative and commutative *bit for bit*. Everything here is an integer count, an
//! exact sum or an extreme, so a result does not depend on how the paths were cut into batches, threads and shards, or
//! in which order those came back. Nothing grows with the number of paths. [`SampleDesign`] says how the paths were drawn.

mod bins;
mod design;
mod exact;
mod figure;
mod first_passage;
mod profile;
mod sketch;
#[cfg(test)]
pub(crate) mod testing;
mod whole;
mod words;

pub use bins::bin_edges;
pub use design::SampleDesign;
pub use exact::ExactSum;
pub use figure::{BlockSums, FigureTally};
pub use first_passage::FirstPassageTally;
pub use profile::{PartSums, ProfileRow, ProfileTally};
pub use sketch::Sketch;
pub use whole::{Invalid, Tally};
pub use words::Word;
