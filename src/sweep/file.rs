//! Sweep files: a design and its length, in TOML.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::axis::Axis;
use super::design::Kind;
use super::error::SweepError;
use crate::input;
use crate::scenario::{Setting, date};

/// Bytes of a sweep file at most.
const LARGEST: u64 = 16 << 20;

/// What a sweep file says; everything may be left to the command line.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SweepFile {
    pub design: Option<Kind>,
    pub points: Option<u64>,
    /// A list of points, beside the file.
    pub list: Option<PathBuf>,
    pub paths: Option<u64>,
    pub seed: Option<u64>,
    pub independent: Option<bool>,
    pub axes: Vec<Axis>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    design: Option<Kind>,
    points: Option<f64>,
    list: Option<PathBuf>,
    paths: Option<f64>,
    seed: Option<u64>,
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

impl SweepFile {
    /// Reads a sweep file; `-` is standard input.
    pub fn read(path: &Path) -> Result<Self, SweepError> {
        let text = input::text(path, LARGEST).map_err(|error| SweepError::unreadable(path, error))?;
        Self::parse(&text, path)
    }

    fn parse(text: &str, path: &Path) -> Result<Self, SweepError> {
        const HINT: &str = "a sweep file has `design`, `points`, `list`, `paths`, `seed`, `independent` and [[axis]] tables with \
                            `path` and `values`";
        let wrong = |what: &str| SweepError::usage(format!("`{}`: {what}", path.display()), HINT);
        let written: Written = toml::from_str(text).map_err(|error| wrong(error.to_string().trim_end()))?;
        let whole = |number: Option<f64>, key: &str| match number {
            Some(x) if x.fract() != 0.0 || !(1.0..=1e12).contains(&x) => {
                Err(wrong(&format!("`{key}` is {x}, not a whole number from 1 to 1e12")))
            }
            number => Ok(number.map(|x| x as u64)),
        };
        let axis = |axis: WrittenAxis| axis.read().map_err(|error| wrong(&error));
        let beside = |list: PathBuf| match path.parent() {
            Some(folder) if !input::is_stdin(&list) => folder.join(&list),
            _ => list,
        };
        Ok(SweepFile {
            design: written.design,
            points: whole(written.points, "points")?,
            list: written.list.map(beside),
            paths: whole(written.paths, "paths")?,
            seed: written.seed,
            independent: written.independent,
            axes: written.axis.into_iter().map(axis).collect::<Result<_, _>>()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sweep_file_says_what_the_command_line_would() {
        let text = "design = \"sobol\"\npoints = 64\npaths = 1e5\nseed = 3\nlist = \"p.csv\"\n\
                    [[axis]]\npath = \"contract.aws.take_or_pay\"\nvalues = \"0.5:1.0:11\"\n\
                    [[axis]]\npath = \"factor.h100.volatility\"\nvalues = [0.2, 0.3]\n\
                    [[axis]]\npath = \"organization.a.dispatch\"\nvalues = [\"merit\", \"priority\"]\n";
        let found = SweepFile::parse(text, Path::new("folder/s.toml")).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(
            (found.design, found.points, found.paths, found.seed),
            (Some(Kind::Sobol), Some(64), Some(100_000), Some(3))
        );
        assert_eq!(found.list, Some(PathBuf::from("folder/p.csv")));
        assert_eq!(found.axes[0], Axis::parse("contract.aws.take_or_pay=0.5:1.0:11").unwrap());
        assert_eq!(found.axes[1].written, "0.2,0.3");
        assert_eq!(found.axes.len(), 3);
        for wrong in
            ["desing = \"grid\"", "points = 1.5", "[[axis]]\npath = \"a\"\nvalues = \"1:2:1\"", "design = \"box\"", "x"]
        {
            let error = SweepFile::parse(wrong, Path::new("s.toml")).expect_err(wrong);
            assert!(error.usage && error.message.contains("s.toml"), "{error}");
        }
    }
}
