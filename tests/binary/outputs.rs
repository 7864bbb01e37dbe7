//! Outputs that the user names: what they may replace, how they are made, and what happens where they cannot be.

use std::fs;
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt, symlink};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use super::command::{SCENARIO, assert_helps, cpu, names, output, overhang};

/// Makes a special file.
fn special(path: &Path, arguments: &[&str]) -> bool {
    let made = Command::new("mknod").arg(path).args(arguments).stderr(Stdio::null()).status();
    made.is_ok_and(|status| status.success())
}

fn masked(mut command: Command, umask: u32) -> Command {
    // SAFETY: the call may be made between fork and exec.
    unsafe {
        command.pre_exec(move || {
            libc::umask(umask as libc::mode_t);
            Ok(())
        });
    }
    command
}

fn modes(folder: &Path, found: &mut Vec<(String, u32)>) {
    for entry in fs::read_dir(folder).expect("it is there").map(|entry| entry.expect("it can be read")) {
        let metadata = entry.metadata().expect("it is there");
        found.push((entry.path().display().to_string(), metadata.mode() & 0o777));
        if metadata.is_dir() {
            modes(&entry.path(), found);
        }
    }
}

#[test]
fn the_umask_is_kept_by_all_outputs() {
    for (umask, file, folder) in [(0o077, 0o600, 0o700), (0o002, 0o664, 0o775)] {
        let place = tempfile::tempdir().unwrap();
        let path = |name: &str| place.path().join(name).display().to_string();
        let axis = "contract.aws.take_or_pay=0.5,1";
        let few = ["--backend", "cpu", "--paths", "512", "--quiet"];
        let run = path("run");
        for command in [
            [&["run", SCENARIO, "--out", &run, "--save-paths", "99", "--report", &path("page.html")], &few[..]]
                .concat(),
            [&["sweep", SCENARIO, "--axis", axis, "--out", &path("sweep")], &few[..]].concat(),
            vec!["plot", &run, "--kind", "distribution", "--out", &path("a.svg")],
            vec!["plot", &run, "--kind", "distribution", "--out", &path("a.png")],
            vec!["sample", SCENARIO, "--paths", "64", "--quiet", "--out", &path("a.npy")],
            vec!["sample", SCENARIO, "--paths", "64", "--quiet", "--out", &path("a.parquet")],
            vec!["init", &path("deal.toml"), "--quiet"],
            vec!["man", "--out", &path("man")],
        ] {
            let (code, _, stderr) = output(masked(overhang(&command), umask));
            assert_eq!((code, stderr.as_str()), (0, ""), "{command:?}");
        }
        let mut found = Vec::new();
        modes(place.path(), &mut found);
        assert!(found.len() > 30, "{found:?}");
        for (name, mode) in found {
            let expected = if Path::new(&name).is_dir() { folder } else { file };
            assert_eq!(mode, expected, "{name} under {umask:03o}: {mode:o}");
        }
    }
}

#[test]
fn names_that_promise_something_else_are_bad_usage() {
    let place = tempfile::tempdir().unwrap();
    let path = |name: &str| place.path().join(name).display().to_string();
    let base = path("base");
    assert_eq!(output(cpu(&["--paths", "256", "--quiet", "--out", &base])).0, 0);
    let many = ["--paths", "1e12", "--backend", "cpu"];
    let axis = ["--axis", "contract.aws.take_or_pay=0.5,1"];
    for command in [
        vec!["report", &base, "--out", &path("a.pdf")],
        vec!["plot", &base, "--kind", "distribution", "--out", &path("a.pdf")],
        [&["run", SCENARIO, "--out", &path("x.xlsx")], &many[..]].concat(),
        [&["run", SCENARIO, "--report", &path("x.json")], &many[..]].concat(),
        [&["run", SCENARIO, "--xlsx", &path("x.html")], &many[..]].concat(),
        [&["run", SCENARIO, "--report", &path("x"), "--xlsx", &path("x")], &many[..]].concat(),
        [&["compare", SCENARIO, SCENARIO, "--report", &path("x.csv")], &many[..]].concat(),
        [&["sweep", SCENARIO, "--out", &path("x.parquet")], &axis[..], &many[..]].concat(),
        vec!["bench", SCENARIO, "--paths", "1e12", "--report", &path("x.svg")],
        vec!["merge", &path("x.zip"), &base],
        vec!["man", "--out", &path("man.tar.gz")],
        vec!["init", &path("deal.json")],
    ] {
        let (code, stdout, stderr) = output(overhang(&command));
        assert_eq!((code, stdout.as_str()), (2, ""), "{command:?}: {stderr}");
        assert_helps(&stderr);
    }
    let (code, _, stderr) = output(overhang(&["sample", SCENARIO, "--out", &path("a.csv")]));
    assert_ne!(code, 0, "{stderr}");
    assert_eq!(names(place.path()), ["base"]);
}

