//! Sobol indices over inputs and the usual measures, from parameter sets.

use indexmap::IndexMap;
use ndarray::{Array2, ArrayView1};
use statrs::distribution::{ContinuousCDF, Normal};

use super::evaluator::Evaluator;
use crate::engine::Progress;
use crate::measure::{
    Classic, Estimate, InputDependence, NoDesign, ShapleyDesign, ShapleyPlan, SobolIndices, classic, first_order,
    saltelli_points, shapley_design, shapley_effects, sobol_indices,
};
use crate::result::{ClassicMeasures, ClassicOutput, Indices, Key, OutputIndices};
use crate::run::error::RunError;
use crate::run::parameters::{ParameterDraws, SetExtent};
use crate::run::points::USUAL_REPLICATES;
use crate::run::set_results::SetResults;
use crate::scenario::Uncertainty;

/// First-order indices from the parameter sets of a run.
pub(super) fn given_data(sets: &SetResults, outputs: &[Key], dependence: InputDependence) -> Indices {
    let of_output = |key: &Key| {
        let found = sets.outputs.get(key)?;
        let indices = first_order(sets.values.view(), found, sets.replicates as usize, dependence);
        Some((key.clone(), OutputIndices { first_order: Some(by_input(sets, indices)), ..OutputIndices::default() }))
    };
    Indices {
        method: "given data".into(),
        sets: sets.values.nrows() as u64,
        outputs: outputs.iter().filter_map(of_output).collect(),
    }
}

/// First-order and total indices by a design of their own, of so many base points. `None` if `progress` asked to stop.
///
/// Source: Saltelli, Annoni, Azzini, Campolongo, Ratto and Tarantola (2010), "Variance based sensitivity analysis of model output".
pub(super) fn saltelli(
    of: &Evaluator,
    outputs: &[Key],
    (points, seed): (u32, u64),
    progress: &Progress,
) -> Result<Option<Indices>, RunError> {
    let Some(uncertainty) = of.uncertainty() else { return Ok(None) };
    let count = of.inputs.len();
    let each = points.div_ceil(USUAL_REPLICATES).next_power_of_two();
    let extent = SetExtent { replicates: USUAL_REPLICATES, sets: each, paths: 1 };
    let keys = (0..2 * count).map(|dimension| dimension.to_string()).collect();
    let draws = ParameterDraws::new(keys, seed, extent);
    let base = Array2::from_shape_fn((extent.all() as usize, 2 * count), |(set, dimension)| {
        draws.share(set as u32, dimension)
    });
    let shares = saltelli_points(base.view());
    let rows: Vec<Vec<f64>> = shares.rows().into_iter().map(|row| uncertainty.values(&row.to_vec())).collect();
    let Some(found) = of.values(&rows, outputs, progress)? else { return Ok(None) };
    let by_key = |values: Vec<Estimate>| of.inputs.iter().map(|input| input.key().to_owned()).zip(values).collect();
    let of_output = |(place, key): (usize, &Key)| {
        let numbers: Vec<f64> = found.iter().map(|row| row[place]).collect();
        let SobolIndices { first, total } = sobol_indices(&numbers, None, count, extent.replicates as usize);
        (key.clone(), OutputIndices { first_order: Some(by_key(first)), total: Some(by_key(total)), shapley: None })
    };
    Ok(Some(Indices {
        method: "saltelli".into(),
        sets: rows.len() as u64,
        outputs: outputs.iter().enumerate().map(of_output).collect(),
    }))
}

/// Shapley effects by a design of its own, for inputs that depend on each other. `None` if `progress` asked to stop.
///
/// Source: Song, Nelson and Staum (2016), "Shapley effects for global sensitivity analysis: theory and computation".
pub(super) fn shapley(
    of: &Evaluator,
    outputs: &[Key],
    (points, seed): (u32, u64),
    progress: &Progress,
) -> Result<Option<Indices>, RunError> {
    let Some(uncertainty) = of.uncertainty() else { return Ok(None) };
    let designs = shapley_designs(uncertainty, points, seed)?;
    let normal = Normal::standard();
    let values = |row: ArrayView1<f64>| -> Vec<f64> {
        let share = |z: &f64| normal.cdf(*z).clamp(f64::MIN_POSITIVE, 1.0 - f64::EPSILON);
        uncertainty.inputs.iter().zip(row).map(|(input, z)| input.distribution.quantile(share(z))).collect()
    };
    let rows: Vec<Vec<f64>> = designs.iter().flat_map(|design| design.points.rows()).map(values).collect();
    let Some(found) = of.values(&rows, outputs, progress)? else { return Ok(None) };
    let of_output = |(place, key): (usize, &Key)| {
        let numbers: Vec<f64> = found.iter().map(|row| row[place]).collect();
        let each = designs[0].points.nrows();
        let replicates: Vec<(&ShapleyDesign, &[f64])> = designs.iter().zip(numbers.chunks(each)).collect();
        // all runs of a replicate share their random numbers
        let effects = shapley_effects(&replicates, 0.0);
        let shapley = of.inputs.iter().map(|input| input.key().to_owned()).zip(effects).collect();
        (key.clone(), OutputIndices { shapley: Some(shapley), ..OutputIndices::default() })
    };
    Ok(Some(Indices {
        method: "shapley".into(),
        sets: rows.len() as u64,
        outputs: outputs.iter().enumerate().map(of_output).collect(),
    }))
}

/// A design for each replicate.
fn shapley_designs(uncertainty: &Uncertainty, points: u32, seed: u64) -> Result<Vec<ShapleyDesign>, RunError> {
    let each = points.div_ceil(USUAL_REPLICATES).max(2) as usize;
    let plan = ShapleyPlan { outer: each.div_ceil(4), inner: 3, variance: 4 * each, permutations: each };
    let correlation = uncertainty.copula();
    let design = |replicate: u32| {
        let mut hash = blake3::Hasher::new();
        hash.update(b"shapley").update(&seed.to_le_bytes()).update(&replicate.to_le_bytes());
        let (mut bytes, normal) = (hash.finalize_xof(), Normal::standard());
        let draw = || {
            let mut word = [0; 8];
            bytes.fill(&mut word);
            normal.inverse_cdf(((u64::from_le_bytes(word) >> 11) as f64 + 0.5) / (1u64 << 53) as f64)
        };
        shapley_design(correlation.view(), plan, draw)
    };
    let made = (0..USUAL_REPLICATES).map(design).collect::<Result<Vec<ShapleyDesign>, NoDesign>>();
    made.map_err(|error| RunError::usage(error.to_string(), "use fewer inputs, or weaker correlations"))
}

/// Runs that Shapley effects need.
pub(super) fn shapley_runs(of: &Evaluator, points: u32, seed: u64) -> Result<u64, RunError> {
    let Some(uncertainty) = of.uncertainty() else { return Ok(0) };
    let designs = shapley_designs(uncertainty, points, seed)?;
    Ok(designs.iter().map(|design| design.points.nrows() as u64).sum())
}

/// Runs that indices need.
pub(super) fn runs(inputs: usize, points: u32) -> u64 {
    let each = points.div_ceil(USUAL_REPLICATES).next_power_of_two();
    u64::from(USUAL_REPLICATES * each) * (inputs as u64 + 2)
}

fn by_input(sets: &SetResults, indices: Vec<Estimate>) -> IndexMap<String, Estimate> {
    sets.inputs.iter().cloned().zip(indices).collect()
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
        });
        Some((key.clone(), ClassicOutput { r_squared, inputs: sets.inputs.iter().cloned().zip(measures).collect() }))
    };
    outputs.iter().filter_map(of_output).collect()
}
