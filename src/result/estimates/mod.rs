//! Tally → result document.

mod occurrences;
#[cfg(test)]
mod tests;
mod vendors;

use indexmap::IndexMap;
use rayon::prelude::*;

use super::document::*;
use super::level::Level;
use super::request::EstimateRequest;
use crate::measure::{
    DOUBLE_RESOLUTION, Estimate, FirstPassageSample, Histogram, OrderedSample, SINGLE_RESOLUTION, Sample,
    exceedance_curve, expected_shortfall, histogram, moments, quantile, value_at_risk,
};
use crate::plan::Plan;
use crate::plan::figure::{FigureSpec, FirstPassage, Owner};
use crate::registry;
use crate::scenario::Scenario;
use crate::tally::Tally;

/// A tally with what its numbers are of: makes result documents.
#[derive(Debug)]
pub struct Estimator<'a> {
    pub scenario: &'a Scenario,
    /// What the tally's figures and times are, in their order.
    pub figures: &'a [FigureSpec],
    pub times: &'a [FirstPassage],
    /// The plan's vendors, each with whose figures are its.
    pub vendors: Vec<(String, Owner)>,
    pub tally: &'a Tally,
    pub asked: &'a EstimateRequest,
}

impl<'a> Estimator<'a> {
    /// Of a tally of a scenario's plan.
    pub fn new(scenario: &'a Scenario, plan: &'a Plan, tally: &'a Tally, asked: &'a EstimateRequest) -> Self {
        let (figures, times) = (plan.figures.as_slice(), plan.times.as_slice());
        Estimator { scenario, figures, times, vendors: plan.vendor_owners(), tally, asked }
    }

    /// The result document of a run.
    pub fn result(&self, provenance: Provenance, run: RunInfo) -> ResultDocument {
        View::new(self, &provenance, true).document(provenance, run)
    }

    /// The result document without histograms, exceedance curves and probabilities by period, for those who look at
    /// numbers of many tallies.
    pub fn numbers(&self, provenance: Provenance) -> ResultDocument {
        View::new(self, &provenance, false).document(provenance, RunInfo::default())
    }
}

/// To what share of a figure's size its paths were computed.
fn resolution(provenance: &Provenance) -> f64 {
    if provenance.sampling.precision == "f64" { DOUBLE_RESOLUTION } else { SINGLE_RESOLUTION }
}

/// An estimator at work on a document.
struct View<'a> {
    of: &'a Estimator<'a>,
    /// Whether histograms, exceedance curves and probabilities by period are wanted.
    curves: bool,
    resolution: f64,
}

impl<'a> View<'a> {
    fn new(of: &'a Estimator<'a>, provenance: &Provenance, curves: bool) -> Self {
        View { of, curves, resolution: resolution(provenance) }
    }

    fn document(&self, provenance: Provenance, run: RunInfo) -> ResultDocument {
        let Estimator { scenario, vendors, tally, .. } = self.of;
        let contracts = scenario.contracts.iter().enumerate();
        let contracts = contracts.map(|(index, contract)| (contract.name.as_str(), Owner::Contract(index)));
        ResultDocument {
            schema_version: SCHEMA_VERSION,
            provenance,
            invalid_paths: InvalidPaths { count: tally.invalid.count, first: tally.first_invalid() },
            figures: self.figures(),
            contracts: self.means(contracts),
            vendors: self.vendors(vendors),
            losses: self.losses(),
            events: self.events(),
            bubble: self.bubble(),
            tranches: self.tranches(),
            failures: self.failures(),
            workouts: self.workouts(),
            uncertainty: None,
            convergence: None,
            run,
        }
    }

    /// Figures by organization, the system last.
    fn figures(&self) -> IndexMap<String, IndexMap<registry::Figure, Figure>> {
        let mut all: IndexMap<_, _> = self
            .organizations()
            .map(|(index, name)| (name.to_owned(), self.figures_of(Owner::Organization(index))))
            .collect();
        let system = match self.only_organization() {
            Some(name) => without_min_cash(&all[name]),
            None => self.figures_of(Owner::System),
        };
        all.insert(SYSTEM.to_owned(), system);
        all
    }

