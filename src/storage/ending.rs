//! File names whose extension contradicts the content are refused.

use std::path::Path;

/// Extensions by which programs open files, and the kind of file they stand for.
const KNOWN: [(&str, &[&str]); 11] = [
    ("a web page", &["html", "htm", "xhtml", "mhtml"]),
    ("a document", &["pdf", "doc", "docx", "odt", "rtf", "tex", "ps", "ppt", "pptx", "odp", "epub"]),
    ("a picture", &["svg", "png", "jpg", "jpeg", "gif", "webp", "bmp", "tif", "tiff", "eps"]),
    ("a spreadsheet", &["xlsx", "xls", "xlsm", "xlsb", "ods"]),
    ("a text table", &["csv", "tsv"]),
    ("a text file", &["txt", "md", "rst", "log"]),
    ("a TOML file", &["toml"]),
    ("a data file", &["json", "jsonl", "ndjson", "yaml", "yml", "xml", "ipynb"]),
    (
        "a binary table",
        &["parquet", "arrow", "feather", "avro", "orc", "npy", "npz", "h5", "hdf5", "nc", "mat", "pkl", "rds"],
    ),
    ("a database", &["db", "sqlite", "sqlite3", "duckdb"]),
    ("an archive", &["zip", "tar", "tgz", "gz", "bz2", "xz", "zst", "7z", "rar"]),
];

/// What is written under a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    Page,
    Workbook,
    Scenario,
    Folder,
}

/// A name whose extension contradicts the content.
#[derive(Debug, thiserror::Error)]
#[error("`{name}` has the extension of {promised} (.{ending}), but {written}")]
pub struct WrongEnding {
    name: String,
    ending: String,
    promised: &'static str,
    written: &'static str,
    /// What to do about it.
    pub hint: String,
}

/// Refuses a name whose extension contradicts the content.
pub fn check_ending(path: &Path, written: Written) -> Result<(), WrongEnding> {
    let ending = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    let Some((promised, _)) = KNOWN.iter().find(|(_, endings)| endings.contains(&ending.as_str())) else {
        return Ok(());
    };
    let (fits, written): (&[&str], _) = match written {
        Written::Page => (&["html", "htm"], "the report is an HTML page"),
        Written::Workbook => (&["xlsx"], "the tables are an XLSX workbook"),
        Written::Scenario => (&["toml"], "the scenario is a TOML file"),
        Written::Folder => (&[], "the result is a folder"),
    };
    if fits.contains(&ending.as_str()) {
        return Ok(());
    }
    let bare = path.with_extension("");
    let is_left = bare.extension().is_some_and(|ending| fits.contains(&ending.to_string_lossy().as_ref()));
    let fitting = if is_left { bare } else { path.with_extension(fits.first().unwrap_or(&"")) };
    Err(WrongEnding {
        name: path.display().to_string(),
        ending,
        promised,
        written,
        hint: format!("name it `{}`", fitting.display()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endings_that_promise_something_else_are_refused() {
        for (name, written, fitting) in [
            ("a.pdf", Written::Page, "a.html"),
            ("A.PDF", Written::Page, "A.html"),
            ("in/deal.toml", Written::Page, "in/deal.html"),
            ("page.html.gz", Written::Page, "page.html"),
            ("x.xlsx", Written::Folder, "x"),
            ("x.csv", Written::Workbook, "x.xlsx"),
            ("x.html", Written::Folder, "x"),
            ("deal.json", Written::Scenario, "deal.toml"),
        ] {
            let error = check_ending(Path::new(name), written).expect_err(name);
            assert_eq!(error.hint, format!("name it `{fitting}`"), "{error}");
        }
        for (name, written) in [
            ("page.html", Written::Page),
            ("page.HTM", Written::Page),
            ("/dev/stdout", Written::Page),
            ("v1.2", Written::Folder),
            ("2026.01", Written::Folder),
            (".", Written::Folder),
            ("deal.toml", Written::Scenario),
            ("deal", Written::Scenario),
        ] {
            assert!(check_ending(Path::new(name), written).is_ok(), "{name}");
        }
    }
}
