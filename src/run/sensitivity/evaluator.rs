//! Runs of a scenario at several values of its inputs, on the same paths.

use indexmap::IndexMap;
use rayon::prelude::*;

use super::inputs::Input;
use crate::engine::select::Chosen;
use crate::engine::{Draws, Engine, Pilot, Progress, prepare_first, prepare_near, tally_each, tally_scrambles};
use crate::measure::{ByPart, Difference, Estimate, Pivot, difference};
use crate::plan::Plan;
use crate::plan::points::Allocation;
use crate::result::{EstimateRequest, Key, Sampling};
use crate::run::compare::{self, Case, Comparison};
use crate::run::comparison::USUAL_BATCHES;
use crate::run::error::RunError;
use crate::run::points::PointsRequest;
use crate::run::single::refuse_invalid;
use crate::scenario::Scenario;
use crate::tally::{SampleDesign, Tally};

/// Runs that are computed together at most.
const AT_ONCE: usize = 64;

/// Computes a scenario at several values of its inputs under common random numbers.
pub(super) struct Evaluator<'a> {
    pub inputs: &'a [Input],
    /// Its uncertain inputs are those of the analysis.
    scenario: Scenario,
    pilot: Pilot,
    chosen: &'a Chosen,
    request: PointsRequest,
    sampling: &'a Sampling,
    asked: &'a EstimateRequest,
    allow_invalid: bool,
}

/// What a run at some values of the inputs gave.
pub(super) struct Evaluated {
    numbers: IndexMap<Key, ByPart>,
}

/// Runs on the same paths, in the order of their values; `None` where these make no valid scenario.
pub(super) struct Runs {
    design: SampleDesign<Tally>,
    runs: Vec<Option<Evaluated>>,
}

