//! The pilot: a few paths by which figures are centred and scaled before a run.

use std::sync::{Arc, OnceLock};

use super::contract::{BLOCK, Draws, Engine, PathValues, Precision, Sampling};
use super::cpu::CpuEngine;
use super::instructions::Instructions;
use super::single;
use crate::formula::double;
use crate::plan::figure::{FigureSpec, Frame, Owner};
use crate::plan::points::{Allocation, Construction};
use crate::plan::profile::Profile;
use crate::plan::{Plan, Points};
use crate::registry::{Figure, Unit};
use crate::scenario::Scenario;

/// A seed of the pilot's own, so that frames depend on the plan alone and not on the run's seed.
const PILOT_SEED: u64 = 0x70_69_6c_6f_74;
const DRAWS: Draws = Draws { seed: PILOT_SEED, replicate: 0 };

/// The least scale of a figure, as a share of its size.
const LEAST: f64 = 1.0 / 4096.0;

/// Paths of a pilot that starts from another: one group of the lanes.
const FEW: usize = 32;

/// Lowers a scenario and frames its figures, by paths in single precision, the same on every machine; where some of them
/// outgrow it, by the reference twin's.
pub fn prepare(scenario: &Scenario) -> Plan {
    prepare_first(scenario).0
}

/// As [`prepare`], with what the pilot saw, from which the pilots of scenarios like this one can start.
pub fn prepare_first(scenario: &Scenario) -> (Plan, Pilot) {
    let mut plan = Plan::lower(scenario);
    let values = Some(pilot(&plan, Precision::Single, BLOCK)).filter(is_finite);
    let values = values.unwrap_or_else(|| pilot(&plan, Precision::Double, BLOCK));
    let rows: Vec<&[f64]> = plan.figures.iter().map(|spec| &values.figures[spec.slot * BLOCK..][..BLOCK]).collect();
    let spreads: Vec<Spread> = plan.figures.iter().zip(&rows).map(|(spec, row)| Spread::of(row, spec)).collect();
    let frames = frames(&plan.figures, &rows, &spreads);
    let seen = |((spec, row), (spread, frame)): ((&FigureSpec, &&[f64]), (&Spread, &Frame))| Seen {
        owner: spec.owner,
        figure: spec.figure,
        frame: *frame,
        all: *spread,
        few: Spread::of(&row[..FEW], spec),
        row: row[..FEW].to_vec(),
    };
    let figures = plan.figures.iter().zip(&rows).zip(spreads.iter().zip(&frames)).map(seen).collect();
    plan.figures.iter_mut().zip(frames).for_each(|(spec, frame)| spec.frame = frame);
    (plan, Pilot { figures })
}

/// As [`prepare`], but by a few paths that `pilot` also saw: its frames are moved and stretched by what these paths differ in.
///
/// The frames depend on the two scenarios alone. Those of the pilot's own scenario, and of figures that are the same in both, are
/// the pilot's. If the two do not estimate the same figures, or some of the few paths outgrow single precision, the scenario
/// has a whole pilot of its own.
pub fn prepare_near(scenario: &Scenario, pilot: &Pilot) -> Plan {
    let mut plan = Plan::lower(scenario);
    match pilot.frames_of(&plan) {
        Some(frames) => plan.figures.iter_mut().zip(frames).for_each(|(spec, frame)| spec.frame = frame),
        None => plan = prepare(scenario),
    }
    plan
}

/// Frames that hold the figures of several plans together, from the frames of each: as wide as the figures vary within plans and between
/// them.
pub fn common_frames(of_plans: &[Vec<Frame>]) -> Vec<Frame> {
    let figures = of_plans.first().map_or(0, Vec::len);
    let common = |figure: usize| {
        let frames = || of_plans.iter().map(move |frames| frames[figure]);
        let count = of_plans.len() as f64;
        let mean = frames().map(|frame| frame.centre).sum::<f64>() / count;
        let squares = frames().map(|frame| (frame.centre - mean).powi(2) + frame.scale.powi(2)).sum::<f64>();
        let widest = frames().map(|frame| frame.scale).fold(0.0, f64::max);
        frame(Spread { mean, deviation: (squares / count).sqrt() }, || widest / LEAST)
    };
    (0..figures).map(common).collect()
}

/// Has a plan's paths be quasi-random, by these constructions of the factors. Plans that share an allocation have the same draws for what
/// they have in common.
pub fn prepare_points(
    scenario: &Scenario,
    plan: &mut Plan,
    constructions: &[Construction],
    allocation: &mut Allocation,
) {
    let points = Points::new(scenario, plan, constructions, allocation);
    plan.structure.counts.points = 1;
    plan.structure.counts.clause_words = points.clauses.len() as u32;
    plan.points = Some(Arc::new(points));
}

