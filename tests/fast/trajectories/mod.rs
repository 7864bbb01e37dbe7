//! The user's own trajectories: read as NumPy and pandas write them, refused where they are wrong, and the same figures as
//! the engine's own where they are its own.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;

use overhang::engine::cpu::CpuEngine;
use overhang::engine::trajectory_source::TrajectorySource;
use overhang::engine::{Draws, Engine, Instructions, PathValues, Precision, Sampling, prepare};
use overhang::plan::Plan;
use overhang::scenario::Scenario;
use overhang::trajectories::{self, TrajectoryError};

const DRAWS: Draws = Draws { seed: 5, replicate: 0 };

fn scenario(file: &str) -> Scenario {
    overhang::scenario::load(file.as_ref()).unwrap_or_else(|failure| panic!("{failure}")).scenario
}

fn cpu(precision: Precision) -> CpuEngine {
    CpuEngine::new(Some(2), Instructions::best(), precision, Sampling::Device).expect("threads start")
}

fn opened(file: &Path, scenario: &Scenario, plan: &Plan) -> Result<Arc<dyn TrajectorySource>, TrajectoryError> {
    trajectories::open(file, scenario, plan).map(|opened| opened.given)
}

fn drawn(file: &Path, scenario: &Scenario, plan: &Plan, paths: u64) {
    let engine = &cpu(Precision::Single);
    let sampling = trajectories::Sampling { scenario, plan, engine, parts: &[(DRAWS, paths)] };
    assert!(trajectories::write(file, &sampling, &|_| true).expect("it is written"));
}

#[test]
fn what_the_engine_would_draw_gives_the_same_bits() {
    let place = tempfile::tempdir().unwrap();
    // two-labs has regimes that events watch, so that an array of factors alone is not enough
    for (name, formats) in [("one-lab", &["parquet", "npy"][..]), ("two-labs", &["parquet"])] {
        let scenario = scenario(&format!("tests/cases/{name}.toml"));
        let plan = prepare(&scenario);
        for format in formats {
            let file = place.path().join(format!("{name}.{format}"));
            // no whole number of blocks, and more than one row group
            let paths = 44_000;
            drawn(&file, &scenario, &plan, paths);
            let given = opened(&file, &scenario, &plan).unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(given.paths(), paths);
            let plain = cpu(Precision::Single).tally(&plan, DRAWS, 0..paths, &|_| true).unwrap();
            let engine = cpu(Precision::Single).with_trajectories(Arc::clone(&given));
            assert!(engine.tally(&plan, DRAWS, 0..paths, &|_| true).unwrap() == plain, "{name}.{format}");
            let own = crate::adapters::gpus(Sampling::Host);
            for ((adapter, gpu), (_, own)) in crate::adapters::gpus(Sampling::Host).into_iter().zip(own) {
                let gpu = gpu.with_trajectories(Arc::clone(&given));
                let tally = |engine: &dyn Engine| engine.tally(&plan, DRAWS, 0..5000, &|_| true).unwrap();
                assert!(tally(&gpu) == tally(&own), "{name}.{format} on {adapter}");
            }
        }
    }
}

/// The files of make.py.
fn fixture(name: &str) -> PathBuf {
    Path::new("tests/fast/trajectories").join(name)
}

fn full() -> (Scenario, Plan) {
    let loaded = overhang::scenario::parse(include_str!("../../shared/full.json"), "full.json").expect("it is good");
    let plan = prepare(&loaded.scenario);
    (loaded.scenario, plan)
}

/// Without the event on the regime, which arrays of factors alone cannot have.
fn unwatched() -> (Scenario, Plan) {
    let text = include_str!("../../shared/full.json")
        .replace(",\n    { \"name\": \"slump\", \"metric\": \"regime\", \"state\": \"bust\" }", "")
        .replace(", \"slump\"", "");
    let loaded = overhang::scenario::parse(&text, "full.json").unwrap_or_else(|failure| panic!("{failure}"));
    let plan = prepare(&loaded.scenario);
    (loaded.scenario, plan)
}

fn values(given: &Arc<dyn TrajectorySource>, plan: &Plan) -> PathValues {
    let engine = cpu(Precision::Double).with_trajectories(Arc::clone(given));
    engine.values(plan, DRAWS, 0..given.paths()).expect("they are good")
}

