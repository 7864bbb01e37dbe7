//! Folders of Parquet parts, as Spark, Dask and Polars write them.

use std::cmp::Ordering;
use std::fs;
use std::path::{Path, PathBuf};

use super::error::{TrajectoryError, fault, unreadable};

/// The parts of a folder in the order of their names, numbers in them by size. Files that writers leave beside them, whose names begin
/// with `_` or `.`, are no parts.
pub fn parts(folder: &Path) -> Result<Vec<PathBuf>, TrajectoryError> {
    let shown = folder.display().to_string();
    let mut parts = Vec::new();
    for entry in fs::read_dir(folder).map_err(|error| unreadable(&shown, error))? {
        let path = entry.map_err(|error| unreadable(&shown, error))?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.starts_with(['_', '.']) {
            continue;
        }
        if path.is_dir() {
            let hint = "write all parts into one folder, without partitioning by a column";
            return Err(fault(&shown, format!("has the folder `{name}`"), hint));
        }
        if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("parquet")) {
            parts.push((name, path));
        }
    }
    if parts.is_empty() {
        return Err(fault(&shown, "has no parts", "a folder of trajectories has files that end with .parquet"));
    }
    parts.sort_by(|(a, _), (b, _)| natural(a, b));
    Ok(parts.into_iter().map(|(_, path)| path).collect())
}

/// Names in order, in which part-2 comes before part-10.
fn natural(a: &str, b: &str) -> Ordering {
    let (mut left, mut right) = (a, b);
    while !left.is_empty() && !right.is_empty() {
        let (one, other) = (digits(left), digits(right));
        let order = if one > 0 && other > 0 {
            let number = |text: &str| text.trim_start_matches('0').to_owned();
            let (x, y) = (number(&left[..one]), number(&right[..other]));
            x.len().cmp(&y.len()).then_with(|| x.cmp(&y))
        } else {
            left.chars().next().cmp(&right.chars().next())
        };
        if order.is_ne() {
            return order;
        }
        let step = |text: &str, digits: usize| digits.max(text.chars().next().map_or(0, char::len_utf8));
        (left, right) = (&left[step(left, one)..], &right[step(right, other)..]);
    }
    left.len().cmp(&right.len()).then_with(|| a.cmp(b))
}

/// How many digits a text begins with.
fn digits(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_come_in_the_order_of_their_numbers() {
        let mut names =
            ["part-10.parquet", "part-2.parquet", "part-02.parquet", "part-1.parquet", "a.parquet", "é2", "é10"];
        names.sort_by(|a, b| natural(a, b));
        assert_eq!(
            names,
            ["a.parquet", "part-1.parquet", "part-02.parquet", "part-2.parquet", "part-10.parquet", "é2", "é10"]
        );
    }

    #[test]
    fn only_parts_are_read() {
        let place = tempfile::tempdir().expect("there is room");
        let path = |name: &str| place.path().join(name);
        assert!(parts(place.path()).unwrap_err().message.contains("has no parts"));
        for name in ["_SUCCESS", ".part-0.parquet.crc", "part-10.parquet", "part-9.parquet", "notes.txt"] {
            fs::write(path(name), "").expect("there is room");
        }
        assert_eq!(parts(place.path()).unwrap(), [path("part-9.parquet"), path("part-10.parquet")]);
        fs::create_dir(path("year=2027")).expect("there is room");
        assert!(parts(place.path()).unwrap_err().message.contains("has the folder `year=2027`"));
    }
}
