//! WGSL of the kernels: sizes as constants, the plan's structures, the formulas, and the kernels around them.

use std::fmt::Write as _;
use std::sync::LazyLock;

use super::layout;
use super::scalarize;
use super::unroll::Constants;
use crate::engine::contract::Sampling;
use crate::formula::single::{FIGURE_COUNT, SKETCH_BINS};
use crate::plan::Plan;
use crate::plan::profile::{Observable, PROFILE_BINS, PROFILE_SHIFT, Profile};
use crate::registry;

const PLAN: &str = include_str!("../../../../shaders/plan.wgsl");

const FORMULAS: [&str; 9] = [
    include_str!("../../../../shaders/formula/prelude.wgsl"),
    include_str!("../../../../shaders/formula/math.wgsl"),
    include_str!("../../../../shaders/formula/rng.wgsl"),
    include_str!("../../../../shaders/formula/process.wgsl"),
    include_str!("../../../../shaders/formula/contract.wgsl"),
    include_str!("../../../../shaders/formula/organization.wgsl"),
    include_str!("../../../../shaders/formula/event.wgsl"),
    include_str!("../../../../shaders/formula/sketch.wgsl"),
    include_str!("../../../../shaders/formula/reduce.wgsl"),
];

const BINDINGS: &str = include_str!("../../../../shaders/kernel/bindings.wgsl");
const DRAW: &str = include_str!("../../../../shaders/kernel/draw.wgsl");
const CONSUME: &str = include_str!("../../../../shaders/kernel/consume.wgsl");
const FLOWS: &str = include_str!("../../../../shaders/kernel/flows.wgsl");
const OUTCOMES: &str = include_str!("../../../../shaders/kernel/outcomes.wgsl");
const SAMPLE: &str = include_str!("../../../../shaders/kernel/sample.wgsl");
const SIMULATE: &str = include_str!("../../../../shaders/kernel/simulate.wgsl");
const PROFILE: &str = include_str!("../../../../shaders/kernel/profile.wgsl");
const REDUCE: &str = include_str!("../../../../shaders/kernel/reduce.wgsl");
const ROWS: &str = include_str!("../../../../shaders/kernel/profile_reduce.wgsl");

/// Invocations in a workgroup of the simulation.
pub const WORKGROUP: u32 = 64;

/// Blocks that a workgroup of the reduction adds up: BLOCK / LANES of shaders/kernel/reduce.wgsl.
pub const BLOCKS_REDUCED: u32 = 16;

/// How the simulation reads the plan's tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// Loops written out, tables as plain lists of numbers: in uniform buffers, which are faster, as far as the device has
    /// room for them there, or else in storage buffers.
    Flat { uniform_terms: bool, uniform_rows: bool },
    /// Loops as they stand, tables as they are, in storage buffers: for structures so large that a compiler would take
    /// minutes and gigabytes for what `Flat` makes of them.
    Nested,
}

/// Bytes of WGSL up to which loops are written out. Four labs with 24 contracts take 255,000.
const MOST_WRITTEN_OUT: usize = 320_000;

impl Layout {
    /// Whether tables are lists of numbers.
    pub fn is_flat(self) -> bool {
        self != Layout::Nested
    }
}

/// The layout that suits a plan on a device with so much room in a uniform buffer, and the module with `simulate` in it.
pub fn compose(plan: &Plan, sampling: Sampling, uniform_room: usize) -> (Layout, String) {
    suited(plan, sampling, uniform_room, &|sampling, layout| simulate(plan, sampling, layout))
}

/// The same for `profile`.
pub fn compose_profile(plan: &Plan, profile: &Profile, sampling: Sampling, uniform_room: usize) -> (Layout, String) {
    let constants = observing(plan, profile);
    suited(plan, sampling, uniform_room, &|sampling, layout| profiling(&constants, sampling, layout))
}

fn suited(
    plan: &Plan,
    sampling: Sampling,
    uniform_room: usize,
    text: &dyn Fn(Sampling, Layout) -> String,
) -> (Layout, String) {
    let flat = Layout::Flat {
        uniform_terms: layout::terms(plan).len() <= uniform_room,
        uniform_rows: layout::rows(plan, true).len() <= uniform_room,
    };
    // device sampling makes the longer text, and decides for both
    let drawing = text(Sampling::Device, flat);
    match (drawing.len() <= MOST_WRITTEN_OUT, sampling) {
        (true, Sampling::Device) => (flat, drawing),
        (true, Sampling::Host) => (flat, text(sampling, flat)),
        (false, _) => (Layout::Nested, text(sampling, Layout::Nested)),
    }
}

/// The module with the entry point `simulate`, composed for the plan's structure.
pub fn simulate(plan: &Plan, sampling: Sampling, layout: Layout) -> String {
    paths(&constants(plan), sampling, layout, SIMULATE)
}

/// The module with the entry point `profile`, composed for what [`observing`] gives.
pub fn profiling(constants: &Constants, sampling: Sampling, layout: Layout) -> String {
    paths(constants, sampling, layout, PROFILE)
}

