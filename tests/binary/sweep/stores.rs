//! Stores among other files, with parts of other stores, in the form of version 1, and what a shard's has.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use super::command::{self, Place, code, rows, stderr};
use overhang::sweep::Store;

const DEAL: &str = "tests/binary/sweep/version-1/whole/scenario.toml";
const AXIS: &str = "contract.cloud.take_or_pay=0.5,0.7,0.9";
/// The estimates that the stores of version 1 have.
const ASKED: [&str; 6] = ["--paths", "512", "--levels", "0.95", "--quantiles", "0.5"];

fn overhang(arguments: &[&str]) -> std::process::Output {
    command::overhang(arguments, Stdio::piped())
}

/// A sweep of three points.
fn deal(scenario: &str, out: &str, more: &[&str]) -> std::process::Output {
    let base =
        ["sweep", scenario, "--axis", AXIS, "--backend", "cpu", "--commit-every", "0", "--batch", "1", "--out", out];
    overhang(&[base.as_slice(), ASKED.as_slice(), more].concat())
}

fn done(output: &std::process::Output) {
    assert_eq!(code(output), 0, "{}", stderr(output));
}

fn parts(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut parts: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    parts.sort();
    parts
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for path in parts(from) {
        let place = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &place);
        } else {
            std::fs::copy(&path, &place).unwrap();
        }
    }
}

#[test]
fn parts_of_another_scenario_seed_or_point_are_refused_by_all_commands() {
    let place = Place::new();
    let (ours, page, merged) = (place.at("ours"), place.at("page.html"), place.at("merged"));
    let dear = place.at("dear.toml");
    let text = std::fs::read_to_string(DEAL).unwrap();
    std::fs::write(&dear, text.replace("commitment = 45e9", "commitment = 90e9")).unwrap();
    done(&deal(DEAL, &ours, &[]));
    let expected = rows(&ours);
    let others = [place.at("dear"), place.at("seed"), place.at("points")];
    done(&deal(&dear, &others[0], &[]));
    done(&deal(DEAL, &others[1], &["--seed", "2"]));
    let base =
        ["sweep", DEAL, "--axis", "contract.cloud.take_or_pay=0.4,0.6,0.8", "--backend", "cpu", "--out", &others[2]];
    done(&overhang(&[base.as_slice(), &ASKED].concat()));

    let own = parts(&place.path("ours/results"));
    let kept = place.path("kept");
    copy(&place.path("ours/results"), &kept);
    for other in &others {
        own.iter().for_each(|path| std::fs::remove_file(path).unwrap());
        let foreign = parts(&Path::new(other).join("results"));
        for path in &foreign {
            std::fs::copy(path, place.path("ours/results").join(path.file_name().unwrap())).unwrap();
        }
        for output in [
            overhang(&["status", &ours]),
            deal(DEAL, &ours, &[]),
            overhang(&["report", &ours, "--out", &page]),
            overhang(&["merge", &merged, &ours]),
        ] {
            assert!(
                code(&output) != 0 && stderr(&output).contains("does not belong to this store"),
                "{}",
                stderr(&output)
            );
        }
        parts(&place.path("ours/results")).iter().for_each(|path| std::fs::remove_file(path).unwrap());
        copy(&kept, &place.path("ours/results"));
    }
    assert_eq!(rows(&ours), expected);
}

#[test]
fn a_part_under_the_name_of_another_is_not_overwritten() {
    let place = Place::new();
    let store = place.at("store");
    done(&deal(DEAL, &store, &[]));
    let own = parts(&place.path("store/results"));
    let only = std::fs::read(&own[1]).unwrap();
    std::fs::rename(&own[1], &own[0]).unwrap();
    let output = deal(DEAL, &store, &[]);
    assert!(code(&output) == 1 && stderr(&output).contains("is damaged"), "{}", stderr(&output));
    assert_eq!(std::fs::read(&own[0]).unwrap(), only, "it is the only one that has this point");
}

