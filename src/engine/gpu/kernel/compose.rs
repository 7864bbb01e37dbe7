//! Modules of the kernels: sizes as constants, the plan's structures, the formulas, and the kernels around them, joined as
//! WGSL, parsed, and written out for the plan's structure.

use std::fmt::Write as _;
use std::sync::LazyLock;

use wgpu::naga::Module;

use super::constants::Constants;
use super::layout;
use super::passes::{self, Fault};
use crate::engine::contract::Sampling;
use crate::formula::single::SKETCH_BINS;
use crate::plan::Plan;
use crate::plan::profile::{Observable, PROFILE_BINS, PROFILE_SHIFT, Profile};
use crate::registry;

const PLAN: &str = include_str!("../../../../shaders/plan.wgsl");

const FORMULAS: [&str; 12] = [
    include_str!("../../../../shaders/formula/prelude.wgsl"),
    include_str!("../../../../shaders/formula/math.wgsl"),
    include_str!("../../../../shaders/formula/rng.wgsl"),
    include_str!("../../../../shaders/formula/points.wgsl"),
    include_str!("../../../../shaders/formula/process.wgsl"),
    include_str!("../../../../shaders/formula/contract.wgsl"),
    include_str!("../../../../shaders/formula/organization.wgsl"),
    include_str!("../../../../shaders/formula/event.wgsl"),
    include_str!("../../../../shaders/formula/crisis.wgsl"),
    include_str!("../../../../shaders/formula/delay.wgsl"),
    include_str!("../../../../shaders/formula/sketch.wgsl"),
    include_str!("../../../../shaders/formula/reduce.wgsl"),
];

const BINDINGS: &str = include_str!("../../../../shaders/kernel/bindings.wgsl");
const DRAW: &str = include_str!("../../../../shaders/kernel/draw.wgsl");
const CONSUME: &str = include_str!("../../../../shaders/kernel/consume.wgsl");
const STEP: &str = include_str!("../../../../shaders/kernel/step.wgsl");
const POINTS: &str = include_str!("../../../../shaders/kernel/points.wgsl");
const WORDS: &str = include_str!("../../../../shaders/kernel/words.wgsl");
const CLAUSE_WORDS: &str = include_str!("../../../../shaders/kernel/clause_words.wgsl");
const CRISIS: &str = include_str!("../../../../shaders/kernel/crisis.wgsl");
const PARTIES: &str = include_str!("../../../../shaders/kernel/parties.wgsl");
const RIGHTS: &str = include_str!("../../../../shaders/kernel/rights.wgsl");
const CHANGES: &str = include_str!("../../../../shaders/kernel/changes.wgsl");
const TAKE_OR_PAY: &str = include_str!("../../../../shaders/kernel/take_or_pay.wgsl");
const TRANCHES: &str = include_str!("../../../../shaders/kernel/tranches.wgsl");
const FLOWS: &str = include_str!("../../../../shaders/kernel/flows.wgsl");
const OUTCOMES: &str = include_str!("../../../../shaders/kernel/outcomes.wgsl");
const FIGURES: &str = include_str!("../../../../shaders/kernel/figures.wgsl");
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

/// Expressions up to which a module is written out. The four labs with 25 contracts and all clauses of scenarios/industry.toml
/// take 21,500. lavapipe compiles 50,000 in two seconds, and the same kernel with its loops in seventeen.
const MOST_WRITTEN_OUT: usize = 80_000;

impl Layout {
    /// Whether tables are lists of numbers.
    pub fn is_flat(self) -> bool {
        self != Layout::Nested
    }
}

/// The layout that suits a plan on a device with so much room in a uniform buffer, and the module with `simulate` in it.
pub fn compose(plan: &Plan, sampling: Sampling, uniform_room: usize) -> (Layout, Module) {
    suited(plan, &constants(plan), sampling, uniform_room, SIMULATE)
}

/// The same for `profile`.
pub fn compose_profile(plan: &Plan, profile: &Profile, sampling: Sampling, uniform_room: usize) -> (Layout, Module) {
    suited(plan, &observing(plan, profile), sampling, uniform_room, PROFILE)
}

fn suited(
    plan: &Plan,
    constants: &Constants,
    sampling: Sampling,
    uniform_room: usize,
    kernel: &'static str,
) -> (Layout, Module) {
    let flat = Layout::Flat {
        uniform_terms: layout::terms(plan).len() <= uniform_room,
        uniform_rows: layout::rows(plan, true).len() <= uniform_room,
    };
    // device sampling makes the larger module, and decides for both
    let drawing = paths(constants, Sampling::Device, flat, kernel, MOST_WRITTEN_OUT);
    let made = match (drawing, sampling) {
        (Ok(drawing), Sampling::Device) => Ok((flat, drawing)),
        (Ok(_), Sampling::Host) => {
            paths(constants, sampling, flat, kernel, MOST_WRITTEN_OUT).map(|module| (flat, module))
        }
        (Err(fault), _) => Err(fault),
    };
    match made {
        Err(Fault::TooLarge) => (Layout::Nested, whole(paths(constants, sampling, Layout::Nested, kernel, usize::MAX))),
        made => whole(made),
    }
}

