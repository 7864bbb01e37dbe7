//! Parts of a store: Parquet files that say in their footers which sweep and which points they are of.
//!
//! A store is opened by what its footers say, so that opening does not read what is done. The note in a footer has a checksum of
//! its own, and the hash in a part's name is compared with its content when that is used.

use std::fs::File;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::design::Points;
use super::disk;
use super::error::{SweepError, damaged};
use super::ranges::{Ranges, ascend, numbers};
use super::rows::plain;
use super::shard::Piece;
use crate::storage::{Table, TableReader, parquet};

/// The key of a note in a file's footer.
const KEY: &str = "overhang";
/// Numbers and texts of a batch at most.
const MOST_CELLS: usize = 1 << 28;

/// What a part says of itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Note {
    /// The identity of the manifest.
    pub sweep: String,
    /// The hash of the numbers and values of its points.
    pub values: String,
    /// Its points.
    pub points: Ranges,
    /// Those of them that failed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub failed: Ranges,
    /// The pieces whose tallies are its batches, with the hashes of their words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pieces: Vec<(usize, u64, String)>,
}

impl Note {
    /// The pieces.
    pub fn pieces(&self) -> impl Iterator<Item = Piece> + '_ {
        self.pieces.iter().map(|(point, part, _)| (*point, *part))
    }

    /// Whether it is of this sweep, and of points that this store knows by the same values.
    pub fn belongs(&self, sweep: &str, points: &Points) -> bool {
        let values = || values_hash(points, numbers(&self.points));
        self.sweep == sweep && ascend(&self.points) && values().is_some_and(|hash| hash == self.values)
    }
}

/// The hash of numbers and values of points; `None` if a point is not known.
pub fn values_hash(points: &Points, chosen: impl Iterator<Item = usize>) -> Option<String> {
    let mut hasher = blake3::Hasher::new();
    for point in chosen {
        let row = points.rows.get(point).filter(|row| row.len() == points.paths.len())?;
        hasher.update(point.to_string().as_bytes());
        for value in row {
            hasher.update(b"\t");
            hasher.update(plain(value).as_bytes());
        }
        hasher.update(b"\n");
    }
    Some(hasher.finalize().to_hex()[..32].to_string())
}

/// Batches, each a table, and a note as the bytes of a file.
pub fn encode<T: Sync>(
    path: &Path,
    batches: &[T],
    table: impl Fn(&T) -> Table + Sync,
    note: &impl Serialize,
) -> Result<Vec<u8>, SweepError> {
    let text = serde_json::json!(note).to_string();
    let text = format!("{} {text}", disk::short_hash(text.as_bytes()));
    parquet::encode(batches, table, (KEY, text)).map_err(|error| SweepError::unwritable(path, error))
}

/// Writes a part, whose name says what it begins and ends with.
pub fn write<T: Sync>(
    folder: &Path,
    kind: &str,
    (first, last): (usize, usize),
    (batches, table): (&[T], impl Fn(&T) -> Table + Sync),
    note: &Note,
) -> Result<PathBuf, SweepError> {
    let bytes = encode(folder, batches, table, note)?;
    let path = folder.join(disk::part_name(kind, first, last, &bytes));
    match disk::read_if_there(&path, disk::MOST_PART)? {
        None => disk::write(&path, &bytes)?,
        Some(found) if found == bytes => (),
        // another part under this one's name may be the only copy of what it has
        Some(_) => return Err(damaged(&path)),
    }
    Ok(path)
}

/// A file of a store that is read batch by batch.
pub struct Reader<R: ::parquet::file::reader::ChunkReader + 'static> {
    path: PathBuf,
    table: TableReader<R>,
}

/// Opens a part to read what it says, or some of its batches; `None` if it is gone, since whoever writes to a store removes tallies
/// that are joined.
pub fn open(path: &Path) -> Result<Option<Reader<File>>, SweepError> {
    match disk::open(path, disk::MOST_PART) {
        Ok(file) => Reader::new(path, file).map(Some),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(SweepError::unreadable(path, error)),
    }
}

/// Reads a part whose content must be what its name says.
pub fn read_whole(path: &Path) -> Result<Reader<Bytes>, SweepError> {
    let bytes = disk::read(path, disk::MOST_PART).map_err(|error| SweepError::unreadable(path, error))?;
    if !disk::is_whole(path, &bytes) {
        return Err(damaged(path));
    }
    Reader::new(path, Bytes::from(bytes))
}

impl<R: ::parquet::file::reader::ChunkReader + 'static> Reader<R> {
    /// Reads the footer of a file.
    pub fn new(path: &Path, source: R) -> Result<Self, SweepError> {
        let table = TableReader::new(source).map_err(|_| damaged(path))?;
        Ok(Reader { path: path.to_owned(), table })
    }

    /// The note; `None` if there is none, as in stores of version 1.
    pub fn note<N: DeserializeOwned>(&self) -> Result<Option<N>, SweepError> {
        let Some(note) = self.table.note(KEY) else { return Ok(None) };
        let text = note.split_once(' ').filter(|(hash, text)| disk::short_hash(text.as_bytes()) == *hash);
        let note = text.and_then(|(_, text)| serde_json::from_str(text).ok());
        note.map(Some).ok_or_else(|| damaged(&self.path))
    }

    /// The number of batches.
    pub fn batches(&self) -> usize {
        self.table.batches()
    }

    /// One batch.
    pub fn batch(&self, index: usize) -> Result<Table, SweepError> {
        self.refuse_size(self.table.batch_cells(index))?;
        self.table.batch(index).map_err(|_| damaged(&self.path))
    }

    /// All batches together.
    pub fn read(&self) -> Result<Table, SweepError> {
        self.refuse_size((0..self.batches()).map(|index| self.table.batch_cells(index)).sum())?;
        self.table.read().map_err(|_| damaged(&self.path))
    }

    fn refuse_size(&self, cells: Option<usize>) -> Result<(), SweepError> {
        if cells.is_some_and(|cells| cells <= MOST_CELLS) {
            return Ok(());
        }
        Err(SweepError::unreadable(&self.path, "its footer claims more rows than a part can have"))
    }
}

/// A part of another store.
pub fn foreign(path: &Path) -> SweepError {
    SweepError::failed(
        format!(
            "`{}` does not belong to this store: it has results of another sweep or of other points",
            path.display()
        ),
        "move the file back to its own store, or remove it: the next sweep then computes the points missing here",
    )
}
