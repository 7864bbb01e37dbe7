//! Headers of NumPy arrays: a Python dictionary of the type, the order and the shape (`numpy.lib.format`).
//!
//! Programs write it in many ways, all of which Python reads: either kind of quotes, spaces anywhere, lengths of Python 2 such as
//! `200L`. Libraries for it bring a parser generator along.

use half::f16;

/// What a header says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    pub kind: Kind,
    /// Whether the first index varies fastest.
    pub fortran: bool,
    pub shape: Vec<usize>,
}

/// How a number is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kind {
    class: Class,
    /// Bytes of a number.
    pub size: usize,
    big_endian: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    Float,
    Signed,
    Unsigned,
}

/// Why a header is not that of an array of numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HeaderError {
    /// It is none that Python reads.
    Malformed,
    /// The array has named fields.
    Fields(Vec<String>),
    /// The array's items are no numbers that can be read; the type as NumPy names it.
    Kind(String),
}

/// A literal of Python, as far as headers have them.
#[derive(Debug, Clone, PartialEq)]
enum Literal {
    Text(String),
    Number(usize),
    Word(String),
    List(Vec<Literal>),
    Table(Vec<(String, Literal)>),
}

impl Header {
    /// Reads the text of a header.
    pub fn parse(text: &str) -> Result<Self, HeaderError> {
        let mut rest = text;
        let Some(Literal::Table(entries)) = literal(&mut rest, 0) else { return Err(HeaderError::Malformed) };
        let entry = |key: &str| entries.iter().find(|(name, _)| name == key).map(|(_, value)| value);
        let lengths = |value: &Literal| match value {
            Literal::List(all) => {
                all.iter().map(|one| if let Literal::Number(n) = one { Some(*n) } else { None }).collect()
            }
            _ => None,
        };
        let shape: Option<Vec<usize>> = entry("shape").and_then(lengths);
        let fortran = match entry("fortran_order") {
            Some(Literal::Word(word)) if word == "True" => true,
            Some(Literal::Word(word)) if word == "False" => false,
            _ => return Err(HeaderError::Malformed),
        };
        let kind = match entry("descr") {
            Some(Literal::Text(name)) => Kind::named(name).ok_or_else(|| HeaderError::Kind(name.clone()))?,
            Some(Literal::List(fields)) => return Err(HeaderError::Fields(fields.iter().filter_map(field).collect())),
            _ => return Err(HeaderError::Malformed),
        };
        Ok(Header { kind, fortran, shape: shape.ok_or(HeaderError::Malformed)? })
    }
}

/// The name of a field: `('price', '<f8')`.
fn field(field: &Literal) -> Option<String> {
    match field {
        Literal::List(parts) => {
            parts.first().and_then(|name| if let Literal::Text(name) = name { Some(name.clone()) } else { None })
        }
        _ => None,
    }
}

impl Kind {
    /// The type that NumPy calls so: `<f4`, `>i8`, `|u1`.
    fn named(name: &str) -> Option<Self> {
        let (big_endian, bare) = match name.split_at_checked(1)? {
            (">", bare) => (true, bare),
            ("<" | "=" | "|", bare) => (false, bare),
            _ => (false, name),
        };
        let (class, size) = bare.split_at_checked(1)?;
        let (class, sizes): (_, &[usize]) = match class {
            "f" => (Class::Float, &[2, 4, 8]),
            "i" => (Class::Signed, &[1, 2, 4, 8]),
            "u" => (Class::Unsigned, &[1, 2, 4, 8]),
            _ => return None,
        };
        let size = size.parse().ok().filter(|size| sizes.contains(size))?;
        Some(Kind { class, size, big_endian })
    }

    /// Whether numbers are integers.
    pub fn is_whole(&self) -> bool {
        self.class != Class::Float
    }

    /// The number in so many bytes; integers beyond 2⁵³ are rounded.
    pub fn value(&self, bytes: &[u8]) -> f64 {
        let mut wide = [0; 8];
        wide[..self.size].copy_from_slice(bytes);
        if self.big_endian {
            wide[..self.size].reverse();
        }
        let bits = u64::from_le_bytes(wide);
        match (self.class, self.size) {
            (Class::Float, 2) => f16::from_bits(bits as u16).to_f64(),
            (Class::Float, 4) => f64::from(f32::from_bits(bits as u32)),
            (Class::Float, _) => f64::from_bits(bits),
            (Class::Unsigned, _) => bits as f64,
            (Class::Signed, size) => {
                let unused = 64 - 8 * size as u32;
                ((bits << unused) as i64 >> unused) as f64
            }
        }
    }
}

/// Nested literals at most; NumPy's have three.
const DEEPEST: usize = 16;

