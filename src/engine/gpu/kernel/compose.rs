//! WGSL of the kernels: sizes as constants, the plan's structures, the formulas, and the kernels around them.

use std::fmt::Write as _;
use std::sync::LazyLock;

use super::layout::{self, Rooms};
use super::scalarize;
use super::unroll::Structure;
use crate::engine::contract::Sampling;
use crate::formula::single::{
    ContractTerms, EventTerms, FIGURE_COUNT, FactorTerms, NONE, OrganizationTerms, SKETCH_BINS,
};
use crate::plan::Plan;
use crate::plan::course::{COURSE_BINS, COURSE_SHIFT, Course, Quantity};
use crate::plan::single::Tables;
use crate::registry::{self, MetricKind, Registered as _};

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
const COURSE: &str = include_str!("../../../../shaders/kernel/course.wgsl");
const REDUCE: &str = include_str!("../../../../shaders/kernel/reduce.wgsl");
const ROWS: &str = include_str!("../../../../shaders/kernel/rows.wgsl");

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

/// The same for `course`.
pub fn compose_course(plan: &Plan, course: &Course, sampling: Sampling, uniform_room: usize) -> (Layout, String) {
    let structure = watching(plan, course);
    suited(plan, sampling, uniform_room, &|sampling, layout| watch(&structure, sampling, layout))
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
    paths(&structure(plan), sampling, layout, SIMULATE)
}

/// The module with the entry point `course`, composed for what [`watching`] gives.
pub fn watch(structure: &Structure, sampling: Sampling, layout: Layout) -> String {
    paths(structure, sampling, layout, COURSE)
}

/// A module that computes paths.
fn paths(structure: &Structure, sampling: Sampling, layout: Layout, kernel: &str) -> String {
    let factors = match sampling {
        Sampling::Device => DRAW,
        Sampling::Host => CONSUME,
    };
    module(structure, layout, &[factors, FLOWS, OUTCOMES, kernel])
}

/// The module with the entry point `sample`, which keeps trajectories for several plans; the chain's states only if an
/// event of one of them watches it.
pub fn sample(plan: &Plan, layout: Layout, chain_watched: bool) -> String {
    let mut structure = structure(plan);
    structure.constants.insert("CHAIN_WATCHED", u32::from(chain_watched));
    module(&structure, layout, &[DRAW, SAMPLE])
}

