//! What a run leaves behind as Parquet: distributions, term structures, single paths.

use indexmap::IndexMap;

use super::document::{Occurrence, ResultDocument};
use super::level::Level;
use super::profile::ProfileDocument;
use crate::engine::PathValues;
use crate::measure::Estimate;
use crate::plan::Plan;
use crate::plan::figure::{FirstPassage, Owner};
use crate::scenario::Scenario;
use crate::storage::{Column, Table};
use crate::text::units::Labels;

/// Quantiles, VaR, shortfall, exceedance curves and histograms, one value a row.
///
/// `kind` is `quantile`, `var`, `shortfall` (at `level`), `exceedance` (P(X > `x`)) or `histogram` (paths from `x` on to the
/// next row's); `low` and `high` are the interval.
pub fn distributions(document: &ResultDocument) -> Table {
    let mut rows = Rows::default();
    for (owner, figures) in &document.figures {
        for (name, figure) in figures {
            let unit = document.provenance.labels().text(name.unit().into());
            let mut add = |kind: &str, level, x, value, low, high| {
                rows.push([owner, name.name(), kind, &unit], [level, x, value, low, high]);
            };
            for (kind, estimates) in
                [("quantile", &figure.quantiles), ("var", &figure.var), ("shortfall", &figure.shortfall)]
            {
                for (level, estimate) in estimates as &IndexMap<Level, Estimate> {
                    add(kind, Some(level.share()), None, estimate.value, estimate.low, estimate.high);
                }
            }
            let curve = &figure.exceedance;
            for (i, &x) in curve.x.iter().enumerate() {
                let at = |values: &[f64]| values.get(i).copied();
                add("exceedance", None, Some(x), at(&curve.probability), at(&curve.low), at(&curve.high));
            }
            let counts = figure.histogram.counts.iter().map(|&count| Some(count as f64)).chain([None]);
            for (&x, count) in figure.histogram.edges.iter().zip(counts) {
                add("histogram", None, Some(x), count, None, None);
            }
        }
    }
    rows.into_table(["owner", "figure", "kind", "unit"], ["level", "x", "value", "low", "high"])
}

/// Probabilities of events, bubbles and payments of tranches cumulatively by period.
pub fn term_structures(document: &ResultDocument) -> Table {
    let mut rows = Rows::default();
    let per_year = f64::from(document.provenance.steps_per_year);
    let mut add = |owner: &str, kind: &str, name: &str, occurrence: &Occurrence| {
        for (period, found) in (1..).zip(&occurrence.by_period) {
            let year = f64::from(period) / per_year;
            let values = [Some(f64::from(period)), Some(year), found.probability, found.low, found.high];
            rows.push([owner, kind, name, ""], values);
        }
    };
    for (owner, events) in &document.events {
        for (name, occurrence) in events {
            add(owner, "event", name, occurrence);
        }
    }
    for (owner, occurrence) in &document.bubble {
        add(owner, "bubble", "bubble", occurrence);
    }
    for (name, occurrence) in &document.tranches {
        add(name, "tranche", "payment", occurrence);
    }
    let mut table =
        rows.into_table(["owner", "kind", "name", "note"], ["period", "year", "probability", "low", "high"]);
    table.remove(3);
    table
}

/// Quantities over time, one value a row: quantiles (at `level`), and means over all paths, over those whose bubble (`bubble` says
/// whose) bursts by the horizon, and over the others; `low` and `high` are the interval.
pub fn profile(document: &ProfileDocument, labels: Labels) -> Table {
    let mut rows = Rows::default();
    for (name, quantity) in &document.quantities {
        let unit = labels.text(quantity.unit);
        for (date, &year) in document.years.iter().enumerate() {
            let mut add = |kind: &str, level, Estimate { value, low, high, .. }| {
                rows.push([name, kind, &unit, &quantity.bubble], [Some(year), level, value, low, high]);
            };
            for (level, found) in &quantity.quantiles {
                add("quantile", Some(level.share()), found[date]);
            }
            for (kind, moments) in
                [("mean", &quantity.all), ("burst", &quantity.burst), ("otherwise", &quantity.otherwise)]
            {
                add(kind, None, moments[date].estimate());
            }
        }
    }
    rows.into_table(["quantity", "kind", "unit", "bubble"], ["year", "level", "value", "low", "high"])
}

