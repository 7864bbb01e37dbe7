//! How the law of the factors' paths depends on an input: what its score is made of.

use super::Plan;
use super::double::Tables;
use super::double::twin::{FactorTerms, KIND_LOGIT, KIND_TABLE};
use super::factor::transitions;
use crate::scenario::{Process, Regimes, Scenario};

/// Moves of the chain that are less likely than a word's resolution never happen.
const LEAST_PROBABILITY: f64 = 1.0 / 4_294_967_296.0;

/// Derivatives, by an input, of what the law of the factors' paths is made of, where nothing else depends on the input.
///
/// Given the past, a step of a factor's logarithm (or logit) is normal with a mean that the input may move, and a standard
/// deviation that it may not. The number of jumps is Poisson, and the chain's moves have probabilities.
#[derive(Debug, Clone, PartialEq)]
pub struct LawChange {
    /// [period, factor]: of the mean of the step without the parts of the state and of jumps.
    pub steps: Vec<f64>,
    /// [state, factor]: of the state's part of it.
    pub drifts: Vec<f64>,
    /// By factor: of the mean of a jump.
    pub jump_means: Vec<f64>,
    /// By factor: of the logarithm of the intensity of jumps.
    pub jump_intensities: Vec<f64>,
    /// By factor: expected jumps of a period.
    pub expected_jumps: Vec<f64>,
    /// [state, state]: of the logarithm of the probability of a move.
    pub moves: Vec<f64>,
    /// By state: the mean square of that over the moves from there.
    pub move_information: Vec<f64>,
}

impl LawChange {
    /// From the scenario and those with the input a step lower and a step higher. `None` if other things than the law of the paths depend
    /// on the input, or if it decides what is possible at all, as a volatility does, or a drift without a volatility.
    pub fn new([low, centre, high]: [&Scenario; 3], step: f64) -> Option<Self> {
        let plans = [low, centre, high].map(Plan::lower);
        let [below, at, above] = plans.each_ref().map(|plan| &plan.double);
        if !plans.iter().all(|plan| is_same_otherwise(plan, &plans[1])) {
            return None;
        }
        let slope = |of: &dyn Fn(&Tables) -> f64| (of(above) - of(below)) / (2.0 * step);
        let (factors, periods) = (at.factors.len(), at.factor_bases.len() / at.factors.len());
        let all_steps = (0..periods).flat_map(|t| (0..factors).map(move |factor| (t, factor)));
        let (jump_intensities, expected_jumps) = jump_intensities([low, centre, high], step)?;
        let (moves, move_information) = moves([low, centre, high], step)?;
        let change = LawChange {
            steps: all_steps.map(|(t, factor)| slope(&|tables| step_mean(tables, t, factor))).collect(),
            drifts: (0..at.effects.len()).map(|place| slope(&|tables| tables.effects[place].drift)).collect(),
            jump_means: (0..factors).map(|factor| slope(&|tables| tables.factors[factor].jump_mean)).collect(),
            jump_intensities,
            expected_jumps,
            moves,
            move_information,
        };
        change.has_densities(at).then_some(change)
    }

    /// Whether every step whose mean depends on the input is random, so that there is a density to differentiate.
    fn has_densities(&self, tables: &Tables) -> bool {
        let factors = tables.factors.len();
        let moves = |place: usize| {
            let factor = place % factors;
            let by_period = self.steps.iter().skip(factor).step_by(factors).any(|slope| *slope != 0.0);
            by_period || self.drifts[place] != 0.0 || self.jump_means[factor] != 0.0
        };
        (0..tables.effects.len()).all(|place| tables.effects[place].diffusion > 0.0 || !moves(place))
    }
}

