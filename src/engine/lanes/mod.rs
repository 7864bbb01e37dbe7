// Paths side by side in lanes: the control flow around the formulas, as the kernels have it. This file and its
// submodules are compiled three times: as `engine::single::lanes`, `engine::wide::lanes` and `engine::double::lanes`.
//
// Everything on the way to the formulas is forced inline, so that it is compiled with the instructions of the function
// that `dispatch` chose; loops over lanes then become vector instructions.

mod brief;
mod dispatch;
mod draw;
mod factors;
mod jumps;
mod kernel;
mod memory;
mod points;
mod profile;
mod record;
mod recorder;
mod reduce;
mod schedule;
mod state;
mod words;

use std::ops::{Deref, DerefMut};

use ndarray::{ArrayViewMut2, ArrayViewMut3, s};

use super::{LANES, Real, Tables, tables};
use crate::engine::chance::Anew;
use crate::engine::contract::Draws;
use crate::plan::{Plan, Points, Sizes, Structure};
use kernel::Outputs;

pub use dispatch::{Kernel, Reduce, Sample, Values, compactly, launch};
pub use points::clause_words;
pub use profile::{profile, profile_values};
pub use record::{Tracer, traces};
pub use recorder::Recorder;
pub use reduce::Reducer;
pub use schedule::{sample, tallies, values};
pub use state::Workspace;

/// Something for each path of a group, in whole cache lines: vector registers then load and store without crossing two.
#[derive(Debug, Clone, Copy)]
#[repr(C, align(64))]
pub struct Group<T>([T; LANES]);

/// A value for each path of a group.
pub type Lanes = Group<Real>;
/// A word for each path of a group.
pub type Words = Group<u32>;

impl<T: Copy + Default> Default for Group<T> {
    #[inline(always)]
    fn default() -> Self {
        same(T::default())
    }
}

impl<T: Copy> Group<T> {
    /// Takes the values of another.
    #[inline(always)]
    fn copy(&mut self, other: &Group<T>) {
        *self = *other;
    }
}

impl<T> Deref for Group<T> {
    type Target = [T; LANES];

    #[inline(always)]
    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl<T> DerefMut for Group<T> {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.0
    }
}

/// The same for all paths of a group.
#[inline(always)]
const fn same<T: Copy>(x: T) -> Group<T> {
    Group([x; LANES])
}

/// Where a group's factors come from.
#[derive(Clone, Copy)]
pub enum FactorSource<'a> {
    /// Drawn here.
    Draws,
    /// Given for the whole block.
    Given(Trajectories<'a>),
}

/// Factors of consecutive paths, sampled before: [period 0…n, factor, path], period 0 being the start, and the chain's
/// states: [period 1…n, path].
#[derive(Clone, Copy)]
pub struct Trajectories<'a> {
    pub factors: &'a [Real],
    /// Empty without regimes.
    pub states: &'a [u32],
    /// Paths in the arrays.
    pub paths: usize,
}

/// What the paths of a block came to: figures by slot and times by place, each of `BLOCK` paths.
#[derive(Debug, Clone, Default)]
pub struct BlockValues {
    /// [slot, path]
    pub figures: Vec<Real>,
    /// [time, path]
    pub times: Vec<u32>,
}

impl BlockValues {
    /// Room for one block.
    pub fn new(sizes: &Sizes, block: usize) -> Self {
        Self { figures: vec![0.0; sizes.slots() * block], times: vec![0; sizes.times() * block] }
    }
}

/// Who looks at the workspace after every period of a group. Known only as a program runs, so that paths are compiled once for all.
pub enum Observer<'a> {
    Nobody,
    /// Keeps quantities over time.
    Recorder(Recorder<'a>),
    /// Keeps everything, with the events' metrics: never where speed matters.
    Tracer(Tracer<'a>),
}

impl Observer<'_> {
    #[inline(always)]
    fn is_tracer(&self) -> bool {
        matches!(self, Observer::Tracer(_))
    }

    /// Called after every period `t` = 1…n of a group.
    #[inline(always)]
    fn period<const TRACED: bool>(&mut self, t: u32, workspace: &Workspace) {
        match self {
            Observer::Recorder(recorder) => recorder.period(t, workspace),
            Observer::Tracer(tracer) if TRACED => tracer.period(t, workspace),
            Observer::Tracer(_) | Observer::Nobody => {}
        }
    }
}

/// What a group of paths is computed from.
#[derive(Clone, Copy)]
pub struct Job<'a> {
    pub tables: &'a Tables,
    pub sizes: &'a Sizes,
    pub structure: &'a Structure,
    pub draws: Draws,
    /// Of quasi-random paths.
    pub points: Option<&'a Points>,
    /// Sources that are drawn anew.
    pub anew: Anew,
}

impl<'a> Job<'a> {
    /// For a plan in this precision.
    pub fn new(plan: &'a Plan, draws: Draws) -> Self {
        let points = plan.points.as_deref();
        let (sizes, structure) = (&plan.sizes, &plan.structure);
        Job { tables: tables(plan), sizes, structure, draws, points, anew: Anew::new(&plan.anew) }
    }
}