/// Reads a literal and leaves what stands behind it.
fn literal(rest: &mut &str, depth: usize) -> Option<Literal> {
    *rest = rest.trim_start();
    let first = rest.chars().next().filter(|_| depth < DEEPEST)?;
    match first {
        '\'' | '"' => text(rest).map(Literal::Text),
        '(' | '[' => {
            let end = if first == '(' { ')' } else { ']' };
            items(rest, end, |rest| literal(rest, depth + 1)).map(Literal::List)
        }
        '{' => {
            let entry = |rest: &mut &str| {
                let key = text(rest)?;
                skip(rest, ':').then(|| literal(rest, depth + 1))?.map(|value| (key, value))
            };
            items(rest, '}', entry).map(Literal::Table)
        }
        _ => {
            let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
            let (word, behind) = rest.split_at(end);
            *rest = behind;
            if word.is_empty() {
                return None;
            }
            let number = word.trim_end_matches('L').parse().ok();
            Some(number.map_or_else(|| Literal::Word(word.to_owned()), Literal::Number))
        }
    }
}

/// Reads items in brackets, with commas between them and perhaps behind the last.
fn items<T>(rest: &mut &str, end: char, mut item: impl FnMut(&mut &str) -> Option<T>) -> Option<Vec<T>> {
    *rest = &rest[1..];
    let mut found = Vec::new();
    while !skip(rest, end) {
        found.push(item(rest)?);
        if !skip(rest, ',') {
            return skip(rest, end).then_some(found);
        }
    }
    Some(found)
}

/// Reads a text in quotes. Names with backslashes are not read, since NumPy has no need of them.
fn text(rest: &mut &str) -> Option<String> {
    *rest = rest.trim_start();
    let quote = rest.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
    let (text, behind) = rest[1..].split_once(quote)?;
    *rest = behind;
    (!text.contains('\\')).then(|| text.to_owned())
}

/// Skips a character if it comes next.
fn skip(rest: &mut &str, expected: char) -> bool {
    *rest = rest.trim_start();
    let found = rest.strip_prefix(expected);
    *rest = found.unwrap_or(rest);
    found.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_read_as_python_reads_them() {
        let expected = Header::parse("{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3, 1), }   \n").unwrap();
        assert_eq!((expected.fortran, expected.shape.as_slice(), expected.kind.size), (false, &[2, 3, 1][..], 8));
        for text in [
            "{'descr' : '<f8', 'fortran_order' : False, 'shape' : (2, 3, 1), }",
            "{\"shape\": [2,3,1], \"descr\":\"<f8\",\"fortran_order\":False}",
            " { 'descr':'=f8','fortran_order':False,'shape':(2L,3L,1L,),} ",
        ] {
            assert_eq!(Header::parse(text).as_ref(), Ok(&expected), "{text}");
        }
        let fortran = Header::parse("{'descr': 'f8', 'fortran_order': True, 'shape': (2, 3, 1)}").unwrap();
        assert!(fortran.fortran && fortran.kind == expected.kind);
    }

    #[test]
    fn what_is_no_array_of_numbers_is_told() {
        let with = |descr: &str| Header::parse(&format!("{{'descr': {descr}, 'fortran_order': False, 'shape': (1,)}}"));
        assert_eq!(
            with("[('price', '<f8'), ('use', '<f8', (2,))]"),
            Err(HeaderError::Fields(vec!["price".into(), "use".into()]))
        );
        for kind in ["<c16", "|b1", "<U5", "|O", "<f16", "<M8[ns]", "<f3", "", "é8"] {
            assert_eq!(with(&format!("'{kind}'")), Err(HeaderError::Kind(kind.into())));
        }
        for text in [
            "",
            "{",
            "{}",
            "[]",
            "{'descr': '<f4', 'fortran_order': False, }",
            "{'descr': '<f4', 'shape': (1,)}",
            "{'descr': '<f4', 'fortran_order': 0, 'shape': (1,)}",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (x,)}",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (1 2)}",
            "{'descr: '<f4'}",
            "{'a\\': 1}",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}",
            &"(".repeat(100_000),
        ] {
            assert_eq!(Header::parse(text), Err(HeaderError::Malformed), "{text:.80}");
        }
    }

    #[test]
    fn numbers_of_every_type_are_read() {
        let value = |name: &str, bytes: &[u8]| Kind::named(name).expect(name).value(bytes);
        for (name, bytes, expected) in [
            ("<f2", &[0x00, 0x3e][..], 1.5),
            (">f2", &[0x3e, 0x00], 1.5),
            ("<f4", &[0, 0, 0xc0, 0x3f], 1.5),
            (">f8", &[0x3f, 0xf8, 0, 0, 0, 0, 0, 0], 1.5),
            ("|i1", &[0xff], -1.0),
            ("|u1", &[0xff], 255.0),
            (">i2", &[0xff, 0xfe], -2.0),
            ("<u2", &[1, 2], 513.0),
            (">i4", &[0x80, 0, 0, 0], -2_147_483_648.0),
            ("<u4", &[0xff, 0xff, 0xff, 0xff], 4_294_967_295.0),
            ("<i8", &[0xff; 8], -1.0),
            (">u8", &[0, 0, 0, 0, 0, 0, 1, 0], 256.0),
        ] {
            assert_eq!(value(name, bytes), expected, "{name}");
        }
    }
}