impl<'a> Evaluator<'a> {
    pub fn new(
        scenario: Scenario,
        inputs: &'a [Input],
        (chosen, request): (&'a Chosen, PointsRequest),
        (sampling, asked): (&'a Sampling, &'a EstimateRequest),
        allow_invalid: bool,
    ) -> Result<Self, RunError> {
        let pilot = prepare_first(&scenario_at_centre(&scenario, inputs)?).1;
        Ok(Evaluator { inputs, scenario, pilot, chosen, request, sampling, asked, allow_invalid })
    }

    /// The scenario with all inputs at the centre.
    pub fn at_centre(&self) -> Result<Scenario, RunError> {
        scenario_at_centre(&self.scenario, self.inputs)
    }

    /// The plan of the scenario with all inputs at the centre, as runs have it.
    pub fn centre_plan(&self, scenario: &Scenario) -> Plan {
        self.cases(vec![scenario.clone()]).remove(0).plan
    }

    /// The scenario at these values of the inputs, if there is a valid one.
    pub fn scenario_at(&self, row: &[f64]) -> Option<Scenario> {
        self.scenario.with_inputs(row, "sensitivity").ok()
    }

    /// The random numbers and the paths of each run.
    pub fn draws_and_paths(&self) -> (Draws, u64) {
        (Draws { seed: self.sampling.seed, replicate: self.sampling.replicate }, self.sampling.paths)
    }

    /// What computes the runs.
    pub fn engine(&self) -> &dyn Engine {
        &*self.chosen.engine
    }

    /// The values of all inputs at the centre.
    pub fn centre(&self) -> Vec<f64> {
        centre(self.inputs)
    }

    /// The centre with one of them changed.
    pub fn at(&self, input: usize, value: f64) -> Vec<f64> {
        let mut values = self.centre();
        values[input] = value;
        values
    }

    /// Runs at these values of the inputs, each a row. `None` if `progress` asked to stop.
    ///
    /// # Errors
    /// If the engine fails, or values make no valid scenario that were asked for: those of inputs other than these are.
    pub fn run(&self, rows: &[Vec<f64>], progress: &Progress) -> Result<Option<Runs>, RunError> {
        let (scenario, inputs) = (&self.scenario, self.inputs);
        let (mut runs, mut design) = (Vec::with_capacity(rows.len()), None);
        for rows in rows.chunks(AT_ONCE) {
            let scenarios: Vec<Option<Scenario>> =
                rows.par_iter().map(|row| scenario_at(scenario, inputs, row)).collect::<Result<_, _>>()?;
            let places: Vec<usize> = (0..rows.len()).filter(|&row| scenarios[row].is_some()).collect();
            let cases = self.cases(scenarios.into_iter().flatten().collect());
            let found = compare::run(&*self.chosen.engine, &cases, self.sampling, USUAL_BATCHES, self.asked, progress)?;
            let Some(Comparison { tallies, by_batch }) = found else { return Ok(None) };
            if !self.allow_invalid {
                tallies.iter().try_for_each(|tally| refuse_invalid(tally, None))?;
            }
            let first = runs.len();
            runs.extend((0..rows.len()).map(|_| None));
            for (place, numbers) in places.into_iter().zip(by_batch) {
                runs[first + place] = Some(Evaluated { numbers });
            }
            if let Some(tally) = tallies.into_iter().next() {
                design = Some(tally.design);
            }
        }
        Ok(Some(Runs { design: design.unwrap_or_default(), runs }))
    }

    /// The values of numbers at these values of the inputs, each a row: by row and number. `None` if `progress` asked to stop.
    pub fn values(
        &self,
        rows: &[Vec<f64>],
        keys: &[Key],
        progress: &Progress,
    ) -> Result<Option<Vec<Vec<f64>>>, RunError> {
        let (draws, _) = self.draws_and_paths();
        let mut found = Vec::with_capacity(rows.len());
        for rows in rows.chunks(AT_ONCE) {
            let origin = &self.scenario;
            let scenario = |row: &Vec<f64>| {
                let made = origin.with_inputs(row, "sensitivity");
                made.map_err(|failure| RunError::usage(failure.to_string(), "narrow the distributions of the inputs"))
            };
            let cases = self.cases(rows.par_iter().map(scenario).collect::<Result<_, _>>()?);
            let plans: Vec<(&Plan, Draws)> = cases.iter().map(|case| (&case.plan, draws)).collect();
            let engine = &*self.chosen.engine;
            let tallies = match self.sampling.replicates {
                None => tally_each(engine, &plans, true, 0..self.sampling.paths, progress)?,
                Some(count) => {
                    let points = 0..self.sampling.paths / u64::from(count);
                    tally_scrambles(engine, &plans, true, count, points, progress)?
                }
            };
            let Some(tallies) = tallies else { return Ok(None) };
            let (sampling, asked) = (self.sampling, self.asked);
            let numbers = |(case, tally): (&Case, &Tally)| {
                let document = compare::numbers(case, tally, sampling, asked);
                keys.iter().map(|key| document.get(key).flatten().unwrap_or(f64::NAN)).collect::<Vec<f64>>()
            };
            found.par_extend(cases.par_iter().zip(&tallies).map(numbers));
        }
        Ok(Some(found))
    }

    fn cases(&self, scenarios: Vec<Scenario>) -> Vec<Case> {
        let pilot = &self.pilot;
        let case = |(place, scenario): (usize, Scenario)| Case {
            name: place.to_string(),
            plan: prepare_near(&scenario, pilot),
            scenario,
        };
        let mut cases: Vec<Case> = scenarios.into_par_iter().enumerate().map(case).collect();
        let mut allocation = Allocation::default();
        cases.iter_mut().for_each(|case| self.request.apply(&case.scenario, &mut case.plan, &mut allocation));
        cases
    }
}

/// The scenario at these values of its inputs; `None` if they make no valid one and an input was moved that nobody asked for.
fn scenario_at(scenario: &Scenario, inputs: &[Input], row: &[f64]) -> Result<Option<Scenario>, RunError> {
    match scenario.with_inputs(row, "sensitivity") {
        Ok(scenario) => Ok(Some(scenario)),
        Err(_) if inputs.iter().zip(row).any(|(input, x)| !input.is_asked && *x != input.centre) => Ok(None),
        Err(failure) => Err(RunError::usage(failure.to_string(), "narrow the range of the input")),
    }
}

fn scenario_at_centre(scenario: &Scenario, inputs: &[Input]) -> Result<Scenario, RunError> {
    let made = scenario.with_inputs(&centre(inputs), "the centre");
    made.map_err(|failure| RunError::usage(failure.to_string(), "the inputs at their centre make no valid scenario"))
}

fn centre(inputs: &[Input]) -> Vec<f64> {
    inputs.iter().map(|input| input.centre).collect()
}

impl Runs {
    /// Whether a run has such a number, defined or not.
    pub fn has(&self, run: usize, key: &Key) -> bool {
        self.numbers(run, key).is_some()
    }

    /// A number of a run; `None` if it has no valid scenario or the number is undefined.
    pub fn value(&self, run: usize, key: &Key) -> Option<f64> {
        self.numbers(run, key)?.value
    }

    /// The difference of a number from that of another run.
    pub fn difference(&self, base: usize, run: usize, key: &Key) -> Option<Difference> {
        Some(difference(&self.design, self.numbers(base, key)?, self.numbers(run, key)?))
    }

    /// A number of a run with the error of its value, from how much it differs between batches of paths or scrambles.
    pub fn estimate(&self, run: usize, key: &Key) -> Estimate {
        let Difference { value, low, high, .. } = self.against_zero(run, key).unwrap_or_default();
        Estimate { value, low, high, atom: false }
    }

    /// The standard error of a number.
    pub fn error(&self, run: usize, key: &Key) -> Option<f64> {
        self.against_zero(run, key)?.se
    }

    fn against_zero(&self, run: usize, key: &Key) -> Option<Difference> {
        let of = self.numbers(run, key)?;
        let zero = ByPart { value: Some(0.0), parts: vec![Some(0.0); of.parts.len()], estimator: of.estimator };
        Some(difference(&self.design, &zero, of))
    }

    /// What an interval takes its width from.
    pub fn pivot(&self) -> Pivot {
        Pivot::between(self.design.parts()).unwrap_or_default()
    }

    fn numbers(&self, run: usize, key: &Key) -> Option<&ByPart> {
        self.runs[run].as_ref()?.numbers.get(key)
    }
}
