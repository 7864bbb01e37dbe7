//! Events: what is watched on each path.

use super::super::item::Item;
use super::super::limits::{Limits, number, rounded};
use super::super::model::{Event, Factor, Horizon, Metric, Organization, Process, Regimes, Threshold};
use super::super::names::Names;
use super::common::label;
use super::organization::Factors;
use crate::scenario::item::{Either, Fields};

const METRICS: [&str; 8] =
    ["cash", "coverage", "utilization", "stranded_share", "lock_in", "overhang", "factor", "regime"];

const THRESHOLD: Limits = Limits::any("the value that the metric must cross");
const DURATION: Limits = Limits::at_least(0.0, "the years for which the condition must hold without a break");
const AFTER: Limits = Limits::at_least(0.0, "the year before which the event is ignored");

/// What events can refer to. Where something could not be read it is `None`, and what depends on it is not checked.
pub(super) struct World<'a> {
    pub horizon: Option<&'a Horizon>,
    pub factors: Factors<'a>,
    pub states: Option<&'a Names>,
    pub regimes: Option<&'a Regimes>,
    pub organization_names: &'a Names,
    pub organizations: &'a [Option<Organization>],
}

/// One `[[event]]`.
pub(super) fn event(fields: &Fields, name: &str, world: &World) -> Option<Event> {
    let label = label(fields);
    let organization = match fields.optional("organization") {
        Some(item) => world.organization_names.find(&item).map(Some),
        None => Some(None),
    };
    let meaning = "the metric to watch";
    let metric_item = fields.required("metric", meaning);
    let word = metric_item.as_ref().and_then(|item| item.choice(&METRICS, meaning)).map(|place| METRICS[place]);
    let metric = metric(fields, word, world);
    let threshold = threshold(fields, word);
    let duration = fields.number_or("duration", &DURATION, 0.0);
    let after = fields.number_or("after", &AFTER, 0.0);
    fields.finish();
    let on_time = world.horizon.is_none_or(|horizon| can_happen_in_time(fields, duration, after, horizon));
    let (organization, metric, threshold) = (organization?, metric?, threshold?);
    needs_are_met(&metric_item?, metric, organization, world)?;
    let can_cross = can_cross(fields, metric, threshold, organization, world);
    (on_time && can_cross).then(|| Event {
        name: name.to_owned(),
        label,
        organization,
        metric,
        threshold,
        duration,
        after,
    })
}

fn metric(fields: &Fields, word: Option<&str>, world: &World) -> Option<Metric> {
    if !matches!(word, None | Some("factor")) {
        fields.refuse("factor", "this metric", "`factor` is only used with metric = \"factor\"");
    }
    if !matches!(word, None | Some("regime")) {
        fields.refuse("state", "this metric", "`state` is only used with metric = \"regime\"");
    }
    match word {
        Some("cash") => Some(Metric::Cash),
        Some("coverage") => Some(Metric::Coverage),
        Some("utilization") => Some(Metric::Utilization),
        Some("stranded_share") => Some(Metric::StrandedShare),
        Some("lock_in") => Some(Metric::LockIn),
        Some("overhang") => Some(Metric::Overhang),
        Some("factor") => {
            let item = fields.required("factor", "the factor to watch")?;
            world.factors.names.find(&item).map(Metric::Factor)
        }
        Some("regime") => state(fields, world).map(Metric::Regime),
        _ => {
            // The metric is not known, so these may be right.
            fields.skip(&["factor", "state"]);
            None
        }
    }
}

fn state(fields: &Fields, world: &World) -> Option<usize> {
    let item = fields.required("state", "the regime state to wait for")?;
    let Some(states) = world.states else {
        item.fail("`state` is given, but there are no regimes", "needs [regimes]", "add [regimes] with its `states`");
        return None;
    };
    let state = states.find(&item)?;
    if let Some(regimes) = world.regimes
        && !reachable(regimes)[state]
    {
        let title = format!("the state `{}` cannot be reached", states.name(state));
        let label = format!("must be reachable from `{}`", states.name(regimes.start));
        item.fail(title, label, "add a transition to it in `regimes.intensity` with an intensity above 0");
        return None;
    }
    Some(state)
}

/// Which states the chain can get into.
fn reachable(regimes: &Regimes) -> Vec<bool> {
    let mut reached = vec![false; regimes.states.len()];
    let mut open = vec![regimes.start];
    while let Some(from) = open.pop() {
        if !std::mem::replace(&mut reached[from], true) {
            open.extend((0..reached.len()).filter(|&to| to != from && regimes.generator[(from, to)] > 0.0));
        }
    }
    reached
}

