//! Thresholds of events against their metrics, and opening cash against flows: both are known only on simulated paths.

use super::case::{Case, Range};
use crate::engine::cpu::traces;
use crate::engine::trace::{Detail, PeriodTrace};
use crate::engine::{Draws, Precision};
use crate::plan::Plan;
use crate::plan::figure::FirstPassage;
use crate::registry::Magnitude;
use crate::scenario::{Doubt, Subject};

/// Paths that are looked at.
const PATHS: u64 = 8;
/// A seed of their own: doubts belong to the scenario, not to a run.
const DRAWS: Draws = Draws { seed: 0x73_69_7a_65_73, replicate: 0 };

pub fn doubts(case: &Case, plan: &Plan) -> Vec<Doubt> {
    let paths = traces(Precision::Double, plan, DRAWS, 0..PATHS, Detail::Organizations);
    let mut doubts = thresholds(case, plan, &paths);
    doubts.extend((0..case.scenario.organizations.len()).filter_map(|place| opening(case, place, &paths)));
    doubts
}

/// One doubt for each event at most, though it may be watched for several organizations.
fn thresholds(case: &Case, plan: &Plan, paths: &[Vec<PeriodTrace>]) -> Vec<Doubt> {
    let of = |(index, event): (usize, &crate::scenario::Event)| {
        let entry = event.metric.kind.entry();
        let unit = match (entry.magnitude, event.metric.subject) {
            (Magnitude::Money, _) => case.scenario.currency.clone(),
            (Magnitude::Income, _) => format!("{} per year", case.scenario.currency),
            (Magnitude::Capacity, _) => case.scenario.capacity_unit.clone(),
            (Magnitude::Factor, Subject::Factor(factor)) => {
                format!("in the unit of `{}`", case.scenario.factors[factor].name)
            }
            (Magnitude::Return | Magnitude::Ratio, _) => String::new(),
            // shares and states, which the reader of the file holds to their range
            (Magnitude::Share | Magnitude::Indicator | Magnitude::Factor, _) => return None,
        };
        let watched = plan.times.iter().enumerate().filter_map(|(place, spec)| match spec {
            FirstPassage::Event { event, .. } if *event == index => Some(place),
            _ => None,
        });
        let counted = |period: &&PeriodTrace| case.horizon.end(period.period) > event.after + 1e-9;
        let watched: Vec<usize> = watched.collect();
        let periods = paths.iter().flatten().filter(counted);
        let seen =
            Range::of(periods.flat_map(|period| watched.iter().filter_map(|&place| period.events[place].metric)))?;
        let off = Range::of(event.threshold.curve().0.iter().map(|point| point[1]))?.is_off(seen)?;
        let side = event.threshold.key();
        let against = format!("on trial paths {} is", entry.noun);
        let hint = format!("the event compares the metric with `{side}`; check that both have the same unit");
        Some(off.doubt(format!("event.{}.{side}", event.name), &format!("`{side}`"), &against, &unit, hint))
    };
    case.scenario.events.iter().enumerate().filter_map(of).collect()
}

/// Opening cash is doubted if it is less than a hundredth of the smallest flows of a year, or would pay a hundred times for
/// the largest ones of a period, of a month if periods are shorter.
fn opening(case: &Case, place: usize, paths: &[Vec<PeriodTrace>]) -> Option<Doubt> {
    let organization = &case.scenario.organizations[place];
    let cash = organization.cash.as_ref()?;
    let (own, dt) = (Range::of([cash.opening])?, case.horizon.dt());
    let yearly = |t: usize| {
        let year = case.horizon.middle(t as u32 + 1);
        let on = |path: &Vec<PeriodTrace>| {
            let of = &path[t].organizations[place];
            of.bills + of.on_demand_bill + (cash.margin * of.value).abs()
        };
        let flows = paths.iter().map(on).sum::<f64>() / paths.len() as f64 / dt;
        flows + cash.income.at(year).abs() + cash.opex.at(year).abs()
    };
    let flows = Range::of((0..case.horizon.periods as usize).map(yearly))?;
    let span = dt.max(1.0 / 12.0);
    let off = own.is_off(Range { low: flows.low, high: flows.high * span })?;
    let named = match (off.side, case.horizon.steps_per_year) {
        ("larger", 4) => "a quarter",
        ("larger", 12 | 52) => "a month",
        _ => "a year",
    };
    let against = format!("what comes in and goes out in {named} is");
    let key = format!("organization.{}.cash.opening", organization.name);
    let hint = "all amounts of money are in units of `currency`: 73 billion is 73e9";
    Some(off.doubt(key, "`opening`", &against, &case.scenario.currency, hint.into()))
}
