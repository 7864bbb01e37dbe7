//! A sensitivity analysis from a file to its document.

use std::collections::BTreeSet;

use super::chance::Chance;
use super::design::{Designed, EvaluatedRuns, IndexDesign};
use super::evaluator::{Evaluator, Runs};
use super::inputs::{Input, InputRange, Wanted};
use super::{break_even, derivatives, indices, tornado};
use crate::engine::cpu::CpuEngine;
use crate::engine::select::Chosen;
use crate::engine::{self, Draws, Instructions, Progress, prepare};
use crate::measure::InputDependence;
use crate::registry::Figure;
use crate::result::{
    CentralOutput, ChanceIndices, DerivativeMethod, EstimateRequest, Key, Level, Part as EstimatePart, Provenance,
    RunInfo, SENSITIVITY_VERSION, Sampling, SensitivityDocument, SensitivityResults, Statistic, Subject, Threshold,
};
use crate::run::builder::{Builder, Settings};
use crate::run::error::RunError;
use crate::run::observer::{Stage, tell_engine, tell_incidents, watched};
use crate::run::parameters::dependence;
use crate::run::points::{Extent, PointsRequest};
use crate::run::set_results::SetResults;
use crate::run::single::{RunBuilder, info};
use crate::run::stages::Goal;
use crate::scenario::{Scenario, Template};

/// Paths of each run of an analysis, unless something else is asked for.
const USUAL_PATHS: u64 = 100_000;
/// Paths of all parameter sets of an analysis together, for each path of its other runs.
const SETS: u64 = 10;

/// A part of an analysis.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// Every input at its low and high value, one at a time.
    Tornado,
    /// Derivatives and elasticities.
    Derivatives,
    /// Sobol indices of the inputs.
    Indices,
    /// Sobol indices of the sources of randomness.
    Chance,
    /// Regression coefficients, rank correlations, and what else spreadsheets show.
    Classic,
    /// The value of each input at which a target would be met.
    Targets,
}

impl Part {
    /// The default parts.
    pub const USUAL: [Part; 3] = [Part::Tornado, Part::Chance, Part::Targets];
}

/// An analysis that is put together step by step, as `overhang sensitivity` is.
pub type SensitivityBuilder<'a> = Builder<'a, OfInputs<'a>>;

/// What an analysis alone has: the scenario with its file, inputs, outputs, parts and targets.
#[derive(Debug, Clone)]
pub struct OfInputs<'a> {
    scenario: &'a Scenario,
    template: &'a Template,
    wanted: Wanted,
    outputs: Vec<Key>,
    parts: BTreeSet<Part>,
    targets: Vec<Threshold>,
    /// How derivatives are estimated, if that is prescribed.
    method: Option<DerivativeMethod>,
    /// Base points of a design for indices.
    points: Option<u32>,
    /// Where the runs of the design come from, if they are not computed here.
    evaluated: Option<&'a dyn EvaluatedRuns>,
}

impl<'a> SensitivityBuilder<'a> {
    /// An analysis of a scenario and its file: of a [`Loaded`](crate::scenario::Loaded) file, or of one of its variants. Its inputs are
    /// the uncertain ones, and its parts the tornado, chance and the targets.
    pub fn new(scenario: &'a Scenario, template: &'a Template) -> Self {
        let parts = BTreeSet::from(Part::USUAL);
        let (wanted, outputs, targets) = (Wanted::default(), Vec::new(), Vec::new());
        let (method, points, evaluated) = (None, None, None);
        Self::of(OfInputs { scenario, template, wanted, outputs, parts, targets, method, points, evaluated })
    }

