//! Random numbers and made-up tallies for the unit tests of tallies, measures and reports.

use statrs::distribution::{ContinuousCDF, Normal};

use super::{BlockSums, FigureTally, FirstPassageTally, Invalid, SampleDesign, Tally};
use crate::formula::single::sketch_bin;
use crate::plan::figure::Frame;

/// Seeded random numbers (Steele, Lea and Flood 2014, SplitMix64).
pub struct Draws(u64);

impl Draws {
    pub fn new(seed: u64) -> Self {
        Draws(seed)
    }

    pub fn word(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Uniform strictly between 0 and 1.
    pub fn uniform(&mut self) -> f64 {
        ((self.word() >> 11) as f64 + 0.5) * 2f64.powi(-53)
    }

    pub fn normal(&mut self) -> f64 {
        Normal::standard().inverse_cdf(self.uniform())
    }

    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for i in (1..items.len()).rev() {
            items.swap(i, self.word() as usize % (i + 1));
        }
    }
}

/// The sums of one block of figures, in the frame.
pub fn block_of(values: &[f64], frame: Frame) -> BlockSums {
    let min = values.iter().copied().fold(f64::INFINITY, f64::min);
    let max = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let equal_to = |end: f64| values.iter().filter(|&&value| value == end).count() as u32;
    let power = |exponent: i32| values.iter().map(|&x| in_frame(x, frame).powi(exponent)).sum();
    BlockSums {
        count: values.len() as u32,
        at_min: equal_to(min),
        at_max: equal_to(max),
        powers: [power(1), power(2), power(3), power(4)],
        min,
        max,
    }
}

/// The tally of figures, in blocks of 256, with their sketch.
pub fn tally_of(values: &[f64], frame: Frame) -> FigureTally {
    let mut tally = FigureTally::new(true);
    for block in values.chunks(256) {
        tally.add_block(&block_of(block, frame));
        if let Some(sketch) = &mut tally.sketch {
            block.iter().for_each(|&x| sketch.add(sketch_bin(in_frame(x, frame) as f32), 1));
        }
    }
    tally
}

/// A run of one figure, and of an event that happens where the figure is above `threshold`: in the first of two periods if it is
/// above that by more than ½, else in the second.
pub fn run_of(values: &[f64], frame: Frame, threshold: f64) -> Tally {
    let mut time = FirstPassageTally::new(2);
    let above = values.iter().filter(|&&x| x > threshold);
    above.for_each(|&x| time.add(if x > threshold + 0.5 { 1 } else { 2 }, 1));
    Tally {
        paths: values.len() as u64,
        figures: vec![tally_of(values, frame)],
        times: vec![time],
        invalid: Invalid::default(),
        design: SampleDesign::Independent,
    }
}

fn in_frame(x: f64, frame: Frame) -> f64 {
    (x - frame.centre) / frame.scale
}
