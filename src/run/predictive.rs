//! Runs of a scenario with uncertain inputs: the paths of many parameter sets, whose distributions together are predictive.

use std::ops::Range;

use rayon::prelude::*;

use super::error::RunError;
use super::parameters::{ParameterDraws, SetExtent};
use super::points::{Extent, PointSet, PointsRequest};
use crate::engine::{
    Draws, Engine, Progress, common_frames, prepare, prepare_first, prepare_near, prepare_profile, tally_each,
};
use crate::measure::{FirstPassageSample, Sample, SetMoments, event_moments, figure_moments};
use crate::plan::Plan;
use crate::plan::figure::{FigureSpec, Frame};
use crate::plan::points::Allocation;
use crate::plan::profile::Profile;
use crate::result::{EstimateRequest, Estimator, Provenance, ResultDocument, Sampling};
use crate::scenario::{Failure, Scenario, UncertainInput};
use crate::tally::{ProfileTally, Tally};

/// Sets whose plans stand in memory at once.
const AT_ONCE: u32 = 64;
/// Sets whose quantities over time frame those of all sets, at most.
const FRAMING: u32 = 32;

/// The parameter sets of a scenario, ready to be computed.
#[derive(Debug)]
pub(crate) struct Predictive {
    /// Perhaps without uncertain inputs, where it is compared with one that has them.
    scenario: Scenario,
    draws: ParameterDraws,
    pub extent: SetExtent,
    /// Points of the paths of a set.
    request: PointsRequest,
    /// The figures of all sets, in frames that hold all of them.
    figures: Vec<FigureSpec>,
    /// Dimensions of quasi-random points that are taken before the first set is lowered.
    allocation: Allocation,
}

/// A set as an engine takes it.
pub(crate) struct LoweredSet {
    pub scenario: Scenario,
    pub plan: Plan,
}

/// What is kept of the paths of a set.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SetNumbers {
    /// By figure of the plan.
    pub figures: Vec<SetMoments>,
    /// By time of the plan: whether it happens by the horizon.
    pub times: Vec<SetMoments>,
}

impl Predictive {
    /// Reads all sets once, and lowers the scenario at its centre, with the frames that all sets share.
    ///
    /// # Errors
    /// If the values of a set make no valid scenario, or one with other figures.
    pub fn prepare(
        scenario: &Scenario,
        draws: ParameterDraws,
        extent: SetExtent,
        request: PointsRequest,
    ) -> Result<(Plan, Self), RunError> {
        let centre = scenario.at_centre().map_err(|failure| unusable(&failure, "the medians"))?;
        let (mut plan, pilot) = prepare_first(&centre);
        let (figures, allocation) = (plan.figures.clone(), Allocation::default());
        let made = Predictive { scenario: scenario.clone(), draws, extent, request, figures, allocation };
        let frames = |set: u32| {
            let near = prepare_near(&made.scenario_of(set)?, &pilot);
            made.check_alike(set, &plan, &near)?;
            Ok(near.figures.iter().map(|spec| spec.frame).collect())
        };
        let found: Vec<_> = (0..extent.all()).into_par_iter().map(frames).collect();
        // report the first failure in order, whichever finishes first
        let frames = found.into_iter().collect::<Result<Vec<Vec<Frame>>, RunError>>()?;
        plan.figures.iter_mut().zip(common_frames(&frames)).for_each(|(spec, frame)| spec.frame = frame);
        let figures = plan.figures.clone();
        Ok((plan, Predictive { figures, ..made }))
    }

    /// The same beside a scenario that has taken these dimensions of quasi-random points, and shares them.
    pub fn beside(self, allocation: Allocation) -> Self {
        Predictive { allocation, ..self }
    }

    /// Fails unless a set has the same figures and events as the centre.
    fn check_alike(&self, set: u32, centre: &Plan, plan: &Plan) -> Result<(), RunError> {
        let figure = |spec: &FigureSpec| (spec.owner, spec.figure, spec.slot, spec.sketched);
        let same = centre.figures.iter().map(figure).eq(plan.figures.iter().map(figure)) && centre.times == plan.times;
        if same {
            return Ok(());
        }
        Err(RunError::usage(
            format!("{} has other figures than the medians of the uncertain inputs", self.name(set)),
            "leave numbers that switch a clause on or off certain, and compare variants instead",
        ))
    }

    fn inputs(&self) -> &[UncertainInput] {
        self.scenario.uncertainty.as_ref().map_or(&[], |uncertainty| &uncertainty.inputs)
    }

