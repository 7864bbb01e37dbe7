//! The pilot: a few paths by which figures are centred and scaled before a run.

use std::sync::Arc;

use super::contract::{BLOCK, Draws, Engine, PathValues, Precision, Sampling};
use super::cpu::CpuEngine;
use super::instructions::Instructions;
use super::single;
use crate::formula::double;
use crate::plan::figure::{FigureSpec, Frame};
use crate::plan::points::{Allocation, Construction};
use crate::plan::profile::Profile;
use crate::plan::{Plan, Points};
use crate::registry::Unit;
use crate::scenario::Scenario;

/// A seed of the pilot's own, so that frames depend on the plan alone and not on the run's seed.
const PILOT_SEED: u64 = 0x70_69_6c_6f_74;
const DRAWS: Draws = Draws { seed: PILOT_SEED, replicate: 0 };

/// Lowers a scenario and frames its figures, by paths in single precision, the same on every machine; where some of them
/// outgrow it, by the reference twin's.
pub fn prepare(scenario: &Scenario) -> Plan {
    let mut plan = Plan::lower(scenario);
    let values = Some(pilot(&plan, Precision::Single)).filter(|values| values.figures.iter().all(|x| x.is_finite()));
    let values = values.unwrap_or_else(|| pilot(&plan, Precision::Double));
    // where a figure is undefined it has a mark instead of a value, which must not frame it
    let defined = |spec: &FigureSpec| -> Vec<f64> {
        let row = &values.figures[spec.slot * BLOCK..][..BLOCK];
        row.iter().copied().filter(|&x| double::defined(x, spec.figure.is_optional())).collect()
    };
    let rows: Vec<Vec<f64>> = plan.figures.iter().map(defined).collect();
    let largest = |unit: Unit| {
        let same = plan.figures.iter().zip(&rows).filter(|(spec, _)| spec.figure.unit() == unit);
        same.flat_map(|(_, row)| row.iter()).filter(|x| x.is_finite()).fold(0.0, |m: f64, x| m.max(x.abs()))
    };
    let frames: Vec<Frame> =
        plan.figures.iter().zip(&rows).map(|(spec, row)| frame(row, largest(spec.figure.unit()))).collect();
    for (spec, frame) in plan.figures.iter_mut().zip(frames) {
        spec.frame = frame;
    }
    plan
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

/// What a scenario's report watches, in frames by the same paths.
pub fn prepare_profile(scenario: &Scenario, plan: &Plan) -> Profile {
    let mut profile = Profile::of(scenario, plan);
    let values = single::lanes::profile_values(&engine(Precision::Single), plan, &profile, DRAWS, BLOCK);
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
        profile.observed[row % quantities].frames[row / quantities] = frame(values, largest[row % quantities]);
    }
    profile
}

/// The pilot's paths.
pub(super) fn pilot(plan: &Plan, precision: Precision) -> PathValues {
    engine(precision).values(plan, DRAWS, 0..BLOCK as u64).expect("the CPU engine has no faults")
}

fn engine(precision: Precision) -> CpuEngine {
    CpuEngine::new(Some(1), Instructions::best(), precision, Sampling::Device).expect("one thread can be started")
}

/// Centre and scale of a figure from the pilot's values. A figure that does not vary there is scaled by its size, or by the
/// largest of its unit, so that whatever it does in the run stays within the sketch.
fn frame(row: &[f64], largest: f64) -> Frame {
    let values: Vec<f64> = row.iter().copied().filter(|x| x.is_finite()).collect();
    let count = values.len().max(1) as f64;
    let mean = values.iter().sum::<f64>() / count;
    let deviation = (values.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / count).sqrt();
    let least = 2f64.powi(-12);
    let scale = match deviation {
        d if d > least * mean.abs() => d,
        _ if mean != 0.0 => least * mean.abs(),
        _ if largest > 0.0 => least * largest,
        _ => 1.0,
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
        assert_eq!(frame(&[f64::INFINITY, 1.0, 3.0, f64::NAN], 0.0), Frame { centre: 2.0, scale: 1.0 });
        assert_eq!(frame(&[f64::INFINITY], 0.0), Frame { centre: 0.0, scale: 1.0 });
        for quantity in [Observable::Factor(1), Observable::Coverage(0)] {
            for frame in frames(&late("5.0"), quantity) {
                assert!(frame.centre.is_finite() && frame.scale.is_finite() && frame.scale > 0.0, "{frame:?}");
            }
        }
    }
}
