//! Which scenarios are compared: files and their variants, under names that tell them apart.

use indexmap::IndexMap;

use super::error::RunError;
use crate::scenario::{Loaded, Scenario, Template, Variant};

/// A scenario of a comparison, before it is lowered.
#[derive(Debug, Clone)]
pub(super) struct Chosen<'a> {
    /// Under which it stands, unlike all others.
    pub name: String,
    pub file: String,
    pub label: Option<String>,
    pub changes: IndexMap<String, Option<String>>,
    pub scenario: &'a Scenario,
    pub template: &'a Template,
}

impl<'a> Chosen<'a> {
    fn of_file(file: &'a Loaded) -> Self {
        let stem = std::path::Path::new(&file.source.name).file_stem();
        Chosen {
            name: stem.map_or(file.source.name.clone(), |stem| stem.to_string_lossy().into_owned()),
            file: file.source.name.clone(),
            label: None,
            changes: IndexMap::new(),
            scenario: &file.scenario,
            template: &file.template,
        }
    }

    fn of_variant(file: &Loaded, variant: &'a Variant) -> Self {
        Chosen {
            name: variant.name.clone(),
            file: file.source.name.clone(),
            label: variant.label.clone(),
            changes: variant.changes.iter().map(|change| (change.path.clone(), change.value.clone())).collect(),
            scenario: &variant.scenario,
            template: &variant.template,
        }
    }
}

/// A variant that no file has.
pub fn unknown_variant(name: &str, loaded: &[Loaded]) -> RunError {
    let known: Vec<&str> =
        loaded.iter().flat_map(|file| file.variants.iter().map(|variant| variant.name.as_str())).collect();
    let hint = match known.is_empty() {
        true => "the file has no [[variant]]".to_owned(),
        false => format!("the variants are {}", known.join(", ")),
    };
    RunError::usage(format!("there is no variant `{name}`"), hint)
}

/// A variant of a file.
///
/// # Errors
/// If the file has none of that name.
pub fn variant<'a>(loaded: &'a Loaded, name: &str) -> Result<&'a Variant, RunError> {
    let found = loaded.variants.iter().find(|variant| variant.name == *name);
    found.ok_or_else(|| unknown_variant(name, std::slice::from_ref(loaded)))
}

/// The base and what is compared with it: the other files, and the variants that are asked for; where none is, those of a single file.
pub(super) fn choose<'a, S: AsRef<str>>(loaded: &'a [Loaded], variants: &[S]) -> Result<Vec<Chosen<'a>>, RunError> {
    let mut chosen: Vec<Chosen> = loaded.iter().map(Chosen::of_file).collect();
    let all = || loaded.iter().flat_map(|file| file.variants.iter().map(move |variant| (file, variant)));
    let wanted: Vec<_> = match (variants, loaded) {
        ([], [_]) => all().collect(),
        ([], _) => Vec::new(),
        (names, _) => {
            let find = |name: &S| {
                let found: Vec<_> = all().filter(|(_, variant)| variant.name == name.as_ref()).collect();
                if found.is_empty() { Err(unknown_variant(name.as_ref(), loaded)) } else { Ok(found) }
            };
            names.iter().map(find).collect::<Result<Vec<_>, _>>()?.concat()
        }
    };
    chosen.extend(wanted.into_iter().map(|(file, variant)| Chosen::of_variant(file, variant)));
    let Some(first) = loaded.first() else {
        return Err(RunError::usage("there is no scenario to compare", "give a file with variants, or two files"));
    };
    if chosen.len() < 2 {
        return Err(RunError::usage(
            format!("`{}` has no [[variant]] to compare it with", first.source.name),
            "add a variant, such as [[variant]] name = \"lean\", set = { \"contract.NAME.take_or_pay\" = 0.5 }, or name a second file",
        ));
    }
    distinguish(&mut chosen);
    Ok(chosen)
}

/// Names that stand twice become file and name, or bear numbers where that is no help.
fn distinguish(chosen: &mut [Chosen]) {
    let names: Vec<String> = chosen.iter().map(|chosen| chosen.name.clone()).collect();
    let with_file: Vec<String> = chosen.iter().map(|chosen| format!("{}: {}", chosen.file, chosen.name)).collect();
    let is_twice = |all: &[String], name: &String| all.iter().filter(|other| *other == name).count() > 1;
    for (place, chosen) in chosen.iter_mut().enumerate() {
        if is_twice(&names, &names[place]) {
            let numbered = format!("{} ({})", chosen.name, place + 1);
            chosen.name = if is_twice(&with_file, &with_file[place]) { numbered } else { with_file[place].clone() };
        }
    }
}

/// Differences of dollars and euros mean nothing.
pub(super) fn refuse_units(chosen: &[Chosen]) -> Result<(), RunError> {
    let units = |chosen: &Chosen| (chosen.scenario.currency.clone(), chosen.scenario.capacity_unit.clone());
    let Some(other) = chosen.iter().find(|other| units(other) != units(&chosen[0])) else { return Ok(()) };
    let (ours, theirs) = (units(&chosen[0]), units(other));
    Err(RunError::usage(
        format!(
            "`{}` uses {} and {}, but `{}` uses {} and {}",
            chosen[0].name, ours.0, ours.1, other.name, theirs.0, theirs.1
        ),
        "use the same `currency` and `capacity_unit` in all scenarios",
    ))
}