/// Figures and times of single paths from `first` on: a row for each path, `<owner>.<figure>` in the scenario's units and
/// `<organization>.<event>` in years, null for never or undefined.
pub fn paths(scenario: &Scenario, plan: &Plan, values: &PathValues, first: u64) -> Table {
    let numbers = (0..values.paths).map(|place| (first + place as u64) as i64).collect();
    let mut table = vec![("path".to_string(), Column::Whole(numbers))];
    let owners = plan.figures.iter().map(|spec| {
        let owner = match spec.owner {
            Owner::System => "system".to_string(),
            Owner::Organization(index) => scenario.organizations[index].name.clone(),
            Owner::Contract(index) => format!("contract.{}", scenario.contracts[index].name),
            Owner::Vendor(index) => format!("vendor.{}", plan.vendors[index].name),
            Owner::Counterparty(index) => format!("vendor.{}", scenario.vendors[index].name),
            Owner::Exposure { counterparty, organization } => {
                format!("loss.{}.{}", scenario.vendors[counterparty].name, scenario.organizations[organization].name)
            }
        };
        (owner, spec)
    });
    // vendors with one contract repeat its figures
    let single = plan.vendor_owners().into_iter().filter(|(_, owner)| matches!(owner, Owner::Contract(_)));
    let repeated = single.flat_map(|(name, owner)| {
        let figures = plan.figures.iter().filter(move |spec| spec.owner == owner);
        figures.map(move |spec| (format!("vendor.{name}"), spec))
    });
    for (owner, spec) in owners.chain(repeated) {
        let row = &values.figures[spec.slot * values.paths..][..values.paths];
        let undefined = f64::from(crate::formula::single::UNDEFINED);
        let optional = spec.figure.is_optional();
        let reals = row.iter().map(|&x| (x.is_finite() && !(optional && x == undefined)).then_some(x)).collect();
        table.push((format!("{owner}.{}", spec.figure.name()), Column::Real(reals)));
    }
    for (spec, row) in plan.times.iter().zip(values.times.chunks(values.paths.max(1))) {
        let name = match *spec {
            FirstPassage::Event { event, organization } => {
                format!("{}.{}", scenario.organizations[organization].name, scenario.events[event].name)
            }
            FirstPassage::Bubble { organization } => {
                format!("{}.bubble_time", scenario.organizations[organization].name)
            }
            FirstPassage::SystemBubble => "system.bubble_time".into(),
            FirstPassage::Tranche { tranche } => format!("tranche.{}.paid", scenario.tranches[tranche].name),
            FirstPassage::Failure { vendor } => format!("vendor.{}.failed", scenario.vendors[vendor].name),
            FirstPassage::Workout { organization } => {
                format!("{}.workout", scenario.organizations[organization].name)
            }
        };
        let never = crate::formula::single::NEVER;
        let years = row.iter().map(|&t| (t != never).then(|| scenario.horizon.end(t))).collect();
        table.push((name, Column::Real(years)));
    }
    table
}

/// Rows of four texts and five numbers.
#[derive(Default)]
struct Rows {
    texts: [Vec<String>; 4],
    reals: [Vec<Option<f64>>; 5],
}

impl Rows {
    fn push(&mut self, texts: [&str; 4], reals: [Option<f64>; 5]) {
        self.texts.iter_mut().zip(texts).for_each(|(column, text)| column.push(text.into()));
        self.reals.iter_mut().zip(reals).for_each(|(column, real)| column.push(real));
    }

    fn into_table(self, texts: [&str; 4], reals: [&str; 5]) -> Table {
        let named = texts.into_iter().zip(self.texts).map(|(name, values)| (name.into(), Column::Text(values)));
        let numbered = reals.into_iter().zip(self.reals).map(|(name, values)| (name.into(), Column::Real(values)));
        named.chain(numbered).collect()
    }
}
