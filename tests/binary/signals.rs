//! Signals end every command soon, whatever it is doing, with 130 or 143.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::adapters;
use super::command::{SCENARIO, assert_helps, await_handler, cpu, names, output, overhang};

/// Against commands that do not hear: half a second is promised, and a busy machine has ten times as long.
const LONGEST: Duration = Duration::from_secs(5);

fn started(mut command: Command) -> Child {
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the binary starts")
}

/// Sends a signal to a command that has run for so many milliseconds; what it wrote to standard output and standard error.
fn ended(child: Child, after: u64, (signal, code): (i32, i32)) -> (String, String) {
    await_handler(&child);
    std::thread::sleep(Duration::from_millis(after));
    let asked = Instant::now();
    // SAFETY: the process is our child and not yet waited for.
    assert_eq!(unsafe { libc::kill(child.id() as i32, signal) }, 0);
    let ended = child.wait_with_output().expect("it ends");
    let text = |bytes| String::from_utf8(bytes).expect("output is UTF-8");
    let (stdout, stderr) = (text(ended.stdout), text(ended.stderr));
    assert_eq!(ended.status.code(), Some(code), "{stdout}{stderr}");
    assert!(asked.elapsed() < LONGEST, "{:?}: {stderr}", asked.elapsed());
    (stdout, stderr)
}

const TERMINATED: (i32, i32) = (libc::SIGTERM, 143);
const INTERRUPTED: (i32, i32) = (libc::SIGINT, 130);

#[test]
fn signals_end_a_run_in_order_and_leave_nothing_behind() {
    for signal in [INTERRUPTED, TERMINATED] {
        let place = tempfile::tempdir().unwrap();
        let out = place.path().join("out");
        let child = started(cpu(&["--paths", "1e12", "--out", out.to_str().unwrap()]));
        let (stdout, stderr) = ended(child, 500, signal);
        assert_eq!(stdout, "", "{stderr}");
        assert!(stderr.starts_with("error: stopped by a signal; nothing was written\nhint: "), "{stderr}");
        assert_eq!(names(place.path()), [""; 0]);
    }
}

#[test]
fn a_run_with_targets_that_a_signal_ends_goes_on() {
    let place = tempfile::tempdir().unwrap();
    let out = place.path().join("out").display().to_string();
    let target = "bubble.system.probability ± 0.000001";
    let child = started(cpu(&["--target", target, "--out", &out, "--format", "json"]));
    let (stdout, stderr) = ended(child, 2000, INTERRUPTED);
    assert_eq!(stdout, "", "{stderr}");
    let told = format!(" paths are in `{out}`\nhint: run the same command again to continue");
    assert!(stderr.contains("error: stopped by a signal; ") && stderr.contains(&told), "{stderr}");
    assert_eq!(names(place.path()), ["out"]);
    let more = cpu(&["--target", target, "--out", &out, "--max-paths", "65536", "--format", "json"]);
    let (code, stdout, stderr) = output(more);
    assert!(code == 3 && stdout.contains("\"paths\": 65536"), "{stderr}");
}

/// A process that waits where nobody looks at a flag: in reading from a pipe into which nobody writes.
#[test]
fn signals_are_heard_in_reading_and_writing() {
    let place = tempfile::tempdir().unwrap();
    let pipe = place.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().is_ok_and(|status| status.success()));
    let (pipe, out) = (pipe.to_str().unwrap(), place.path().join("out").display().to_string());
    let page = format!("{out}.html");
    let commands = [
        vec!["check", pipe],
        vec!["run", pipe, "--out", &out],
        vec!["compare", SCENARIO, pipe],
        vec!["sweep", pipe, "--axis", "discount.rate=0.1,0.2", "--out", &out],
        vec!["sweep", SCENARIO, "--list", pipe, "--out", &out],
        vec!["sample", pipe, "--out", "paths.npy"],
        vec!["bench", pipe],
        // and where a pipe is written that nobody reads
        vec!["run", SCENARIO, "--paths", "512", "--backend", "cpu", "--quiet", "--report", pipe],
        vec!["report", pipe, "--out", &page],
    ];
    for (index, command) in commands.iter().enumerate() {
        let (_, stderr) = ended(started(overhang(command)), 700, [TERMINATED, INTERRUPTED][index % 2]);
        assert!(stderr.starts_with("error: stopped by a signal; "), "{command:?}: {stderr}");
        assert_helps(&stderr);
    }
    assert_eq!(names(place.path()), ["pipe"]);
}

/// Commands on stores: one small store, named so often that they take minutes.
#[test]
fn signals_are_heard_in_looking_at_stores_and_merging_them() {
    let place = tempfile::tempdir().unwrap();
    let at = |arguments: &[&str]| {
        let mut command = overhang(arguments);
        command.current_dir(place.path());
        command
    };
    let scenario = std::fs::canonicalize(SCENARIO).unwrap();
    let axis = "discount.rate=0.1,0.2";
    let sweep = ["sweep", scenario.to_str().unwrap(), "--backend", "cpu", "--paths", "256", "--axis", axis];
    assert_eq!(output(at(&[&sweep[..], &["--shard", "0/2", "--out", "s"]].concat())).0, 0);
    let often = ["s"; 20_000];
    for command in [&["status"][..], &["status", "--check"], &["merge", "whole"], &["report", "--out", "page.html"]] {
        let (stdout, stderr) = ended(started(at(&[command, &often].concat())), 500, TERMINATED);
        assert_eq!(stdout, "", "{command:?}");
        assert!(stderr.starts_with("error: stopped by a signal; "), "{command:?}: {stderr}");
        assert_helps(&stderr);
    }
    assert!(!place.path().join("page.html").exists());
}

/// A driver's compiler looks at no flag: on a software adapter it takes seconds, from a few hundred milliseconds on.
#[test]
fn signals_are_heard_while_kernels_are_compiled() {
    let run = ["run", "scenarios/openai.toml", "--at-centre", "--backend", "gpu", "--paths", "1e10", "--quiet"];
    if !output(overhang(&["devices"])).1.contains("adapter 0") {
        return adapters::skip();
    }
    for after in [300, 600, 900] {
        let (stdout, stderr) = ended(started(overhang(&run)), after, TERMINATED);
        assert_eq!(stdout, "");
        assert!(stderr.starts_with("error: stopped by a signal; "), "{stderr}");
        assert_helps(&stderr);
    }
}
