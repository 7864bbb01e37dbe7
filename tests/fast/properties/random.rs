//! Random words for the second writing, from a generator of its own.

use overhang::scenario::Scenario;
use statrs::distribution::{ContinuousCDF as _, Normal};

use super::naive::{PeriodWords, Words};

/// SplitMix64 (Steele, Lea and Flood 2014).
struct SplitMix(u64);

impl SplitMix {
    fn word(&mut self) -> u32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 32) as u32
    }

    fn words(&mut self, count: usize) -> Vec<u32> {
        (0..count).map(|_| self.word()).collect()
    }

    fn normal(&mut self) -> f64 {
        let probability = (f64::from(self.word()) + 0.5) / 4_294_967_296.0;
        Normal::standard().inverse_cdf(probability)
    }

    fn normals(&mut self, pairs: usize) -> Vec<[f64; 2]> {
        (0..pairs).map(|_| [self.normal(), self.normal()]).collect()
    }
}

/// All words of a path, whether or not a clause looks at them.
pub fn words(scenario: &Scenario, seed: u64, path: u64) -> Words {
    let mut random = SplitMix(SplitMix(seed).0 ^ path.wrapping_mul(0xd134_2543_de82_ef95));
    random.word();
    let (contracts, vendors) = (scenario.contracts.len(), scenario.vendors.len());
    let delays = random.normals(contracts);
    let vendor_delays = random.normals(contracts);
    let mut period = |_| PeriodWords {
        tranches: random.words(scenario.tranches.len()),
        workouts: random.words(scenario.organizations.len()),
        failures: random.words(vendors),
        novations: random.words(vendors),
        crisis: random.word(),
    };
    Words { delays, vendor_delays, periods: (0..scenario.horizon.periods).map(&mut period).collect() }
}
