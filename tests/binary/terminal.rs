//! What a terminal gets: colours and a bar that moves the cursor, unless it is dumb.

use std::fs::File;
use std::io::Read;
use std::os::fd::{FromRawFd, OwnedFd};
use std::process::Command;
use std::time::Duration;

use super::command::{SCENARIO, await_handler, overhang};

/// What a command sends to a terminal on which it has all three streams, and its exit code. It may be ended after a while.
fn shown(mut command: Command, term: Option<&str>, end_after: Option<Duration>) -> (String, Option<i32>) {
    let (mut ours, mut theirs) = (-1, -1);
    let none = std::ptr::null_mut();
    // SAFETY: both places are ours, and nothing is asked of the terminal's name, modes and size.
    let made = unsafe { libc::openpty(&mut ours, &mut theirs, none, none.cast(), none.cast()) };
    assert_eq!(made, 0, "{}", std::io::Error::last_os_error());
    // SAFETY: the call made both, and nobody else has them.
    let (mut ours, theirs) = unsafe { (File::from_raw_fd(ours), OwnedFd::from_raw_fd(theirs)) };
    // CI services are taken for terminals with colours by some libraries
    command.env_remove("NO_COLOR").env_remove("TERM").envs(term.map(|term| ("TERM", term))).env("CI", "true");
    command.stdin(theirs.try_clone().unwrap()).stdout(theirs.try_clone().unwrap()).stderr(theirs);
    let mut child = command.spawn().expect("the binary starts");
    // it holds the other end
    drop(command);
    if let Some(after) = end_after {
        await_handler(&child);
        std::thread::sleep(after);
        // SAFETY: the process is our child and not yet waited for.
        assert_eq!(unsafe { libc::kill(child.id() as i32, libc::SIGTERM) }, 0);
    }
    let mut bytes = Vec::new();
    // Linux reports the end of a terminal as an error, after all that was sent
    let _ = ours.read_to_end(&mut bytes);
    (String::from_utf8(bytes).expect("output is UTF-8"), child.wait().expect("it ends").code())
}

#[test]
fn a_dumb_terminal_gets_neither_colours_nor_cursor_movements() {
    let place = tempfile::tempdir().unwrap();
    let broken = place.path().join("broken.toml");
    std::fs::write(&broken, "schema = 2\n").unwrap();
    // long enough for a bar
    let long = ["run", SCENARIO, "--backend", "cpu", "--threads", "1", "--paths", "5e4", "--plain"];
    for (arguments, code) in [
        (&["check", broken.to_str().unwrap()][..], 2),
        (&long, 0),
        (&["run", SCENARIO, "--paths", "many"], 2),
        (&["--help"], 0),
    ] {
        let (rich, ended) = shown(overhang(arguments), Some("xterm-256color"), None);
        assert!(ended == Some(code) && rich.contains('\u{1b}'), "{arguments:?}: {rich}");
        for term in [Some("dumb"), None] {
            let (plain, ended) = shown(overhang(arguments), term, None);
            assert_eq!(ended, Some(code), "{plain}");
            // the terminal itself puts a return before each line feed
            let moves = plain.replace("\r\n", "\n");
            assert!(!moves.contains(['\u{1b}', '\r', '\u{8}']), "{arguments:?}, {term:?}: {plain:?}");
        }
    }
}

/// A signal that nobody but the watching thread hears takes a bar away where there is one.
#[test]
fn a_dumb_terminal_has_no_bar_that_a_signal_would_remove() {
    let shown = |term| shown(overhang(&["check", "-"]), Some(term), Some(Duration::from_millis(700))).0;
    assert!(shown("xterm").contains("\u{1b}[2K"));
    let plain = shown("dumb");
    assert!(plain.contains("stopped by a signal") && !plain.contains('\u{1b}'), "{plain:?}");
}
