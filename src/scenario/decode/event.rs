//! Events: what is watched on each path.

use super::super::item::Item;
use super::super::limits::{Limits, number, rounded};
use super::super::model::{
    Contract, Curve, Event, Factor, Horizon, Metric, Organization, Process, Regimes, Subject, Threshold,
};
use super::super::names::Names;
use super::common::{label, names};
use super::organization::Factors;
use super::vendor;
use crate::registry::{Magnitude, MetricKind, Operand, Registered as _};
use crate::scenario::item::{Either, Fields};

const THRESHOLD: Limits = Limits::any("the value that the metric must cross; a number or [[year, value], …]");
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
    pub contract_names: &'a Names,
    pub contracts: &'a [Option<Contract>],
    pub vendor_names: &'a Names,
    /// The vendors that contracts name.
    pub sellers: &'a [&'a str],
    /// Whether there are crises.
    pub crisis: bool,
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
    let kind = metric_item.as_ref().and_then(|item| item.choice(&names::<MetricKind>(), meaning));
    let kind = kind.map(|place| MetricKind::ALL[place]);
    let metric = metric(fields, kind, organization, world);
    let threshold = threshold(fields, kind);
    let duration = fields.number_or("duration", &DURATION, 0.0);
    let after = fields.number_or("after", &AFTER, 0.0);
    fields.finish();
    let on_time = world.horizon.is_none_or(|horizon| can_happen_in_time(fields, duration, after, horizon));
    let (organization, metric, threshold) = (organization?, metric?, threshold?);
    needs_are_met(&metric_item?, metric, organization, world)?;
    let can_cross = can_cross(fields, metric, &threshold, organization, world);
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

/// The keys that name what a metric is of.
const OPERANDS: [Operand; 4] = [Operand::Factor, Operand::State, Operand::Contract, Operand::Vendor];

/// The metric, of an organization that is `None` where it could not be read, and of `Some(None)`: all.
fn metric(
    fields: &Fields,
    kind: Option<MetricKind>,
    organization: Option<Option<usize>>,
    world: &World,
) -> Option<Metric> {
    let Some(kind) = kind else {
        // the metric is not known, so these may be right
        OPERANDS.iter().filter_map(|operand| operand.key()).for_each(|key| fields.skip(&[key]));
        return None;
    };
    let operand = kind.entry().operand;
    for other in OPERANDS.iter().filter(|&&other| other != operand) {
        if let Some(key) = other.key() {
            let metrics = MetricKind::ALL.iter().filter(|kind| kind.entry().operand == *other);
            let metrics: Vec<String> = metrics.map(|kind| format!("\"{}\"", kind.name())).collect();
            let hint = format!("`{key}` is only used with metric = {}", metrics.join(" or "));
            fields.refuse(key, "this metric", &hint);
        }
    }
    let subject = match operand {
        Operand::Nothing => Subject::Organization,
        Operand::Factor => {
            let item = fields.required("factor", "the factor to watch")?;
            Subject::Factor(world.factors.names.find(&item)?)
        }
        Operand::State => Subject::State(state(fields, world)?),
        Operand::Contract => Subject::Contract(contract(fields, organization, world)?),
        Operand::Vendor => {
            let item = fields.required("vendor", "the vendor whose failure to wait for")?;
            Subject::Vendor(vendor::find(&item, world.vendor_names, world.sellers)?)
        }
    };
    if kind == MetricKind::Crisis && !world.crisis {
        let item = fields.optional("metric")?;
        let hint = "add [crisis] with its `hazard`";
        item.fail("`metric` is \"crisis\", but there are no crises", "needs [crisis]", hint);
        return None;
    }
    Some(Metric { kind, subject })
}

