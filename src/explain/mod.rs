//! What the words of files and results mean: keys of scenario files, figures, metrics, processes, and the numbers of results. All of it comes
//! from the registry, the schema of scenario files and the keys of results; examples come from the scenarios that `init` writes.

mod entry;
mod example;
mod find;
mod formula;
mod key;
mod number;
mod schema;
mod text;
mod word;

pub use entry::{Explanation, Line};
pub use find::{Group, Unknown, explain, groups, names, place_of};
pub use text::{list, page};