/// What the pilot of a scenario saw.
#[derive(Debug, Clone)]
pub struct Pilot {
    /// In the order of the plan's figures.
    figures: Vec<Seen>,
}

/// What it saw of a figure.
#[derive(Debug, Clone)]
struct Seen {
    owner: Owner,
    figure: Figure,
    frame: Frame,
    /// Of all paths, and of the first [`FEW`].
    all: Spread,
    few: Spread,
    /// The figure on the first paths.
    row: Vec<f64>,
}

impl Pilot {
    /// The frames of a plan near this pilot's, if it has the same figures.
    fn frames_of(&self, plan: &Plan) -> Option<Vec<Frame>> {
        let same = |(spec, seen): (&FigureSpec, &Seen)| spec.owner == seen.owner && spec.figure == seen.figure;
        if plan.figures.len() != self.figures.len() || !plan.figures.iter().zip(&self.figures).all(same) {
            return None;
        }
        let values = Some(pilot(plan, Precision::Single, FEW)).filter(is_finite)?;
        let rows: Vec<&[f64]> = plan.figures.iter().map(|spec| &values.figures[spec.slot * FEW..][..FEW]).collect();
        let spread = |((spec, seen), row): ((&FigureSpec, &Seen), &&[f64])| seen.moved(Spread::of(row, spec));
        let spreads: Vec<Spread> = plan.figures.iter().zip(&self.figures).zip(&rows).map(spread).collect();
        let own = frames(&plan.figures, &rows, &spreads);
        let chosen = own.into_iter().zip(&self.figures).zip(&rows);
        Some(chosen.map(|((own, seen), row)| if seen.row == *row { seen.frame } else { own }).collect())
    }
}

impl Seen {
    /// The spread of the figure in a scenario where the few paths have this one: as far from that of all paths as they are from
    /// the few paths here, which have the same random numbers.
    fn moved(&self, few: Spread) -> Spread {
        if few.deviation == 0.0 || self.few.deviation == 0.0 {
            return few;
        }
        Spread {
            mean: self.all.mean + (few.mean - self.few.mean),
            deviation: self.all.deviation * (few.deviation / self.few.deviation),
        }
    }
}

/// Mean and standard deviation of a figure on some paths; 0 without any.
#[derive(Debug, Clone, Copy)]
struct Spread {
    mean: f64,
    deviation: f64,
}

impl Spread {
    /// Of a figure on the paths where it is defined: elsewhere it has a mark instead of a value, which must not frame it.
    fn of(row: &[f64], spec: &FigureSpec) -> Self {
        Self::over(|| defined(row, spec))
    }

    /// Over values, those left out that are not finite.
    fn over<V: Iterator<Item = f64>>(values: impl Fn() -> V) -> Self {
        let finite = || values().filter(|x| x.is_finite());
        let count = finite().count().max(1) as f64;
        let mean = finite().sum::<f64>() / count;
        let deviation = (finite().map(|x| (x - mean).powi(2)).sum::<f64>() / count).sqrt();
        Spread { mean, deviation }
    }
}

fn defined<'a>(row: &'a [f64], spec: &FigureSpec) -> impl Iterator<Item = f64> + use<'a> {
    let optional = spec.figure.is_optional();
    row.iter().copied().filter(move |&x| double::defined(x, optional))
}

/// The frames of figures with these spreads, each scaled by the largest of its unit in its row if it does not vary.
fn frames(figures: &[FigureSpec], rows: &[&[f64]], spreads: &[Spread]) -> Vec<Frame> {
    let largest = |unit: Unit| {
        let same = figures.iter().zip(rows).filter(|(spec, _)| spec.figure.unit() == unit);
        same.flat_map(|(spec, row)| defined(row, spec)).filter(|x| x.is_finite()).fold(0.0, |m: f64, x| m.max(x.abs()))
    };
    figures.iter().zip(spreads).map(|(spec, spread)| frame(*spread, || largest(spec.figure.unit()))).collect()
}

