//! What a store's results are: everything that determines them, and nothing else.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::design::{Kind, Points};
use super::shard::Shard;
use crate::engine::Draws;
use crate::plan::points::{Construction, MOST_POINTS};
use crate::result::{EstimateRequest, Target};
use crate::run::parameters::SetExtent;
use crate::run::{Extent, PointSet, PointsRequest};

/// The version of the stores that are written. One of version 1, whose parts do not say what they belong to, is read and resumed
/// as it is; so is one of version 2, whose points have whole pilots each.
pub const STORE_VERSION: u32 = 3;

/// What determines the results of a sweep.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    pub store_version: u32,
    pub program_version: String,
    /// The scenario's name.
    pub scenario: String,
    /// BLAKE3 of the scenario file, in hexadecimal.
    pub scenario_hash: String,
    pub design: DesignRecord,
    /// Paths of each point; with targets, the most that it may have.
    pub paths: u64,
    /// Targets of precision, which decide the paths of each point.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub targets: Vec<String>,
    /// The quasi-random points that paths are drawn from; absent if paths are independent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub points: Option<PointsRecord>,
    /// The parameter sets that share the paths of each point; absent if nothing is uncertain, or all is held at its median.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sets: Option<SetsRecord>,
    /// `medians` if uncertain inputs are held at their medians; absent if nothing is uncertain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inputs: Option<String>,
    pub seed: u64,
    /// Whether each point has draws of its own, instead of all sharing theirs.
    pub independent: bool,
    /// Levels of VaR and shortfall.
    pub levels: Vec<f64>,
    /// Probabilities of quantiles.
    pub quantiles: Vec<f64>,
    /// Whether paths that go wrong are left out.
    pub allow_invalid: bool,
    pub engine: EngineRecord,
}

/// A design, as it was asked for. Its points stand in points.parquet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DesignRecord {
    pub kind: Kind,
    pub axes: Vec<AxisRecord>,
    pub points: usize,
    /// BLAKE3 of the points, in hexadecimal.
    pub hash: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AxisRecord {
    pub path: String,
    pub values: String,
}

/// Which quasi-random points the paths of every point are drawn from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PointsRecord {
    /// `sobol`
    pub set: String,
    /// Scrambles of each point, each with an equal part of its paths.
    pub replicates: u32,
    /// In which order dimensions are spent on a factor's periods: `bridge` or `time`.
    pub construction: String,
}

impl PointsRecord {
    /// What is recorded of a request that came to so many paths of this kind.
    pub fn of(request: &PointsRequest, extent: Extent) -> Option<Self> {
        let Extent::Replicated { replicates, .. } = extent else { return None };
        Some(Self::under(request, replicates))
    }

    /// What is recorded of a request whose paths are drawn under so many scrambles.
    pub fn under(request: &PointsRequest, replicates: u32) -> Self {
        PointsRecord { set: request.set.name().into(), replicates, construction: request.construction.name().into() }
    }

    /// The request; `None` if someone has changed the record.
    fn request(&self) -> Option<PointsRequest> {
        let (set, construction) = (PointSet::named(&self.set)?, Construction::named(&self.construction)?);
        let request = PointsRequest { set, replicates: Some(self.replicates), construction };
        (set != PointSet::Independent && self.replicates >= 2).then_some(request)
    }
}

/// The parameter sets of every point of a scenario with uncertain inputs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetsRecord {
    /// Sets of all replicates together, each with an equal part of the point's paths.
    pub count: u32,
    /// Scrambles that the sets are drawn under.
    pub replicates: u32,
}

impl SetsRecord {
    /// What is recorded of sets.
    pub fn of(extent: SetExtent) -> Self {
        SetsRecord { count: extent.all(), replicates: extent.replicates }
    }

    /// The sets of points with so many paths.
    fn extent(self, paths: u64) -> SetExtent {
        let sets = self.count / self.replicates.max(1);
        SetExtent { replicates: self.replicates, sets, paths: paths / u64::from(self.count.max(1)) }
    }
}

/// What of an engine decides about bits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EngineRecord {
    /// `cpu` or `gpu`
    pub backend: String,
    pub precision: String,
    /// Where trajectories are drawn: `device` or `host`.
    pub sampling: String,
    pub adapter: Option<String>,
    pub driver: Option<String>,
}

impl Manifest {
    /// Which estimates are kept.
    pub fn asked(&self) -> EstimateRequest {
        EstimateRequest { levels: self.levels.clone(), quantiles: self.quantiles.clone() }
    }

    /// The targets, unless someone has changed their texts.
    pub fn parsed_targets(&self) -> Option<Vec<Target>> {
        self.targets.iter().map(|text| text.parse().ok()).collect()
    }

    /// Whether each point has a whole pilot of its own, as in stores before version 3. Tallies by other pilots have other frames and
    /// cannot be merged.
    pub fn has_whole_pilots(&self) -> bool {
        self.store_version < 3
    }

    /// Which points paths are drawn from.
    pub fn request(&self) -> PointsRequest {
        let usual = PointsRequest { replicates: self.replicates(), ..PointsRequest::default() };
        self.points.as_ref().and_then(PointsRecord::request).unwrap_or(usual)
    }

    /// Scrambles whose differences tell the errors; `None` if paths are plainly independent.
    pub fn replicates(&self) -> Option<u32> {
        let points = self.points.as_ref().map(|points| points.replicates);
        self.sets.map(|sets| sets.replicates).or(points)
    }

    /// The parameter sets of each point.
    pub fn set_extent(&self) -> Option<SetExtent> {
        self.sets.map(|sets| sets.extent(self.paths))
    }

