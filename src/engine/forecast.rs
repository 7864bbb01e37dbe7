//! What factors and indexed rates are expected to be, from a sample of trajectories: what a check of a scenario shows.

use ndarray::{Array2, Array3, s};

use super::contract::{Draws, EngineError, Precision, Sampling};
use super::cpu::CpuEngine;
use super::instructions::Instructions;
use crate::formula::single::{NONE, indexed_rate};
use crate::plan::Plan;

/// Trajectories that are sampled at once, and how often.
const AT_ONCE: usize = 2048;
const BATCHES: u64 = 8;
/// A seed of its own: a forecast belongs to the scenario, not to a run.
const SEED: u64 = 0x6f_75_74_6c_6f_6f_6b;

/// Trajectories that a forecast is made of.
pub const TRAJECTORIES: u64 = AT_ONCE as u64 * BATCHES;

/// A sampled mean and its standard error.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mean {
    pub mean: f64,
    pub se: f64,
}

/// Means at the ends of periods 1…n.
#[derive(Debug, Clone)]
pub struct Forecast {
    /// By factor, then period.
    pub factors: Vec<Vec<Mean>>,
    /// By contract in the plan's order: rates by period, none before the first is set; empty for fixed rates.
    pub rates: Vec<Vec<Option<Mean>>>,
}

/// Sums of values and their squares about a first guess, against cancellation.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    count: f64,
    centre: f64,
    first: f64,
    second: f64,
}

impl Sums {
    fn add(&mut self, values: impl Iterator<Item = f64>) {
        for value in values {
            if self.count == 0.0 {
                self.centre = value;
            }
            let distance = value - self.centre;
            self.count += 1.0;
            self.first += distance;
            self.second += distance * distance;
        }
    }

    fn mean(&self) -> Option<Mean> {
        let offset = self.first / self.count;
        let variance = (self.second / self.count - offset * offset).max(0.0);
        (self.count > 0.0).then(|| Mean { mean: self.centre + offset, se: (variance / self.count).sqrt() })
    }
}

/// Samples the forecast of a plan.
pub fn forecast(plan: &Plan) -> Result<Forecast, EngineError> {
    let engine = CpuEngine::new(None, Instructions::best(), Precision::Single, Sampling::Device)?;
    let sizes = &plan.sizes;
    let periods = sizes.periods as usize;
    let mut factors = Array3::<f32>::zeros((periods + 1, sizes.factors, AT_ONCE));
    let mut states = Array2::<u32>::zeros((if sizes.states > 1 { periods } else { 0 }, AT_ONCE));
    let mut factor_sums = vec![vec![Sums::default(); periods]; sizes.factors];
    let mut rate_sums = vec![vec![Sums::default(); periods]; sizes.contracts];
    for batch in 0..BATCHES {
        let draws = Draws { seed: SEED, replicate: 0 };
        let first = batch * AT_ONCE as u64;
        engine.sample(plan, draws, first, &mut factors.view_mut(), &mut states.view_mut());
        for (factor, sums) in factor_sums.iter_mut().enumerate() {
            for (t, sums) in sums.iter_mut().enumerate() {
                sums.add(factors.slice(s![t + 1, factor, ..]).iter().map(|&x| f64::from(x)));
            }
        }
        for (contract, sums) in rate_sums.iter_mut().enumerate() {
            add_rates(plan, contract, &factors, sums);
        }
    }
    let means = |sums: &Vec<Sums>| sums.iter().filter_map(Sums::mean).collect();
    let rates = rate_sums.iter().zip(&plan.single.contracts).map(|(sums, terms)| match terms.index {
        NONE => Vec::new(),
        _ => sums.iter().map(Sums::mean).collect(),
    });
    Ok(Forecast { factors: factor_sums.iter().map(means).collect(), rates: rates.collect() })
}

/// The rates of an indexed contract: set from the factor at the beginning of a period, held until the next reset.
fn add_rates(plan: &Plan, contract: usize, factors: &Array3<f32>, sums: &mut [Sums]) {
    let tables = &plan.single;
    let terms = &tables.contracts[contract];
    if terms.index == NONE {
        return;
    }
    let factor = terms.index as usize;
    let mut rates: Option<Vec<f64>> = None;
    for (t, sums) in sums.iter_mut().enumerate() {
        let period = &tables.contract_periods[t * plan.sizes.contracts + contract];
        if period.reset != 0 {
            let rate = |&x: &f32| f64::from(indexed_rate(terms.index_multiplier, x, terms.floor, terms.cap));
            rates = Some(factors.slice(s![t, factor, ..]).iter().map(rate).collect());
        }
        if let Some(rates) = &rates {
            sums.add(rates.iter().copied());
        }
    }
}
