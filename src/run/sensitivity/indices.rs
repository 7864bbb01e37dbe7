//! First-order indices of inputs and the usual measures, from the parameter sets of a run.

use indexmap::IndexMap;

use crate::measure::{Classic, InputDependence, classic, first_order};
use crate::result::{ClassicMeasures, ClassicOutput, Indices, Key, OutputIndices};
use crate::run::set_results::SetResults;

/// First-order indices from the parameter sets of a run.
pub(super) fn given_data(sets: &SetResults, outputs: &[Key], dependence: InputDependence) -> Indices {
    let of_output = |key: &Key| {
        let found = sets.outputs.get(key)?;
        let indices = first_order(sets.values.view(), found, sets.replicates as usize, dependence);
        let first_order = Some(sets.inputs.iter().cloned().zip(indices).collect());
        Some((key.clone(), OutputIndices { first_order, ..OutputIndices::default() }))
    };
    Indices {
        method: "given data".into(),
        sets: sets.values.nrows() as u64,
        outputs: outputs.iter().filter_map(of_output).collect(),
    }
}

/// The usual measures from the parameter sets of a run; outputs that are undefined in a set are left out.
pub(super) fn usual(sets: &SetResults, outputs: &[Key]) -> IndexMap<Key, ClassicOutput> {
    let of_output = |key: &Key| {
        let means: Vec<f64> = sets.outputs.get(key)?.iter().map(|set| set.mean).collect();
        let Classic { r_squared, inputs } = classic(sets.values.view(), &means);
        let measures = inputs.iter().map(|of| ClassicMeasures {
            regression: of.regression,
            correlation: of.correlation,
            rank_correlation: of.rank_correlation,
            partial_rank_correlation: of.partial_rank_correlation,
            contribution: of.contribution,
            mean_range: of.mean_range().map(|(low, high)| [low, high]),
            bin_means: of.bin_means.clone(),
        });
        Some((key.clone(), ClassicOutput { r_squared, inputs: sets.inputs.iter().cloned().zip(measures).collect() }))
    };
    outputs.iter().filter_map(of_output).collect()
}