#[test]
fn files_of_numpy_and_pandas_are_read() {
    let (scenario, plan) = full();
    let read = |name: &str| {
        let given = opened(&fixture(name), &scenario, &plan).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(given.paths(), 5, "{name}");
        values(&given, &plan)
    };
    let (pandas, numpy) = (read("pandas.parquet"), read("regimes.npz"));
    assert_eq!(pandas, numpy);
    // the state is bust where (path + period) mod 4 is 3, so path 0 sees its first one in period 3
    let slump =
        plan.times.iter().position(|time| matches!(time, overhang::plan::figure::FirstPassage::Event { event: 2, .. }));
    assert_eq!(pandas.times[slump.expect("it is watched") * 5..][..5], [3, 2, 1, 4, 3]);

    let (scenario, plan) = unwatched();
    let read = |name: &str| values(&opened(&fixture(name), &scenario, &plan).unwrap(), &plan);
    let (single, double) = (read("f32.npy"), read("f64-start.npy"));
    // paths start 10% apart where the file has a row for period 0, and at the scenario's price where it has none: the first
    // path alone begins alike, and the indexed contract's first rate is the price at the start
    let slot = plan.sizes.contract_slot(1);
    let cost = |of: &PathValues, path: usize| of.figures[slot * 5 + path];
    assert_eq!(cost(&single, 0), cost(&double, 0));
    assert!((1..5).all(|path| cost(&double, path) > cost(&single, path)), "{single:?}\n{double:?}");
}

/// Orders, types and headers that NumPy and other programs write, and folders of parts, say the same as the plain file.
#[test]
fn every_form_of_the_same_numbers_is_read_alike() {
    let (calm, calm_plan) = unwatched();
    let (scenario, plan) = full();
    let read = |name: &str, scenario: &Scenario, plan: &Plan| {
        values(&opened(&fixture(name), scenario, plan).unwrap_or_else(|error| panic!("{name}: {error}")), plan)
    };
    let arrays = [
        ("halves", &["fortran", "big-endian", "big-endian-single-fortran", "half"][..]),
        ("halves", &["double-quotes", "spaces", "python-2"]),
        ("whole", &["whole-u1", "whole-i1", "whole-i2", "whole-u4", "whole-i8", "whole-u8"]),
    ];
    for (reference, others) in arrays {
        let expected = read(&format!("forms/{reference}.npy"), &calm, &calm_plan);
        for name in others {
            assert!(read(&format!("forms/{name}.npy"), &calm, &calm_plan) == expected, "{name} is not {reference}");
        }
    }
    let expected = read("forms/halves.npy", &calm, &calm_plan);
    for name in ["forms/compressed.npz", "forms/states.npz"] {
        assert!(read(name, &calm, &calm_plan) == expected, "{name}");
    }
    assert!(read("forms/compressed.npz", &scenario, &plan) == read("forms/states.npz", &scenario, &plan), "states");
    assert!(read("parts.parquet", &scenario, &plan) == read("pandas.parquet", &scenario, &plan), "parts");
}

#[test]
fn what_is_wrong_is_said_with_its_place() {
    let (scenario, plan) = full();
    let (calm, calm_plan) = unwatched();
    let place = tempfile::tempdir().unwrap();
    let cut = place.path().join("cut.npy");
    let bytes = std::fs::read(fixture("f32.npy")).unwrap();
    std::fs::write(&cut, &bytes[..bytes.len() - 1]).unwrap();
    let noise = place.path().join("noise.parquet");
    std::fs::write(&noise, "PAR1 no").unwrap();
    let cases = [
        (fixture("f32.npy"), &scenario, &plan, "has no regimes, which the event `slump` watches"),
        (fixture("forms/fields.npy"), &calm, &calm_plan, "has the named fields price, use instead of numbers"),
        (fixture("forms/complex.npy"), &calm, &calm_plan, "has items of the type `<c16`"),
        (fixture("forms/tiny.npy"), &calm, &calm_plan, "path 3, period 3: `price` is 1e-40"),
        (fixture("forms/negative-state.npz"), &scenario, &plan, "path 0, period 3: the state is -1"),
        (fixture("forms"), &scenario, &plan, "has no parts"),
        (fixture("missing.parquet"), &scenario, &plan, "has no column `use`"),
        (fixture("unsorted.parquet"), &scenario, &plan, "row "),
        (fixture("gap.parquet"), &scenario, &plan, "the column `price` is empty in row 31"),
        (fixture("negative.parquet"), &scenario, &plan, "path 3, period 4: `price` is -1"),
        (fixture("nothing.npy"), &scenario, &plan, "cannot be opened"),
        (fixture("make.py"), &scenario, &plan, "is not a known kind of file"),
        (cut, &calm, &calm_plan, "is shorter than its header says"),
        (noise, &scenario, &plan, "cannot be read"),
    ];
    for (file, scenario, plan, said) in cases {
        let found = opened(&file, scenario, plan).map_err(overhang::engine::EngineError::from).and_then(|given| {
            cpu(Precision::Single).with_trajectories(given).tally(plan, DRAWS, 0..5, &|_| true).map(drop)
        });
        let error = found.expect_err(&file.display().to_string());
        assert!(error.message.contains(said), "{}: {}", file.display(), error.message);
        assert!(error.hint.is_some_and(|hint| !hint.is_empty()), "{}", error.message);
    }
    let other = self::scenario("tests/cases/one-lab.toml");
    let other_plan = prepare(&other);
    let error = opened(&fixture("f32.npy"), &other, &other_plan).err().expect("the shape is another");
    assert!(error.message.contains("(5, 8, 4), but the scenario has 24 periods and 3 factors"), "{error}");
    let error = opened(&fixture("forms/reversed.npy"), &calm, &calm_plan).err().expect("factors come first");
    assert!(error.hint.contains("array.transpose(2, 1, 0)"), "{}", error.hint);
    // the device says the same
    for (_, gpu) in crate::adapters::gpus(Sampling::Host) {
        let given = opened(&fixture("negative.parquet"), &scenario, &plan).unwrap();
        let error = gpu.with_trajectories(given).tally(&plan, DRAWS, 0..5, &|_| true).expect_err("a price below 0");
        assert!(error.message.contains("path 3, period 4: `price` is -1"), "{error}");
    }
}

