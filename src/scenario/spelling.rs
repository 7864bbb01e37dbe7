//! Which known word a misspelt one was meant to be.

use super::context::Context;

/// Misspelt words longer than this are not compared with known ones.
const LONGEST_GUESS: usize = 60;

/// The known word that a misspelt one most resembles, if any comes close. Nothing once messages are only counted.
pub(super) fn nearest<'n>(context: &Context, word: &str, known: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    if context.is_full() || word.len() > LONGEST_GUESS { None } else { closest(word, known) }
}

/// The same outside of scenario files.
pub(crate) fn closest<'n>(word: &str, known: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    close(word, known).first().copied()
}

/// All known words that come close to a misspelt one, the nearest first, each once.
pub(crate) fn close<'n>(word: &str, known: impl Iterator<Item = &'n str>) -> Vec<&'n str> {
    let lower = word.to_lowercase();
    // A third of the letters may be wrong, but not the only one.
    let allowed = |candidate: &str| {
        let longest = word.len().max(candidate.len());
        (longest / 3).max(1).min(longest.saturating_sub(1))
    };
    let near = known.filter_map(|candidate| {
        let distance = strsim::damerau_levenshtein(&lower, &candidate.to_lowercase());
        (distance <= allowed(candidate)).then_some((distance, candidate))
    });
    let mut near: Vec<(usize, &str)> = near.collect();
    near.sort_by_key(|(distance, _)| *distance);
    let mut words = Vec::new();
    for (_, word) in near {
        if !words.contains(&word) {
            words.push(word);
        }
    }
    words
}
