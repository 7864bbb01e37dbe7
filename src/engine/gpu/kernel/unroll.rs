//! Loops over structure written out, so that a path's arrays stay in registers.
//!
//! Shader compilers keep an array in registers only where all its indices are constants. In the kernels a loop whose header
//! ends with `// unroll` is written out here for each value of its variable, and look-ups of structural tables (which
//! factor an organization uses, say) become numbers. The text stays ordinary WGSL: without this pass the loops run.

use std::collections::BTreeMap;

use crate::plan::Structure;

/// Numbers and tables of numbers that are known when a kernel is composed.
#[derive(Debug, Default, Clone, PartialEq, Eq, Hash)]
pub struct Constants {
    pub constants: BTreeMap<&'static str, u32>,
    /// Constants that the shaders themselves declare.
    pub declared: BTreeMap<&'static str, u32>,
    pub tables: BTreeMap<&'static str, Vec<u32>>,
}

impl Constants {
    /// Those of a plan's structure.
    pub fn of(structure: &Structure) -> Self {
        let constants = structure.counts.named().into_iter().chain(structure.lengths.named()).collect();
        let tables = structure.lists.named().into_iter().map(|(name, list)| (name, list.to_vec())).collect();
        Constants { constants, tables, ..Constants::default() }
    }

    /// WGSL declarations of all constants and tables. Where indices are not constants, a table is a variable: a constant
    /// would be copied wherever it is read.
    pub fn declarations(&self, unrolled: bool) -> String {
        let mut source = String::new();
        for (name, value) in &self.constants {
            source += &format!("const {name}: u32 = {value}u;\n");
        }
        for (name, values) in &self.tables {
            let room = values.len().max(1);
            let listed: Vec<String> = (0..room).map(|i| format!("{}u", values.get(i).unwrap_or(&0))).collect();
            let kind = if unrolled { "const" } else { "var<private>" };
            source += &format!("{kind} {name}: array<u32, {room}> = array<u32, {room}>({});\n", listed.join(", "));
        }
        source
    }

    /// The source with all marked loops written out, those inside others included.
    pub fn unroll(&self, source: &str) -> String {
        let lines: Vec<String> = source.lines().map(str::to_string).collect();
        let mut out = Vec::new();
        self.expand(&lines, &mut out);
        out.join("\n") + "\n"
    }

    fn expand(&self, lines: &[String], out: &mut Vec<String>) {
        let mut at = 0;
        while at < lines.len() {
            let Some(header) = Loop::parse(&lines[at]) else {
                out.push(lines[at].clone());
                at += 1;
                continue;
            };
            let end = at + closing(&lines[at..]);
            let body = &lines[at + 1..end];
            for value in self.number(&header.first)..self.number(&header.end) {
                out.push(format!("{}{{", header.indent));
                let written: Vec<String> =
                    body.iter().map(|line| self.fold(&substitute(line, &header.variable, value))).collect();
                self.expand(&written, out);
                out.push(format!("{}}}", header.indent));
            }
            at = end + 1;
        }
    }

    /// The value of a bound.
    ///
    /// # Panics
    /// If it is not known: the kernels are part of this program.
    fn number(&self, text: &str) -> u32 {
        self.value(text).unwrap_or_else(|| panic!("no bound: {text}"))
    }

    /// The value of sums of products of literals, constants, and tables' elements.
    pub fn value(&self, text: &str) -> Option<u32> {
        let product = |term: &str| term.split('*').map(|factor| self.atom(factor.trim())).product::<Option<u32>>();
        self.fold(text).split('+').map(product).sum()
    }

    fn atom(&self, text: &str) -> Option<u32> {
        let literal = text.strip_suffix('u').and_then(|digits| digits.parse().ok());
        let named = [&self.constants, &self.declared].into_iter().find_map(|of| of.get(text));
        literal.or(named.copied())
    }

