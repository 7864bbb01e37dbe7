//! Events and bubbles of the result document.

use indexmap::IndexMap;

use super::View;
use crate::measure::{FirstPassageSample, cumulative_probabilities, probability, time_distribution};
use crate::plan::figure::FirstPassage;
use crate::result::document::{Occurrence, SYSTEM, Timing};
use crate::result::level::Level;

impl View<'_> {
    /// Events by organization, those without any left out.
    pub(super) fn events(&self) -> IndexMap<String, IndexMap<String, Occurrence>> {
        let of = |organization: usize| {
            let mut watched: Vec<(usize, FirstPassageSample)> = self
                .timed()
                .filter_map(|(spec, sample)| match spec {
                    FirstPassage::Event { event, organization: whose } if whose == organization => {
                        Some((event, sample))
                    }
                    _ => None,
                })
                .collect();
            watched.sort_by_key(|(event, _)| *event);
            let named = watched.into_iter();
            named
                .map(|(event, sample)| (self.of.scenario.events[event].name.clone(), self.occurrence(&sample)))
                .collect()
        };
        let all = self.organizations().map(|(index, name)| (name.to_owned(), of(index)));
        all.filter(|(_, events): &(String, IndexMap<_, _>)| !events.is_empty()).collect()
    }

    /// Bubbles by organization, the system last.
    pub(super) fn bubble(&self) -> IndexMap<String, Occurrence> {
        let of = |wanted: FirstPassage| {
            self.timed().find(|(spec, _)| *spec == wanted).map(|(_, sample)| self.occurrence(&sample))
        };
        let organizations = self
            .organizations()
            .filter_map(|(organization, name)| Some((name.to_owned(), of(FirstPassage::Bubble { organization })?)));
        let mut all: IndexMap<String, Occurrence> = organizations.collect();
        let system = match self.only_organization() {
            Some(name) => all.get(name).cloned(),
            None => of(FirstPassage::SystemBubble),
        };
        all.extend(system.map(|bubble| (SYSTEM.to_owned(), bubble)));
        all
    }

    /// Payments of tranches.
    pub(super) fn tranches(&self) -> IndexMap<String, Occurrence> {
        let payment = |(spec, sample): (FirstPassage, FirstPassageSample)| match spec {
            FirstPassage::Tranche { tranche } => {
                Some((self.of.scenario.tranches[tranche].name.clone(), self.occurrence(&sample)))
            }
            _ => None,
        };
        self.timed().filter_map(payment).collect()
    }

    fn occurrence(&self, sample: &FirstPassageSample) -> Occurrence {
        let horizon = probability(sample);
        let by_period = if self.curves { cumulative_probabilities(sample) } else { Vec::new() };
        let steps_per_year = self.of.scenario.horizon.steps_per_year;
        let time = time_distribution(sample, steps_per_year, &self.of.asked.quantiles);
        let quantiles = self.of.asked.quantiles.iter().map(|&p| Level::new(p)).zip(time.quantiles).collect();
        Occurrence {
            probability: horizon.probability,
            low: horizon.low,
            high: horizon.high,
            by_period,
            time: Timing { never: time.never, mean: time.mean, se: time.se, quantiles },
        }
    }
}