/// A contract of the organization for which it is watched.
fn contract(fields: &Fields, organization: Option<Option<usize>>, world: &World) -> Option<usize> {
    let item = fields.required("contract", "the contract to watch")?;
    let place = world.contract_names.find(&item)?;
    let (Some(contract), Some(organization)) = (&world.contracts[place], organization) else { return Some(place) };
    if organization.is_some_and(|organization| organization == contract.organization)
        || organization.is_none() && world.organizations.len() == 1
    {
        return Some(place);
    }
    let owner = world.organization_names.name(contract.organization);
    let title = format!("`{}` is a contract of `{owner}`", contract.name);
    let title = match organization {
        Some(other) => format!("{title}, not of `{}`", world.organization_names.name(other)),
        None => format!("{title}, but the event is watched for all organizations"),
    };
    item.fail(title, "must be a contract of the event's organization", format!("set organization = \"{owner}\""));
    None
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

fn threshold(fields: &Fields, kind: Option<MetricKind>) -> Option<Threshold> {
    let Some(kind) = kind else {
        // A regime needs none, but wrong ones are wrong in any case.
        for key in ["below", "above"] {
            if let Some(item) = fields.optional(key) {
                item.curve(&THRESHOLD);
            }
        }
        return None;
    };
    if kind.entry().magnitude == Magnitude::Indicator {
        for key in ["below", "above"] {
            let whose = format!("metric \"{}\"", kind.name());
            fields.refuse(key, &whose, happens(kind));
        }
        return Some(Threshold::Above(Curve::constant(0.5)));
    }
    match fields.either(
        "below",
        "above",
        "the event happens once the metric is strictly below, or above, the number",
    )? {
        Either::First(item) => item.curve(&THRESHOLD).map(Threshold::Below),
        Either::Second(item) => item.curve(&THRESHOLD).map(Threshold::Above),
    }
}

/// When an event of a metric without a threshold happens.
fn happens(kind: MetricKind) -> &'static str {
    match kind {
        MetricKind::Crisis => "the event happens during a crisis",
        MetricKind::Failed => "the event happens when the vendor has failed",
        _ => "the event happens when the chain is in `state`",
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
    let needs = metric.kind.entry().needs;
    let Some(need) = needs.key() else { return Some(()) };
    let lacking: Vec<String> = concerned(organization, world)
        .filter(|organization| !organization.meets(needs))
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
    threshold: &Threshold,
    organization: Option<usize>,
    world: &World,
) -> bool {
    let (low, high) = range(metric, organization, world);
    let (lowest, highest) = threshold.curve().extremes();
    let key = threshold.key();
    let possible = match threshold {
        Threshold::Below(_) => highest > low,
        Threshold::Above(_) => lowest < high,
    };
    if !possible && let Some(item) = fields.optional(key) {
        let title = format!("the metric is never {key} {}", item.written());
        let label = match threshold {
            Threshold::Below(_) => format!("must be above {}", number(low)),
            Threshold::Above(_) => format!("must be below {}", number(high)),
        };
        item.fail(title, label, "the comparison is strict, so the event can never happen");
    }
    possible
}

/// The range of a metric: values outside cannot occur.
fn range(metric: Metric, organization: Option<usize>, world: &World) -> (f64, f64) {
    const ANY: (f64, f64) = (f64::NEG_INFINITY, f64::INFINITY);
    const RATIO: (f64, f64) = (0.0, f64::INFINITY);
    match (metric.kind.entry().magnitude, metric.subject) {
        (Magnitude::Share | Magnitude::Indicator, _) => (0.0, 1.0),
        (Magnitude::Ratio | Magnitude::Capacity, _) => RATIO,
        (Magnitude::Return | Magnitude::Income, _) if concerned(organization, world).all(|o| never_loses(o, world)) => {
            RATIO
        }
        (Magnitude::Factor, Subject::Factor(place)) => {
            world.factors.read[place].as_ref().map_or(ANY, |factor| factor.process.range())
        }
        (Magnitude::Money | Magnitude::Income | Magnitude::Return | Magnitude::Factor, _) => ANY,
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
