//! A sensitivity analysis as tables.

use super::layout::named_grid;
use crate::report::sensitivity::{SensitivityRows, all_rows};
use crate::result::SensitivityDocument;
use crate::text::numbers::{count, significant};

/// The tables as text for a terminal so many characters wide.
pub fn sensitivity_table(document: &SensitivityDocument, width: u16) -> String {
    let provenance = &document.provenance;
    let variant = provenance.variant.as_ref().map(|name| format!(", variant {name}")).unwrap_or_default();
    let changes = match document.tornado.is_some() {
        true => {
            "\n Changes from the centre, one input at a time, on the same paths. In brackets: within two standard errors of none."
        }
        false => "",
    };
    let mut parts = vec![format!(" {}{variant}{changes}", provenance.scenario)];
    parts.extend(all_rows(document).into_iter().filter(|of| !of.rows.is_empty()).map(|of| table(of, width)));
    let sampling = &provenance.sampling;
    let seconds = document.run.wall_seconds.map(|wall| format!(", {} s", significant(wall, 3))).unwrap_or_default();
    parts.push(format!(
        " {} {} paths, the same in every run, seed {}, {} {}{seconds}",
        count(sampling.paths),
        if sampling.construction.is_some() { "quasi-random" } else { "independent" },
        sampling.seed,
        sampling.backend,
        sampling.precision
    ));
    parts.join("\n\n") + "\n"
}

fn table(of: SensitivityRows, width: u16) -> String {
    format!(" {}\n\n{}", of.title, named_grid(&of.columns, of.rows, width))
}
