//! Rust source as far as the architecture test needs it: its code without comments, texts and tests, and the paths in it.

/// What a file of code says of others.
#[derive(Debug, Default)]
pub struct Source {
    /// Modules that it declares, each in a file of its own.
    pub children: Vec<String>,
    /// Modules that it declares for tests alone.
    pub test_children: Vec<String>,
    /// Paths as they are written: what is imported, and what is named with `crate`, `super`, `self` or a child in front.
    pub paths: Vec<Path>,
    /// All words of its code.
    pub words: Vec<String>,
    /// Macros that it calls.
    pub macros: Vec<String>,
}

/// A path, segment by segment, from `crate`, `super`, `self`, a child or another crate on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path {
    pub segments: Vec<String>,
    /// Whether it is handed on with `pub use`.
    pub is_reexport: bool,
}

impl Source {
    /// Reads a file's text.
    pub fn of(text: &str) -> Self {
        let mut tokens = tokens(&bare(text));
        let test_children = cut_tests(&mut tokens);
        let children = children(&tokens);
        let mut source = Source { children, test_children, ..Source::default() };
        source.read(&tokens);
        source
    }

    fn read(&mut self, tokens: &[String]) {
        let mut at = 0;
        while let Some(token) = tokens.get(at) {
            if token == "use" {
                let end = at + tokens[at..].iter().position(|token| token == ";").unwrap_or(0);
                let is_reexport = at > 0 && matches!(tokens[at - 1].as_str(), "pub" | ")");
                let mut leaves = Vec::new();
                expand(&tokens[at + 1..end], &mut Vec::new(), &mut leaves);
                self.paths.extend(leaves.into_iter().map(|segments| Path { segments, is_reexport }));
                self.words.extend(tokens[at + 1..end].iter().filter(|token| is_word(token)).cloned());
                at = end;
            } else if is_word(token) {
                self.words.push(token.clone());
                if tokens.get(at + 1).is_some_and(|next| next == "!") {
                    self.macros.push(token.clone());
                }
                let goes_on = at > 0 && tokens[at - 1] == "::";
                let names = |word: &String| matches!(word.as_str(), "crate" | "super") || self.children.contains(word);
                if !goes_on && names(token) && tokens.get(at + 1).is_some_and(|next| next == "::") {
                    let path = tokens[at..].chunks(2).map_while(|pair| match pair {
                        [word, separator] if is_word(word) => Some((word.clone(), separator == "::")),
                        _ => None,
                    });
                    let mut segments = Vec::new();
                    for (word, more) in path {
                        segments.push(word);
                        if !more {
                            break;
                        }
                    }
                    self.paths.push(Path { segments, is_reexport: false });
                }
            }
            at += 1;
        }
    }
}

fn is_word(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// The text with comments and the contents of literals blanked.
fn bare(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if let Some(hashes) = raw_hashes(rest).filter(|_| !out.ends_with(is_word_character)) {
            let close = format!("\"{}", "#".repeat(hashes));
            let body = 2 + hashes;
            rest[body..].find(&close).map_or(rest.len(), |end| body + end + close.len())
        } else if first == '"' {
            quoted(rest)
        } else if first == '\'' {
            character(rest)
        } else {
            out.push(first);
            rest = &rest[first.len_utf8()..];
            continue;
        };
        out.push(' ');
        rest = &rest[length..];
    }
    out
}

fn is_word_character(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The number of `#` of a raw text that begins here.
fn raw_hashes(rest: &str) -> Option<usize> {
    let behind = rest.strip_prefix('r')?;
    let hashes = behind.bytes().take_while(|&byte| byte == b'#').count();
    behind[hashes..].starts_with('"').then_some(hashes)
}

/// Bytes of a text in quotes, which may have escapes.
fn quoted(rest: &str) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => (),
        }
    }
    rest.len()
}

/// Bytes of a character, or of the mark of a lifetime.
fn character(rest: &str) -> usize {
    let mut inside = rest.char_indices().skip(1);
    match (inside.next(), inside.next()) {
        (Some((_, '\\')), _) => rest[2..].find('\'').map_or(rest.len(), |end| end + 3),
        (Some(_), Some((end, '\''))) => end + 1,
        _ => 1,
    }
}

