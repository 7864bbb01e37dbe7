//! Documents with some places changed: what is read is drawn without a panic, and everything else is refused.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};

use overhang::registry::Figure;
use overhang::report::chart::svg;
use overhang::report::{self, page, pictures};
use overhang::result::{CompareDocument, Document, ResultDocument, read_document};
use overhang::text::titles::Titles;
use serde_json::{Value, json};

use super::{Random, places};

/// Cases of each kind of document.
const CASES: u64 = 1000;

/// What a command prints as JSON.
fn made(arguments: &[&str]) -> Value {
    let command = Command::new(env!("CARGO_BIN_EXE_overhang")).args(arguments).output().expect("it starts");
    assert!(command.status.success(), "{}", String::from_utf8_lossy(&command.stderr));
    serde_json::from_slice(&command.stdout).expect("it is JSON")
}

/// One to three places changed, most of them in lists and numbers.
fn changed(random: &mut Random, sound: &Value) -> Value {
    let mut tree = sound.clone();
    for _ in 0..=random.below(3) {
        let mut pointers = Vec::new();
        places(&tree, String::new(), &mut pointers);
        let chosen = &pointers[random.below(pointers.len())];
        let Some(value) = tree.pointer_mut(chosen) else { continue };
        let numbers = [json!(0), json!(-1), json!(1e140), json!(1e300), json!(u64::MAX), json!(0.5), json!(1e-300)];
        match value {
            Value::Array(all) if !all.is_empty() => match random.below(4) {
                0 => all.clear(),
                1 => drop(all.remove(random.below(all.len()))),
                2 => all.push(all[0].clone()),
                _ => all.reverse(),
            },
            Value::Object(members) if !members.is_empty() => {
                let key = members.keys().nth(random.below(members.len())).cloned().expect("it has so many");
                members.shift_remove(&key);
            }
            Value::Number(_) if random.below(4) > 0 => *value = numbers[random.below(numbers.len())].clone(),
            Value::String(_) => {
                *value = json!(["", "2027-00-99", "0-1-1", "\u{1f6d1}\u{0}", "system"][random.below(5)])
            }
            _ => *value = [Value::Null, json!(true), json!([]), json!({})][random.below(4)].clone(),
        }
    }
    tree
}

fn draw_result(document: &ResultDocument) {
    report::table(document, 100);
    report::plain_table(document, 40);
    page::page(&[page::runs_section(&[document, document])]);
    let (owner, titles) = ("system", &Titles::default());
    let events = document.events.keys().filter_map(|name| pictures::events(document, name, titles));
    let figures = document.figures.iter().flat_map(|(owner, all)| all.keys().map(move |name| (owner, name)));
    let each = figures.flat_map(|(owner, name)| {
        [pictures::distribution(document, owner, *name), pictures::exceedance(document, owner, *name)]
    });
    let of_vendors = document.vendors.keys().flat_map(|vendor| {
        [Figure::Received, Figure::Loss].into_iter().flat_map(move |name| {
            [pictures::vendor_distribution(document, vendor, name), pictures::vendor_exceedance(document, vendor, name)]
        })
    });
    let others = pictures::others(document, titles).into_iter().map(Some);
    let charts = [
        pictures::bubbles(document, titles),
        pictures::waterfall(document, titles),
        pictures::losses(document, titles),
    ];
    let overlaid = pictures::overlaid(&[("a", document), ("b", document)], owner, Figure::CommitmentCost);
    charts
        .into_iter()
        .chain(each)
        .chain(of_vendors)
        .chain(others)
        .flatten()
        .chain(events)
        .chain(overlaid)
        .for_each(|chart| drop(svg(&chart, 640, true)));
}

fn draw_comparison(document: &CompareDocument) {
    report::compare_table(document, 100);
    page::page(&[page::compare_section(document, &[], "overhang compare")]);
}

/// Reads a changed document and draws it; whether it was read.
fn attempt(path: &Path, tree: &Value) -> bool {
    std::fs::write(path, tree.to_string()).expect("there is room");
    match read_document(path) {
        Ok(Document::Result(document)) => draw_result(&document),
        Ok(Document::Comparison(document)) => draw_comparison(&document),
        Ok(Document::Bench(document)) => drop(page::page(&[page::bench_section(&document)])),
        Err(error) => {
            assert!(!error.to_string().is_empty());
            return false;
        }
    }
    true
}

/// Changes a document in many ways; how many were drawn.
fn fuzz(kind: u64, sound: &Value) -> u64 {
    let folder = tempfile::tempdir().expect("there is room");
    assert!(attempt(&folder.path().join("sound.json"), sound), "it is ours");
    let (next, drawn) = (AtomicU64::new(0), AtomicU64::new(0));
    let work = |worker: usize| {
        let path = folder.path().join(format!("{worker}.json"));
        loop {
            let case = next.fetch_add(1, Ordering::Relaxed);
            if case >= CASES {
                return;
            }
            let tree = changed(&mut Random(case << 8 | kind), sound);
            let outcome = catch_unwind(AssertUnwindSafe(|| attempt(&path, &tree)));
            let read = outcome.unwrap_or_else(|_| panic!("case {case} of kind {kind}"));
            drawn.fetch_add(u64::from(read), Ordering::Relaxed);
        }
    };
    std::thread::scope(|scope| {
        for worker in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(move || work(worker));
        }
    });
    drawn.into_inner()
}

#[test]
fn changed_documents_are_refused_or_drawn() {
    const EXAMPLE: &str = "docs/examples/start.toml";
    let sampled = ["--paths", "512", "--backend", "cpu", "--format", "json", "--quiet"];
    let result = made(&[&["run", EXAMPLE], &sampled[..]].concat());
    let comparison = made(&[&["compare", EXAMPLE], &sampled[..]].concat());
    let bench = made(&["bench", EXAMPLE, "--paths", "256", "--rounds", "2", "--format", "json"]);
    for (kind, document) in [result, comparison, bench].iter().enumerate() {
        let drawn = fuzz(kind as u64, document);
        println!("kind {kind}: {CASES} cases, {drawn} drawn");
        // chance must get both past the reader and into its refusals
        assert!(drawn * 20 > CASES && drawn < CASES, "{drawn} of {CASES} drawn");
    }
}
