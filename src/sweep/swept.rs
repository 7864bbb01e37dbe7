//! What a process of a sweep leaves.

use super::error::SweepError;
use super::rows::{self, Row};
use super::run::Ended;
use super::store::Store;
use crate::result::Key;
use crate::scenario::Setting;

/// A sweep that has ended, or was stopped.
#[derive(Debug)]
pub struct Swept {
    /// What is computed, by this process and those before it.
    pub store: Store,
    /// Whether all that this process had to do is in the store.
    pub ended: Ended,
    /// Points of the shard that this process had.
    pub own: usize,
}

/// The results of a point.
#[derive(Debug, Clone, PartialEq)]
pub struct PointResult {
    /// Its number in the design, from 0.
    pub point: usize,
    /// The values of the axes, in their order.
    pub values: Vec<Setting>,
    /// What is known of it, as the store has it.
    pub rows: Vec<Row>,
}

impl PointResult {
    /// A number of the point's result document, if it is defined.
    pub fn get(&self, key: &Key) -> Option<f64> {
        rows::get(&self.rows, key)
    }

    /// Why the point failed, if it did.
    pub fn failure(&self) -> Option<&str> {
        rows::failure(&self.rows)
    }
}

impl Swept {
    /// The results of all points that are done, in their order. The memory grows with them; [`Store::results`] gives them part by part.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub fn results(&self) -> Result<Vec<PointResult>, SweepError> {
        let mut found = Vec::with_capacity(self.store.done());
        for results in self.store.results() {
            let results = results?.into_iter();
            found.extend(results.map(|(point, rows)| PointResult {
                point,
                values: self.store.points.rows[point].clone(),
                rows,
            }));
        }
        found.sort_by_key(|result| result.point);
        Ok(found)
    }
}
