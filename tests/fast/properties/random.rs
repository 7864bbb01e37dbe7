//! The random words of clauses, drawn as docs/randomness.md lays out key and counter.

use overhang::engine::Draws;
use overhang::formula::{double, single};
use overhang::scenario::Scenario;

use super::naive::{PeriodWords, Words};

const TRANCHE: u32 = 5;
const CRISIS: u32 = 6;
const DELAY: u32 = 7;
const VENDOR: u32 = 8;
const WORKOUT: u32 = 9;

/// All words of a path, whether or not a clause looks at them.
pub fn words(scenario: &Scenario, draws: Draws, path: u64) -> Words {
    let block = |purpose: u32, index: usize, period: u32| {
        let counter = single::Words { w0: path as u32, w1: (path >> 32) as u32, w2: period / 4, w3: index as u32 };
        let (low, high) = (draws.seed as u32, (draws.seed >> 32) as u32);
        let words = single::threefry(counter, single::Words { w0: low, w1: high, w2: draws.replicate, w3: purpose });
        [words.w0, words.w1, words.w2, words.w3]
    };
    let normals = |index: usize| {
        let [first, second, ..] = block(DELAY, index, 0);
        [double::normal_quantile(first), double::normal_quantile(second)]
    };
    let (contracts, vendors) = (scenario.contracts.len(), scenario.vendors.len());
    // periods count from 0 here
    let period = |t: u32| {
        let word = |purpose: u32, index: usize| block(purpose, index, t)[(t % 4) as usize];
        let each = |purpose: u32, indices: std::ops::Range<usize>| indices.map(|index| word(purpose, index)).collect();
        PeriodWords {
            tranches: each(TRANCHE, 0..scenario.tranches.len()),
            workouts: each(WORKOUT, 0..scenario.organizations.len()),
            failures: each(VENDOR, 0..vendors),
            novations: each(VENDOR, vendors..2 * vendors),
            crisis: word(CRISIS, 0),
        }
    };
    Words {
        delays: (0..contracts).map(normals).collect(),
        // there are at most as many vendors as contracts
        vendor_delays: (contracts..2 * contracts).map(normals).collect(),
        periods: (0..scenario.horizon.periods).map(period).collect(),
    }
}
