//! Points that are begun: tallies of their first paths, which are kept so that a point that takes long survives a process
//! that does not.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use super::disk::BEGUN;
use super::error::{SweepError, damaged};
use super::shard::Piece;
use super::store::Store;
use crate::engine::BLOCK;
use crate::run::compare::ranges;
use crate::tally::{Tally, Word};

/// What a store has of pieces that are not done.
#[derive(Debug)]
pub struct Begun {
    pieces: BTreeMap<Piece, (u64, Vec<Word>)>,
    files: Vec<PathBuf>,
}

impl Begun {
    /// Reads what a store has. There is little of it, however large the sweep: what one process had in hand.
    pub fn read(store: &Store) -> Result<Self, SweepError> {
        let mut begun = Begun { pieces: BTreeMap::new(), files: Vec::new() };
        let parts = ranges(store.manifest.paths, store.shard.parts);
        let done = store.pieces();
        for part in store.tally_parts(BEGUN, &|_| true)? {
            let found: Vec<Piece> = part.pieces.keys().copied().collect();
            let words = match part.words(&found) {
                // its points are done by now, or there is another one in its place
                Err(_) if !store.is_writer() && !part.path.exists() => continue,
                words => words?,
            };
            for (piece, words) in found.into_iter().zip(words) {
                let paths = Tally::paths_of(&words).ok_or_else(|| damaged(&part.path))?;
                let all = parts.get(piece.1 as usize).map_or(0, |range| range.end - range.start);
                if paths >= all || paths % BLOCK as u64 != 0 {
                    return Err(damaged(&part.path));
                }
                // a process that was killed between two steps left the one before as well
                if !store.has(piece.0) && !done.contains(&piece) && paths > begun.paths(piece) {
                    begun.pieces.insert(piece, (paths, words));
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
        tally.set_words(words, *paths).then_some(()).ok_or_else(wrong)
    }

    /// Keeps tallies of pieces' first paths, instead of what was kept of them before: when this returns they are on the disk.
    pub fn keep<'a>(
        &mut self,
        store: &Store,
        tallies: impl Iterator<Item = (Piece, &'a Tally)>,
    ) -> Result<(), SweepError> {
        for (piece, tally) in tallies {
            self.pieces.insert(piece, (tally.paths, tally.words()));
        }
        let words: Vec<(Piece, &[Word])> =
            self.pieces.iter().map(|(piece, (_, words))| (*piece, words.as_slice())).collect();
        let file = if words.is_empty() { None } else { Some(store.write_words(BEGUN, &words)?.path) };
        let before = std::mem::replace(&mut self.files, file.into_iter().collect());
        remove(before.iter().filter(|path| !self.files.contains(path)));
        Ok(())
    }

    /// Forgets pieces that are done and in the store.
    pub fn forget(&mut self, done: impl Iterator<Item = Piece>) {
        done.for_each(|piece| {
            self.pieces.remove(&piece);
        });
        if self.pieces.is_empty() {
            remove(std::mem::take(&mut self.files).iter());
        }
    }
}

/// Should one stay, the next process removes it.
fn remove<'a>(files: impl Iterator<Item = &'a PathBuf>) {
    files.for_each(|path| {
        let _ = fs::remove_file(path);
    });
}
