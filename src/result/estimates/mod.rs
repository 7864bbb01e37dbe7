//! Tally → result document.

mod occurrences;

use indexmap::IndexMap;

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
            invalid_paths: InvalidPaths { count: tally.invalid.count, first: tally.invalid.first },
            figures: self.figures(),
            contracts: self.means(contracts),
            vendors: self.means(vendors.iter().map(|(name, owner)| (name.as_str(), *owner))),
            events: self.events(),
            bubble: self.bubble(),
            tranches: self.tranches(),
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
        self.owned_by(owner).map(|(spec, sample)| (spec.figure, self.figure(spec, &sample))).collect()
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

    /// Means of the figures of contracts or vendors.
    fn means<'n>(
        &self,
        owners: impl Iterator<Item = (&'n str, Owner)>,
    ) -> IndexMap<String, IndexMap<registry::Figure, ContractFigure>> {
        let figures = |owner| {
            let named = self.owned_by(owner).map(|(spec, sample)| {
                let moments = moments(&sample);
                let unit = self.unit(spec.figure);
                let figure = ContractFigure { unit, mean: moments.mean, se: moments.se, sd: moments.sd };
                (spec.figure, figure)
            });
            named.collect()
        };
        owners.map(|(name, owner)| (name.to_owned(), figures(owner))).collect()
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::probability;
    use crate::registry::{Figure, Registered as _, Side};
    use crate::result::testing::{document, document_of, figures, scenario, tally, times};

    fn keys<K: ToString, T>(map: &IndexMap<K, T>) -> Vec<String> {
        map.keys().map(K::to_string).collect()
    }

    fn names<T>(map: &IndexMap<Figure, T>) -> Vec<Figure> {
        map.keys().copied().collect()
    }

    #[test]
    fn names_are_in_the_order_of_the_scenario() {
        let found = document(3, 300, &EstimateRequest::default());
        assert_eq!(keys(&found.figures), ["alpha", "beta", "gamma", "system"]);
        assert_eq!(names(&found.figures["beta"]), Figure::ALL);
        assert_eq!(keys(&found.contracts), ["deal-3", "deal-2", "deal-1", "deal-0"]);
        assert_eq!(names(&found.contracts["deal-2"]), [Figure::CommitmentCost, Figure::StrandedCost]);
        assert_eq!(keys(&found.vendors), ["Vendor0", "Vendor1", "Vendor2"]);
        assert_eq!(keys(&found.events), ["alpha", "beta", "gamma"]);
        assert_eq!(keys(&found.events["gamma"]), ["return_gap", "cash_out"]);
        assert_eq!(keys(&found.bubble), ["alpha", "beta", "gamma", "system"]);
        let figure = &found.figures["alpha"][&Figure::Used];
        assert_eq!(keys(&figure.quantiles), ["0.01", "0.05", "0.25", "0.5", "0.75", "0.95", "0.99"]);
        assert_eq!(keys(&figure.var), ["0.95", "0.99"]);
    }

    #[test]
    fn means_of_replicates_carry_their_degrees_of_freedom() {
        let scenario = scenario(2);
        let parts = (0..4).map(|scramble| tally(&scenario, 200 + 20 * u64::from(scramble)).as_scramble(scramble));
        let whole = parts.reduce(|mut all, part| {
            all.merge(&part);
            all
        });
        let found = document_of(&scenario, &whole.expect("there are parts"), &EstimateRequest::default());
        let figure = &found.figures["alpha"][&Figure::Value];
        let (mean, se, high) = (figure.mean.unwrap(), figure.se.unwrap(), figure.interval().high.unwrap());
        // t₀.₉₇₅ with 3 degrees of freedom
        assert!((high - mean - 3.182_446_305 * se).abs() <= 1e-6 * se, "{high} {mean} {se}");
        let text = serde_json::to_value(figure).expect("it is JSON");
        assert_eq!(text["degrees_of_freedom"], 3);
        let alone = document(2, 300, &EstimateRequest::default());
        let text = serde_json::to_value(&alone.figures["alpha"][&Figure::Value]).expect("it is JSON");
        assert!(text.get("degrees_of_freedom").is_none(), "documents of independent paths stay as they were");
    }

    #[test]
    fn every_number_is_its_own_figures() {
        let scenario = scenario(3);
        let tally = tally(&scenario, 500);
        let found = document_of(&scenario, &tally, &EstimateRequest::default());
        let mut seen = 0;
        for (place, spec) in figures(&scenario).iter().enumerate() {
            let name = &spec.figure;
            let expected = moments(&Sample::new(&tally, place, spec.frame)).mean;
            let mean = match spec.owner {
                Owner::System => found.figures["system"][name].mean,
                Owner::Organization(i) => found.figures[&scenario.organizations[i].name][name].mean,
                Owner::Contract(i) => found.contracts[&scenario.contracts[i].name][name].mean,
                Owner::Vendor(i) => found.vendors[["Vendor0", "Vendor1", "Vendor2"][i]][name].mean,
            };
            assert_eq!(mean, expected, "{:?} {name:?}", spec.owner);
            seen += 1;
        }
        assert_eq!(seen, 4 * 14 - 1 + 2 * (4 + 3));
        for (place, spec) in times(&scenario).into_iter().enumerate() {
            let occurrence = match spec {
                FirstPassage::Event { event, organization } => {
                    &found.events[&scenario.organizations[organization].name][&scenario.events[event].name]
                }
                FirstPassage::Bubble { organization } => &found.bubble[&scenario.organizations[organization].name],
                FirstPassage::SystemBubble => &found.bubble["system"],
                FirstPassage::Tranche { tranche } => &found.tranches[&scenario.tranches[tranche].name],
            };
            let expected = probability(&FirstPassageSample::new(&tally, place));
            assert_eq!(
                (occurrence.probability, occurrence.low, occurrence.high),
                (expected.probability, expected.low, expected.high)
            );
            assert_eq!(occurrence.by_period.len(), 24);
            assert_eq!(occurrence.by_period[23], expected);
        }
    }

    #[test]
    fn an_event_of_one_organization_is_not_the_others() {
        let scenario = scenario(2);
        let figures = figures(&scenario);
        let times = [FirstPassage::Event { event: 1, organization: 0 }];
        let tally = Tally::new(&figures, 1, 24);
        let provenance = document(1, 10, &EstimateRequest::default()).provenance;
        let asked = EstimateRequest::default();
        let (figures, times) = (figures.as_slice(), times.as_slice());
        let vendors = Vec::new();
        let estimator = Estimator { scenario: &scenario, figures, times, vendors, tally: &tally, asked: &asked };
        let found = estimator.result(provenance, RunInfo::default());
        assert_eq!(keys(&found.events), ["alpha"]);
        assert_eq!(keys(&found.events["alpha"]), ["cash_out"]);
    }

    #[test]
    fn a_figure_looks_to_its_bad_side() {
        let scenario = scenario(1);
        let tally = tally(&scenario, 5_000);
        let found = document_of(&scenario, &tally, &EstimateRequest::default());
        for (name, side) in [(Figure::CommitmentCost, Side::High), (Figure::NetValue, Side::Low)] {
            let index = Figure::ALL.iter().position(|figure| *figure == name).unwrap();
            let order = Sample::new(&tally, index, figures(&scenario)[index].frame).order().unwrap();
            let figure = &found.figures["alpha"][&name];
            assert_eq!(figure.side, side);
            assert_eq!(figure.var[&Level::new(0.95)], value_at_risk(&order, side, 0.95));
            assert_eq!(figure.shortfall[&Level::new(0.99)], expected_shortfall(&order, side, 0.99));
            assert_eq!(figure.quantiles[&Level::new(0.25)], quantile(&order, 0.25));
            assert_eq!(figure.histogram.counts.iter().sum::<u64>(), 5_000);
        }
    }

    #[test]
    fn a_single_organization_is_the_system() {
        let found = document(1, 300, &EstimateRequest::default());
        let (alone, system) = (&found.figures["alpha"], &found.figures["system"]);
        assert_eq!((alone.len(), system.len()), (14, 13));
        assert!(!system.contains_key(&Figure::MinCash));
        assert!(system.iter().all(|(name, figure)| alone[name] == *figure));
        assert_eq!(found.bubble["system"], found.bubble["alpha"]);
        let several = document(2, 300, &EstimateRequest::default());
        assert_ne!(several.figures["system"][&Figure::Value], several.figures["alpha"][&Figure::Value]);
    }

    #[test]
    fn units_are_spelt_out() {
        let found = document(1, 10, &EstimateRequest::default());
        let unit = |figure| found.figures["alpha"][&figure].unit.as_str();
        assert_eq!(
            (unit(Figure::Value), unit(Figure::Used), unit(Figure::UnitCost)),
            ("USD", "GW-year", "USD per GW-year")
        );
        assert_eq!(found.contracts["deal-0"][&Figure::StrandedCost].unit, "USD");
    }

    #[test]
    fn undefined_and_invalid_paths_are_counted() {
        let scenario = scenario(1);
        let mut tally = tally(&scenario, 1_000);
        tally.paths += 2;
        tally.invalid.add(9);
        tally.invalid.add(4);
        let found = document_of(&scenario, &tally, &EstimateRequest::default());
        assert_eq!(found.invalid_paths, InvalidPaths { count: 2, first: Some(4) });
        let figure = &found.figures["alpha"][&Figure::UnitCost];
        assert_eq!((figure.count, figure.undefined), (990, 10));
        let happened = tally.times[2].happened();
        assert_eq!(found.bubble["alpha"].probability, Some(happened as f64 / 1_000.0), "of the valid paths");
    }

    #[test]
    fn without_bubble_or_paths_there_is_nothing_and_no_nan() {
        let mut scenario = scenario(1);
        scenario.bubble = None;
        scenario.events.clear();
        let (figures, asked) =
            (figures(&scenario), EstimateRequest { levels: vec![0.5, 1.0], quantiles: vec![0.0, 0.5, 1.0] });
        let tally = Tally::new(&figures, 0, 24);
        let provenance = document(1, 10, &asked).provenance;
        let (figures, times) = (figures.as_slice(), &[]);
        let vendors = Vec::new();
        let estimator = Estimator { scenario: &scenario, figures, times, vendors, tally: &tally, asked: &asked };
        let found = estimator.result(provenance, RunInfo::default());
        assert!(found.bubble.is_empty() && found.events.is_empty() && found.vendors.is_empty());
        let figure = &found.figures["system"][&Figure::Used];
        assert_eq!((figure.mean, figure.min, figure.quantiles[&Level::new(0.5)]), (None, None, Estimate::default()));
        assert!(figure.histogram.counts.is_empty() && figure.exceedance.x.is_empty());
    }
}
