//! Targets of precision: `bubble.system.probability ± 0.001`, `figures.system.commitment_cost.mean ± 0.01%`.

use std::fmt::{self, Display, Formatter};
use std::str::FromStr;

use super::comparison::CompareDocument;
use super::document::ResultDocument;
use super::key::{ComparisonKey, DifferencePart, Interval, Key, Part, Statistic};
use crate::measure::{HalfWidth, Reading, Spread};

/// An estimate of a document, by its key.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum TargetKey {
    /// Of a result.
    Result(Key),
    /// Of one result of a comparison, or of its differences.
    Comparison(ComparisonKey),
}

/// How narrow the interval of an estimate is to be.
#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    pub key: TargetKey,
    /// Half the width of the interval.
    pub half_width: HalfWidth,
}

/// Why a text is no target.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WrongTarget {
    #[error(
        "must be an estimate, ± and half the width of its interval, such as `bubble.system.probability ± 0.001` or `… ± 1%`"
    )]
    Form,
    #[error("half the width of an interval must be a positive number or percentage, not `{0}`")]
    HalfWidth(String),
    #[error("`{0}` is not the place of an estimate, such as bubble.system.probability or figures.system.value.mean")]
    Key(String),
    #[error(
        "`{0}` has no confidence interval; choose a mean, sd, quantile, value at risk, shortfall, probability or time"
    )]
    NoInterval(String),
}

/// Signs between the estimate and half the width.
const SIGNS: [&str; 3] = ["±", "+-", "+/-"];

impl FromStr for Target {
    type Err = WrongTarget;

    /// Reads `KEY ± NUMBER` or `KEY ± NUMBER%`; a percentage is relative to the estimate, for probabilities as well. The key may leave
    /// out its last part where that is the estimate itself: `.value` or `.probability`.
    fn from_str(text: &str) -> Result<Self, WrongTarget> {
        let sign = SIGNS.iter().find_map(|sign| text.split_once(sign));
        let (key, width) = sign.map(|(key, width)| (key.trim(), width.trim())).ok_or(WrongTarget::Form)?;
        if key.is_empty() || width.is_empty() {
            return Err(WrongTarget::Form);
        }
        let number = |text: &str| text.trim().parse::<f64>().ok().filter(|x| x.is_finite() && *x > 0.0);
        let wrong = || WrongTarget::HalfWidth(width.to_owned());
        let half_width = match width.strip_suffix('%') {
            Some(percent) => HalfWidth::Relative(number(percent).ok_or_else(wrong)? / 100.0),
            None => HalfWidth::Absolute(number(width).ok_or_else(wrong)?),
        };
        let key = abbreviated(key).ok_or_else(|| WrongTarget::Key(key.to_owned()))?;
        let target = Target { key, half_width };
        if target.key.has_interval() { Ok(target) } else { Err(WrongTarget::NoInterval(target.key.to_string())) }
    }
}

impl Display for Target {
    fn fmt(&self, f: &mut Formatter) -> fmt::Result {
        match self.half_width {
            HalfWidth::Absolute(half) => write!(f, "{} ± {half}", self.key),
            HalfWidth::Relative(share) => write!(f, "{} ± {}%", self.key, percent(share)),
        }
    }
}

/// A key whose last part may be left out where that is the estimate itself: `.value` or `.probability`.
pub fn abbreviated<K: FromStr>(text: &str) -> Option<K> {
    ["", ".value", ".probability"].iter().find_map(|last| format!("{text}{last}").parse().ok())
}

/// A share in percent without the digits that the multiplication leaves.
fn percent(share: f64) -> f64 {
    let percent = 100.0 * share;
    format!("{percent:.12e}").parse().unwrap_or(percent)
}

impl FromStr for TargetKey {
    type Err = WrongTarget;

    fn from_str(text: &str) -> Result<Self, WrongTarget> {
        let result = text.parse().map(TargetKey::Result);
        let key = result.or_else(|_| text.parse().map(TargetKey::Comparison));
        key.map_err(|_| WrongTarget::Key(text.to_owned()))
    }
}

impl Display for TargetKey {
    fn fmt(&self, f: &mut Formatter) -> fmt::Result {
        match self {
            TargetKey::Result(key) => key.fmt(f),
            TargetKey::Comparison(key) => key.fmt(f),
        }
    }
}

impl TargetKey {
    /// Whether documents have an interval of it.
    fn has_interval(&self) -> bool {
        match self {
            TargetKey::Result(key) | TargetKey::Comparison(ComparisonKey::Result { key, .. }) => {
                key.statistic.interval().is_some()
            }
            TargetKey::Comparison(ComparisonKey::Difference { part, .. }) => *part == DifferencePart::Value,
        }
    }

    /// Whether its interval may stay as wide as it is for long and then close at once, as those of whole periods do.
    pub fn is_stepped(&self) -> bool {
        match self {
            TargetKey::Result(key)
            | TargetKey::Comparison(ComparisonKey::Result { key, .. } | ComparisonKey::Difference { key, .. }) => {
                matches!(key.statistic, Statistic::TimeQuantile(..))
            }
        }
    }
}

