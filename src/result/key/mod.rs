//! What a number of a result is about. A key written out is the place of its number in the document, its keys joined by
//! dots: `figures.openai.value.shortfall.0.95.high`. Names of organizations, contracts, vendors and events have no dots,
//! levels have.

mod comparison;
mod statistic;
mod subject;

use std::borrow::Cow;
use std::fmt::{self, Display, Formatter};
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, Error};
use serde::ser::{Serialize, Serializer};

pub use comparison::{ComparisonKey, DifferencePart};
pub use statistic::{Interval, Part, Statistic};
pub use subject::Subject;

use crate::text::units::Unit;

/// A number of a result: whose and what, and what is told of it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Key {
    pub subject: Subject,
    pub statistic: Statistic,
}

impl Key {
    pub fn new(subject: Subject, statistic: Statistic) -> Self {
        Key { subject, statistic }
    }

    /// The bubble-risk probability of the system by the horizon.
    pub fn system_bubble() -> Self {
        Key::new(Subject::system_bubble(), Statistic::Probability(Part::Value))
    }

    /// What its number is measured in.
    pub fn unit(&self) -> Unit {
        match self.statistic {
            Statistic::Count | Statistic::Undefined => Unit::Count,
            Statistic::Skewness | Statistic::Kurtosis => Unit::Number,
            Statistic::Mean
            | Statistic::Se
            | Statistic::Sd
            | Statistic::SdSe
            | Statistic::Min
            | Statistic::Max
            | Statistic::Quantile(..)
            | Statistic::Var(..)
            | Statistic::Shortfall(..)
            | Statistic::MeanGivenBubble
            | Statistic::SeGivenBubble => self.subject.unit(),
            Statistic::Probability(_) | Statistic::ByPeriod(..) | Statistic::Never(_) => Unit::Probability,
            Statistic::TimeMean | Statistic::TimeSe | Statistic::TimeQuantile(..) => Unit::Years,
        }
    }
}

impl Display for Key {
    fn fmt(&self, f: &mut Formatter) -> fmt::Result {
        write!(f, "{}.{}", self.subject, self.statistic)
    }
}

/// Text that is no key.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not the place of a statistic, such as bubble.system.probability")]
pub struct WrongKey(String);

impl WrongKey {
    fn of(text: &str) -> Self {
        WrongKey(text.to_owned())
    }
}

impl FromStr for Key {
    type Err = WrongKey;

    fn from_str(text: &str) -> Result<Self, WrongKey> {
        let found = Subject::split(text).and_then(|(subject, rest)| {
            let statistic = match subject {
                Subject::Figure { .. } => Statistic::of_figure(rest),
                Subject::Vendor { figure, .. } if figure.is_of_counterparty() => Statistic::of_figure(rest),
                Subject::Contract { .. } | Subject::Vendor { .. } => Statistic::of_contract(rest),
                Subject::Loss { .. } => Statistic::of_loss(rest),
                Subject::Event { .. }
                | Subject::Bubble { .. }
                | Subject::Tranche { .. }
                | Subject::Failure { .. }
                | Subject::Workout { .. } => Statistic::of_occurrence(rest),
            };
            Some(Key { statistic: statistic?, subject })
        });
        found.ok_or_else(|| WrongKey::of(text))
    }
}

impl Serialize for Key {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

impl JsonSchema for Key {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Key".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_place_is_no_key() {
        for wrong in [
            "",
            "figures",
            "figures.lab.value",
            "figures.lab.costs.mean",
            "figures.lab.value.mode",
            "figures.lab.value.probability",
            "figures.lab.value.var.0.95",
            "figures.lab.value.var.0.950.value",
            "figures.lab.value.var.x.value",
            "figures.lab.value.var.0.95.probability",
            "figures.lab.value.mean.x",
            "contracts.deal.value.sd_se",
            "vendors.aws.commitment_cost.var.0.95.value",
            "events.lab.cash_out.value",
            "events.lab.probability",
            "bubble.lab.by_period.01.low",
            "bubble.lab.by_period.-1.low",
            "bubble.lab.time.never.value",
            "bubble.lab.mean",
            "bubbles.lab.mean",
            "vendors.aws.loss.var.0.95",
            "losses.aws.mean",
            "losses.aws.lab.given_bubble",
            "losses.aws.lab.given_bubble.sd",
            "contracts.deal.stranded_cost.given_bubble.mean",
            "failures.aws.lab.probability",
            "workouts.lab.mean",
        ] {
            assert!(wrong.parse::<Key>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn units_are_those_of_the_statistic() {
        for (text, unit) in [
            ("figures.system.commitment_cost.sd_se", Unit::Money),
            ("figures.system.used.var.0.95.low", Unit::CapacityYears),
            ("figures.lab.unit_cost.quantiles.0.5.value", Unit::Rate),
            ("figures.lab.unit_cost.undefined", Unit::Count),
            ("figures.lab.unit_cost.skewness", Unit::Number),
            ("vendors.aws.stranded_cost.sd", Unit::Money),
            ("events.lab.cash_out.by_period.3.high", Unit::Probability),
            ("bubble.system.time.quantiles.0.25.high", Unit::Years),
            ("vendors.aws.loss.shortfall.0.95.value", Unit::Money),
            ("vendors.aws.received.undefined", Unit::Count),
            ("losses.aws.lab.sd", Unit::Money),
            ("losses.aws.lab.given_bubble.mean", Unit::Money),
            ("losses.aws.lab.given_bubble.se", Unit::Money),
            ("failures.aws.by_period.3.probability", Unit::Probability),
            ("workouts.lab.time.mean", Unit::Years),
        ] {
            let key: Key = text.parse().expect("it is a key");
            assert_eq!((key.unit(), key.to_string()), (unit, text.to_owned()));
        }
    }
}