/// The module with the entry point `simulate`, composed for the plan's structure, however large it is.
pub fn simulate(plan: &Plan, sampling: Sampling, layout: Layout) -> Module {
    whole(paths(&constants(plan), sampling, layout, SIMULATE, usize::MAX))
}

/// The module with the entry point `profile`, composed for what [`observing`] gives, however large it is.
pub fn profiling(constants: &Constants, sampling: Sampling, layout: Layout) -> Module {
    whole(paths(constants, sampling, layout, PROFILE, usize::MAX))
}

/// What was made.
///
/// # Panics
/// If the passes did not know what to do: the kernels are part of this program, and tests compose them for all kinds of plans.
fn whole<T>(made: Result<T, Fault>) -> T {
    made.unwrap_or_else(|fault| panic!("{fault}"))
}

/// A module that computes paths, if it has at most so many expressions.
fn paths(
    constants: &Constants,
    sampling: Sampling,
    layout: Layout,
    kernel: &'static str,
    most: usize,
) -> Result<Module, Fault> {
    let factors: &[&str] = match sampling {
        Sampling::Device => &[DRAW, STEP],
        Sampling::Host => &[CONSUME],
    };
    let model = [CRISIS, PARTIES, RIGHTS, CHANGES, TAKE_OR_PAY, TRANCHES, FLOWS, OUTCOMES, FIGURES];
    module(constants, layout, &[&[WORDS, CLAUSE_WORDS], factors, &model, &[kernel]].concat(), most)
}

/// The module with the entry point `sample`, which keeps trajectories for several plans; the chain's states only if an
/// event of one of them watches it.
pub fn sample(plan: &Plan, layout: Layout, chain_watched: bool) -> Module {
    let mut constants = constants(plan);
    constants.constants.insert("CHAIN_WATCHED", u32::from(chain_watched));
    let draws = if plan.structure.counts.points != 0 { POINTS } else { DRAW };
    whole(module(&constants, layout, &[WORDS, draws, STEP, SAMPLE], usize::MAX))
}

/// The module as compilers of DirectX take it best: a path's arrays and structures are variables of their own. Metal's
/// functions would get each as an argument, and other compilers do this themselves.
pub fn for_directx(mut module: Module) -> Module {
    passes::spread(&mut module);
    module
}

/// Declarations, formulas and bindings with kernels behind them.
fn module(constants: &Constants, layout: Layout, kernels: &[&'static str], most: usize) -> Result<Module, Fault> {
    let mut source = constants.declarations();
    source.push_str("const TRACED: bool = false;\nconst BRANCHLESS: bool = true;\n");
    let mut module = parse(source, formulas().chain([BINDINGS]).chain(kernels.iter().copied()));
    if let Layout::Flat { uniform_terms, uniform_rows } = layout {
        let uniform = [("terms", uniform_terms), ("rows", uniform_rows)];
        let uniform: Vec<&str> = uniform.into_iter().filter_map(|(name, is)| is.then_some(name)).collect();
        passes::write_out(&mut module, &uniform, most)?;
    }
    Ok(module)
}

/// WGSL in parts, joined and parsed.
///
/// # Panics
/// If it is not WGSL: the kernels are part of this program.
fn parse(mut source: String, parts: impl Iterator<Item = &'static str>) -> Module {
    for part in parts {
        source.push_str(part);
        source.push('\n');
    }
    wgpu::naga::front::wgsl::parse_str(&source).unwrap_or_else(|error| panic!("{}", error.emit_to_string(&source)))
}

/// The module with the entry points `qualify`, `classify` and `reduce`.
pub fn reduce(plan: &Plan) -> Module {
    reduction(&reduced(plan), REDUCE)
}

/// What of a plan shapes its reduction.
pub fn reduced(plan: &Plan) -> [(&'static str, usize); 5] {
    let sketches = plan.figures.iter().filter(|figure| figure.sketched).count();
    [
        ("FIGURES", plan.figures.len()),
        ("TIMES", plan.times.len()),
        ("TIME_COUNTS", sketches * SKETCH_BINS as usize),
        ("FIRST_BUBBLE", plan.sizes.bubble_time(0)),
        ("BUBBLES", plan.sizes.organizations + 1),
    ]
}

/// The module with the entry point `add_rows`, for so many rows.
pub fn add_rows(rows: usize) -> Module {
    let sizes = [
        ("PROFILE_ROWS", rows),
        ("PROFILE_BINS", PROFILE_BINS),
        ("PROFILE_SHIFT", PROFILE_SHIFT as usize),
        ("WORKGROUP", WORKGROUP as usize),
    ];
    reduction(&sizes, ROWS)
}

fn reduction(sizes: &[(&str, usize)], kernel: &'static str) -> Module {
    let mut source = String::new();
    for (name, value) in sizes {
        writeln!(source, "const {name}: u32 = {value}u;").expect("a String takes all");
    }
    parse(source, formulas().chain([kernel]))
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