/// Declarations, formulas and bindings with kernels behind them.
fn module(structure: &Structure, layout: Layout, kernels: &[&str]) -> String {
    let mut source = structure.declarations(layout.is_flat());
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
    source += &scalarize::declare(&bindings, structure);
    for part in kernels {
        for line in structure.unroll(part).lines() {
            source += &scalarize::access(line, structure);
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
        ("COURSE_ROWS", rows),
        ("COURSE_BINS", COURSE_BINS),
        ("COURSE_SHIFT", COURSE_SHIFT as usize),
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

/// What shapes the simulation: sizes, and who uses what. Plans of the same structure have the same kernels.
pub fn structure(plan: &Plan) -> Structure {
    let (tables, sizes, rooms) = (&plan.single, &plan.sizes, Rooms::of(plan));
    let adds_up = |event: &EventTerms| {
        MetricKind::ALL.iter().any(|kind| kind.number() == event.metric && kind.entry().adds_up_contracts)
    };
    let mut structure = Structure::default();
    for (name, value) in [
        ("WORKGROUP", WORKGROUP as usize),
        ("FACTORS", sizes.factors),
        ("STATES", sizes.states),
        ("LAST_STATE", sizes.states.saturating_sub(1)),
        ("PERIODS", sizes.periods as usize),
        ("ORGANIZATIONS", sizes.organizations),
        ("CONTRACTS", sizes.contracts),
        ("EVENTS", sizes.events),
        ("VENDORS", sizes.vendors),
        ("SUMS_WATCHED", usize::from(tables.events.iter().any(adds_up))),
        ("CHAIN_WATCHED", usize::from(plan.watches_chain())),
        ("EFFECT_ROOM", rooms.effects),
        ("CHOLESKY_ROOM", rooms.cholesky),
        ("REGIME_ROOM", rooms.regime_thresholds),
        ("JUMP_ROOM", rooms.jump_thresholds),
        ("CONTRACT_ROOM", rooms.contracts),
        ("EVENT_ROOM", rooms.events),
    ] {
        structure.constants.insert(name, value as u32);
    }
    structure.tables = factor_tables(tables).into_iter().chain(user_tables(tables)).collect();
    // bounds of unrolled loops that the plan's WGSL declares
    structure.declared.insert("FIGURE_COUNT", FIGURE_COUNT);
    structure
}

/// What shapes the simulation that watches a course: the plan's structure, what is watched, and how often. Indices that a
/// quantity does not have are 0, which is always valid.
pub fn watching(plan: &Plan, course: &Course) -> Structure {
    let mut structure = structure(plan);
    structure.constants.insert("WATCHED", course.watched.len() as u32);
    structure.constants.insert("STEP", course.step());
    structure.constants.insert("COURSE_ROWS", course.rows() as u32);
    let watched = course.watched.iter().map(|watched| {
        let kind = watched.quantity.kind().number();
        match watched.quantity {
            Quantity::Factor(factor) => [kind, factor as u32, 0],
            Quantity::Served(of) | Quantity::Coverage(of) | Quantity::Cash(of) => [kind, 0, of as u32],
        }
    });
    let watched: Vec<[u32; 3]> = watched.collect();
    for (column, name) in ["WATCHED_QUANTITY", "WATCHED_FACTOR", "WATCHED_ORGANIZATION"].into_iter().enumerate() {
        structure.tables.insert(name, watched.iter().map(|of| of[column]).collect());
    }
    structure
}

/// Processes and jumps of factors, and whether a regime changes their drift, their diffusion, or moves them on entry.
fn factor_tables(tables: &Tables) -> [(&'static str, Vec<u32>); 6] {
    let by_factor = |f: &dyn Fn(usize, &FactorTerms) -> u32| {
        tables.factors.iter().enumerate().map(|(i, terms)| f(i, terms)).collect::<Vec<_>>()
    };
    [
        ("DRIFTS", by_factor(&|i, _| u32::from(tables.varied(i).drifts))),
        ("DIFFUSIONS", by_factor(&|i, _| u32::from(tables.varied(i).diffusions))),
        ("ENTERED", by_factor(&|i, _| u32::from(tables.varied(i).entries))),
        ("FACTOR_KIND", by_factor(&|_, terms| terms.kind)),
        ("JUMPING", by_factor(&|_, terms| u32::from(terms.jumps_first < terms.jumps_end))),
        ("ROW_END", by_factor(&|i, _| i as u32 + 1)),
    ]
}

/// Indices that may be none come as a flag and an index that is always valid.
fn user_tables(tables: &Tables) -> Vec<(&'static str, Vec<u32>)> {
    let organizations = |f: &dyn Fn(&OrganizationTerms) -> u32| tables.organizations.iter().map(f).collect();
    let contracts = |f: &dyn Fn(&ContractTerms) -> u32| tables.contracts.iter().map(f).collect();
    let events = |f: &dyn Fn(&EventTerms) -> u32| tables.events.iter().map(f).collect();
    let given = |index: u32| u32::from(index != NONE);
    let index = |index: u32| if index == NONE { 0 } else { index };
    let owner = |event: &EventTerms| &tables.organizations[event.organization as usize];
    vec![
        ("UTILIZATION", organizations(&|o| o.utilization)),
        ("PERFORMING", organizations(&|o| given(o.performance))),
        ("PERFORMANCE", organizations(&|o| index(o.performance))),
        ("PRICED", organizations(&|o| given(o.price))),
        ("PRICE", organizations(&|o| index(o.price))),
        ("DIMINISHING", organizations(&|o| u32::from(o.exponent != 0.0))),
        ("MERIT", organizations(&|o| o.merit)),
        ("CONTRACTS_FIRST", organizations(&|o| o.contracts_first)),
        ("CONTRACTS_END", organizations(&|o| o.contracts_end)),
        ("BUBBLE_FIRST", organizations(&|o| o.bubble_first)),
        ("BUBBLE_END", organizations(&|o| o.bubble_end)),
        ("BUBBLE_ALL", organizations(&|o| o.bubble_all)),
        ("INDEXED", contracts(&|c| given(c.index))),
        ("INDEX", contracts(&|c| index(c.index))),
        ("VENDOR", contracts(&|c| c.vendor)),
        ("METRIC", events(&|e| e.metric)),
        ("EVENT_ORGANIZATION", events(&|e| e.organization)),
        ("EVENT_FACTOR", events(&|e| if e.metric == MetricKind::Factor.number() { e.index } else { 0 })),
        ("EVENT_PRICED", events(&|e| given(owner(e).price))),
        ("EVENT_PRICE", events(&|e| index(owner(e).price))),
        ("BUBBLE_EVENT", tables.bubble_events.clone()),
    ]
}
