//! Events and bubbles in words: what a file's conditions say, as a sentence.

use super::numbers::{exact, percentage};
use super::units::Unit;
use super::words::{duration, month, months_after};
use crate::registry::{Magnitude, MetricKind};
use crate::scenario::{BubbleRule, Curve, Event, Organization, Scenario, Subject, Threshold};

/// Digits of thresholds.
const DIGITS: i32 = 4;

impl Scenario {
    /// What an organization is called: its label, or else its name.
    pub fn title_of(organization: &Organization) -> &str {
        organization.label.as_deref().unwrap_or(&organization.name)
    }

    /// When an event happens: `cash is below $0`, `the margin of the past year is below 67% of compute cost, for 1 year, after
    /// December 2027`. Past years are averages that fade with a time constant of a year (model.md §6).
    pub fn event_words(&self, event: &Event) -> String {
        let mut words = self.metric_words(event);
        if event.duration > 0.0 {
            words += &format!(" for {}", duration(event.duration));
        }
        if event.after > 0.0 {
            words += &format!(", after {}", self.moment(event.after));
        }
        words
    }

    /// When the bubble of an organization bursts, and when the system's does; `None` without a bubble.
    pub fn bubble_words(&self) -> Option<String> {
        let bubble = self.bubble.as_ref()?;
        let events = bubble.events.iter().map(|&event| {
            let event = &self.events[event];
            let of = event.organization.filter(|_| self.organizations.len() > 1);
            let of = of.map(|place| format!(" ({})", Self::title_of(&self.organizations[place]))).unwrap_or_default();
            format!("{}{of}", self.event_words(event))
        });
        let events: Vec<String> = events.collect();
        let conditions = match (bubble.rule, events.len()) {
            (BubbleRule::All, 2..) => format!("all of this has happened: {}", events.join("; ")),
            (BubbleRule::Any, 3..) => format!("the first of these happens: {}", events.join("; ")),
            _ => events.join(", or "),
        };
        Some(match self.organizations.as_slice() {
            [_] => format!("It bursts when {conditions}."),
            all => {
                let needed = match bubble.organizations {
                    1 => "the first organization's does".to_owned(),
                    count => format!("those of {count} of the {} organizations have", all.len()),
                };
                format!("An organization's bubble bursts when {conditions}. The system's bursts when {needed}.")
            }
        })
    }

    /// A date that is so many years after the start.
    fn moment(&self, years: f64) -> String {
        let date = months_after(&self.horizon.start, (12.0 * years).round() as u32);
        date.map_or_else(|| format!("{} from the start", duration(years)), |date| month(&date))
    }

    fn metric_words(&self, event: &Event) -> String {
        let share = |x: f64| percentage(x);
        let times = |x: f64| format!("{} times", exact(x, DIGITS));
        let side = |below: &'static str, above: &'static str| match event.threshold {
            Threshold::Below(_) => below,
            Threshold::Above(_) => above,
        };
        let limit = |write: &dyn Fn(f64) -> String| self.limit(event.threshold.curve(), write);
        let amount = |x: f64| self.amount_words(event.metric.kind, x);
        let crossing = |write: &dyn Fn(f64) -> String| format!("{} {}", side("below", "above"), limit(write));
        let more = |write: &dyn Fn(f64) -> String| format!("{} {}", side("less than", "more than"), limit(write));
        match event.metric.kind {
            MetricKind::Cash => format!("cash is {}", crossing(&amount)),
            MetricKind::Coverage => format!("the past year's margin is {} of its compute cost", crossing(&share)),
            MetricKind::Utilization => format!("use of contracted capacity is {}", crossing(&share)),
            MetricKind::StrandedShare => format!("{} of the past year's cost is for idle capacity", more(&share)),
            MetricKind::LockIn => format!("contracts cost {} the market price", more(&times)),
            MetricKind::Overhang => format!("minimum bills still due are {} a year's margin", more(&times)),
            MetricKind::Value => format!("the past year's margin is {}", crossing(&amount)),
            MetricKind::Use => format!("the past year's average use is {}", crossing(&amount)),
            MetricKind::UnservedShare => format!("{} of the past year's demand is not served", more(&share)),
            MetricKind::Capacity => format!("contracted capacity is {}", crossing(&amount)),
            MetricKind::Factor => format!("{} is {}", self.subject(event), crossing(&amount)),
            MetricKind::ContractUtilization => format!("use of {} is {}", self.subject(event), crossing(&share)),
            MetricKind::ContractPremium => format!("{} costs {} the burst price", self.subject(event), more(&times)),
            MetricKind::Regime => format!("the market is in the state {}", self.subject(event)),
            MetricKind::Crisis => "there is a crisis".to_owned(),
            MetricKind::Failed => format!("{} has failed", self.subject(event)),
        }
    }