    fn change(mut self, change: impl FnOnce(&mut OfInputs<'a>)) -> Self {
        change(&mut self.kind);
        self
    }

    /// Gives a number of the file a range, whether it is uncertain or not.
    pub fn range(self, range: InputRange) -> Self {
        self.change(|of| of.wanted.ranges.push(range))
    }

    /// Varies every number of the file by 10%, besides those that are uncertain or have a range.
    pub fn all(self) -> Self {
        self.change(|of| of.wanted.all = true)
    }

    /// Adds an output. Without any, these are the mean and the 95% shortfall of the commitment cost, the mean net value, and the bubble
    /// probability.
    pub fn output(self, key: Key) -> Self {
        self.change(|of| of.outputs.push(key))
    }

    /// Sets the parts.
    pub fn parts(self, parts: impl IntoIterator<Item = Part>) -> Self {
        self.change(|of| of.parts = parts.into_iter().collect())
    }

    /// Adds a target whose break-even values are wanted. Without any, these are a net value of 0 and, for the bubble, a probability of one
    /// half.
    pub fn bound(self, target: Threshold) -> Self {
        self.change(|of| of.targets.push(target))
    }

    /// Estimates derivatives by this method alone, instead of the one with the smaller error. Inputs and outputs that it is not for have none.
    pub fn derivatives_by(self, method: DerivativeMethod) -> Self {
        self.change(|of| of.method = Some(method))
    }

    /// Computes indices by a design of so many base points, which has total indices too, or Shapley effects of inputs that depend on each
    /// other.
    pub fn index_points(self, points: u32) -> Self {
        self.change(|of| of.points = Some(points))
    }

    /// Takes the runs of the design from someone who has computed them.
    pub fn evaluated(self, runs: &'a dyn EvaluatedRuns) -> Self {
        self.change(|of| of.evaluated = Some(runs))
    }

    /// The runs of the design for indices.
    ///
    /// # Errors
    /// If there are no inputs, or no number of base points was set.
    pub fn design(&self) -> Result<IndexDesign, RunError> {
        self.design_of(&self.inputs()?.1)
    }

    /// The runs of the design for the uncertain inputs of a scenario.
    fn design_of(&self, scenario: &Scenario) -> Result<IndexDesign, RunError> {
        match (&scenario.uncertainty, self.kind.points) {
            (Some(uncertainty), Some(points)) => IndexDesign::new(uncertainty, points, self.settings.seed()),
            _ => {
                Err(RunError::usage("there is no design for indices", "set its number of base points with --indices N"))
            }
        }
    }

    /// Computes the analysis.
    ///
    /// # Errors
    /// If there are no inputs, values that were asked for make no valid scenario, an output does not exist, or the engine fails;
    /// [`RunError::Stopped`] if the observer asked for it.
    pub fn run(&self) -> Result<SensitivityDocument, RunError> {
        Ok(self.results()?.document)
    }

    /// Computes the analysis, and keeps the parameter sets and designs that it was made from.
    ///
    /// # Errors
    /// As [`SensitivityBuilder::run`].
    pub fn results(&self) -> Result<SensitivityResults, RunError> {
        let Builder { settings, observer, .. } = self;
        settings.check()?;
        let (inputs, scenario) = self.inputs()?;
        let chosen = settings.wish.choose(None)?;
        tell_engine(*observer, &chosen);
        let request = settings.points();
        let extent = request.checked(settings.paths.unwrap_or(USUAL_PATHS), &Goal::default(), *observer)?;
        let drawn = Sampling::drawn(settings.seed(), extent.paths(), chosen.backend, settings.wish.precision);
        let sampling = request.told(extent, drawn);
        let asked = self.estimates();
        let shared = ((&chosen, request), (&sampling, &asked));
        let evaluator = Evaluator::new(scenario.clone(), &inputs, shared.0, shared.1, settings.allow_invalid)?;
        Work {
            of: self,
            scenario: &scenario,
            inputs: &inputs,
            evaluator,
            extent,
            request,
            sampling: &sampling,
            chosen: &chosen,
        }
        .run()
    }

    /// The inputs, and the scenario with these uncertain and no others.
    fn inputs(&self) -> Result<(Vec<Input>, Scenario), RunError> {
        let OfInputs { scenario, template, wanted, parts, .. } = &self.kind;
        let inputs = wanted.inputs(scenario, template)?;
        if inputs.is_empty() && parts.iter().any(|part| *part != Part::Chance) {
            return Err(RunError::usage(
                "the scenario has no uncertain inputs",
                "add [[uncertain]] entries to the file, give ranges with --range KEY=LOW:HIGH, vary every number with --all, or look at \
                 the sources of randomness with --only chance",
            ));
        }
        let uncertain = inputs.iter().map(|input| input.uncertain.clone()).collect();
        let scenario = scenario.with_uncertain(template, uncertain);
        Ok((inputs, scenario))
    }

    /// What is estimated: what outputs and targets need, and the usual level.
    fn estimates(&self) -> EstimateRequest {
        let keys = self.kind.outputs.iter().chain(self.kind.targets.iter().map(|target| &target.key));
        let (mut levels, mut quantiles) = (vec![0.95], Vec::new());
        for key in keys {
            match key.statistic {
                Statistic::Quantile(level, _) | Statistic::TimeQuantile(level, _) => quantiles.push(level.share()),
                Statistic::Var(level, _) | Statistic::Shortfall(level, _) => levels.push(level.share()),
                _ => (),
            }
        }
        EstimateRequest::new(&levels, &quantiles)
    }
}

/// An analysis under way.
struct Work<'a> {
    of: &'a SensitivityBuilder<'a>,
    scenario: &'a Scenario,
    inputs: &'a [Input],
    evaluator: Evaluator<'a>,
    extent: Extent,
    request: PointsRequest,
    sampling: &'a Sampling,
    chosen: &'a Chosen,
}

