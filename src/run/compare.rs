//! Scenarios beside each other under common random numbers, in batches of paths whose differences give errors.

use std::ops::Range;

use indexmap::IndexMap;
use rayon::prelude::*;

use crate::engine::{BLOCK, Draws, Engine, EngineError, Progress, empty_tally, tally_each, tally_scrambles};
use crate::measure::ByPart;
use crate::plan::Plan;
use crate::result::{EstimateRequest, Estimator, Key, Provenance, ResultDocument, RunInfo, Sampling};
use crate::scenario::{Demand, Scenario};
use crate::tally::{SampleDesign, Tally};

/// A scenario that is compared.
#[derive(Debug)]
pub struct Case {
    pub name: String,
    pub scenario: Scenario,
    pub plan: Plan,
}

/// What a comparison found.
#[derive(Debug)]
pub struct Comparison {
    /// Over all paths, by case, in the same batches.
    pub tallies: Vec<Tally>,
    /// By case: the numbers that are compared, in each batch.
    pub by_batch: Vec<IndexMap<Key, ByPart>>,
}

/// What a comparison is made of.
#[derive(Clone, Copy)]
pub(super) struct Work<'a> {
    pub engine: &'a dyn Engine,
    pub cases: &'a [Case],
    pub sampling: &'a Sampling,
    pub asked: &'a EstimateRequest,
}

