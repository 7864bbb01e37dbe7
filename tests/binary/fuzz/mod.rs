//! Files and command lines from chance: whatever they say, it is understood or refused, soon and without a panic.
//!
//! `OVERHANG_FUZZ_CASES=10000000 cargo test --release --test binary fuzz` goes on for longer. A case is named by its number, which
//! alone determines it.

mod arguments;
mod documents;
mod stores;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::toml_json::json;
use overhang::engine::cpu::CpuEngine;
use overhang::engine::{Draws, Engine, Instructions, Precision, Sampling, prepare};
use overhang::scenario::parse;
use serde_json::Value;

/// Cases of each of the two kinds.
const CASES: u64 = 40_000;
/// The time that any single one may take on a busy machine.
const LONGEST: Duration = Duration::from_secs(20);
/// One in so many of the accepted scenarios is run as well.
const RUN_ONE_IN: u64 = 16;

const TEXTS: [&str; 7] = [
    include_str!("../../cases/one-lab.toml"),
    include_str!("../../cases/two-labs.toml"),
    include_str!("../../cases/part-two.toml"),
    include_str!("../../../scenarios/aws-38b.toml"),
    include_str!("../../../docs/examples/full.toml"),
    include_str!("../../../docs/examples/start.toml"),
    include_str!("../../shared/full.json"),
];

/// SplitMix64 (Steele, Lea and Flood 2014).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }

    fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[self.below(from.len())]
    }
}

/// What numbers, words and characters tend to break things.
const PIECES: [&str; 47] = [
    "0",
    "-0.0",
    "-1",
    "1",
    "0.5",
    "2",
    "1e-300",
    "1e300",
    "1e30",
    "1e-30",
    "9e99999",
    "nan",
    "inf",
    "-inf",
    "1e9",
    "1e15",
    "0x10",
    "1_000",
    "true",
    "\"\"",
    "\"system\"",
    "\"planned\"",
    "\"bubble\"",
    "\"system_bubble\"",
    "\"alpha/gap\"",
    "\"/\"",
    "when = \"gap\"\n",
    "unless = \"bubble\"\n",
    "{ boom = 0.5 }",
    "[[tranche]]\n",
    "[[vendor]]\n",
    "[crisis]\n",
    "[delays]\n",
    "[]",
    "[[0, 1], [0, 2]]",
    "{}",
    "2026-02-29",
    "'",
    "\"\"\"",
    "\u{202e}",
    "\0",
    "\u{feff}",
    "=",
    "[[contract]]\n",
    "[",
    "#",
    "null",
];

/// A text with a few random changes: bytes, lines, and pieces of it and others.
fn mutated(random: &mut Random) -> (String, bool) {
    let place = random.below(TEXTS.len());
    let mut text = TEXTS[place].to_string();
    for _ in 0..=random.below(4) {
        let at = text.floor_char_boundary(random.below(text.len()));
        let end = text.ceil_char_boundary((at + random.below(12)).min(text.len()));
        match random.below(7) {
            0 => text.replace_range(at..end, ""),
            1 => text.insert_str(at, random.pick(&PIECES)),
            2 => replace_word(&mut text, at, random.pick(&PIECES)),
            3 => {
                let other = random.pick(&TEXTS);
                let from = other.floor_char_boundary(random.below(other.len()));
                let to = other.ceil_char_boundary((from + random.below(200)).min(other.len()));
                text.insert_str(at, &other[from..to]);
            }
            4 => {
                let lines: Vec<&str> = text.lines().collect();
                let (one, other) = (random.below(lines.len()), random.below(lines.len()));
                let mut lines = lines.clone();
                lines.swap(one, other);
                text = lines.join("\n");
            }
            5 => {
                let line = random.below(text.lines().count());
                text = text.lines().enumerate().filter(|(i, _)| *i != line).map(|(_, l)| format!("{l}\n")).collect();
            }
            _ => text.truncate(at.max(1)),
        }
        if text.is_empty() {
            break;
        }
    }
    (text, TEXTS[place].starts_with('{'))
}

/// Replaces the number or word around a place.
fn replace_word(text: &mut String, at: usize, piece: &str) {
    let word = |c: char| c.is_ascii_alphanumeric() || "._-+".contains(c);
    let start = text[..at].rfind(|c| !word(c)).map_or(0, |i| text.ceil_char_boundary(i + 1));
    let end = text[at..].find(|c| !word(c)).map_or(text.len(), |i| at + i);
    text.replace_range(start..end.max(start), piece);
}

/// The scenarios as trees.
fn trees() -> Vec<Value> {
    let read = |text: &&str| match text.parse::<toml::Table>() {
        Ok(table) => json(&toml::Value::Table(table)),
        Err(_) => serde_json::from_str(text).expect("it is TOML or JSON"),
    };
    TEXTS.iter().map(read).collect()
}