#[test]
fn tallies_of_another_sweep_are_refused() {
    let place = Place::new();
    let (ours, theirs) = (place.at("ours"), place.at("theirs"));
    let half = ["--shard", "0/2", "--path-shards", "2"];
    done(&deal(DEAL, &ours, &half));
    done(&deal(DEAL, &theirs, &[half.as_slice(), &["--seed", "3"]].concat()));
    for path in parts(&place.path("theirs/tallies")) {
        std::fs::copy(&path, place.path("ours/tallies").join(path.file_name().unwrap())).unwrap();
    }
    for output in [overhang(&["status", &ours]), overhang(&["merge", &place.at("merged"), &ours])] {
        assert!(code(&output) == 1 && stderr(&output).contains("does not belong to this store"), "{}", stderr(&output));
    }
}

#[test]
fn a_store_without_its_manifest_or_with_a_changed_one_is_refused() {
    let place = Place::new();
    let store = place.at("store");
    done(&deal(DEAL, &store, &[]));
    let manifest = place.path("store/manifest.json");
    let text = std::fs::read_to_string(&manifest).unwrap();
    for (found, changed) in
        [("\"paths\": 512", "\"paths\": 513"), ("\"seed\": 1", "\"seed\": 2"), ("\"points\": 3", "\"points\": 2")]
    {
        assert!(text.contains(found));
        std::fs::write(&manifest, text.replace(found, changed)).unwrap();
        for output in [overhang(&["status", &store]), deal(DEAL, &store, &[])] {
            assert!(code(&output) == 1 && stderr(&output).contains("checksum does not match"), "{}", stderr(&output));
        }
    }
    // laid out otherwise it says the same
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    std::fs::write(&manifest, value.to_string()).unwrap();
    done(&overhang(&["status", &store]));
    std::fs::remove_file(&manifest).unwrap();
    let before = parts(&place.path("store/results"));
    let output = deal(DEAL, &store, &[]);
    assert!(code(&output) == 1 && stderr(&output).contains("no manifest.json"), "{}", stderr(&output));
    assert_eq!(parts(&place.path("store/results")), before);
}

#[test]
fn missing_points_and_scenario_are_written_again() {
    let place = Place::new();
    let store = place.at("store");
    done(&deal(DEAL, &store, &[]));
    let before = rows(&store);
    for name in ["points.parquet", "scenario.toml"] {
        let path = place.path("store").join(name);
        let bytes = std::fs::read(&path).unwrap();
        for damage in [None, Some(&bytes[..bytes.len() / 2])] {
            match damage {
                None => std::fs::remove_file(&path).unwrap(),
                Some(half) => std::fs::write(&path, half).unwrap(),
            }
            done(&deal(DEAL, &store, &[]));
            assert_eq!(std::fs::read(&path).unwrap(), bytes, "{name}");
        }
    }
    assert_eq!(rows(&store), before);
}

#[test]
fn files_of_others_are_no_parts() {
    let place = Place::new();
    let store = place.at("store");
    done(&deal(DEAL, &store, &[]));
    let before = rows(&store);
    let part = parts(&place.path("store/results")).remove(0);
    let name = part.file_name().unwrap().to_str().unwrap();
    for folder in ["", "results", "tallies", "begun", "runs"] {
        let folder = place.path("store").join(folder);
        for odd in [
            ".nfs0000000000a1b2c300000001",
            ".DS_Store",
            "_SUCCESS",
            "notes.txt",
            &format!("._{name}"),
            &format!(".{name}.crc"),
        ] {
            std::fs::write(folder.join(odd), "not ours").unwrap();
        }
        std::fs::create_dir(folder.join(".snapshot")).unwrap();
        std::fs::copy(&part, folder.join(".snapshot").join(name)).unwrap();
    }
    let merged = place.at("merged");
    for output in [
        overhang(&["status", "--check", &store]),
        deal(DEAL, &store, &[]),
        overhang(&["merge", &merged, &store]),
        overhang(&["report", &store, "--out", &place.at("page.html")]),
    ] {
        done(&output);
    }
    assert_eq!((rows(&store), rows(&merged)), (before.clone(), before));
    assert!(place.path("store/results/notes.txt").exists(), "what is not ours stays");
}