    fn figures_of(&self, owner: Owner) -> IndexMap<registry::Figure, Figure> {
        let figure = |(spec, sample): (&FigureSpec, Sample)| (spec.figure, self.figure(spec, &sample));
        if !self.curves {
            // one of many documents, which are made beside each other
            return self.owned_by(owner).map(figure).collect();
        }
        let owned: Vec<_> = self.owned_by(owner).collect();
        owned.into_par_iter().map(figure).collect::<Vec<_>>().into_iter().collect()
    }

    fn figure(&self, spec: &FigureSpec, sample: &Sample) -> Figure {
        let order = sample.order();
        let side = spec.figure.side();
        let moments = moments(sample).resolved(self.resolution);
        Figure {
            unit: self.unit(spec.figure),
            side,
            count: moments.count,
            undefined: self.of.tally.valid_paths().saturating_sub(moments.count),
            mean: moments.mean,
            se: moments.se,
            pivot: moments.pivot,
            sd: moments.sd,
            sd_se: moments.sd_se,
            skewness: moments.skewness,
            kurtosis: moments.kurtosis,
            min: moments.min,
            max: moments.max,
            quantiles: estimates(order.as_ref(), &self.of.asked.quantiles, quantile),
            var: estimates(order.as_ref(), &self.of.asked.levels, |order, level| value_at_risk(order, side, level)),
            shortfall: estimates(order.as_ref(), &self.of.asked.levels, |order, p| expected_shortfall(order, side, p)),
            histogram: order
                .as_ref()
                .filter(|_| self.curves)
                .map_or_else(Histogram::default, |order| histogram(order.whole())),
            exceedance: order
                .as_ref()
                .filter(|_| self.curves)
                .map(|order| exceedance_curve(order, side))
                .unwrap_or_default(),
        }
    }

    /// Means of the figures of contracts.
    fn means<'n>(
        &self,
        owners: impl Iterator<Item = (&'n str, Owner)>,
    ) -> IndexMap<String, IndexMap<registry::Figure, ContractFigure>> {
        owners.map(|(name, owner)| (name.to_owned(), self.means_of(owner))).collect()
    }

    fn means_of(&self, owner: Owner) -> IndexMap<registry::Figure, ContractFigure> {
        self.owned_by(owner).map(|(spec, sample)| (spec.figure, self.mean(spec, &sample))).collect()
    }

    fn mean(&self, spec: &FigureSpec, sample: &Sample) -> ContractFigure {
        let moments = moments(sample);
        ContractFigure { unit: self.unit(spec.figure), mean: moments.mean, se: moments.se, sd: moments.sd }
    }

    fn organizations(&self) -> impl Iterator<Item = (usize, &str)> {
        self.of.scenario.organizations.iter().map(|organization| organization.name.as_str()).enumerate()
    }

    /// The name of the organization if it is alone: then its figures are the system's, and the plan has no others.
    fn only_organization(&self) -> Option<&str> {
        match self.of.scenario.organizations.as_slice() {
            [organization] => Some(&organization.name),
            _ => None,
        }
    }

    fn owned_by(&self, owner: Owner) -> impl Iterator<Item = (&FigureSpec, Sample<'_>)> {
        let owned = self.of.figures.iter().enumerate().filter(move |(_, spec)| spec.owner == owner);
        owned.map(|(place, spec)| (spec, Sample::new(self.of.tally, place, spec.frame)))
    }

    fn timed(&self) -> impl Iterator<Item = (FirstPassage, FirstPassageSample<'_>)> {
        self.of.times.iter().enumerate().map(|(place, spec)| (*spec, FirstPassageSample::new(self.of.tally, place)))
    }

    /// The unit of a figure as text.
    fn unit(&self, figure: registry::Figure) -> String {
        self.of.scenario.labels().text(figure.unit().into())
    }
}

/// Estimates by the probabilities asked for, in their order.
fn estimates(
    order: Option<&OrderedSample>,
    asked: &[f64],
    estimate: impl Fn(&OrderedSample, f64) -> Estimate,
) -> IndexMap<Level, Estimate> {
    asked.iter().map(|&p| (Level::new(p), order.map(|order| estimate(order, p)).unwrap_or_default())).collect()
}

/// A sum of balances has a lowest point of its own, which a single organization's is, but the system is spared it for
/// consistency.
fn without_min_cash(figures: &IndexMap<registry::Figure, Figure>) -> IndexMap<registry::Figure, Figure> {
    let others = figures.iter().filter(|(figure, _)| **figure != registry::Figure::MinCash);
    others.map(|(&name, figure)| (name, figure.clone())).collect()
}