    /// Whether there are such points and parameter sets, and as many paths of them.
    pub fn has_possible_points(&self) -> bool {
        if let Some(extent) = self.set_extent() {
            let is_possible = extent.replicates >= 2 && extent.sets >= 1 && extent.paths >= 1;
            let has_points = |points: &PointsRecord| {
                points.request().is_some() && points.replicates == extent.replicates && extent.paths <= MOST_POINTS
            };
            return is_possible
                && self.sets == Some(SetsRecord::of(extent))
                && extent.all_paths() == self.paths
                && self.points.as_ref().is_none_or(has_points)
                && self.targets.is_empty()
                && self.inputs.is_none();
        }
        let whole = |points: &PointsRecord| {
            let each = self.paths / u64::from(points.replicates.max(1));
            points.request().is_some() && each * u64::from(points.replicates) == self.paths && each <= MOST_POINTS
        };
        self.points.as_ref().is_none_or(whole)
    }

    /// How many paths of which kind a point has, of so many in all.
    pub fn extent(&self, paths: u64) -> Extent {
        let replicated = |points: &PointsRecord| Extent::Replicated { replicates: points.replicates, points: 1 };
        self.points.as_ref().map_or(Extent::Independent { paths }, replicated).reaching(paths)
    }

    /// The number of paths of each point, for people.
    pub fn paths_in_words(&self) -> String {
        let paths = match self.targets.is_empty() {
            true => format!("{} paths each", self.paths),
            false => format!("as many paths each as {} needs", self.targets.join(" and ")),
        };
        self.drawn_in_words().map_or_else(|| paths.clone(), |drawn| format!("{paths} ({drawn})"))
    }

    /// Which parameter sets or quasi-random points the paths of each point belong to, for people; `None` if they are plainly independent.
    pub fn drawn_in_words(&self) -> Option<String> {
        if let Some(extent) = self.set_extent() {
            let drawn = if self.points.is_some() { " Sobol points" } else { "" };
            return Some(format!("{} parameter sets of {}{drawn}", extent.all(), extent.paths));
        }
        let PointsRecord { replicates, construction, .. } = self.points.as_ref()?;
        let each = match self.extent(self.paths) {
            Extent::Replicated { points, .. } if self.targets.is_empty() => format!("{points} "),
            _ => String::new(),
        };
        let construction = match self.request().construction {
            Construction::Bridge => String::new(),
            Construction::Time => format!(", construction {construction}"),
        };
        Some(format!("{replicates} scrambles of {each}Sobol points{construction}"))
    }

    /// The random numbers of a point, or of its first scramble or parameter set.
    pub fn draws(&self, point: usize) -> Draws {
        Draws { seed: self.seed, replicate: self.replicate(point) }
    }

    /// Which of the independent repetitions under the seed a point draws, or the first of them that its scrambles or parameter sets are.
    pub fn replicate(&self, point: usize) -> u32 {
        let points = || self.points.as_ref().map_or(1, |points| points.replicates);
        let each = self.sets.map_or_else(points, |sets| sets.count);
        if self.independent { (point as u32).wrapping_mul(each) } else { 0 }
    }

    /// What differs from another, line by line; the number of points and the values of axes are left to whoever compares
    /// points.
    pub fn differences(&self, now: &Manifest) -> Vec<String> {
        let mut found = Vec::new();
        compare(&self.lasting(), &now.lasting(), "", &mut found);
        found
    }

    /// The hash of what never changes of a store, which each of its parts carries.
    pub fn identity(&self) -> String {
        blake3::hash(self.lasting().to_string().as_bytes()).to_hex().to_string()
    }

    /// Everything but the number of points and their values, which may grow, and the form of the store.
    fn lasting(&self) -> Value {
        let mut manifest = self.clone();
        manifest.store_version = 0;
        manifest.design.points = 0;
        manifest.design.hash.clear();
        manifest.design.axes.iter_mut().for_each(|axis| axis.values.clear());
        serde_json::json!(manifest)
    }
}

fn compare(before: &Value, now: &Value, at: &str, found: &mut Vec<String>) {
    match (before, now) {
        (Value::Object(before), Value::Object(now)) => {
            let keys = before.keys().chain(now.keys().filter(|key| !before.contains_key(*key)));
            for key in keys {
                let at = if at.is_empty() { key.clone() } else { format!("{at}.{key}") };
                let of = |values: &serde_json::Map<String, Value>| values.get(key).cloned().unwrap_or_default();
                compare(&of(before), &of(now), &at, found);
            }
        }
        _ if before != now => {
            let shown = |value: &Value| if value.is_null() { "not set".to_owned() } else { value.to_string() };
            found.push(format!("`{at}` is {} in the store, but {} now", shown(before), shown(now)));
        }
        _ => (),
    }
}

/// BLAKE3 of points, in hexadecimal.
pub fn hash(points: &Points) -> String {
    let mut hasher = blake3::Hasher::new();
    let mut line = |words: &mut dyn Iterator<Item = String>| {
        let line: Vec<String> = words.collect();
        hasher.update(line.join("\t").as_bytes());
        hasher.update(b"\n");
    };
    line(&mut points.paths.iter().cloned());
    for row in &points.rows {
        line(&mut row.iter().map(|value| value.to_string()));
    }
    hasher.finalize().to_hex().to_string()
}

/// What manifest.json says: what the results are of, and which part of the sweep the store has.
#[derive(Debug, Clone, PartialEq)]
pub struct Head {
    pub manifest: Manifest,
    pub shard: Shard,
}
