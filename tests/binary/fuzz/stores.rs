//! Stores with damage from chance: every command gives exactly the right rows or ends with an error.
//!
//! A case is named by its number, which alone determines what is damaged. `OVERHANG_FUZZ_STORES=10000` goes on for longer.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use overhang::engine::cpu::CpuEngine;
use overhang::engine::{Draws, Engine, Instructions, Precision, Sampling, prepare_first, prepare_near};
use overhang::scenario::load;
use overhang::sweep::design::Points;
use overhang::sweep::rows::Row;
use overhang::sweep::{Begun, Shard, Store};
use serde_json::Value;

use super::Random;

/// Cases of each kind of store.
const CASES: u64 = 40;
/// The time that any command may take on a busy machine.
const LONGEST: Duration = Duration::from_secs(60);
const DEAL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/examples/start.toml");
const POINTS: usize = 4;
/// Four blocks of paths, so that points can be half done.
const SWEEP: [&str; 16] = [
    "sweep",
    DEAL,
    "--axis",
    "contract.cloud.take_or_pay=0.5,0.6,0.7,0.8",
    "--paths",
    "1024",
    "--levels",
    "0.95",
    "--quantiles",
    "0.5",
    "--backend",
    "cpu",
    "--commit-every",
    "0",
    "--batch",
    "1",
];

/// The rows of points, by point.
type Rows = BTreeMap<usize, Vec<Row>>;

/// Runs a command in a folder; it must end by itself.
fn overhang(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_overhang"));
    command.args(arguments).current_dir(folder).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().expect("it starts");
    let process = child.id();
    let (told, ended) = std::sync::mpsc::channel();
    let waiting = std::thread::spawn(move || told.send(child.wait_with_output()));
    let output = ended.recv_timeout(LONGEST).unwrap_or_else(|_| {
        // SAFETY: the child was not waited for, so its number is its own.
        unsafe { libc::kill(process as libc::pid_t, libc::SIGKILL) };
        panic!("{arguments:?} does not end")
    });
    waiting.join().expect("it only waits").expect("somebody listens");
    output.expect("it can be waited for")
}

/// A command that must end well, or with a message and one of the exit codes for that.
fn ends(folder: &Path, arguments: &[&str]) -> (bool, Output) {
    let output = overhang(folder, arguments);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let code = output.status.code();
    assert!(matches!(code, Some(0..=2)), "{arguments:?} ends with {code:?}: {said}");
    assert!(code == Some(0) || said.contains("error: "), "{arguments:?} fails without a word: {said}");
    assert!(!said.contains("panicked"), "{arguments:?}: {said}");
    (code == Some(0), output)
}

fn sweep(folder: &Path, out: &str, more: &[&str]) -> bool {
    ends(folder, &[&SWEEP, more, &["--out", out]].concat()).0
}

/// All rows that can be read of a store; those that cannot be read are errors of the store.
fn rows(store: &Path) -> Rows {
    let Ok(store) = Store::read(store) else { return Rows::new() };
    let mut rows = Rows::new();
    for (point, found) in store.results().flatten().flatten() {
        assert!(rows.insert(point, found).is_none(), "point {point} stands twice");
    }
    rows
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("there is room");
    for entry in fs::read_dir(from).expect("it is there").flatten() {
        let place = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &place);
        } else {
            fs::copy(entry.path(), &place).expect("there is room");
        }
    }
}

/// The files of a store, by name.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => found.extend(files(&entry.path())),
            Ok(kind) if kind.is_file() => found.push(entry.path()),
            _ => (),
        }
    }
    found.sort();
    found
}

/// What stores are made of once: each kind, its other half, one of another seed, and the right rows.
struct Made {
    folder: tempfile::TempDir,
    rows: Rows,
    page: Vec<u8>,
}

