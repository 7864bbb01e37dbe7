//! Plans that are computed together.

use std::collections::BTreeMap;
use std::ops::Range;

use super::contract::{Draws, Engine, EngineError, Group, Progress};
use crate::plan::Plan;
use crate::tally::Tally;

/// The tally of each plan over the same paths; if `shared`, plans with the same factors and draws share their trajectories.
/// `None` if `progress` asked to stop before all was done.
pub fn tally_each(
    engine: &dyn Engine,
    plans: &[(&Plan, Draws)],
    shared: bool,
    paths: Range<u64>,
    progress: &Progress,
) -> Result<Option<Vec<Tally>>, EngineError> {
    let (groups, places) = groups(plans, shared);
    let length = paths.end - paths.start;
    let mut tallies: Vec<Option<Tally>> = vec![None; plans.len()];
    for (place, tally) in places.into_iter().zip(engine.tallies(&groups, paths, progress)?.into_iter().flatten()) {
        tallies[place] = Some(tally);
    }
    Ok(tallies.into_iter().map(|tally| tally.filter(|tally| tally.paths == length)).collect())
}

/// The tally of each plan over these points of so many scrambles, which all advance together. The draws of a plan are those of its first
/// scramble; the others have the replicates after it. Otherwise as [`tally_each`].
pub fn tally_scrambles(
    engine: &dyn Engine,
    plans: &[(&Plan, Draws)],
    shared: bool,
    scrambles: u32,
    points: Range<u64>,
    progress: &Progress,
) -> Result<Option<Vec<Tally>>, EngineError> {
    let of_scramble = |number| {
        let of = move |&(plan, draws): &(_, Draws)| (plan, Draws { replicate: draws.replicate + number, ..draws });
        plans.iter().map(of)
    };
    let all: Vec<(&Plan, Draws)> = (0..scrambles).flat_map(of_scramble).collect();
    let Some(tallies) = tally_each(engine, &all, shared, points, progress)? else { return Ok(None) };
    let mut of_plans: Vec<Vec<(u32, Tally)>> = plans.iter().map(|_| Vec::new()).collect();
    let numbers = (0..scrambles).flat_map(|number| (0..plans.len()).map(move |place| (number, place)));
    for ((number, place), tally) in numbers.zip(tallies) {
        of_plans[place].push((number, tally));
    }
    Ok(Some(of_plans.into_iter().map(Tally::of_scrambles).collect()))
}

/// The plans by what they share, and the place of each.
fn groups<'a>(plans: &[(&'a Plan, Draws)], shared: bool) -> (Vec<Group<'a>>, Vec<usize>) {
    let mut groups: Vec<(Group, Vec<usize>)> = Vec::new();
    // thousands of groups may differ in their draws alone, so only those of the same draws are looked through
    let mut of_draws: BTreeMap<(u64, u32), Vec<usize>> = BTreeMap::new();
    for (place, &(plan, draws)) in plans.iter().enumerate() {
        let known = of_draws.entry((draws.seed, draws.replicate)).or_default();
        let same = |&&group: &&usize| shared && groups[group].0.plans[0].shares_factors(plan);
        match known.iter().find(same).copied() {
            Some(group) => {
                groups[group].0.plans.push(plan);
                groups[group].1.push(place);
            }
            None => {
                if shared {
                    known.push(groups.len());
                }
                groups.push((Group { plans: vec![plan], draws, shared }, vec![place]));
            }
        }
    }
    let (groups, places): (Vec<Group>, Vec<Vec<usize>>) = groups.into_iter().unzip();
    (groups, places.concat())
}
