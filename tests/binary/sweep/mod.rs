//! Sweeps: the same rows however the work is cut, stores that survive, and what is refused.

mod command;
mod inputs;
mod kills;
mod points;
mod stores;
mod targets;
mod uncertain;

use std::collections::BTreeSet;
use std::process::Stdio;
use std::time::{Duration, Instant};

use command::{Place, code, rows, stderr, sweep};
use overhang::engine::Sampling;

/// The design of most tests: points that share their factors, and points that do not.
const AXES: [&str; 4] =
    ["--axis", "contract.FIRST.take_or_pay=0.4:1.0:7", "--axis", "factor.FACTOR.volatility=0.2,0.3,0.4"];
const POINTS: usize = 21;
const PATHS: &str = "2500";

fn base() -> Vec<String> {
    let text = std::fs::read_to_string(command::SCENARIO).expect("it is there");
    let named = |header: &str| {
        let after = text.split(header).nth(1).expect("there is one").split("name = \"").nth(1).expect("it has a name");
        after.split('"').next().expect("it ends").to_string()
    };
    let loaded = overhang::scenario::load(command::SCENARIO.as_ref()).expect("it is good");
    let moving =
        |factor: &&overhang::scenario::Factor| !matches!(factor.process, overhang::scenario::Process::Table { .. });
    let factor = loaded.scenario.factors.iter().find(moving).expect("there is one").name.clone();
    let axes = AXES.map(|axis| axis.replace("FIRST", &named("[[contract]]")).replace("FACTOR", &factor));
    axes.into_iter().chain(["--paths".into(), PATHS.into()]).collect()
}

