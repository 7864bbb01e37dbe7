//! The points that are asked for, and what is refused of them before anything is computed.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::axis::{Axis, VARIANT};
use super::design::{self, Kind, Points};
use super::error::{SweepError, SweepFailure};
use super::file::SweepFile;
use super::list;
use super::origin::scenario;
use super::point::{WrongPoint, describe, wrong_points};
use super::rows::plain;
use super::shard::Unit;
use super::tables::is_taken;
use crate::engine::Progress;
use crate::result::EstimateRequest;
use crate::run::{Observer, PointSet, PointsRequest, RunError, Settings, Stage, unknown_variant, watched};
use crate::scenario::{Loaded, Setting};

/// Kinds of wrong points that a message shows.
const SHOWN: usize = 5;

/// A design as it is asked for; what is not said may stand in a sweep file.
#[derive(Debug, Clone, Default)]
pub struct AskedDesign {
    pub kind: Option<Kind>,
    pub axes: Vec<Axis>,
    pub list: Option<PathBuf>,
    pub points: Option<u64>,
}

/// A design: its kind, its axes, and all its points.
#[derive(Debug, Clone)]
pub struct Design {
    pub kind: Kind,
    pub axes: Vec<Axis>,
    pub points: Points,
}

impl AskedDesign {
    /// The points that are meant.
    ///
    /// # Errors
    /// If nothing varies, the design does not go with the axes or their number, or the list cannot be read.
    pub fn design(&self, file: &SweepFile, seed: u64) -> Result<Design, SweepError> {
        let axes = if self.axes.is_empty() { &file.axes } else { &self.axes };
        let listed = if self.axes.is_empty() { self.list.as_ref().or(file.list.as_ref()) } else { None };
        let kind = self.kind.or(file.design).unwrap_or(if listed.is_some() { Kind::List } else { Kind::Grid });
        if let (Kind::List, Some(path)) = (kind, listed) {
            let points = list::read(path)?;
            let axes = points.paths.iter().map(|name| Axis::listed(name, Vec::new())).collect();
            return Ok(Design { kind, axes, points });
        }
        if kind == Kind::List {
            return Err(SweepError::usage(
                "--design list needs --list FILE",
                "write a file with a column for each key and a row for each point",
            ));
        }
        if axes.is_empty() {
            return Err(SweepError::usage(
                "this sweep varies nothing",
                "add --axis PLACE=VALUES, --list FILE or --sweep FILE",
            ));
        }
        let found = match (kind, self.points.or(file.points)) {
            (Kind::Grid, None) => design::grid(axes),
            (Kind::Grid, Some(_)) => {
                Err("--points does not go with a grid, whose axes determine the number of points".into())
            }
            (_, None) => Err("a Latin hypercube or Sobol design needs --points".into()),
            (Kind::LatinHypercube, Some(count)) => design::latin_hypercube(axes, count as usize, seed),
            (_, Some(count)) => design::sobol(axes, count as usize, seed),
        };
        let wrong = |message| SweepError::usage(message, "see `overhang sweep --help` for designs and values");
        Ok(Design { kind, axes: axes.clone(), points: found.map_err(wrong)? })
    }
}

/// No two axes set one place, under one name or two, nor a place and one inside it; in variants numbers may mean other entries.
pub(super) fn refuse_clash(loaded: &Loaded, paths: &[String]) -> Result<(), SweepError> {
    let mut templates = vec![&loaded.template];
    if paths.iter().any(|path| path == VARIANT) {
        templates.extend(loaded.variants.iter().map(|variant| &variant.template));
    }
    let Some(clash) = templates.iter().find_map(|template| template.clash(paths)) else { return Ok(()) };
    let (first, second) = (&paths[clash.first], &paths[clash.second]);
    let same = "give all its values to one axis";
    Err(match (clash.same, first == second) {
        (true, true) => SweepError::usage(format!("two axes set the key `{second}`"), same),
        (true, false) => SweepError::usage(format!("`{first}` and `{second}` are the same key"), same),
        _ => SweepError::usage(
            format!("`{first}` and `{second}` overlap: one key lies inside the other"),
            "vary either the whole or what is inside it",
        ),
    })
}

