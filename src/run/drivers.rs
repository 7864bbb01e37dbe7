//! What drives the results of a run, for its page.

use super::error::RunError;
use super::observer::Observer;
use super::sensitivity::{Part, SensitivityBuilder};
use crate::distribution::Distribution;
use crate::engine::select::Wish;
use crate::result::{ResultDocument, SensitivityDocument, SensitivityInput};
use crate::scenario::{Scenario, Template, UncertainInput};
use crate::text::numbers::input_number;

/// Inputs whose low and high values a page carries at most.
const MOST_INPUTS: usize = 6;

/// What drives the results of a run.
#[derive(Debug)]
pub struct Drivers {
    /// A tornado and targets.
    pub document: SensitivityDocument,
    /// The ends of the tornado's longest bars for its first output, by name: the scenario with one input at its low or high value and
    /// all others at the centre.
    pub ends: Vec<(String, Scenario)>,
}

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
) -> Result<Drivers, RunError> {
    let sampling = &document.provenance.sampling;
    let builder = SensitivityBuilder::new(scenario, template)
        .paths((sampling.paths / 10).max(1))
        .seed(sampling.seed)
        .engine(wish)
        .allow_invalid(allow_invalid)
        .parts([Part::Tornado, Part::Targets])
        .observe(observer);
    let builder = if scenario.uncertainty.is_some() { builder } else { builder.all() };
    let document = builder.run()?;
    let ends = ends(&document, scenario, template);
    Ok(Drivers { document, ends })
}

/// The scenarios at the ends of the longest bars.
fn ends(document: &SensitivityDocument, scenario: &Scenario, template: &Template) -> Vec<(String, Scenario)> {
    let uncertain = |(key, of): (&String, &SensitivityInput)| {
        let distribution = Distribution::Uniform { low: of.low, high: of.high };
        UncertainInput { key: key.clone(), label: None, reason: None, distribution }
    };
    let movable = scenario.with_uncertain(template, document.inputs.iter().map(uncertain).collect());
    let centre: Vec<f64> = document.inputs.values().map(|input| input.centre).collect();
    let swings = document.outputs.keys().next().and_then(|key| document.swings(key)).unwrap_or_default();
    let moving = swings.into_iter().filter(|(_, swing)| swing.size() > 0.0).take(MOST_INPUTS);
    let places = moving.filter_map(|(key, _)| document.inputs.get_full(key));
    let sides = places.flat_map(|(place, key, input)| {
        let name = input.label.as_ref().unwrap_or(key);
        [("low", input.low), ("high", input.high)]
            .map(|(side, x)| (place, x, format!("{name}: {side}, {}", input_number(x))))
    });
    // a value that makes no valid scenario has no bar either
    let end = |(place, x, name): (usize, f64, String)| {
        let mut values = centre.clone();
        values[place] = x;
        Some((name, movable.with_inputs(&values, "an end of the tornado").ok()?))
    };
    sides.filter_map(end).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::select::Backend;
    use crate::result::Key;
    use crate::run::RunBuilder;
    use crate::scenario;

    /// Each end is the scenario whose run moved the output so far: its probability counts the same paths.
    #[test]
    fn ends_are_those_of_the_bars() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/examples/start.toml");
        let loaded = scenario::load(file.as_ref()).unwrap_or_else(|failure| panic!("{failure}"));
        let run = |scenario: &Scenario, paths: u64| {
            let builder = RunBuilder::new(scenario).backend(Backend::Cpu).seed(11).paths(paths);
            builder.run().expect("the scenario is valid").document
        };
        let document = run(&loaded.scenario, 20_480);
        let wish = Wish { backend: Backend::Cpu, ..Wish::default() };
        let found =
            drivers((&loaded.scenario, &loaded.template), &document, (wish, false), &()).expect("it has inputs");
        let key = Key::system_bubble();
        let centre = found.document.outputs[&key].estimate.value.expect("it is defined");
        let swings = found.document.swings(&key).expect("there is a tornado");
        let moved = swings.iter().take(MOST_INPUTS).flat_map(|(_, swing)| [&swing.low, &swing.high]).flatten();
        let moved: Vec<f64> = moved.filter_map(|of| of.value).collect();
        assert!(moved.len() >= 4 && moved.len() == found.ends.len(), "{moved:?}");
        assert!(found.ends[0].0.contains(": low, ") && found.ends[1].0.contains(": high, "), "{}", found.ends[0].0);
        for ((name, scenario), by) in found.ends.iter().zip(moved) {
            let value = run(scenario, 2_048).get(&key).flatten().expect("it is defined");
            assert!((value - centre - by).abs() < 1e-9, "{name}: {value} is not {centre} and {by}");
        }
    }
}
