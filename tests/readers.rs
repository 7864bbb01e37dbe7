//! The examples of docs/sweeps.md that read a store, run as they stand. Where there is no Python with pandas, Polars and DuckDB the
//! test says so, and fails if it is required (`OVERHANG_REQUIRE_PYTHON=1`); `.ci/setup` puts one into target/readers.

use std::io::Write as _;
use std::process::{Command, Stdio};

const PYTHON: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/target/readers/bin/python");

fn has_readers() -> bool {
    let imports = ["-c", "import pandas, pyarrow, polars, duckdb"];
    if Command::new(PYTHON).args(imports).stderr(Stdio::null()).status().is_ok_and(|status| status.success()) {
        return true;
    }
    assert!(std::env::var_os("OVERHANG_REQUIRE_PYTHON").is_none(), "Python with pandas, Polars and DuckDB is required");
    let said =
        std::io::stderr().write_all(b"skipped: reading stores: no Python in target/readers (.ci/setup makes one)\n");
    said.expect("standard error is open");
    false
}

#[test]
fn stores_are_read_by_pandas_polars_and_duckdb_as_the_documentation_says() {
    if !has_readers() {
        return;
    }
    let place = tempfile::tempdir().expect("there is room");
    let scenario = std::fs::canonicalize("scenarios/openai.toml").expect("it is there");
    let sweep = Command::new(env!("CARGO_BIN_EXE_overhang"))
        .arg("sweep")
        .arg(scenario)
        .args(["--axis", "contract.azure.take_or_pay=0.5,0.75,1", "--axis", "factor.h100.volatility=0.2,0.3"])
        // several parts, as a long sweep has them
        .args(["--paths", "2000", "--commit-every", "0", "--out", "store", "--backend", "cpu", "--quiet"])
        .current_dir(place.path())
        .output()
        .expect("it starts");
    assert!(sweep.status.success(), "{}", String::from_utf8_lossy(&sweep.stderr));

    let page = include_str!("../docs/sweeps.md");
    let blocks: Vec<&str> =
        page.split("```python\n").skip(1).map(|rest| rest.split("```").next().expect("it ends")).collect();
    assert_eq!(blocks.len(), 3);
    for (block, rows, number) in [(blocks[0], 6, "0.75"), (blocks[1], 6, "0.75"), (blocks[2], 3, "0.75")] {
        let output = Command::new(PYTHON).args(["-c", block]).current_dir(place.path()).output().expect("it starts");
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{block}\n{}", String::from_utf8_lossy(&output.stderr));
        assert!(printed.matches(number).count() >= rows / 3, "{block}\n{printed}");
    }
}
