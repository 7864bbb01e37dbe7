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
    let lower = word.to_lowercase();
    let distance = |candidate: &str| strsim::damerau_levenshtein(&lower, &candidate.to_lowercase());
    // A third of the letters may be wrong, but not the only one.
    let close = |candidate: &str| {
        let longest = word.len().max(candidate.len());
        distance(candidate) <= (longest / 3).max(1).min(longest - 1)
    };
    known.filter(|candidate| close(candidate)).min_by_key(|candidate| distance(candidate))
}