/// Computes `LANES` paths from `first` on and writes their figures and times to `values` from `place` on. `CLAUSES` says whether the job
/// has any, and `TRACED` whether a tracer may watch: paths without them take as long as if there were none in the program.
#[inline(always)]
fn run_group<const CLAUSES: bool, const TRACED: bool>(
    (job, shared): (&Job, &kernel::Shared),
    source: &FactorSource,
    first: u64,
    workspace: &mut Workspace,
    values: &mut BlockValues,
    place: usize,
    observer: &mut Observer,
) {
    workspace.reset(job);
    if let FactorSource::Given(given) = source {
        factors::load_start(job, given, place, workspace);
    }
    kernel::start::<CLAUSES>(shared, workspace, Outputs { values, place });
    let counters = draw::Counters::new(first);
    if let (Some(points), FactorSource::Draws) = (job.points, source) {
        points::draw(job, points, &counters, workspace);
    }
    if CLAUSES {
        words::draw_delays(job, &counters, workspace);
    }
    for t in 1..=job.sizes.periods {
        match source {
            FactorSource::Draws => factors::advance(job, &counters, t, workspace),
            FactorSource::Given(given) => factors::load(job, given, place, t, workspace),
        }
        if CLAUSES {
            words::draw_words(job, &counters, t, workspace);
        }
        let traced = TRACED && observer.is_tracer();
        kernel::period::<CLAUSES>(shared, t, workspace, Outputs { values, place }, traced);
        observer.period::<TRACED>(t, workspace);
    }
    kernel::finish::<CLAUSES>(shared, workspace, Outputs { values, place });
}

/// Computes the factors of `LANES` paths from `first` on, and writes them to [period 0…n, factor, path] from `place` on; the
/// chain's states to [period 1…n, path].
#[inline(always)]
fn sample_group(
    job: &Job,
    first: u64,
    workspace: &mut Workspace,
    (factors_out, states_out): (&mut ArrayViewMut3<Real>, &mut ArrayViewMut2<u32>),
    place: usize,
) {
    workspace.reset(job);
    let counters = draw::Counters::new(first);
    if let Some(points) = job.points {
        points::draw(job, points, &counters, workspace);
    }
    let kept = LANES.min(factors_out.dim().2 - place);
    for t in 0..=job.sizes.periods {
        if t > 0 {
            factors::advance(job, &counters, t, workspace);
        }
        for (i, x) in workspace.x.iter().enumerate() {
            let mut out = factors_out.slice_mut(s![t as usize, i, place..place + kept]);
            out.iter_mut().zip(x.iter()).for_each(|(out, &x)| *out = x);
        }
        if t > 0 && job.sizes.states > 1 {
            let mut out = states_out.slice_mut(s![t as usize - 1, place..place + kept]);
            out.iter_mut().zip(workspace.state.iter()).for_each(|(out, &state)| *out = state);
        }
    }
}

/// Applies `f` lane by lane.
#[inline(always)]
fn each(f: impl Fn(usize) -> Real) -> Lanes {
    let mut out = same(0.0);
    for (l, x) in out.iter_mut().enumerate() {
        *x = f(l);
    }
    out
}

/// Adds 1 where a word reaches the threshold.
#[inline(always)]
fn count_reached(words: &Words, threshold: u32, counts: &mut Words) {
    for l in 0..LANES {
        counts[l] += u32::from(super::twin::reaches(words[l], threshold));
    }
}

/// Exchanges two lists. The standard library's swap is a call, before which vector registers are stored.
#[inline(always)]
fn exchange<T: Default>(one: &mut T, other: &mut T) {
    let first = std::mem::take(one);
    *one = std::mem::replace(other, first);
}

/// The numbers of those that hold, in their order: as bits of a word they are found without a branch for each.
#[inline(always)]
fn for_each_of<const N: usize>(holds: [bool; N], mut f: impl FnMut(usize)) {
    const { assert!(N <= 64) };
    let mut left = 0;
    if super::AVX512 {
        for (place, part) in holds.as_chunks::<PART>().0.iter().enumerate() {
            // opaque, because compilers take the same flag of all parts together, and gather what lies apart
            left |= u64::from(std::hint::black_box(bits(part))) << (PART * place);
        }
    } else {
        // two words, because a vector has twice as many numbers of half the size
        let (low, high) = holds.split_at(N.min(32));
        left = u64::from(bits(low)) | u64::from(bits(high)) << 32;
    }
    while left != 0 {
        f(left.trailing_zeros() as usize);
        left &= left - 1;
    }
}

/// Numbers of a vector of AVX-512, of which all lanes are whole parts.
const PART: usize = 16;
const _: () = assert!(!super::AVX512 || LANES.is_multiple_of(PART));

/// Up to 32 of them as the bits of a word.
#[inline(always)]
fn bits(holds: &[bool]) -> u32 {
    let mut word = 0;
    for (k, &holds) in holds.iter().enumerate() {
        word |= u32::from(holds) << k;
    }
    word
}