/// No axis has the name of a column of the results.
pub(super) fn refuse_taken(paths: &[String], asked: &EstimateRequest) -> Result<(), SweepError> {
    match paths.iter().find(|path| is_taken(path, asked)) {
        None => Ok(()),
        Some(taken) => Err(SweepError::usage(
            format!("`{taken}` cannot be an axis"),
            "choose a key whose value changes the results",
        )),
    }
}

/// An axis of variants names those of the file.
pub(super) fn refuse_unknown_variants(loaded: &Loaded, points: &Points) -> Result<(), SweepFailure> {
    for (axis, path) in points.paths.iter().enumerate().filter(|(_, path)| *path == VARIANT) {
        let named = points.rows.iter().map(|row| plain(&row[axis]));
        let known = |name: &String| loaded.variants.iter().any(|variant| variant.name == *name);
        if let Some(name) = named.into_iter().find(|name| !known(name)) {
            let cause = unknown_variant(&name, std::slice::from_ref(loaded));
            return Err(SweepFailure::UnknownVariant { axis: path.clone(), cause: Box::new(cause) });
        }
    }
    Ok(())
}

/// Refuses what only goes with uncertain inputs, which may stand in a sweep file.
pub(super) fn refuse_idle(settings: &Settings, file: &SweepFile, loaded: &Loaded) -> Result<(), SweepError> {
    let are_independent = settings.points().set == PointSet::Independent;
    // an option may have taken the place of the file's quasi-random points
    let is_idle = |asked: PointsRequest| asked.set == PointSet::Independent && asked.replicates.is_some();
    if are_independent && file.point_set.is_some_and(is_idle) && !loaded.scenario.is_at_medians {
        return Err(SweepError::usage(
            "`replicates` is for quasi-random points and for parameter sets, but the sweep has neither",
            "add \"sobol\" to `points`, or leave out `replicates`",
        ));
    }
    if settings.draws.is_some() && !loaded.scenario.is_at_medians {
        return Err(SweepError::usage(
            "`draws` sets the number of parameter sets, but the scenario has no uncertain inputs",
            "add [[uncertain]] entries to the scenario, or leave out `draws`",
        ));
    }
    Ok(())
}

/// Whether a point has uncertain inputs: those that no axis sets.
pub(super) fn draws_inputs(loaded: &Loaded, points: &Points) -> bool {
    if !loaded.is_uncertain() {
        return false;
    }
    // which inputs are set depends on the axes and the variant alone
    let axis = points.paths.iter().rposition(|path| path == VARIANT);
    let mut variants = BTreeSet::new();
    let first = |row: &&Vec<Setting>| variants.insert(axis.map(|axis| plain(&row[axis])));
    let firsts: Vec<&Vec<Setting>> = points.rows.iter().filter(first).collect();
    // a point that is no scenario is told by whoever checks all of them
    let is_certain = |row: &&Vec<Setting>| {
        scenario(loaded, &points.paths, 0, row).is_ok_and(|scenario| scenario.uncertainty.is_none())
    };
    !firsts.iter().all(is_certain)
}

/// Every point that this process is to compute must be a scenario before the first one is computed.
pub(super) fn refuse_points(
    loaded: &Loaded,
    points: &Points,
    units: &[Unit],
    observer: &dyn Observer,
) -> Result<(), SweepFailure> {
    let own = own_points(units);
    let work = |progress: &Progress| Ok::<_, RunError>(wrong_points(loaded, points, &own, SHOWN, progress));
    // what is wrong with all of them is said once
    let wrong = watched(observer, Stage::Points(own.len() as u64), work)??;
    if wrong.count == 0 {
        return Ok(());
    }
    let shown = |wrong: &WrongPoint| format!("{}\n{}\n", describe(points, wrong.point), wrong.failure);
    let shown: Vec<String> = wrong.first.iter().map(shown).collect();
    let more = match wrong.count - shown.len() {
        0 => String::new(),
        more => format!("\n… and {more} more points that are not valid scenarios"),
    };
    let failures = wrong.first.into_iter().map(|wrong| wrong.failure).collect();
    Err(SweepFailure::WrongPoints { text: shown.join("\n") + &more, failures })
}

/// The points that units are of, in order.
pub(super) fn own_points(units: &[Unit]) -> Vec<usize> {
    let own: BTreeSet<usize> = units.iter().flat_map(|unit| unit.points.iter().copied()).collect();
    own.into_iter().collect()
}
