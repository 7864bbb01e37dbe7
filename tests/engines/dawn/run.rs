//! Every kernel of every scenario in Dawn, against the CPU engine.
//!
//! Figures and times are compared path by path as for any two engines (`engine::parity`): a path may differ where a threshold
//! falls between two roundings, since Tint is free to fuse products into sums. What reductions make of Dawn's own figures is
//! compared with the same made here: counts are the same, and sums of 256 numbers in single precision agree to 1e-5 of the
//! sum of sizes. Rows of a profile are compared with the CPU engine's, whose paths may differ as above.

use std::borrow::Cow;
use std::collections::BTreeMap;

use naga::Module;
use overhang::engine::cpu::CpuEngine;
use overhang::engine::gpu::{compose, layout};
use overhang::engine::parity::{MOST_DIFFERENT, differences};
use overhang::engine::{BLOCK, Draws, Engine, Instructions, PathValues, Precision, Sampling, prepare, prepare_profile};
use overhang::formula::single::{
    BlockFaults, BlockTotals, ChunkTerms, NEVER, RowTotals, SKETCH_BINS, centred, defined,
};
use overhang::plan::Plan;
use overhang::plan::profile::{PROFILE_BINS, Profile};
use overhang::tally::ProfileTally;

use super::has_dawn;
use super::program::{Outputs, Program};
use crate::modules::{files, modules};
use crate::skip::skip;

const PATHS: usize = 4096;
const BLOCKS: usize = PATHS / BLOCK;
const DRAWS: Draws = Draws { seed: 20_261_129, replicate: 0 };
/// Of the sum of sizes of a block's numbers.
const SUM_TOLERANCE: f64 = 1e-5;

/// A scenario with its kernels and what the CPU engine makes of it.
struct Case {
    name: String,
    plan: Plan,
    profile: Profile,
    kernels: BTreeMap<String, Module>,
    /// What the CPU engine makes of it.
    reference: PathValues,
    rows: ProfileTally,
}

#[test]
fn kernels_of_scenarios_in_dawn_give_the_cpu_s_paths() {
    give_the_cpu_s_paths("scenarios");
}

#[test]
fn kernels_of_reference_cases_in_dawn_give_the_cpu_s_paths() {
    give_the_cpu_s_paths("tests/cases");
}

/// Runs the kernels of all files in a folder.
fn give_the_cpu_s_paths(folder: &str) {
    if !has_dawn("kernels in Dawn") {
        return;
    }
    let files: Vec<String> = files().into_iter().filter(|file| file.starts_with(folder)).collect();
    assert!(!files.is_empty(), "{folder}");
    for file in files {
        let loaded = overhang::scenario::load(file.as_ref()).unwrap_or_else(|failure| panic!("{failure}"));
        let plan = prepare(&loaded.scenario);
        let profile = prepare_profile(&loaded.scenario, &plan);
        let kernels = modules(&plan, &profile).into_iter().collect();
        let cpu = CpuEngine::new(Some(2), Instructions::best(), Precision::Single, Sampling::Device);
        let cpu = cpu.expect("threads start");
        let reference = cpu.values(&plan, DRAWS, 0..PATHS as u64).expect("the CPU has no faults");
        let rows = cpu.profile(&plan, &profile, DRAWS, 0..PATHS as u64, &|_| true).expect("the CPU has no faults");
        let case = Case { name: file, plan, profile, kernels, reference, rows };
        for form in case.forms() {
            for &sampling in case.samplings(form) {
                let Some(outputs) = case.run(form, sampling) else {
                    return skip("kernels in Dawn", "Dawn finds no Vulkan device", "OVERHANG_REQUIRE_DAWN");
                };
                for kernel in ["simulate", "profile"] {
                    case.check_paths(&outputs, kernel, &format!("{kernel}-{sampling}-{form}"));
                }
                case.check_reduction(&outputs);
                case.check_rows(&outputs);
            }
        }
    }
}

