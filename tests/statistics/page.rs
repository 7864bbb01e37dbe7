//! docs/validation.md, whose tables `cargo bench --bench validation` writes. Each stands in a section between
//! `<!-- generated: NAME -->` and `<!-- end -->`, and the tests that make the numbers hold the page to them.

pub const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/validation.md");
const END: &str = "\n<!-- end -->";

pub fn read() -> String {
    std::fs::read_to_string(PAGE).expect("docs/validation.md is there")
}

/// Where the content of a section is, in bytes.
pub fn place(text: &str, name: &str) -> std::ops::Range<usize> {
    let begin = format!("<!-- generated: {name} -->\n");
    let start = text.find(&begin).unwrap_or_else(|| panic!("docs/validation.md has no section `{name}`")) + begin.len();
    // an empty section ends where it begins
    let end = text[start - 1..].find(END).unwrap_or_else(|| panic!("the section `{name}` does not end"));
    start..(start - 1 + end).max(start)
}

/// A power of ten that a number is below, 10⁻¹² at least: what differs between machines is less.
pub fn power_of_ten(number: f64) -> String {
    let exponent = number.max(1e-13).log10().floor() as i32 + 1;
    let digits = exponent.unsigned_abs().to_string();
    let superscript = |digit: char| "⁰¹²³⁴⁵⁶⁷⁸⁹".chars().nth(digit as usize - '0' as usize).expect("a digit");
    let sign = if exponent < 0 { "⁻" } else { "" };
    format!("10{sign}{}", digits.chars().map(superscript).collect::<String>())
}