/// Whether nothing but the law of the paths differs between two plans.
fn is_same_otherwise(one: &Plan, other: &Plan) -> bool {
    let (ours, theirs) = (&one.double, &other.double);
    let factors = || ours.factors.iter().zip(&theirs.factors);
    let effects = || ours.effects.iter().zip(&theirs.effects);
    let same_factor = |(one, other): (&FactorTerms, &FactorTerms)| {
        let FactorTerms { state, jump_mean, jumps_first, jumps_end, .. } = *other;
        FactorTerms { state, jump_mean, jumps_first, jumps_end, ..*one } == *other
    };
    let is_table = |place: usize| ours.factors[place % ours.factors.len()].kind == KIND_TABLE;
    let mut bases = ours.factor_bases.iter().zip(&theirs.factor_bases).enumerate();
    let same_paths = ours.factors.len() == theirs.factors.len()
        && ours.effects.len() == theirs.effects.len()
        && factors().all(same_factor)
        && effects().all(|(one, other)| one.diffusion == other.diffusion && one.entry == other.entry)
        && bases.all(|(place, (one, other))| one == other || !is_table(place));
    let moved = Tables {
        factors: theirs.factors.clone(),
        effects: theirs.effects.clone(),
        jump_thresholds: theirs.jump_thresholds.clone(),
        regime_thresholds: theirs.regime_thresholds.clone(),
        factor_bases: theirs.factor_bases.clone(),
        ..ours.clone()
    };
    same_paths
        && moved == *theirs
        && one.sizes == other.sizes
        && one.contract_order == other.contract_order
        && one.vendors == other.vendors
        && one.figures == other.figures
        && one.times == other.times
}

/// The mean of a factor's step in period `t`, from 0, given its value before.
fn step_mean(tables: &Tables, t: usize, factor: usize) -> f64 {
    let terms = &tables.factors[factor];
    if terms.kind == KIND_TABLE {
        return 0.0;
    }
    let base = |t: usize| {
        let base = tables.factor_bases[t * tables.factors.len() + factor];
        if terms.kind == KIND_LOGIT { base } else { base.ln() }
    };
    // of the distance from the base a period leaves a part, and the first distance depends on the base as well
    match t.checked_sub(1) {
        Some(before) => base(t) - terms.decay * base(before),
        None => base(t) + terms.decay * terms.state,
    }
}

/// By factor the derivative of the logarithm of its intensity, and its expected jumps of a period.
fn jump_intensities(scenarios: [&Scenario; 3], step: f64) -> Option<(Vec<f64>, Vec<f64>)> {
    let [low, centre, high] = scenarios.map(intensities);
    let slope = |factor: usize| match (high[factor] - low[factor], centre[factor]) {
        (0.0, _) => Some(0.0),
        (_, 0.0) => None,
        (difference, intensity) => Some(difference / (2.0 * step) / intensity),
    };
    let slopes = (0..centre.len()).map(slope).collect::<Option<Vec<f64>>>()?;
    let dt = scenarios[1].horizon.dt();
    Some((slopes, centre.iter().map(|intensity| intensity * dt).collect()))
}

fn intensities(scenario: &Scenario) -> Vec<f64> {
    let of = |process: &Process| match process {
        Process::Gbm { jumps, .. } | Process::Ou { jumps, .. } => jumps.as_ref().map_or(0.0, |jumps| jumps.intensity),
        Process::LogitOu { .. } | Process::Table { .. } => 0.0,
    };
    scenario.factors.iter().map(|factor| of(&factor.process)).collect()
}

/// The derivatives of the logarithms of the chain's probabilities to move, and by state their mean squares.
fn moves(scenarios: [&Scenario; 3], step: f64) -> Option<(Vec<f64>, Vec<f64>)> {
    let regimes = |scenario: &Scenario| -> Option<Regimes> { scenario.regimes.clone() };
    let [Some(low), Some(centre), Some(high)] = scenarios.map(regimes) else { return Some((vec![0.0], vec![0.0])) };
    let dt = scenarios[1].horizon.dt();
    let [low, centre, high] = [low, centre, high].map(|regimes| transitions(&regimes.generator, dt));
    let states = centre.nrows();
    let (mut slopes, mut information) = (Vec::new(), vec![0.0; states]);
    for (from, information) in information.iter_mut().enumerate() {
        for to in 0..states {
            let (probability, slope) = (centre[(from, to)], (high[(from, to)] - low[(from, to)]) / (2.0 * step));
            let is_possible = probability >= LEAST_PROBABILITY;
            if !is_possible && slope.abs() * step >= LEAST_PROBABILITY {
                return None;
            }
            let of_logarithm = if is_possible { slope / probability } else { 0.0 };
            *information += probability * of_logarithm * of_logarithm;
            slopes.push(of_logarithm);
        }
    }
    Some((slopes, information))
}