impl Comparison {
    /// Adds the next paths, cut into so many batches of their own. Returns whether all of them were computed: if `progress` asked to stop,
    /// whole batches were.
    pub(super) fn extend(
        &mut self,
        of: &Work,
        paths: Range<u64>,
        batches: u64,
        progress: &Progress,
    ) -> Result<bool, EngineError> {
        let draws = Draws { seed: of.sampling.seed, replicate: of.sampling.replicate };
        let first = self.design().parts() as u32;
        for (batch, range) in (first..).zip(ranges(paths.end - paths.start, batches)) {
            let range = paths.start + range.start..paths.start + range.end;
            if !self.add_batch(of, draws, (batch, range), progress)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Adds these points of all scrambles. Returns whether all of them were computed; nothing is added otherwise, since scrambles have the
    /// same number of points.
    pub(super) fn extend_scrambles(
        &mut self,
        of: &Work,
        points: Range<u64>,
        replicates: u32,
        progress: &Progress,
    ) -> Result<bool, EngineError> {
        let draws = Draws { seed: of.sampling.seed, replicate: 0 };
        let plans: Vec<(&Plan, Draws)> = of.cases.iter().map(|case| (&case.plan, draws)).collect();
        let Some(own) = tally_scrambles(of.engine, &plans, true, replicates, points, progress)? else {
            return Ok(false);
        };
        self.tallies.iter_mut().zip(own).for_each(|(whole, part)| whole.merge(&part));
        Ok(true)
    }

    /// Adds a batch of all cases; false if `progress` asked to stop.
    fn add_batch(
        &mut self,
        of: &Work,
        draws: Draws,
        (batch, range): (u32, Range<u64>),
        progress: &Progress,
    ) -> Result<bool, EngineError> {
        let Work { engine, cases, sampling, asked } = *of;
        let plans: Vec<(&Plan, Draws)> = cases.iter().map(|case| (&case.plan, draws)).collect();
        let Some(own) = tally_each(engine, &plans, true, range, progress)? else { return Ok(false) };
        let estimate = |((case, tally), values): ((&Case, &Tally), &mut IndexMap<Key, ByPart>)| {
            estimate_part(&numbers(case, tally, sampling, asked), values);
        };
        (cases.par_iter().zip(&own)).zip(&mut self.by_batch).for_each(estimate);
        self.tallies.iter_mut().zip(own).for_each(|(whole, part)| whole.merge(&part.in_batch(batch)));
        Ok(true)
    }

    /// Takes the numbers that are compared over all paths so far, and those of scrambles, which may have grown.
    pub(super) fn settle(&mut self, of: &Work) {
        let Work { cases, sampling, asked, .. } = *of;
        let settle = |((case, tally), values): ((&Case, &Tally), &mut IndexMap<Key, ByPart>)| {
            if let SampleDesign::Replicated { scrambles } = &tally.design {
                values.values_mut().for_each(|of| of.parts.clear());
                let of_scramble = |scramble| estimate_part(&numbers(case, scramble, sampling, asked), values);
                scrambles.values().for_each(of_scramble);
            }
            let document = numbers(case, tally, sampling, asked);
            for_each_compared(&document, values, |of, value| of.value = value);
        };
        cases.par_iter().zip(&self.tallies).zip(&mut self.by_batch).for_each(settle);
    }

    /// Paths of each case.
    pub fn paths(&self) -> u64 {
        self.tallies.first().map_or(0, |tally| tally.paths)
    }

    /// The design of all cases.
    pub fn design(&self) -> &SampleDesign<Tally> {
        self.tallies.first().map_or(&SampleDesign::Independent, |tally| &tally.design)
    }
}

/// Computes all cases over the same paths, which are cut into `batches` of whole blocks; fewer where there are not
/// as many blocks. Cases with the same factors share their trajectories. `None` if `progress` asked to stop.
pub fn run(
    engine: &dyn Engine,
    cases: &[Case],
    sampling: &Sampling,
    batches: u64,
    asked: &EstimateRequest,
    progress: &Progress,
) -> Result<Option<Comparison>, EngineError> {
    let (of, mut found) = (Work { engine, cases, sampling, asked }, nothing(cases, sampling, asked));
    let whole = match sampling.replicates {
        None => found.extend(&of, 0..sampling.paths, batches, progress)?,
        Some(replicates) => {
            let points = sampling.paths / u64::from(replicates);
            found.extend_scrambles(&of, 0..points, replicates, progress)?
        }
    };
    found.settle(&of);
    Ok(whole.then_some(found))
}

/// Adds the numbers of a part of a case's paths to those of its other parts.
fn estimate_part(part: &ResultDocument, values: &mut IndexMap<Key, ByPart>) {
    for_each_compared(part, values, |of, value| of.parts.push(value));
}

/// Visits the numbers of a case that are compared, each with what is known of it.
fn for_each_compared(
    document: &ResultDocument,
    values: &mut IndexMap<Key, ByPart>,
    mut visit: impl FnMut(&mut ByPart, Option<f64>),
) {
    document.for_each(&mut |key, _, value| {
        if let Some(of) = values.get_mut(key) {
            visit(of, value);
        }
    });
}

/// The comparison of no paths, which has all keys already.
pub fn nothing(cases: &[Case], sampling: &Sampling, asked: &EstimateRequest) -> Comparison {
    let tallies: Vec<Tally> = cases.iter().map(|case| empty_tally(&case.plan)).collect();
    let keys = |(case, tally): (&Case, &Tally)| {
        let mut keys = IndexMap::new();
        numbers(case, tally, sampling, asked).for_each(&mut |key, _, _| {
            if key.statistic.is_compared() {
                keys.insert(key.clone(), ByPart { estimator: key.statistic.estimator(), ..ByPart::default() });
            }
        });
        keys
    };
    let by_batch = cases.iter().zip(&tallies).map(keys).collect();
    Comparison { by_batch, tallies }
}

/// The result document of a case.
pub fn document(
    case: &Case,
    tally: &Tally,
    sampling: &Sampling,
    asked: &EstimateRequest,
    info: RunInfo,
) -> ResultDocument {
    let provenance = Provenance::new(&case.scenario, sampling.clone());
    Estimator::new(&case.scenario, &case.plan, tally, asked).result(provenance, info)
}

/// The numbers of a case.
pub(super) fn numbers(case: &Case, tally: &Tally, sampling: &Sampling, asked: &EstimateRequest) -> ResultDocument {
    let provenance = Provenance::new(&case.scenario, sampling.clone());
    Estimator::new(&case.scenario, &case.plan, tally, asked).numbers(provenance)
}

/// Organizations whose demand is "planned" in both scenarios and differs, because their contracts' capacity does.
pub fn different_plans<'a>(one: &'a Case, other: &Case) -> Vec<&'a str> {
    let planned = |scenario: &Scenario, name: &str| {
        let found = scenario.organizations.iter().position(|organization| organization.name == name)?;
        matches!(scenario.organizations[found].demand, Demand::Planned).then_some(found)
    };
    let demand = |case: &Case, organization: usize| -> Vec<u64> {
        let count = case.plan.sizes.organizations;
        let rows = case.plan.double.organization_periods.iter().skip(organization).step_by(count);
        rows.map(|period| period.demand.to_bits()).collect()
    };
    let differs = |name: &str| {
        let (ours, theirs) = (planned(&one.scenario, name)?, planned(&other.scenario, name)?);
        (demand(one, ours) != demand(other, theirs)).then_some(())
    };
    let names = one.scenario.organizations.iter().map(|organization| organization.name.as_str());
    names.filter(|name| differs(name).is_some()).collect()
}

/// Equal parts of the paths, in whole blocks.
pub fn ranges(paths: u64, parts: u64) -> Vec<Range<u64>> {
    let blocks = paths.div_ceil(BLOCK as u64);
    let parts = parts.clamp(1, blocks.max(1));
    // in 128 bits, since 2⁴⁰ paths in as many parts would not fit into 64
    let bound =
        |part: u64| ((u128::from(part) * u128::from(blocks) / u128::from(parts)) as u64 * BLOCK as u64).min(paths);
    (0..parts).map(|part| bound(part)..bound(part + 1)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_whole_blocks_and_make_up_the_whole() {
        for (paths, parts) in [(1, 64), (256, 2), (1000, 3), (1_000_000, 64), (1 << 40, 7)] {
            let ranges = ranges(paths, parts);
            assert_eq!(ranges.len() as u64, parts.min(paths.div_ceil(256)));
            assert_eq!((ranges[0].start, ranges[ranges.len() - 1].end), (0, paths));
            assert!(ranges.windows(2).all(|pair| pair[0].end == pair[1].start && pair[1].start % 256 == 0));
            assert!(ranges.iter().all(|range| !range.is_empty()));
        }
    }
}
