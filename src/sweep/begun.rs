//! Points that are begun: tallies of their first paths, which are kept so that a point that takes long survives a process
//! that does not.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use super::disk::BEGUN;
use super::error::{SweepError, damaged};
use super::scrambles::Scrambles;
use super::shard::Piece;
use super::store::Store;
use crate::engine::BLOCK;
use crate::run::compare::ranges;
use crate::run::stages::Stages;
use crate::tally::{Tally, Word};

/// What a store has of pieces that are not done.
#[derive(Debug)]
pub struct Begun {
    scrambles: Scrambles,
    pieces: BTreeMap<Piece, (u64, Vec<Word>)>,
    /// By piece with targets, the words of its stages.
    stages: BTreeMap<Piece, Vec<Word>>,
    files: Vec<PathBuf>,
}

impl Begun {
    /// Reads what a store has. There is little of it, however large the sweep: what one process had in hand.
    pub fn read(store: &Store) -> Result<Self, SweepError> {
        let scrambles = Scrambles::of(&store.manifest);
        let mut begun = Begun { scrambles, pieces: BTreeMap::new(), stages: BTreeMap::new(), files: Vec::new() };
        let parts = ranges(scrambles.places(store.manifest.paths), store.shard.parts);
        let done = store.pieces();
        for part in store.tally_parts(BEGUN, &|_| true)? {
            let found: Vec<Piece> = part.pieces.keys().copied().collect();
            let words = match part.words(&found) {
                // its points are done by now, or there is another one in its place
                Err(_) if !store.is_writer() && !part.path.exists() => continue,
                words => words?,
            };
            for (piece, words) in found.into_iter().zip(words) {
                let (stages, words): (Vec<Word>, Vec<Word>) = words.into_iter().partition(|word| word.item >= STAGE);
                let paths = Tally::paths_of(&words).ok_or_else(|| damaged(&part.path))?;
                let places = scrambles.places(paths);
                let all = parts.get(piece.1 as usize).map_or(0, |range| range.end - range.start);
                // a point with targets waits for the others of its batch when its paths are done
                let too_many = if stages.is_empty() { places >= all } else { places > all };
                if too_many || !places.is_multiple_of(BLOCK as u64) || paths != scrambles.paths(places) {
                    return Err(damaged(&part.path));
                }
                // a process that was killed between two steps left the one before as well
                if !store.has(piece.0) && !done.contains(&piece) && paths > begun.paths(piece) {
                    begun.pieces.insert(piece, (paths, words));
                    begun.stages.insert(piece, stages);
                }
            }
            begun.files.push(part.path);
        }
        Ok(begun)
    }

    /// How many of a piece's paths are done, from its first on.
    pub fn paths(&self, piece: Piece) -> u64 {
        self.pieces.get(&piece).map_or(0, |(paths, _)| *paths)
    }

