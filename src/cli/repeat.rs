//! The commands that make a document again, as a page shows them.

use std::path::Path;

use indexmap::IndexMap;

use crate::measure::Estimate;
use crate::registry::Figure;
use crate::result::{CompareDocument, EstimateRequest, Level, ResultDocument, Sampling, SensitivityDocument};
use crate::run::{PointsRequest, USUAL_DRAWS, USUAL_REPLICATES};

/// The command that makes the same run.
pub fn run_command(document: &ResultDocument, file: &str, trajectories: Option<&Path>) -> String {
    let sampling = &document.provenance.sampling;
    let mut words = vec!["overhang".to_owned(), "run".to_owned(), quoted(file)];
    let mut option = |name: &str, value: String| words.extend([name.to_owned(), value]);
    document.provenance.variant.iter().for_each(|variant| option("--variant", quoted(variant)));
    match (trajectories, &sampling.trajectories) {
        (Some(file), _) => option("--trajectories", quoted(&file.display().to_string())),
        (None, Some(_)) => option("--trajectories", "FILE".into()),
        (None, None) => option("--seed", sampling.seed.to_string()),
    }
    option("--paths", sampling.paths.to_string());
    points(sampling).into_iter().for_each(|(name, value)| option(name, value));
    option("--backend", sampling.backend.clone());
    if sampling.precision == "f64" {
        option("--float", "f64".into());
    }
    if let Some(cost) = document.of_system(Figure::CommitmentCost) {
        let usual = EstimateRequest::default();
        let mut asked = |name: &str, found: &IndexMap<Level, Estimate>, usual: &[f64]| {
            if !found.keys().map(|level| level.share()).eq(usual.iter().copied()) {
                let levels: Vec<String> = found.keys().map(Level::to_string).collect();
                option(name, levels.join(","));
            }
        };
        asked("--levels", &cost.var, &usual.levels);
        asked("--quantiles", &cost.quantiles, &usual.quantiles);
    }
    if sampling.inputs.is_some() {
        words.push("--at-centre".into());
    }
    if document.invalid_paths.count > 0 {
        words.push("--allow-invalid".into());
    }
    words.join(" ")
}

/// The command that makes the same comparison.
pub fn compare_command(document: &CompareDocument) -> String {
    let mut files: Vec<&str> = Vec::new();
    let mut variants: Vec<&str> = Vec::new();
    for scenario in document.scenarios.values() {
        if !files.contains(&scenario.file.as_str()) {
            files.push(&scenario.file);
        }
        variants.extend(scenario.result.provenance.variant.as_deref());
    }
    let files: Vec<String> = files.into_iter().map(quoted).collect();
    let mut command = format!("overhang compare {}", files.join(" "));
    if !variants.is_empty() {
        command += &format!(" --variants {}", quoted(&variants.join(",")));
    }
    if let Some(first) = document.scenarios.values().next() {
        command += &sampled(&first.result.provenance.sampling);
    }
    command
}

/// The command that makes the same analysis of inputs, but for its outputs, ranges and targets.
pub fn sensitivity_command(document: &SensitivityDocument, file: &str) -> String {
    let provenance = &document.provenance;
    let mut command = format!("overhang sensitivity {}", quoted(file));
    provenance.variant.iter().for_each(|variant| command += &format!(" --variant {}", quoted(variant)));
    let parts = document.parts();
    if parts != ["tornado", "chance", "targets"] {
        command += &format!(" --only {}", parts.join(","));
    }
    command + &sampled(&provenance.sampling)
}

/// The options of how paths are sampled.
fn sampled(sampling: &Sampling) -> String {
    let points = points(sampling).into_iter().map(|(name, value)| format!(" {name} {value}"));
    let options = format!(" --seed {} --paths {} --backend {}", sampling.seed, sampling.paths, sampling.backend);
    options + &points.collect::<String>()
}

/// The options of quasi-random paths and of parameter sets.
fn points(sampling: &Sampling) -> Vec<(&'static str, String)> {
    let Some(replicates) = sampling.replicates else { return Vec::new() };
    let usual = PointsRequest::default();
    let mut options = Vec::new();
    if sampling.construction.is_some() {
        options.push(("--points", sampling.sampling.clone()));
    }
    let draws = sampling.parameter_sets.filter(|&sets| sets != USUAL_DRAWS);
    options.extend(draws.map(|sets| ("--draws", sets.to_string())));
    if replicates != USUAL_REPLICATES {
        options.push(("--replicates", replicates.to_string()));
    }
    let construction = sampling.construction.iter().filter(|name| *name != usual.construction.name());
    options.extend(construction.map(|name| ("--construction", name.clone())));
    options
}

/// A word as shells take it.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=+,@%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_where_shells_would_read_them() {
        assert_eq!(
            [quoted("a/b-1.toml"), quoted("a b"), quoted("it's"), quoted("")],
            ["a/b-1.toml", "'a b'", "'it'\\''s'", "''"]
        );
    }
}
