//! Fields of a line of delimited text, and which character separates them.

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

/// Characters that separate fields where no line says so.
const SEPARATORS: [char; 4] = [',', ';', '\t', '|'];

/// Splits lines into fields. A field in quotes may contain the separator, and a quote as two.
pub(crate) struct Fields {
    pub separator: char,
    reader: Reader,
    line: Vec<u8>,
    text: Vec<u8>,
    ends: Vec<usize>,
}

impl Fields {
    /// The separator is a character of ASCII.
    pub fn new(separator: char) -> Self {
        let reader = ReaderBuilder::new().delimiter(separator as u8).build();
        Fields { separator, reader, line: Vec::new(), text: Vec::new(), ends: Vec::new() }
    }

    /// The fields of a line that is not empty, without spaces around them; `None` if a quote is not closed.
    pub fn split(&mut self, line: &str) -> Option<Vec<String>> {
        self.line.clear();
        self.line.extend_from_slice(line.as_bytes());
        self.line.push(b'\n');
        // room for all that can come
        self.text.resize(self.line.len(), 0);
        self.ends.resize(self.line.len() + 1, 0);
        self.reader.reset();
        let (result, _, _, count) = self.reader.read_record(&self.line, &mut self.text, &mut self.ends);
        if result != ReadRecordResult::Record {
            // the end of the line stands in quotes
            return None;
        }
        let start = |field: usize| if field == 0 { 0 } else { self.ends[field - 1] };
        let field = |field: usize| std::str::from_utf8(&self.text[start(field)..self.ends[field]]).ok();
        (0..count).map(|number| field(number).map(|text| text.trim().to_owned())).collect()
    }
}

/// The separator that a line `sep=;` names.
pub(crate) fn named_separator(line: &str) -> Option<char> {
    let line = line.strip_prefix('"').and_then(|line| line.strip_suffix('"')).unwrap_or(line);
    let (key, named) = line.split_at_checked(4)?;
    let mut named = if named == "\\t" { "\t" } else { named }.chars();
    match (key.eq_ignore_ascii_case("sep="), named.next(), named.next()) {
        (true, Some(separator), None) if separator.is_ascii() && !separator.is_ascii_alphanumeric() => {
            Some(separator).filter(|separator| !matches!(separator, '"' | '.' | '_' | '-' | '[' | ']'))
        }
        _ => None,
    }
}

/// The separator of a first line of names, which contain none. Tabs are spaces where there is another one.
pub(crate) fn separator_of(header: &str) -> Result<char, String> {
    let mut quoted = false;
    let bare: Vec<char> = header
        .chars()
        .filter(|&c| {
            quoted ^= c == '"';
            !quoted
        })
        .collect();
    let found: Vec<char> = SEPARATORS.into_iter().filter(|separator| bare.contains(separator)).collect();
    match found.iter().copied().filter(|&separator| separator != '\t').collect::<Vec<_>>().as_slice() {
        [] => Ok(found.first().copied().unwrap_or(SEPARATORS[0])),
        [separator] => Ok(*separator),
        [one, other, ..] => Err(format!("the first line has both `{one}` and `{other}`")),
    }
}