    /// Keys of the inputs.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.inputs().iter().map(|input| input.key.as_str())
    }

    /// Values of the inputs in a set.
    pub fn values(&self, set: u32) -> Vec<f64> {
        self.scenario.uncertainty.as_ref().map_or_else(Vec::new, |uncertainty| self.draws.values(uncertainty, set))
    }

    /// The numbers of the paths at the medians of the inputs, which are those of a run there. `None` if `progress` asked to stop.
    pub fn at_centre(
        &self,
        engine: &dyn Engine,
        asked: &EstimateRequest,
        sampling: &Sampling,
        progress: &Progress,
    ) -> Result<Option<ResultDocument>, RunError> {
        let scenario = self.scenario.at_centre().map_err(|failure| unusable(&failure, "the medians"))?;
        let mut plan = prepare(&scenario);
        self.request.apply(&scenario, &mut plan, &mut Allocation::default());
        let paths = self.extent.paths_at_centre();
        let extent = self.request.extent(paths).unwrap_or(Extent::Independent { paths });
        let draws = Draws { seed: sampling.seed, replicate: 0 };
        let tally = extent.tally(engine, &plan, draws, progress)?;
        if tally.paths < extent.paths() {
            return Ok(None);
        }
        let provenance = Provenance::new(&scenario, Sampling { paths: tally.paths, ..sampling.clone() });
        Ok(Some(Estimator::new(&scenario, &plan, &tally, asked).numbers(provenance)))
    }

    fn name(&self, set: u32) -> String {
        let values = self.values(set);
        let pairs = self.inputs().iter().zip(values);
        let pairs: Vec<String> = pairs.map(|(input, value)| format!("{} = {value}", input.key)).collect();
        format!("parameter set {set} ({})", pairs.join(", "))
    }

    fn scenario_of(&self, set: u32) -> Result<Scenario, RunError> {
        let made = self.scenario.with_inputs(&self.values(set), &format!("parameter set {set}"));
        made.map_err(|failure| unusable(&failure, &format!("the values of parameter set {set}")))
    }

    /// A set, lowered.
    pub fn lower(&self, set: u32) -> Result<LoweredSet, RunError> {
        self.lower_beside(set, &mut self.allocation.clone())
    }

    /// The same beside other scenarios, with which it shares dimensions of quasi-random points.
    pub fn lower_beside(&self, set: u32, allocation: &mut Allocation) -> Result<LoweredSet, RunError> {
        let scenario = self.scenario_of(set)?;
        let mut plan = Plan { figures: self.figures.clone(), ..Plan::lower(&scenario) };
        self.request.apply(&scenario, &mut plan, allocation);
        Ok(LoweredSet { scenario, plan })
    }

    /// The random numbers of a set's paths, which are its own.
    pub fn draws_of(seed: u64, set: u32) -> Draws {
        Draws { seed, replicate: set }
    }

    /// About so many of its first paths.
    pub fn first(&self, paths: u64) -> SetExtent {
        self.extent.first(paths, self.request.set == PointSet::Sobol)
    }

    /// The set of a path, and its place among the set's paths.
    pub fn place(&self, path: u64) -> (u32, u64) {
        ((path / self.extent.paths) as u32, path % self.extent.paths)
    }

    /// The tally of the paths of every replicate's set of this number. `None` if `progress` asked to stop.
    pub fn tally_at(
        &self,
        engine: &dyn Engine,
        seed: u64,
        (at, extent): (u32, SetExtent),
        progress: &Progress,
    ) -> Result<Option<Tally>, RunError> {
        let mut whole: Option<Tally> = None;
        for replicate in 0..extent.replicates {
            let set = replicate * extent.sets + at;
            let plan = self.lower(set)?.plan;
            let tally = engine.tally(&plan, Self::draws_of(seed, set), 0..extent.paths, progress)?;
            if tally.paths < extent.paths {
                return Ok(None);
            }
            add(&mut whole, self.extent.placed(set, tally));
        }
        Ok(whole)
    }

    /// Quantities over time of so many paths of each set, and what is watched. There are fewer if `progress` asked to stop.
    pub fn profile(
        &self,
        engine: &dyn Engine,
        seed: u64,
        extent: SetExtent,
        progress: &Progress,
    ) -> Result<(Profile, ProfileTally), RunError> {
        let few = (0..extent.all()).step_by(extent.all().div_ceil(FRAMING) as usize);
        let profiles = few.map(|set| self.lower(set).map(|set| prepare_profile(&set.scenario, &set.plan)));
        let profile = Profile::common(&profiles.collect::<Result<Vec<_>, _>>()?, common_frames);
        let mut replicates = Vec::new();
        for replicate in 0..extent.replicates {
            let of_set = |at: u32| {
                let set = replicate * extent.sets + at;
                let plan = self.lower(set)?.plan;
                Ok(engine.profile(&plan, &profile, Self::draws_of(seed, set), 0..extent.paths, progress)?)
            };
            let sets = (0..extent.sets).map(of_set).collect::<Result<Vec<ProfileTally>, RunError>>()?;
            replicates.push(ProfileTally::together(&sets));
        }
        Ok((profile, ProfileTally::of_scrambles(replicates)))
    }

    /// The tally of so many paths of each set, replicate by replicate, and what is kept of each set, in their order. `None` if
    /// `progress` asked to stop.
    pub fn tally(
        &self,
        engine: &dyn Engine,
        seed: u64,
        progress: &Progress,
    ) -> Result<Option<(Tally, Vec<SetNumbers>)>, RunError> {
        let mut whole: Option<Tally> = None;
        let mut numbers = Vec::with_capacity(self.extent.all() as usize);
        let mut take = |lowered: &[OfScenario], tallies: Vec<Tally>| {
            numbers.par_extend(lowered.par_iter().zip(&tallies).map(|(of, tally)| SetNumbers::of(&of.set.plan, tally)));
            for (of, tally) in lowered.iter().zip(tallies) {
                add(&mut whole, self.extent.placed(of.number, tally));
            }
        };
        let all = [(self, Draws { seed, replicate: 0 })];
        let is_done = each_chunk(engine, &all, false, 0..self.extent.paths, progress, &mut take)?;
        Ok(whole.filter(|_| is_done).map(|whole| (whole, numbers)))
    }
}