impl Made {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("there is room");
        let at = folder.path();
        assert!(sweep(at, "whole", &[]) && sweep(at, "seed", &["--seed", "2"]));
        assert!(sweep(at, "half", &["--shard", "0/2", "--path-shards", "2"]));
        assert!(sweep(at, "other", &["--shard", "1/2", "--path-shards", "2"]));
        copy(&at.join("whole"), &at.join("begun"));
        for path in files(&at.join("begun/results")).iter().skip(2) {
            fs::remove_file(path).expect("it is there");
        }
        begin(&at.join("begun"), 3);
        copy(&at.join("whole"), &at.join("page/store"));
        let page = report(&at.join("page")).expect("it is sound");
        let rows = rows(&at.join("whole"));
        assert_eq!(rows.len(), POINTS);
        Made { page, rows, folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

/// The first half of a point's paths, as a process leaves them that was killed.
fn begin(root: &Path, point: usize) {
    let found = Store::read(root).expect("it is sound");
    let (manifest, points) = (found.manifest.clone(), Points::clone(&found.points));
    let loaded = load(DEAL.as_ref()).expect("it is sound");
    let value = points.rows[point][0].clone();
    let scenario = loaded.template.set(&[(&points.paths[0], value)], "a point").expect("it is sound");
    let engine = CpuEngine::new(Some(1), Instructions::best(), Precision::Single, Sampling::Device).expect("a thread");
    let draws = Draws { seed: manifest.seed, replicate: manifest.replicate(point) };
    let plan = prepare_near(&scenario, &prepare_first(&loaded.scenario).1);
    let tally = engine.tally(&plan, draws, 0..512, &|_| true).expect("the CPU engine has no faults");
    let store = Store::open(root, manifest, points, &loaded.source, Shard::WHOLE, &[], &|_| true);
    let store = store.expect("nobody else has it");
    let mut begun = Begun::read(&store).expect("there is none");
    begun.keep(&store, [((point, 0), &tally, Vec::new())].into_iter()).expect("there is room");
}

/// The page of the store in a folder, if it can be made.
fn report(folder: &Path) -> Option<Vec<u8>> {
    let done = ends(folder, &["report", "store", "--out", "page.html"]).0;
    done.then(|| fs::read(folder.join("page.html")).expect("it was written"))
}

/// Does one thing to a store, and says what.
fn damage(random: &mut Random, store: &Path, made: &Made) -> String {
    let all = files(store);
    let (Some(path), Some(other)) = (all.get(random.below(all.len())), all.get(random.below(all.len()))) else {
        return "nothing is left".into();
    };
    let name = |path: &Path| path.strip_prefix(store).unwrap_or(path).display().to_string();
    let mut bytes = fs::read(path).expect("it is there");
    let place = random.below(bytes.len());
    let folders = ["results", "tallies", "begun"];
    match random.below(12) {
        0..=2 => {
            for _ in 0..=random.below(3) {
                let at = random.below(bytes.len());
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= 1 << random.below(8);
                }
            }
            fs::write(path, bytes).expect("there is room");
            format!("bits of {}", name(path))
        }
        3 => {
            bytes.truncate(place);
            fs::write(path, bytes).expect("there is room");
            format!("{} after {place} bytes", name(path))
        }
        4 => {
            let end = (place + random.below(64)).min(bytes.len());
            let moved: Vec<u8> = bytes.drain(place..end).collect();
            bytes.extend(if random.below(2) == 0 { moved } else { b"PAR1".to_vec() });
            fs::write(path, bytes).expect("there is room");
            format!("bytes of {} elsewhere", name(path))
        }
        5 => {
            fs::write(path, fs::read(other).expect("it is there")).expect("there is room");
            fs::write(other, bytes).expect("there is room");
            format!("{} and {} exchanged", name(path), name(other))
        }
        6 => {
            fs::remove_file(path).expect("it is there");
            format!("{} removed", name(path))
        }
        // a copy, or the file itself, under another name of the store's own pattern
        7 | 8 => {
            let kind = random.pick(&folders);
            let hash = path.file_stem().and_then(|stem| stem.to_str()?.rsplit('-').next()).unwrap_or_default();
            let to =
                store.join(kind).join(format!("{kind}-{:08}-{:08}-{hash}.parquet", random.below(5), random.below(5)));
            fs::write(&to, &bytes).expect("there is room");
            if random.below(2) == 0 && to != *path {
                fs::remove_file(path).expect("it is there");
            }
            format!("{} as {}", name(path), name(&to))
        }
        9 => {
            let from = files(&made.path(["seed", "other", "whole", "begun"][random.below(4)]));
            let from = &from[random.below(from.len())];
            let file = from.file_name().expect("it has a name");
            let kind = folders.iter().find(|kind| from.parent().is_some_and(|parent| parent.ends_with(kind)));
            let to = kind.map_or_else(|| store.join(file), |kind| store.join(kind).join(file));
            fs::copy(from, &to).expect("there is room");
            format!("{} instead of {}", from.display(), name(&to))
        }
        10 => {
            let manifest = store.join("manifest.json");
            let Some(mut tree) = fs::read(&manifest).ok().and_then(|text| serde_json::from_slice::<Value>(&text).ok())
            else {
                return "no manifest".into();
            };
            let mut pointers = Vec::new();
            super::places(&tree, String::new(), &mut pointers);
            let pointer = pointers[random.below(pointers.len())].clone();
            let values =
                [Value::Null, 0.into(), 1.into(), 2.into(), (-1).into(), 1e300.into(), "x".into(), u64::MAX.into()];
            *tree.pointer_mut(&pointer).expect("it was found there") = values[random.below(values.len())].clone();
            fs::write(&manifest, tree.to_string()).expect("there is room");
            format!("the manifest at {pointer}")
        }
        _ => foreign(random, store, &folders),
    }
}

/// Puts something into a store that no process made.
fn foreign(random: &mut Random, store: &Path, folders: &[&str]) -> String {
    let kind = random.pick(folders);
    let part = format!("{kind}/{kind}-00000001-00000002-0123456789abcdef.parquet");
    let names = [".DS_Store", ".nfs0001", "_SUCCESS", "notes.txt", "results/.crc", "runs/x.json", &part];
    let name = random.pick(&names);
    let path = store.join(name);
    let put = match random.below(4) {
        0 => fs::write(&path, b"not ours"),
        1 => fs::create_dir_all(&path),
        2 => std::os::unix::fs::symlink("/dev/zero", &path),
        _ => fs::write(&path, b"PAR1\0\0\0\0\xff\xff\xff\xffPAR1"),
    };
    format!("{name} of another program ({put:?})")
}

/// All commands on a damaged store of a kind; how many of them ended well.
fn attempt(case: u64, kind: &str, made: &Made, folder: &Path, damages: &mut Vec<String>) -> u64 {
    let store = folder.join("store");
    copy(&made.path(kind), &store);
    let random = &mut Random(case);
    for _ in 0..=random.below(2) {
        damages.push(damage(random, &store, made));
    }
    let right = |rows: &Rows| {
        for (point, rows) in rows {
            assert!(made.rows.get(point) == Some(rows), "point {point} has other rows");
        }
    };
    let sound = rows(&made.path(kind)).len();
    right(&rows(&store));
    let mut well = 0;
    let mut count = |ended: bool| {
        well += u64::from(ended);
        ended
    };

    let (seen, output) = ends(folder, &["status", "store", "--format", "json"]);
    let status: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
    if count(seen) {
        let done = status["done"].as_u64().expect("a number") as usize;
        assert!(done <= POINTS && status["points"] == POINTS, "{status}");
    }
    if count(ends(folder, &["status", "store", "--check"]).0) {
        // what was checked can be read
        assert_eq!(rows(&store).len() as u64, status["done"].as_u64().expect("a number"));
    }
    if let Some(page) = report(folder) {
        count(true);
        let done = rows(&store).len();
        assert!(done < POINTS || page == made.page, "another page");
        assert!(done <= sound.max(POINTS));
    }
    copy(&made.path("other"), &folder.join("other"));
    let parts: &[&str] = if kind == "half" { &["store", "other"] } else { &["store"] };
    let merged = count(ends(folder, &[&["merge", "merged"], parts].concat()).0);
    let found = rows(&folder.join("merged"));
    right(&found);
    assert!(!merged || found == made.rows, "a merge has {} points", found.len());

    let shard: &[&str] = if kind == "half" { &["--shard", "0/2", "--path-shards", "2"] } else { &[] };
    let resumed = count(sweep(folder, "store", shard));
    right(&rows(&store));
    if resumed && kind == "half" {
        // what its parts hold is compared with their hashes when they are joined
        if count(ends(folder, &["merge", "whole", "store", "other"]).0) {
            assert_eq!(rows(&folder.join("whole")), made.rows);
        }
    } else if resumed {
        assert_eq!(rows(&store), made.rows);
    }
    well
}

#[test]
fn damaged_stores_give_the_right_rows_or_errors() {
    let cases = std::env::var("OVERHANG_FUZZ_STORES").map_or(CASES, |text| text.parse().expect("a number of cases"));
    let first = std::env::var("OVERHANG_FUZZ_FIRST").map_or(0, |text| text.parse().expect("a number"));
    let made = Made::new();
    let started = Instant::now();
    for kind in ["whole", "begun", "half"] {
        let (next, well) = (AtomicU64::new(first), AtomicU64::new(0));
        let work = || {
            loop {
                let case = next.fetch_add(1, Ordering::Relaxed);
                if case >= first + cases {
                    return;
                }
                let folder = tempfile::tempdir().expect("there is room");
                let mut damages = Vec::new();
                let tried = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                    attempt(case, kind, &made, folder.path(), &mut damages)
                }));
                well.fetch_add(
                    tried.unwrap_or_else(|_| panic!("case {case} of {kind}: {damages:?}")),
                    Ordering::Relaxed,
                );
            }
        };
        std::thread::scope(|scope| {
            for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
                scope.spawn(work);
            }
        });
        let well = well.into_inner();
        println!("{kind}: {cases} cases, {well} of {} commands ended well, {:?}", 5 * cases, started.elapsed());
        // chance must get both past the checks and into them
        assert!(well > cases / 4 && well < 5 * cases, "{well} of {} commands ended well", 5 * cases);
    }
}
