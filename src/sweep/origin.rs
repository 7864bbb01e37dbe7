//! What the points of a sweep come from: the file, its variants, and their pilots.

use std::sync::OnceLock;

use super::axis::VARIANT;
use super::error::{SweepError, SweepFailure};
use super::lowered::Lowered;
use super::manifest::Manifest;
use super::rows::plain;
use crate::engine::{Draws, Pilot, prepare, prepare_first, prepare_near};
use crate::plan::points::Allocation;
use crate::run::PointsRequest;
use crate::run::parameters::{ParameterDraws, SetExtent, input_keys};
use crate::run::predictive::Predictive;
use crate::scenario::{Failure, Loaded, Scenario, Setting, Template};

/// A file with the pilots of its scenarios.
///
/// What a point comes to depends on the point and the file alone, so its pilot starts from that of the file's scenario, or of
/// the variant that the point names, and not from whichever point was computed before it. For the same reason quasi-random paths spend
/// the dimensions on what a point has in common with that scenario as the scenario itself does, and further ones on what the point adds.
pub struct Origin<'a> {
    loaded: &'a Loaded,
    request: PointsRequest,
    /// Of the file's scenario and then of its variants, made when the first point needs it.
    firsts: Vec<OnceLock<First>>,
    /// Whether each point has a whole pilot of its own, as in older stores, whose tallies are merged with these.
    whole: bool,
    /// The parameter sets of every point, if inputs are uncertain.
    sets: Option<Sets>,
}

/// The parameter sets of every point.
struct Sets {
    /// Keys of all inputs that are uncertain in the file or a variant.
    keys: Vec<String>,
    extent: SetExtent,
}

/// What the points of a scenario start from.
#[derive(Debug, Clone)]
struct First {
    pilot: Pilot,
    /// The dimensions that the scenario spends.
    allocation: Allocation,
}

impl<'a> Origin<'a> {
    /// Of the points of a store with this manifest.
    pub fn new(loaded: &'a Loaded, manifest: &Manifest) -> Self {
        let firsts = vec![OnceLock::new(); 1 + loaded.variants.len()];
        let variants = loaded.variants.iter().map(|variant| &variant.scenario);
        let keys = || input_keys(std::iter::once(&loaded.scenario).chain(variants));
        let sets = manifest.set_extent().map(|extent| Sets { keys: keys(), extent });
        Origin { loaded, request: manifest.request(), firsts, whole: manifest.has_whole_pilots(), sets }
    }

    /// The pilot and the dimensions of a scenario of the file.
    fn first(&self, of: &Scenario) -> First {
        let (mut plan, pilot) = prepare_first(of);
        let mut allocation = Allocation::default();
        self.request.apply(of, &mut plan, &mut allocation);
        First { pilot, allocation }
    }

    /// Periods of the file's scenario.
    pub fn periods(&self) -> u32 {
        self.loaded.scenario.horizon.periods
    }

    /// A point with its draws as a scenario and as a plan.
    ///
    /// # Errors
    /// If it is no scenario, or a parameter set of it makes none.
    pub(super) fn lower(
        &self,
        paths: &[String],
        (point, row): (usize, &[Setting]),
        draws: Draws,
    ) -> Result<Lowered, SweepFailure> {
        let scenario = scenario(self.loaded, paths, point, row).map_err(|failure| {
            SweepError::failed(failure.to_string(), "the points of this store belong to another scenario")
        })?;
        let variant = variant(self.loaded, paths, row);
        let of = variant.map_or(&self.loaded.scenario, |variant| &self.loaded.variants[variant].scenario);
        let first = self.firsts[variant.map_or(0, |variant| 1 + variant)].get_or_init(|| self.first(of));
        if let Some(Sets { keys, extent }) = &self.sets {
            let parameters = ParameterDraws::new(keys.clone(), draws, *extent);
            let (plan, sets) = Predictive::prepare(&scenario, parameters, *extent, self.request)
                .map_err(|error| error.about(&format!("point {point}")))?;
            return Ok(Lowered { point, plan, scenario, sets: Some(sets.beside(first.allocation.clone())) });
        }
        let mut plan = if self.whole { prepare(&scenario) } else { prepare_near(&scenario, &first.pilot) };
        self.request.apply(&scenario, &mut plan, &mut first.allocation.clone());
        Ok(Lowered { point, plan, scenario, sets: None })
    }
}

/// The variant that a point names, by its place in the file.
fn variant(loaded: &Loaded, paths: &[String], row: &[Setting]) -> Option<usize> {
    let (_, name) = paths.iter().zip(row).rfind(|(path, _)| *path == VARIANT)?;
    let name = plain(name);
    loaded.variants.iter().position(|variant| variant.name == name)
}

/// A point as a scenario.
///
/// # Errors
/// If it is none.
pub fn scenario(loaded: &Loaded, paths: &[String], point: usize, row: &[Setting]) -> Result<Scenario, Box<Failure>> {
    let variant = variant(loaded, paths, row).map(|variant| &loaded.variants[variant]);
    let template: &Template = variant.map_or(&loaded.template, |variant| &variant.template);
    let settings: Vec<(&str, Setting)> = paths
        .iter()
        .zip(row)
        .filter(|(path, _)| *path != VARIANT)
        .map(|(path, value)| (path.as_str(), value.clone()))
        .collect();
    let mut scenario = template.set(&settings, &format!("point {point}")).map_err(Box::new)?;
    scenario.variant = variant.map(|variant| variant.name.clone());
    Ok(scenario)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::PointSet;

    /// Points with more jumps than the file's scenario, or none, spend their own dimensions whichever was lowered before.
    #[test]
    fn what_a_point_draws_depends_on_the_point_and_the_file_alone() {
        let text = include_str!("../../tests/cases/one-lab.toml");
        let loaded = crate::scenario::parse(text, "one-lab.toml").unwrap_or_else(|failure| panic!("{failure}"));
        let request = PointsRequest { set: PointSet::Sobol, ..PointsRequest::default() };
        let place = ["factor.price.jumps.intensity".to_owned()];
        let points = |intensities: [f64; 4]| {
            let origin = Origin { loaded: &loaded, request, firsts: vec![OnceLock::new()], whole: false, sets: None };
            let draws = Draws { seed: 1, replicate: 0 };
            let lower = |x| {
                let lowered = origin.lower(&place, (0, &[Setting::Number(x)]), draws);
                lowered.unwrap_or_else(|failure| panic!("{failure}")).plan
            };
            intensities.map(|x| lower(x).points.expect("it has points"))
        };
        let [few, usual, many, none] = points([0.1, 0.5, 3.0, 0.0]);
        assert_eq!(points([0.0, 3.0, 0.5, 0.1]), [&none, &many, &usual, &few].map(std::sync::Arc::clone));
        let mut own = prepare(&loaded.scenario);
        request.apply(&loaded.scenario, &mut own, &mut Allocation::default());
        assert_eq!(own.points.expect("it has points"), usual, "the file's scenario draws what a run of it draws");
        assert!(none.jumps.is_empty() && !usual.jumps.is_empty());
        assert_eq!(none.nodes, usual.nodes, "what they have in common has the same dimensions");
    }
}
