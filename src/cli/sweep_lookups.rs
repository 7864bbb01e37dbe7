//! The numbers that a command looks at in every point of a sweep.

use super::address::Address;
use super::condition::Condition;
use super::failure::Failure;
use crate::registry::Figure;
use crate::result::{EstimateRequest, Key, Level, ResultDocument, Statistic, Subject};
use crate::scenario::Scenario;
use crate::sweep::point;

/// What is looked at in every point.
pub struct Lookups {
    /// The number whose best and worst points are shown.
    pub watched: Key,
    pub conditions: Vec<(Condition, Key)>,
    /// The level of shortfalls that the table shows.
    pub level: Option<Level>,
    /// A result without paths, for units and labels.
    pub empty: ResultDocument,
}

/// Finds the numbers that are asked for, which must be there.
pub fn lookups(
    scenario: &Scenario,
    asked: &EstimateRequest,
    watched: Option<&str>,
    conditions: &[Condition],
) -> Result<Lookups, Failure> {
    let empty = point::nothing(scenario, asked);
    let find = |address: &Address, option: &str| {
        let known = address.key().filter(|key| empty.get(key).is_some());
        known.cloned().ok_or_else(|| Failure::Usage {
            message: format!("{option}: a point's results have no number `{}`", address.text()),
            hint: Some(format!(
                "choose a number such as {}.mean or bubble.system.probability; a sweep keeps no histograms and no probabilities by period",
                empty.subjects().next().map(|(subject, _)| subject.to_string()).unwrap_or_default()
            )),
        })
    };
    let conditions =
        conditions.iter().map(|condition| Ok((condition.clone(), find(condition.address(), "--fail-if")?)));
    let conditions = conditions.collect::<Result<_, Failure>>()?;
    let usual = || match scenario.bubble {
        Some(_) => Key::system_bubble(),
        None => Key::new(Subject::system(Figure::CommitmentCost), Statistic::Mean),
    };
    let watched = watched.map_or_else(|| Ok(usual()), |text| find(&Address::new(text), "--watch"))?;
    Ok(Lookups { watched, conditions, level: asked.last_level(), empty })
}