#[test]
fn devices_pipes_links_and_inputs_stay_what_they_are() {
    let place = tempfile::tempdir().unwrap();
    let path = |name: &str| place.path().join(name);
    let run = |report: &Path, scenario: &str| {
        let report = report.to_str().unwrap();
        output(overhang(&["run", scenario, "--paths", "512", "--backend", "cpu", "--quiet", "--report", report]))
    };
    // only the superuser makes devices
    if special(&path("device"), &["c", "1", "3"]) {
        assert_eq!(run(&path("device"), SCENARIO).0, 0);
        assert!(fs::metadata(path("device")).unwrap().file_type().is_char_device());
    }
    assert_eq!(run(Path::new("/dev/null"), SCENARIO).0, 0);
    assert!(fs::metadata("/dev/null").unwrap().file_type().is_char_device());
    assert!(special(&path("pipe"), &["p"]));
    let reader = {
        let pipe = path("pipe");
        std::thread::spawn(move || fs::read_to_string(pipe).unwrap())
    };
    let (code, table, _) = run(&path("pipe"), SCENARIO);
    assert_eq!(code, 0);
    assert!(reader.join().unwrap().starts_with("<!DOCTYPE html>") && table.contains("total commitment cost"));
    assert!(fs::metadata(path("pipe")).unwrap().file_type().is_fifo());
    symlink("page", path("link")).unwrap();
    assert_eq!(run(&path("link"), SCENARIO).0, 0);
    assert!(path("link").is_symlink() && fs::metadata(path("page")).unwrap().is_file());
    // a scenario without an ending, under its own name and another
    fs::copy(SCENARIO, path("deal")).unwrap();
    fs::hard_link(path("deal"), path("other")).unwrap();
    for name in ["deal", "other"] {
        let (code, stdout, stderr) = run(&path(name), path("deal").to_str().unwrap());
        assert_eq!((code, stdout.as_str()), (1, ""), "{stderr}");
        assert!(stderr.contains("an input of this command"), "{stderr}");
    }
    assert_eq!(fs::read(path("deal")).unwrap(), fs::read(SCENARIO).unwrap());
}

#[test]
fn a_folder_that_cannot_be_put_in_its_place_is_refused_before_anything_is_computed() {
    let place = tempfile::tempdir().unwrap();
    let scenario = fs::canonicalize(SCENARIO).unwrap();
    let run = |out: &str, paths: &str| {
        let arguments =
            ["run", scenario.to_str().unwrap(), "--backend", "cpu", "--quiet", "--paths", paths, "--out", out];
        let mut command = overhang(&arguments);
        command.current_dir(place.path());
        output(command)
    };
    let (code, stdout, stderr) = run(".", "1e12");
    assert_eq!((code, stdout.as_str()), (1, ""), "{stderr}");
    assert!(stderr.contains("the current folder or a mount point"), "{stderr}");
    for (link, to) in [("link", "real"), ("dangling", "nowhere")] {
        symlink(to, place.path().join(link)).unwrap();
    }
    fs::create_dir(place.path().join("real")).unwrap();
    for (link, to) in [("link", "real"), ("dangling", "nowhere")] {
        assert_eq!(run(link, "512").0, 0);
        assert!(place.path().join(link).is_symlink() && place.path().join(to).join("result.json").is_file());
    }
    assert_eq!(names(place.path()), ["dangling", "link", "nowhere", "real"]);
}

