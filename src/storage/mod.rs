//! Files: whole or not at all, and tables in Parquet, our own and those of others.

mod atomic;
mod ending;
pub mod foreign;
mod host;
pub mod parquet;
mod unfinished;

pub use atomic::{UNFINISHED, check_output, place_new, write_output, write_whole};
pub(crate) use atomic::{followed, sync_folder};
pub use ending::{Written, WrongEnding, check_ending};
pub use host::host;
pub use parquet::{Column, Table, TableReader, TableWriter};
pub(crate) use unfinished::parent;
pub use unfinished::{Unfinished, remove_unfinished};
