//! Tallies of pieces in parts: a batch of words for each piece, so that one is read without the others.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::design::Points;
use super::error::{SweepError, damaged};
use super::part::{self, Note, foreign, values_hash};
use super::ranges::ranges;
use super::shard::Piece;
use crate::run::words::{whole_columns, word_table, words, words_hash};
use crate::tally::Word;

/// Pieces of a part at most: its footer is read for each of them.
pub const MOST_PIECES: usize = 64;

/// A part, and where its pieces are.
#[derive(Debug)]
pub struct TallyPart {
    pub path: PathBuf,
    /// By piece, its batch and the hash of its words; no hash in a store of version 1, whose parts are one batch.
    pub pieces: BTreeMap<Piece, Option<(usize, String)>>,
}

/// Writes words of pieces as a part.
pub fn write(
    folder: &Path,
    kind: &str,
    sweep: &str,
    points: &Points,
    pieces: &[(Piece, &[Word])],
) -> Result<TallyPart, SweepError> {
    let hashes: Vec<String> = pieces.iter().map(|(_, words)| words_hash(words)).collect();
    let mut numbers: Vec<usize> = pieces.iter().map(|((point, _), _)| *point).collect();
    let ends = (numbers.first().copied().unwrap_or(0), numbers.last().copied().unwrap_or(0));
    numbers.sort_unstable();
    numbers.dedup();
    let values = values_hash(points, numbers.iter().copied()).unwrap_or_default();
    let listed = pieces.iter().zip(&hashes).map(|(((point, part), _), hash)| (*point, *part, hash.clone())).collect();
    let note = Note { sweep: sweep.to_owned(), values, points: ranges(numbers), failed: Vec::new(), pieces: listed };
    let path = part::write(folder, kind, ends, (pieces, |(_, words): &(Piece, &[Word])| word_table(words)), &note)?;
    let places = pieces.iter().zip(hashes).enumerate().map(|(batch, ((piece, _), hash))| (*piece, Some((batch, hash))));
    Ok(TallyPart { path, pieces: places.collect() })
}

/// What a part has, if it is of this sweep; `None` if it is gone. `old` are parts that say nothing of themselves.
pub fn open(path: &Path, sweep: &str, points: &Points, old: bool) -> Result<Option<TallyPart>, SweepError> {
    let Some(reader) = part::open(path)? else { return Ok(None) };
    let known = |point: usize| points.rows.get(point).is_some_and(|row| row.len() == points.paths.len());
    let pieces: BTreeMap<Piece, Option<(usize, String)>> = match reader.note::<Note>()? {
        Some(note) => {
            let pieces = note.pieces().next().is_some() && note.pieces().all(|(point, _)| known(point));
            if !pieces || !note.belongs(sweep, points) {
                return Err(foreign(path));
            }
            let places = note.pieces.into_iter().enumerate();
            places.map(|(batch, (point, part, hash))| ((point, part), Some((batch, hash)))).collect()
        }
        None if old => old_words(path)?.into_keys().map(|piece| (piece, None)).collect(),
        None => return Err(foreign(path)),
    };
    if !pieces.keys().all(|(point, _)| known(*point)) {
        return Err(foreign(path));
    }
    Ok(Some(TallyPart { path: path.to_owned(), pieces }))
}

impl TallyPart {
    /// The words of some of its pieces, one after the other.
    pub fn words(&self, wanted: &[Piece]) -> Result<Vec<Vec<Word>>, SweepError> {
        if self.pieces.values().any(Option::is_none) {
            let mut all = old_words(&self.path)?;
            return wanted.iter().map(|piece| all.remove(piece).ok_or_else(|| damaged(&self.path))).collect();
        }
        let reader = part::open(&self.path)?.ok_or_else(|| gone(&self.path))?;
        let read = |piece: &Piece| {
            let (batch, hash) = self.pieces.get(piece)?.as_ref()?;
            Some(reader.batch(*batch).map(|table| words(&table).filter(|words| words_hash(words) == *hash)))
        };
        let whole = |piece: &Piece| read(piece).transpose()?.flatten().ok_or_else(|| damaged(&self.path));
        wanted.iter().map(whole).collect()
    }
}

fn gone(path: &Path) -> SweepError {
    SweepError::failed(
        format!("`{}` has disappeared: another process has joined the parts of its points", path.display()),
        "wait until that process is done, then try again",
    )
}

/// The words of a part of version 1, which has all pieces in one table.
fn old_words(path: &Path) -> Result<BTreeMap<Piece, Vec<Word>>, SweepError> {
    let table = part::read_whole(path)?.read()?;
    let columns = whole_columns::<6>(&table).ok_or_else(|| damaged(path))?;
    let mut found: BTreeMap<Piece, Vec<Word>> = BTreeMap::new();
    for at in 0..columns[0].len() {
        let [point, part, item, index, key, value] = columns.map(|column| column[at]);
        let (Ok(point), Ok(part)) = (usize::try_from(point), u64::try_from(part)) else { return Err(damaged(path)) };
        found.entry((point, part)).or_default().push(Word { item, index, key, value });
    }
    Ok(found)
}
