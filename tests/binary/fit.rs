//! Fits of factors from the command line: what is printed is a part of a scenario, and files that are wrong are told where.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::command::{assert_helps, output, overhang};

/// Three years of months of a price that wanders without chance of its own: a sum of waves.
fn prices(place: &Path) -> PathBuf {
    let file = place.join("prices.csv");
    let line = |month: u32| {
        let at = f64::from(month);
        let (h100, a100) = ((at * 1.7).sin() + (at * 0.61).sin(), (at * 1.7).sin() + (at * 2.3).cos());
        let date = format!("{}-{:02}-01", 2023 + month / 12, month % 12 + 1);
        format!("{date};{:.4};{:.4}\n", 2.5 * (0.08 * h100 - 0.01 * at).exp(), 1.2 * (0.08 * a100).exp())
    };
    fs::write(&file, format!("date;h100;a100\n{}", (0..36).map(line).collect::<String>())).unwrap();
    file
}

#[test]
fn what_a_fit_prints_goes_into_a_scenario() {
    let place = tempfile::tempdir().unwrap();
    let file = prices(place.path());
    let (file, page) = (file.to_str().unwrap(), place.path().join("fit.html"));
    let fit = ["fit", file, "--column", "h100", "--column", "a100", "--bootstrap", "200", "--process", "gbm"];
    let (code, toml, stderr) =
        output(overhang(&[&fit[..], &["--format", "toml", "--report", page.to_str().unwrap()]].concat()));
    assert_eq!(code, 0, "{stderr}");
    let scenario = fs::read_to_string("docs/examples/start.toml").unwrap();
    // the file has a table of correlations already
    let toml = toml.replace("[correlation]\npairs = [", "# pairs = [");
    let deal = place.path().join("deal.toml");
    fs::write(&deal, scenario + "\n" + &toml).unwrap();
    let (code, _, stderr) =
        output(overhang(&["run", deal.to_str().unwrap(), "--backend", "cpu", "--paths", "1024", "--draws", "16"]));
    assert_eq!(code, 0, "{stderr}\n{toml}");
    let (code, table, _) = output(overhang(&fit));
    assert_eq!(code, 0);
    for part in [
        "h100: gbm, fitted to 36 prices",
        "drift",
        "chosen",
        "Ljung-Box",
        "Note: ",
        "To paste into a scenario",
        "Correlations of the Brownian motions",
    ] {
        assert!(table.contains(part), "{part}: {table}");
    }
    let (_, text, _) = output(overhang(&[&fit[..], &["--format", "json"]].concat()));
    let document: Value = serde_json::from_str(&text).unwrap();
    let volatility = &document["fits"]["h100"]["parameters"]["volatility"];
    // the standard deviation of monthly changes, times √12
    let number = |key: &str| volatility[key].as_f64().unwrap();
    assert!(
        number("low") < number("value") && number("value") < number("high") && (0.2..0.6).contains(&number("value")),
        "{volatility}"
    );
    assert_eq!(output(overhang(&[&fit[..], &["--format", "json"]].concat())).1, text, "the seed fixes all bits");
    let page = fs::read_to_string(&page).unwrap();
    assert!(page.matches("<svg").count() >= 4 && page.contains("standardized residuals"), "{}", page.len());
}

#[test]
fn files_and_options_that_are_wrong_are_told() {
    let place = tempfile::tempdir().unwrap();
    let file = prices(place.path());
    let good = fs::read_to_string(&file).unwrap();
    let with = |from: &str, to: &str| {
        assert!(good.contains(from), "{from}");
        let file = place.path().join("wrong.csv");
        fs::write(&file, good.replacen(from, to, 1)).unwrap();
        output(overhang(&["fit", file.to_str().unwrap(), "--column", "h100"]))
    };
    for (from, to, part) in [
        ("2023-03-01;", "2023-13-01;", "line 4"),
        ("2023-03-01;", "2023-02-01;", "two prices on 2023-02-01"),
        ("2023-03-01;2", "2023-03-01;-2", "line 4"),
        ("2023-03-01;2", "2023-03-01;x2", "line 4"),
        ("date;h100", "date;h1OO", "h1OO"),
    ] {
        let (code, _, stderr) = with(from, to);
        assert!(code == 2 && stderr.contains(part), "{to}: {stderr}");
        assert_helps(&stderr);
    }
    let file = file.to_str().unwrap();
    for (more, part) in [
        (vec!["--process", "logit_ou"], "stays between its bounds"),
        (vec!["--process", "logit_ou", "--jumps"], "no jumps"),
        (vec!["--bootstrap", "3"], "--bootstrap is 3"),
        (vec!["--start", "2020-01-01"], "2020-01-01"),
        (vec!["--name", "a", "--name", "b"], "2 names for 1 columns"),
        (vec!["--start", "tomorrow"], "must be a date"),
    ] {
        let (code, _, stderr) = output(overhang(&[&["fit", file, "--column", "h100"][..], &more].concat()));
        assert!(code == 2 && stderr.contains(part), "{more:?}: {stderr}");
    }
    let (code, _, stderr) = output(overhang(&["fit", "none.csv", "--column", "h100"]));
    assert!(code == 1 && stderr.contains("none.csv"), "{stderr}");
    assert_helps(&stderr);
}
