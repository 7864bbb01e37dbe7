//! Tables of a page, read back from its markup.

/// A table of a page.
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    pub caption: String,
    pub headings: Vec<String>,
    pub rows: Vec<Vec<Cell>>,
}

/// A cell of a table.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    Text(String),
    /// In the unit that the table shows it in.
    Number(f64),
}

/// A number divided by a power of ten, rounded once.
fn scaled(value: &str, power: i32) -> Option<f64> {
    format!("{value}e{}", -power).parse().ok().filter(|number: &f64| number.is_finite())
}

/// All tables of a page, in its order.
pub fn sheets(page: &str) -> Vec<Sheet> {
    elements(page, "table").map(sheet).collect()
}

fn sheet(table: &str) -> Sheet {
    let mut rows = elements(table, "tr");
    let headings = rows.next().map(|row| cells(row).map(text).collect()).unwrap_or_default();
    let caption = elements(table, "caption").next().map(text).unwrap_or_default();
    Sheet { caption, headings, rows: rows.map(|row| cells(row).map(cell).collect()).collect() }
}

/// The cells of a row: its first one may be a heading.
fn cells(row: &str) -> impl Iterator<Item = &str> {
    row.split("</t").filter_map(|part| {
        let start = ["<td", "<th"].iter().filter_map(|tag| part.find(tag)).min()?;
        part[start..].split_once('>').map(|(_, content)| content)
    })
}

fn cell(content: &str) -> Cell {
    let number = content.split_once("<data ").and_then(|(_, data)| {
        let attribute = |name: &str| data.split_once(&format!("{name}=\""))?.1.split('"').next();
        let power = attribute("data-power").map_or(Some(0), |power| power.parse().ok())?;
        scaled(attribute("value")?, power)
    });
    number.map_or_else(|| Cell::Text(text(content)), Cell::Number)
}

/// What is inside the elements of a name, of which none stands within another.
fn elements<'a>(markup: &'a str, name: &str) -> impl Iterator<Item = &'a str> {
    let (open, close) = (format!("<{name}"), format!("</{name}>"));
    let mut rest = markup;
    std::iter::from_fn(move || {
        loop {
            let (_, after) = rest.split_once(open.as_str())?;
            rest = after;
            // otherwise another name only begins like this one
            if after.starts_with(['>', ' ']) {
                let (_, content) = after.split_once('>')?;
                let (inside, behind) = content.split_once(close.as_str())?;
                rest = behind;
                return Some(inside);
            }
        }
    })
}

/// The text of some markup of ours.
fn text(markup: &str) -> String {
    let (mut text, mut rest) = (String::new(), markup);
    while let Some((before, tag)) = rest.split_once('<') {
        text.push_str(before);
        rest = tag.split_once('>').map_or("", |(_, behind)| behind);
    }
    text.push_str(rest);
    let plain = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&");
    plain.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use maud::html;

    use super::super::{Entry, table};
    use super::*;

    #[test]
    fn tables_are_read_back_with_numbers_in_the_unit_that_they_are_shown_in() {
        let hostile = "</table><script>alert(1)</script> & \"<b>\" &amp; =1+1";
        let rows = vec![
            vec![
                Entry::text(hostile),
                Entry::text("$bn"),
                Entry::number("34.299".into(), Some(34299216343.3472)),
                Entry::placed("7.61".into(), Some(0.07605), "a.b"),
            ],
            vec![
                Entry::text(""),
                Entry::text("$bn"),
                Entry::number("0.000".into(), Some(1000.0)),
                Entry::number("–".into(), None),
            ],
        ];
        let headings = ["figure", "unit", "mean", "probability, %"].map(str::to_owned);
        let page = html! {
            main { p { "<table>" } (table("Of <a>", &headings, &rows, true)) (table("Second", &headings[..1], &rows[..0], false)) }
        };
        let found = sheets(&page.into_string());
        assert_eq!(found.len(), 2);
        assert_eq!((found[0].caption.as_str(), &found[0].headings[..]), ("Of <a>", &headings[..]));
        let text = |text: &str| Cell::Text(text.to_owned());
        let short = crate::text::harmless::short(hostile, 80);
        assert_eq!(found[0].rows[0], [text(&short), text("$bn"), Cell::Number(34.2992163433472), Cell::Number(7.605)]);
        assert_eq!(found[0].rows[1], [text(""), text("$bn"), Cell::Number(1e-6), text("–")]);
        assert_eq!((found[1].caption.as_str(), found[1].rows.len()), ("Second", 0));
    }
}