/// A module that computes paths.
fn paths(constants: &Constants, sampling: Sampling, layout: Layout, kernel: &str) -> String {
    let factors = match sampling {
        Sampling::Device => DRAW,
        Sampling::Host => CONSUME,
    };
    module(constants, layout, &[factors, FLOWS, OUTCOMES, kernel])
}

/// The module with the entry point `sample`, which keeps trajectories for several plans; the chain's states only if an
/// event of one of them watches it.
pub fn sample(plan: &Plan, layout: Layout, chain_watched: bool) -> String {
    let mut constants = constants(plan);
    constants.constants.insert("CHAIN_WATCHED", u32::from(chain_watched));
    module(&constants, layout, &[DRAW, SAMPLE])
}

/// Declarations, formulas and bindings with kernels behind them.
fn module(constants: &Constants, layout: Layout, kernels: &[&str]) -> String {
    let mut source = constants.declarations(layout.is_flat());
    source.push_str("const TRACED: bool = false;\nconst BRANCHLESS: bool = true;\n");
    for part in formulas() {
        source.push_str(part);
        source.push('\n');
    }
    let (uniform_terms, uniform_rows) = match layout {
        Layout::Flat { uniform_terms, uniform_rows } => (uniform_terms, uniform_rows),
        Layout::Nested => (false, false),
    };
    let space = |uniform| if uniform { "<uniform>" } else { "<storage, read>" };
    let bindings = BINDINGS.replace("<TERMS>", space(uniform_terms)).replace("<ROWS>", space(uniform_rows));
    if !layout.is_flat() {
        return [&[source.as_str(), &bindings], kernels].concat().join("\n");
    }
    source += &scalarize::declare(&bindings, constants);
    for part in kernels {
        for line in constants.unroll(part).lines() {
            source += &scalarize::access(line, constants);
            source.push('\n');
        }
    }
    source
}

/// The module with the entry points `qualify`, `classify` and `reduce`.
pub fn reduce(plan: &Plan) -> String {
    reduction(&reduced(plan), REDUCE)
}

/// What of a plan shapes its reduction.
pub fn reduced(plan: &Plan) -> [(&'static str, usize); 5] {
    let sketches = plan.figures.iter().filter(|figure| figure.sketched).count();
    [
        ("FIGURES", plan.figures.len()),
        ("TIMES", plan.times.len()),
        ("TIME_COUNTS", sketches * SKETCH_BINS as usize),
        ("FIRST_BUBBLE", plan.sizes.events),
        ("BUBBLES", plan.sizes.organizations + 1),
    ]
}

/// The module with the entry point `add_rows`, for so many rows.
pub fn add_rows(rows: usize) -> String {
    let sizes = [
        ("PROFILE_ROWS", rows),
        ("PROFILE_BINS", PROFILE_BINS),
        ("PROFILE_SHIFT", PROFILE_SHIFT as usize),
        ("WORKGROUP", WORKGROUP as usize),
    ];
    reduction(&sizes, ROWS)
}

fn reduction(sizes: &[(&str, usize)], kernel: &'static str) -> String {
    let mut source = String::new();
    for (name, value) in sizes {
        writeln!(source, "const {name}: u32 = {value}u;").expect("a String takes all");
    }
    for part in formulas().chain([kernel]) {
        source.push_str(part);
        source.push('\n');
    }
    source
}

/// The constants, structures and formulas alone, for kernels that tests write around them.
pub fn formulas() -> impl Iterator<Item = &'static str> {
    static CONSTANTS: LazyLock<String> = LazyLock::new(registry::constants);
    [CONSTANTS.as_str(), PLAN].into_iter().chain(FORMULAS)
}

/// What a plan's structure is to its kernels.
pub fn constants(plan: &Plan) -> Constants {
    let mut constants = Constants::of(&plan.structure);
    constants.constants.insert("WORKGROUP", WORKGROUP);
    // bounds of unrolled loops that the plan's WGSL declares
    constants.declared.insert("FIGURE_COUNT", FIGURE_COUNT);
    constants
}

/// What shapes the simulation that records a profile: the plan's structure, what is observed, and how often. Indices that a
/// quantity does not have are 0, which is always valid.
pub fn observing(plan: &Plan, profile: &Profile) -> Constants {
    let mut constants = constants(plan);
    constants.constants.insert("OBSERVED", profile.observed.len() as u32);
    constants.constants.insert("STEP", profile.step());
    constants.constants.insert("PROFILE_ROWS", profile.rows() as u32);
    let observed = profile.observed.iter().map(|observed| {
        let kind = observed.observable.kind().number();
        match observed.observable {
            Observable::Factor(factor) => [kind, factor as u32, 0],
            Observable::Served(of) | Observable::Coverage(of) | Observable::Cash(of) => [kind, 0, of as u32],
        }
    });
    let observed: Vec<[u32; 3]> = observed.collect();
    for (column, name) in ["OBSERVED_KIND", "OBSERVED_FACTOR", "OBSERVED_ORGANIZATION"].into_iter().enumerate() {
        constants.tables.insert(name, observed.iter().map(|of| of[column]).collect());
    }
    constants
}