#[test]
fn parquet_is_read_by_logical_type() {
    let (scenario, plan) = unwatched();
    let open = |name: &str| opened(&fixture(&format!("typed/{name}.parquet")), &scenario, &plan);
    let read = |name: &str| values(&open(name).unwrap_or_else(|error| panic!("{error}")), &plan);
    for (reference, others) in [
        ("plain", &["decimal32", "decimal64", "decimal128", "decimal256", "dictionary"][..]),
        ("plain", &["zstd", "gzip", "lz4", "brotli", "none"]),
        ("halves", &["half", "single"]),
        ("ones", &["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"]),
    ] {
        let expected = read(reference);
        others.iter().for_each(|name| assert!(read(name) == expected, "{name} is not {reference}"));
    }
    for (name, said) in [
        ("boolean", "the column `use` has the type BOOLEAN"),
        ("timestamp", "the column `use` has the type TIMESTAMP"),
        ("time", "the column `use` has the type TIME"),
        ("date", "the column `use` is a date, not a number"),
        ("text", "the column `use` is text, not a number"),
        ("list", "the column `use` has the type nested"),
        ("struct", "the column `use` has the type nested"),
        ("null", "the column `use` has the type NULL"),
        ("twice", "has two columns named `use`"),
    ] {
        let error = open(name).err().unwrap_or_else(|| panic!("{name} is read"));
        assert!(error.message.contains(said), "{name}: {error}");
        assert!(error.hint.contains("write") || error.hint.contains("drop"), "{name}: {}", error.hint);
    }
}

#[test]
fn damage_is_found_by_checksums() {
    let (scenario, plan) = unwatched();
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("damaged.parquet");
    let mut bytes = std::fs::read(fixture("typed/none.parquet")).unwrap();
    // the `use` of path 0 in period 1, whose last bit is flipped
    let value = 0.51f64.to_le_bytes();
    let at = bytes.windows(8).position(|window| window == value).expect("it is stored as it is");
    bytes[at] ^= 1;
    std::fs::write(&file, bytes).unwrap();
    let found = opened(&file, &scenario, &plan).map_err(overhang::engine::EngineError::from);
    let found = found.and_then(|given| cpu(Precision::Double).with_trajectories(given).values(&plan, DRAWS, 0..5));
    let error = found.expect_err("a page does not agree with its checksum");
    assert!(error.message.contains("checksum"), "{}", error.message);

    // one bit in the middle of either member of an archive, stored or compressed
    for (name, member) in [
        ("regimes.npz", "trajectories.npy"),
        ("regimes.npz", "regimes.npy"),
        ("forms/compressed.npz", "trajectories.npy"),
        ("forms/compressed.npz", "regimes.npy"),
    ] {
        let mut archive = zip::ZipArchive::new(std::fs::File::open(fixture(name)).unwrap()).unwrap();
        let entry = archive.by_name(member).unwrap();
        let middle = entry.data_start().expect("it is a file") + entry.compressed_size() / 2;
        drop(entry);
        let mut bytes = std::fs::read(fixture(name)).unwrap();
        bytes[middle as usize] ^= 1;
        let file = place.path().join("damaged.npz");
        std::fs::write(&file, bytes).unwrap();
        let error = opened(&file, &scenario, &plan).err().unwrap_or_else(|| panic!("{member} of {name} is read"));
        assert!(error.message.contains(&format!("its member `{member}` is damaged")), "{error}");
    }
}

