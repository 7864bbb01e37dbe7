//! A benchmark as tables and pages show it.

use crate::result::{BenchDocument, Contender};
use crate::text::harmless::harmless;
use crate::text::numbers::{count, significant};

/// Which engine is the fastest at the largest number of paths, and by how much, in sentences.
pub fn bench_sentences(document: &BenchDocument) -> Vec<String> {
    let timed = || document.contenders.iter().filter(|of| !of.seconds.is_empty());
    let Some(paths) = timed().map(|of| of.paths).max() else { return Vec::new() };
    let mut alike: Vec<&Contender> = timed().filter(|of| of.paths == paths).collect();
    alike.sort_by(|a, b| a.warm().median.total_cmp(&b.warm().median));
    let Some((fastest, others)) = alike.split_first() else { return Vec::new() };
    let pace = count((paths as f64 / fastest.warm().median).round() as u64);
    let first = format!(
        "At {} paths, the fastest engine is {}, which computes {pace} paths per second.",
        count(paths),
        harmless(&fastest.name)
    );
    let second = others.first().map(|next| {
        let ratio = fastest.speed_up(next);
        let [median, low, high] = [ratio.median, ratio.low, ratio.high].map(|x| significant(x, 2));
        format!("It is {median} times as fast as the next, {} ({low} to {high} over the rounds).", harmless(&next.name))
    });
    std::iter::once(first).chain(second).collect()
}
