//! What is told of a figure or an event: means, quantiles, probabilities.

use std::fmt::{self, Display, Formatter};

use crate::measure::Estimator;
use crate::result::level::Level;

/// An estimate or an end of its interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Part {
    Value,
    Low,
    High,
}

impl Part {
    pub const ALL: [Part; 3] = [Part::Value, Part::Low, Part::High];

    /// Its key where estimates are of amounts.
    const fn name(self) -> &'static str {
        match self {
            Part::Value => "value",
            Part::Low => "low",
            Part::High => "high",
        }
    }

    /// Its key where estimates are of probabilities.
    const fn name_of_probability(self) -> &'static str {
        match self {
            Part::Value => "probability",
            Part::Low => "low",
            Part::High => "high",
        }
    }

    fn named(text: &str, name: impl Fn(Part) -> &'static str) -> Option<Part> {
        Part::ALL.into_iter().find(|part| name(*part) == text)
    }
}

/// A number that is told of a subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Statistic {
    /// Valid paths on which a figure is defined, and on which it is not.
    Count,
    Undefined,
    Mean,
    /// Standard error of the mean.
    Se,
    /// Standard deviation.
    Sd,
    SdSe,
    Skewness,
    /// Excess kurtosis.
    Kurtosis,
    Min,
    Max,
    Quantile(Level, Part),
    /// Value at risk.
    Var(Level, Part),
    /// Expected shortfall.
    Shortfall(Level, Part),
    /// The probability of an event by the horizon.
    Probability(Part),
    /// The probability by the end of a period; the first period is 0.
    ByPeriod(usize, Part),
    /// The probability that an event does not happen.
    Never(Part),
    /// Of the time of an event, over the paths on which it happens.
    TimeMean,
    TimeSe,
    TimeQuantile(Level, Part),
    /// Of a loss, over the paths on which the system's bubble bursts.
    MeanGivenBubble,
    SeGivenBubble,
}

/// Where the confidence interval of a statistic stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Interval {
    /// Around the estimate, with this for its standard error.
    Around(Statistic),
    /// Between these two.
    Between(Statistic, Statistic),
}

impl Statistic {
    /// Those of a figure of an organization or the system that have no level, in the order of documents.
    pub const OF_FIGURE: [Statistic; 10] = [
        Statistic::Count,
        Statistic::Undefined,
        Statistic::Mean,
        Statistic::Se,
        Statistic::Sd,
        Statistic::SdSe,
        Statistic::Skewness,
        Statistic::Kurtosis,
        Statistic::Min,
        Statistic::Max,
    ];
    /// Those of a figure of a contract or a vendor.
    pub const OF_CONTRACT: [Statistic; 3] = [Statistic::Mean, Statistic::Se, Statistic::Sd];
    /// Those of a loss that a bubble gives, beside those of a contract.
    pub const GIVEN_BUBBLE: [Statistic; 2] = [Statistic::MeanGivenBubble, Statistic::SeGivenBubble];
    /// Those of an event or a bubble that have neither period nor level.
    pub const OF_OCCURRENCE: [Statistic; 8] = [
        Statistic::Probability(Part::Value),
        Statistic::Probability(Part::Low),
        Statistic::Probability(Part::High),
        Statistic::Never(Part::Value),
        Statistic::Never(Part::Low),
        Statistic::Never(Part::High),
        Statistic::TimeMean,
        Statistic::TimeSe,
    ];

    /// What kind of number it is: which errors it can have hangs on that.
    pub const fn estimator(self) -> Estimator {
        match self {
            Statistic::Count
            | Statistic::Undefined
            | Statistic::Mean
            | Statistic::Probability(_)
            | Statistic::ByPeriod(..)
            | Statistic::Never(_) => Estimator::Average,
            Statistic::Se
            | Statistic::Sd
            | Statistic::SdSe
            | Statistic::Skewness
            | Statistic::Kurtosis
            | Statistic::Min
            | Statistic::Max
            | Statistic::Quantile(..)
            | Statistic::Var(..)
            | Statistic::Shortfall(..)
            | Statistic::TimeMean
            | Statistic::TimeSe
            | Statistic::TimeQuantile(..)
            | Statistic::MeanGivenBubble
            | Statistic::SeGivenBubble => Estimator::Ranked,
        }
    }

