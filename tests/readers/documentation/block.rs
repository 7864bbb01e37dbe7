//! The fenced blocks of a page, and what is to be done with each.

/// A fenced block of a page.
#[derive(Debug)]
pub struct Block {
    /// The page's line on which it begins.
    pub line: usize,
    pub language: String,
    /// What stands behind the language, between commas.
    pub attributes: Vec<String>,
    pub text: String,
    /// The HTML comment on the line before it.
    pub comment: Option<String>,
}

/// Languages that a block may have; what else stands between fences would be an example that nobody runs.
const LANGUAGES: [&str; 8] = ["sh", "console", "python", "rust", "toml", "json", "csv", "text"];
const ATTRIBUTES: [&str; 9] = ["ignore", "gpu", "continued", "output", "fragment", "file", "add", "with", "package"];

impl Block {
    /// Whether it has an attribute without a value.
    pub fn has(&self, attribute: &str) -> bool {
        self.attributes.iter().any(|found| found == attribute)
    }

    /// The value of an attribute `name=value`.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find_map(|found| found.strip_prefix(name)?.strip_prefix('='))
    }

    /// Why it is not run, which has to be said.
    pub fn reason(&self) -> Option<&str> {
        self.comment.as_deref()?.strip_prefix("not run:").map(str::trim).filter(|reason| !reason.is_empty())
    }

    /// Whether Python takes part.
    pub fn needs_python(&self) -> bool {
        let runs = self.language == "python" && self.value("file").is_none();
        let calls = ["sh", "console"].contains(&self.language.as_str()) && self.text.contains("python ");
        !self.has("ignore") && !self.has("package") && (runs || calls)
    }

    fn refuse_unknown(&self) -> Result<(), String> {
        if !LANGUAGES.contains(&self.language.as_str()) {
            return Err(format!("a block of the language `{}`; there are {}", self.language, LANGUAGES.join(", ")));
        }
        let name = |attribute: &String| attribute.split('=').next().unwrap_or_default().to_owned();
        let unknown = self.attributes.iter().map(name).find(|name| !ATTRIBUTES.contains(&name.as_str()));
        unknown.map_or(Ok(()), |name| Err(format!("the attribute `{name}`; there are {}", ATTRIBUTES.join(", "))))
    }
}

/// The blocks of a page, or what is wrong with one.
pub fn blocks(page: &str) -> Result<Vec<Block>, String> {
    let mut found: Vec<Block> = Vec::new();
    let mut open = false;
    let mut before = "";
    for (index, line) in page.lines().enumerate() {
        match line.trim_start().strip_prefix("```") {
            Some(_) if open => open = false,
            Some(information) => {
                open = true;
                let mut words = information.split(',').map(|word| word.trim().to_owned());
                let language = words.next().unwrap_or_default();
                let attributes = words.collect();
                let block =
                    Block { line: index + 1, language, attributes, text: String::new(), comment: comment(before) };
                block.refuse_unknown().map_err(|fault| format!("line {}: {fault}", index + 1))?;
                found.push(block);
            }
            None if open => {
                let text = &mut found.last_mut().expect("it was opened").text;
                text.push_str(line);
                text.push('\n');
            }
            None => (),
        }
        if !line.trim().is_empty() {
            before = line;
        }
    }
    if open { Err("a block that does not end".to_owned()) } else { Ok(found) }
}

fn comment(line: &str) -> Option<String> {
    let inside = line.trim().strip_prefix("<!--")?.strip_suffix("-->")?;
    Some(inside.trim().to_owned())
}

/// A page without what stands in its fenced blocks.
pub fn prose(page: &str) -> String {
    let mut open = false;
    let kept = page.lines().filter(|line| {
        let fence = line.trim_start().starts_with("```");
        open ^= fence;
        !open && !fence
    });
    kept.collect::<Vec<_>>().join("\n")
}

/// Commands of a console block with the output that stands under each. A command goes on behind a `\`.
pub fn commands(text: &str) -> Result<Vec<(String, String)>, String> {
    let mut found: Vec<(String, String)> = Vec::new();
    let mut goes_on = false;
    for line in text.lines() {
        if goes_on {
            let command = &mut found.last_mut().expect("it has begun").0;
            command.push('\n');
            command.push_str(line);
        } else if let Some(command) = line.strip_prefix("$ ") {
            found.push((command.to_owned(), String::new()));
        } else {
            let (_, output) = found.last_mut().ok_or("output that stands before any command")?;
            output.push_str(line);
            output.push('\n');
            continue;
        }
        goes_on = line.ends_with('\\');
    }
    if found.is_empty() { Err("a console without a command".to_owned()) } else { Ok(found) }
}

#[test]
fn blocks_have_their_place_attributes_and_reason() {
    let page = "# A\n\n<!-- not run: it takes hours -->\n```sh,ignore\nx\n```\ntext\n```toml,file=a.toml\nb = 1\n\nc = 2\n```\n";
    let found = blocks(page).expect("they are good");
    assert_eq!((found[0].line, found[0].reason(), found[0].has("ignore")), (4, Some("it takes hours"), true));
    assert_eq!((found[1].value("file"), found[1].text.as_str()), (Some("a.toml"), "b = 1\n\nc = 2\n"));
    assert_eq!((found[1].reason(), found[1].has("ignore")), (None, false));
    assert_eq!(prose(page), "# A\n\n<!-- not run: it takes hours -->\ntext");
    for wrong in ["```\nx\n```\n", "```bash\nx\n```\n", "```sh,skip\nx\n```\n", "```sh\nx\n"] {
        assert!(blocks(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn consoles_are_commands_with_output() {
    let found = commands("$ a\none\n\ntwo\n$ b \\\n    c\n$ d\n").expect("they are good");
    let shown = |i: usize| (found[i].0.as_str(), found[i].1.as_str());
    assert_eq!((shown(0), shown(1), shown(2)), (("a", "one\n\ntwo\n"), ("b \\\n    c", ""), ("d", "")));
    assert!(commands("one\n$ a\n").is_err() && commands("").is_err());
}
