//! Sweep files: a design and its length, in TOML.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;

use super::axis::Axis;
use super::design::Kind;
use super::error::SweepError;
use crate::input;
use crate::plan::points::Construction;
use crate::result::Target;
use crate::run::{MOST_DRAWS, MOST_REPLICATES, PointSet, PointsRequest, Settings, time_limit};
use crate::scenario::{Setting, date};

/// Bytes of a sweep file at most.
const LARGEST: u64 = 16 << 20;

/// What a sweep file says; everything may be left to the command line.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SweepFile {
    pub design: Option<Kind>,
    /// Number of points of a design that has none of its own.
    pub points: Option<u64>,
    /// Which points paths are drawn from.
    pub point_set: Option<PointsRequest>,
    /// A list of points, beside the file.
    pub list: Option<PathBuf>,
    pub paths: Option<u64>,
    /// Targets of precision instead of a number of paths.
    pub targets: Vec<Target>,
    /// With targets, the most paths of a point.
    pub max_paths: Option<u64>,
    /// With targets, the time that the sweep may take.
    pub max_seconds: Option<Duration>,
    pub seed: Option<u64>,
    /// Parameter sets of a scenario with uncertain inputs.
    pub draws: Option<u32>,
    pub independent: Option<bool>,
    pub axes: Vec<Axis>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    design: Option<Kind>,
    points: Option<toml::Value>,
    replicates: Option<u32>,
    construction: Option<String>,
    list: Option<PathBuf>,
    paths: Option<f64>,
    #[serde(default)]
    targets: Vec<String>,
    max_paths: Option<f64>,
    max_seconds: Option<f64>,
    seed: Option<u64>,
    draws: Option<u32>,
    independent: Option<bool>,
    #[serde(default)]
    axis: Vec<WrittenAxis>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenAxis {
    path: String,
    values: toml::Value,
}

impl WrittenAxis {
    fn read(self) -> Result<Axis, String> {
        let path = self.path.trim();
        let values = match self.values {
            toml::Value::String(text) => return Axis::new(path, text.trim()),
            toml::Value::Array(values) => values,
            one => vec![one],
        };
        if values.is_empty() {
            return Err(format!("`values` of {path} is empty; write at least one value"));
        }
        let settings = values.into_iter().map(|value| {
            setting(&value).ok_or_else(|| {
                format!("`values` of {path} contains {value}, which is not a finite number, a text or a date")
            })
        });
        Ok(Axis::listed(path, settings.collect::<Result<_, _>>()?))
    }
}

fn setting(value: &toml::Value) -> Option<Setting> {
    match value {
        toml::Value::String(text) => Some(date(text).map_or_else(|| Setting::Text(text.clone()), Setting::Date)),
        // beyond 2⁵³ as a decimal point would have it
        toml::Value::Integer(whole) => Some(Setting::Number(*whole as f64)),
        toml::Value::Float(number) if number.is_finite() => Some(Setting::Number(*number)),
        toml::Value::Datetime(moment) => date(&moment.to_string()).map(Setting::Date),
        _ => None,
    }
}

/// What `points` may be.
const POINTS: &str =
    "`points` must be a number of design points, \"sobol\" or \"independent\", or a list of a number and a name";

/// What `points` says: how many the design has, and which ones paths are drawn from.
#[derive(Default)]
struct WrittenPoints {
    count: Option<f64>,
    set: Option<PointSet>,
}

impl WrittenPoints {
    fn read(written: Option<toml::Value>) -> Result<Self, String> {
        let mut found = WrittenPoints::default();
        let all = match written {
            Some(toml::Value::Array(all)) => all,
            one => one.into_iter().collect(),
        };
        for value in all {
            let (count, set) = match &value {
                toml::Value::Integer(count) => (Some(*count as f64), None),
                toml::Value::Float(count) => (Some(*count), None),
                toml::Value::String(name) => (None, Some(PointSet::named(name).ok_or_else(|| POINTS.to_owned())?)),
                _ => return Err(POINTS.into()),
            };
            if count.and(found.count).is_some() || set.and(found.set).is_some() {
                return Err(POINTS.into());
            }
            found = WrittenPoints { count: found.count.or(count), set: found.set.or(set) };
        }
        Ok(found)
    }

