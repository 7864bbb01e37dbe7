//! Designs for Sobol indices and Shapley effects: which runs they need, and what the outputs of these runs say.

use std::path::Path;

use indexmap::IndexMap;
use ndarray::{Array2, ArrayView1};
use statrs::distribution::{ContinuousCDF, Normal};

use crate::engine::Draws;
use crate::measure::{
    Estimate, InputDependence, NoDesign, ShapleyDesign, ShapleyPlan, SobolIndices, saltelli_points, shapley_design,
    shapley_effects, sobol_indices,
};
use crate::result::{Indices, Key, OutputIndices, Provenance};
use crate::run::error::RunError;
use crate::run::parameters::{ParameterDraws, SetExtent, dependence};
use crate::run::points::USUAL_REPLICATES;
use crate::scenario::Uncertainty;
use crate::storage::parquet::encode;
use crate::storage::{Column, Table};

/// The runs that indices need, replicate by replicate.
#[derive(Debug, Clone)]
pub struct IndexDesign {
    /// Keys of the inputs.
    pub keys: Vec<String>,
    /// Values of the inputs, by run.
    pub rows: Vec<Vec<f64>>,
    kind: Kind,
}

#[derive(Debug, Clone)]
enum Kind {
    /// First-order and total indices of inputs that do not depend on each other.
    Saltelli,
    /// Shapley effects of inputs that do, by replicate.
    Shapley(Vec<ShapleyDesign>),
}

/// Whoever has computed the runs of a design.
pub trait EvaluatedRuns: std::fmt::Debug + Sync {
    /// The outputs, by run and key; NaN where one is undefined.
    ///
    /// # Errors
    /// If these are not the runs of the design, on the scenario and the paths of `of`.
    fn values(&self, design: &IndexDesign, outputs: &[Key], of: &Provenance) -> Result<Vec<Vec<f64>>, RunError>;
}

/// Indices by a design, and a row for each of its runs: replicate, inputs, outputs.
pub(super) struct Designed {
    pub indices: Indices,
    pub table: Table,
}

impl IndexDesign {
    /// Of about so many base points.
    ///
    /// Sources: Saltelli, Annoni, Azzini, Campolongo, Ratto and Tarantola (2010), "Variance based sensitivity analysis of model output";
    /// Song, Nelson and Staum (2016), "Shapley effects for global sensitivity analysis: theory and computation".
    pub(super) fn new(uncertainty: &Uncertainty, points: u32, seed: u64) -> Result<Self, RunError> {
        let keys: Vec<String> = uncertainty.inputs.iter().map(|input| input.key.clone()).collect();
        if dependence(uncertainty) == InputDependence::Correlated {
            let designs = shapley_designs(uncertainty, points, seed)?;
            let values = |row: ArrayView1<f64>| uncertainty.values_at(row.iter().copied());
            let rows = designs.iter().flat_map(|design| design.points.rows()).map(values).collect();
            return Ok(IndexDesign { keys, rows, kind: Kind::Shapley(designs) });
        }
        let count = keys.len();
        let extent = SetExtent::covering(1, points, USUAL_REPLICATES, false);
        let dimensions = (0..2 * count).map(|dimension| dimension.to_string()).collect();
        let draws = ParameterDraws::new(dimensions, Draws { seed, replicate: 0 }, extent);
        let base = Array2::from_shape_fn((extent.all() as usize, 2 * count), |(set, dimension)| {
            draws.share(set as u32, dimension)
        });
        let shares = saltelli_points(base.view());
        let rows = shares.rows().into_iter().map(|row| uncertainty.values(&row.to_vec())).collect();
        Ok(IndexDesign { keys, rows, kind: Kind::Saltelli })
    }

    /// The runs as a list of points for a sweep.
    pub fn list(&self) -> Table {
        self.inputs().collect()
    }

    /// Refuses a name for the file of the list that is not one of Parquet.
    ///
    /// # Errors
    /// That it is not.
    pub fn check_list_name(file: &Path) -> Result<(), RunError> {
        if file.extension().is_some_and(|ending| ending == "parquet") {
            return Ok(());
        }
        Err(RunError::usage(
            format!("--write-list writes Parquet, but `{}` has another extension", file.display()),
            format!("use a name such as {}", file.with_extension("parquet").display()),
        ))
    }

    /// The list as a Parquet file.
    ///
    /// # Errors
    /// If it cannot be encoded.
    pub fn encoded_list(&self) -> Result<Vec<u8>, RunError> {
        let note = ("overhang", format!("{} runs for sensitivity indices", self.rows.len()));
        encode(&[self], |design| design.list(), note).map_err(|error| {
            RunError::failed(format!("the list could not be encoded: {error}"), "report this as a bug")
        })
    }

    fn inputs(&self) -> impl Iterator<Item = (String, Column)> {
        self.keys.iter().enumerate().map(|(place, key)| (key.clone(), real(&column(&self.rows, place))))
    }

    /// The indices of each output, of which `found` has the value in each run.
    pub(super) fn indices(&self, outputs: &[Key], found: &[Vec<f64>]) -> Designed {
        let each = self.rows.len().div_ceil(USUAL_REPLICATES as usize).max(1);
        let replicates = (0..self.rows.len()).map(|run| (run / each) as i64).collect();
        let numbers = outputs.iter().enumerate().map(|(place, key)| (key.to_string(), real(&column(found, place))));
        let first = [("replicate".to_owned(), Column::Whole(replicates))];
        let table = first.into_iter().chain(self.inputs()).chain(numbers).collect();
        let of_output = |(place, key): (usize, &Key)| (key.clone(), self.of_output(&column(found, place)));
        let outputs = outputs.iter().enumerate().map(of_output).collect();
        let method = if matches!(self.kind, Kind::Saltelli) { "saltelli" } else { "shapley" };
        Designed { indices: Indices { method: method.into(), sets: found.len() as u64, outputs }, table }
    }

    fn of_output(&self, numbers: &[f64]) -> OutputIndices {
        let by_input = |values: Vec<Estimate>| self.keys.iter().cloned().zip(values).collect::<IndexMap<_, _>>();
        match &self.kind {
            Kind::Saltelli => {
                let (count, replicates) = (self.keys.len(), USUAL_REPLICATES as usize);
                let SobolIndices { first, total } = sobol_indices(numbers, None, count, replicates);
                OutputIndices { first_order: Some(by_input(first)), total: Some(by_input(total)), shapley: None }
            }
            Kind::Shapley(designs) => {
                let each = designs[0].points.nrows();
                let replicates: Vec<(&ShapleyDesign, &[f64])> = designs.iter().zip(numbers.chunks(each)).collect();
                // all runs of a replicate share their random numbers
                let effects = shapley_effects(&replicates, 0.0);
                OutputIndices { shapley: Some(by_input(effects)), ..OutputIndices::default() }
            }
        }
    }
}

fn column(rows: &[Vec<f64>], place: usize) -> Vec<f64> {
    rows.iter().map(|row| row[place]).collect()
}

/// A column of numbers, empty where they are undefined.
fn real(numbers: &[f64]) -> Column {
    Column::Real(numbers.iter().map(|&x| Some(x).filter(|x| x.is_finite())).collect())
}

/// A design of Shapley effects for each replicate.
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
