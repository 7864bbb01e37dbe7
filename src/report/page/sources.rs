//! The comments of a scenario file beside what they are about.

/// The comments that belong to one table of a file: `[[contract]]` the second is `("contract", 1)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notes {
    /// The table's name, without what is nested in it.
    pub table: String,
    /// Which of the tables of this name.
    pub place: usize,
    /// What is said of it as a whole, and by key.
    pub notes: Vec<(String, String)>,
}

/// All comments of a TOML file, table by table. Comments on lines of their own belong to the key, or the table, that follows;
/// those behind a value to its key.
pub fn notes(toml: &str) -> Vec<Notes> {
    let mut found: Vec<Notes> = Vec::new();
    let mut waiting: Vec<String> = Vec::new();
    let mut prefix = String::new();
    let mut in_text = false;
    for line in toml.lines() {
        let was_text = in_text;
        if line.matches("\"\"\"").count() % 2 == 1 || line.matches("'''").count() % 2 == 1 {
            in_text = !in_text;
        }
        if was_text || in_text {
            continue;
        }
        let (code, comment) = split(line);
        let code = code.trim();
        if code.is_empty() {
            match comment {
                Some(comment) if !comment.starts_with(':') => waiting.push(comment.trim().to_owned()),
                // an empty line ends what is said of the file or a group
                _ => waiting.clear(),
            }
            continue;
        }
        if code.starts_with('[') && code.ends_with(']') && !code.contains('=') && !code.contains(',') {
            let name = code.trim_matches(['[', ']']).trim().to_owned();
            let (table, nested) = name.split_once('.').map_or((name.as_str(), ""), |(table, nested)| (table, nested));
            let is_new = code.starts_with("[[") && nested.is_empty();
            let seen = found.iter().filter(|notes| notes.table == table).count();
            if is_new || seen == 0 {
                found.push(Notes { table: table.to_owned(), place: seen, notes: Vec::new() });
            }
            prefix = if nested.is_empty() { String::new() } else { format!("{nested}.") };
            let said = std::mem::take(&mut waiting);
            add(&mut found, String::new(), said, comment);
            continue;
        }
        let key = code.split_once('=').map_or("", |(key, _)| key.trim());
        let said = std::mem::take(&mut waiting);
        let of = if key.is_empty() || key.contains(['[', '{', '"']) {
            code.trim_end_matches(',').to_owned()
        } else {
            format!("{prefix}{key}")
        };
        add(&mut found, of, said, comment);
    }
    found.retain(|notes| !notes.notes.is_empty());
    found
}

fn add(found: &mut [Notes], key: String, mut said: Vec<String>, comment: Option<&str>) {
    said.extend(comment.map(|comment| comment.trim().to_owned()));
    if let (Some(last), false) = (found.last_mut(), said.is_empty()) {
        last.notes.push((key, said.join(" ")));
    }
}

/// The code of a line and the comment behind it: the first # outside of quotes begins it.
fn split(line: &str) -> (&str, Option<&str>) {
    let mut quote = None;
    let mut escaped = false;
    for (at, c) in line.char_indices() {
        match (quote, c) {
            _ if escaped => escaped = false,
            (Some('"'), '\\') => escaped = true,
            (Some(open), c) if c == open => quote = None,
            (None, '"' | '\'') => quote = Some(c),
            (None, '#') => return (&line[..at], Some(&line[at + 1..])),
            _ => (),
        }
    }
    (line, None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_are_beside_their_keys() {
        let text = "# of the file\n\n# a factor\n[[factor]]\nname = \"a # b\" # said\n# above\nlevel = 1\n[[contract]]\nname = 'x'\n\
                    [[contract]]\nrate = 2 # source.org/x#y\n[contract.cash]\nopening = 3 # 73\ntext = \"\"\"\n# no comment\n\"\"\"\n\
                    pairs = [\n  [\"a\", \"b\", 1], # judged\n]\n";
        let note = |key: &str, said: &str| (key.to_owned(), said.to_owned());
        let found = notes(text);
        assert_eq!(
            found[0],
            Notes {
                table: "factor".into(),
                place: 0,
                notes: vec![note("", "a factor"), note("name", "said"), note("level", "above")]
            }
        );
        assert_eq!(found[1].place, 1, "the first contract has none");
        assert_eq!(found[1].notes[..2], [note("rate", "source.org/x#y"), note("cash.opening", "73")]);
        assert_eq!(found[1].notes[2], note("[\"a\", \"b\", 1]", "judged"));
        assert_eq!(found.len(), 2);
    }

    #[test]
    fn no_file_is_too_odd() {
        for text in ["", "#", "[[", "]]", "\"", "'''", "[a]#b", "= # x", "\u{0}\u{202e}#\u{1b}"] {
            notes(text);
        }
    }
}