/// A document whose estimates can be targets.
pub trait Estimated {
    /// An estimate with half the width of its interval; `None` if there is none of this key.
    fn reading(&self, key: &TargetKey) -> Option<Reading>;

    /// The keys of all estimates, for suggestions.
    fn estimates(&self) -> Vec<String>;
}

impl Estimated for ResultDocument {
    fn reading(&self, key: &TargetKey) -> Option<Reading> {
        match key {
            TargetKey::Result(key) => self.reading_of(key),
            TargetKey::Comparison(_) => None,
        }
    }

    fn estimates(&self) -> Vec<String> {
        let mut keys = Vec::new();
        self.for_each(&mut |key, _, _| keys.extend(key.statistic.interval().map(|_| key.to_string())));
        keys
    }
}

/// The excess kurtosis of figures whose own is not kept: that of an exponential.
const UNKNOWN_KURTOSIS: f64 = 6.0;

impl ResultDocument {
    fn reading_of(&self, key: &Key) -> Option<Reading> {
        let value = self.get(key)?;
        let of = |statistic: Statistic| self.get(&Key::new(key.subject.clone(), statistic)).flatten();
        let pivot = self.pivot(key);
        let spread = match Option::<u32>::from(pivot) {
            Some(degrees) => Spread::Parts { degrees: f64::from(degrees) },
            None => self.spread(key.statistic, value, of),
        };
        Some(match key.statistic.interval()? {
            Interval::Around(se) => Reading { value, half_width: of(se).map(|se| pivot.width() * se), spread },
            Interval::Between(low, high) => Reading::of_interval(value, of(low), of(high), spread),
        })
    }

    /// What the width of an interval of independent paths comes from; `of` knows the subject's other numbers.
    fn spread(&self, statistic: Statistic, value: Option<f64>, of: impl Fn(Statistic) -> Option<f64>) -> Spread {
        let paths = self.provenance.sampling.paths.saturating_sub(self.invalid_paths.count) as f64;
        let defined = of(Statistic::Count).unwrap_or(paths);
        let happens = (paths * of(Statistic::Probability(Part::Value)).unwrap_or(1.0)).max(1.0);
        let bursts = self.system_bubble().and_then(|bubble| bubble.probability).unwrap_or(1.0);
        let kurtosis = of(Statistic::Kurtosis).unwrap_or(UNKNOWN_KURTOSIS);
        match statistic {
            // the error of a variance's error hangs on the eighth moment, of which nothing is known
            Statistic::Sd => Spread::Variance { paths: defined, kurtosis: kurtosis.max(UNKNOWN_KURTOSIS).powi(2) },
            Statistic::Quantile(level, _) | Statistic::Var(level, _) => {
                Spread::Rank { p: level.share(), paths: defined }
            }
            Statistic::TimeQuantile(level, _) => Spread::Rank { p: level.share(), paths: happens },
            Statistic::Shortfall(level, _) => Spread::Tail { level: level.share(), paths: defined },
            Statistic::Probability(_) | Statistic::ByPeriod(..) | Statistic::Never(_) => {
                Spread::Share { holds: value.unwrap_or(0.0) * paths, paths }
            }
            Statistic::TimeMean => Spread::Variance { paths: happens, kurtosis: 0.0 },
            Statistic::MeanGivenBubble => {
                Spread::Variance { paths: (paths * bursts).max(1.0), kurtosis: UNKNOWN_KURTOSIS }
            }
            _ => Spread::Variance { paths: defined, kurtosis },
        }
    }
}

impl Estimated for CompareDocument {
    fn reading(&self, key: &TargetKey) -> Option<Reading> {
        match key {
            TargetKey::Result(_) => None,
            TargetKey::Comparison(ComparisonKey::Result { scenario, key }) => {
                self.scenarios.get(scenario)?.result.reading_of(key)
            }
            TargetKey::Comparison(ComparisonKey::Difference { scenario, key, .. }) => {
                let found = &self.differences.get(scenario)?.get(key)?.difference;
                let spread = Spread::Parts { degrees: self.batches.saturating_sub(1) as f64 };
                Some(Reading::of_interval(found.value, found.low, found.high, spread))
            }
        }
    }

    fn estimates(&self) -> Vec<String> {
        let of_results = self.scenarios.iter().flat_map(|(name, scenario)| {
            scenario.result.estimates().into_iter().map(move |key| format!("scenarios.{name}.result.{key}"))
        });
        let of_differences = self.differences.iter().flat_map(|(scenario, found)| {
            found.keys().map(move |key| {
                let (scenario, key, part) = (scenario.clone(), key.clone(), DifferencePart::Value);
                ComparisonKey::Difference { scenario, key, part }.to_string()
            })
        });
        of_results.chain(of_differences).collect()
    }
}
