//! What drives the results of a run, for its page.

use super::error::RunError;
use super::observer::Observer;
use super::sensitivity::{Part, SensitivityBuilder};
use crate::engine::select::Wish;
use crate::result::{ResultDocument, SensitivityDocument};
use crate::scenario::{Scenario, Template};

/// What the uncertain inputs of a run do, or every number of the file by 10% if there are none: a tornado and targets, on a tenth of the
/// run's paths and with its seed. The scenario is that of the file or of a variant, with its inputs uncertain.
///
/// # Errors
/// As [`SensitivityBuilder::run`].
pub fn drivers(
    (scenario, template): (&Scenario, &Template),
    document: &ResultDocument,
    (wish, allow_invalid): (Wish, bool),
    observer: &dyn Observer,
) -> Result<SensitivityDocument, RunError> {
    let sampling = &document.provenance.sampling;
    let builder = SensitivityBuilder::new(scenario, template)
        .paths((sampling.paths / 10).max(1))
        .seed(sampling.seed)
        .engine(wish)
        .allow_invalid(allow_invalid)
        .parts([Part::Tornado, Part::Targets])
        .observe(observer);
    let builder = if scenario.uncertainty.is_some() { builder } else { builder.all() };
    builder.run()
}
