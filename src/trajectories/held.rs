//! Trajectories in memory: an array of the program that this library is part of.

use std::fmt::Debug;
use std::sync::Arc;

use ndarray::{ArrayViewMut2, ArrayViewMut3};

use super::error::TrajectoryError;
use super::npy::{complete, has_start};
use super::wanted::Wanted;
use crate::engine::EngineError;
use crate::engine::trajectory_source::TrajectorySource;

/// An array of shape (paths, periods, factors), with or without a row for period 0.
pub trait TrajectoryArray: Debug + Send + Sync {
    /// Its lengths.
    fn shape(&self) -> [usize; 3];

    /// Writes the values of a path, period by period, to `values`, which has room for exactly those.
    fn path(&self, path: usize, values: &mut [f64]);
}

impl TrajectoryArray for Arc<dyn TrajectoryArray> {
    fn shape(&self) -> [usize; 3] {
        (**self).shape()
    }

    fn path(&self, path: usize, values: &mut [f64]) {
        (**self).path(path, values);
    }
}

/// Such an array as the factors of a scenario.
pub(super) struct Held<A> {
    array: A,
    has_start: bool,
    wanted: Wanted,
}

impl<A: TrajectoryArray> Held<A> {
    /// Takes an array whose shape is the scenario's.
    pub fn new(array: A, wanted: Wanted) -> Result<Self, TrajectoryError> {
        let has_start = has_start(&array.shape(), &wanted)?;
        Ok(Held { array, has_start, wanted })
    }

    /// The hash of its shape and values, whatever their type.
    pub fn hash(&self) -> String {
        let shape = self.array.shape();
        let mut hasher = blake3::Hasher::new();
        hasher.update(bytemuck::cast_slice(&shape.map(|length| length as u64)));
        let mut values = vec![0.0; shape[1] * shape[2]];
        for path in 0..shape[0] {
            self.array.path(path, &mut values);
            hasher.update(bytemuck::cast_slice(&values));
        }
        hasher.finalize().to_hex().to_string()
    }
}

impl<A: TrajectoryArray> TrajectorySource for Held<A> {
    fn paths(&self) -> u64 {
        self.array.shape()[0] as u64
    }

    fn fill(
        &self,
        first: u64,
        factors: &mut ArrayViewMut3<f32>,
        states: &mut ArrayViewMut2<u32>,
    ) -> Result<(), EngineError> {
        let wanted = &self.wanted;
        states.fill(wanted.start_state);
        let count = (self.paths() - first).min(factors.dim().2 as u64) as usize;
        let columns = wanted.factors.len();
        let earlier = usize::from(!self.has_start);
        let mut values = vec![0.0; wanted.rows(self.has_start) * columns];
        for place in 0..count {
            let path = first + place as u64;
            self.array.path(path as usize, &mut values);
            for (at, &value) in values.iter().enumerate() {
                let (period, factor) = (at / columns + earlier, at % columns);
                factors[(period, factor, place)] = wanted.ranges.check(&wanted.file, value, path, period, factor)?;
            }
        }
        complete(factors, count, (!self.has_start).then_some(&wanted.starts));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use ndarray::{Array2, Array3};

    use super::*;
    use crate::plan::Plan;
    use crate::scenario::parse;
    use crate::trajectories;

    #[derive(Debug)]
    struct Numbers(Array3<f64>);

    impl TrajectoryArray for Numbers {
        fn shape(&self) -> [usize; 3] {
            self.0.dim().into()
        }

        fn path(&self, path: usize, values: &mut [f64]) {
            values.iter_mut().zip(self.0.index_axis(ndarray::Axis(0), path)).for_each(|(to, from)| *to = *from);
        }
    }

    #[test]
    fn an_array_gives_the_factors_of_its_paths() {
        let loaded = parse(include_str!("../../docs/examples/start.toml"), "start.toml").expect("it is valid");
        let (scenario, plan) = (&loaded.scenario, Plan::lower(&loaded.scenario));
        let (periods, columns) = (plan.sizes.periods as usize, plan.sizes.factors);
        let value = |(path, period, factor): (usize, usize, usize)| 0.5 + (path + period + factor) as f64 / 1e3;
        let array = || Numbers(Array3::from_shape_fn((5, periods, columns), value));
        let opened = trajectories::hold(array(), Path::new("array"), scenario, &plan).expect("it fits");
        let (mut factors, mut states) = (Array3::zeros((periods + 1, columns, 4)), Array2::zeros((0, 4)));
        opened.given.fill(2, &mut factors.view_mut(), &mut states.view_mut()).expect("all are in range");
        assert_eq!(factors[(3, 1, 0)], value((2, 2, 1)) as f32);
        assert_eq!(factors[(0, 0, 0)], plan.single.factors[0].start);
        assert_eq!(factors[(3, 1, 3)], factors[(3, 1, 2)], "the last path is repeated");
        let other = Numbers(Array3::from_shape_fn((5, periods, columns), |at| value(at) + f64::from(at == (4, 1, 0))));
        let other = trajectories::hold(other, Path::new("array"), scenario, &plan).expect("it fits");
        assert_ne!(opened.hash(), other.hash());
        let wrong =
            trajectories::hold(Numbers(Array3::zeros((5, columns, periods))), Path::new("array"), scenario, &plan);
        assert!(wrong.err().expect("it does not fit").message.contains("has the shape (5,"));
    }
}
