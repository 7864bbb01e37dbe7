//! Sweeps that are killed, in all moments and over and over again.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use overhang::sweep::{Begun, Store};

use super::command::{self, Place, code, rows, stderr, sweep};
use super::{POINTS, base, with};

/// Kills a sweep over and over again until it is done; what is seen of the store in between only grows.
pub fn survives(more: &[&str], kills: u32) {
    let (place, base) = (Place::new(), base());
    let arguments = with(&base, &[more, &["--paths", "20000", "--batch", "1", "--commit-every", "0"]].concat());
    let (store, clean) = (place.at("store"), place.at("clean"));
    let started = Instant::now();
    assert_eq!(code(&sweep(&clean, &arguments)), 0);
    // long enough on any machine that something is finished, and short enough that not all is
    let longest = (started.elapsed().as_millis() as u64 / 4).max(20);
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let (mut killed, mut before, mut resumed) = (0, 0, 0);
    while killed < kills {
        let mut child = command::start(&store, &arguments);
        // xorshift: moments are random, and the same in every run of the test
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        std::thread::sleep(Duration::from_millis(state % longest));
        let ended = child.try_wait().expect("it can be asked").is_some();
        child.kill().expect("it can be killed");
        child.wait().expect("it ends");
        killed += u32::from(!ended);
        if place.path("store/manifest.json").exists() {
            let opened = Store::read(store.as_ref()).unwrap_or_else(|error| panic!("{error}"));
            let parts = opened.shard.parts as usize;
            let done = parts * opened.done() + opened.pieces().iter().filter(|piece| !opened.has(piece.0)).count();
            assert!(done >= before, "{done} after {before}: something finished was lost");
            resumed += u32::from(before > 0 && !ended);
            before = done;
        }
        if ended {
            // done early: begin anew, so that all kills hit something
            assert_eq!(rows(&store).len(), POINTS);
            std::fs::remove_dir_all(&store).expect("it can be removed");
            before = 0;
        }
    }
    assert_eq!(code(&sweep(&store, &arguments)), 0);
    assert_eq!(rows(&store), rows(&clean), "after {killed} kills");
    assert!(resumed > kills / 3, "only {resumed} of {killed} kills met a store with something in it");
    println!("{killed} kills survived, {resumed} of them of a process that went on from something");
}

#[test]
fn fifty_kills_lose_nothing_that_was_finished() {
    survives(&[], 50);
}

#[test]
fn kills_lose_no_parts_of_points() {
    survives(&["--path-shards", "2"], 15);
}

/// Files of a store that say that something is done.
fn kept(place: &Place) -> BTreeSet<PathBuf> {
    let files =
        |folder| std::fs::read_dir(place.path(folder)).into_iter().flatten().flatten().map(|entry| entry.path());
    let whole = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "parquet");
    ["store/results", "store/tallies", "store/begun"].into_iter().flat_map(files).filter(whole).collect()
}

/// Paths that a store has the results or the tallies of, over all points; and whether a point is begun and not done.
fn progress(store: &str) -> (u64, bool) {
    let store = Store::read(store.as_ref()).unwrap_or_else(|error| panic!("{error}"));
    let begun = Begun::read(&store).unwrap_or_else(|error| panic!("{error}"));
    let pieces = store.pieces().into_iter().filter(|piece| !store.has(piece.0)).count() as u64;
    let begun: u64 = begun.pieces().map(|(_, paths)| paths).sum();
    let whole = store.done() as u64 * store.manifest.paths + pieces * store.manifest.paths / store.shard.parts;
    (whole + begun, begun > 0)
}

/// Lives of a process that end as soon as something new is kept, each shorter than a point takes: the store still grows, and comes
/// to the same rows as one process that is not told to work in the way of `more`.
pub fn grows_in_slices(drawn: &[&str], more: &[&str]) {
    let (place, base) = (Place::new(), base());
    let long = [&["--axis", base[3].as_str(), "--paths", "300000", "--threads", "1"], drawn].concat();
    let arguments = [long.as_slice(), &["--commit-every", "0"], more].concat();
    let (store, clean) = (place.at("store"), place.at("clean"));
    let (mut before, mut cut) = (0, 0);
    for life in 0..6 {
        let known = kept(&place);
        let mut child = command::start(&store, &arguments);
        let started = Instant::now();
        // however slow the machine is; the bound only ends a hang
        while kept(&place).is_subset(&known) && started.elapsed() < Duration::from_secs(300) {
            std::thread::sleep(Duration::from_millis(1));
        }
        child.kill().and_then(|()| child.wait()).expect("it ends");
        let (now, begun) = progress(&store);
        assert!(now > before, "life {life}: {now} paths after {before}");
        (before, cut) = (now, cut + u32::from(begun));
    }
    assert!(cut >= 3, "only {cut} of 6 lives ended in the middle of a point");
    assert!(before < 3 * 300_000, "there is something left to do");
    assert_eq!(code(&sweep(&store, &arguments)), 0);
    assert_eq!(code(&sweep(&clean, &long)), 0);
    assert_eq!(rows(&store), rows(&clean));
    assert_eq!(std::fs::read_dir(place.path("store/begun")).expect("it is there").count(), 0, "nothing is begun");
}

#[test]
fn a_process_that_never_lives_as_long_as_a_point_takes_still_gets_on() {
    grows_in_slices(&[], &[]);
}

#[test]
fn parts_of_points_are_kept_in_slices_too() {
    grows_in_slices(&[], &["--path-shards", "2"]);
}

#[test]
fn a_signal_ends_a_sweep_in_order_and_it_goes_on_to_the_same_rows() {
    let (place, base) = (Place::new(), base());
    let arguments = with(&base, &["--paths", "60000"]);
    let store = place.at("store");
    let child = command::start(&store, &arguments);
    std::thread::sleep(Duration::from_millis(120));
    command::terminate(&child);
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(code(&output), 143, "{}", stderr(&output));
    assert!(stderr(&output).contains("run the same command again to continue"), "{}", stderr(&output));
    let kept = Store::read(store.as_ref()).expect("it opens").done();
    assert!(kept < POINTS, "it was stopped before it was done");
    assert_eq!(code(&sweep(&store, &arguments)), 0);
    let clean = place.at("clean");
    assert_eq!(code(&sweep(&clean, &arguments)), 0);
    assert_eq!(rows(&store), rows(&clean));
}