/// Words, `::`, and all other characters one by one.
fn tokens(code: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    let mut rest = code.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = if is_word_character(first) {
            rest.find(|c| !is_word_character(c)).unwrap_or(rest.len())
        } else if rest.starts_with("::") {
            2
        } else {
            first.len_utf8()
        };
        tokens.push(rest[..length].to_owned());
        rest = rest[length..].trim_start();
    }
    tokens
}

/// Takes away what is compiled for tests alone; the modules among it that have files of their own.
fn cut_tests(tokens: &mut Vec<String>) -> Vec<String> {
    let mut cut = Vec::new();
    let is_test = |tokens: &[String]| {
        let begins = |with: &[&str]| tokens.len() > with.len() && tokens.iter().zip(with).all(|(a, b)| a == b);
        begins(&["#", "[", "cfg", "(", "test", ")"]) || begins(&["#", "[", "cfg", "(", "all", "(", "test"])
    };
    let mut at = 0;
    while at < tokens.len() {
        if !is_test(&tokens[at..]) {
            at += 1;
            continue;
        }
        let mut depth = 0_i32;
        let mut end = at;
        for (place, token) in tokens.iter().enumerate().skip(at) {
            depth += i32::from(token == "{") - i32::from(token == "}");
            end = place + 1;
            if depth == 0 && (token == ";" || token == "}") {
                break;
            }
        }
        cut.extend(children(&tokens[at..end]));
        tokens.drain(at..end);
    }
    cut
}

/// Modules that are declared to have files of their own.
fn children(tokens: &[String]) -> Vec<String> {
    let declared = tokens.windows(3).filter(|three| three[0] == "mod" && is_word(&three[1]) && three[2] == ";");
    declared.map(|three| three[1].clone()).collect()
}

/// The paths of a tree of imports, groups in braces written out and names behind `as` left out.
fn expand(tree: &[String], before: &mut Vec<String>, leaves: &mut Vec<Vec<String>>) {
    let (mut depth, mut start) = (0, 0);
    let mut parts = Vec::new();
    for (at, token) in tree.iter().enumerate() {
        match token.as_str() {
            "{" => depth += 1,
            "}" => depth -= 1,
            "," if depth == 0 => {
                parts.push(&tree[start..at]);
                start = at + 1;
            }
            _ => (),
        }
    }
    parts.push(&tree[start..]);
    for part in parts.into_iter().filter(|part| !part.is_empty()) {
        let known = before.len();
        match part.iter().position(|token| token == "{") {
            Some(open) => {
                before.extend(part[..open].iter().filter(|token| is_word(token)).cloned());
                expand(&part[open + 1..part.len() - 1], before, leaves);
            }
            None => {
                let path = part.iter().take_while(|token| *token != "as");
                before.extend(path.filter(|token| is_word(token) && *token != "self" || *token == "*").cloned());
                leaves.push(before.clone());
            }
        }
        before.truncate(known);
    }
}

#[test]
fn imports_are_read_through_groups_comments_and_texts() {
    let source = Source::of(
        "//! use crate::wrong;\n\
         mod child;\n\
         pub(crate) use child::{A, B as C};\n\
         use crate::{one::{self, Two}, three::Three};\n\
         use super::{four,\n    five::Five};\n\
         /* use crate::wrong */\n\
         const TEXT: &str = \"use crate::wrong; \\\" crate::wrong\";\n\
         const RAW: &str = r#\"\" crate::wrong\"#;\n\
         fn f<'a>(c: char) -> bool { c == '\"' || c == '\\'' || child::g(crate::six::Six) || other::crate_name() }\n\
         #[cfg(test)]\nmod testing;\n\
         #[cfg(all(test, unix))]\nmod tests { use crate::wrong::{A, B}; fn g() { if true { crate::wrong() } } }\n\
         fn last() { super::seven(); println!(\"{}\", 1) }\n",
    );
    let paths: Vec<String> = source.paths.iter().map(|path| path.segments.join("::")).collect();
    assert_eq!(
        paths,
        [
            "child::A",
            "child::B",
            "crate::one",
            "crate::one::Two",
            "crate::three::Three",
            "super::four",
            "super::five::Five",
            "child::g",
            "crate::six::Six",
            "super::seven",
        ]
    );
    assert_eq!(source.paths.iter().filter(|path| path.is_reexport).count(), 2);
    assert_eq!((source.children, source.test_children), (vec!["child".to_owned()], vec!["testing".to_owned()]));
    assert_eq!(source.macros, ["println"]);
}