    /// Which points paths are drawn from, if anything is said of them.
    fn request(&self, replicates: Option<u32>, construction: Option<&str>) -> Result<Option<PointsRequest>, String> {
        if let Some(count) = replicates.filter(|count| !(2..=MOST_REPLICATES).contains(count)) {
            return Err(format!("`replicates` is {count}, not a whole number from 2 to {MOST_REPLICATES}"));
        }
        if self.set != Some(PointSet::Sobol) {
            if construction.is_some() {
                return Err("`construction` is for quasi-random points; add \"sobol\" to `points`".into());
            }
            let asked = PointsRequest { replicates, ..PointsRequest::default() };
            return Ok((self.set.is_some() || replicates.is_some()).then_some(asked));
        }
        let usual = PointsRequest::default();
        let construction = match construction {
            None => usual.construction,
            Some(name) => Construction::named(name).ok_or("`construction` must be \"bridge\" or \"time\"")?,
        };
        Ok(Some(PointsRequest { set: PointSet::Sobol, replicates, construction }))
    }
}

/// The targets and the time limit of a file, which go with its numbers of paths.
fn precision(written: &Written) -> Result<(Vec<Target>, Option<Duration>), String> {
    let target = |text: &String| text.parse::<Target>().map_err(|error| format!("target \"{text}\": {error}"));
    let targets: Vec<Target> = written.targets.iter().map(target).collect::<Result<_, _>>()?;
    if !targets.is_empty() && written.paths.is_some() {
        return Err(
            "`paths` sets the number of paths, but `targets` let the precision decide it; use `max_paths`".into()
        );
    }
    if targets.is_empty() && (written.max_paths.is_some() || written.max_seconds.is_some()) {
        return Err("`max_paths` and `max_seconds` limit the work towards `targets`, but there are none".into());
    }
    let wrong = |seconds| format!("`max_seconds` is {seconds}, not a number of seconds from 0.001 to 1e9");
    let time = written.max_seconds.map(|seconds| time_limit(seconds).ok_or_else(|| wrong(seconds)));
    Ok((targets, time.transpose()?))
}

impl SweepFile {
    /// Reads a sweep file; `-` is standard input.
    pub fn read(path: &Path) -> Result<Self, SweepError> {
        let text = input::text(path, LARGEST).map_err(|error| SweepError::unreadable(path, error))?;
        Self::parse(&text, path)
    }

    /// Fills in the number of paths or the targets. Options override the file, and a number of paths overrides targets and the reverse.
    pub(super) fn decide_paths(&self, settings: &mut Settings) {
        let goal = &mut settings.goal;
        if settings.paths.is_none() && !goal.is_some() {
            settings.paths = self.paths;
            goal.targets.clone_from(&self.targets);
        }
        if goal.is_some() {
            goal.max_paths = goal.max_paths.or(self.max_paths);
            goal.max_seconds = goal.max_seconds.or(self.max_seconds);
        }
    }