#[test]
fn a_folder_of_somebody_else_is_not_touched() {
    let place = Place::new();
    for (name, content) in
        [("scenario.toml", "# three weeks of work"), ("points.parquet", "mine"), ("lock", "mine"), ("notes", "")]
    {
        let folder = place.path(&format!("with-{name}"));
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(folder.join(name), content).unwrap();
        let output = deal(DEAL, folder.to_str().unwrap(), &[]);
        assert!(
            code(&output) == 2 && stderr(&output).contains("is neither empty nor a sweep store"),
            "{}",
            stderr(&output)
        );
        assert_eq!(std::fs::read_to_string(folder.join(name)).unwrap(), content);
        assert_eq!(parts(&folder).len(), 1, "nothing is added");
    }
}

#[test]
fn links_pipes_and_devices_in_a_store_are_not_followed() {
    use std::os::unix::fs::symlink;
    let place = Place::new();
    let (store, outside) = (place.at("store"), place.path("outside"));
    done(&deal(DEAL, &store, &[]));
    let own = parts(&place.path("store/results"));
    std::fs::create_dir(&outside).unwrap();
    std::fs::rename(&own[0], outside.join("part")).unwrap();
    type Replace<'a> = &'a dyn Fn(&Path);
    let replacements: [(&str, Replace); 3] = [
        ("link", &|path| symlink(outside.join("part"), path).unwrap()),
        ("device", &|path| symlink("/dev/zero", path).unwrap()),
        ("pipe", &|path| assert!(std::process::Command::new("mkfifo").arg(path).status().unwrap().success())),
    ];
    for (name, replace) in &replacements {
        replace(&own[0]);
        for output in [overhang(&["status", &store]), deal(DEAL, &store, &[])] {
            assert!(
                code(&output) == 1 && stderr(&output).contains("not a regular file"),
                "{name}: {}",
                stderr(&output)
            );
        }
        std::fs::remove_file(&own[0]).unwrap();
    }
    std::fs::rename(outside.join("part"), &own[0]).unwrap();
    // a folder that leads elsewhere is neither read nor cleaned
    let precious = outside.join(".unfinished-precious");
    std::fs::write(&precious, "mine").unwrap();
    std::fs::remove_dir_all(place.path("store/tallies")).unwrap();
    symlink(&outside, place.path("store/tallies")).unwrap();
    for output in [overhang(&["status", &store]), deal(DEAL, &store, &[])] {
        assert!(code(&output) == 1 && stderr(&output).contains("is not a folder"), "{}", stderr(&output));
    }
    assert!(precious.exists());
    std::fs::remove_file(place.path("store/tallies")).unwrap();
    let manifest = place.path("store/manifest.json");
    std::fs::rename(&manifest, outside.join("manifest.json")).unwrap();
    symlink(outside.join("manifest.json"), &manifest).unwrap();
    let output = overhang(&["status", &store]);
    assert!(code(&output) == 1 && stderr(&output).contains("not a regular file"), "{}", stderr(&output));
}

/// A copy of a store that the version before wrote, as of this program version.
fn old(place: &Place, name: &str) -> String {
    let store = place.path(name);
    copy(&Path::new("tests/binary/sweep/version-1").join(name), &store);
    let manifest = store.join("manifest.json");
    let text = std::fs::read_to_string(&manifest).unwrap();
    let current = format!("\"program_version\": \"{}\"", env!("CARGO_PKG_VERSION"));
    std::fs::write(&manifest, text.replace("\"program_version\": \"0.1.0\"", &current)).unwrap();
    store.to_str().unwrap().to_string()
}

