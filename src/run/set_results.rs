//! What the parameter sets of a run gave, and what that says about its inputs.

use indexmap::IndexMap;
use ndarray::Array2;
use rayon::prelude::*;

use super::parameters::dependence;
use super::predictive::{Predictive, SetNumbers};
use crate::measure::{InputDependence, SetMoments, ValueOfLearning, first_order, value_of_learning, variance_parts};
use crate::plan::Plan;
use crate::plan::figure::Owner;
use crate::registry::Figure;
use crate::result::{
    InputSummary, Key, OutputSummary, ResultDocument, SYSTEM, UncertaintyDocument, figure_key, time_key,
};
use crate::scenario::{Scenario, UncertainInput, Uncertainty};
use crate::storage::{Column, Table};

/// What is known of each parameter set of a run, in their order: replicate by replicate.
#[derive(Debug, Clone)]
pub struct SetResults {
    /// Keys of the inputs.
    pub inputs: Vec<String>,
    /// Values of the inputs, sets × inputs.
    pub values: Array2<f64>,
    /// Of each mean and probability by its key, the moments over the paths of each set.
    pub outputs: IndexMap<Key, Vec<SetMoments>>,
    pub replicates: u32,
    /// Paths of each set.
    pub paths: u64,
    paths_at_centre: u64,
    /// The numbers with all inputs at their medians.
    centre: ResultDocument,
    /// The system's net value, or that of a single organization.
    net_value: Option<Key>,
}

impl SetResults {
    /// Of a run's sets and of the paths at its centre; `plan` is the one that all sets share the figures of.
    pub(super) fn new(
        sets: &Predictive,
        scenario: &Scenario,
        plan: &Plan,
        found: Vec<SetNumbers>,
        centre: ResultDocument,
    ) -> Self {
        let values = (0..sets.extent.all()).flat_map(|set| sets.values(set)).collect();
        let inputs: Vec<String> = sets.keys().map(str::to_owned).collect();
        let figures = plan.figures.iter().enumerate().filter(|(_, spec)| spec.sketched);
        let figures = figures.filter_map(|(at, spec)| {
            let key = figure_key(scenario, spec.owner, spec.figure)?;
            Some((key, found.iter().map(|set| set.figures[at]).collect()))
        });
        let times = plan.times.iter().enumerate();
        let times =
            times.map(|(at, &time)| (time_key(scenario, time), found.iter().map(|set| set.times[at]).collect()));
        let mut outputs: IndexMap<Key, Vec<SetMoments>> = figures.chain(times).collect();
        // what is asked of all organizations together stands first
        outputs.sort_by_cached_key(|key, _| key.subject.owner() != SYSTEM);
        let net_value = figure_key(scenario, Owner::System, Figure::NetValue).filter(|key| outputs.contains_key(key));
        let shape = (found.len(), inputs.len());
        SetResults {
            values: Array2::from_shape_vec(shape, values).expect("a value for each set and input"),
            inputs,
            outputs,
            replicates: sets.extent.replicates,
            paths: sets.extent.paths,
            paths_at_centre: sets.extent.paths_at_centre(),
            centre,
            net_value,
        }
    }

    /// The part of the run's document about its inputs.
    pub(super) fn document(&self, uncertainty: &Uncertainty, document: &ResultDocument) -> UncertaintyDocument {
        let dependence = dependence(uncertainty);
        let learning = self.net_value.as_ref().map(|key| self.learning(&self.outputs[key], dependence));
        let of_input = |place: usize| learning.as_ref().map(|found| found.inputs[place]);
        let summary = |(place, input): (usize, &UncertainInput)| {
            let [low, high] = input.distribution.usual_range();
            let summary = InputSummary {
                label: input.label.clone(),
                reason: input.reason.clone(),
                low,
                median: input.distribution.median(),
                high,
                learning: of_input(place),
            };
            (input.key.clone(), summary)
        };
        let output = |(key, sets): (&Key, &Vec<SetMoments>)| {
            let at = |of: &ResultDocument| of.interval(key).unwrap_or_default();
            let indices = first_order(self.values.view(), sets, self.replicates as usize, dependence);
            let summary = OutputSummary {
                predictive: at(document),
                centre: at(&self.centre),
                range: range(sets),
                parameters: variance_parts(sets, self.replicates as usize).share,
                first_order: self.inputs.iter().cloned().zip(indices).collect(),
            };
            (key.to_string(), summary)
        };
        let outputs: Vec<(&Key, &Vec<SetMoments>)> = self.outputs.iter().collect();
        UncertaintyDocument {
            sets: self.values.nrows() as u32,
            replicates: self.replicates,
            paths_per_set: self.paths,
            paths_at_centre: self.paths_at_centre,
            inputs: uncertainty.inputs.iter().enumerate().map(summary).collect(),
            outputs: outputs.into_par_iter().map(output).collect::<Vec<_>>().into_iter().collect(),
            learning_everything: learning.as_ref().map(|found| found.all),
        }
    }

    /// The value of learning each input, and that of learning all of them, before deciding between signing and not, which has the
    /// value 0.
    fn learning(&self, net_value: &[SetMoments], dependence: InputDependence) -> ValueOfLearning {
        let alternative =
            |(set, choice): (usize, usize)| if choice == 0 { net_value[set] } else { SetMoments::exact(0.0) };
        let alternatives = Array2::from_shape_fn((net_value.len(), 2), alternative);
        value_of_learning(self.values.view(), alternatives.view(), self.replicates as usize, dependence)
    }

    /// A row for each set: its number and replicate, the values of its inputs, and of each output the mean and the variance over its
    /// paths.
    pub fn table(&self) -> Table {
        let sets = self.values.nrows();
        let per_replicate = sets / self.replicates as usize;
        let mut table: Table = vec![
            ("set".into(), Column::Whole((0..sets as i64).collect())),
            ("replicate".into(), Column::Whole((0..sets).map(|set| (set / per_replicate) as i64).collect())),
        ];
        let inputs = self.inputs.iter().zip(self.values.columns());
        table
            .extend(inputs.map(|(key, values)| (key.clone(), Column::Real(values.iter().map(|&x| Some(x)).collect()))));
        let known = |x: f64| Some(x).filter(|x| x.is_finite());
        for (key, moments) in &self.outputs {
            let column = |of: fn(&SetMoments) -> f64| Column::Real(moments.iter().map(|set| known(of(set))).collect());
            table.push((key.to_string(), column(|set| set.mean)));
            table.push((format!("{key}.variance"), column(|set| set.variance)));
        }
        table
    }
}

/// The 5% and the 95% quantile of the sets' means.
fn range(sets: &[SetMoments]) -> [Option<f64>; 2] {
    let mut means: Vec<f64> = sets.iter().map(|set| set.mean).filter(|mean| mean.is_finite()).collect();
    means.sort_by(f64::total_cmp);
    let last = means.len().checked_sub(1);
    [0.05, 0.95].map(|u| last.map(|last| means[(u * last as f64).round() as usize]))
}
