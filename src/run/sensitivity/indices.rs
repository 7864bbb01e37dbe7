//! Sobol indices over inputs and the usual measures, from parameter sets.

use indexmap::IndexMap;
use ndarray::{Array2, ArrayView1};
use statrs::distribution::{ContinuousCDF, Normal};

use super::evaluator::Evaluator;
use crate::engine::{Draws, Progress};
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
use crate::storage::{Column, Table};

/// First-order indices from the parameter sets of a run.
pub(super) fn given_data(sets: &SetResults, outputs: &[Key], dependence: InputDependence) -> Indices {
    let of_output = |key: &Key| {
        let found = sets.outputs.get(key)?;
        let indices = first_order(sets.values.view(), found, sets.replicates as usize, dependence);
        let keys = sets.inputs.iter().map(String::as_str);
        Some((key.clone(), OutputIndices { first_order: Some(by_input(keys, indices)), ..OutputIndices::default() }))
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
) -> Result<Option<Designed>, RunError> {
    let Some(uncertainty) = of.uncertainty() else { return Ok(None) };
    let count = of.inputs.len();
    let extent = design_extent(points);
    let keys = (0..2 * count).map(|dimension| dimension.to_string()).collect();
    let draws = ParameterDraws::new(keys, Draws { seed, replicate: 0 }, extent);
    let base = Array2::from_shape_fn((extent.all() as usize, 2 * count), |(set, dimension)| {
        draws.share(set as u32, dimension)
    });
    let shares = saltelli_points(base.view());
    let rows: Vec<Vec<f64>> = shares.rows().into_iter().map(|row| uncertainty.values(&row.to_vec())).collect();
    let Some(found) = of.values(&rows, outputs, progress)? else { return Ok(None) };
    let of_output = |numbers: &[f64]| {
        let SobolIndices { first, total } = sobol_indices(numbers, None, count, extent.replicates as usize);
        let by_input = |values| by_input(of.keys(), values);
        OutputIndices { first_order: Some(by_input(first)), total: Some(by_input(total)), shapley: None }
    };
    Ok(Some(designed("saltelli", of, outputs, (&rows, &found), of_output)))
}

/// Shapley effects by a design for each replicate, for inputs that depend on each other. `None` if `progress` asked to stop.
///
/// Source: Song, Nelson and Staum (2016), "Shapley effects for global sensitivity analysis: theory and computation".
pub(super) fn shapley(
    of: &Evaluator,
    outputs: &[Key],
    designs: &[ShapleyDesign],
    progress: &Progress,
) -> Result<Option<Designed>, RunError> {
    let Some(uncertainty) = of.uncertainty() else { return Ok(None) };
    let values = |row: ArrayView1<f64>| uncertainty.values_at(row.iter().copied());
    let rows: Vec<Vec<f64>> = designs.iter().flat_map(|design| design.points.rows()).map(values).collect();
    let Some(found) = of.values(&rows, outputs, progress)? else { return Ok(None) };
    let of_output = |numbers: &[f64]| {
        let each = designs[0].points.nrows();
        let replicates: Vec<(&ShapleyDesign, &[f64])> = designs.iter().zip(numbers.chunks(each)).collect();
        // all runs of a replicate share their random numbers
        let effects = shapley_effects(&replicates, 0.0);
        OutputIndices { shapley: Some(by_input(of.keys(), effects)), ..OutputIndices::default() }
    };
    Ok(Some(designed("shapley", of, outputs, (&rows, &found), of_output)))
}

/// Indices by a design, and a row for each of its runs: replicate, inputs, outputs.
pub(super) struct Designed {
    pub indices: Indices,
    pub table: Table,
}

/// The indices of each output by a design, of which `found` has the outputs of each run, and `rows` the inputs.
fn designed(
    method: &str,
    of: &Evaluator,
    outputs: &[Key],
    (rows, found): (&[Vec<f64>], &[Vec<f64>]),
    of_output: impl Fn(&[f64]) -> OutputIndices,
) -> Designed {
    let column = |of: &[Vec<f64>], place: usize| of.iter().map(|row| row[place]).collect::<Vec<f64>>();
    let each = rows.len().div_ceil(USUAL_REPLICATES as usize).max(1);
    let replicates = (0..rows.len()).map(|run| (run / each) as i64).collect();
    let real =
        |numbers: Vec<f64>| Column::Real(numbers.into_iter().map(|x| Some(x).filter(|x| x.is_finite())).collect());
    let inputs = of.keys().enumerate().map(|(place, key)| (key.to_owned(), real(column(rows, place))));
    let numbers = outputs.iter().enumerate().map(|(place, key)| (key.to_string(), real(column(found, place))));
    let first = [("replicate".to_owned(), Column::Whole(replicates))];
    let table = first.into_iter().chain(inputs).chain(numbers).collect();
    let outputs = outputs.iter().enumerate().map(|(place, key)| (key.clone(), of_output(&column(found, place))));
    Designed { indices: Indices { method: method.into(), sets: found.len() as u64, outputs: outputs.collect() }, table }
}

/// A design of Shapley effects for each replicate.
pub(super) fn shapley_designs(
    uncertainty: &Uncertainty,
    (points, seed): (u32, u64),
) -> Result<Vec<ShapleyDesign>, RunError> {
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

/// Runs that [`saltelli`] needs.
pub(super) fn runs(inputs: usize, points: u32) -> u64 {
    u64::from(design_extent(points).all()) * (inputs as u64 + 2)
}

/// The base points of [`saltelli`], as parameter sets.
fn design_extent(points: u32) -> SetExtent {
    SetExtent::covering(1, points, USUAL_REPLICATES, false)
}

fn by_input<'k>(keys: impl IntoIterator<Item = &'k str>, values: Vec<Estimate>) -> IndexMap<String, Estimate> {
    keys.into_iter().map(str::to_owned).zip(values).collect()
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
