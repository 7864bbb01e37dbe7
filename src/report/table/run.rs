//! The heading of the tables, and the lines about the computation at their end.

use super::page::Page;
use crate::result::AdapterShare;
use crate::text::numbers::{count, exact, percentage, significant};

/// Characters of the scenario's hash that are shown.
const HASH: usize = 12;

/// The scenario and how to read the tables.
pub fn heading(page: &Page) -> String {
    let provenance = &page.document.provenance;
    let years = f64::from(provenance.periods) / f64::from(provenance.steps_per_year);
    let variant = provenance.variant.as_ref().map(|name| format!(", variant {name}")).unwrap_or_default();
    let mut text = format!(
        " {}{variant}\n {} {} from {} in {}; {} confidence intervals",
        provenance.scenario,
        exact(years, 3),
        if years == 1.0 { "year" } else { "years" },
        provenance.start,
        step_name(provenance.steps_per_year),
        percentage(provenance.confidence),
    );
    let invalid = &page.document.invalid_paths;
    if let Some(first) = invalid.first {
        let (paths, are) = (count(invalid.count), if invalid.count == 1 { "path is" } else { "paths are" });
        text += &format!("\n warning: {paths} invalid {are} excluded from all results; the first is path {first}");
    }
    text
}

pub fn step_name(steps_per_year: u32) -> String {
    match steps_per_year {
        1 => "yearly periods".to_owned(),
        4 => "quarterly periods".to_owned(),
        12 => "monthly periods".to_owned(),
        52 => "weekly periods".to_owned(),
        steps => format!("periods of 1/{steps} year"),
    }
}

/// Paths, engine and seconds.
pub fn provenance(page: &Page) -> String {
    let (provenance, run) = (&page.document.provenance, &page.document.run);
    let sampling = &provenance.sampling;
    let what = format!(
        " {} paths × {} periods, {} sampling, seed {}, replicate {}, scenario {}",
        count(sampling.paths),
        count(provenance.periods.into()),
        sampling.sampling,
        sampling.seed,
        sampling.replicate,
        provenance.scenario_hash.get(..HASH).unwrap_or(&provenance.scenario_hash),
    );
    let sets =
        sampling.parameter_sets.map(|sets| format!("\n {} parameter sets of uncertain inputs", count(sets.into())));
    let medians = sampling.inputs.is_some().then(|| "\n uncertain inputs at their medians".to_owned());
    let inputs = sets.or(medians).unwrap_or_default();
    let mut engine = vec![format!("{} {}", sampling.backend, sampling.precision)];
    engine.extend(run.instruction_set.clone());
    engine.extend(run.adapter.clone());
    engine.extend(run.driver.clone());
    let share = |share: &AdapterShare| {
        let own: u64 = share.paths.iter().map(|range| range[1] - range[0]).sum();
        format!("{} {}", percentage(own as f64 / sampling.paths.max(1) as f64), share.adapter)
    };
    engine.extend(run.shares.iter().map(share));
    engine.extend(run.threads.map(|n| format!("{n} {}", if n == 1 { "thread" } else { "threads" })));
    let steps = sampling.paths as f64 * f64::from(provenance.periods);
    engine.extend(run.wall_seconds.map(|wall| format!("{} s", significant(wall, 3))));
    engine.extend(run.kernel_seconds.filter(|_| steps > 0.0).map(|kernel| {
        format!(
            "{} s in kernels, {} ns per path and period",
            significant(kernel, 3),
            significant(1e9 * kernel / steps, 2)
        )
    }));
    format!("{what}{inputs}\n {}", engine.join(", "))
}