#[test]
fn a_store_of_version_1_is_read_and_resumed() {
    let place = Place::new();
    let store = old(&place, "whole");
    let before = rows(&store);
    assert_eq!(before.iter().map(|(point, _)| *point).collect::<Vec<_>>(), [0, 1]);
    done(&deal(DEAL, &store, &[]));
    let after = rows(&store);
    assert_eq!((after.len(), &after[..2]), (3, before.as_slice()));
    // one of the new parts is copied to a store that is not of this sweep
    let fresh = place.at("fresh");
    done(&deal(DEAL, &fresh, &[]));
    assert_eq!(rows(&fresh)[2], after[2]);
    done(&overhang(&["status", "--check", &store]));
    let old = place.path("whole/results/results-00000000-00000000-df8c3447b856c680.parquet");
    std::fs::remove_file(&old).unwrap();
    done(&deal(DEAL, &store, &[]));
    assert_eq!(rows(&store).len(), 3);
}

/// A point's parts of both would have been added up around different centres.
#[test]
fn a_shard_of_version_1_with_parts_of_points_does_not_merge_with_a_new_one() {
    let place = Place::new();
    let (first, second, merged) = (old(&place, "shard"), place.at("second"), place.at("merged"));
    let with = |index: &str, out: &str| deal(DEAL, out, &["--shard", &format!("{index}/2"), "--path-shards", "2"]);
    done(&with("0", &first));
    done(&with("1", &second));
    for shards in [[&first, &second], [&second, &first]] {
        let output = overhang(&["merge", &merged, shards[0], shards[1]]);
        let told = "parts of paths are of versions";
        assert!(code(&output) == 2 && stderr(&output).contains(told), "{}", stderr(&output));
    }
}

#[test]
fn a_shard_stores_its_own_points() {
    let place = Place::new();
    let axis = "contract.cloud.take_or_pay=0.5:0.9:40";
    let points = |store: &Store| store.points.rows.iter().filter(|row| !row.is_empty()).count();
    let mut all = BTreeSet::new();
    let shards: Vec<String> = (0..4).map(|index| place.at(&format!("{index}"))).collect();
    for (index, out) in shards.iter().enumerate() {
        let shard = format!("{index}/4");
        let base =
            ["sweep", DEAL, "--axis", axis, "--paths", "256", "--backend", "cpu", "--shard", &shard, "--out", out];
        done(&overhang(&base));
        let store = Store::read(out.as_ref()).unwrap();
        assert_eq!((points(&store), store.done()), (10, 10));
        all.extend(store.own().unwrap().iter().map(|(point, _)| *point));
    }
    assert_eq!(all.len(), 40);
    // some at first: what is not there is not known
    let merged = place.at("merged");
    let half = command::merge(&merged, &shards[..2]);
    assert!(code(&half) == 1 && stderr(&half).contains("20 of 40 points are missing"), "{}", stderr(&half));
    assert_eq!(points(&Store::read(merged.as_ref()).unwrap()), 20);
    done(&command::merge(&merged, &shards[2..]));
    let store = Store::read(merged.as_ref()).unwrap();
    assert_eq!((points(&store), store.done()), (40, 40));

    let pattern = place.at("?");
    let line = overhang(&["status", &pattern]);
    let text = String::from_utf8(line.stdout.clone()).unwrap();
    assert!(text.starts_with(" 4 stores: 40 of 40 points done, 0 failed, 0 missing"), "{text}");
    let some: Vec<&str> =
        ["status", "--format", "json"].into_iter().chain(shards[..3].iter().map(String::as_str)).collect();
    let json: serde_json::Value = serde_json::from_slice(&overhang(&some).stdout).unwrap();
    assert_eq!(
        (&json["done"], &json["missing"]),
        (&30.into(), &serde_json::json!({"count": 10, "ranges": [[30, 39]]}))
    );
    assert_eq!(json["stores"].as_array().map(Vec::len), Some(3));
}
