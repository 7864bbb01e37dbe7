//! The house as docs/architecture.md draws it: which room may import which, and what is done in which room alone.

mod house;
mod source;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use house::{Room, circles, house, top};

/// The rooms from the top down, and what each imports, which stands below it. The same lines are in docs/architecture.md.
const ROOMS: [(&str, &str); 21] = [
    (
        "cli",
        "sweep run report explain fit magnitude result trajectories measure engine plan text scenario storage registry signals input",
    ),
    ("sweep", "run result measure engine tally plan scenario distribution storage formula registry signals input"),
    ("run", "result trajectories measure engine tally plan text scenario distribution storage registry"),
    ("report", "fit result measure text scenario registry"),
    ("explain", "result text scenario registry"),
    ("fit", "distribution storage formula input"),
    ("magnitude", "engine plan text scenario registry"),
    ("result", "measure engine tally plan text scenario storage formula registry input"),
    ("trajectories", "engine plan scenario storage registry"),
    ("measure", "tally plan formula registry"),
    ("engine", "tally plan scenario formula registry"),
    ("tally", "plan formula"),
    ("plan", "scenario formula registry"),
    ("text", "scenario registry"),
    ("scenario", "distribution registry input"),
    ("distribution", ""),
    ("storage", ""),
    ("formula", ""),
    ("registry", ""),
    ("signals", ""),
    ("input", ""),
];

/// Rooms that open files.
const OPEN_FILES: [&str; 6] = ["storage", "scenario", "trajectories", "sweep", "fit", "input"];

/// Files that are one text cut into several: they name each other, and count as one.
const ONE_TEXT: [&str; 1] = ["engine/lanes/"];

fn library() -> Vec<Room> {
    let rooms = house(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    let arrows: usize = rooms.iter().map(|room| room.named.len()).sum();
    assert!(rooms.len() > 200 && arrows > 800, "{} files with {arrows} arrows are not all", rooms.len());
    rooms
}

/// The arrows between the rooms, as they are drawn and as the library has them.
fn drawn() -> BTreeMap<&'static str, BTreeSet<&'static str>> {
    ROOMS.iter().map(|(room, imports)| (*room, imports.split_whitespace().collect())).collect()
}

#[test]
fn rooms_import_what_the_table_says() {
    let mut found: BTreeMap<&str, BTreeSet<&str>> = ROOMS.iter().map(|(room, _)| (*room, BTreeSet::new())).collect();
    let rooms = library();
    for room in &rooms {
        for target in room.named.iter().filter(|target| top(target) != room.top()) {
            let of =
                found.get_mut(room.top()).unwrap_or_else(|| panic!("src/{} is in no room of the table", room.path));
            of.insert(top(target));
            let allowed = drawn()[room.top()].contains(top(target));
            assert!(allowed, "src/{} imports {target}: `{}` may not import `{}`", room.path, room.top(), top(target));
        }
    }
    assert_eq!(found, drawn(), "the table has arrows that the library does not have");
}

#[test]
fn arrows_run_downward() {
    for (place, (room, imports)) in ROOMS.iter().enumerate() {
        for import in imports.split_whitespace() {
            let below = ROOMS[place + 1..].iter().any(|(other, _)| *other == import);
            assert!(below, "`{room}` imports `{import}`, which does not stand below it");
        }
    }
}

#[test]
fn the_picture_in_the_book_is_the_table() {
    let book = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/architecture.md"))
        .expect("it is there");
    let lines = ROOMS.iter().map(|(room, imports)| format!("{room:<14}{imports}").trim_end().to_owned() + "\n");
    let picture = format!("```text\n{}```\n", lines.collect::<String>());
    assert!(book.contains(&picture), "docs/architecture.md should have this picture:\n{picture}");
}

#[test]
fn no_files_import_each_other_in_a_circle() {
    let name = |path: &str| ONE_TEXT.iter().find(|text| path.starts_with(*text)).map_or(path, |text| text).to_owned();
    let mut arrows: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for room in library() {
        let from = name(&room.path);
        let targets = room.named.iter().map(|target| name(target)).filter(|target| *target != from);
        arrows.entry(from.clone()).or_default().extend(targets.collect::<Vec<_>>());
    }
    assert_eq!(circles(&arrows), Vec::<Vec<String>>::new());
}

#[test]
fn only_the_gpu_engine_names_wgpu() {
    let outside =
        |room: &&Room| !room.path.starts_with("engine/gpu/") && room.source.words.iter().any(|word| word == "wgpu");
    assert_eq!(
        library().iter().filter(outside).map(|room| room.path.clone()).collect::<Vec<_>>(),
        Vec::<String>::new()
    );
}

#[test]
fn only_some_rooms_open_files() {
    let opens = |room: &&Room| {
        let names = ["fs", "File", "OpenOptions", "tempfile"];
        !OPEN_FILES.contains(&room.top()) && room.source.words.iter().any(|word| names.contains(&word.as_str()))
    };
    assert_eq!(library().iter().filter(opens).map(|room| room.path.clone()).collect::<Vec<_>>(), Vec::<String>::new());
}

#[test]
fn only_the_command_line_prints() {
    let prints = |room: &&Room| {
        let streams = room.source.words.iter().any(|word| ["stdout", "stderr"].contains(&word.as_str()));
        let macros = ["print", "println", "eprint", "eprintln", "dbg"];
        room.top() != "cli" && (streams || room.source.macros.iter().any(|name| macros.contains(&name.as_str())))
    };
    assert_eq!(library().iter().filter(prints).map(|room| room.path.clone()).collect::<Vec<_>>(), Vec::<String>::new());
}
