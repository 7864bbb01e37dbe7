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

/// The sources that are drawn anew, by bits: streams find theirs without a branch, which runs that draw nothing anew would pay for.
#[derive(Debug, Clone, Copy, Default)]
pub struct Anew {
    /// By factor, of which there are at most 32.
    shocks: u32,
    jumps: u32,
    /// By purpose.
    others: u32,
}

impl Anew {
    /// Of these sources.
    pub fn new(sources: &[Source]) -> Self {
        let mut anew = Anew::default();
        for source in sources {
            match *source {
                Source::Shocks { factor } => anew.shocks |= 1 << factor,
                Source::Jumps { factor } => anew.jumps |= 1 << factor,
                Source::Regimes => anew.others |= 1 << twin::PURPOSE_REGIME,
                Source::Delays => anew.others |= 1 << twin::PURPOSE_DELAY,
                Source::Vendors => anew.others |= 1 << twin::PURPOSE_VENDOR,
                Source::Crisis => anew.others |= 1 << twin::PURPOSE_CRISIS,
                Source::Tranches => anew.others |= 1 << twin::PURPOSE_TRANCHE,
                Source::Workouts => anew.others |= 1 << twin::PURPOSE_WORKOUT,
            }
        }
        anew
    }

    /// The index of a stream, which differs from the one of its purpose if its source is drawn anew.
    #[inline(always)]
    pub fn stream(&self, purpose: u32, index: u32) -> u32 {
        let is_anew = match purpose {
            twin::PURPOSE_DIFFUSION => self.shocks >> index & 1,
            twin::PURPOSE_JUMP_COUNT | twin::PURPOSE_JUMP_SIZE => self.jumps >> index & 1,
            other => self.others >> other & 1,
        };
        index | (is_anew * ANEW)
    }
}