#[test]
fn the_folder_of_an_earlier_run_is_replaced_as_a_whole_with_force() {
    let place = tempfile::tempdir().unwrap();
    let out = place.path().join("out");
    let run =
        |more: &[&str]| output(cpu(&[&["--paths", "512", "--quiet", "--out", out.to_str().unwrap()], more].concat()));
    assert_eq!(run(&["--save-paths", "99"]).0, 0);
    assert!(names(&out).contains(&"paths.parquet".into()));
    let (code, _, stderr) = run(&[]);
    assert!(code == 1 && stderr.contains("--force"), "{stderr}");
    assert_eq!(run(&["--force", "--seed", "2"]).0, 0);
    assert!(!names(&out).contains(&"paths.parquet".into()), "nothing of the earlier run is left");
    fs::write(out.join("notes.txt"), "three weeks of work").unwrap();
    let (code, stdout, stderr) = run(&["--force", "--seed", "3"]);
    assert_eq!((code, stdout.as_str()), (1, ""), "{stderr}");
    assert!(stderr.contains("it contains `notes.txt`"), "{stderr}");
    assert_eq!(names(place.path()), ["out"]);
}

#[test]
fn folders_that_killed_processes_left_are_removed_by_the_next_one() {
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("paths.npy");
    let mut child = overhang(&["sample", SCENARIO, "--paths", "1e8", "--quiet", "--out", file.to_str().unwrap()]);
    let mut child = child.spawn().unwrap();
    while names(place.path()).is_empty() {
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    std::thread::sleep(std::time::Duration::from_millis(100));
    let page = place.path().join("page.html");
    let write = || output(cpu(&["--paths", "256", "--quiet", "--report", page.to_str().unwrap()])).0;
    assert_eq!(write(), 0);
    assert_eq!(names(place.path()).len(), 2, "what a living process has under construction stays");
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(names(place.path()).len(), 2, "a killed process leaves something");
    assert_eq!(write(), 0);
    assert_eq!(names(place.path()), ["page.html"]);
}

#[test]
fn nothing_but_errors_is_said_quietly_where_there_is_no_display() {
    for command in [vec!["devices"], vec!["run", SCENARIO, "--paths", "512"]] {
        let mut command = overhang(&[&command[..], &["--quiet"]].concat());
        command.env_remove("XDG_RUNTIME_DIR").env_remove("WAYLAND_DISPLAY");
        let (code, _, stderr) = output(command);
        assert_eq!((code, stderr.as_str()), (0, ""));
    }
}

#[test]
fn modes_of_replaced_files_stay() {
    let place = tempfile::tempdir().unwrap();
    let page = place.path().join("page.html");
    fs::write(&page, "old").unwrap();
    fs::set_permissions(&page, fs::Permissions::from_mode(0o640)).unwrap();
    assert_eq!(output(cpu(&["--paths", "256", "--quiet", "--report", page.to_str().unwrap()])).0, 0);
    assert_eq!(fs::metadata(&page).unwrap().mode() & 0o777, 0o640);
}

/// A table of differences says where its errors come from.
#[test]
fn comparisons_name_batches_or_scrambles() {
    let said = |points: &[&str]| {
        let few = [
            "compare",
            "scenarios/anthropic.toml",
            "--variants",
            "no_milestone",
            "--paths",
            "4096",
            "--backend",
            "cpu",
            "--at-centre",
        ];
        let (code, stdout, stderr) = output(overhang(&[&few[..], points].concat()));
        assert_eq!(code, 0, "{stderr}");
        stdout
    };
    let independent = said(&[]);
    assert!(independent.contains("standard errors come from 16 batches of paths."), "{independent}");
    let scrambles = said(&["--points", "sobol", "--replicates", "8"]);
    assert!(scrambles.contains("standard errors come from 8 scrambles of Sobol points."), "{scrambles}");
}
