//! Scores of independent paths: how the logarithm of the likelihood of what was drawn depends on an input of the plan. They are computed
//! from the very words that engines draw paths from.

use std::ops::Range;

use super::contract::Draws;
use super::single::twin::{self, Words};
use crate::plan::{LawChange, Plan};

/// The score of a path, which is 0 on average.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct PathScore {
    /// The derivative of the logarithm of the likelihood.
    pub score: f64,
    /// What its increments were expected to have for squares, each given what came before: on average as much as the score's square.
    pub information: f64,
}

/// Scores of the paths of a plan for several inputs.
///
/// Figures depend on the factors alone, not on which of their shocks moved them. So the score of a step with jumps may be shared between the
/// normal of the diffusion and that of the jumps' sizes, by their variances: this has the least variance where factors are independent.
///
/// Source: Glasserman (2003), "Monte Carlo Methods in Financial Engineering", section 7.3; Broadie and Glasserman (1996), "Estimating
/// security price derivatives using simulation".
#[derive(Debug)]
pub struct Scores<'a> {
    plan: &'a Plan,
    draws: Draws,
    inputs: Vec<Weights>,
}

/// What the normals of an input's score are multiplied by.
#[derive(Debug)]
struct Weights {
    change: LawChange,
    /// [state, period, factor], of periods without jumps.
    shifts: Vec<f64>,
    /// [state, period]: their sums of squares.
    information: Vec<f64>,
}

/// What is drawn for four periods of a path.
#[derive(Debug, Default)]
struct Four {
    /// [period, factor]
    normals: Vec<f64>,
    /// [period, factor]: numbers of jumps.
    counts: Vec<u32>,
    /// [period, factor]: the normals of their sizes.
    sizes: Vec<f64>,
    /// By period.
    moves: [u32; 4],
}

/// What is drawn for a period: by factor, and where the chain moves.
struct Drawn<'a> {
    t: usize,
    normals: &'a [f64],
    counts: &'a [u32],
    sizes: &'a [f64],
    from: usize,
    state: usize,
}

impl<'a> Scores<'a> {
    /// Of a plan's independent paths.
    pub fn new(plan: &'a Plan, draws: Draws, changes: impl IntoIterator<Item = LawChange>) -> Self {
        Scores { plan, draws, inputs: changes.into_iter().map(|change| Weights::new(plan, change)).collect() }
    }

    /// The scores of each path for all inputs.
    pub fn of(&self, paths: Range<u64>) -> impl Iterator<Item = Vec<PathScore>> {
        let mut four = Four::default();
        paths.map(move |path| self.of_path(path, &mut four))
    }

    fn of_path(&self, path: u64, four: &mut Four) -> Vec<PathScore> {
        let (periods, factors) = (self.plan.sizes.periods as usize, self.plan.sizes.factors);
        let mut scores = vec![PathScore::default(); self.inputs.len()];
        let mut state = self.plan.double.common.start_state as usize;
        for t in 0..periods {
            if t % 4 == 0 {
                self.draw(path, t as u32 / 4, four);
            }
            let row = t % 4 * factors..(t % 4 + 1) * factors;
            let (from, to) = (state, self.moved(state, four.moves[t % 4]));
            let [normals, sizes] = [&four.normals, &four.sizes].map(|all| &all[row.clone()]);
            let drawn = Drawn { t, normals, counts: &four.counts[row], sizes, from, state: to };
            self.inputs.iter().zip(&mut scores).for_each(|(input, score)| input.add(self.plan, &drawn, score));
            state = to;
        }
        scores
    }

    fn draw(&self, path: u64, block: u32, four: &mut Four) {
        let tables = &self.plan.double;
        let factors = tables.factors.len();
        four.normals.resize(4 * factors, 0.0);
        four.counts.resize(4 * factors, 0);
        four.sizes.resize(4 * factors, 0.0);
        four.counts.fill(0);
        for (factor, terms) in tables.factors.iter().enumerate() {
            if terms.kind == twin::KIND_TABLE {
                continue;
            }
            let words = |purpose| self.words(path, block, purpose, factor as u32);
            let normal = |word: u32| f64::from(twin::normal_quantile(word));
            for (place, word) in words(twin::PURPOSE_DIFFUSION).into_iter().enumerate() {
                four.normals[place * factors + factor] = normal(word);
            }
            let thresholds = &tables.jump_thresholds[terms.jumps_first as usize..terms.jumps_end as usize];
            if thresholds.is_empty() {
                continue;
            }
            let counts = words(twin::PURPOSE_JUMP_COUNT).map(|word| reached(thresholds, word));
            if counts == [0; 4] {
                continue;
            }
            for (place, word) in words(twin::PURPOSE_JUMP_SIZE).into_iter().enumerate() {
                four.counts[place * factors + factor] = counts[place];
                four.sizes[place * factors + factor] = normal(word);
            }
        }
        if self.plan.sizes.states > 1 {
            four.moves = self.words(path, block, twin::PURPOSE_REGIME, 0);
        }
    }

