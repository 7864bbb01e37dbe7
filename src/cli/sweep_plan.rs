//! `overhang sweep --dry-run`: what a sweep will take.

use std::path::Path;

use super::failure::Failure;
use super::{merge, output};
use crate::storage::peak_memory;
use crate::sweep::{Manifest, PreparedSweep, Rehearsal, Shard};
use crate::text::harmless::harmless_lines;

/// Computes for about a second, and prints what the whole will take.
pub fn print(sweep: &PreparedSweep, store: &Path) -> Result<(), Failure> {
    let found = sweep.rehearse(store)?;
    let engine = sweep.chosen().engine.description();
    output::data(&harmless_lines(&text(&found, sweep.manifest(), sweep.shard(), &engine, peak_memory())))
}

fn text(found: &Rehearsal, manifest: &Manifest, shard: Shard, engine: &str, memory: Option<u64>) -> String {
    let of = if shard.count > 1 { format!(" of shard {}/{}", shard.index, shard.count) } else { String::new() };
    let parts = if shard.parts > 1 { format!(" in {} parts", shard.parts) } else { String::new() };
    // a rehearsal knows the first stage alone
    let least = if manifest.targets.is_empty() { "about" } else { "at least" };
    let mut lines = vec![
        manifest.scenario.clone(),
        format!("points  {} to compute of {}{of}, {}{parts}", found.open, found.own, manifest.paths_in_words()),
    ];
    if found.open > 0 {
        lines.push(format!("time    {least} {} ({engine})", merge::duration(found.seconds)));
        lines.extend(memory.map(|bytes| format!("memory  about {}", size(bytes))));
        lines.push(format!("disk    about {}", size(found.disk)));
    }
    lines.iter().map(|line| format!(" {line}\n")).collect()
}

/// Bytes in the unit that people use, with two or three digits.
fn size(bytes: u64) -> String {
    let units = ["bytes", "kB", "MB", "GB", "TB", "PB", "EB"];
    let mut x = bytes as f64;
    let mut unit = 0;
    // what rounds to a thousand has the next unit
    while x >= 999.5 && unit + 1 < units.len() {
        x /= 1000.0;
        unit += 1;
    }
    let digits = usize::from(x < 9.95 && unit > 0);
    format!("{x:.digits$} {}", units[unit])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_few_digits() {
        assert_eq!(
            [0, 999, 1000, 25_821, 999_600, u64::MAX].map(size),
            ["0 bytes", "999 bytes", "1.0 kB", "26 kB", "1.0 MB", "18 EB"]
        );
    }
}
