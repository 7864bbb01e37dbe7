//! What the page of a run carries so that its reader's browser computes the run again.

use super::drivers::Drivers;
use super::error::RunError;
use super::observer::Observer;
use super::single::RunBuilder;
use crate::engine::gpu::Exports;
use crate::engine::prepare;
use crate::engine::select::Backend;
use crate::plan::Plan;
use crate::result::{Again, AgainCase, ResultDocument};
use crate::scenario::{Loaded, Scenario};
use crate::text::numbers::count;

/// Paths of the CPU engine's numbers for scenarios that the page does not show otherwise.
pub const REFERENCE_PATHS: u64 = 32_768;

/// Scenarios that a page carries at most.
const MOST_CASES: usize = 32;
/// Bytes of kernels and tables that a page carries at most, as they are before they are written as text.
const MOST_BYTES: usize = 3 << 20;

/// The other scenarios of a page, by name: the file without a variant, and its variants, but for `own`, the variant that was run; then
/// the ends of its tornado.
pub fn others<'a>(loaded: &'a Loaded, own: Option<&str>, drivers: Option<&'a Drivers>) -> Vec<(String, &'a Scenario)> {
    let base = own.is_some().then(|| (FILE.to_owned(), &loaded.scenario));
    let variants = loaded.variants.iter().filter(|variant| Some(variant.name.as_str()) != own);
    let variants = variants.map(|variant| (variant.name.clone(), &variant.scenario));
    let ends = drivers.into_iter().flat_map(|of| &of.ends).map(|(name, scenario)| (name.clone(), scenario));
    base.into_iter().chain(variants).chain(ends).collect()
}

/// What the file without a variant is called among its variants.
const FILE: &str = "without a variant";

/// A run whose result is there, and `others`, by name: of the same file, or ends of a tornado. Uncertain inputs are held at their medians.
/// What the document does not say of a scenario, the CPU engine computes on up to [`REFERENCE_PATHS`] paths of the same seed.
///
/// # Errors
/// If the CPU engine fails, or [`RunError::Stopped`] if the observer asks for it.
pub fn again(
    scenario: &Scenario,
    document: &ResultDocument,
    others: &[(String, &Scenario)],
    observer: &dyn Observer,
) -> Result<Again, RunError> {
    let sampling = &document.provenance.sampling;
    if sampling.trajectories.is_some() {
        return Ok(Again::refused(
            "The paths of this run come from a file of trajectories, which this page does not contain, so a browser cannot compute \
             them again.",
        ));
    }
    let mut cases = Cases::new(sampling.seed, sampling.paths.min(REFERENCE_PATHS), observer);
    let name = document.provenance.variant.clone().unwrap_or_else(|| FILE.to_owned());
    let own = if scenario.uncertainty.is_some() {
        cases.compute(name, scenario)?
    } else {
        let is_independent = sampling.replicates.is_none();
        let origin = if is_independent { OWN } else { QUASI_RANDOM };
        cases.add(name, &prepare(scenario), document, (is_independent, origin.to_owned()))
    };
    if !own {
        return Ok(Again::refused(format!(
            "The tables of this scenario take more than {} MiB, which is too much for a page to carry.",
            MOST_BYTES >> 20
        )));
    }
    for (name, scenario) in others {
        if !cases.compute(name.clone(), scenario)? {
            cases.left_out += 1;
        }
    }
    Ok(cases.finish())
}

const OWN: &str = "Printed values are those of this page.";
const QUASI_RANDOM: &str = "Printed values are those of this page, from quasi-random paths. Your browser draws independent paths, \
                            whose errors are larger.";

/// Scenarios for a page, as far as it has room.
pub(super) struct Cases<'a> {
    exports: Exports,
    cases: Vec<AgainCase>,
    left_out: usize,
    /// Of what the CPU engine computes.
    seed: u64,
    paths: u64,
    observer: &'a dyn Observer,
}

impl<'a> Cases<'a> {
    /// None yet.
    pub fn new(seed: u64, paths: u64, observer: &'a dyn Observer) -> Self {
        Cases { exports: Exports::default(), cases: Vec::new(), left_out: 0, seed, paths, observer }
    }

    /// Adds a scenario with numbers that the CPU engine computes; `false` if there is no room.
    pub fn compute(&mut self, name: String, scenario: &Scenario) -> Result<bool, RunError> {
        if self.cases.len() == MOST_CASES {
            return Ok(false);
        }
        if !self.observer.advances(0) {
            return Err(RunError::Stopped);
        }
        let centre = scenario.at_centre().map_err(|failure| {
            RunError::usage(failure.to_string(), "change the uncertain inputs, whose medians make no valid scenario")
        })?;
        let builder = RunBuilder::new(&centre).backend(Backend::Cpu).allow_invalid(true);
        let run = builder.seed(self.seed).paths(self.paths).prepare()?;
        let document = run.compute()?.document;
        let medians = if centre.is_at_medians { ", with uncertain inputs at their medians" } else { "" };
        let paths = count(self.paths);
        let origin = format!("Printed values are those of the CPU engine on {paths} paths{medians}.");
        Ok(self.add(name, &run.plan, &document, (true, origin)))
    }

    /// Adds a scenario whose numbers are there.
    fn add(&mut self, name: String, plan: &Plan, document: &ResultDocument, from: (bool, String)) -> bool {
        let kernels = self.exports.kernels.len();
        let exported = self.exports.add(plan);
        let case = AgainCase::new(name, plan, exported, document, from);
        self.cases.push(case);
        if self.bytes() > MOST_BYTES {
            self.cases.pop();
            self.exports.forget(kernels);
            return false;
        }
        true
    }

    fn bytes(&self) -> usize {
        let code: usize = self.exports.kernels.iter().map(|kernel| kernel.code.len()).sum();
        let tables = self.cases.iter().map(|case| case.plan.terms.len() + case.plan.rows.len());
        code + tables.sum::<usize>()
    }

    /// All of them.
    pub fn finish(self) -> Again {
        Again { kernels: self.exports.kernels, cases: self.cases, left_out: self.left_out, refusal: None }
    }
}
