//! Command lines from chance: commands with any of their options, and values that tend to break things. Whatever they say, the
//! program ends soon, by itself and without a panic.

use std::ffi::OsString;
use std::fs::{self, File};
use std::os::unix::ffi::OsStringExt;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use clap::{Arg, ArgAction};

use super::Random;

const CASES: u64 = 500;
/// The time that any command line may take on a busy machine.
const LONGEST: Duration = Duration::from_secs(60);
const SCENARIO: &str = "deal.toml";

/// Values for any argument. None is a place outside the folder that could be written or that never ends.
const HOSTILE: [&[u8]; 36] = [
    b"",
    b" ",
    b"-",
    b"--",
    b"0",
    b"-0",
    b"-1",
    b"1e300",
    b"-1e300",
    b"1e-320",
    b"18446744073709551615",
    b"18446744073709551616",
    b"99999999999999999999999999",
    b"nan",
    b"inf",
    b"0.5",
    b",",
    b"0.5,,0.5",
    b"/",
    b"0/0",
    b"18446744073709551615/18446744073709551615",
    b"=",
    b"a=b=c",
    b"\xff\xfe",
    b"\xf0\x9f\x92\xa9",
    b"\xe2\x80\xae\xcc\x81",
    b"a\nb\x1b[2J",
    b"'\"$(x)`;",
    b"[",
    b"**/*",
    b".",
    b"folder",
    b"folder/none/x",
    b"/dev/null",
    b"/dev/zero",
    b"all",
];

/// Names that mean something to some argument.
const SENSIBLE: [&str; 21] = [
    SCENARIO,
    "deal.json",
    "broken.toml",
    "run",
    "store",
    "list.csv",
    "sweep.toml",
    "paths.npy",
    "bench.json",
    "result.json",
    "new",
    "new.html",
    "new.svg",
    "new.npy",
    "new.parquet",
    "new.toml",
    "commitment_cost",
    "f64",
    "0.9",
    "1",
    "3",
];

/// Values of arguments that have a language of their own.
const OWN: [(&str, &[&str]); 21] = [
    ("fail_if", &["bubble.system.probability >= 0", "figures.lab.used.histogram.counts.0 < 1e9", "bubble.x > 0"]),
    ("watch", &["bubble.system.probability", "figures.lab.commitment_cost.mean", "figures.lab.used.var.0.99.value"]),
    ("of", &["lab", "system.net_value", "lab.used", "factors.price", "organizations.lab.cash"]),
    (
        "axis",
        &[
            "discount.rate=0.05:0.1:3",
            "discount.rate=0.05:0.1",
            "discount.rate=1e-9:1e9:4:log",
            "discount.rate=0.1,0.2",
            "discount.rate=0:1:1e12",
            "discount.rate=normal(0.1, 0.01)",
            "discount.rate=beta(1e300, 1e300)",
            "contract.cloud.take_or_pay=0.5,nan",
            "contract[1].take_or_pay=0.5,1",
            "horizon.start=2027-01-01,9999-99-99",
            "variant=flexible",
            "variant=none",
        ],
    ),
    ("variant", &["flexible", "smaller", "none"]),
    ("variants", &["flexible", "smaller,flexible", "none,"]),
    ("shard", &["0/2", "1/2", "2/2", "0/18446744073709551615"]),
    ("adapter", &["0", "0,0", "0000:00:00.0", "10de:2330", "llvm"]),
    ("levels", &["0.9,0.99", "1e-9,0.999999999", "0.5,0.5", "1"]),
    ("quantiles", &["0.9,0.99", "1e-9,0.999999999", "0.5,0.5", "1"]),
    ("seed", &["0", "18446744073709551615"]),
    ("path", &["0", "18446744073709551615"]),
    ("path_shards", &["1", "3", "40", "10001"]),
    ("commit_every", &["0", "0.5", "3600"]),
    ("slurm", &["1", "100000"]),
    ("width", &["300", "4000"]),
    ("instructions", &["AVX2", "sse2", "avx512"]),
    ("report", &["new.html", "new"]),
    ("trajectories", &["paths.npy", "list.csv"]),
    ("list", &["list.csv", "deal.toml"]),
    ("sweep", &["sweep.toml", "list.csv"]),
];

/// Options whose numbers make work, and the most that a case may ask for.
const WORK: [(&str, u64); 7] =
    [("paths", 600), ("save_paths", 600), ("points", 5), ("rounds", 2), ("threads", 3), ("batches", 5), ("batch", 5)];

fn of_bytes(bytes: &[u8]) -> OsString {
    OsString::from_vec(bytes.to_vec())
}

