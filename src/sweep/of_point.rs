//! The paths of each point of a sweep, as its options say.

use super::manifest::{PointsRecord, SetsRecord};
use super::scrambles::Scrambles;
use crate::run::parameters::SetExtent;
use crate::run::{Extent, PointSet, PointsRequest};

/// How many paths of which kind each point has, or at most with targets.
#[derive(Debug, Clone, Copy)]
pub(super) enum OfPoint {
    Paths(Extent),
    /// Those of so many parameter sets.
    Sets(SetExtent),
}

impl OfPoint {
    /// What its paths are divided into.
    pub fn scrambles(self) -> Scrambles {
        match self {
            OfPoint::Paths(extent) => extent.into(),
            OfPoint::Sets(extent) => extent.into(),
        }
    }

    /// Paths of a point.
    pub fn paths(self) -> u64 {
        match self {
            OfPoint::Paths(extent) => extent.paths(),
            OfPoint::Sets(extent) => extent.all_paths(),
        }
    }

    /// What a manifest records of quasi-random points, and of parameter sets.
    pub fn records(self, request: &PointsRequest) -> (Option<PointsRecord>, Option<SetsRecord>) {
        match self {
            OfPoint::Paths(extent) => (PointsRecord::of(request, extent), None),
            OfPoint::Sets(extent) => {
                let is_quasi_random = request.set == PointSet::Sobol;
                let points = is_quasi_random.then(|| PointsRecord::under(request, extent.replicates));
                (points, Some(SetsRecord::of(extent)))
            }
        }
    }
}
