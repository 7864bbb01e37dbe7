//! A sweep as an array job of a real Slurm: eight shards, tasks killed and requeued, merged, equal to a single process. Where
//! there is no Slurm the test says so, and fails if one is required (`OVERHANG_REQUIRE_SLURM=1`). The rest of the job is tested
//! with programs that stand in for Slurm's.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use overhang::sweep::Store;

use crate::skip::skip;

const SCENARIO: &str = "tests/cases/one-lab.toml";
const DESIGN: [&str; 6] = ["--axis", "factor.price.volatility=0.2:0.4:24", "--paths", "1500000", "--backend", "cpu"];
const SHARDS: usize = 8;
const PATIENCE: Duration = Duration::from_secs(150);

/// Runs a command in a folder; what it printed.
fn run(folder: &Path, program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).current_dir(folder).output().expect("it starts");
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{program} {arguments:?}: {errors}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

fn is_there() -> bool {
    let found = Command::new("sinfo").args(["--noheader", "--format", "%T"]).stderr(Stdio::null()).output();
    if found.is_ok_and(|output| String::from_utf8_lossy(&output.stdout).contains("idle")) {
        return true;
    }
    skip("a sweep as a Slurm job", "no Slurm answers", "OVERHANG_REQUIRE_SLURM");
    false
}

