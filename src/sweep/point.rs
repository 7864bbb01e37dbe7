//! Points as scenarios, as plans, and as rows.

use std::collections::HashSet;

use rayon::prelude::*;

use super::design::Points;
use super::error::SweepFailure;
use super::lowered::Lowered;
use super::manifest::Manifest;
use super::origin::{Origin, scenario};
use super::rows::{self, Row, Sampled, plain};
use crate::engine::{Progress, empty_tally, prepare};
use crate::result::{EstimateRequest, Estimator, Provenance, ResultDocument, Sampling};
use crate::scenario::{Failure, Loaded, Scenario, Setting};
use crate::tally::{SampleDesign, Tally};

/// What keeps a point from being a scenario.
pub struct WrongPoint {
    pub point: usize,
    pub failure: Failure,
}

/// Points that are no scenarios: how many there are, and the first of each kind, so that memory does not grow with them.
#[derive(Default)]
pub struct WrongPoints {
    pub count: usize,
    /// In order of points, with a title of its own each.
    pub first: Vec<WrongPoint>,
}

impl WrongPoints {
    /// Both together, with the first `most` kinds.
    fn and(mut self, other: WrongPoints, most: usize) -> Self {
        self.count += other.count;
        self.first.extend(other.first);
        self.first.sort_by_key(|wrong| wrong.point);
        let mut titles = HashSet::new();
        let title = |wrong: &WrongPoint| wrong.failure.diagnostics.first().map(|found| found.title.clone());
        self.first.retain(|wrong| titles.insert(title(wrong)));
        self.first.truncate(most);
        self
    }
}

/// Reads points as scenarios, and keeps the first `most` kinds of failures. `progress` is told of points, and may end it early.
pub fn wrong_points(
    loaded: &Loaded,
    points: &Points,
    chosen: &[usize],
    most: usize,
    progress: &Progress,
) -> WrongPoints {
    let wrong = |point: usize| {
        let failure = *scenario(loaded, &points.paths, point, &points.rows[point]).err()?;
        Some(WrongPoints { count: 1, first: vec![WrongPoint { point, failure }] })
    };
    let all = chosen.par_iter().copied().take_any_while(|_| progress(1)).filter_map(wrong);
    all.reduce(WrongPoints::default, |one, other| one.and(other, most))
}

/// A point's name and values, for people.
pub fn describe(points: &Points, point: usize) -> String {
    let values = points.paths.iter().zip(&points.rows[point]).map(|(path, value)| format!("{path} = {}", plain(value)));
    format!("point {point}: {}", values.collect::<Vec<_>>().join(", "))
}

/// The values of some points, apart from all others.
pub(super) struct Chosen {
    paths: Vec<String>,
    rows: Vec<(usize, Vec<Setting>)>,
}

impl Chosen {
    pub fn of(points: &Points, chosen: &[usize]) -> Self {
        let rows = chosen.iter().map(|&point| (point, points.rows[point].clone())).collect();
        Chosen { paths: points.paths.clone(), rows }
    }

    /// Reads and lowers them.
    pub fn lower(&self, origin: &Origin, manifest: &Manifest) -> Result<Vec<Lowered>, SweepFailure> {
        let lower =
            |(point, row): &(usize, Vec<Setting>)| origin.lower(&self.paths, (*point, row), manifest.draws(*point));
        // report the first failure in order, whichever finishes first
        self.rows.par_iter().map(lower).collect::<Vec<_>>().into_iter().collect()
    }
}

/// A point's result without paths: which numbers there are, with their units.
pub fn nothing(scenario: &Scenario, asked: &EstimateRequest) -> ResultDocument {
    let plan = prepare(scenario);
    let provenance = Provenance::new(scenario, Sampling::default());
    Estimator::new(scenario, &plan, &empty_tally(&plan), asked).numbers(provenance)
}

/// Rows of points, and nothing else of them: each is freed where its rows were made.
///
/// `met` says of each point whether its targets are met; it is empty without targets.
pub(super) fn results(
    manifest: &Manifest,
    lowered: Vec<Lowered>,
    tallies: Vec<Tally>,
    met: &[bool],
) -> Vec<(usize, Vec<Row>)> {
    let of = |(place, (lowered, tally)): (usize, (Lowered, Tally))| {
        (lowered.point, point_rows(manifest, &lowered, &tally, met.get(place).copied()))
    };
    lowered.into_par_iter().zip(tallies).enumerate().map(of).collect()
}

fn point_rows(manifest: &Manifest, lowered: &Lowered, tally: &Tally, met: Option<bool>) -> Vec<Row> {
    if let (Some(first), false) = (tally.first_invalid(), manifest.allow_invalid) {
        let count = tally.invalid.count;
        let note = format!("{count} paths have a figure that is infinite or not a number; the first is path {first}");
        return vec![Row::Failed(note)];
    }
    let sampled = met.map(|met| Sampled { paths: tally.paths, met });
    rows::rows(&numbers(manifest, lowered, tally), sampled)
}

/// The numbers of a point.
pub(super) fn numbers(manifest: &Manifest, lowered: &Lowered, tally: &Tally) -> ResultDocument {
    // targets decide how many paths there are
    let paths = if manifest.targets.is_empty() { manifest.paths } else { tally.paths };
    let sampling = Sampling {
        seed: manifest.seed,
        replicate: manifest.replicate(lowered.point),
        paths,
        sampling: SampleDesign::<Tally>::Independent.name().into(),
        trajectories: None,
        backend: manifest.engine.backend.clone(),
        precision: manifest.engine.precision.clone(),
        ..Sampling::default()
    };
    let request = manifest.request();
    let sampling = match manifest.set_extent() {
        Some(extent) => request.told_sets(extent, sampling),
        None => request.told(manifest.extent(paths), sampling),
    };
    let provenance = Provenance::new(&lowered.scenario, sampling);
    Estimator::new(&lowered.scenario, &lowered.plan, tally, &manifest.asked()).numbers(provenance)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::parse;

    #[test]
    fn all_wrong_points_are_counted_and_the_first_of_each_kind_kept() {
        let loaded = parse(include_str!("../../docs/examples/start.toml"), "start.toml").unwrap();
        // every seventh point is a scenario; the others are wrong in two ways, or each in its own
        let value = |point: usize| match point % 7 {
            0 => 0.5,
            1..=3 => 1.5,
            4 | 5 => -1.0,
            _ => 2.0 + point as f64,
        };
        let rows = (0..700).map(|point| vec![Setting::Number(value(point))]).collect();
        let points = Points { paths: vec!["contract.cloud.take_or_pay".into()], rows };
        let chosen: Vec<usize> = (0..700).collect();
        let found = wrong_points(&loaded, &points, &chosen, 4, &|_| true);
        assert_eq!(found.count, 600);
        assert_eq!(found.first.iter().map(|wrong| wrong.point).collect::<Vec<_>>(), [1, 4, 6, 13]);
        assert_eq!(wrong_points(&loaded, &points, &[0, 7, 14], 4, &|_| true).count, 0);
    }
}