    /// Where its confidence interval stands; `None` if it has none.
    pub const fn interval(self) -> Option<Interval> {
        match self {
            Statistic::Mean => Some(Interval::Around(Statistic::Se)),
            Statistic::Sd => Some(Interval::Around(Statistic::SdSe)),
            Statistic::TimeMean => Some(Interval::Around(Statistic::TimeSe)),
            Statistic::MeanGivenBubble => Some(Interval::Around(Statistic::SeGivenBubble)),
            Statistic::Quantile(level, Part::Value) => {
                Some(Interval::Between(Statistic::Quantile(level, Part::Low), Statistic::Quantile(level, Part::High)))
            }
            Statistic::Var(level, Part::Value) => {
                Some(Interval::Between(Statistic::Var(level, Part::Low), Statistic::Var(level, Part::High)))
            }
            Statistic::Shortfall(level, Part::Value) => {
                Some(Interval::Between(Statistic::Shortfall(level, Part::Low), Statistic::Shortfall(level, Part::High)))
            }
            Statistic::TimeQuantile(level, Part::Value) => Some(Interval::Between(
                Statistic::TimeQuantile(level, Part::Low),
                Statistic::TimeQuantile(level, Part::High),
            )),
            Statistic::Probability(Part::Value) => {
                Some(Interval::Between(Statistic::Probability(Part::Low), Statistic::Probability(Part::High)))
            }
            Statistic::ByPeriod(period, Part::Value) => {
                Some(Interval::Between(Statistic::ByPeriod(period, Part::Low), Statistic::ByPeriod(period, Part::High)))
            }
            Statistic::Never(Part::Value) => {
                Some(Interval::Between(Statistic::Never(Part::Low), Statistic::Never(Part::High)))
            }
            _ => None,
        }
    }

    /// Whether comparisons take differences of it.
    pub const fn is_compared(self) -> bool {
        matches!(
            self,
            Statistic::Mean
                | Statistic::Quantile(_, Part::Value)
                | Statistic::Var(_, Part::Value)
                | Statistic::Shortfall(_, Part::Value)
                | Statistic::Probability(Part::Value)
                | Statistic::MeanGivenBubble
        )
    }

    /// The one that is written so about a figure of an organization or the system.
    pub(super) fn of_figure(text: &str) -> Option<Statistic> {
        let plain = || Statistic::OF_FIGURE.into_iter().find(|statistic| statistic.to_string() == text);
        let (kind, rest) = text.split_once('.').unwrap_or((text, ""));
        match kind {
            "quantiles" => leveled(rest, Statistic::Quantile),
            "var" => leveled(rest, Statistic::Var),
            "shortfall" => leveled(rest, Statistic::Shortfall),
            _ => plain(),
        }
    }

    /// The one that is written so about a figure of a contract or a vendor.
    pub(super) fn of_contract(text: &str) -> Option<Statistic> {
        Statistic::OF_CONTRACT.into_iter().find(|statistic| statistic.to_string() == text)
    }

    /// The one that is written so about what a vendor loses by an organization.
    pub(super) fn of_loss(text: &str) -> Option<Statistic> {
        let given = Statistic::GIVEN_BUBBLE.into_iter().find(|statistic| statistic.to_string() == text);
        given.or_else(|| Statistic::of_contract(text))
    }

    /// The one that is written so about an event or a bubble.
    pub(super) fn of_occurrence(text: &str) -> Option<Statistic> {
        if let Some(rest) = text.strip_prefix("by_period.") {
            let (period, part) = rest.split_once('.')?;
            let part = Part::named(part, Part::name_of_probability)?;
            let number: usize = period.parse().ok()?;
            return (number.to_string() == period).then_some(Statistic::ByPeriod(number, part));
        }
        if let Some(rest) = text.strip_prefix("time.quantiles.") {
            return leveled(rest, Statistic::TimeQuantile);
        }
        Statistic::OF_OCCURRENCE.into_iter().find(|statistic| statistic.to_string() == text)
    }
}

/// A statistic of a level and a part, from their text; levels have dots.
fn leveled(text: &str, of: impl Fn(Level, Part) -> Statistic) -> Option<Statistic> {
    let (level, part) = text.rsplit_once('.')?;
    Some(of(level.parse().ok()?, Part::named(part, Part::name)?))
}

impl Display for Statistic {
    /// Its keys below those of its subject, joined by dots.
    fn fmt(&self, f: &mut Formatter) -> fmt::Result {
        match self {
            Statistic::Count => f.write_str("count"),
            Statistic::Undefined => f.write_str("undefined"),
            Statistic::Mean => f.write_str("mean"),
            Statistic::Se => f.write_str("se"),
            Statistic::Sd => f.write_str("sd"),
            Statistic::SdSe => f.write_str("sd_se"),
            Statistic::Skewness => f.write_str("skewness"),
            Statistic::Kurtosis => f.write_str("kurtosis"),
            Statistic::Min => f.write_str("min"),
            Statistic::Max => f.write_str("max"),
            Statistic::Quantile(level, part) => write!(f, "quantiles.{level}.{}", part.name()),
            Statistic::Var(level, part) => write!(f, "var.{level}.{}", part.name()),
            Statistic::Shortfall(level, part) => write!(f, "shortfall.{level}.{}", part.name()),
            Statistic::Probability(part) => f.write_str(part.name_of_probability()),
            Statistic::ByPeriod(period, part) => write!(f, "by_period.{period}.{}", part.name_of_probability()),
            Statistic::Never(part) => write!(f, "time.never.{}", part.name_of_probability()),
            Statistic::TimeMean => f.write_str("time.mean"),
            Statistic::TimeSe => f.write_str("time.se"),
            Statistic::TimeQuantile(level, part) => write!(f, "time.quantiles.{level}.{}", part.name()),
            Statistic::MeanGivenBubble => f.write_str("given_bubble.mean"),
            Statistic::SeGivenBubble => f.write_str("given_bubble.se"),
        }
    }
}
