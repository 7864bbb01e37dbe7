//! The binary's contract where things go wrong: signals, broken pipes, full and forbidden disks, odd numbers of paths.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::Stdio;

use super::command::{SCENARIO, assert_helps, cpu, names, output, overhang};

#[test]
fn closing_a_pipe_early_is_not_an_error() {
    // more than a pipe holds
    let arguments = ["run", SCENARIO, "--backend", "cpu", "--paths", "1000", "--format", "json", "--quiet"];
    let mut child = overhang(&arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    let mut first = String::new();
    BufReader::with_capacity(16, child.stdout.take().unwrap()).read_line(&mut first).unwrap();
    let mut stderr = String::new();
    child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
    let status = child.wait().unwrap();
    assert_eq!((first.as_str(), stderr.as_str(), status.code(), status.signal()), ("{\n", "", Some(0), None));
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_standard_output_is_a_failure() {
    let full = fs::OpenOptions::new().write(true).open("/dev/full").expect("Linux has it");
    let mut command = cpu(&["--paths", "1000"]);
    let ended = command.stdout(full).stderr(Stdio::piped()).spawn().unwrap().wait_with_output().unwrap();
    let stderr = String::from_utf8(ended.stderr).unwrap();
    assert_eq!(ended.status.code(), Some(1), "{stderr}");
    assert!(stderr.contains("standard output could not be written") && stderr.contains("hint: "), "{stderr}");
}

/// A disk that fills up: files of this process may have 20,000 bytes.
#[test]
fn a_full_disk_leaves_no_half_folder() {
    let place = tempfile::tempdir().unwrap();
    let out = place.path().join("out");
    let mut command = cpu(&["--paths", "1000", "--quiet", "--out", out.to_str().unwrap()]);
    let limit = libc::rlimit { rlim_cur: 20_000, rlim_max: 20_000 };
    // SAFETY: both calls may be made between fork and exec, and the limit outlives them.
    unsafe {
        command.pre_exec(move || {
            libc::signal(libc::SIGXFSZ, libc::SIG_IGN);
            if libc::setrlimit(libc::RLIMIT_FSIZE, &limit) == 0 { Ok(()) } else { Err(std::io::Error::last_os_error()) }
        });
    }
    let (code, stdout, stderr) = output(command);
    assert_eq!(code, 1, "{stderr}");
    assert!(stdout.contains("total commitment cost"), "the result is not lost");
    assert!(stderr.contains("could not be written"), "{stderr}");
    assert_helps(&stderr);
    assert_eq!(names(place.path()), [""; 0]);
}

#[test]
fn places_that_cannot_be_written_are_named() {
    let place = tempfile::tempdir().unwrap();
    fs::write(place.path().join("file"), "x").unwrap();
    let inside_a_file = place.path().join("file/out");
    for out in [inside_a_file.to_str().unwrap(), "/proc/out", place.path().join("file").to_str().unwrap()] {
        let (code, stdout, stderr) = output(cpu(&["--paths", "1e12", "--quiet", "--out", out]));
        assert_eq!((code, stdout.as_str()), (1, ""), "{out}: {stderr}");
        assert!(stderr.contains(out), "{out}: {stderr}");
        assert_helps(&stderr);
    }
    assert_eq!(names(place.path()), ["file"]);
    // the superuser may write where others may not
    // SAFETY: the call has no conditions.
    if unsafe { libc::geteuid() } != 0 {
        use std::os::unix::fs::PermissionsExt;
        let locked = place.path().join("locked");
        fs::create_dir(&locked).unwrap();
        fs::set_permissions(&locked, fs::Permissions::from_mode(0o555)).unwrap();
        let (code, _, stderr) = output(cpu(&["--paths", "1000", "--out", locked.join("out").to_str().unwrap()]));
        assert_eq!(code, 1, "{stderr}");
        assert_helps(&stderr);
    }
}

#[test]
fn of_two_runs_into_one_folder_one_is_whole_and_the_other_is_told() {
    let place = tempfile::tempdir().unwrap();
    let out = place.path().join("out");
    let start = |seed| {
        let mut command = cpu(&["--paths", "300_000", "--seed", seed, "--quiet", "--out", out.to_str().unwrap()]);
        command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("it starts")
    };
    let ended = [start("1"), start("2")].map(|child| child.wait_with_output().expect("it ends"));
    let mut codes = ended.each_ref().map(|one| one.status.code());
    codes.sort();
    assert_eq!(codes, [Some(0), Some(1)]);
    let loser = ended.iter().find(|one| one.status.code() == Some(1)).unwrap();
    let told = String::from_utf8_lossy(&loser.stderr);
    assert_helps(&told);
    assert!(told.contains("already exists") || told.contains("by another process"), "{told}");
    assert_eq!(names(place.path()), ["out"]);
    let files = ["distributions.parquet", "result.json", "scenario.toml", "term_structures.parquet"];
    assert_eq!(names(&out), files);
    let result: serde_json::Value = serde_json::from_slice(&fs::read(out.join("result.json")).unwrap()).unwrap();
    let winner = if ended[0].status.success() { 1 } else { 2 };
    assert_eq!(result["provenance"]["seed"], winner);
}

#[test]
fn numbers_of_paths_out_of_range_are_bad_usage() {
    for paths in ["0", "-1", "1e13", "many", "1.5"] {
        let (code, stdout, stderr) = output(cpu(&[&format!("--paths={paths}")]));
        assert_eq!((code, stdout.as_str()), (2, ""), "{paths}: {stderr}");
        assert!(stderr.contains("must be a whole number from 1"), "{stderr}");
    }
    // more than a block's place can say
    for path in ["-1", "1099511627776", "18446744073709551615"] {
        let (code, stdout, stderr) = output(cpu(&[&format!("--path={path}")]));
        assert_eq!((code, stdout.as_str()), (2, ""), "{path}: {stderr}");
    }
}

#[test]
fn each_exit_code_has_its_cause() {
    let place = tempfile::tempdir().unwrap();
    let broken = place.path().join("broken.toml");
    fs::write(&broken, "schema = 2\n").unwrap();
    let wild = place.path().join("wild.toml");
    let text = fs::read_to_string(SCENARIO).unwrap();
    assert_eq!(text.matches("level = 10.5e9").count(), 1, "what brings in has its level once");
    fs::write(&wild, text.replace("level = 10.5e9", "level = 9e29")).unwrap();
    let (broken, wild) = (broken.to_str().unwrap(), wild.to_str().unwrap());
    for (arguments, expected) in [
        (vec!["run", SCENARIO, "--paths", "256", "--backend", "cpu"], 0),
        (vec!["devices"], 0),
        (vec!["schema"], 0),
        (vec!["check", SCENARIO], 0),
        (vec!["--help"], 0),
        (vec!["run", wild, "--paths", "256", "--backend", "cpu"], 0),
        (vec!["run", SCENARIO, "--adapter", "no such adapter"], 1),
        (vec!["run", broken], 2),
        (vec!["check", SCENARIO, broken], 2),
        (vec!["run", "no/such/file.toml"], 2),
        (vec!["run", SCENARIO, "--levels", "1.5"], 2),
        (vec!["run", SCENARIO, "--precision", "f64", "--backend", "gpu"], 2),
        (vec!["run", SCENARIO, "--fail-if", "bubble.nobody.probability > 0"], 2),
        (vec!["run", SCENARIO, "--fail-if", "bubble.system > 0"], 2),
        (vec!["rnu"], 2),
        (vec![], 2),
    ] {
        let (code, stdout, stderr) = output(overhang(&arguments));
        assert_eq!(code, expected, "{arguments:?}\n{stderr}");
        assert!(!stderr.contains("panicked"), "{stderr}");
        assert!(
            expected == 0 || arguments.first() == Some(&"check") || stdout.is_empty(),
            "{arguments:?}: data of a failure"
        );
    }
}

/// Figures that overflow single precision make paths invalid: the run fails and names one, unless they are allowed.
#[test]
fn invalid_paths_fail_a_run_unless_allowed() {
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("wild.toml");
    let text = fs::read_to_string(SCENARIO).unwrap();
    let wild = text.replace("level = 10.5e9", "level = 9e29\ngrowth = 0.0");
    let wild = wild.replacen("volatility = 0.30", "volatility = 9.0", 1);
    fs::write(&file, wild).unwrap();
    let arguments = ["run", file.to_str().unwrap(), "--paths", "2000", "--backend", "cpu", "--quiet"];
    let (code, stdout, stderr) = output(overhang(&arguments));
    assert_eq!((code, stdout.as_str()), (1, ""), "{stderr}");
    assert_helps(&stderr);
    let path = stderr.split("--path ").nth(1).unwrap().split(',').next().unwrap().to_string();
    let (code, trace, stderr) = output(overhang(&["run", file.to_str().unwrap(), "--path", &path]));
    assert_eq!(code, 0, "{stderr}");
    assert!(trace.contains(&format!("path {path} of seed 1")), "{trace}");
    let (code, stdout, stderr) = output(overhang(&[&arguments[..], &["--allow-invalid", "--format", "json"]].concat()));
    assert_eq!(code, 0, "{stderr}");
    let result: serde_json::Value = serde_json::from_str(&stdout).unwrap();
    let invalid = result["invalid_paths"]["count"].as_u64().unwrap();
    assert!(invalid > 0 && invalid < 2000, "{invalid}");
    assert_eq!(result["invalid_paths"]["first"].to_string(), path);
    assert_eq!(result["figures"]["system"]["value"]["count"].as_u64().unwrap(), 2000 - invalid);
}

#[test]
fn colours_and_remarks_are_as_asked() {
    let place = tempfile::tempdir().unwrap();
    let broken = place.path().join("broken.toml");
    fs::write(&broken, "schema = 2\n").unwrap();
    let run = |more: &[&str]| output(overhang(&[&["run", broken.to_str().unwrap()], more].concat())).2;
    assert!(!run(&[]).contains('\u{1b}'), "no terminal, no colour");
    assert!(run(&["--color", "always"]).contains('\u{1b}'));
    assert!(!run(&["--color", "never"]).contains('\u{1b}'));
    let (_, _, stderr) = output(cpu(&["--paths", "1000", "--quiet"]));
    assert_eq!(stderr, "");
}

#[test]
fn a_scenario_to_start_from_is_written_once_and_runs() {
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("deal.toml");
    let name = file.to_str().unwrap();
    let (code, stdout, stderr) = output(overhang(&["init", name]));
    assert_eq!((code, stdout.as_str()), (0, ""), "{stderr}");
    let (code, stdout, stderr) = output(overhang(&["run", name, "--paths", "1000", "--backend", "cpu", "--quiet"]));
    assert_eq!((code, stderr.as_str()), (0, ""));
    assert!(stdout.contains("My first contract"));
    fs::write(&file, "mine").unwrap();
    let (code, _, stderr) = output(overhang(&["init", name]));
    assert_eq!((code, fs::read_to_string(&file).unwrap().as_str()), (1, "mine"));
    assert_helps(&stderr);
    let (code, stdout, _) = output(overhang(&["init", "-"]));
    assert_eq!((code, stdout), (0, fs::read_to_string("docs/examples/start.toml").unwrap()));
    let full = place.path().join("full.toml");
    let (code, stdout, stderr) = output(overhang(&["init", "--full", full.to_str().unwrap()]));
    assert_eq!((code, stdout.as_str()), (0, ""), "{stderr}");
    assert_eq!(fs::read(&full).unwrap(), fs::read("docs/examples/full.toml").unwrap());
}

#[test]
fn a_check_tells_clauses_tranches_vendors_crises_and_uncertain_inputs() {
    let (code, stdout, stderr) = output(overhang(&["check", "docs/examples/full.toml", "--format", "json"]));
    assert_eq!((code, stderr.as_str()), (0, ""));
    let document: serde_json::Value = serde_json::from_str(&stdout).unwrap();
    let clauses = document[0]["contracts"]["campus"]["clauses"].as_object().unwrap();
    let keys: Vec<&str> = clauses.keys().map(String::as_str).collect();
    assert_eq!(keys, ["review", "reduction", "extension", "delay", "true_up", "make_up"]);
    let said =
        |pointer: &str| document[0].pointer(pointer).and_then(|text| text.as_str()).unwrap_or_default().to_owned();
    assert_eq!(
        said("/contracts/campus/clauses/reduction"),
        "unless milestone; burst price below 1.1 × rate; after 2 years of service; notice 0.5 years; ends the contract; \
         fee 40% (year 2), 10% (year 4); refund 30%"
    );
    assert_eq!(said("/contracts/flexible/clauses/resale"), "idle capacity at price less 40%; up to 50% of capacity");
    assert_eq!(said("/workouts/alpha"), "when cash_out; settles 0.6 times a year; pays 37% of claims; contracts end");
    assert_eq!(
        said("/tranches/series_b"),
        "$10bn to alpha in years 0.5 to 2; unless return_gap; intensity 0.6 in boom, 0.1 in bust"
    );
    assert_eq!(said("/tranches/milestone"), "$6bn to alpha from Oracle in year 2; when milestone; otherwise $1bn");
    assert!(said("/vendors/Oracle").ends_with("relets at 60% of price; loses $4.8bn in beta when bubble"), "{stdout}");
    assert!(
        said("/crisis").contains("× e^(2 × gap); × e^0.5 for each burst bubble; ends 0.5 times a year; prices × 0.7")
    );
    let volatility = &document[0]["uncertain"]["factor.price.volatility"];
    // of a lognormal between its 10% and 90% quantiles, the geometric mean
    let median = volatility["median"].as_f64().unwrap();
    assert!((median - (0.2f64 * 0.4).sqrt()).abs() < 1e-9, "{volatility}");
    assert_eq!(volatility["reason"], "Three years of quotes, and a judgement about the next six");
    let (code, table, _) = output(overhang(&["check", "docs/examples/full.toml"]));
    assert_eq!(code, 0);
    assert!(table.contains(" Volatility of prices            0.2    0.2828       0.4\n"), "{table}");
    for word in ["reduction", "series_b", "Oracle", "crisis", "2 of 64 tranches", "1 of 64 vendors", "1 of 64 stakes"] {
        assert!(table.contains(word), "{word}: {table}");
    }
    let (_, table, _) = output(overhang(&["check", SCENARIO]));
    assert!(!table.contains("tranches") && !table.contains("uncertain"), "{table}");
}

#[test]
fn a_check_shows_what_was_derived_and_says_what_is_wrong() {
    let place = tempfile::tempdir().unwrap();
    let broken = place.path().join("broken.json");
    fs::write(&broken, "{\"schema\": 1,}").unwrap();
    let (code, stdout, stderr) = output(overhang(&["check", SCENARIO, broken.to_str().unwrap(), "--format", "json"]));
    assert_eq!(code, 2);
    assert!(stderr.contains("broken.json:1:13"), "{stderr}");
    let documents: serde_json::Value = serde_json::from_str(&stdout).unwrap();
    let aws = &documents[0]["contracts"]["aws"];
    assert_eq!(documents.as_array().unwrap().len(), 1);
    assert!((aws["commitment"].as_f64().unwrap() / 38e9 - 1.0).abs() < 1e-12);
    // all is due within the horizon: Σ minima = take_or_pay × commitment
    let minima: f64 = aws["by_year"].as_array().unwrap().iter().map(|year| year["minimum"].as_f64().unwrap()).sum();
    let share = aws["take_or_pay"].as_f64().unwrap();
    assert!((minima / (share * 38e9) - 1.0).abs() < 1e-12, "{minima}");
    let (code, table, _) = output(overhang(&["check", SCENARIO]));
    assert_eq!(code, 0);
    assert!(table.contains("minimum, $bn") && table.contains("limits: 3 of 32 factors"), "{table}");
}

#[test]
fn a_requested_condition_decides_the_exit_code_after_the_result_is_out() {
    let run = |condition: &str| output(cpu(&["--paths", "4096", "--quiet", "--fail-if", condition]));
    let (code, stdout, stderr) = run("bubble.system.probability > 0.1");
    assert_eq!(code, 3, "{stderr}");
    assert!(stdout.contains("total commitment cost"));
    assert!(stderr.starts_with("error: `bubble.system.probability > 0.1` holds: it is 0.3"), "{stderr}");
    assert_helps(&stderr);
    assert_eq!(run("figures.system.commitment_cost.shortfall.0.95.value > 1e12").0, 0);
    assert_eq!(run("events.openai.cash_out.by_period.83.high <= 1").0, 3);
}

#[test]
fn a_bench_compares_engines_that_agree() {
    let place = tempfile::tempdir().unwrap();
    let before = place.path().join("before.json");
    let arguments = ["bench", "tests/cases/one-lab.toml", "--paths", "2048,4096", "--rounds", "2", "--quiet"];
    let (code, stdout, stderr) = output(overhang(&[&arguments[..], &["--format", "json"]].concat()));
    assert_eq!(code, 0, "{stderr}");
    let document: serde_json::Value = serde_json::from_str(&stdout).unwrap();
    let contenders = document["contenders"].as_array().unwrap();
    assert!(contenders.len() >= 2 && contenders.len().is_multiple_of(2), "{stdout}");
    for contender in contenders {
        assert_eq!(contender["seconds"].as_array().unwrap().len(), 2);
        assert!(contender["cold_seconds"].as_f64().unwrap() > 0.0);
        assert!(contender["seconds_to_mean"].as_f64().unwrap() > 0.0);
        assert!(contender["seconds_to_shortfall"].as_f64().unwrap() > 0.0);
    }
    fs::write(&before, stdout).unwrap();
    let (code, table, stderr) = output(overhang(&[&arguments[..], &["--compare", before.to_str().unwrap()]].concat()));
    assert_eq!(code, 0, "{stderr}");
    assert!(
        table.contains("speed-up") && table.contains("then/now") && table.contains("every engine agrees"),
        "{table}"
    );
    let (code, _, stderr) = output(overhang(&[&arguments[..], &["--compare", SCENARIO]].concat()));
    assert_eq!(code, 2);
    assert_helps(&stderr);
}