/// A value for an argument: one of its own, one that means something elsewhere, or a hostile one.
fn value(random: &mut Random, argument: &Arg) -> OsString {
    if let Some(&(_, most)) = WORK.iter().find(|(id, _)| argument.get_id() == *id) {
        let bad = ["", "0", "-1", "nan", "1e300", "99999999999999999999", "1.5"];
        return match random.below(8) {
            0 => bad[random.below(bad.len())].into(),
            _ => (1 + random.below(most as usize)).to_string().into(),
        };
    }
    let known = argument.get_possible_values();
    let own = OWN.iter().find(|(id, _)| argument.get_id() == *id).map_or(&[][..], |(_, values)| values);
    match random.below(10) {
        0..8 if !known.is_empty() => known[random.below(known.len())].get_name().into(),
        0..8 if !own.is_empty() => own[random.below(own.len())].into(),
        0..6 => SENSIBLE[random.below(SENSIBLE.len())].into(),
        _ => of_bytes(HOSTILE[random.below(HOSTILE.len())]),
    }
}

/// A value for an argument that a command cannot do without, most often one that it can use.
fn needed(random: &mut Random, command: &str, argument: &Arg) -> OsString {
    if random.below(5) == 0 {
        return value(random, argument);
    }
    let usable: &[&str] = match (command, argument.get_id().as_str()) {
        (_, "scenario" | "files") => &[SCENARIO, "deal.json", "-"],
        (_, "run") => &["run"],
        (_, "axis") => &["discount.rate=0.05:0.1:3", "contract.cloud.take_or_pay=0.5,1", "variant=flexible,smaller"],
        ("sweep", "out") => &["new"],
        ("report", "inputs") => &["run", "store", "bench.json"],
        (_, "stores" | "parts") => &["store", "folder"],
        ("report", "out") => &["new.html"],
        ("plot", "out") => &["new.svg", "new.png"],
        ("sample", "out") => &["new.npy", "new.parquet"],
        (_, "out") => &["new", "store", "folder/new"],
        _ => return value(random, argument),
    };
    usable[random.below(usable.len())].into()
}

/// A command line.
fn line(random: &mut Random, program: &clap::Command) -> Vec<OsString> {
    let commands: Vec<&clap::Command> = program.get_subcommands().collect();
    // twice as often one that computes
    let drawn = [(); 2].map(|()| commands[random.below(commands.len())]);
    let computes = |command: &clap::Command| command.get_arguments().any(|argument| argument.get_id() == "paths");
    let command = if computes(drawn[0]) { drawn[0] } else { drawn[1] };
    let mut words: Vec<OsString> = vec![command.get_name().into()];
    // `--paths` of a run without it would be a million, and a benchmark's would be that many times over
    if computes(command) {
        words.push("--paths=256".into());
    }
    for argument in command.get_arguments() {
        // a sweep without axes has nothing to do
        let is_needed = argument.is_required_set() || argument.get_id() == "axis";
        let wanted = is_needed && random.below(20) > 0;
        let chosen = wanted || (!is_needed && random.below(14) == 0);
        if !chosen || matches!(argument.get_action(), ArgAction::Help | ArgAction::HelpShort | ArgAction::HelpLong) {
            continue;
        }
        let times = match argument.get_action() {
            ArgAction::Append if !wanted => 1 + random.below(2),
            _ => 1,
        };
        for _ in 0..times {
            let given = if wanted { needed(random, command.get_name(), argument) } else { value(random, argument) };
            match argument.get_long() {
                None => words.push(given),
                Some(name) if !argument.get_action().takes_values() => words.push(format!("--{name}").into()),
                Some(name) if random.below(3) == 0 => words.extend([format!("--{name}").into(), given]),
                Some(name) => {
                    let mut word = OsString::from(format!("--{name}="));
                    word.push(given);
                    words.push(word);
                }
            }
        }
    }
    if random.below(8) == 0 {
        let at = random.below(words.len() + 1);
        words.insert(at, of_bytes(HOSTILE[random.below(HOSTILE.len())]));
    }
    words
}

