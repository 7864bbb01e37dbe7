//! A profile added up path by path from traces, in a way of its own.

use overhang::engine::cpu::CpuEngine;
use overhang::engine::trace::PeriodTrace;
use overhang::engine::{Draws, Engine};
use overhang::plan::Plan;
use overhang::plan::figure::Frame;
use overhang::plan::profile::{Observable, Profile};
use overhang::tally::{ProfileRow, bin_edges};

/// The values of one row and whether each path's bubble bursts.
pub struct Row {
    frame: Frame,
    values: Vec<(f64, bool)>,
}

/// The rows of the first `paths` paths, whose figures are all numbers.
pub fn rows(engine: &CpuEngine, plan: &Plan, profile: &Profile, draws: Draws, paths: usize) -> Vec<Row> {
    let traces: Vec<Vec<PeriodTrace>> = (0..paths as u64).map(|path| engine.trace(plan, draws, path)).collect();
    let values = engine.values(plan, draws, 0..paths as u64).expect("the CPU has no faults");
    assert!(values.figures.iter().all(|x| x.is_finite()));
    let mut rows = Vec::new();
    for (date, &period) in profile.dates.iter().enumerate() {
        for observed in &profile.observed {
            let time = plan.sizes.bubble_time(observed.bubble.unwrap_or(plan.sizes.organizations));
            let bursts = &values.times[time * paths..][..paths];
            let of = |(trace, &time): (&Vec<PeriodTrace>, &u32)| {
                Some((value(plan, observed.observable, &trace[..period as usize])?, time <= plan.sizes.periods))
            };
            rows.push(Row { frame: observed.frames[date], values: traces.iter().zip(bursts).filter_map(of).collect() });
        }
    }
    rows
}

/// A quantity at the end of the last of these periods.
fn value(plan: &Plan, quantity: Observable, periods: &[PeriodTrace]) -> Option<f64> {
    let now = periods.last().expect("there is a first period");
    match quantity {
        Observable::Factor(factor) => Some(now.factors[factor]),
        Observable::Served(organization) => Some(now.organizations[organization].served),
        Observable::Cash(organization) => Some(now.organizations[organization].cash),
        Observable::Coverage(organization) => {
            let (common, terms) = (&plan.double.common, &plan.double.organizations[organization]);
            let (mut income, mut cost) = (0.0, 0.0);
            for (t, period) in periods.iter().enumerate() {
                let weight = if t == 0 { 1.0 } else { common.smoothing };
                let own = &period.organizations[organization];
                income += weight * (terms.margin * own.value / common.dt - income);
                cost += weight * ((own.bills + own.on_demand_bill) / common.dt - cost);
            }
            (cost > 0.0).then(|| income / cost)
        }
    }
}

impl Row {
    /// Holds the engine's row to this one: counts exactly, sums but for rounding, bins but for values at their edges.
    pub fn holds(&self, found: &ProfileRow, what: &str) {
        let y = |x: f64| (x - self.frame.centre) / self.frame.scale;
        for (part, sums) in found.parts.iter().enumerate() {
            let own = || self.values.iter().filter(|&&(_, burst)| usize::from(burst) == part).map(|&(x, _)| y(x));
            assert_eq!(sums.count, own().count() as u64, "{what}: part {part}");
            let (first, second): (f64, f64) = (own().sum(), own().map(|y| y * y).sum());
            let size: f64 = own().map(f64::abs).sum();
            // coverage is recomputed in double precision: its rounding is relative to the value, and y to the scale
            let rounding = own().count() as f64 * (self.frame.centre / self.frame.scale).abs();
            let close = |a: f64, b: f64, size: f64| (a - b).abs() <= 2e-6 * (size + rounding);
            assert!(close(sums.first, first, size), "{what}: part {part}: {sums:?}, slowly {first}");
            assert!(close(sums.second, second, second * (1.0 + rounding / size.max(1.0))), "{what}: {sums:?} {second}");
        }
        let extreme = |pick: fn(f64, f64) -> f64, start| self.values.iter().fold(start, |m, &(x, _)| pick(m, x));
        let (low, high) = (extreme(f64::min, f64::INFINITY), extreme(f64::max, f64::NEG_INFINITY));
        let same = |a: f64, b: f64| self.values.is_empty() || (a - b).abs() <= 2e-6 * a.abs().max(b.abs());
        assert!(same(found.min, low) && same(found.max, high), "{what}: {low} … {high}");
        // every value lies within the edges of a bin that has a place for it
        let mut values: Vec<f64> = self.values.iter().map(|&(x, _)| y(x)).collect();
        values.sort_by(f64::total_cmp);
        let mut sorted = values.into_iter();
        for (bin, &count) in found.bins.iter().enumerate() {
            let (from, to) = (bin_edges(32 * bin as u32).0, bin_edges((32 * bin as u32 + 31).min(73_728)).1);
            for value in sorted.by_ref().take(count as usize) {
                let slack = 4e-6 * (1.0 + value.abs() + (self.frame.centre / self.frame.scale).abs());
                assert!(from - slack <= value && value <= to + slack, "{what}: {value} in a bin of {from} … {to}");
            }
        }
        assert_eq!(sorted.count(), 0, "{what}: values without a bin");
    }
}
