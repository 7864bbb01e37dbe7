//! Scenarios in which what is uncertain has a value.

use std::sync::Arc;

use nalgebra::DMatrix;

use super::diagnostic::Failure;
use super::loaded::Loaded;
use super::model::Scenario;
use super::setting::Setting;
use super::template::Template;
use super::uncertainty::{UncertainInput, Uncertainty};
use super::variant::Variant;

/// What a file with its inputs at their medians is called in messages.
const AT_MEDIANS: &str = "uncertain inputs at their medians";

/// The inputs, each set to a value.
fn settings<'a>(uncertainty: &'a Uncertainty, values: &[f64]) -> Vec<(&'a str, Setting)> {
    let pairs = uncertainty.inputs.iter().zip(values);
    pairs.map(|(input, &value)| (input.key.as_str(), Setting::Number(value))).collect()
}

/// The file of a scenario with its inputs at their medians, for further changes.
fn template_at_centre(scenario: &Scenario, template: &Template) -> Template {
    let Some(uncertainty) = &scenario.uncertainty else { return template.clone() };
    uncertainty.template.with(&settings(uncertainty, &uncertainty.medians()), AT_MEDIANS)
}

impl Loaded {
    /// The same file with the uncertain inputs of its scenario and of its variants at their medians.
    ///
    /// # Errors
    /// As [`Scenario::at_centre`].
    pub fn at_centre(self) -> Result<Loaded, Box<Failure>> {
        let centre = |of: &Variant| {
            let template = template_at_centre(&of.scenario, &of.template);
            Ok(Variant { scenario: of.scenario.at_centre()?, template, ..of.clone() })
        };
        let variants = self.variants.iter().map(centre).collect::<Result<Vec<Variant>, Box<Failure>>>()?;
        let template = template_at_centre(&self.scenario, &self.template);
        Ok(Loaded { scenario: self.scenario.at_centre()?, variants, template, ..self })
    }

    /// Whether the scenario or a variant has uncertain inputs.
    pub fn is_uncertain(&self) -> bool {
        let variants = self.variants.iter().map(|variant| &variant.scenario);
        std::iter::once(&self.scenario).chain(variants).any(|scenario| scenario.uncertainty.is_some())
    }
}

impl Scenario {
    /// The scenario with these values of its uncertain inputs, in their order, of which nothing is uncertain any more. `what` names it
    /// in messages, such as `parameter set 17`. A scenario without uncertain inputs stays as it is.
    ///
    /// # Errors
    /// If the values make no valid scenario; messages show them as lines behind those of the file.
    pub fn with_inputs(&self, values: &[f64], what: &str) -> Result<Scenario, Box<Failure>> {
        let Some(uncertainty) = &self.uncertainty else { return Ok(self.clone()) };
        let made = uncertainty.template.set(&settings(uncertainty, values), what).map_err(Box::new)?;
        Ok(Scenario { variant: self.variant.clone(), hash: self.hash.clone(), ..made })
    }

    /// The scenario with these inputs being uncertain, and no others. Rank correlations of inputs that were uncertain before stay.
    /// `template` is its file.
    pub fn with_uncertain(&self, template: &Template, inputs: Vec<UncertainInput>) -> Scenario {
        let before = self.uncertainty.as_deref();
        let place = |key: &str| before?.inputs.iter().position(|input| input.key == key);
        let places: Vec<Option<usize>> = inputs.iter().map(|input| place(&input.key)).collect();
        let correlation = DMatrix::from_fn(inputs.len(), inputs.len(), |i, j| match (i == j, places[i], places[j]) {
            (true, ..) => 1.0,
            (false, Some(a), Some(b)) => before.map_or(0.0, |before| before.correlation[(a, b)]),
            _ => 0.0,
        });
        let template = before.map_or(template, |before| &before.template).clone();
        let uncertainty = Uncertainty::new(inputs, correlation, template);
        Scenario { uncertainty: Some(Arc::new(uncertainty)), ..self.clone() }
    }

    /// The scenario with every uncertain input at its median. A scenario without uncertain inputs stays as it is.
    ///
    /// # Errors
    /// None for scenarios that were read from a file, which are checked at their medians.
    pub fn at_centre(&self) -> Result<Scenario, Box<Failure>> {
        let Some(uncertainty) = &self.uncertainty else { return Ok(self.clone()) };
        let made = self.with_inputs(&uncertainty.medians(), AT_MEDIANS)?;
        Ok(Scenario { is_at_medians: true, ..made })
    }
}
