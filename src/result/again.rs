//! What a page carries so that a browser computes a run again: kernels, tables, where figures lie, and the numbers to compare with.

use super::document::{Figure, ResultDocument};
use super::level::Level;
use crate::engine::gpu::{ExportedKernel, ExportedPlan};
use crate::formula::single::SKETCH_INNER;
use crate::measure::{Estimate, Histogram, normal_width};
use crate::plan::Plan;
use crate::plan::figure::{FirstPassage, Frame, Owner};
use crate::registry;

/// The level of value at risk and expected shortfall that is compared, or the nearest that the document has.
const LEVEL: f64 = 0.95;

/// Runs that a browser can compute again.
#[derive(Debug, Default)]
pub struct Again {
    pub kernels: Vec<ExportedKernel>,
    /// That of the page itself first; none if there is a refusal.
    pub cases: Vec<AgainCase>,
    /// Why a browser cannot compute the run, in a sentence.
    pub refusal: Option<String>,
    /// How many more there would have been; none of them is on the page.
    pub left_out: usize,
}

/// A run: what computes it, and what to compare with.
#[derive(Debug)]
pub struct AgainCase {
    /// What readers choose it by.
    pub name: String,
    pub plan: ExportedPlan,
    /// Rows of the kernel's figures and times.
    pub slots: u32,
    pub times: u32,
    pub periods: u32,
    /// Of the numbers to compare with.
    pub seed: u64,
    pub replicate: u32,
    pub paths: u64,
    /// Paths of those that have figures that are no numbers, which count nowhere.
    pub invalid: u64,
    /// Whether these are independent paths of the seed, so that a browser computes the same ones. Others are of the same scenario.
    pub same_paths: bool,
    /// Where the numbers come from, as people read it.
    pub origin: String,
    /// The slots of the figures that are read.
    pub figures: Vec<(registry::Figure, u32)>,
    /// The place of the time when the system's bubble bursts, if there is one.
    pub bubble: Option<u32>,
    /// The level of value at risk and expected shortfall.
    pub level: f64,
    pub numbers: Vec<AgainNumber>,
    /// Of the commitment cost.
    pub histogram: Histogram,
}

/// A number to compare with.
#[derive(Debug, Clone, PartialEq)]
pub struct AgainNumber {
    pub of: Counted,
    pub statistic: AgainStatistic,
    pub value: f64,
    /// Its standard error; 0 if it is exact.
    pub se: f64,
    /// How far its value may be off because paths are counted in bins.
    pub resolution: f64,
}

/// What a number is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    Figure(registry::Figure),
    Bubble,
}

/// What a number says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AgainStatistic {
    Mean,
    Deviation,
    ValueAtRisk,
    Shortfall,
    Probability,
}

impl Again {
    /// Nothing, and why.
    pub fn refused(why: impl Into<String>) -> Self {
        Again { refusal: Some(why.into()), ..Again::default() }
    }
}

impl AgainCase {
    /// A run of a plan, whose result is there. `same_paths` says whether that is of independent paths.
    pub fn new(
        name: String,
        plan: &Plan,
        exported: ExportedPlan,
        document: &ResultDocument,
        (same_paths, origin): (bool, String),
    ) -> Self {
        let sampling = &document.provenance.sampling;
        let cost = document.of_system(registry::Figure::CommitmentCost);
        let level = cost.and_then(nearest_level);
        AgainCase {
            name,
            plan: exported,
            slots: plan.sizes.slots() as u32,
            times: plan.sizes.times() as u32,
            periods: plan.sizes.periods,
            seed: sampling.seed,
            replicate: sampling.replicate,
            paths: sampling.paths,
            invalid: document.invalid_paths.count,
            same_paths,
            origin,
            figures: figures(plan).collect(),
            bubble: bubble(plan),
            level: level.map_or(LEVEL, Level::share),
            numbers: numbers(plan, document, level),
            histogram: cost.map(|cost| cost.histogram.clone()).unwrap_or_default(),
        }
    }
}

/// The system's figures that are read, with their slots: the only organization's if there is one.
fn figures(plan: &Plan) -> impl Iterator<Item = (registry::Figure, u32)> + '_ {
    use registry::Figure::{CommitmentCost, ComputeCost, NetValue};
    let owner = if plan.sizes.organizations > 1 { Owner::System } else { Owner::Organization(0) };
    [CommitmentCost, ComputeCost, NetValue].into_iter().filter_map(move |figure| {
        let spec = plan.figures.iter().find(|spec| spec.owner == owner && spec.figure == figure)?;
        Some((figure, spec.slot as u32))
    })
}

fn bubble(plan: &Plan) -> Option<u32> {
    let is_system = |time: &FirstPassage| match time {
        FirstPassage::SystemBubble => true,
        FirstPassage::Bubble { organization: 0 } => plan.sizes.organizations == 1,
        _ => false,
    };
    plan.times.iter().position(is_system).map(|place| place as u32)
}

fn nearest_level(figure: &Figure) -> Option<Level> {
    let distance = |level: &Level| (level.share() - LEVEL).abs();
    figure.var.keys().copied().min_by(|a, b| distance(a).total_cmp(&distance(b)))
}

/// What of the document is compared; numbers without a standard error are not.
fn numbers(plan: &Plan, document: &ResultDocument, level: Option<Level>) -> Vec<AgainNumber> {
    let mut numbers = Vec::new();
    let mut add = |of, statistic, value: Option<f64>, se: Option<f64>, resolution: f64| {
        let pair = value.zip(se).filter(|(value, se)| value.is_finite() && se.is_finite());
        numbers.extend(pair.map(|(value, se)| AgainNumber { of, statistic, value, se, resolution }));
    };
    for (figure, slot) in figures(plan) {
        let Some(found) = document.of_system(figure) else { continue };
        let of = Counted::Figure(figure);
        add(of, AgainStatistic::Mean, found.mean, found.se, 0.0);
        if figure != registry::Figure::CommitmentCost {
            continue;
        }
        add(of, AgainStatistic::Deviation, found.sd, found.sd_se, 0.0);
        let frame = plan.figures.iter().find(|spec| spec.slot as u32 == slot).map(|spec| spec.frame);
        let tails = [(AgainStatistic::ValueAtRisk, &found.var), (AgainStatistic::Shortfall, &found.shortfall)];
        for (statistic, all) in tails {
            let Some(estimate) = level.and_then(|level| all.get(&level)) else { continue };
            let resolution = estimate.value.zip(frame).map_or(0.0, |(value, frame)| resolution(value, frame));
            add(of, statistic, estimate.value, error(estimate), resolution);
        }
    }
    if let Some(found) = document.system_bubble() {
        let estimate = Estimate { value: found.probability, low: found.low, high: found.high, atom: false };
        add(Counted::Bubble, AgainStatistic::Probability, estimate.value, error(&estimate), 0.0);
    }
    numbers
}

/// The width of the sketch's bins at a value.
fn resolution(value: f64, frame: Frame) -> f64 {
    frame.scale.max((value - frame.centre).abs()) / f64::from(SKETCH_INNER)
}

/// The standard error that an interval stands for.
fn error(estimate: &Estimate) -> Option<f64> {
    Some((estimate.high? - estimate.low?) / (2.0 * normal_width()))
}
