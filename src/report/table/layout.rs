//! The look of the terminal's tables: columns two spaces apart, a thin line under the header, nothing else.

use comfy_table::{CellAlignment, ContentArrangement, LineStyle, Table, TableStyle};

use crate::text::words::wrapped;

/// Characters of a line of sentences: wider ones are hard to read.
const MEASURE: u16 = 100;

/// A column's title, with its unit if it has one.
pub fn titled(name: &str, unit: &str) -> String {
    if unit.is_empty() { name.to_owned() } else { format!("{name}, {unit}") }
}

/// Where a column's text stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    Left,
    Right,
    /// Left, and close to what stands in the column before.
    Beside,
}

/// A column: its header and where its text stands.
pub type Column<'a> = (&'a str, Align);

/// The table as text, without line feed at the end. Cells wrap if it would be wider than `width`.
pub fn grid(columns: &[Column], rows: Vec<Vec<String>>, width: u16) -> String {
    let rule = LineStyle::none().fill('─').junction('─');
    let mut table = Table::new();
    table
        .force_no_tty()
        .load_style(TableStyle::new().header_separator(rule))
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(width)
        .set_header(columns.iter().map(|&(header, _)| header));
    table.add_rows(rows);
    for (column, &(_, align)) in table.column_iter_mut().zip(columns) {
        // one space more always stands between columns
        column.set_padding((u16::from(align != Align::Beside), 0));
        column.set_cell_alignment(if align == Align::Right { CellAlignment::Right } else { CellAlignment::Left });
    }
    table.trim_fmt()
}

/// A table of rows that begin with a name: the first column is left-aligned, and the others right-aligned.
pub fn named_grid(headings: &[impl AsRef<str>], rows: Vec<Vec<String>>, width: u16) -> String {
    let align = |place| if place == 0 { Align::Left } else { Align::Right };
    let columns: Vec<Column> = headings.iter().enumerate().map(|(place, name)| (name.as_ref(), align(place))).collect();
    grid(&columns, rows, width)
}

/// Sentences in lines that are easily read, each sentence on lines of its own and each line behind a space.
pub fn paragraphs(sentences: &[String], width: u16) -> String {
    let all: Vec<String> = sentences.iter().map(|sentence| paragraph(sentence, width.min(MEASURE))).collect();
    all.join("\n")
}

/// A paragraph in lines of at most `width` characters, each behind a space. Longer words have lines of their own.
fn paragraph(text: &str, width: u16) -> String {
    if text.is_empty() {
        return String::new();
    }
    // a space stands before each line, and one is left free behind it
    let room = usize::from(width).max(20) - 2;
    wrapped(text, room).iter().map(|line| format!(" {line}")).collect::<Vec<_>>().join("\n")
}

/// Whether a character is a part of a bar.
pub fn is_bar(c: char) -> bool {
    ('▉'..='▏').contains(&c) || c == '█'
}

/// A share from 0 to 1 as a bar of at most `length` characters.
pub fn bar(share: f64, length: u32) -> String {
    const PARTS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    let eighths = (share.clamp(0.0, 1.0) * f64::from(length) * 8.0).round() as usize;
    format!("{}{}", "█".repeat(eighths / 8), PARTS[eighths % 8])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_align_and_lines_end_with_text() {
        let rows = vec![vec!["cost".to_owned(), "1.50".to_owned()], vec!["use".to_owned(), "10.25".to_owned()]];
        let text = grid(&[("figure", Align::Left), ("mean", Align::Right)], rows, 80);
        assert_eq!(text, " figure   mean\n──────────────\n cost     1.50\n use     10.25");
    }

    #[test]
    fn errors_stand_beside_their_values() {
        let row = vec!["1.50".to_owned(), "± 0.01".to_owned(), "7".to_owned()];
        let text = grid(&[("mean", Align::Right), ("± se", Align::Beside), ("sd", Align::Right)], vec![row], 80);
        assert_eq!(text.lines().last(), Some(" 1.50 ± 0.01   7"));
    }

    #[test]
    fn a_narrow_terminal_wraps() {
        let row = vec!["a name of many words".to_owned(), "1".to_owned()];
        let text = grid(&[("figure", Align::Left), ("mean", Align::Right)], vec![row], 20);
        assert!(text.lines().all(|line| line.chars().count() <= 20), "{text}");
    }

    #[test]
    fn paragraphs_break_between_words() {
        assert_eq!(paragraph("one two  three four five six", 20), " one two three four\n five six");
        assert_eq!(
            paragraph("a-word-of-more-than-twenty-characters x", 0),
            " a-word-of-more-than-twenty-characters\n x"
        );
        assert_eq!(paragraph("", 80), "");
    }

    #[test]
    fn bars_grow_by_eighths() {
        assert_eq!(bar(0.0, 4), "");
        assert_eq!(bar(0.5, 4), "██");
        assert_eq!(bar(1.0, 4), "████");
        assert_eq!(bar(0.5 + 1.0 / 32.0, 4), "██▏");
    }
}
