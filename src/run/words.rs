//! Words of tallies as tables, for those who keep them on a disk.

use crate::storage::{Column, Table};
use crate::tally::Word;

/// Words as a table.
pub fn word_table(words: &[Word]) -> Table {
    let column = |of: fn(&Word) -> i64| Column::Whole(words.iter().map(of).collect());
    let columns: [(&str, Column); 4] = [
        ("item", column(|word| word.item)),
        ("index", column(|word| word.index)),
        ("key", column(|word| word.key)),
        ("value", column(|word| word.value)),
    ];
    columns.map(|(name, column)| (name.to_string(), column)).to_vec()
}

/// The words of a table that [`word_table`] made; `None` if it is another.
pub fn words(table: &Table) -> Option<Vec<Word>> {
    let columns = whole_columns::<4>(table)?;
    let word = |at: usize| {
        let [item, index, key, value] = columns.map(|column| column[at]);
        Word { item, index, key, value }
    };
    Some((0..columns[0].len()).map(word).collect())
}

/// A short hash of words.
pub fn words_hash(words: &[Word]) -> String {
    let bytes: Vec<u8> = words
        .iter()
        .flat_map(|word| [word.item, word.index, word.key, word.value])
        .flat_map(i64::to_le_bytes)
        .collect();
    blake3::hash(&bytes).to_hex()[..16].to_string()
}

/// The columns of a table of `N` whole numbers.
pub fn whole_columns<const N: usize>(table: &Table) -> Option<[&Vec<i64>; N]> {
    let columns = table.iter().map(|(_, column)| if let Column::Whole(all) = column { Some(all) } else { None });
    let columns: [&Vec<i64>; N] = columns.collect::<Option<Vec<_>>>()?.try_into().ok()?;
    columns.iter().all(|column| column.len() == columns[0].len()).then_some(columns)
}
