//! The numbers of a result, by key. Whoever compares, lists, tests or shows numbers reads them through here.

use indexmap::IndexMap;

use super::document::{ContractFigure, Figure, LossFigure, Occurrence, ResultDocument, SYSTEM};
use super::key::{Key, Part, Statistic, Subject};
use super::level::Level;
use crate::measure::{Estimate, Pivot, Probability};
use crate::registry;
use crate::text::units::Unit;

/// What a result has of a subject.
#[derive(Debug, Clone, Copy)]
pub enum Statistics<'d> {
    Figure(&'d Figure),
    Contract(&'d ContractFigure),
    Loss(&'d LossFigure),
    Occurrence(&'d Occurrence),
}

impl Statistics<'_> {
    /// Each of them, in the order of the document. What is undefined is `None`.
    pub fn for_each(self, visit: &mut impl FnMut(Statistic, Option<f64>)) {
        let visit_fixed = |all: &[Statistic], visit: &mut dyn FnMut(Statistic, Option<f64>)| {
            all.iter().for_each(|&statistic| visit(statistic, self.get(statistic).flatten()));
        };
        match self {
            Statistics::Figure(figure) => {
                visit_fixed(&Statistic::OF_FIGURE, visit);
                visit_estimates(&figure.quantiles, Statistic::Quantile, visit);
                visit_estimates(&figure.var, Statistic::Var, visit);
                visit_estimates(&figure.shortfall, Statistic::Shortfall, visit);
            }
            Statistics::Contract(_) => visit_fixed(&Statistic::OF_CONTRACT, visit),
            Statistics::Loss(found) => {
                visit_fixed(&Statistic::OF_CONTRACT, visit);
                if found.given_bubble.is_some() {
                    visit_fixed(&Statistic::GIVEN_BUBBLE, visit);
                }
            }
            Statistics::Occurrence(found) => {
                for period in 0..found.by_period.len() {
                    visit_fixed(&Part::ALL.map(|part| Statistic::ByPeriod(period, part)), visit);
                }
                visit_fixed(&Statistic::OF_OCCURRENCE, visit);
                visit_estimates(&found.time.quantiles, Statistic::TimeQuantile, visit);
            }
        }
    }

    /// One of them: `None` if it is not there, `Some(None)` if it is undefined.
    pub fn get(self, statistic: Statistic) -> Option<Option<f64>> {
        match self {
            Statistics::Figure(figure) => of_figure(figure, statistic),
            Statistics::Contract(figure) => of_contract(figure, statistic),
            Statistics::Loss(found) => of_loss(found, statistic),
            Statistics::Occurrence(found) => of_occurrence(found, statistic),
        }
    }
}

fn visit_estimates(
    estimates: &IndexMap<Level, Estimate>,
    statistic: impl Fn(Level, Part) -> Statistic,
    visit: &mut impl FnMut(Statistic, Option<f64>),
) {
    for (&level, estimate) in estimates {
        Part::ALL.into_iter().for_each(|part| visit(statistic(level, part), of_estimate(estimate, part)));
    }
}

fn of_figure(figure: &Figure, statistic: Statistic) -> Option<Option<f64>> {
    let estimate = |all: &IndexMap<Level, Estimate>, level, part| Some(of_estimate(all.get(&level)?, part));
    match statistic {
        Statistic::Count => Some(Some(figure.count as f64)),
        Statistic::Undefined => Some(Some(figure.undefined as f64)),
        Statistic::Mean => Some(figure.mean),
        Statistic::Se => Some(figure.se),
        Statistic::Sd => Some(figure.sd),
        Statistic::SdSe => Some(figure.sd_se),
        Statistic::Skewness => Some(figure.skewness),
        Statistic::Kurtosis => Some(figure.kurtosis),
        Statistic::Min => Some(figure.min),
        Statistic::Max => Some(figure.max),
        Statistic::Quantile(level, part) => estimate(&figure.quantiles, level, part),
        Statistic::Var(level, part) => estimate(&figure.var, level, part),
        Statistic::Shortfall(level, part) => estimate(&figure.shortfall, level, part),
        Statistic::Probability(_)
        | Statistic::ByPeriod(..)
        | Statistic::Never(_)
        | Statistic::TimeMean
        | Statistic::TimeSe
        | Statistic::TimeQuantile(..)
        | Statistic::MeanGivenBubble
        | Statistic::SeGivenBubble => None,
    }
}

fn of_contract(figure: &ContractFigure, statistic: Statistic) -> Option<Option<f64>> {
    match statistic {
        Statistic::Mean => Some(figure.mean),
        Statistic::Se => Some(figure.se),
        Statistic::Sd => Some(figure.sd),
        Statistic::Count
        | Statistic::Undefined
        | Statistic::SdSe
        | Statistic::Skewness
        | Statistic::Kurtosis
        | Statistic::Min
        | Statistic::Max
        | Statistic::Quantile(..)
        | Statistic::Var(..)
        | Statistic::Shortfall(..)
        | Statistic::Probability(_)
        | Statistic::ByPeriod(..)
        | Statistic::Never(_)
        | Statistic::TimeMean
        | Statistic::TimeSe
        | Statistic::TimeQuantile(..)
        | Statistic::MeanGivenBubble
        | Statistic::SeGivenBubble => None,
    }
}

fn of_loss(found: &LossFigure, statistic: Statistic) -> Option<Option<f64>> {
    match statistic {
        Statistic::MeanGivenBubble => Some(found.given_bubble?.mean),
        Statistic::SeGivenBubble => Some(found.given_bubble?.se),
        _ => of_contract(&found.loss, statistic),
    }
}

fn of_occurrence(found: &Occurrence, statistic: Statistic) -> Option<Option<f64>> {
    match statistic {
        Statistic::Probability(part) => Some(of_probability(&found.by_horizon(), part)),
        Statistic::ByPeriod(period, part) => Some(of_probability(found.by_period.get(period)?, part)),
        Statistic::Never(part) => Some(of_probability(&found.time.never, part)),
        Statistic::TimeMean => Some(found.time.mean),
        Statistic::TimeSe => Some(found.time.se),
        Statistic::TimeQuantile(level, part) => Some(of_estimate(found.time.quantiles.get(&level)?, part)),
        Statistic::Count
        | Statistic::Undefined
        | Statistic::Mean
        | Statistic::Se
        | Statistic::Sd
        | Statistic::SdSe
        | Statistic::Skewness
        | Statistic::Kurtosis
        | Statistic::Min
        | Statistic::Max
        | Statistic::Quantile(..)
        | Statistic::Var(..)
        | Statistic::Shortfall(..)
        | Statistic::MeanGivenBubble
        | Statistic::SeGivenBubble => None,
    }
}

fn of_estimate(estimate: &Estimate, part: Part) -> Option<f64> {
    match part {
        Part::Value => estimate.value,
        Part::Low => estimate.low,
        Part::High => estimate.high,
    }
}

fn of_probability(found: &Probability, part: Part) -> Option<f64> {
    match part {
        Part::Value => found.probability,
        Part::Low => found.low,
        Part::High => found.high,
    }
}

impl ResultDocument {
    /// Everything that it has statistics of, in its order.
    pub fn subjects(&self) -> impl Iterator<Item = (Subject, Statistics<'_>)> {
        let figures = self.figures.iter().flat_map(|(owner, figures)| {
            figures
                .iter()
                .map(|(&figure, found)| (Subject::Figure { owner: owner.clone(), figure }, Statistics::Figure(found)))
        });
        let contracts = self.contracts.iter().flat_map(|(name, figures)| {
            figures
                .iter()
                .map(|(&figure, found)| (Subject::Contract { name: name.clone(), figure }, Statistics::Contract(found)))
        });
        let vendors = self.vendors.iter().flat_map(|(name, figures)| {
            let subject = move |figure| Subject::Vendor { name: name.clone(), figure };
            let costs = figures.costs.iter().map(|(&figure, found)| (figure, Statistics::Contract(found)));
            let whole = figures.whole().map(|(figure, found)| (figure, Statistics::Figure(found)));
            costs.chain(whole).map(move |(figure, statistics)| (subject(figure), statistics))
        });
        let losses = self.losses.iter().flat_map(|(vendor, losses)| {
            losses.iter().map(|(organization, found)| {
                let subject = Subject::Loss { vendor: vendor.clone(), organization: organization.clone() };
                (subject, Statistics::Loss(found))
            })
        });
        let events = self.events.iter().flat_map(|(organization, events)| {
            events.iter().map(|(event, found)| {
                let subject = Subject::Event { organization: organization.clone(), event: event.clone() };
                (subject, Statistics::Occurrence(found))
            })
        });
        let bubbles = self
            .bubble
            .iter()
            .map(|(owner, found)| (Subject::Bubble { owner: owner.clone() }, Statistics::Occurrence(found)));
        let tranches = self
            .tranches
            .iter()
            .map(|(name, found)| (Subject::Tranche { name: name.clone() }, Statistics::Occurrence(found)));
        let failures = self
            .failures
            .iter()
            .map(|(vendor, found)| (Subject::Failure { vendor: vendor.clone() }, Statistics::Occurrence(found)));
        let workouts = self.workouts.iter().map(|(organization, found)| {
            (Subject::Workout { organization: organization.clone() }, Statistics::Occurrence(found))
        });
        let amounts = figures.chain(contracts).chain(vendors).chain(losses);
        amounts.chain(events).chain(bubbles).chain(tranches).chain(failures).chain(workouts)
    }

    /// Visits every number that has a key, with its unit; what is undefined is `None`.
    pub fn for_each(&self, visit: &mut impl FnMut(&Key, Unit, Option<f64>)) {
        for (subject, statistics) in self.subjects() {
            let mut key = Key::new(subject, Statistic::Mean);
            statistics.for_each(&mut |statistic, value| {
                key.statistic = statistic;
                visit(&key, key.unit(), value);
            });
        }
    }

    /// The number of a key: `None` if there is none, `Some(None)` if it is undefined.
    pub fn get(&self, key: &Key) -> Option<Option<f64>> {
        self.statistics(&key.subject)?.get(key.statistic)
    }

    /// A mean of a figure or the probability of an occurrence, with its interval; `None` for all else.
    pub fn interval(&self, key: &Key) -> Option<Estimate> {
        match (self.statistics(&key.subject)?, key.statistic) {
            (Statistics::Figure(figure), Statistic::Mean) => Some(figure.interval()),
            (Statistics::Occurrence(found), Statistic::Probability(Part::Value)) => {
                Some(Estimate { value: found.probability, low: found.low, high: found.high, atom: false })
            }
            _ => None,
        }
    }

    /// What the interval of a key takes its width from, where it stands around the estimate.
    pub(super) fn pivot(&self, key: &Key) -> Pivot {
        match (self.statistics(&key.subject), key.statistic) {
            (Some(Statistics::Figure(figure)), Statistic::Mean) => figure.pivot,
            (Some(Statistics::Loss(loss)), Statistic::MeanGivenBubble) => {
                loss.given_bubble.map(|given| given.pivot).unwrap_or_default()
            }
            _ => Pivot::default(),
        }
    }

    /// What it has of a subject, if it has anything.
    fn statistics(&self, subject: &Subject) -> Option<Statistics<'_>> {
        Some(match subject {
            Subject::Figure { owner, figure } => Statistics::Figure(self.figure(owner, *figure)?),
            Subject::Contract { name, figure } => Statistics::Contract(self.contracts.get(name)?.get(figure)?),
            Subject::Vendor { name, figure } => {
                let found = self.vendors.get(name)?;
                match found.costs.get(figure) {
                    Some(cost) => Statistics::Contract(cost),
                    None => Statistics::Figure(found.whole().find(|(name, _)| name == figure)?.1),
                }
            }
            Subject::Loss { vendor, organization } => Statistics::Loss(self.losses.get(vendor)?.get(organization)?),
            Subject::Event { organization, event } => {
                Statistics::Occurrence(self.events.get(organization)?.get(event)?)
            }
            Subject::Bubble { owner } => Statistics::Occurrence(self.bubble.get(owner)?),
            Subject::Tranche { name } => Statistics::Occurrence(self.tranches.get(name)?),
            Subject::Failure { vendor } => Statistics::Occurrence(self.failures.get(vendor)?),
            Subject::Workout { organization } => Statistics::Occurrence(self.workouts.get(organization)?),
        })
    }

    /// A figure of an organization or the system.
    pub fn figure(&self, owner: &str, figure: registry::Figure) -> Option<&Figure> {
        self.figures.get(owner)?.get(&figure)
    }

    /// A figure of the system.
    pub fn of_system(&self, figure: registry::Figure) -> Option<&Figure> {
        self.figure(SYSTEM, figure)
    }

    /// The system's bubble, if the scenario has one.
    pub fn system_bubble(&self) -> Option<&Occurrence> {
        self.bubble.get(SYSTEM)
    }
}
