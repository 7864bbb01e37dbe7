//! Parameter sets: joint draws of a scenario's uncertain inputs.

use indexmap::IndexSet;

use crate::distribution::Dimension;
use crate::engine::Draws;
use crate::measure::InputDependence;
use crate::scenario::{Scenario, Uncertainty};
use crate::tally::Tally;

/// Parameter sets of a run, unless something else is asked for.
pub const USUAL_DRAWS: u32 = 256;
/// Parameter sets of a run at most.
pub const MOST_DRAWS: u32 = 1 << 16;

/// How many parameter sets there are, and how many paths each has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SetExtent {
    /// Independent scrambles of a Sobol sequence, whose differences tell the errors.
    pub replicates: u32,
    /// Sets of each replicate, a power of two.
    pub sets: u32,
    /// Paths of each set.
    pub paths: u64,
}

impl SetExtent {
    /// Sets of all replicates together. They are numbered replicate by replicate.
    pub fn all(self) -> u32 {
        self.replicates * self.sets
    }

    /// Paths of all sets together.
    pub fn all_paths(self) -> u64 {
        u64::from(self.all()) * self.paths
    }

    /// Paths with all inputs at their medians, which stand beside: as many as a replicate has.
    pub fn paths_at_centre(self) -> u64 {
        u64::from(self.sets) * self.paths
    }

    /// The tally of a set as a part of its replicate, with invalid paths numbered behind those of the sets before.
    pub fn placed(self, set: u32, mut tally: Tally) -> Tally {
        let before = u64::from(set % self.sets) * self.paths;
        tally.invalid.first = tally.invalid.first.map(|path| before + path);
        tally.as_scramble(set / self.sets)
    }

    /// About so many of its first paths: of each set the same number.
    pub fn first(self, paths: u64, quasi_random: bool) -> Self {
        let each = (paths / u64::from(self.all())).max(1);
        SetExtent { paths: self.paths.min(if quasi_random { 1 << each.ilog2() } else { each }), ..self }
    }

    /// At least so many sets, with at least so many paths together; those of a set are a power of two if they are quasi-random.
    pub fn covering(paths: u64, draws: u32, replicates: u32, quasi_random: bool) -> Self {
        let sets = draws.div_ceil(replicates).next_power_of_two();
        let each = paths.div_ceil(u64::from(replicates * sets)).max(1);
        SetExtent { replicates, sets, paths: if quasi_random { each.next_power_of_two() } else { each } }
    }
}

/// Where the inputs of parameter sets come from: the points of a Sobol sequence under an independent scramble for each replicate, with
/// a dimension for each input.
///
/// Source: Owen (1998), "Scrambling Sobol' and Niederreiter-Xing points"; Burley (2020), "Practical hash-based Owen scrambling".
#[derive(Debug, Clone)]
pub struct ParameterDraws {
    /// Keys of inputs in the order of their dimensions.
    keys: Vec<String>,
    /// By replicate and dimension.
    dimensions: Vec<Vec<Dimension>>,
    sets: u32,
}

impl ParameterDraws {
    /// Draws for these inputs, whose first scramble is that of `draws`. Scenarios that are compared have them in common: an input has
    /// the same share in all of them.
    pub fn new(keys: Vec<String>, draws: Draws, extent: SetExtent) -> Self {
        let unscrambled: Vec<Dimension> = (0..keys.len()).map(|at| Dimension::new(at as u32, 0)).collect();
        let scrambled = |replicate| {
            let seed = scramble(draws.seed, draws.replicate.wrapping_add(replicate));
            unscrambled.iter().map(|dimension| dimension.scrambled_by(seed)).collect()
        };
        ParameterDraws { keys, dimensions: (0..extent.replicates).map(scrambled).collect(), sets: extent.sets }
    }

    /// Of a scenario alone.
    pub fn of(uncertainty: &Uncertainty, seed: u64, extent: SetExtent) -> Self {
        let keys = uncertainty.inputs.iter().map(|input| input.key.clone()).collect();
        Self::new(keys, Draws { seed, replicate: 0 }, extent)
    }

    /// The share of a set in a dimension.
    pub fn share(&self, set: u32, dimension: usize) -> f64 {
        self.dimensions[(set / self.sets) as usize][dimension].share(set % self.sets)
    }

    /// The share of each input's distribution, independent of the others, that a set has.
    pub fn shares(&self, uncertainty: &Uncertainty, set: u32) -> Vec<f64> {
        let place = |key: &String| self.keys.iter().position(|known| known == key);
        let share = |key: &String| place(key).map_or(0.5, |place| self.share(set, place));
        uncertainty.inputs.iter().map(|input| share(&input.key)).collect()
    }

    /// The value of each input that a set has.
    pub fn values(&self, uncertainty: &Uncertainty, set: u32) -> Vec<f64> {
        uncertainty.values(&self.shares(uncertainty, set))
    }
}

/// Keys of the uncertain inputs of some scenarios, each once.
pub fn input_keys<'a>(scenarios: impl Iterator<Item = &'a Scenario>) -> Vec<String> {
    let inputs = scenarios.filter_map(|scenario| scenario.uncertainty.as_deref()).flat_map(|of| &of.inputs);
    inputs.map(|input| &input.key).collect::<IndexSet<_>>().into_iter().cloned().collect()
}

/// Whether inputs depend on each other.
pub fn dependence(uncertainty: &Uncertainty) -> InputDependence {
    match uncertainty.is_independent() {
        true => InputDependence::Independent,
        false => InputDependence::Correlated,
    }
}

/// The seed of a replicate's scramble.
fn scramble(seed: u64, replicate: u32) -> u64 {
    let mut hash = blake3::Hasher::new();
    hash.update(b"parameter sets").update(&seed.to_le_bytes()).update(&replicate.to_le_bytes());
    let bytes = hash.finalize();
    u64::from_le_bytes(std::array::from_fn(|at| bytes.as_bytes()[at]))
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXTENT: SetExtent = SetExtent { replicates: 4, sets: 64, paths: 1 };

    #[test]
    fn extents_are_rounded_up() {
        let of = |paths, draws, replicates, quasi_random| SetExtent::covering(paths, draws, replicates, quasi_random);
        assert_eq!(of(1_000_000, 256, 16, false), SetExtent { replicates: 16, sets: 16, paths: 3907 });
        assert_eq!(of(1_000_000, 256, 16, true), SetExtent { replicates: 16, sets: 16, paths: 4096 });
        assert_eq!(of(1, 100, 16, false), SetExtent { replicates: 16, sets: 8, paths: 1 });
    }

    #[test]
    fn every_replicate_is_spread_evenly_and_differs_from_the_others() {
        let draws = ParameterDraws::new(vec!["a".into(), "b".into()], Draws { seed: 7, replicate: 0 }, EXTENT);
        let share = |set: u32, input: usize| draws.dimensions[(set / 64) as usize][input].share(set % 64);
        for (replicate, input) in [(0, 0), (1, 0), (3, 1)] {
            let mut parts: Vec<u32> = (0..64).map(|at| (share(64 * replicate + at, input) * 64.0) as u32).collect();
            parts.sort_unstable();
            assert!(parts.into_iter().eq(0..64), "{replicate} {input}");
        }
        let first: Vec<f64> = (0..4).map(|replicate| share(64 * replicate, 0)).collect();
        assert!(first.windows(2).all(|pair| pair[0] != pair[1]), "{first:?}");
        let other = ParameterDraws::new(vec!["a".into()], Draws { seed: 8, replicate: 0 }, EXTENT);
        assert_ne!(other.dimensions[0][0].share(0), share(0, 0));
    }
}
