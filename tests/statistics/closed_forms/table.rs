//! Rows of docs/validation.md: how far each estimate of the CPU engine is off.

use super::case::{Check, DOUBLE, SINGLE};
use crate::page::power_of_ten;

/// A row for each thing that a case compares, of as many comparisons as there are periods or levels.
pub fn rows(case: &str, checks: &[Check]) -> Vec<String> {
    let mut kinds: Vec<&str> = Vec::new();
    for check in checks {
        if !kinds.contains(&check.what.as_str()) {
            kinds.push(&check.what);
        }
    }
    let row = |kind: &&str| {
        let of = |engine: &str| -> Vec<&Check> {
            checks.iter().filter(|check| check.what == *kind && check.engine == engine).collect()
        };
        let (single, double) = (of(SINGLE), of(DOUBLE));
        // what cannot have happened yet is compared, but does not count beside what is random
        let random = single.iter().filter(|check| !check.is_certain()).count();
        let count = if random == 0 { single.len() } else { random };
        let kind = kind.replace('_', " ");
        format!("| {case} | {kind} | {count} | {} | {} |", farthest(&single), farthest(&double))
    };
    kinds.iter().map(row).collect()
}

/// The z of the comparison that is farthest off; of what is not random, how far it is off.
fn farthest(checks: &[&Check]) -> String {
    if checks.iter().all(|check| check.is_certain()) {
        let relative = checks.iter().map(|check| check.relative()).fold(0.0, f64::max);
        return format!("certain, off by < {}", power_of_ten(relative));
    }
    let z = checks.iter().map(|check| check.z()).max_by(|a, b| a.abs().total_cmp(&b.abs()));
    format!("{:.2}", z.unwrap_or_default())
}