    fn parse(text: &str, path: &Path) -> Result<Self, SweepError> {
        const HINT: &str = "a sweep file has `design`, `points`, `replicates`, `construction`, `list`, `paths`, \
                            `targets`, `max_paths`, `max_seconds`, `seed`, `draws`, `independent` and [[axis]] tables with `path` and `values`";
        let wrong = |what: &str| SweepError::usage(format!("`{}`: {what}", path.display()), HINT);
        let written: Written = toml::from_str(text).map_err(|error| wrong(error.to_string().trim_end()))?;
        let whole = |number: Option<f64>, key: &str| match number {
            Some(x) if x.fract() != 0.0 || !(1.0..=1e12).contains(&x) => {
                Err(wrong(&format!("`{key}` is {x}, not a whole number from 1 to 1e12")))
            }
            number => Ok(number.map(|x| x as u64)),
        };
        if let Some(draws) = written.draws.filter(|draws| !(1..=MOST_DRAWS).contains(draws)) {
            return Err(wrong(&format!("`draws` is {draws}, not a whole number from 1 to {MOST_DRAWS}")));
        }
        let (targets, max_seconds) = precision(&written).map_err(|error| wrong(&error))?;
        let points = WrittenPoints::read(written.points).map_err(|error| wrong(&error))?;
        let point_set = points.request(written.replicates, written.construction.as_deref());
        let axis = |axis: WrittenAxis| axis.read().map_err(|error| wrong(&error));
        let beside = |list: PathBuf| match path.parent() {
            Some(folder) if !input::is_stdin(&list) => folder.join(&list),
            _ => list,
        };
        Ok(SweepFile {
            design: written.design,
            points: whole(points.count, "points")?,
            point_set: point_set.map_err(|error| wrong(&error))?,
            list: written.list.map(beside),
            paths: whole(written.paths, "paths")?,
            targets,
            max_paths: whole(written.max_paths, "max_paths")?,
            max_seconds,
            seed: written.seed,
            draws: written.draws,
            independent: written.independent,
            axes: written.axis.into_iter().map(axis).collect::<Result<_, _>>()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_are_those_of_the_design_and_those_that_paths_are_drawn_from() {
        let parse = |text: &str| SweepFile::parse(text, Path::new("s.toml")).unwrap_or_else(|error| panic!("{error}"));
        let sobol = |replicates, construction| Some(PointsRequest { set: PointSet::Sobol, replicates, construction });
        let found = parse("points = [64, \"sobol\"]\nreplicates = 8\nconstruction = \"time\"");
        assert_eq!((found.points, found.point_set), (Some(64), sobol(Some(8), Construction::Time)));
        let found = parse("points = \"sobol\"");
        assert_eq!((found.points, found.point_set), (None, sobol(None, Construction::Bridge)));
        let found = parse("points = \"independent\"");
        assert_eq!((found.points, found.point_set), (None, Some(PointsRequest::default())));
    }

    #[test]
    fn targets_stand_in_place_of_paths() {
        let parse = |text: &str| SweepFile::parse(text, Path::new("s.toml"));
        let text = "targets = [\"bubble.system.probability ± 0.001\"]\nmax_paths = 1e6\nmax_seconds = 2.5\n";
        let found = parse(text).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(found.targets, ["bubble.system.probability ± 0.001".parse().unwrap()]);
        assert_eq!((found.max_paths, found.max_seconds), (Some(1_000_000), Some(Duration::from_millis(2500))));
        for (wrong, told) in [
            ("targets = [\"bubble\"]", "target \"bubble\""),
            ("targets = [\"bubble.system.probability ± 0.1\"]\npaths = 100", "use `max_paths`"),
            ("max_paths = 100", "but there are none"),
            ("targets = [\"bubble.system.probability ± 0.1\"]\nmax_paths = 0.5", "`max_paths` is 0.5"),
            ("targets = [\"bubble.system.probability ± 0.1\"]\nmax_seconds = 0", "`max_seconds` is 0"),
        ] {
            let error = parse(wrong).expect_err(wrong);
            assert!(error.usage && error.message.contains(told), "{error}");
        }
    }

    #[test]
    fn a_sweep_file_says_what_the_command_line_would() {
        let text = "design = \"sobol\"\npoints = 64\npaths = 1e5\nseed = 3\ndraws = 512\nlist = \"p.csv\"\n\
                    [[axis]]\npath = \"contract.aws.take_or_pay\"\nvalues = \"0.5:1.0:11\"\n\
                    [[axis]]\npath = \"factor.h100.volatility\"\nvalues = [0.2, 0.3]\n\
                    [[axis]]\npath = \"organization.a.dispatch\"\nvalues = [\"merit\", \"priority\"]\n";
        let found = SweepFile::parse(text, Path::new("folder/s.toml")).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(
            (found.design, found.points, found.paths, found.seed),
            (Some(Kind::Sobol), Some(64), Some(100_000), Some(3))
        );
        assert_eq!((found.point_set, found.draws), (None, Some(512)));
        assert_eq!(found.list, Some(PathBuf::from("folder/p.csv")));
        assert_eq!(found.axes[0], Axis::parse("contract.aws.take_or_pay=0.5:1.0:11").unwrap());
        assert_eq!(found.axes[1].written, "0.2,0.3");
        assert_eq!(found.axes.len(), 3);
        for wrong in [
            "desing = \"grid\"",
            "points = 1.5",
            "points = [1, 2]",
            "points = \"halton\"",
            "replicates = 1",
            "points = \"independent\"\nconstruction = \"time\"",
            "points = \"sobol\"\nreplicates = 1",
            "draws = 0",
            "points = \"sobol\"\nconstruction = \"bridges\"",
            "[[axis]]\npath = \"a\"\nvalues = \"1:2:1\"",
            "design = \"box\"",
            "x",
        ] {
            let error = SweepFile::parse(wrong, Path::new("s.toml")).expect_err(wrong);
            assert!(error.usage && error.message.contains("s.toml"), "{error}");
        }
    }
}