    /// All pieces that are begun, with the paths that are done.
    pub fn pieces(&self) -> impl Iterator<Item = (Piece, u64)> + '_ {
        self.pieces.iter().map(|(piece, (paths, _))| (*piece, *paths))
    }

    /// Puts what is known of a piece into a tally that was empty.
    pub fn fill(&self, piece: Piece, tally: &mut Tally) -> Result<(), SweepError> {
        let Some((paths, words)) = self.pieces.get(&piece) else { return Ok(()) };
        let wrong = || damaged(self.files.first().map_or(BEGUN.as_ref(), |path| path.as_path()));
        let is_set = tally.set_words(words, *paths) && self.scrambles.fit(tally);
        is_set.then_some(()).ok_or_else(wrong)
    }

    /// The stages of a point with targets, from new ones.
    pub(super) fn stages(&self, piece: Piece, new: Stages) -> Result<Stages, SweepError> {
        let Some(words) = self.stages.get(&piece) else { return Ok(new) };
        let wrong = || damaged(self.files.first().map_or(BEGUN.as_ref(), |path| path.as_path()));
        restored(new, words).ok_or_else(wrong)
    }

    /// Keeps tallies of pieces' first paths, instead of what was kept of them before: when this returns they are on the disk.
    pub fn keep<'a>(
        &mut self,
        store: &Store,
        tallies: impl Iterator<Item = (Piece, &'a Tally, Vec<Word>)>,
    ) -> Result<(), SweepError> {
        for (piece, tally, stages) in tallies {
            self.pieces.insert(piece, (tally.paths, tally.words()));
            self.stages.insert(piece, stages);
        }
        let all = |(piece, (_, words)): (&Piece, &(u64, Vec<Word>))| {
            let stages = self.stages.get(piece).into_iter().flatten();
            (*piece, words.iter().chain(stages).copied().collect())
        };
        let all: Vec<(Piece, Vec<Word>)> = self.pieces.iter().map(all).collect();
        let words: Vec<(Piece, &[Word])> = all.iter().map(|(piece, words)| (*piece, words.as_slice())).collect();
        let file = if words.is_empty() { None } else { Some(store.write_words(BEGUN, &words)?.path) };
        let before = std::mem::replace(&mut self.files, file.into_iter().collect());
        remove(before.iter().filter(|path| !self.files.contains(path)));
        Ok(())
    }

    /// Forgets pieces that are done and in the store.
    pub fn forget(&mut self, done: impl Iterator<Item = Piece>) {
        done.for_each(|piece| {
            self.pieces.remove(&piece);
            self.stages.remove(&piece);
        });
        if self.pieces.is_empty() {
            remove(std::mem::take(&mut self.files).iter());
        }
    }
}

/// Items of words of stages, beyond those of tallies: `key` is the number of a stage, `value` where it ended; or where the stage
/// under way ends, [`MET`] or [`UNMET`] if all are done; or the bits of the half-width of a target, whose number is `index`, at the end of a stage.
const STAGE: i64 = 100;
const NEXT: i64 = 101;
const HALF_WIDTH: i64 = 102;
const UNMET: i64 = 0;
const MET: i64 = -1;

/// Stages as words.
pub(super) fn stage_words(stages: &Stages) -> Vec<Word> {
    let ends = stages.ends();
    let next = stages.next().map_or(if stages.is_met() { MET } else { UNMET }, |end| end as i64);
    let end = (0..).zip(ends).map(|(key, &end)| Word { item: STAGE, index: 0, key, value: end as i64 });
    let halves = (0..).zip(stages.half_widths()).flat_map(|(index, halves)| {
        let bits = |half: Option<f64>| half.unwrap_or(f64::NAN).to_bits() as i64;
        (0..).zip(halves).map(move |(key, half)| Word { item: HALF_WIDTH, index, key, value: bits(half) })
    });
    end.chain([Word { item: NEXT, index: 0, key: 0, value: next }]).chain(halves).collect()
}

/// Stages from their words; `None` if they cannot be theirs.
fn restored(new: Stages, words: &[Word]) -> Option<Stages> {
    let of = |item: i64| words.iter().filter(move |word| word.item == item);
    let ends: Vec<u64> = of(STAGE).map(|word| u64::try_from(word.value).ok()).collect::<Option<_>>()?;
    let next = of(NEXT).next()?.value;
    let half = |target: usize, stage: usize| {
        let found = of(HALF_WIDTH).find(|word| (word.index, word.key) == (target as i64, stage as i64))?;
        Some(Some(f64::from_bits(found.value as u64)).filter(|half| !half.is_nan()))
    };
    let halves = |target| (0..ends.len()).map(|stage| half(target, stage)).collect::<Option<Vec<_>>>();
    let halves = (0..new.targets().len()).map(halves).collect::<Option<Vec<_>>>()?;
    Some(new.restore(ends, &halves, u64::try_from(next).ok().filter(|_| next != UNMET), next == MET))
}

/// Should one stay, the next process removes it.
fn remove<'a>(files: impl Iterator<Item = &'a PathBuf>) {
    files.for_each(|path| {
        let _ = fs::remove_file(path);
    });
}
