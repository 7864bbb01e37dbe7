//! What engines cost, as a document.

use serde::{Deserialize, Serialize};

use crate::engine::Stages;

/// A comparison of engines on one scenario.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BenchDocument {
    pub schema_version: u32,
    pub scenario: String,
    /// BLAKE3 of the file, in hexadecimal.
    pub scenario_hash: String,
    pub periods: u32,
    pub program_version: String,
    /// The commit that this program was built from, and its date; null if they are not known.
    pub program_commit: Option<String>,
    pub program_date: Option<String>,
    pub machine: Machine,
    pub seed: u64,
    /// Warm runs of each contender, taken in turn.
    pub rounds: usize,
    /// Paths on which all contenders were compared with the first before anything was timed.
    pub compared_paths: u64,
    pub contenders: Vec<Contender>,
}

/// Where it was measured.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Machine {
    pub system: String,
    pub architecture: String,
    pub threads: u32,
}

/// An engine with so many paths.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Contender {
    /// Instruction set and threads, or the GPU's place and where trajectories are drawn.
    pub name: String,
    /// The engine in full: adapter and driver, or precision.
    pub engine: String,
    pub paths: u64,
    /// Share of the compared paths that differ from the first contender's by more than the tolerance of parity.
    pub different: f64,
    /// From the plan to the result, the engine and its kernels made first.
    pub cold_seconds: f64,
    /// From the plan to the result, round by round.
    pub seconds: Vec<f64>,
    /// What the stages took, each the median of the rounds.
    #[serde(default)]
    pub stages: Stages,
    /// Seconds until the mean of the total commitment cost has a standard error of 0.1%.
    pub seconds_to_mean: Option<f64>,
    /// The same for its expected shortfall at 99%.
    pub seconds_to_shortfall: Option<f64>,
}

/// A value and the range of the rounds around it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spread {
    pub median: f64,
    pub low: f64,
    pub high: f64,
}

impl Spread {
    /// Of some values, at least one.
    pub fn of(values: impl Iterator<Item = f64>) -> Self {
        let mut values: Vec<f64> = values.collect();
        values.sort_by(f64::total_cmp);
        let middle = values.len() / 2;
        let median = if values.len() % 2 == 1 { values[middle] } else { (values[middle - 1] + values[middle]) / 2.0 };
        Spread { median, low: values[0], high: values[values.len() - 1] }
    }
}

impl Contender {
    /// Seconds of the warm rounds.
    pub fn warm(&self) -> Spread {
        Spread::of(self.seconds.iter().copied())
    }

    /// Seconds of the warm rounds against those of the longer of what overlaps: trajectories sampled and handed over by the
    /// host, and fetched, used and reduced by the device. None where only one of them is known.
    pub fn overlap(&self) -> Option<f64> {
        let Stages { sampling, upload, copy, kernel, reduction, .. } = self.stages;
        let (host, device) = (sampling + upload, copy + kernel + reduction);
        (upload > 0.0 && device > 0.0).then(|| self.warm().median / host.max(device))
    }

    /// How much faster it is than another with as many paths, round by round.
    pub fn speed_up(&self, base: &Contender) -> Spread {
        Spread::of(base.seconds.iter().zip(&self.seconds).map(|(base, own)| base / own))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spreads_are_medians_and_ranges() {
        let spread = |values: &[f64]| Spread::of(values.iter().copied());
        assert_eq!(spread(&[3.0, 1.0, 2.0]), Spread { median: 2.0, low: 1.0, high: 3.0 });
        assert_eq!(spread(&[4.0, 1.0, 2.0, 3.0]).median, 2.5);
    }

    #[test]
    fn speed_ups_are_paired_by_round() {
        let contender = |seconds: &[f64]| Contender {
            name: String::new(),
            engine: String::new(),
            paths: 1,
            different: 0.0,
            cold_seconds: 0.0,
            seconds: seconds.to_vec(),
            stages: Stages::default(),
            seconds_to_mean: None,
            seconds_to_shortfall: None,
        };
        let found = contender(&[1.0, 2.0, 5.0]).speed_up(&contender(&[2.0, 4.0, 5.0]));
        assert_eq!(found, Spread { median: 2.0, low: 1.0, high: 2.0 });
    }
}