/// A tree with a few random changes that leave it a tree: values, keys, entries.
fn regrown(random: &mut Random, trees: &[Value]) -> Value {
    let mut tree = trees[random.below(trees.len())].clone();
    for _ in 0..=random.below(4) {
        let mut pointers = Vec::new();
        places(&tree, String::new(), &mut pointers);
        let pointer = pointers[random.below(pointers.len())].clone();
        let other = &trees[random.below(trees.len())];
        let mut others = Vec::new();
        places(other, String::new(), &mut others);
        let grafted = other.pointer(&others[random.below(others.len())]).expect("it was found there").clone();
        let at = tree.pointer_mut(&pointer).expect("it was found there");
        match random.below(6) {
            0 => *at = grafted,
            1 => *at = Value::from(extreme(random)),
            2 => scale(at, random),
            3 => match at {
                Value::Array(elements) if !elements.is_empty() => drop(elements.remove(random.below(elements.len()))),
                Value::Object(members) if !members.is_empty() => {
                    let key = members.keys().nth(random.below(members.len())).cloned().expect("it is not empty");
                    members.shift_remove(&key);
                }
                leaf => *leaf = Value::Null,
            },
            4 => match at {
                Value::Array(elements) if !elements.is_empty() => {
                    let copy = elements[random.below(elements.len())].clone();
                    elements.push(copy);
                }
                Value::String(text) => *text = format!("{text}{}", random.pick(&["2", "", " ", "\u{200b}", "x"])),
                leaf => scale(leaf, random),
            },
            _ => scale(at, random),
        }
    }
    tree
}

fn extreme(random: &mut Random) -> f64 {
    let values = [0.0, -1.0, 1.0, 1e-30, 1e30, 5.0, 50.0, 100.0, 1e9, -1e30, 1e-9, 0.999_999, 3.0];
    values[random.below(values.len())]
}

/// Multiplies all numbers below a place.
fn scale(at: &mut Value, random: &mut Random) {
    match at {
        Value::Array(elements) => elements.iter_mut().for_each(|element| scale(element, random)),
        Value::Object(members) => members.values_mut().for_each(|member| scale(member, random)),
        Value::Number(number) => {
            let factors = [0.0, -1.0, 0.1, 0.5, 2.0, 10.0, 1e6, 1e-6];
            let scaled = number.as_f64().unwrap_or(1.0) * factors[random.below(factors.len())];
            *at = if scaled.fract() == 0.0 && scaled.abs() < 1e15 { (scaled as i64).into() } else { scaled.into() };
        }
        _ => (),
    }
}

fn places(tree: &Value, here: String, pointers: &mut Vec<String>) {
    match tree {
        Value::Array(elements) => {
            elements.iter().enumerate().for_each(|(i, element)| places(element, format!("{here}/{i}"), pointers));
        }
        Value::Object(members) => members.iter().for_each(|(key, member)| {
            places(member, format!("{here}/{}", key.replace('~', "~0").replace('/', "~1")), pointers);
        }),
        _ => (),
    }
    pointers.push(here);
}

/// What came of the cases.
#[derive(Default)]
struct Count {
    cases: AtomicU64,
    accepted: AtomicU64,
    run: AtomicU64,
    slowest: AtomicU64,
}

/// Reads a text; sometimes runs what it says.
fn attempt(case: u64, text: &str, name: &str, engine: &CpuEngine, count: &Count) {
    let started = Instant::now();
    match parse(text, name) {
        Ok(loaded) => {
            let accepted = count.accepted.fetch_add(1, Ordering::Relaxed);
            loaded.render(false);
            if accepted.is_multiple_of(RUN_ONE_IN) {
                let plan = prepare(&loaded.scenario);
                let tally =
                    engine.tally(&plan, Draws::default(), 0..256, &|_| true).expect("the CPU engine has no faults");
                assert_eq!(tally.paths, 256);
                count.run.fetch_add(1, Ordering::Relaxed);
            }
        }
        Err(failure) => {
            let drawn = failure.render(false);
            assert!(drawn.starts_with("error: ") || drawn.starts_with("warning: "), "{drawn}");
            assert!(failure.diagnostics.iter().all(|found| !found.hint.is_empty()), "no hint: {drawn}");
        }
    }
    let took = started.elapsed();
    assert!(took < LONGEST, "case {case} took {took:?}");
    count.slowest.fetch_max(took.as_micros() as u64, Ordering::Relaxed);
    count.cases.fetch_add(1, Ordering::Relaxed);
}

/// Runs all cases of a kind over the cores; `make` makes a text and its name from a case's own random numbers.
fn fuzz(kind: u64, make: impl Fn(&mut Random) -> (String, &'static str) + Sync) {
    let cases = std::env::var("OVERHANG_FUZZ_CASES").map_or(CASES, |text| text.parse().expect("a number of cases"));
    let (next, count) = (AtomicU64::new(0), Count::default());
    let work = || {
        let engine =
            CpuEngine::new(Some(1), Instructions::best(), Precision::Single, Sampling::Device).expect("a thread");
        loop {
            let case = next.fetch_add(1, Ordering::Relaxed);
            if case >= cases {
                return;
            }
            let (text, name) = make(&mut Random(case << 1 | kind));
            let outcome = catch_unwind(AssertUnwindSafe(|| attempt(case, &text, name, &engine, &count)));
            assert!(outcome.is_ok(), "case {case} of {name}:\n{text}");
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(work);
        }
    });
    let [done, accepted, run, slowest] =
        [&count.cases, &count.accepted, &count.run, &count.slowest].map(|n| n.load(Ordering::Relaxed));
    println!("{done} cases, {accepted} accepted, {run} run, the slowest {slowest} µs");
    assert_eq!(done, cases);
    // chance must get both past the reader and into its refusals
    assert!(accepted * 200 > done && accepted < done, "{accepted} of {done} accepted");
}

#[test]
fn mutated_texts_do_no_harm() {
    fuzz(0, |random| {
        let (text, is_json) = mutated(random);
        (text, if is_json { "fuzz.json" } else { "fuzz.toml" })
    });
}

#[test]
fn regrown_scenarios_do_no_harm() {
    let trees = trees();
    fuzz(1, |random| (regrown(random, &trees).to_string(), "fuzz.json"));
}
