//! The Markov chain common to all factors, and what its states do to them.

use nalgebra::DMatrix;

use super::super::item::Item;
use super::super::limits::Limits;
use super::super::model::{Effect, Factor, Process, Regimes};
use super::super::names::Names;
use super::common::{MOST_FACTORS, entries};
use crate::scenario::item::Fields;

/// States of the chain.
const MOST_STATES: usize = 16;

const INTENSITY: Limits = Limits::between(0.0, 1_000.0, "the transitions per year while in the first state");
const DRIFT: Limits = Limits::between(-10.0, 10.0, "added to the drift per year while in the state");
const SHIFT: Limits =
    Limits::between(-20.0, 20.0, "added to the log (logit) level while in the state: -0.4 is a third less");
const VOLATILITY: Limits = Limits::between(0.0, 100.0, "the multiplier of the volatility while in the state");
const ON_ENTRY: Limits =
    Limits::between(-20.0, 20.0, "added once to the log (logit) of the factor on entry to the state");

/// The `[regimes]` with the names of their states, which events may refer to even where something else is wrong.
pub(super) fn regimes(fields: &Fields, factors: &[Option<Factor>], names: &Names) -> (Names, Option<Regimes>) {
    let states = states(fields);
    let start = fields.required("start", "the state at the start date").and_then(|item| states.find(&item));
    let generator = match fields.optional("intensity") {
        Some(item) => generator(&item, &states),
        None => Some(DMatrix::zeros(states.len(), states.len())),
    };
    let effects = effects(fields, &states, factors, names);
    fields.finish();
    let build = || {
        let (start, generator, effects) = (start?, generator?, effects?);
        Some(Regimes { states: states.all()?, start, generator, effects })
    };
    let regimes = build();
    (states, regimes)
}

fn states(fields: &Fields) -> Names {
    let meaning = "an array of one to 16 names";
    let mut states = Names::new("state");
    let Some(item) = fields.required("states", meaning) else { return states };
    let elements = item.list(MOST_STATES, meaning).unwrap_or_default();
    if elements.is_empty() {
        item.fail("`states` is empty", "must name at least one", "remove [regimes] if there are none");
    }
    elements.into_iter().for_each(|element| states.add(Some(element)));
    states
}

/// The generator: rows sum to 0.
fn generator(item: &Item, states: &Names) -> Option<DMatrix<f64>> {
    let meaning = "an array of [from, to, transitions per year], each pair of states once";
    let mut generator = DMatrix::zeros(states.len(), states.len());
    let mut lines = DMatrix::<usize>::zeros(states.len(), states.len());
    let mut valid = true;
    for element in item.list(MOST_STATES * MOST_STATES, meaning)? {
        let Some((from, to, intensity)) = transition(&element, states) else {
            valid = false;
            continue;
        };
        let line = std::mem::replace(&mut lines[(from, to)], element.context.line(&element.span()));
        if line > 0 {
            let title = format!("the transition from `{}` to `{}` is given twice", states.name(from), states.name(to));
            element.fail(title, "must be given once", format!("the first is on line {line}"));
            valid = false;
        }
        generator[(from, to)] += intensity;
        generator[(from, from)] -= intensity;
    }
    valid.then_some(generator)
}

fn transition(element: &Item, states: &Names) -> Option<(usize, usize, f64)> {
    let [from, to, intensity] = element.parts(["from", "to", "intensity"])?;
    let (from, place, intensity) = (states.find(&from), states.find(&to), intensity.number(&INTENSITY));
    let (from, place) = (from?, place?);
    if from == place {
        let title = format!("`{}` has a transition to itself", states.name(from));
        to.fail(title, "must be another state", "staying in a state needs no entry");
        return None;
    }
    Some((from, place, intensity?))
}

fn effects(fields: &Fields, states: &Names, factors: &[Option<Factor>], names: &Names) -> Option<Vec<Effect>> {
    let tables = entries(fields, "effect", "[[regimes.effect]]", MOST_STATES * MOST_FACTORS);
    let mut lines = DMatrix::<usize>::zeros(states.len(), names.len());
    let effects: Vec<Option<Effect>> = tables
        .iter()
        .map(|table| {
            let effect = effect(table, states, factors, names)?;
            let line = &mut lines[(effect.state, effect.factor)];
            if *line > 0 {
                let (state, factor) = (states.name(effect.state), names.name(effect.factor));
                let hint = format!("merge it with the one on line {line}");
                table.fail(format!("a second effect of `{state}` on `{factor}`"), "must be one entry", hint);
                return None;
            }
            *line = table.context.line(&table.span);
            Some(effect)
        })
        .collect();
    effects.into_iter().collect()
}

fn effect(fields: &Fields, states: &Names, factors: &[Option<Factor>], names: &Names) -> Option<Effect> {
    let state = fields.required("state", "the state that has the effect").and_then(|item| states.find(&item));
    let factor = fields.required("factor", "the factor that it affects").and_then(|item| names.find(&item));
    let process = factor.and_then(|place| factors[place].as_ref()).map(|factor| &factor.process);
    let effect = Effect {
        state: 0,
        factor: 0,
        drift: fields.number_or("drift", &DRIFT, 0.0),
        shift: fields.number_or("shift", &SHIFT, 0.0),
        volatility: fields.number_or("volatility", &VOLATILITY, 1.0),
        on_entry: fields.number_or("on_entry", &ON_ENTRY, 0.0),
    };
    fields.finish();
    if !["drift", "shift", "volatility", "on_entry"].iter().any(|key| fields.has(key)) {
        let label = "needs `drift`, `shift`, `volatility` or `on_entry`";
        fields.fail("the effect changes nothing", label, "remove the entry if the state has no effect");
    }
    match process {
        Some(Process::Gbm { .. }) => {
            fields.refuse("shift", "a gbm", "a gbm has no level to shift; use `drift` or `on_entry`")
        }
        Some(Process::Ou { .. } | Process::LogitOu { .. }) => {
            fields.refuse("drift", "a mean-reverting factor", "use `shift` to move the level that it reverts to");
        }
        Some(Process::Table { .. }) => {
            let hint = "a table is deterministic; write the change into its values";
            fields.fail("an effect on a table", "must be on a random factor", hint);
        }
        None => {}
    }
    Some(Effect { state: state?, factor: factor?, ..effect })
}
