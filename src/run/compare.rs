//! Scenarios beside each other under common random numbers, in batches of paths whose differences give errors.

use std::ops::Range;

use indexmap::IndexMap;
use rayon::prelude::*;

use crate::engine::{BLOCK, Draws, Engine, EngineError, Progress, empty_tally, tally_each};
use crate::measure::ByPart;
use crate::plan::Plan;
use crate::result::{self, Asked, Provenance, ResultDocument, RunInfo, Sampling, statistics};
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
    /// By case: numbers by their place in the result document, in each batch.
    pub by_batch: Vec<IndexMap<String, ByPart>>,
}

impl Comparison {
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
    asked: &Asked,
    progress: &Progress,
) -> Result<Option<Comparison>, EngineError> {
    let draws = Draws { seed: sampling.seed, replicate: sampling.replicate };
    let plans: Vec<(&Plan, Draws)> = cases.iter().map(|case| (&case.plan, draws)).collect();
    let mut tallies: Vec<Tally> = cases.iter().map(|case| empty_tally(&case.plan)).collect();
    let mut by_batch: Vec<IndexMap<String, ByPart>> = vec![IndexMap::new(); cases.len()];
    for (batch, range) in (0..).zip(ranges(sampling.paths, batches)) {
        let Some(own) = tally_each(engine, &plans, true, range, progress)? else { return Ok(None) };
        let estimate = |((case, tally), values): ((&Case, &Tally), &mut IndexMap<String, ByPart>)| {
            for (place, statistic) in statistics(&numbers(case, tally, sampling, asked)) {
                values.entry(place).or_default().parts.push(statistic.value);
            }
        };
        (cases.par_iter().zip(&own)).zip(&mut by_batch).for_each(estimate);
        tallies.iter_mut().zip(own).for_each(|(whole, part)| whole.merge(&part.in_batch(batch)));
    }
    for ((case, tally), values) in cases.iter().zip(&tallies).zip(&mut by_batch) {
        for (place, statistic) in statistics(&numbers(case, tally, sampling, asked)) {
            values.entry(place).or_default().value = statistic.value;
        }
    }
    Ok(Some(Comparison { tallies, by_batch }))
}

/// The comparison of no paths, which has all places already.
pub fn nothing(cases: &[Case], sampling: &Sampling, asked: &Asked) -> Comparison {
    let tallies: Vec<Tally> = cases.iter().map(|case| empty_tally(&case.plan)).collect();
    let places = |(case, tally)| statistics(&numbers(case, tally, sampling, asked)).into_keys();
    let by_batch = cases.iter().zip(&tallies).map(|pair| places(pair).map(|key| (key, ByPart::default())).collect());
    Comparison { by_batch: by_batch.collect(), tallies }
}

/// The result document of a case.
pub fn document(case: &Case, tally: &Tally, sampling: &Sampling, asked: &Asked, info: RunInfo) -> ResultDocument {
    let provenance = Provenance::new(&case.scenario, sampling.clone());
    let vendors = case.plan.vendor_owners();
    result::result(&case.scenario, &case.plan.figures, &case.plan.times, &vendors, tally, asked, provenance, info)
}

fn numbers(case: &Case, tally: &Tally, sampling: &Sampling, asked: &Asked) -> ResultDocument {
    result::numbers(&case.scenario, &case.plan, tally, asked, Provenance::new(&case.scenario, sampling.clone()))
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
