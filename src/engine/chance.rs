//! The sources of a plan's randomness, and the streams of the generator that are drawn anew for some of them.

use super::single::twin;
use crate::plan::{Plan, Source};

/// Offset of the indices of redrawn streams; no other stream has such an index.
const ANEW: u32 = 1 << 31;

/// The sources that a plan has: those whose draws can matter.
pub fn sources(plan: &Plan) -> Vec<Source> {
    let (tables, lists) = (&plan.single, &plan.structure.lists);
    let factors = tables.factors.iter().enumerate().filter(|(_, terms)| terms.kind != twin::KIND_TABLE);
    let of_factor = factors.flat_map(|(factor, terms)| {
        let jumps = terms.jumps_first < terms.jumps_end;
        [Some(Source::Shocks { factor }), jumps.then_some(Source::Jumps { factor })].into_iter().flatten()
    });
    let is_any = |list: &[u32]| list.iter().any(|&entry| entry != 0);
    let others = [
        (Source::Regimes, plan.sizes.states > 1),
        (Source::Delays, !tables.delays.is_empty()),
        (Source::Vendors, is_any(&lists.failing) || is_any(&lists.novated)),
        (Source::Crisis, plan.structure.counts.crises != 0),
        (Source::Tranches, is_any(&lists.tranche_drawn)),
        (Source::Workouts, !tables.workouts.is_empty()),
    ];
    of_factor.chain(others.into_iter().filter_map(|(source, is_there)| is_there.then_some(source))).collect()
}

/// The index of a stream, which differs from the one of its purpose if its source is drawn anew.
pub fn stream(anew: &[Source], purpose: u32, index: u32) -> u32 {
    let is_anew = anew.iter().any(|&source| source == source_of(purpose, index));
    if is_anew { index | ANEW } else { index }
}

fn source_of(purpose: u32, index: u32) -> Source {
    let factor = index as usize;
    match purpose {
        twin::PURPOSE_DIFFUSION => Source::Shocks { factor },
        twin::PURPOSE_JUMP_COUNT | twin::PURPOSE_JUMP_SIZE => Source::Jumps { factor },
        twin::PURPOSE_REGIME => Source::Regimes,
        twin::PURPOSE_DELAY => Source::Delays,
        twin::PURPOSE_VENDOR => Source::Vendors,
        twin::PURPOSE_CRISIS => Source::Crisis,
        twin::PURPOSE_TRANCHE => Source::Tranches,
        _ => Source::Workouts,
    }
}
