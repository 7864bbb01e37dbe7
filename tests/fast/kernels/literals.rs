//! Numbers in the kernels' text. WGSL refuses a decimal above the largest f32, even one that rounds to it; naga takes it, and
//! writes the largest f32 itself as such a decimal.

use std::fs;
use std::path::Path;

use crate::kernels::plans;
use crate::modules::{modules, validate};

/// The decimal numbers of a text without its comments, as they are written.
fn decimals(text: &str) -> Vec<&str> {
    let code = text.lines().map(|line| line.split("//").next().unwrap_or_default());
    code.flat_map(|line| line.split(|c: char| !(c.is_alphanumeric() || "_.+-".contains(c)))).flat_map(numbers).collect()
}

/// The numbers of a word, which may have signs in it.
fn numbers(word: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = word;
    while let Some(start) = rest.find(|c: char| c.is_alphanumeric() || c == '_') {
        rest = &rest[start..];
        // a sign belongs to a number where an exponent is before it
        let ends = |(at, c): (usize, char)| {
            let exponent =
                "+-".contains(c) && rest.starts_with(|c: char| c.is_ascii_digit()) && !rest.starts_with("0x");
            !(c.is_alphanumeric() || "_.".contains(c) || exponent && rest[..at].ends_with(['e', 'E']))
        };
        let end = rest.char_indices().find(|&at| ends(at)).map_or(rest.len(), |(at, _)| at);
        let (one, behind) = rest.split_at(end);
        if one.starts_with(|c: char| c.is_ascii_digit()) && !one.starts_with("0x") {
            found.push(one.trim_end_matches(['f', 'F', 'h', 'u', 'U', 'i', 'L']));
        }
        rest = behind;
    }
    found
}

/// The numbers of a text that an f32 cannot hold.
fn beyond(text: &str) -> Vec<&str> {
    let holds = |number: &&str| number.parse::<f64>().is_ok_and(|number| number <= f64::from(f32::MAX));
    decimals(text).into_iter().filter(|number| !holds(number)).collect()
}

#[test]
fn numbers_beyond_the_largest_f32_are_found() {
    let text = "const A: f32 = 3.40282347e38; // 1e99\nlet b = x1e50 - 2.5E+38f*7u + vec2<f32>(1e-30, 0xffu);";
    assert_eq!(decimals(text), ["3.40282347e38", "2.5E+38", "7", "1e-30"]);
    assert_eq!(beyond(text), ["3.40282347e38"]);
    // as Rust and naga write the largest f32, and as C does
    assert_eq!(beyond(&format!("{0}f, {0:e}, 3.4028234e38, 3.402823466e+38", f32::MAX)).len(), 2);
}

/// The files of a folder and of those in it.
fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(folder).expect("the folder is there").map(|entry| entry.expect("it can be read").path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

#[test]
fn f32_holds_all_numbers_of_the_shaders_and_of_what_is_made_of_them() {
    let mut numbers = 0;
    let mut check = |what: &str, text: &str| {
        assert_eq!(beyond(text), [""; 0], "{what}: no f32 is so large");
        numbers += decimals(text).len();
    };
    for file in files("shaders".as_ref()) {
        check(&file.display().to_string(), &fs::read_to_string(&file).expect("it can be read"));
    }
    check("constants", &overhang::engine::gpu::compose::formulas().collect::<String>());
    for (file, plan, profile) in plans() {
        for (name, module) in modules(&plan, &profile) {
            let info = validate(&module);
            let text = naga::back::wgsl::write_string(&module, &info, naga::back::wgsl::WriterFlags::empty());
            check(&format!("{file} {name}"), &text.unwrap_or_else(|error| panic!("{file} {name}: {error}")));
        }
    }
    assert!(numbers > 10_000, "{numbers} numbers were found");
}