/// What a scenario's report watches, in frames by the same paths.
pub fn prepare_profile(scenario: &Scenario, plan: &Plan) -> Profile {
    let mut profile = Profile::of(scenario, plan);
    let values = single::lanes::profile_values(engine(Precision::Single), plan, &profile, DRAWS, BLOCK);
    let quantities = profile.observed.len().max(1);
    let defined = |row: usize, values: &[f64]| -> Vec<f64> {
        let optional = profile.is_optional(row);
        values.iter().copied().filter(|&x| x.is_finite() && double::defined(x, optional)).collect()
    };
    let rows: Vec<Vec<f64>> = values.chunks(BLOCK).enumerate().map(|(row, values)| defined(row, values)).collect();
    // by quantity: what is 0 at a date is scaled by what it is at others
    let mut largest = vec![0.0; quantities];
    for (row, values) in rows.iter().enumerate() {
        let most: &mut f64 = &mut largest[row % quantities];
        *most = values.iter().fold(*most, |most, x| most.max(x.abs()));
    }
    for (row, values) in rows.iter().enumerate() {
        let spread = Spread::over(|| values.iter().copied());
        profile.observed[row % quantities].frames[row / quantities] = frame(spread, || largest[row % quantities]);
    }
    profile
}

/// The first paths of a pilot.
pub(super) fn pilot(plan: &Plan, precision: Precision, paths: usize) -> PathValues {
    engine(precision).values(plan, DRAWS, 0..paths as u64).expect("the CPU engine has no faults")
}

fn is_finite(values: &PathValues) -> bool {
    values.figures.iter().all(|x| x.is_finite())
}

/// An engine for pilots, which compute in the thread that asks.
fn engine(precision: Precision) -> &'static CpuEngine {
    static SINGLE: OnceLock<CpuEngine> = OnceLock::new();
    static DOUBLE: OnceLock<CpuEngine> = OnceLock::new();
    let made = if precision == Precision::Single { &SINGLE } else { &DOUBLE };
    made.get_or_init(|| {
        let made = CpuEngine::new(Some(1), Instructions::best(), precision, Sampling::Device);
        made.expect("one thread can be started")
    })
}

/// Centre and scale of a figure with this spread. A figure that does not vary is scaled by its size, or by the largest of its
/// unit, so that whatever it does in the run stays within the sketch.
fn frame(Spread { mean, deviation }: Spread, largest: impl FnOnce() -> f64) -> Frame {
    let scale = match deviation {
        d if d > LEAST * mean.abs() => d,
        _ if mean != 0.0 => LEAST * mean.abs(),
        _ => match largest() {
            largest if largest > 0.0 => LEAST * largest,
            _ => 1.0,
        },
    };
    Frame { centre: coarse(mean), scale: scale.log2().round().exp2() }
}