impl Case {
    /// The forms that are run: the one that Vulkan gets, and the others of the case that has every kind of table and clause.
    /// Compiling all forms of all scenarios takes minutes, and the forms only differ in how they read tables and keep a path's arrays.
    fn forms(&self) -> &'static [&'static str] {
        const FORMS: [&str; 4] = ["flat", "directx", "storage", "nested"];
        if self.name.ends_with("part-two.toml") { &FORMS } else { &FORMS[..1] }
    }

    /// Where factors come from. The host gives them in the first form of the reference cases and of two scenarios: in the others, only the
    /// control flow after them is large, which is the same text, and compiling it again takes minutes.
    fn samplings(&self, form: &str) -> &'static [&'static str] {
        const SAMPLINGS: [&str; 2] = ["device", "host"];
        const DEVICE_ALONE: [&str; 5] = ["anthropic", "google-deepmind", "industry", "meta", "openai-balanced"];
        let alone = DEVICE_ALONE.iter().any(|name| self.name == format!("scenarios/{name}.toml"));
        if alone || form != self.forms()[0] { &SAMPLINGS[..1] } else { &SAMPLINGS }
    }

    /// Runs the simulation, the profile and their reductions in one form. Where the host gives the factors, the kernel that
    /// samples does.
    fn run(&self, form: &str, sampling: &str) -> Option<Outputs> {
        let (sizes, rows) = (&self.plan.sizes, self.profile.rows());
        let mut program = Program::new();
        let chunk = ChunkTerms {
            seed_low: DRAWS.seed as u32,
            seed_high: (DRAWS.seed >> 32) as u32,
            replicate: DRAWS.replicate,
            first_low: 0,
            first_high: 0,
            count: PATHS as u32,
            stride: PATHS as u32,
            periods: sizes.periods,
        };
        program.input("chunk", bytemuck::bytes_of(&chunk));
        program.input("terms", &layout::terms(&self.plan));
        program.input("rows", &layout::rows(&self.plan, form != "nested"));
        program.input("figure_terms", bytemuck::cast_slice(&layout::figure_terms(&self.plan)));
        program.input("row_terms", bytemuck::cast_slice(&layout::row_terms(&self.plan, &self.profile)));
        program.room("trajectories", (sizes.periods as usize + 1) * sizes.factors * PATHS * 4);
        program.room("states", (sizes.periods as usize).div_ceil(4) * PATHS * 4);
        for (figures, times) in [("simulate_figures", "simulate_times"), ("profile_figures", "profile_times")] {
            program.room(figures, sizes.slots() * PATHS * 4);
            program.room(times, sizes.times() * PATHS * 4);
        }
        program.room("valid", PATHS * 4);
        program.room("faults", BLOCKS * size_of::<BlockFaults>());
        program.room("totals", BLOCKS * self.plan.figures.len() * size_of::<BlockTotals>());
        program.room("counts", self.counts() * 4);
        program.room("observed", rows * PATHS * 4);
        program.room("parts", (sizes.organizations + 1) * PATHS.div_ceil(16 * BLOCK) * BLOCK * 4);
        program.room("row_totals", rows * size_of::<RowTotals>());
        program.room("bins", rows * PROFILE_BINS * 4);
        for kernel in ["simulate", "profile"] {
            self.add_paths(&mut program, kernel, form, sampling);
        }
        self.add_reductions(&mut program);
        program.run(&[
            "simulate_figures",
            "simulate_times",
            "profile_figures",
            "profile_times",
            "valid",
            "faults",
            "totals",
            "counts",
            "row_totals",
            "bins",
        ])
    }

    /// Words of sketches and of counted times.
    fn counts(&self) -> usize {
        self.sketch_words() + self.plan.times.len() * self.plan.sizes.periods as usize
    }

    fn sketch_words(&self) -> usize {
        self.plan.figures.iter().filter(|figure| figure.sketched).count() * SKETCH_BINS as usize
    }

    /// A kernel in one form. DirectX gets the flat one with a path's arrays spread.
    fn kernel(&self, name: &str, form: &str) -> Cow<'_, Module> {
        match form {
            "directx" => Cow::Owned(compose::for_directx(self.kernels[&format!("{name}-flat")].clone())),
            _ => Cow::Borrowed(&self.kernels[&format!("{name}-{form}")]),
        }
    }

    fn add_paths(&self, program: &mut Program, kernel: &str, form: &str, sampling: &str) {
        let groups = (PATHS / 64, 1);
        let bound = [(0, "terms"), (1, "rows"), (2, "chunk"), (5, "trajectories"), (6, "states")];
        if sampling == "host" {
            // states are sampled for those who watch them, and otherwise once with and once without
            let without = kernel == "profile" && !self.plan.watches_chain();
            let sample = if without { "sample" } else { "sample-states" };
            program.step(&self.kernel(sample, form), "sample", &bound, groups);
        }
        let (figures, times) = match kernel {
            "simulate" => ("simulate_figures", "simulate_times"),
            _ => ("profile_figures", "profile_times"),
        };
        let bound = [&bound[..], &[(3, figures), (4, times), (7, "observed")]].concat();
        program.step(&self.kernel(&format!("{kernel}-{sampling}"), form), kernel, &bound, groups);
    }

    fn add_reductions(&self, program: &mut Program) {
        let reduce = &self.kernels["reduce"];
        let of = |figures, times| [(0, "chunk"), (1, "figure_terms"), (2, figures), (3, times)];
        let sums = [(4, "valid"), (5, "faults"), (6, "totals"), (7, "counts")];
        let simulated = [&of("simulate_figures", "simulate_times")[..], &sums].concat();
        program.step(reduce, "classify", &simulated, (BLOCKS, 1));
        program.step(reduce, "reduce", &simulated, (BLOCKS.div_ceil(16), self.plan.figures.len()));
        let profiled = [&of("profile_figures", "profile_times")[..], &[(8, "parts")]].concat();
        program.step(reduce, "qualify", &profiled, (PATHS.div_ceil(16 * BLOCK), 1));
        let rows = [(0, "chunk"), (1, "row_terms"), (2, "observed"), (3, "parts"), (4, "row_totals"), (5, "bins")];
        program.step(&self.kernels["add_rows"], "add_rows", &rows, (self.profile.rows(), 1));
    }

    fn check_paths(&self, outputs: &Outputs, kernel: &str, what: &str) {
        let figures: Vec<f32> = outputs.read(&format!("{kernel}_figures"));
        let values = PathValues {
            figures: figures.into_iter().map(f64::from).collect(),
            times: outputs.read(&format!("{kernel}_times")),
            paths: PATHS,
        };
        let found = differences(&self.plan, &self.reference, &values);
        println!("{} {what}: {found:?}", self.name);
        assert!(found.agree(), "{} {what}: {found:?}", self.name);
    }

    /// What `classify` and `reduce` make of the figures and times.
    fn check_reduction(&self, outputs: &Outputs) {
        let (figures, times): (Vec<f32>, Vec<u32>) = (outputs.read("simulate_figures"), outputs.read("simulate_times"));
        let (totals, counts): (Vec<BlockTotals>, Vec<u32>) = (outputs.read("totals"), outputs.read("counts"));
        let faults: Vec<BlockFaults> = outputs.read("faults");
        assert!(
            faults.iter().all(|fault| fault.count == 0) && outputs.read::<u32>("valid").iter().all(|&valid| valid == 1)
        );
        let mut bins = counts.chunks_exact(SKETCH_BINS as usize);
        for (index, terms) in layout::figure_terms(&self.plan).iter().enumerate() {
            let row = &figures[terms.slot as usize * PATHS..][..PATHS];
            let mut used = 0;
            for (block, numbers) in row.chunks_exact(BLOCK).enumerate() {
                let numbers = numbers.iter().copied().filter(|&x| defined(x, terms.optional != 0));
                let total = totals[block * self.plan.figures.len() + index];
                used += total.count;
                let what = format!("{} figure {index} block {block}: {total:?}", self.name);
                assert_eq!(total.count as usize, numbers.clone().count(), "{what}");
                if total.count > 0 {
                    let lowest = numbers.clone().fold(f32::INFINITY, f32::min);
                    let highest = numbers.clone().fold(f32::NEG_INFINITY, f32::max);
                    assert_eq!((total.lowest, total.highest), (lowest, highest), "{what}");
                }
                let y = numbers.map(|x| f64::from(centred(x, terms.centre, terms.inverse_scale)));
                let powers = [total.power1, total.power2, total.power3, total.power4];
                for (power, found) in (1..).zip(powers) {
                    let (sum, size) =
                        y.clone().fold((0.0, 0.0), |(sum, size), y| (sum + y.powi(power), size + y.powi(power).abs()));
                    assert!((f64::from(found) - sum).abs() <= SUM_TOLERANCE * size, "{what}: power {power} is {sum}");
                }
            }
            if self.plan.figures[index].sketched {
                assert_eq!(bins.next().expect("it has bins").iter().sum::<u32>(), used, "{} figure {index}", self.name);
            }
        }
        let periods = self.plan.sizes.periods as usize;
        for (time, counted) in counts[self.sketch_words()..].chunks_exact(periods).enumerate() {
            let row = &times[time * PATHS..][..PATHS];
            let happened = |period: usize| row.iter().filter(|&&at| at != NEVER && at as usize == period + 1).count();
            assert!(
                (0..periods).all(|period| counted[period] as usize == happened(period)),
                "{} time {time}",
                self.name
            );
        }
    }

    /// What `qualify` and `add_rows` make of the profile.
    fn check_rows(&self, outputs: &Outputs) {
        let (totals, bins): (Vec<RowTotals>, Vec<u32>) = (outputs.read("row_totals"), outputs.read("bins"));
        let most = MOST_DIFFERENT * PATHS as f64;
        for ((row, total), bins) in self.rows.rows.iter().zip(&totals).zip(bins.chunks_exact(PROFILE_BINS)) {
            let what = format!("{}: {total:?} instead of {:?}", self.name, row.parts);
            let parts = [(total.count0, total.first0, total.second0), (total.count1, total.first1, total.second1)];
            for ((count, first, second), part) in parts.into_iter().zip(row.parts) {
                assert!((f64::from(count) - part.count as f64).abs() <= most, "{what}");
                let near = |found: f32, sum: f64| (f64::from(found) - sum).abs() <= 1e-3 * part.second.max(most);
                assert!(near(first, part.first) && near(second, part.second), "{what}");
            }
            let moved: u32 = row.bins.iter().zip(bins).map(|(one, other)| one.abs_diff(*other)).sum();
            assert!(f64::from(moved) / 2.0 <= 10.0 * most, "{what}: {moved}");
        }
    }
}