/// Runs a command line in a folder, without GPUs, whose drivers have panics of their own, and in bounded memory.
fn run(folder: &Path, words: &[OsString]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_overhang"));
    command.current_dir(folder).args(words).env("VK_ICD_FILENAMES", "/dev/null").env("VK_DRIVER_FILES", "/dev/null");
    let (stdout, stderr) = (folder.with_extension("stdout"), folder.with_extension("stderr"));
    let input = File::open(folder.join(SCENARIO)).map_or_else(|_| Stdio::null(), Stdio::from);
    let file = |path: &Path| File::create(path).expect("there is room");
    let mut child = command.stdin(input).stdout(file(&stdout)).stderr(file(&stderr)).spawn().expect("it starts");
    let started = Instant::now();
    let status = loop {
        match child.try_wait().expect("it is our child") {
            Some(status) => break status,
            None if started.elapsed() > LONGEST => {
                child.kill().expect("it is our child");
                break child.wait().expect("it is our child");
            }
            None => std::thread::sleep(Duration::from_millis(2)),
        }
    };
    let read = |path: &Path| fs::read(path).expect("it was made");
    Output { status, stdout: read(&stdout), stderr: read(&stderr) }
}

/// What commands read, made once.
fn furnish(folder: &Path) {
    let text = include_str!("../../../docs/examples/start.toml");
    fs::write(folder.join(SCENARIO), text).expect("there is room");
    let table: toml::Table = text.parse().expect("it is TOML");
    let json = crate::toml_json::json(&toml::Value::Table(table)).to_string();
    fs::write(folder.join("deal.json"), json).expect("there is room");
    fs::write(folder.join("broken.toml"), "schema = 2\n").expect("there is room");
    fs::write(folder.join("list.csv"), "discount.rate\n0.05\n0.1\n").expect("there is room");
    fs::write(folder.join("sweep.toml"), "[axes]\n\"discount.rate\" = [0.05, 0.1]\n").expect("there is room");
    fs::create_dir(folder.join("folder")).expect("there is room");
    let few = ["--backend", "cpu", "--paths", "256", "--quiet"];
    let made = |arguments: &[&str]| {
        let made = run(folder, &arguments.iter().map(OsString::from).collect::<Vec<_>>());
        assert!(made.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&made.stderr));
        made.stdout
    };
    made(&[&["run", SCENARIO, "--out", "run"], &few[..]].concat());
    made(&[&["sweep", SCENARIO, "--axis", "discount.rate=0.05,0.1", "--out", "store"], &few[..]].concat());
    made(&["sample", SCENARIO, "--paths", "256", "--out", "paths.npy", "--quiet"]);
    let bench = made(&["bench", SCENARIO, "--paths", "256", "--rounds", "1", "--format", "json"]);
    fs::write(folder.join("bench.json"), bench).expect("there is room");
    fs::copy(folder.join("run/result.json"), folder.join("result.json")).expect("there is room");
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir(to).expect("there is room");
    for entry in fs::read_dir(from).expect("it is there").map(|entry| entry.expect("it can be read")) {
        let target = to.join(entry.file_name());
        match entry.path().is_dir() {
            true => copy(&entry.path(), &target),
            false => drop(fs::copy(entry.path(), target).expect("there is room")),
        }
    }
}

/// Words as messages show them.
fn shown(words: &[OsString]) -> String {
    words.iter().map(|word| format!("{word:?} ")).collect()
}

#[test]
fn command_lines_from_chance_end_with_an_exit_code() {
    let program = {
        let mut program = overhang::cli::command();
        program.build();
        program
    };
    let place = tempfile::tempdir().expect("there is room");
    let sound = place.path().join("sound");
    fs::create_dir(&sound).expect("there is room");
    furnish(&sound);
    let (next, counts) = (AtomicU64::new(0), [const { AtomicU64::new(0) }; 4]);
    let work = || {
        loop {
            let case = next.fetch_add(1, Ordering::Relaxed);
            if case >= CASES {
                return;
            }
            let folder = place.path().join(case.to_string());
            copy(&sound, &folder);
            let words = line(&mut Random(case << 4 | 5), &program);
            let Output { status, stderr, .. } = run(&folder, &words);
            let told = String::from_utf8_lossy(&stderr);
            let code = status.code().filter(|code| (0..4).contains(code));
            let what = || {
                format!("case {case} ended with {:?} {:?}: {}\n{told}", status.code(), status.signal(), shown(&words))
            };
            let code = code.unwrap_or_else(|| panic!("{}", what()));
            assert!(!told.contains("panicked") && (code == 0 || !told.is_empty()), "{}", what());
            counts[code as usize].fetch_add(1, Ordering::Relaxed);
            fs::remove_dir_all(&folder).expect("nobody else is there");
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(work);
        }
    });
    let counts = counts.map(AtomicU64::into_inner);
    println!("{CASES} command lines, with exit codes 0 to 3: {counts:?}");
    // chance must get past the parser, into the commands and through them
    assert!(counts[0] * 10 > CASES && counts[1] > 0 && counts[2] * 10 > CASES, "{counts:?}");
}