    /// What an event's metric is of.
    fn subject(&self, event: &Event) -> &str {
        match event.metric.subject {
            Subject::Organization => "",
            Subject::Factor(place) => {
                let factor = &self.factors[place];
                factor.label.as_deref().unwrap_or(&factor.name)
            }
            Subject::State(place) => self.regimes.as_ref().map_or("", |regimes| &regimes.states[place]),
            Subject::Contract(place) => {
                let contract = &self.contracts[place];
                contract.label.as_deref().unwrap_or(&contract.name)
            }
            Subject::Vendor(place) => {
                let vendor = &self.vendors[place];
                vendor.label.as_deref().unwrap_or(&vendor.name)
            }
        }
    }

    /// A threshold in the unit of its metric.
    fn amount_words(&self, kind: MetricKind, x: f64) -> String {
        let write = |x: f64| exact(x, DIGITS);
        let money = || self.labels().amount(x, Unit::Money, x.abs(), write);
        match kind.entry().magnitude {
            Magnitude::Money => money(),
            Magnitude::Income => format!("{} a year", money()),
            Magnitude::Capacity => self.labels().amount(x, Unit::Capacity, x.abs(), write),
            _ => write(x),
        }
    }

    /// A threshold that stays, or one that moves.
    fn limit(&self, curve: &Curve, write: &dyn Fn(f64) -> String) -> String {
        match (curve.fixed(), curve.0.as_slice()) {
            (None, [[first, from], .., [last, to]]) => format!(
                "a limit that moves from {} in {} to {} in {}",
                write(*from),
                self.moment(*first),
                write(*to),
                self.moment(*last)
            ),
            (value, points) => write(value.unwrap_or(points[0][1])),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::scenario::parse;

    /// A lab with cash from March 2026 on, and these events.
    fn words(events: &str) -> Vec<String> {
        let text = format!(
            r#"
            schema = 1
            name = "x"
            currency = "USD"
            capacity_unit = "GW"
            [horizon]
            start = 2026-03-01
            years = 5
            step = "month"
            [discount]
            rate = 0.1
            [[factor]]
            name = "use"
            label = "Level of use"
            process = "table"
            values = [[0, 0.8], [5, 0.1]]
            [[organization]]
            name = "lab"
            label = "The Lab"
            utilization = "use"
            performance_return = "use"
            demand = 1.0
            [organization.cash]
            opening = 1e9
            margin = 0.5
            opex = 0.0
            {events}
            "#
        );
        let scenario = parse(&text, "x.toml").expect("it is valid").scenario;
        let events = scenario.events.iter().map(|event| scenario.event_words(event));
        events.chain(scenario.bubble_words()).collect()
    }

    #[test]
    fn conditions_read_as_sentences() {
        let found = words(
            r#"
            [[event]]
            name = "broke"
            metric = "cash"
            below = 0.0
            [[event]]
            name = "gap"
            metric = "coverage"
            below = 0.667
            duration = 1.0
            after = 1.5
            [[event]]
            name = "slow"
            metric = "factor"
            factor = "use"
            below = [[1, 0.2], [3, 0.4]]
            [bubble]
            any = ["broke", "gap"]
            "#,
        );
        assert_eq!(found[0], "cash is below $0");
        assert_eq!(
            found[1],
            "the past year's margin is below 66.7% of its compute cost for 1 year, after September 2027"
        );
        assert_eq!(found[2], "Level of use is below a limit that moves from 0.2 in March 2027 to 0.4 in March 2029");
        assert_eq!(found[3], format!("It bursts when {}, or {}.", found[0], found[1]));
    }
}
