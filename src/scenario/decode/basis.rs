//! Time, factors and regimes.

use nalgebra::DMatrix;

use super::super::item::Fields;
use super::super::model::{Factor, Horizon, Regimes};
use super::super::names::{Names, of_entries};
use super::common::{MOST_FACTORS, entries, optional_section};
use super::{correlation, factor, organization, regimes};

/// The sections that all others refer to.
pub(super) struct Basis {
    pub horizon: Option<Horizon>,
    pub factor_names: Names,
    pub factors: Vec<Option<Factor>>,
    pub correlation: Option<DMatrix<f64>>,
    /// The chain and the names of its states, if the file has one.
    pub regimes: Option<(Names, Option<Regimes>)>,
}

/// Reads them, but for the horizon, which is there already.
pub(super) fn basis(fields: &Fields, horizon: Option<Horizon>) -> Basis {
    let tables = entries(fields, "factor", "[[factor]]", MOST_FACTORS);
    let factor_names = of_entries("factor", &tables);
    let read = |(i, entry)| factor::factor(entry, factor_names.name(i), horizon.as_ref());
    let factors: Vec<Option<Factor>> = tables.iter().enumerate().map(read).collect();
    let correlation = optional_section(fields, "correlation", "a table with `pairs`");
    let correlation = correlation::correlation(correlation.as_ref(), &factor_names, &factors);
    let regimes = optional_section(fields, "regimes", "a table with `states`, `start` and `intensity`")
        .map(|section| regimes::regimes(&section, &factors, &factor_names));
    Basis { horizon, factor_names, factors, correlation, regimes }
}

impl Basis {
    /// The factors of the file.
    pub(super) fn factors(&self) -> organization::Factors<'_> {
        organization::Factors { names: &self.factor_names, read: &self.factors }
    }

    /// The names of the states of the chain.
    pub(super) fn states(&self) -> Option<&Names> {
        self.regimes.as_ref().map(|(states, _)| states)
    }
}
