//! Files: whole or not at all, and tables in Parquet, our own and those of others.

mod atomic;
mod ending;
mod folder;
pub mod foreign;
mod host;
pub mod parquet;
mod unfinished;

pub use atomic::{UNFINISHED, append, check_output, place_new, write_into, write_new, write_output, write_whole};
pub use ending::{Written, WrongEnding, check_ending};
pub use folder::{Folder, FolderError, Refusal};
pub use host::{host, peak_memory};
pub use parquet::{Column, Table, TableReader, TableWriter};
pub use unfinished::{Unfinished, remove_unfinished};
