//! What a run's page shows beside its result: a second pass over the first of its paths, and what the scenario says.

use std::path::Path;

use indexmap::IndexMap;

use super::console::Console;
use super::failure::Failure;
use super::progress;
use crate::engine::select::Chosen;
use crate::engine::{EngineError, Progress, forecast};
use crate::measure::Estimate;
use crate::plan::Plan;
use crate::registry::Figure;
use crate::result::profile::{Milestone, ProfileDocument};
use crate::result::{self, CheckDocument, EstimateRequest, Level, ResultDocument};
use crate::run::profile;
use crate::scenario::Scenario;

/// Everything but the result itself.
pub struct Background {
    pub check: CheckDocument,
    pub profile: ProfileDocument,
    pub milestones: Vec<Milestone>,
}

/// What is watched, by whom.
pub struct Pass<'a> {
    pub scenario: &'a Scenario,
    pub plan: &'a Plan,
    pub engine: &'a Chosen,
    pub document: &'a ResultDocument,
    pub console: &'a Console,
}

impl Pass<'_> {
    fn pass(&self) -> profile::Pass<'_> {
        let Pass { scenario, plan, document, .. } = *self;
        profile::Pass { scenario, plan, engine: &*self.engine.engine, document }
    }

    /// Computes with a bar, which a signal may end.
    fn shown<T>(
        &self,
        what: &'static str,
        compute: impl FnOnce(&Progress) -> Result<Option<T>, EngineError>,
    ) -> Result<T, Failure> {
        let bar = progress::of(what, self.pass().paths(), self.console);
        let advance = |paths: u64| {
            bar.inc(paths);
            !self.console.is_stopped()
        };
        let found = compute(&advance);
        bar.finish_and_clear();
        self.console.go_on()?;
        Ok(found?.expect("only a signal stops it"))
    }

    /// The quantities of the first paths over time.
    pub fn profile(&self) -> Result<ProfileDocument, Failure> {
        self.shown("second pass", |progress| self.pass().profile(progress))
    }

    /// All of it.
    pub fn background(&self, file: &str) -> Result<Background, Failure> {
        let forecast = forecast::forecast(self.plan)?;
        let background = Background {
            check: result::check(file, self.scenario, self.plan, &forecast),
            profile: self.profile()?,
            milestones: self.shown("convergence", |progress| self.pass().milestones(progress))?,
        };
        let incidents = self.engine.engine.incidents();
        let told = self.document.run.incidents.len();
        incidents.iter().skip(told).for_each(|incident| self.console.remark(&format!("warning: {incident}")));
        Ok(background)
    }
}

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
    option("--backend", sampling.backend.clone());
    if sampling.precision == "f64" {
        option("--precision", "f64".into());
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
    if document.invalid_paths.count > 0 {
        words.push("--allow-invalid".into());
    }
    words.join(" ")
}

/// A word as shells take it.
pub fn quoted(word: &str) -> String {
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