#[test]
fn files_that_change_while_they_are_read_are_refused() {
    let (scenario, plan) = unwatched();
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("paths.npy");
    std::fs::copy(fixture("f32.npy"), &file).unwrap();
    let read = trajectories::open(&file, &scenario, &plan).unwrap();
    assert_eq!(read.hash(), blake3::hash(&std::fs::read(&file).unwrap()).to_hex().as_str());
    read.check_unchanged().expect("nobody wrote to it");
    let mut writer = std::fs::File::options().append(true).open(&file).unwrap();
    std::io::Write::write_all(&mut writer, b"more").unwrap();
    let error = read.check_unchanged().expect_err("it has grown");
    assert!(error.message.contains("was changed while it was read"), "{error}");
    // another file under the same name is not what was read
    std::fs::remove_file(&file).unwrap();
    std::fs::copy(fixture("f32.npy"), &file).unwrap();
    let read = trajectories::open(&file, &scenario, &plan).unwrap();
    std::fs::remove_file(&file).unwrap();
    std::fs::copy(fixture("f64-start.npy"), &file).unwrap();
    read.check_unchanged().expect("what was read is as it was");
    assert_eq!(read.given.paths(), 5);
}

/// Files with a few bytes changed, or cut short, are read or refused, but do not end the program.
#[test]
fn spoilt_files_do_no_harm() {
    let (scenario, plan) = full();
    let (calm, calm_plan) = unwatched();
    let place = tempfile::tempdir().unwrap();
    let mut state = 1u64;
    let mut below = |end: usize| {
        // Knuth's MMIX generator
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % end
    };
    let mut accepted = 0;
    for (name, scenario, plan) in
        [("pandas.parquet", &scenario, &plan), ("regimes.npz", &scenario, &plan), ("f64-start.npy", &calm, &calm_plan)]
    {
        let sound = std::fs::read(fixture(name)).unwrap();
        let file = place.path().join(name);
        for _ in 0..2_000 {
            let mut bytes = sound.clone();
            for _ in 0..=below(4) {
                let at = below(bytes.len());
                bytes[at] = below(256) as u8;
            }
            if below(8) == 0 {
                bytes.truncate(below(sound.len()));
            }
            std::fs::write(&file, &bytes).unwrap();
            let run = |given| cpu(Precision::Single).with_trajectories(given).values(plan, DRAWS, 0..5);
            let found = opened(&file, scenario, plan).map_err(overhang::engine::EngineError::from).and_then(run);
            accepted += usize::from(found.is_ok());
        }
    }
    assert!((1..6_000).contains(&accepted), "{accepted} accepted");
}

fn overhang(arguments: &[&str]) -> (i32, String, String) {
    let Output { status, stdout, stderr } =
        Command::new(env!("CARGO_BIN_EXE_overhang")).args(arguments).output().expect("the binary starts");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("output is UTF-8");
    (status.code().expect("it ends by itself"), text(stdout), text(stderr))
}

#[test]
fn the_commands_go_together() {
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("paths.parquet");
    let (scenario, file) = ("tests/binary/deal.toml", file.to_str().unwrap());
    let (code, stdout, stderr) = overhang(&["sample", scenario, "--paths", "3000", "--seed", "7", "--out", file]);
    assert_eq!((code, stdout.as_str()), (0, ""), "{stderr}");
    let (code, _, stderr) = overhang(&["sample", scenario, "--paths", "10", "--out", file]);
    assert_eq!(code, 1);
    assert!(stderr.contains("exists already") && stderr.contains("hint: "), "{stderr}");
    let run = |more: &[&str]| {
        let arguments = [&["run", scenario, "--backend", "cpu", "--format", "json", "--quiet"], more].concat();
        let (code, stdout, stderr) = overhang(&arguments);
        assert_eq!(code, 0, "{stderr}");
        serde_json::from_str::<serde_json::Value>(&stdout).expect("it is JSON")
    };
    let (own, given) = (run(&["--paths", "3000", "--seed", "7"]), run(&["--trajectories", file]));
    for key in ["figures", "contracts", "events", "bubble"] {
        assert_eq!(own[key], given[key], "{key}");
    }
    assert_eq!(given["provenance"]["paths"], 3000);
    assert_eq!(given["provenance"]["trajectories"].as_str().map(str::len), Some(64));
    assert_eq!(run(&["--trajectories", file, "--paths", "1000"])["provenance"]["paths"], 1000);
    for (more, said) in [
        (&["--paths", "3001"][..], "more than the 3000 paths"),
        (&["--seed", "3"], "cannot be used with"),
        (&["--path", "3"], "cannot be used with"),
    ] {
        let (code, _, stderr) = overhang(&[&["run", scenario, "--trajectories", file], more].concat());
        assert_eq!(code, 2, "{stderr}");
        assert!(stderr.contains(said), "{stderr}");
    }
}