fn with<'a>(base: &'a [String], more: &[&'a str]) -> Vec<&'a str> {
    base.iter().map(String::as_str).chain(more.iter().copied()).collect()
}

#[test]
fn rows_are_the_same_bits_in_shards_in_parts_and_on_any_number_of_threads() {
    let (place, base) = (Place::new(), base());
    let whole = place.at("whole");
    assert_eq!(code(&sweep(&whole, &with(&base, &["--threads", "2"]))), 0);
    let expected = rows(&whole);
    assert_eq!(expected.len(), POINTS);
    assert!(expected.iter().all(|(_, rows)| rows.len() > 30));

    let threads = place.at("threads");
    assert_eq!(code(&sweep(&threads, &with(&base, &["--threads", "1"]))), 0);
    assert_eq!(rows(&threads), expected, "one thread");

    // 2,500 paths are ten blocks: of twelve parts two are empty
    for cut in ["3", "12"] {
        let parts = place.at(&format!("parts-{cut}"));
        assert_eq!(code(&sweep(&parts, &with(&base, &["--path-shards", cut]))), 0);
        assert_eq!(rows(&parts), expected, "paths in {cut} parts");
        let left = std::fs::read_dir(place.path(&format!("parts-{cut}/tallies"))).expect("it is there").count();
        assert_eq!(left, 0, "tallies were joined");
    }

    for (name, count, cut, order) in [("a", 7, "1", [3, 0, 6, 2, 5, 1, 4].as_slice()), ("b", 4, "3", &[2, 3, 0, 1])] {
        let shards: Vec<String> = order.iter().map(|index| place.at(&format!("{name}-{index}"))).collect();
        for (index, shard) in order.iter().zip(&shards) {
            let shard_of = format!("{index}/{count}");
            assert_eq!(code(&sweep(shard, &with(&base, &["--shard", &shard_of, "--path-shards", cut]))), 0);
        }
        let merged = place.at(&format!("{name}-merged"));
        // some first, which is told to be incomplete, then all
        let half = command::merge(&merged, &shards[..shards.len() / 2]);
        assert_eq!(code(&half), 1, "{}", stderr(&half));
        assert!(stderr(&half).contains("points are missing"), "{}", stderr(&half));
        assert_eq!(code(&command::merge(&merged, &shards)), 0);
        assert_eq!(rows(&merged), expected, "{count} shards, paths in {cut} parts");
        assert_eq!(code(&command::merge(&merged, &shards)), 0, "merging again changes nothing");
        assert_eq!(rows(&merged), expected);
    }
}

#[test]
fn a_point_is_the_run_of_its_scenario() {
    let (place, base) = (Place::new(), base());
    let store = place.at("store");
    assert_eq!(code(&sweep(&store, &base.iter().map(String::as_str).collect::<Vec<_>>())), 0);
    let found = rows(&store);
    let loaded = overhang::scenario::load(command::SCENARIO.as_ref()).expect("it is good");
    use overhang::engine::{Draws, Engine as _, Instructions, Precision, cpu, prepare, prepare_first, prepare_near};
    use overhang::registry::Figure;
    use overhang::result::{Statistic, Subject};
    use overhang::scenario::Setting;
    let values = command::point_values(&store);
    let settings: Vec<(&str, Setting)> = values[9].iter().map(|(path, value)| (path.as_str(), value.clone())).collect();
    let scenario = loaded.template.set(&settings, "point 9").expect("it is a scenario");
    let engine = cpu::CpuEngine::new(None, Instructions::best(), Precision::Single, Sampling::Device).expect("threads");
    let cost = |plan: &overhang::plan::Plan| {
        let tally = engine.tally(plan, Draws { seed: 1, replicate: 0 }, 0..2500, &|_| true).expect("no faults");
        overhang::measure::moments(&overhang::measure::Sample::new(&tally, 0, plan.figures[0].frame))
    };
    let subject = Subject::Figure { owner: scenario.organizations[0].name.clone(), figure: Figure::CommitmentCost };
    let known = overhang::sweep::rows::find(&found[9].1, &subject).expect("it is there");
    let numbers = [Statistic::Count, Statistic::Mean, Statistic::Se].map(|statistic| known.get(statistic));
    // the same bits in the frames of a point, and the same but for rounding in those of a run
    let own = cost(&prepare_near(&scenario, &prepare_first(&loaded.scenario).1));
    assert_eq!(numbers, [Some(2500.0), own.mean, own.se]);
    let run = cost(&prepare(&scenario));
    let apart = |one: Option<f64>, other: Option<f64>| (one.unwrap() - other.unwrap()).abs();
    let allowed = 1e-4 * run.se.unwrap();
    assert!(apart(own.mean, run.mean) < allowed && apart(own.se, run.se) < allowed, "{own:?} {run:?}");
}

#[test]
fn gpu_rows_are_the_same_bits_in_shards_and_parts() {
    let (place, base) = (Place::new(), base());
    for (index, (name, _)) in crate::adapters::gpus(Sampling::Device).into_iter().enumerate() {
        let adapter = index.to_string();
        let on = |out: &str, more: &[&str]| {
            let arguments = with(&base, &[&["--adapter", adapter.as_str()], more].concat());
            let output = command::sweep_anywhere(out, &arguments);
            assert_eq!(code(&output), 0, "{name}: {}", stderr(&output));
        };
        let (whole, parts) = (place.at(&format!("{index}-whole")), place.at(&format!("{index}-parts")));
        on(&whole, &[]);
        on(&parts, &["--path-shards", "12"]);
        let expected = rows(&whole);
        assert_eq!(expected.len(), POINTS);
        assert_eq!(rows(&parts), expected, "{name}: in parts");
        let shards = ["0/2", "1/2"].map(|shard| {
            let out = place.at(&format!("{index}-{}", &shard[..1]));
            on(&out, &["--shard", shard]);
            out
        });
        let merged = place.at(&format!("{index}-merged"));
        assert_eq!(code(&command::merge(&merged, &shards)), 0);
        assert_eq!(rows(&merged), expected, "{name}: in shards");
    }
}

#[test]
fn a_store_has_one_writer() {
    let (place, base) = (Place::new(), base());
    let store = place.at("store");
    let arguments = with(&base, &["--paths", "1e6"]);
    let mut first = command::start(&store, &arguments);
    let started = Instant::now();
    while !place.path("store/manifest.json").exists() && started.elapsed() < Duration::from_secs(20) {
        std::thread::sleep(Duration::from_millis(5));
    }
    let second = sweep(&store, &arguments);
    assert_eq!(code(&second), 1);
    assert!(stderr(&second).contains("another process is writing"), "{}", stderr(&second));
    let status = command::overhang(&["status", &store], Stdio::piped());
    assert_eq!(code(&status), 0, "it can be looked at: {}", stderr(&status));
    first.kill().and_then(|()| first.wait()).expect("it ends");
}

#[test]
fn a_full_disk_and_a_read_only_place_are_told_and_lose_nothing() {
    let (place, base) = (Place::new(), base());
    let store = place.at("store");
    let arguments = with(&base, &["--batch", "4", "--commit-every", "0"]);
    // parts are larger than the 8 KiB that this process may write into a file
    let limited = command::limited(&store, &arguments);
    assert_eq!(code(&limited), 1, "{}", stderr(&limited));
    assert!(stderr(&limited).contains("could not be written"), "{}", stderr(&limited));
    assert_eq!(code(&sweep(&store, &arguments)), 0);
    assert_eq!(rows(&store).len(), POINTS);
    let nowhere = sweep("/proc/overhang", &arguments);
    assert_eq!(code(&nowhere), 1);
    assert!(stderr(&nowhere).contains("could not be written"), "{}", stderr(&nowhere));
}

#[test]
fn a_damaged_part_is_told_and_computed_again_once_removed() {
    let (place, base) = (Place::new(), base());
    let store = place.at("store");
    let arguments = with(&base, &["--batch", "4", "--commit-every", "0"]);
    assert_eq!(code(&sweep(&store, &arguments)), 0);
    let expected = rows(&store);
    let parts: Vec<_> =
        std::fs::read_dir(place.path("store/results")).unwrap().map(|entry| entry.unwrap().path()).collect();
    let bytes = std::fs::read(&parts[0]).unwrap();
    let mut spoilt = bytes.clone();
    spoilt[bytes.len() / 2] ^= 1;
    for damage in [&bytes[..bytes.len() - 7], &bytes[..0], &spoilt] {
        std::fs::write(&parts[0], damage).unwrap();
        let check = ["status", "--check", &store];
        for output in [sweep(&store, &arguments), command::overhang(&check, Stdio::piped())] {
            assert_eq!(code(&output), 1);
            assert!(stderr(&output).contains("is damaged"), "{}", stderr(&output));
        }
    }
    std::fs::remove_file(&parts[0]).unwrap();
    assert_eq!(code(&sweep(&store, &arguments)), 0);
    assert_eq!(rows(&store), expected);
}

#[test]
fn other_sweeps_and_other_folders_are_refused_with_what_differs() {
    let (place, base) = (Place::new(), base());
    let store = place.at("store");
    assert_eq!(code(&sweep(&store, &with(&base, &[]))), 0);
    for (more, told) in [
        (vec!["--seed", "9"], "`seed` is 1 in the store, but 9 now"),
        (vec!["--paths", "2501"], "`paths` is 2500 in the store, but 2501 now"),
        (vec!["--precision", "f64"], "`engine.precision`"),
        (vec!["--levels", "0.9"], "`levels`"),
        (vec!["--independent"], "`independent`"),
        (vec!["--axis", "discount.rate=0.1,0.2"], "axes"),
        (vec!["--shard", "1/3"], "is the store of shard 0/1, not of shard 1/3"),
    ] {
        let output = sweep(&store, &with(&base, &more));
        assert_eq!(code(&output), 2, "{more:?}: {}", stderr(&output));
        assert!(stderr(&output).contains(told), "{more:?}: {}", stderr(&output));
    }
    let other = place.at("other");
    std::fs::create_dir(&other).unwrap();
    std::fs::write(place.path("other/mine.txt"), "mine").unwrap();
    let output = sweep(&other, &with(&base, &[]));
    assert!(code(&output) == 2 && stderr(&output).contains("mine.txt"), "{}", stderr(&output));
    for (manifest, told, exit) in
        [("{\"store_version\": 99}", "is a store of version 99", 2), ("{\"store_version\": 1", "is damaged", 1)]
    {
        std::fs::write(place.path("store/manifest.json"), manifest).unwrap();
        let output = sweep(&store, &with(&base, &[]));
        assert!(code(&output) == exit && stderr(&output).contains(told), "{}", stderr(&output));
    }
}

#[test]
fn a_dry_run_says_what_a_sweep_takes_and_writes_nothing() {
    let (place, base) = (Place::new(), base());
    let store = place.at("store");
    let dry = |more: &[&str]| {
        let output = sweep(&store, &with(&base, &[&["--dry-run"], more].concat()));
        (code(&output), String::from_utf8(output.stdout.clone()).expect("UTF-8") + &stderr(&output))
    };
    let (exit, said) = dry(&[]);
    assert_eq!(exit, 0, "{said}");
    for part in ["points  21 to compute of 21, 2500 paths each", "time    about ", "disk    about ", "kB"] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert_eq!(said.contains("memory  about "), cfg!(target_os = "linux"), "{said}");
    let (_, said) = dry(&["--shard", "1/3", "--path-shards", "3"]);
    assert!(said.contains("21 to compute of 21 of shard 1/3, 2500 paths each in 3 parts"), "{said}");
    assert!(!place.path("store").exists(), "nothing is made");

    assert_eq!(code(&sweep(&store, &with(&base, &[]))), 0);
    let (exit, said) = dry(&[]);
    assert!(exit == 0 && said.contains("0 to compute of 21") && !said.contains("about"), "{said}");
    let parts = std::fs::read_dir(place.path("store/results")).unwrap().map(|entry| entry.unwrap().path());
    parts.for_each(|part| std::fs::remove_file(part).unwrap());
    assert!(dry(&[]).1.contains("21 to compute of 21"));
    let (exit, said) = dry(&["--seed", "9"]);
    assert!(exit == 2 && said.contains("`seed` is 1 in the store, but 9 now"), "{said}");
}

#[test]
fn a_shard_checks_its_own_points() {
    let (place, base) = (Place::new(), base());
    let path = base[1].split('=').next().expect("a place").to_string();
    let axis = format!("{path}=0.5,1.5");
    let of = |shard: &str| sweep(&place.at(&shard[..1]), &["--axis", &axis, "--paths", "500", "--shard", shard]);
    assert_eq!(code(&of("0/2")), 0, "its point is good");
    let wrong = of("1/2");
    assert!(code(&wrong) == 2 && stderr(&wrong).contains("point 1: "), "{}", stderr(&wrong));
}

#[test]
fn a_log_has_a_line_for_each_point_and_a_full_one_stops_nothing() {
    let (place, base) = (Place::new(), base());
    let (store, log) = (place.at("store"), place.at("log.jsonl"));
    let lines = |log: &str| -> Vec<serde_json::Value> {
        let text = std::fs::read_to_string(log).expect("it is there");
        text.lines().map(|line| serde_json::from_str(line).expect("a JSON line")).collect()
    };
    assert_eq!(code(&sweep(&store, &with(&base, &["--log", &log]))), 0);
    let points: BTreeSet<u64> = lines(&log).iter().map(|line| line["point"].as_u64().expect("a number")).collect();
    assert_eq!((points.len(), lines(&log).len()), (POINTS, POINTS));
    // it is added to, and parts of points have lines of their own
    let parts = place.at("parts");
    assert_eq!(code(&sweep(&parts, &with(&base, &["--log", &log, "--path-shards", "2"]))), 0);
    assert_eq!(lines(&log).len(), 3 * POINTS);
    assert_eq!(lines(&log).iter().filter(|line| line["part"] == 1).count(), POINTS);
    if cfg!(target_os = "linux") {
        let full = sweep(&place.at("full"), &with(&base, &["--log", "/dev/full"]));
        assert_eq!(code(&full), 0);
        assert_eq!(stderr(&full).matches("the log `/dev/full` could not be written").count(), 1, "{}", stderr(&full));
    }
    let nowhere = sweep(&place.at("nowhere"), &with(&base, &["--log", &place.at("no/folder")]));
    assert!(code(&nowhere) == 1 && stderr(&nowhere).contains("could not be written"), "{}", stderr(&nowhere));
}

#[test]
fn a_design_takes_more_points_behind_those_it_has() {
    let (place, base) = (Place::new(), base());
    let (store, fresh) = (place.at("store"), place.at("fresh"));
    let path = base[1].split('=').next().expect("a place").to_string();
    let sobol = |out: &str, points: &str, low: &str| {
        let axis = format!("{path}={low}:1");
        sweep(out, &["--design", "sobol", "--points", points, "--axis", &axis, "--paths", "500"])
    };
    assert_eq!(code(&sobol(&store, "5", "0.5")), 0);
    let more = sobol(&store, "12", "0.5");
    assert!(code(&more) == 0 && stderr(&more).contains("5 of 12 points are already in"), "{}", stderr(&more));
    assert_eq!(code(&sobol(&fresh, "12", "0.5")), 0);
    assert_eq!(rows(&store), rows(&fresh));
    let fewer = sobol(&store, "4", "0.5");
    assert!(
        code(&fewer) == 2 && stderr(&fewer).contains("has 12 points, but the design has 4 now"),
        "{}",
        stderr(&fewer)
    );
    // a shard does not know the points of others
    let shard = place.at("shard");
    let list = |out: &str, values: &str| {
        let axis = format!("{path}={values}");
        sweep(out, &["--axis", &axis, "--paths", "500", "--shard", "0/3"])
    };
    assert_eq!(code(&list(&shard, "0.5,0.6,0.7")), 0);
    let changed = list(&shard, "0.5,0.6,0.8");
    assert!(code(&changed) == 2 && stderr(&changed).contains("has 3 other points"), "{}", stderr(&changed));
    let other = sobol(&store, "12", "0.6");
    assert!(code(&other) == 2 && stderr(&other).contains("has a different point 0: "), "{}", stderr(&other));
    assert!(stderr(&other).contains("which is now point 0: "), "{}", stderr(&other));
}

#[test]
fn points_are_checked_before_the_first_is_computed() {
    let (place, base) = (Place::new(), base());
    let path = base[1].split('=').next().expect("a place").to_string();
    let store = place.at("store");
    for (axis, told) in [
        (format!("{path}=0.5,1.5"), "point 1: "),
        ("contract.nobody.take_or_pay=1,2".to_string(), "does not exist"),
        ("variant=lean".to_string(), "no variant `lean`"),
        (format!("{path}=0.2:0.4"), "a grid needs values"),
        ("name=a,b".to_string(), "cannot be an axis"),
    ] {
        let output = sweep(&store, &["--axis", &axis, "--paths", "500"]);
        assert_eq!(code(&output), 2, "{}", stderr(&output));
        assert!(stderr(&output).contains(told), "{}", stderr(&output));
        assert!(!place.path("store").exists(), "nothing is made");
    }
    let gate =
        sweep(&store, &["--axis", &base[1], "--paths", "500", "--fail-if", "figures.system.commitment_cost.mean > 0"]);
    assert_eq!(code(&gate), 3, "{}", stderr(&gate));
    assert!(stderr(&gate).contains("holds for point 6"), "{}", stderr(&gate));
    let unknown = sweep(&store, &["--axis", &base[1], "--paths", "500", "--fail-if", "figures.system.cost.mean > 0"]);
    assert_eq!(code(&unknown), 2);
}

#[test]
fn currencies_of_points_are_told_and_levels_given_twice_count_once() {
    let place = Place::new();
    let (one, two) = (place.at("one"), place.at("two"));
    let run = |store: &str, currencies: &str| {
        let axis = format!("currency={currencies}");
        sweep(store, &["--axis", &axis, "--paths", "256", "--levels", "0.95,0.95"])
    };
    let [yen, both] = [run(&one, "JPY"), run(&two, "JPY,USD")].map(|output| {
        assert_eq!(code(&output), 0, "{}", stderr(&output));
        String::from_utf8(output.stdout).expect("it is text")
    });
    assert!(yen.contains("cost, ¥bn"), "{yen}");
    assert!(both.contains("cost, bn") && !both.contains('$'), "{both}");
    let part = std::fs::read_dir(place.path("two/results")).expect("it is there").next().expect("it has a part");
    let table = overhang::storage::parquet::read(&part.expect("it is there").path()).expect("it is a table");
    assert_eq!(table.iter().filter(|(name, _)| name.starts_with("var.")).count(), 3);
}
