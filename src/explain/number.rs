//! Explanations of the numbers of results.

use super::entry::Explanation;
use super::word;
use crate::registry::Figure;
use crate::result::{Key, Part, Statistic, Subject};
use crate::text::units::Unit;

const PAGE: &str = "docs/results.md";

/// A statistic by its name, what it is, its formula, and a key that has it.
pub const STATISTICS: [(&str, &str, &str, &str); 18] = [
    ("count", "Number of paths on which the figure is defined", "", "figures.system.unit_cost.count"),
    ("undefined", "Number of paths on which the figure is undefined", "", "figures.system.unit_cost.undefined"),
    ("mean", "Mean over all paths", "Σx / n", "figures.system.commitment_cost.mean"),
    ("se", "Standard error of the mean", "sd / √n, with independent paths", "figures.system.commitment_cost.se"),
    ("sd", "Standard deviation over the paths", "√(Σ(x − mean)² / (n − 1))", "figures.system.commitment_cost.sd"),
    ("sd_se", "Standard error of the standard deviation", "", "figures.system.commitment_cost.sd_se"),
    (
        "skewness",
        "Third standardised moment; above 0 if the upper tail is the longer one",
        "m₃ / m₂^(3/2)",
        "figures.system.commitment_cost.skewness",
    ),
    (
        "kurtosis",
        "Excess kurtosis; above 0 if tails are heavier than those of a normal distribution",
        "m₄ / m₂² − 3",
        "figures.system.commitment_cost.kurtosis",
    ),
    ("min", "The lowest value of any path", "", "figures.system.commitment_cost.min"),
    ("max", "The highest value of any path", "", "figures.system.commitment_cost.max"),
    (
        "quantiles",
        "Quantile: the value that this share of the paths stays below",
        "",
        "figures.system.commitment_cost.quantiles.0.5.value",
    ),
    (
        "var",
        "Value at risk: the value that is exceeded, on the bad side, on 1 − level of the paths",
        "the quantile at the level, or at 1 − level where low is bad",
        "figures.system.commitment_cost.var.0.95.value",
    ),
    (
        "shortfall",
        "Expected shortfall: the mean of the worst 1 − level of the paths",
        "mean of the worst (1 − level)·n paths",
        "figures.system.commitment_cost.shortfall.0.95.value",
    ),
    (
        "probability",
        "Probability that it happens by the horizon",
        "share of the paths on which it happens",
        "bubble.system.probability",
    ),
    (
        "by_period",
        "Probability that it happens by the end of a period; the first period is 0",
        "share of the paths on which it has happened",
        "bubble.system.by_period.11.probability",
    ),
    (
        "time",
        "Time of the first occurrence in years, over the paths on which it happens",
        "",
        "bubble.system.time.mean",
    ),
    (
        "never",
        "Probability that it does not happen by the horizon",
        "1 − probability",
        "bubble.system.time.never.probability",
    ),
    (
        "given_bubble",
        "Mean over the paths on which the system's bubble bursts",
        "",
        "losses.VENDOR.NAME.given_bubble.mean",
    ),
];

/// What is said of a statistic by its name.
pub fn statistic(name: &str) -> Option<Explanation> {
    let (name, what, formula, key) = STATISTICS.into_iter().find(|(known, ..)| *known == name)?;
    let unit = key.parse::<Key>().map_or("currency".into(), |key| match key.unit() {
        Unit::Money => "that of the figure".into(),
        unit => unit_words(unit).to_owned(),
    });
    Some(Explanation {
        name: name.to_owned(),
        kind: "a statistic of results",
        what: what.to_owned(),
        unit: Some(unit),
        formula: Some(formula.to_owned()).filter(|formula| !formula.is_empty()),
        example: Some(format!("overhang explain {key}")),
        more: "docs/measures.md",
        ..Explanation::default()
    })
}