/// Rounded to 12 bits, so that the last digits of the platform's exponential do not show.
fn coarse(x: f64) -> f64 {
    if x == 0.0 {
        return 0.0;
    }
    let quantum = (x.abs().log2().floor() - 11.0).exp2();
    (x / quantum).round() * quantum
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::profile::Observable;

    /// Of a lab whose contract begins after a year, so that there is no cost, and no coverage, before.
    fn late(volatility: &str) -> Scenario {
        let text = format!(
            "schema = 1\nname = \"late\"\ncurrency = \"USD\"\ncapacity_unit = \"GW\"\n\
             [horizon]\nstart = 2026-01-01\nyears = 2\nstep = \"quarter\"\n[discount]\nrate = 0.05\n\
             [[factor]]\nname = \"use\"\nprocess = \"table\"\nvalues = [[0, 1.0]]\n\
             [[factor]]\nname = \"return\"\nprocess = \"gbm\"\nstart = 9e9\ndrift = 0.0\nvolatility = {volatility}\n\
             [[organization]]\nname = \"lab\"\nutilization = \"use\"\ndemand = 1.0\nperformance_return = \"return\"\n\
             [[contract]]\nname = \"c\"\norganization = \"lab\"\nvendor = \"V\"\nstart = 1.0\nterm = 1.0\n\
             capacity = 1.0\nrate = 7e9\n"
        );
        crate::scenario::parse(&text, "late.toml").unwrap_or_else(|failure| panic!("{failure}")).scenario
    }

    fn frames(scenario: &Scenario, quantity: Observable) -> Vec<Frame> {
        let profile = prepare_profile(scenario, &prepare(scenario));
        profile.observed.into_iter().find(|observed| observed.observable == quantity).expect("it is observed").frames
    }

    #[test]
    fn what_is_undefined_does_not_frame_a_quantity() {
        let found = frames(&late("0.3"), Observable::Coverage(0));
        // but what it is at other dates does
        assert!(found[..4].iter().all(|frame| frame.centre == 0.0 && frame.scale < 2f64.powi(-9)), "{found:?}");
        assert!(found[4..].iter().all(|frame| frame.centre > 0.5), "{found:?}");
    }

    /// A lab with a burst price of nearly nothing that uses capacity on so few paths that the pilot sees none of them.
    #[test]
    fn a_unit_cost_that_the_pilot_does_not_see_is_not_framed_by_its_mark() {
        let text = "schema = 1\nname = \"rare\"\ncurrency = \"USD\"\ncapacity_unit = \"GW\"\n\
             [horizon]\nstart = 2026-01-01\nyears = 1\nstep = \"year\"\n[discount]\nrate = 0.05\n\
             [[factor]]\nname = \"price\"\nprocess = \"table\"\nvalues = [[0, 3e-11]]\n\
             [[factor]]\nname = \"use\"\nprocess = \"table\"\nvalues = [[0, 0.0]]\n\
             [[organization]]\nname = \"lab\"\nutilization = \"use\"\ndemand = 1.0\n\
             burst = { price = \"price\", scale = 1.0, premium = 0.0 }\n";
        let scenario = crate::scenario::parse(text, "rare.toml").unwrap_or_else(|failure| panic!("{failure}")).scenario;
        let plan = prepare(&scenario);
        let spec = plan.figures.iter().find(|spec| spec.figure.is_optional()).expect("it is a figure");
        assert_eq!(spec.frame.centre, 0.0);
    }

    #[test]
    fn infinite_values_leave_a_frame_of_numbers() {
        let frame = |values: &[f64]| super::frame(Spread::over(|| values.iter().copied()), || 0.0);
        assert_eq!(frame(&[f64::INFINITY, 1.0, 3.0, f64::NAN]), Frame { centre: 2.0, scale: 1.0 });
        assert_eq!(frame(&[f64::INFINITY]), Frame { centre: 0.0, scale: 1.0 });
        for quantity in [Observable::Factor(1), Observable::Coverage(0)] {
            for frame in frames(&late("5.0"), quantity) {
                assert!(frame.centre.is_finite() && frame.scale.is_finite() && frame.scale > 0.0, "{frame:?}");
            }
        }
    }

    fn scenario(text: &str) -> Scenario {
        crate::scenario::parse(text, "near.toml").unwrap_or_else(|failure| panic!("{failure}")).scenario
    }

    const ONE_LAB: &str = include_str!("../../tests/cases/one-lab.toml");

    #[test]
    fn a_pilot_that_starts_from_its_own_scenario_s_ends_there() {
        for text in [ONE_LAB, include_str!("../../scenarios/openai.toml")] {
            let (plan, pilot) = prepare_first(&scenario(text));
            assert_eq!(prepare_near(&scenario(text), &pilot).figures, plan.figures);
        }
    }

    #[test]
    fn a_pilot_that_starts_from_another_s_ends_near_a_whole_one() {
        let (first, pilot) = prepare_first(&scenario(ONE_LAB));
        let changes = [("volatility = 0.26", "volatility = 0.6"), ("take_or_pay = 0.9", "take_or_pay = 0.2")];
        for (before, after) in changes {
            let text = ONE_LAB.replacen(before, after, 1);
            assert_ne!(text, ONE_LAB, "{before}");
            let (near, whole) = (prepare_near(&scenario(&text), &pilot), prepare(&scenario(&text)));
            assert_ne!(near.figures, first.figures, "{before}");
            for (near, whole) in near.figures.iter().zip(&whole.figures) {
                let (name, near, whole) = (near.figure, near.frame, whole.frame);
                // what none of the few paths has is scaled by the largest of its unit, which is fine enough
                if near.centre == 0.0 && whole.centre.abs() < near.scale {
                    continue;
                }
                let ratio = near.scale / whole.scale;
                assert!((0.5..=2.0).contains(&ratio), "{before}, {name:?}: {near:?} {whole:?}");
                assert!((near.centre - whole.centre).abs() <= whole.scale, "{before}, {name:?}: {near:?} {whole:?}");
            }
        }
    }

    #[test]
    fn common_frames_are_as_wide_as_all_together() {
        let frame = |centre, scale| Frame { centre, scale };
        let same = vec![frame(5.0, 0.25), frame(8.0, 2f64.powi(-9)), frame(0.0, 2f64.powi(-20))];
        assert_eq!(common_frames(&[same.clone(), same.clone(), same.clone()]), same);
        // centres two scales apart: √(1 + 1) of the deviation of either
        let apart = common_frames(&[vec![frame(4.0, 1.0)], vec![frame(6.0, 1.0)]]);
        assert_eq!(apart, [frame(5.0, 2f64.sqrt().log2().round().exp2())]);
    }

    #[test]
    fn other_figures_have_a_whole_pilot_of_their_own() {
        let (_, pilot) = prepare_first(&late("0.3"));
        assert_eq!(prepare_near(&scenario(ONE_LAB), &pilot).figures, prepare(&scenario(ONE_LAB)).figures);
    }
}