impl SetNumbers {
    fn of(plan: &Plan, tally: &Tally) -> Self {
        let figures = plan.figures.iter().enumerate();
        SetNumbers {
            figures: figures.map(|(at, spec)| figure_moments(&Sample::new(tally, at, spec.frame))).collect(),
            times: (0..plan.times.len()).map(|at| event_moments(&FirstPassageSample::new(tally, at))).collect(),
        }
    }
}

/// A parameter set of one of several scenarios.
struct OfScenario {
    /// The place of the scenario.
    scenario: usize,
    /// The number of the set.
    number: u32,
    set: LoweredSet,
}

/// The tally of each scenario over the paths at these places of all of its sets; all scenarios have as many sets. The draws of a scenario
/// are those of its first set. If `shared`, scenarios with the same factors and draws share their trajectories. `None` if `progress` asked
/// to stop.
pub(crate) fn tally_places(
    engine: &dyn Engine,
    scenarios: &[(&Predictive, Draws)],
    shared: bool,
    places: Range<u64>,
    progress: &Progress,
) -> Result<Option<Vec<Tally>>, RunError> {
    let mut whole: Vec<Option<Tally>> = vec![None; scenarios.len()];
    let mut take = |lowered: &[OfScenario], tallies: Vec<Tally>| {
        for (of, tally) in lowered.iter().zip(tallies) {
            add(&mut whole[of.scenario], scenarios[of.scenario].0.extent.placed(of.number, tally));
        }
    };
    let is_done = each_chunk(engine, scenarios, shared, places, progress, &mut take)?;
    Ok(if is_done { whole.into_iter().collect() } else { None })
}

/// Computes these places of all sets of some scenarios, a few sets at a time, which `take` gets with their tallies. `false` if `progress`
/// asked to stop.
fn each_chunk(
    engine: &dyn Engine,
    scenarios: &[(&Predictive, Draws)],
    shared: bool,
    places: Range<u64>,
    progress: &Progress,
    take: &mut dyn FnMut(&[OfScenario], Vec<Tally>),
) -> Result<bool, RunError> {
    let sets = scenarios.first().map_or(0, |(first, _)| first.extent.all());
    let at_once = (AT_ONCE / scenarios.len().max(1) as u32).max(1);
    for first in (0..sets).step_by(at_once as usize) {
        let numbers = first..(first + at_once).min(sets);
        let all: Vec<(u32, usize)> =
            numbers.flat_map(|number| (0..scenarios.len()).map(move |scenario| (number, scenario))).collect();
        let lower = |(number, scenario): (u32, usize)| {
            Ok(OfScenario { scenario, number, set: scenarios[scenario].0.lower(number)? })
        };
        let lowered = all.into_par_iter().map(lower).collect::<Result<Vec<_>, RunError>>()?;
        let drawn = |of: &OfScenario| {
            let draws = scenarios[of.scenario].1;
            Draws { replicate: draws.replicate.wrapping_add(of.number), ..draws }
        };
        let plans: Vec<(&Plan, Draws)> = lowered.iter().map(|of| (&of.set.plan, drawn(of))).collect();
        let Some(tallies) = tally_each(engine, &plans, shared, places.clone(), progress)? else { return Ok(false) };
        take(&lowered, tallies);
    }
    Ok(true)
}

/// Adds a part to a tally that begins with the first part.
fn add(whole: &mut Option<Tally>, part: Tally) {
    match whole {
        Some(whole) => whole.merge(&part),
        None => *whole = Some(part),
    }
}

/// Why values make no scenario.
fn unusable(failure: &Failure, what: &str) -> RunError {
    RunError::usage(
        format!("{what} of the uncertain inputs make no valid scenario\n{failure}"),
        "narrow the distributions of [[uncertain]] inputs, for example with `lower` and `upper`",
    )
}