fn threshold(fields: &Fields, word: Option<&str>) -> Option<Threshold> {
    if word == Some("regime") {
        for key in ["below", "above"] {
            fields.refuse(key, "metric \"regime\"", "the event happens when the chain is in `state`");
        }
        return Some(Threshold::Above(0.5));
    }
    if word.is_none() {
        // A regime needs none, but wrong ones are wrong in any case.
        for key in ["below", "above"] {
            fields.number(key, &THRESHOLD);
        }
        return None;
    }
    match fields.either(
        "below",
        "above",
        "the event happens once the metric is strictly below, or above, the number",
    )? {
        Either::First(item) => item.number(&THRESHOLD).map(Threshold::Below),
        Either::Second(item) => item.number(&THRESHOLD).map(Threshold::Above),
    }
}

/// Whether there are enough periods after `after` to make up `duration`.
fn can_happen_in_time(fields: &Fields, duration: f64, after: f64, horizon: &Horizon) -> bool {
    let per_year = f64::from(horizon.steps_per_year);
    let tolerance = 1e-9 * per_year;
    let skipped = (after * per_year + tolerance).floor();
    let needed = (duration * per_year - tolerance).ceil().max(1.0);
    let possible = skipped + needed <= f64::from(horizon.periods);
    if !possible {
        let years = rounded(horizon.years());
        let (key, title) = if skipped >= f64::from(horizon.periods) {
            ("after", format!("`after` is {}, but the horizon is {years} years", number(after)))
        } else {
            let sum = format!("`after` and `duration` add up to {}", rounded(after + duration));
            ("duration", format!("{sum}, but the horizon is {years} years"))
        };
        let hint = "the event can never happen";
        if let Some(item) = fields.optional(key) {
            item.fail(title, "must leave time for the event within the horizon", hint);
        }
    }
    possible
}

/// Whether every organization concerned has what the metric is made of.
fn needs_are_met(item: &Item, metric: Metric, organization: Option<usize>, world: &World) -> Option<()> {
    let (need, lacks): (&str, fn(&Organization) -> bool) = match metric {
        Metric::Cash => ("cash", |organization| organization.cash.is_none()),
        Metric::Coverage | Metric::Overhang => ("performance_return", |o| o.performance_return.is_none()),
        _ => return Some(()),
    };
    let lacking: Vec<String> = concerned(organization, world)
        .filter(|organization| lacks(organization))
        .map(|organization| format!("`{}`", organization.name))
        .collect();
    if lacking.is_empty() {
        return Some(());
    }
    let title = format!("metric {} needs `{need}`, which {} lacks", item.written(), lacking.join(", "));
    let hint = format!("add `{need}` there, or name another `organization` for the event");
    item.fail(title, format!("needs `{need}` of every organization concerned"), hint);
    None
}

fn concerned<'w>(organization: Option<usize>, world: &'w World) -> impl Iterator<Item = &'w Organization> {
    let places = organization.map_or(0..world.organizations.len(), |place| place..place + 1);
    world.organizations[places].iter().flatten()
}

/// Whether the metric can ever be beyond the threshold.
fn can_cross(
    fields: &Fields,
    metric: Metric,
    threshold: Threshold,
    organization: Option<usize>,
    world: &World,
) -> bool {
    let (low, high) = range(metric, organization, world);
    let (key, possible) = match threshold {
        Threshold::Below(value) => ("below", value > low),
        Threshold::Above(value) => ("above", value < high),
    };
    if !possible && let Some(item) = fields.optional(key) {
        let title = format!("the metric is never {key} {}", item.written());
        let label = match key {
            "below" => format!("must be above {}", number(low)),
            _ => format!("must be below {}", number(high)),
        };
        item.fail(title, label, "the comparison is strict, so the event can never happen");
    }
    possible
}

/// The range of a metric: values outside cannot occur.
fn range(metric: Metric, organization: Option<usize>, world: &World) -> (f64, f64) {
    const ANY: (f64, f64) = (f64::NEG_INFINITY, f64::INFINITY);
    match metric {
        Metric::Utilization | Metric::StrandedShare => (0.0, 1.0),
        Metric::LockIn => (0.0, f64::INFINITY),
        Metric::Coverage | Metric::Overhang if concerned(organization, world).all(|o| never_loses(o, world)) => {
            (0.0, f64::INFINITY)
        }
        Metric::Factor(place) => world.factors.read[place].as_ref().map_or(ANY, |factor| factor.process.range()),
        _ => ANY,
    }
}

/// Whether the organization's cash from value cannot be negative.
fn never_loses(organization: &Organization, world: &World) -> bool {
    let margin = organization.cash.as_ref().map_or(1.0, |cash| cash.margin);
    let factor = organization.performance_return.and_then(|place| world.factors.read[place].as_ref());
    margin >= 0.0 && factor.is_some_and(|Factor { process, .. }| !can_be_negative(process))
}

fn can_be_negative(process: &Process) -> bool {
    process.range().0 < 0.0
}