/// What is said of a number of a result by its whole key.
pub fn number(text: &str) -> Option<Explanation> {
    let key: Key = text.parse().ok()?;
    let (name, part) = name_of(key.statistic);
    let told = statistic(name)?;
    let what = match (part, key.statistic) {
        (Some(end), _) => format!("{end} of the 95% confidence interval of this: {}", told.what),
        (None, Statistic::TimeSe) => format!("Standard error of this: {}", told.what),
        (None, Statistic::SeGivenBubble) => format!("Standard error of this: {}", told.what),
        (None, Statistic::TimeQuantile(level, _)) => format!("Quantile {level} of this: {}", told.what),
        (None, Statistic::Quantile(level, _) | Statistic::Var(level, _) | Statistic::Shortfall(level, _)) => {
            format!("{}; level {level}", told.what)
        }
        _ => told.what.clone(),
    };
    let figure = figure_of(&key.subject).map(word::figure);
    let subject = subject(&key.subject);
    let meaning = figure.as_ref().map_or_else(String::new, |figure| format!(": {}", figure.what));
    Some(Explanation {
        name: key.to_string(),
        kind: "a number of results",
        what: format!("{what}, for {subject}{meaning}"),
        unit: Some(match (key.unit(), &figure) {
            (Unit::Money | Unit::Rate | Unit::CapacityYears, Some(figure)) => figure.unit.clone().unwrap_or_default(),
            (unit, _) => unit_words(unit).to_owned(),
        }),
        range: matches!(key.unit(), Unit::Probability).then(|| "≥ 0, ≤ 1".to_owned()),
        needs: figure.as_ref().and_then(|figure| figure.needs.clone()),
        formula: [told.formula, figure.and_then(|figure| Some(format!("x = {}", figure.formula?)))]
            .into_iter()
            .flatten()
            .reduce(|statistic, figure| format!("{statistic}, where {figure}")),
        example: Some(format!("overhang run FILE --fail-if \"{key} > 0\"")),
        more: PAGE,
        ..Explanation::default()
    })
}

/// The statistic's name in the list, and which end of its interval it is.
fn name_of(statistic: Statistic) -> (&'static str, Option<&'static str>) {
    let end = |part: Part| match part {
        Part::Value => None,
        Part::Low => Some("Lower end"),
        Part::High => Some("Upper end"),
    };
    match statistic {
        Statistic::Count => ("count", None),
        Statistic::Undefined => ("undefined", None),
        Statistic::Mean => ("mean", None),
        Statistic::Se => ("se", None),
        Statistic::Sd => ("sd", None),
        Statistic::SdSe => ("sd_se", None),
        Statistic::Skewness => ("skewness", None),
        Statistic::Kurtosis => ("kurtosis", None),
        Statistic::Min => ("min", None),
        Statistic::Max => ("max", None),
        Statistic::Quantile(_, part) => ("quantiles", end(part)),
        Statistic::Var(_, part) => ("var", end(part)),
        Statistic::Shortfall(_, part) => ("shortfall", end(part)),
        Statistic::Probability(part) => ("probability", end(part)),
        Statistic::ByPeriod(_, part) => ("by_period", end(part)),
        Statistic::Never(part) => ("never", end(part)),
        Statistic::TimeMean | Statistic::TimeSe => ("time", None),
        Statistic::TimeQuantile(_, part) => ("time", end(part)),
        Statistic::MeanGivenBubble | Statistic::SeGivenBubble => ("given_bubble", None),
    }
}

fn figure_of(subject: &Subject) -> Option<Figure> {
    match subject {
        Subject::Figure { figure, .. } | Subject::Contract { figure, .. } | Subject::Vendor { figure, .. } => {
            Some(*figure)
        }
        Subject::Loss { .. } => Some(Figure::Loss),
        _ => None,
    }
}

fn subject(subject: &Subject) -> String {
    let owner = subject.owner();
    let of =
        if owner == "system" { "all organizations together".to_owned() } else { format!("the organization `{owner}`") };
    let name = subject.name();
    match subject {
        Subject::Figure { .. } => format!("the figure `{name}` of {of}"),
        Subject::Contract { .. } => format!("the figure `{name}` of the contract `{owner}`"),
        Subject::Vendor { .. } => format!("the figure `{name}` of the vendor `{owner}`"),
        Subject::Event { .. } => format!("the event `{name}` of {of}"),
        Subject::Bubble { .. } if owner == "system" => "the bubble of the system".into(),
        Subject::Bubble { .. } => format!("the bubble of {of}"),
        Subject::Tranche { .. } => format!("the payment of the tranche `{owner}`"),
        Subject::Loss { .. } => format!("what the vendor `{owner}` loses by the organization `{name}`"),
        Subject::Failure { .. } => format!("the failure of the vendor `{owner}`"),
        Subject::Workout { .. } => format!("the settlement of {of} with its vendors"),
    }
}

fn unit_words(unit: Unit) -> &'static str {
    match unit {
        Unit::Money => "currency",
        Unit::Capacity => "capacity units",
        Unit::CapacityYears => "capacity-unit-years",
        Unit::Rate => "currency per capacity-unit-year",
        Unit::Probability => "none, a probability",
        Unit::Years => "years from the start date",
        Unit::Count => "paths",
        Unit::Number => "none",
    }
}
