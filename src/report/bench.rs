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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Stages;
    use crate::result::Machine;

    #[test]
    fn the_fastest_engine_at_the_most_paths_is_named() {
        let contender = |name: &str, paths: u64, seconds: &[f64]| Contender {
            name: name.into(),
            engine: name.into(),
            paths,
            different: 0.0,
            cold_seconds: 1.0,
            seconds: seconds.to_vec(),
            stages: Stages::default(),
            seconds_to_mean: None,
            seconds_to_shortfall: None,
        };
        let document = |contenders: Vec<Contender>| BenchDocument {
            schema_version: 1,
            scenario: "lab".into(),
            scenario_hash: String::new(),
            periods: 12,
            program_version: String::new(),
            program_commit: None,
            program_date: None,
            machine: Machine { system: String::new(), architecture: String::new(), threads: 2 },
            seed: 1,
            rounds: 3,
            compared_paths: 4096,
            contenders,
        };
        let all = vec![
            contender("CPU", 1_000, &[0.001, 0.001, 0.001]),
            contender("GPU", 1_000, &[0.1, 0.1, 0.1]),
            contender("CPU", 1_000_000, &[1.0, 1.2, 0.9]),
            contender("GPU", 1_000_000, &[0.5, 0.4, 0.5]),
            contender("old GPU", 1_000_000, &[]),
        ];
        assert_eq!(
            bench_sentences(&document(all)),
            [
                "At 1,000,000 paths, the fastest engine is GPU, which computes 2,000,000 paths per second.",
                "It is 2.0 times as fast as the next, CPU (1.8 to 3.0 over the rounds)."
            ]
        );
        assert_eq!(bench_sentences(&document(vec![contender("CPU", 1_000, &[0.001])])).len(), 1);
        assert!(bench_sentences(&document(Vec::new())).is_empty());
    }
}
