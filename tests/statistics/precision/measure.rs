//! How far single precision is from double, path by path.

use overhang::engine::cpu::CpuEngine;
use overhang::engine::parity::{Differences, differences};
use overhang::engine::{Draws, Engine, Instructions, Precision, Sampling, prepare};
use overhang::plan::Plan;

pub const FILES: [&str; 5] = [
    "tests/cases/one-lab.toml",
    "tests/cases/two-labs.toml",
    "scenarios/aws-38b.toml",
    "scenarios/openai.toml",
    "scenarios/industry.toml",
];
pub const DRAWS: Draws = Draws { seed: 20_261_122, replicate: 0 };
const PATHS: u64 = 1 << 17;
/// What both precisions gave for the same paths.
pub struct Precisions {
    pub found: Differences,
    /// The largest difference of means, relative to the larger of mean and deviation.
    pub mean: f64,
}

pub fn precisions(file: &str) -> Precisions {
    let loaded = overhang::scenario::load(file.as_ref()).unwrap_or_else(|failure| panic!("{failure}"));
    let plan = prepare(&loaded.scenario);
    let values = |precision| {
        let engine = CpuEngine::new(None, Instructions::best(), precision, Sampling::Device).expect("threads start");
        engine.values(&plan, DRAWS, 0..PATHS).expect("the CPU has no faults")
    };
    let (single, double) = (values(Precision::Single), values(Precision::Double));
    let mean = farthest_mean(&plan, &single.figures, &double.figures);
    Precisions { found: differences(&plan, &single, &double), mean }
}

fn farthest_mean(plan: &Plan, single: &[f64], double: &[f64]) -> f64 {
    let paths = PATHS as usize;
    let mean = |values: &[f64]| values.iter().sum::<f64>() / paths as f64;
    let off = plan.figures.iter().map(|spec| {
        let row = |values: &'_ [f64]| values[spec.slot * paths..][..paths].to_vec();
        let (single, double) = (row(single), row(double));
        let centre = mean(&double);
        let deviation = (double.iter().map(|x| (x - centre).powi(2)).sum::<f64>() / paths as f64).sqrt();
        let size = centre.abs().max(deviation);
        if size > 0.0 { (mean(&single) - centre).abs() / size } else { 0.0 }
    });
    // of figures that are undefined on some paths there is no mean of all
    off.filter(|off| off.is_finite()).fold(0.0, f64::max)
}

/// Its row of docs/validation.md.
pub fn row(file: &str, precisions: &Precisions) -> String {
    let Precisions { found, mean } = precisions;
    let count = |share: f64, digits: usize| format!("{:.digits$}%", 100.0 * share);
    let below = crate::page::power_of_ten(*mean);
    format!("| `{file}` | {PATHS} | {} | {} | < {below} |", count(found.paths, 3), count(found.times, 4))
}
