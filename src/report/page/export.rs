//! The tables of a page, for spreadsheets. They are read back from the page itself, so that whatever a section shows in a table
//! can be taken away, and sections need not know of it.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use maud::html;

use super::{sheet, workbook};

/// A workbook that makes a page longer than this is not part of it, in characters.
const LONGEST_LINK: usize = 150_000;
const KIND: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const END: &str = "</main>";

/// The page with a link to its tables as a workbook, if it has any and they are not too large.
pub fn offered(page: String) -> String {
    let sheets = sheet::sheets(&page);
    let Some(end) = page.rfind(END).filter(|_| !sheets.is_empty()) else { return page };
    let Some(book) = workbook::written(&sheets).ok().map(|book| BASE64_STANDARD.encode(book)) else { return page };
    if book.len() > LONGEST_LINK {
        return page;
    }
    let link = html! {
        p.export { a download="tables.xlsx" href=(format!("data:{KIND};base64,{book}")) { "All tables as a workbook (XLSX)" } }
    };
    [&page[..end], &link.into_string(), &page[end..]].concat()
}

/// By which power of ten a number is divided where it is shown: 9 in billions, −2 in percent. What is shown tells it; where that is
/// rounded to nothing, the unit of the row or the heading of the column does.
pub fn power(shown: &str, value: f64, heading: &str, unit: Option<&str>) -> i32 {
    let plain: String = shown.chars().filter(|c| !matches!(c, '±' | ',' | '+' | ' ')).collect();
    let Ok(read) = plain.parse::<f64>() else { return 0 };
    if read != 0.0 && value != 0.0 {
        let found = (value / read).abs().log10().round() as i32;
        return if [-2, 3, 6, 9, 12].contains(&found) { found } else { 0 };
    }
    if heading.ends_with('%') {
        return -2;
    }
    let unit = unit.unwrap_or_default();
    let amount = unit.rsplit(", ").next().and_then(|unit| unit.split('/').next()).unwrap_or_default().trim();
    let letters = amount.trim_start_matches(|c: char| !c.is_ascii_lowercase());
    [("tn", 12), ("bn", 9), ("m", 6), ("k", 3)].iter().find(|(name, _)| *name == letters).map_or(0, |(_, power)| *power)
}

#[cfg(test)]
mod tests {
    use super::super::{Entry, table};
    use super::*;

    #[test]
    fn powers_are_those_of_what_is_shown() {
        for (shown, value, heading, unit, expected) in [
            ("1", 0.95e9, "mean", Some("$bn"), 9),
            ("-824.9", -824868900.0, "mean", Some("$m"), 6),
            ("± 0.0015", 1.5e6, "se", Some("$bn"), 9),
            ("1,234", 1234.0, "paths", None, 0),
            ("12%", 0.12, "share", Some("$bn"), 0),
            ("0.0", 0.0000001, "probability, %", None, -2),
            ("0", 12.0, "mean", Some("cost, $k/GW-yr"), 3),
            ("0", 1e-9, "used", Some("GW-yr"), 0),
            ("0.000", 2.0, "mean", Some("$m"), 6),
            ("∞", f64::INFINITY, "ratio", None, 0),
        ] {
            assert_eq!(power(shown, value, heading, unit), expected, "{shown}");
        }
    }

    #[test]
    fn a_page_offers_its_tables_unless_they_are_too_large_or_there_are_none() {
        let page = |rows: usize| {
            let row = |place: usize| vec![Entry::text(format!("{:x}", place.wrapping_mul(0x9e37_79b9_7f4a_7c15)))];
            let rows: Vec<Vec<Entry>> = (0..rows).map(row).collect();
            html! { main { (table("Rows", &["row".to_owned()], &rows, false)) } }.into_string()
        };
        let small = offered(page(3));
        assert!(small.contains("download=\"tables.xlsx\"") && small.ends_with("</p></main>"), "{small}");
        assert_eq!(offered(page(3)), small, "the same page has the same workbook");
        assert_eq!(offered(page(20_000)), page(20_000));
        assert_eq!(offered("<main></main>".into()), "<main></main>");
    }
}