    /// Replaces `TABLE[3u]` by its number.
    fn fold(&self, line: &str) -> String {
        let mut line = line.to_string();
        for (name, values) in &self.tables {
            let prefix = format!("{name}[");
            let mut from = 0;
            while let Some(found) = line[from..].find(&prefix) {
                let start = from + found;
                let inside = start + prefix.len();
                from = inside;
                let Some(length) = line[inside..].find(']') else { break };
                let digits = line[inside..inside + length].strip_suffix('u');
                let index = digits.and_then(|digits| digits.parse::<usize>().ok());
                let whole = start == 0 || !is_word(line.as_bytes()[start - 1]);
                if let (Some(index), true) = (index, whole) {
                    let value: u32 = values[index];
                    line.replace_range(start..=inside + length, &format!("{value}u"));
                    from = start;
                }
            }
        }
        line
    }
}

/// The header of a marked loop: `for (var i = FIRST; i < END; i++) { // unroll`.
struct Loop {
    indent: String,
    variable: String,
    first: String,
    end: String,
}

impl Loop {
    fn parse(line: &str) -> Option<Loop> {
        let header = line.trim_start();
        let indent = line[..line.len() - header.len()].to_string();
        let header = header.strip_prefix("for (var ")?.strip_suffix("++) { // unroll")?;
        let (variable, rest) = header.split_once(" = ")?;
        let (first, rest) = rest.split_once("; ")?;
        let (_, rest) = rest.split_once(" < ")?;
        let (end, _) = rest.split_once("; ")?;
        Some(Loop { indent, variable: variable.into(), first: first.into(), end: end.into() })
    }
}

/// The line on which the block that the first line opens is closed.
fn closing(lines: &[String]) -> usize {
    let mut depth = 0;
    for (at, line) in lines.iter().enumerate() {
        let code = line.split("//").next().unwrap_or("");
        depth += code.matches('{').count() as i32 - code.matches('}').count() as i32;
        if depth == 0 {
            return at;
        }
    }
    panic!("a loop's block is not closed")
}

pub fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Writes a number for a variable, where it stands as a whole word and is not a field.
fn substitute(line: &str, variable: &str, value: u32) -> String {
    let bytes = line.as_bytes();
    let mut out = String::new();
    let mut from = 0;
    while let Some(found) = line[from..].find(variable) {
        let (start, end) = (from + found, from + found + variable.len());
        let before = start.checked_sub(1).map(|i| bytes[i]);
        let alone = before.is_none_or(|b| !is_word(b) && b != b'.') && bytes.get(end).is_none_or(|&b| !is_word(b));
        out += &line[from..start];
        out += &if alone { format!("{value}u") } else { variable.to_string() };
        from = end;
    }
    out + &line[from..]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn constants() -> Constants {
        Constants {
            constants: [("N", 2)].into(),
            declared: BTreeMap::new(),
            tables: [("FIRST", vec![0, 1]), ("END", vec![1, 3])].into(),
        }
    }

    #[test]
    fn loops_inside_loops_are_written_out() {
        let source = "for (var o = 0u; o < N; o++) { // unroll\n  a.o = b[o];\n  for (var c = FIRST[o]; c < END[o]; c++) { // unroll\n    f(o, c, co);\n  }\n}\ntail";
        let written = constants().unroll(source);
        let calls: Vec<&str> = written.lines().map(str::trim).filter(|line| line.starts_with('f')).collect();
        assert_eq!(calls, ["f(0u, 0u, co);", "f(1u, 1u, co);", "f(1u, 2u, co);"]);
        assert!(written.contains("a.o = b[1u];") && written.ends_with("tail\n"));
    }

    #[test]
    fn loops_without_the_mark_stay() {
        let source = "for (var o = 0u; o < N; o++) {\n  x += FIRST[o];\n}\n";
        assert_eq!(constants().unroll(source), source);
    }

    #[test]
    fn declarations_are_constants_and_arrays() {
        let declared = constants().declarations(true);
        assert!(declared.contains("const N: u32 = 2u;\n"));
        assert!(declared.contains("const END: array<u32, 2> = array<u32, 2>(1u, 3u);\n"));
        assert!(constants().declarations(false).contains("var<private> END: array<u32, 2> = array<u32, 2>(1u, 3u);\n"));
    }
}
