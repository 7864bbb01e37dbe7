//! What the page of a sweep shows: its points from the store.

use std::collections::BTreeSet;

use super::error::SweepError;
use super::points::PointNumbers;
use super::rows::{self, shown};
use super::store::Store;
use crate::measure::{Estimate, Pivot};
use crate::registry::Figure;
use crate::result::{SweepReport, SweepTable, SweptPoint};
use crate::scenario::{Loaded, Setting};

/// The points of a store with a figure of the system. `loaded` is the scenario that the store keeps
/// ([`scenario_of`](super::scenario_of)).
///
/// # Errors
/// If results cannot be read.
pub fn summary(store: &Store, loaded: &Loaded, figure: Figure) -> Result<SweepReport, SweepError> {
    let manifest = &store.manifest;
    let mut points = Vec::new();
    let mut currencies = BTreeSet::new();
    // errors come from the paths, or from scrambles
    let scrambles = manifest.replicates().map(|replicates| replicates as usize);
    let pivot = scrambles.and_then(|scrambles| Pivot::between(scrambles).ok()).unwrap_or(Pivot::Normal);
    let level = manifest.asked().last_level();
    for results in store.results() {
        for (point, rows) in results? {
            currencies.extend(rows::currency(&rows).map(str::to_owned));
            points.push(swept(&store.points.rows[point], point, &PointNumbers::new(level, &rows), figure, pivot));
        }
    }
    points.sort_by_key(|point| point.point);
    let currency = rows::common_currency(currencies.iter().map(String::as_str));
    let table = SweepTable {
        axes: store.points.paths.clone(),
        figure,
        currency: currency.to_owned(),
        capacity_unit: loaded.scenario.capacity_unit.clone(),
        level,
        points,
    };
    let axes = manifest.design.axes.iter().map(|axis| format!("{} = {}", axis.path, axis.values));
    let numbers = if manifest.independent { "independent" } else { "common" };
    let engine = &manifest.engine;
    let paths = match manifest.targets.is_empty() {
        true => format!("{}, {numbers} random numbers", manifest.paths),
        false => format!("{}, {numbers} random numbers", manifest.paths_in_words()),
    };
    let mut pairs = vec![
        ("Store", store.root().display().to_string()),
        ("Axes", axes.collect::<Vec<_>>().join("; ")),
        ("Scenario hash (BLAKE3)", manifest.scenario_hash.clone()),
        ("Seed", manifest.seed.to_string()),
        ("Paths of each point", paths),
        ("Engine", format!("{} {}", engine.backend, engine.precision)),
    ];
    pairs.extend(manifest.drawn_in_words().map(|drawn| ("Paths drawn from", drawn)));
    pairs.extend(engine.adapter.clone().map(|adapter| ("Adapter", adapter)));
    pairs.extend(engine.driver.clone().map(|driver| ("Driver", driver)));
    pairs.push(("Program version", format!("overhang {}", manifest.program_version)));
    let title = format!("Sweep of {}", manifest.scenario);
    Ok(SweepReport { title, table, points: store.points.rows.len(), provenance: pairs })
}

fn swept(values: &[Setting], point: usize, numbers: &PointNumbers, figure: Figure, pivot: Pivot) -> SweptPoint {
    let (mean, se) = numbers.mean(figure);
    let value = |setting: &Setting| match setting {
        Setting::Number(number) => (shown(setting), Some(*number)),
        Setting::Text(_) | Setting::Date(_) => (shown(setting), None),
    };
    SweptPoint {
        point,
        values: values.iter().map(value).collect(),
        mean: Estimate::around(mean, se, pivot),
        se,
        shortfall: numbers.shortfall(figure),
        bubble: numbers.bubble(),
        failed: numbers.failed(),
    }
}
