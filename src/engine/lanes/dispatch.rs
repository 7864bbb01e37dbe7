// The same work compiled for several instruction sets; which one runs is chosen at run time.

use ndarray::{ArrayViewMut2, ArrayViewMut3};

use super::super::{AVX512, OTHERS, PLAIN, Real};
use super::kernel::Shared;
use super::reduce::{self, Reducer};
use super::{BlockValues, FactorSource, Job, LANES, Observer, Workspace, run_group, sample_group};
use crate::engine::instructions::{Instructions, Set};
use crate::tally::Tally;

/// Work on whole blocks.
pub trait Kernel: Sized {
    /// Does it; forced inline into the function of the chosen instruction set.
    fn run(self);

    /// Does it with less code to compile, where everything is slow, and whoever watches.
    #[inline(always)]
    fn run_compactly(self) {
        self.run();
    }
}

/// Runs the work with these instructions, or with the nearest that it is compiled for here.
///
/// # Panics
/// If that is AVX-512 alone, and the instructions are others.
pub fn launch<W: Kernel>(instructions: Instructions, work: W) {
    match instructions.set() {
        // SAFETY: `Instructions` exist only for what the processor was seen to have.
        #[cfg(target_arch = "x86_64")]
        Set::Avx512 if AVX512 => unsafe { avx512(work) },
        _ if !OTHERS => unreachable!("{instructions} has lanes of its own"),
        // SAFETY: as above; what has AVX-512 has AVX2.
        #[cfg(target_arch = "x86_64")]
        Set::Avx512 | Set::Avx2 => unsafe { avx2(work) },
        // without AVX2 there is no fused multiply-add
        #[cfg(target_arch = "x86_64")]
        Set::Baseline => compactly(work),
        #[cfg(not(target_arch = "x86_64"))]
        Set::Baseline => work.run(),
    }
}

/// Runs the work with the instructions that the target always has, in the one form that may be watched closely.
#[inline(never)]
pub fn compactly<W: Kernel>(work: W) {
    work.run_compactly();
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx2,fma")]
fn avx512<W: Kernel>(work: W) {
    work.run();
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn avx2<W: Kernel>(work: W) {
    work.run();
}

/// Computes the values of `count` paths from `first` on.
pub struct Values<'a, 'o> {
    pub job: &'a Job<'a>,
    pub source: &'a FactorSource<'a>,
    pub first: u64,
    pub count: usize,
    pub workspace: &'a mut Workspace,
    pub values: &'a mut BlockValues,
    pub observer: Observer<'o>,
}

impl Kernel for Values<'_, '_> {
    #[inline(always)]
    fn run(self) {
        if PLAIN && self.job.structure.counts.looks_back == 0 {
            self.groups::<false, false>();
        } else {
            self.groups::<true, false>();
        }
    }

    #[inline(always)]
    fn run_compactly(self) {
        self.groups::<true, true>();
    }
}

impl Values<'_, '_> {
    /// `CLAUSES` says whether the job may have any, `TRACED` whether its paths may be traced.
    #[inline(always)]
    fn groups<const CLAUSES: bool, const TRACED: bool>(mut self) {
        let of = (self.job, &Shared::of(self.job));
        for place in (0..self.count).step_by(LANES) {
            let (first, observer) = (self.first + place as u64, &mut self.observer);
            run_group::<CLAUSES, TRACED>(of, self.source, first, self.workspace, self.values, place, observer);
        }
    }
}

/// Adds a block's values to a tally.
pub struct Reduce<'a> {
    pub reducer: &'a mut Reducer,
    pub values: &'a BlockValues,
    pub first: u64,
    pub count: usize,
    pub tally: &'a mut Tally,
}

impl Kernel for Reduce<'_> {
    #[inline(always)]
    fn run(self) {
        reduce::add_block(self.reducer, self.values, self.first, self.count, self.tally);
    }
}

/// Samples the factors of consecutive paths from `first` on.
pub struct Sample<'a> {
    pub job: &'a Job<'a>,
    pub first: u64,
    pub workspace: &'a mut Workspace,
    /// [period, factor, path]
    pub factors: ArrayViewMut3<'a, Real>,
    /// [period, path]; without periods where there are no regimes
    pub states: ArrayViewMut2<'a, u32>,
}

impl Kernel for Sample<'_> {
    #[inline(always)]
    fn run(mut self) {
        for place in (0..self.factors.dim().2).step_by(LANES) {
            let first = self.first + place as u64;
            sample_group(self.job, first, self.workspace, (&mut self.factors, &mut self.states), place);
        }
    }
}
