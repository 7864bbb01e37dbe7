//! Tables as a workbook (XLSX): a sheet for each table, behind one that lists them.

use std::collections::BTreeSet;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

use super::sheet::{Cell, Sheet};

/// Characters of a sheet's name, and of a text in a cell, that spreadsheets take.
const LONGEST_NAME: usize = 31;
const LONGEST_TEXT: usize = 32_000;
/// Pixels of a column.
const WIDEST: u32 = 420;
const FIRST: &str = "Tables";
const NOTE: &str = "Numbers are exact, in the unit that their row or heading gives.";

/// The workbook. The same tables make the same bytes.
pub fn written(sheets: &[Sheet]) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let written = ExcelDateTime::from_ymd(2000, 1, 1)?;
    book.set_properties(&DocProperties::new().set_creation_datetime(&written));
    let names = names(sheets);
    list(book.add_worksheet(), sheets, &names)?;
    for (sheet, name) in sheets.iter().zip(&names) {
        fill(book.add_worksheet(), sheet, name)?;
    }
    book.save_to_buffer()
}

fn list(page: &mut Worksheet, sheets: &[Sheet], names: &[String]) -> Result<(), XlsxError> {
    page.set_name(FIRST)?;
    let bold = Format::new().set_bold();
    for (column, heading) in ["sheet", "table", "rows"].into_iter().enumerate() {
        page.write_string_with_format(0, column as u16, heading, &bold)?;
    }
    for (row, (sheet, name)) in (1..).zip(sheets.iter().zip(names)) {
        text(page, row, 0, name)?;
        text(page, row, 1, &sheet.caption)?;
        page.write_number(row, 2, sheet.rows.len() as f64)?;
    }
    text(page, sheets.len() as u32 + 2, 0, NOTE)?;
    page.set_column_width(0, 34)?.set_column_width(1, 90)?;
    Ok(())
}

fn fill(page: &mut Worksheet, sheet: &Sheet, name: &str) -> Result<(), XlsxError> {
    page.set_name(name)?.set_freeze_panes(1, 0)?;
    let bold = Format::new().set_bold().set_text_wrap();
    for (column, heading) in (0..).zip(&sheet.headings) {
        page.write_string_with_format(0, column, cut(heading), &bold)?;
    }
    for (row, cells) in (1..).zip(&sheet.rows) {
        for (column, cell) in (0..).zip(cells) {
            match cell {
                Cell::Number(number) => page.write_number(row, column, *number).map(|_| ())?,
                Cell::Text(words) => text(page, row, column, words)?,
            }
        }
    }
    page.set_autofit_max_width(WIDEST).autofit();
    Ok(())
}

/// Writes a text, which is never read as a formula.
fn text(page: &mut Worksheet, row: u32, column: u16, words: &str) -> Result<(), XlsxError> {
    if words.is_empty() { Ok(()) } else { page.write_string(row, column, cut(words)).map(|_| ()) }
}

fn cut(words: &str) -> String {
    words.chars().take(LONGEST_TEXT).collect()
}

/// Names of sheets: the beginning of the caption, without what spreadsheets refuse, each once.
fn names(sheets: &[Sheet]) -> Vec<String> {
    let mut taken = BTreeSet::from([FIRST.to_lowercase(), "history".to_owned()]);
    let mut unused = |sheet: &Sheet| {
        let base = sheet.caption.split([';', ':', '.', ',']).next().unwrap_or_default();
        let base: String = base.chars().map(|c| if r"[]*?/\:'".contains(c) { ' ' } else { c }).collect();
        let base = Some(base.trim()).filter(|base| !base.is_empty()).unwrap_or("Table");
        let numbered = |place: usize| {
            let suffix = if place == 1 { String::new() } else { format!(" {place}") };
            shortened(base, LONGEST_NAME - suffix.len()).trim_end().to_owned() + &suffix
        };
        let mut candidates = (1..).map(numbered);
        candidates.find(|name| taken.insert(name.to_lowercase())).expect("numbers do not end")
    };
    sheets.iter().map(&mut unused).collect()
}

/// The beginning of a text, its length counted as spreadsheets do.
fn shortened(text: &str, most: usize) -> &str {
    let mut length = 0;
    let end = text.char_indices().find(|(_, c)| {
        length += c.len_utf16();
        length > most
    });
    end.map_or(text, |(end, _)| &text[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet(caption: &str, rows: Vec<Vec<Cell>>) -> Sheet {
        Sheet { caption: caption.into(), headings: vec!["a".into(), "b".into()], rows }
    }

    #[test]
    fn names_of_sheets_are_short_unique_and_allowed() {
        let captions = ["Figures of alpha; money", "figures of ALPHA", "", "a/b\\c?*[x]'", "Tables", "History"];
        let long = "😀".repeat(40);
        let all: Vec<Sheet> =
            captions.iter().chain([&long.as_str(), &long.as_str()]).map(|c| sheet(c, vec![])).collect();
        let names = names(&all);
        assert_eq!(
            names[..6],
            ["Figures of alpha", "figures of ALPHA 2", "Table", "a b c   x", "Tables 2", "History 2"]
        );
        assert!(names.iter().all(|name| name.encode_utf16().count() <= LONGEST_NAME), "{names:?}");
        assert!(written(&all).is_ok());
    }

    #[test]
    fn numbers_are_numbers_and_text_is_text() {
        let hostile = "=HYPERLINK(\"http://x\")";
        let rows =
            vec![vec![Cell::Text(hostile.into()), Cell::Number(0.1 + 0.2)], vec![Cell::Text("x".repeat(40_000))]];
        let book = written(&[sheet("Numbers", rows.clone())]).unwrap();
        assert_eq!(book, written(&[sheet("Numbers", rows)]).unwrap(), "the same tables make the same bytes");
        let mut archive = zip::ZipArchive::new(std::io::Cursor::new(book)).unwrap();
        let mut part = |name: &str| std::io::read_to_string(archive.by_name(name).unwrap()).unwrap();
        let page = part("xl/worksheets/sheet2.xml");
        assert!(page.contains("<v>0.30000000000000004</v>") && !page.contains("<f>"), "{page}");
        assert!(part("xl/sharedStrings.xml").contains("=HYPERLINK("));
    }
}