/// Waits for something, looking again and again.
fn wait_for<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(started.elapsed() < PATIENCE, "waited in vain for {what}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

fn rows(store: &Path) -> Vec<(usize, Vec<overhang::sweep::rows::Row>)> {
    let store = Store::read(store).unwrap_or_else(|error| panic!("{error}"));
    let mut all: Vec<_> = store.results().flat_map(|part| part.unwrap_or_else(|error| panic!("{error}"))).collect();
    all.sort_by_key(|(point, _)| *point);
    all
}

#[test]
fn a_sweep_in_eight_tasks_with_kills_and_requeues_is_that_of_one_process() {
    if !is_there() {
        return;
    }
    let place = tempfile::tempdir().expect("there is room");
    let folder = place.path();
    let scenario = std::fs::canonicalize(SCENARIO).expect("it is there");
    let binary = env!("CARGO_BIN_EXE_overhang");
    let sweep = [&["sweep", scenario.to_str().expect("UTF-8")], DESIGN.as_slice()].concat();

    // small parts, so that what is killed has something to go on from
    let tasks = SHARDS.to_string();
    let options =
        ["--threads", "1", "--batch", "1", "--commit-every", "0.1", "--out", "store", "--slurm", tasks.as_str()];
    let job = [sweep.as_slice(), &options].concat();
    std::fs::write(folder.join("job.sh"), run(folder, binary, &job)).expect("it can be written");
    let submitted = run(folder, "bash", &["job.sh"]);
    let numbers: Vec<&str> = submitted.split(|c: char| !c.is_ascii_digit()).filter(|word| !word.is_empty()).collect();
    let (array, merge) = (numbers[0], numbers[1]);

    // one task's program is killed, and another task is requeued by the administrator, each with something in its store;
    // whichever tasks are found at work, since on a busy machine a given one may be over before it is looked at
    let shards: Vec<String> = (0..SHARDS).map(|shard| shard.to_string()).collect();
    let running = |shard: &str| {
        let task = format!("{array}_{shard}");
        let state = Command::new("squeue").args(["-h", "-j", &task, "-o", "%T"]).output().expect("it starts");
        String::from_utf8_lossy(&state.stdout).contains("RUNNING")
    };
    let begun = |shard: &str| {
        let results = folder.join("store.shards").join(shard).join("results");
        std::fs::read_dir(results).is_ok_and(|mut parts| parts.next().is_some()) && running(shard)
    };
    let succeeds = |program: &str, arguments: &[&str]| {
        Command::new(program).args(arguments).output().expect("it starts").status.success()
    };
    let kill = |shard: &str| {
        let pattern = format!("--shard {shard}/{SHARDS} --out store.shards/{shard}");
        succeeds("pkill", &["-KILL", "-f", "--", &pattern])
    };
    let killed = wait_for("a task to kill", || shards.iter().find(|shard| begun(shard) && kill(shard)));
    let requeue = |shard: &str| succeeds("scontrol", &["requeue", &format!("{array}_{shard}")]);
    let requeued = wait_for("a task to requeue", || {
        shards.iter().find(|shard| *shard != killed && begun(shard) && requeue(shard))
    });

    // requeued tasks would wait for two minutes
    wait_for("both jobs to end", || {
        let tasks = run(folder, "squeue", &["-h", "-r", "-o", "%i %T %r"]);
        for line in tasks.lines().filter(|line| line.contains("BeginTime")) {
            let task = line.split(' ').next().expect("a number");
            let now = format!("JobId={task}");
            // it may have begun by itself by now
            let _ = Command::new("scontrol").args(["update", &now, "StartTime=now"]).output();
        }
        let ours = |line: &&str| line.starts_with(&format!("{array}_")) || line.starts_with(merge);
        let stuck = tasks.lines().find(|line| line.contains("DependencyNeverSatisfied"));
        assert!(stuck.is_none(), "the merge can never run: {}", logs(folder));
        tasks.lines().find(ours).is_none().then_some(())
    });
    let restarted = |shard: &&String| {
        let shown = run(folder, "scontrol", &["show", "job", &format!("{array}_{shard}")]);
        !shown.contains("Restarts=0")
    };
    let found: Vec<&String> = shards.iter().filter(restarted).collect();
    let mut expected = [killed, requeued];
    expected.sort();
    assert_eq!(found, expected, "{}", logs(folder));

    let alone = [sweep.as_slice(), &["--out", "alone"]].concat();
    run(folder, binary, &alone);
    assert!(folder.join("store/manifest.json").exists(), "{}", logs(folder));
    let found = rows(&folder.join("store"));
    assert_eq!(found.len(), 24);
    assert_eq!(found, rows(&folder.join("alone")), "{}", logs(folder));
}

/// A job made by the sweep command in a folder.
fn make_job(folder: &Path, scenario: &std::ffi::OsStr, more: &[&str]) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_overhang"));
    command.arg("sweep").arg(scenario).args(["--out", "store", "--slurm", "2"]).args(more);
    let output = command.current_dir(folder).output().expect("it starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    std::fs::write(folder.join("job.sh"), output.stdout).expect("it can be written");
}

/// Writes a program that stands in for another.
fn stand_in(folder: &Path, name: &str, script: &str) {
    use std::os::unix::fs::PermissionsExt as _;
    let path = folder.join(name);
    std::fs::write(&path, format!("#!/bin/bash\n{script}\n")).expect("it can be written");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("it can be a program");
}

/// Runs a part of the job as Slurm would; its exit code and what it said.
fn task(folder: &Path, part: &str, index: &str, more: &[(&str, &str)]) -> (Option<i32>, String) {
    let path = format!("{}:{}", folder.display(), std::env::var("PATH").expect("there is one"));
    let mut command = Command::new("bash");
    command.args(["job.sh", part]).current_dir(folder).env("PATH", path).envs(more.iter().copied());
    command.envs([("SLURM_JOB_ID", "101"), ("SLURM_ARRAY_JOB_ID", "101"), ("SLURM_ARRAY_TASK_ID", index)]);
    command.env_remove("SLURM_CPUS_PER_TASK");
    let output = command.output().expect("bash is there");
    (output.status.code(), String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
}

#[test]
fn shards_are_done_when_they_are_computed_and_the_merge_tests_the_conditions() {
    let place = tempfile::tempdir().expect("there is room");
    let folder = place.path();
    let scenario = std::fs::canonicalize(SCENARIO).expect("it is there");
    let gate = "figures.system.commitment_cost.mean > 0";
    let design = ["--axis", "factor.price.volatility=0.2:0.4:4", "--paths", "2000", "--backend", "cpu"];
    make_job(folder, scenario.as_os_str(), &[design.as_slice(), &["--fail-if", gate]].concat());
    std::fs::create_dir_all(folder.join("store.shards/logs")).expect("it can be made");
    for index in ["0", "1"] {
        let (code, said) = task(folder, "shard", index, &[]);
        assert_eq!(code, Some(0), "{said}");
        let log = std::fs::read_to_string(folder.join(format!("store.shards/logs/{index}.jsonl"))).expect("a log");
        let lines: Vec<serde_json::Value> =
            log.lines().map(|line| serde_json::from_str(line).expect("a JSON line")).collect();
        let points: Vec<u64> = lines.iter().map(|line| line["point"].as_u64().expect("a point")).collect();
        assert_eq!(points.len(), 2, "{log}");
        for line in &lines {
            assert!(line["seconds"].as_f64().expect("a number") > 0.0 && line["failed"] == false, "{line}");
            assert!(line["engine"].as_str().is_some_and(|engine| engine.starts_with("CPU")), "{line}");
            assert!(line["time"].as_str().is_some_and(|time| time.ends_with('Z')) && line.get("host").is_some());
        }
        if index == "0" {
            let (code, said) = task(folder, "merge", index, &[]);
            assert_eq!(code, Some(1), "the gate is not told before all is there: {said}");
            assert!(said.contains("points are missing") && !said.contains("holds for point"), "{said}");
        }
    }
    let (code, said) = task(folder, "merge", "0", &[]);
    assert_eq!(code, Some(3), "{said}");
    assert!(said.contains("holds for point 3"), "{said}");
    // without Slurm as well
    let shard = ["sweep", scenario.to_str().expect("UTF-8"), "--out", "alone", "--shard", "0/2", "--fail-if", gate];
    run(folder, env!("CARGO_BIN_EXE_overhang"), &[shard.as_slice(), &design].concat());
}

#[test]
fn a_shard_with_points_that_fail_is_done_and_the_merge_tells_them() {
    let place = tempfile::tempdir().expect("there is room");
    let folder = place.path();
    let text = std::fs::read_to_string(SCENARIO).expect("it is there");
    let wild = text.replace("reversion = 0.8\nvolatility = 0.3", "reversion = 0.8\nvolatility = 9.0");
    std::fs::write(folder.join("deal.toml"), wild).expect("it can be written");
    // the second point's returns outgrow what a float holds
    let design = ["--axis", "factor.return.level=12e9,8e29", "--paths", "500", "--backend", "cpu"];
    make_job(folder, "deal.toml".as_ref(), &design);
    std::fs::create_dir_all(folder.join("store.shards/logs")).expect("it can be made");
    for index in ["0", "1"] {
        let (code, said) = task(folder, "shard", index, &[]);
        assert_eq!(code, Some(0), "{said}");
    }
    let (code, said) = task(folder, "merge", "0", &[]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("1 point failed; the first is point 1"), "{said}");
}

#[test]
fn each_task_of_an_array_asks_for_its_own_gpu() {
    let place = tempfile::tempdir().expect("there is room");
    let folder = place.path();
    let scenario = std::fs::canonicalize(SCENARIO).expect("it is there");
    make_job(folder, scenario.as_os_str(), &["--axis", "factor.price.volatility=0.2,0.3", "--backend", "gpu"]);
    let job = std::fs::read_to_string(folder.join("job.sh")).expect("it is there");
    std::fs::write(folder.join("job.sh"), job.replace(env!("CARGO_BIN_EXE_overhang"), "overhang")).expect("written");
    stand_in(folder, "overhang", "echo \"$@\"");
    let asked = |index: &str, gpus: &str| task(folder, "shard", index, &[("CUDA_VISIBLE_DEVICES", gpus)]).1;
    // a node without the driver's tool, and then one with it
    stand_in(folder, "nvidia-smi", "exit 9");
    assert!(!asked("0", "0").contains("--adapter"), "{}", asked("0", "0"));
    let addresses = "for gpu in ${1//[^0-9]/ }; do echo \"00000000:${gpu}A:00.0\"; done";
    stand_in(folder, "nvidia-smi", addresses);
    for (index, gpu, address) in
        [("0", "2", "0000:2a:00.0"), ("1", "3", "0000:3a:00.0"), ("1", "1,2", "0000:1a:00.0,0000:2a:00.0")]
    {
        let said = asked(index, gpu);
        assert!(said.contains(&format!("--shard {index}/2 ")), "{said}");
        assert!(said.trim_end().ends_with(&format!("--adapter {address}")), "{said}");
    }
    let without = task(folder, "shard", "0", &[("CUDA_VISIBLE_DEVICES", "")]).1;
    assert!(!without.contains("--adapter"), "{without}");
}

#[cfg(target_os = "linux")]
#[test]
fn names_of_any_bytes_come_through_the_job() {
    use std::os::unix::ffi::OsStrExt as _;
    let place = tempfile::tempdir().expect("there is room");
    let folder = place.path();
    let name = std::ffi::OsStr::from_bytes(b"a'\xff b.toml");
    std::fs::copy(SCENARIO, folder.join(name)).expect("it can be copied");
    make_job(folder, name, &["--axis", "factor.price.volatility=0.2,0.3", "--paths", "500", "--backend", "cpu"]);
    std::fs::create_dir_all(folder.join("store.shards/logs")).expect("it can be made");
    let (code, said) = task(folder, "shard", "1", &[]);
    assert_eq!(code, Some(0), "{said}");
}

fn logs(folder: &Path) -> String {
    let logs = std::fs::read_dir(folder.join("store.shards/logs")).into_iter().flatten().flatten();
    logs.map(|log| format!("{:?}:\n{}", log.file_name(), std::fs::read_to_string(log.path()).unwrap_or_default()))
        .collect()
}