impl Work<'_> {
    fn has(&self, part: Part) -> bool {
        self.of.kind.parts.contains(&part)
    }

    fn run(&self) -> Result<SensitivityResults, RunError> {
        let (settings, observer) = (&self.of.settings, self.of.observer);
        let centre = self.watched(1, |progress| self.evaluator.run(&[self.evaluator.centre()], progress))?;
        let outputs = self.outputs(&centre)?;
        let targets = self.targets(&centre)?;
        let (inputs, paths) = (self.inputs.len(), self.extent.paths());
        let bars = self.part(Part::Tornado, tornado::runs(inputs), |progress| {
            tornado::tornado(&self.evaluator, &outputs, progress)
        })?;
        let slopes = self.part(Part::Derivatives, derivatives::runs(inputs), |progress| {
            derivatives::derivatives(&self.evaluator, &outputs, self.of.kind.method, progress)
        })?;
        let answers = self.part(Part::Targets, break_even::runs(inputs, targets.len()), |progress| {
            break_even::break_even(&self.evaluator, &targets, progress)
        })?;
        let design = self.of.kind.points.filter(|_| self.has(Part::Indices));
        let designed = design.map(|_| self.designed(&outputs)).transpose()?;
        let has_sets = self.has(Part::Classic) || self.has(Part::Indices) && design.is_none();
        let sets = if has_sets { Some(self.sets(paths)?) } else { None };
        let chance = if self.has(Part::Chance) { Some(self.chance(&outputs)?) } else { None };
        tell_incidents(observer, self.chosen, 0);
        let labels = self.scenario.labels();
        let central = |key: &Key| {
            let unit = labels.text(key.unit());
            (key.clone(), CentralOutput { unit, estimate: centre.estimate(0, key) })
        };
        let of_sets = sets.as_ref();
        let (of_design, design) = designed.map(|of| (of.indices, of.table)).unzip();
        let document = SensitivityDocument {
            schema_version: SENSITIVITY_VERSION,
            provenance: Provenance::new(self.scenario, self.sampling.clone()),
            outputs: outputs.iter().map(central).collect(),
            inputs: self.inputs.iter().map(|input| (input.key().to_owned(), input.document())).collect(),
            tornado: bars,
            derivatives: slopes,
            indices: of_design.or_else(|| {
                let sets = of_sets.filter(|_| self.has(Part::Indices));
                sets.map(|sets| indices::given_data(sets, &outputs, self.dependence()))
            }),
            chance,
            classic: of_sets.filter(|_| self.has(Part::Classic)).map(|sets| indices::usual(sets, &outputs)),
            targets: answers,
            run: RunInfo { kernel_seconds: None, ..info(self.chosen, settings.started.elapsed(), None) },
        };
        Ok(SensitivityResults { document, parameters: of_sets.map(SetResults::table), design })
    }

    /// Indices by a design: total ones of inputs that do not depend on each other, and Shapley effects of those that do.
    fn designed(&self, outputs: &[Key]) -> Result<Designed, RunError> {
        let design = self.of.design_of(self.scenario)?;
        let found = match self.of.kind.evaluated {
            Some(runs) => runs.values(&design, outputs, &Provenance::new(self.scenario, self.sampling.clone()))?,
            None => {
                let work = |progress: &Progress| self.evaluator.values(&design.rows, outputs, progress);
                self.watched(design.rows.len() as u64, work)?
            }
        };
        Ok(design.indices(outputs, &found))
    }

    /// Indices of the sources of randomness with all inputs at the centre, always on the CPU engine: kernels cannot draw some of them anew.
    fn chance(&self, outputs: &[Key]) -> Result<ChanceIndices, RunError> {
        let (settings, sampling) = (&self.of.settings, self.sampling);
        let (threads, precision) = (settings.wish.threads, settings.wish.precision);
        let instructions = settings.wish.instructions.unwrap_or_else(Instructions::best);
        let engine = CpuEngine::new(threads, instructions, precision, engine::Sampling::Device)?;
        let (scenario, draws) = (self.evaluator.at_centre()?, Draws { seed: sampling.seed, replicate: 0 });
        let runs = Chance::new(prepare(&scenario), self.extent.paths());
        let work = |progress: &Progress| runs.indices(&engine, &scenario, outputs, draws, progress);
        watched(self.of.observer, Stage::Paths(runs.all_paths()), work)??.ok_or(RunError::Stopped)
    }

    /// Whether inputs depend on each other.
    fn dependence(&self) -> InputDependence {
        self.scenario.uncertainty.as_ref().map_or(InputDependence::Independent, |of| dependence(of))
    }

    /// A part that takes so many runs, if it is wanted.
    fn part<T>(
        &self,
        part: Part,
        runs: u64,
        work: impl FnOnce(&Progress) -> Result<Option<T>, RunError>,
    ) -> Result<Option<T>, RunError> {
        if self.has(part) { self.watched(runs, work).map(Some) } else { Ok(None) }
    }

    fn watched<T>(
        &self,
        runs: u64,
        work: impl FnOnce(&Progress) -> Result<Option<T>, RunError>,
    ) -> Result<T, RunError> {
        watched(self.of.observer, Stage::Paths(runs * self.extent.paths()), work)??.ok_or(RunError::Stopped)
    }

    /// A predictive run of the inputs.
    fn sets(&self, paths: u64) -> Result<SetResults, RunError> {
        let settings = Settings { paths: Some(SETS * paths), goal: Goal::default(), ..self.of.settings.clone() };
        let run = RunBuilder { settings, observer: self.of.observer, ..RunBuilder::new(self.scenario) };
        let found = run.point_set(self.request).run()?;
        found.parameters.ok_or(RunError::Stopped)
    }

    /// The outputs that are asked for, or the usual ones that there are.
    fn outputs(&self, centre: &Runs) -> Result<Vec<Key>, RunError> {
        let asked = &self.of.kind.outputs;
        refuse_unknown(centre, asked)?;
        if !asked.is_empty() {
            return Ok(asked.clone());
        }
        let level = Level::new(0.95);
        let usual = [
            Key::new(Subject::system_bubble(), Statistic::Probability(EstimatePart::Value)),
            Key::new(Subject::system(Figure::NetValue), Statistic::Mean),
            Key::new(Subject::system(Figure::CommitmentCost), Statistic::Mean),
            Key::new(Subject::system(Figure::CommitmentCost), Statistic::Shortfall(level, EstimatePart::Value)),
        ];
        Ok(usual.into_iter().filter(|key| centre.has(0, key)).collect())
    }

    fn targets(&self, centre: &Runs) -> Result<Vec<Threshold>, RunError> {
        let asked = &self.of.kind.targets;
        refuse_unknown(centre, asked.iter().map(|target| &target.key))?;
        if !asked.is_empty() {
            return Ok(asked.clone());
        }
        let usual = [
            Threshold { key: Key::new(Subject::system(Figure::NetValue), Statistic::Mean), above: true, bound: 0.0 },
            Threshold {
                key: Key::new(Subject::system_bubble(), Statistic::Probability(EstimatePart::Value)),
                above: false,
                bound: 0.5,
            },
        ];
        Ok(usual.into_iter().filter(|target| centre.has(0, &target.key)).collect())
    }
}

/// That a run has all of these estimates.
fn refuse_unknown<'k>(centre: &Runs, keys: impl IntoIterator<Item = &'k Key>) -> Result<(), RunError> {
    match keys.into_iter().find(|key| !centre.has(0, key)) {
        None => Ok(()),
        Some(unknown) => Err(RunError::usage(
            format!("the results have no estimate `{unknown}`"),
            "choose one such as figures.system.net_value.mean or bubble.system.probability",
        )),
    }
}
