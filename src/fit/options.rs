//! What is asked of a fit.

use chrono::NaiveDate;

use super::error::FitError;
use super::model::{Model, Process};

/// Draws that are accepted.
const BOOTSTRAP: std::ops::RangeInclusive<usize> = 100..=100_000;
/// Longest name of a factor.
const LONGEST_NAME: usize = 100;

/// What is asked of a fit.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// The process; `None` for the one with the lowest BIC.
    pub process: Option<Process>,
    /// Whether the process jumps; with no process given, those with jumps compete too.
    pub jumps: bool,
    /// The lower bound of a `logit_ou`, 0 where not given, as in scenarios.
    pub lower: Option<f64>,
    /// The upper bound of a `logit_ou`, 1 where not given, as in scenarios.
    pub upper: Option<f64>,
    /// The factor's name; made from the column's where not given.
    pub name: Option<String>,
    /// The scenario's start date; the last date of the history where not given.
    pub start: Option<NaiveDate>,
    /// Parameter sets that are drawn, 100 to 100,000.
    pub bootstrap: usize,
    /// The seed of all draws.
    pub seed: u64,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            process: None,
            jumps: false,
            lower: None,
            upper: None,
            name: None,
            start: None,
            bootstrap: 1_000,
            seed: 1,
        }
    }
}

impl Options {
    /// The processes that are fitted: all that compete, or that the one asked for is compared with.
    ///
    /// # Errors
    ///
    /// What was asked for does not go together.
    pub fn models(&self) -> Result<Vec<Model>, FitError> {
        self.check()?;
        let mut models = vec![Model::gbm(false), Model::ou(false)];
        if self.jumps {
            models.extend([Model::gbm(true), Model::ou(true)]);
        }
        if self.process == Some(Process::LogitOu) || self.lower.is_some() || self.upper.is_some() {
            models.push(Model::logit_ou(self.lower.unwrap_or(0.0), self.upper.unwrap_or(1.0)));
        }
        Ok(models)
    }

    /// Whether a model is the one that was asked for; any is, where none was.
    pub fn takes(&self, model: &Model) -> bool {
        self.process.is_none_or(|process| process == model.process && self.jumps == model.jumps)
    }

    fn check(&self) -> Result<(), FitError> {
        if self.process == Some(Process::LogitOu) && self.jumps {
            return Err(FitError::usage("a logit_ou has no jumps", "leave out --jumps, or fit an ou"));
        }
        let (lower, upper) = (self.lower.unwrap_or(0.0), self.upper.unwrap_or(1.0));
        if !(lower < upper && lower.is_finite() && upper.is_finite()) {
            let message = format!("the lower bound is {lower}, which is not below the upper bound {upper}");
            return Err(FitError::usage(message, "--lower defaults to 0 and --upper to 1"));
        }
        if !BOOTSTRAP.contains(&self.bootstrap) {
            let message = format!("--bootstrap is {}, which is outside 100 to 100,000", self.bootstrap);
            return Err(FitError::usage(message, "1,000 draws give intervals with an error of a tenth of their width"));
        }
        match &self.name {
            Some(name) if name_of(name) != *name => {
                let message = format!("`{}` is not a factor's name", name.escape_debug());
                Err(FitError::usage(message, "write a letter, then letters, digits, `_` or `-`"))
            }
            _ => Ok(()),
        }
    }
}

/// A column's name as a factor's name: a letter, then letters, digits, `_` and `-`.
pub fn name_of(column: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '_' | '-') { c } else { '_' };
    let mut name: String = column.trim().chars().map(plain).take(LONGEST_NAME - 2).collect();
    if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        name.insert_str(0, "p_");
    }
    // results use `system` for the sum over all organizations
    if name == "system" { "system_price".to_owned() } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_made_that_scenarios_accept() {
        for (column, name) in
            [("h100", "h100"), ("H100 $/h", "H100___h"), ("2026", "p_2026"), ("system", "system_price")]
        {
            assert_eq!(name_of(column), name);
            assert_eq!(name_of(name), name);
        }
    }

    #[test]
    fn what_does_not_go_together_is_refused() {
        let refused = |options: Options| options.models().expect_err("it is wrong").message;
        assert!(
            refused(Options { process: Some(Process::LogitOu), jumps: true, ..Options::default() })
                .contains("no jumps")
        );
        assert!(refused(Options { lower: Some(2.0), ..Options::default() }).contains("not below the upper bound 1"));
        assert!(refused(Options { bootstrap: 10, ..Options::default() }).contains("outside 100 to 100,000"));
        assert!(
            refused(Options { name: Some("a b".into()), ..Options::default() })
                .contains("`a b` is not a factor's name")
        );
        let all = Options { jumps: true, upper: Some(9.0), ..Options::default() }.models();
        assert_eq!(all.map(|models| models.len()), Ok(5));
    }
}