    /// The words of a stream for four periods.
    fn words(&self, path: u64, block: u32, purpose: u32, index: u32) -> [u32; 4] {
        let Draws { seed, replicate } = self.draws;
        let key = Words { w0: seed as u32, w1: (seed >> 32) as u32, w2: replicate, w3: purpose };
        let counter = Words { w0: path as u32, w1: (path >> 32) as u32, w2: block, w3: index };
        let words = twin::threefry(counter, key);
        [words.w0, words.w1, words.w2, words.w3]
    }

    /// Where the chain moves.
    fn moved(&self, from: usize, word: u32) -> usize {
        let states = self.plan.sizes.states;
        reached(&self.plan.double.regime_thresholds[from * states..(from + 1) * states - 1], word) as usize
    }
}

fn reached(thresholds: &[u32], word: u32) -> u32 {
    thresholds.iter().filter(|&&threshold| twin::reaches(word, threshold)).count() as u32
}

impl Weights {
    fn new(plan: &Plan, change: LawChange) -> Self {
        let (periods, factors) = (plan.sizes.periods as usize, plan.sizes.factors);
        let (mut shifts, mut information) = (Vec::new(), Vec::new());
        let none = vec![0; factors];
        for state in 0..plan.sizes.states {
            for t in 0..periods {
                let scaled = (0..factors).map(|factor| {
                    scaled(
                        mean(&change, factors, (t, state), &none, factor),
                        plan.double.effects[state * factors + factor].diffusion,
                    )
                });
                let shift = independent(&plan.double.cholesky, scaled.collect());
                information.push(shift.iter().map(|x| x * x).sum());
                shifts.extend(shift);
            }
        }
        Weights { change, shifts, information }
    }

    /// Adds what a period does to the score.
    fn add(&self, plan: &Plan, drawn: &Drawn, out: &mut PathScore) {
        let Drawn { t, normals, counts, from, state, .. } = *drawn;
        let (periods, factors, states) = (plan.sizes.periods as usize, plan.sizes.factors, plan.sizes.states);
        out.score += self.change.moves[from * states + state];
        out.information += self.change.move_information[from];
        for (factor, &slope) in self.change.jump_intensities.iter().enumerate().filter(|(_, slope)| **slope != 0.0) {
            let expected = self.change.expected_jumps[factor];
            out.score += slope * (f64::from(counts[factor]) - expected);
            out.information += slope * slope * expected;
        }
        if counts.iter().any(|&count| count > 0) {
            return self.add_jumping(plan, drawn, out);
        }
        let place = state * periods + t;
        let shift = &self.shifts[place * factors..(place + 1) * factors];
        out.score += shift.iter().zip(normals).map(|(shift, normal)| shift * normal).sum::<f64>();
        out.information += self.information[place];
    }

    /// The same of the normals of a period with jumps.
    fn add_jumping(&self, plan: &Plan, drawn: &Drawn, out: &mut PathScore) {
        let Drawn { t, normals, counts, sizes, state, .. } = *drawn;
        let factors = plan.sizes.factors;
        let mut add = |weight: f64, normal: f64| {
            out.score += weight * normal;
            out.information += weight * weight;
        };
        let mut rest = vec![0.0; factors];
        for (factor, rest) in rest.iter_mut().enumerate() {
            let diffusion = plan.double.effects[state * factors + factor].diffusion;
            let spread = f64::from(counts[factor]).sqrt() * plan.double.factors[factor].jump_sd;
            let mean = mean(&self.change, factors, (t, state), counts, factor);
            let share = if spread > 0.0 { spread * spread / (spread * spread + diffusion * diffusion) } else { 0.0 };
            add(scaled(share * mean, spread), sizes[factor]);
            *rest = scaled((1.0 - share) * mean, diffusion);
        }
        let shift = independent(&plan.double.cholesky, rest);
        shift.into_iter().zip(normals).for_each(|(weight, &normal)| add(weight, normal));
    }
}

/// The derivative of the mean of a factor's step in a period with so many jumps.
fn mean(change: &LawChange, factors: usize, (t, state): (usize, usize), counts: &[u32], factor: usize) -> f64 {
    change.steps[t * factors + factor]
        + change.drifts[state * factors + factor]
        + f64::from(counts[factor]) * change.jump_means[factor]
}

fn scaled(mean: f64, deviation: f64) -> f64 {
    if mean == 0.0 { 0.0 } else { mean / deviation }
}

/// What independent normals must have for means so that correlated ones have these: L⁻¹ of them.
fn independent(cholesky: &[f64], mut means: Vec<f64>) -> Vec<f64> {
    let factors = means.len();
    for i in 0..factors {
        let row = &cholesky[i * factors..(i + 1) * factors];
        let known: f64 = (0..i).map(|j| row[j] * means[j]).sum();
        means[i] = (means[i] - known) / row[i];
    }
    means
}
