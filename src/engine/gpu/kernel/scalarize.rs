//! Nested structures written out as lists of numbers.
//!
//! A uniform buffer is the fastest place for numbers that all paths share, but WGSL lays arrays and structures in it out
//! in steps of 16 bytes, where the plan's tables have steps of 4. So a structure marked `// flat` becomes one of numbers
//! only, at the places that they have in the tables, and `terms.contracts[3u].rate` becomes `terms.contracts_3_rate`.

use super::unroll::{Constants, is_word};
use crate::formula::single::STRUCTURES;

/// What reaches into a flat structure.
const ROOTS: [&str; 2] = ["terms.", "rows[t - 1u]."];

/// Writes out the declarations that are marked `flat`.
pub fn declare(source: &str, constants: &Constants) -> String {
    let mut out = String::new();
    let mut inside = false;
    for line in source.lines() {
        if let Some(header) = line.strip_suffix(" // flat") {
            inside = true;
            // structures in uniform arrays begin at multiples of 16 bytes
            out += &format!("{header}\n    @align(16)");
        } else if let (true, Some((name, ty))) = (inside, line.trim().trim_end_matches(',').split_once(": ")) {
            members(name, ty, constants).iter().for_each(|member| out += &format!("    {member},\n"));
        } else {
            inside = false;
            out += line;
            out.push('\n');
        }
    }
    out
}

/// The numbers of a member, in order.
fn members(name: &str, ty: &str, constants: &Constants) -> Vec<String> {
    let Some((element, room)) = ty.strip_prefix("array<").and_then(|of| of.strip_suffix('>')?.rsplit_once(", ")) else {
        return fields(name, ty);
    };
    let room = constants.value(room).unwrap_or_else(|| panic!("no length: {room}"));
    if element.starts_with("vec4") {
        return vec![format!("{name}: array<{element}, {room}>")];
    }
    (0..room).flat_map(|i| fields(&format!("{name}_{i}"), element)).collect()
}

fn fields(name: &str, ty: &str) -> Vec<String> {
    match STRUCTURES.iter().find(|(known, _)| *known == ty) {
        Some((_, fields)) => fields.iter().map(|(field, ty)| format!("{name}_{field}: {ty}")).collect(),
        None => vec![format!("{name}: {ty}")],
    }
}

/// Rewrites what a line reads of flat structures.
pub fn access(line: &str, constants: &Constants) -> String {
    let mut out = String::new();
    let mut rest = line;
    while let Some((start, root)) = ROOTS.iter().filter_map(|root| Some((rest.find(root)?, root))).min() {
        let member = start + root.len();
        let alone = start == 0 || !is_word(rest.as_bytes()[start - 1]);
        let read = alone.then(|| field(&rest[member..], constants)).flatten();
        let (name, length) = read.unwrap_or_default();
        out += &rest[..member];
        out += &name;
        rest = &rest[member + length..];
    }
    out + rest
}

/// The flat name of what `text` begins with, and the length that it takes there; none where an index is not known.
fn field(text: &str, constants: &Constants) -> Option<(String, usize)> {
    let word = |from: usize| text[from..].bytes().take_while(|&byte| is_word(byte)).count();
    let mut end = word(0);
    let mut name = text[..end].to_string();
    if text[end..].starts_with('[') {
        let closing = end + text[end..].find(']')?;
        name += &format!("_{}", constants.value(&text[end + 1..closing])?);
        end = closing + 1;
    }
    if text[end..].starts_with('.') {
        let length = word(end + 1);
        name += &format!("_{}", &text[end + 1..end + 1 + length]);
        end += 1 + length;
    }
    Some((name, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn constants() -> Constants {
        Constants { constants: [("N", 2)].into(), ..Default::default() }
    }

    #[test]
    fn structures_become_numbers() {
        let source = "struct Terms { // flat\n    many: array<vec4<u32>, N>,\n    period: PeriodTerms,\n    \
                      list: array<f32, N>,\n    effects: array<EffectTerms, 1u>,\n}\nlet a: f32 = 1.0;";
        let names: Vec<String> = declare(source, &constants()).lines().map(|line| line.trim().to_string()).collect();
        let wanted = [
            "struct Terms {",
            "@align(16)    many: array<vec4<u32>, 2>,",
            "period_discount: f32,",
            "period_liability_discount: f32,",
            "list_0: f32,",
            "list_1: f32,",
            "effects_0_drift: f32,",
            "effects_0_diffusion: f32,",
            "effects_0_entry: f32,",
            "}",
            "let a: f32 = 1.0;",
        ];
        assert_eq!(names, wanted);
    }

    #[test]
    fn reads_follow() {
        for (line, wanted) in [
            ("z = terms.list[1u * N + 1u] + terms.period.dt;", "z = terms.list_3 + terms.period_dt;"),
            ("z = rows[t - 1u].contracts[1u].rate;", "z = rows[t - 1u].contracts_1_rate;"),
            ("z = terms.many[k >> 2u][k & 3u] * my_terms.x[0u];", "z = terms.many[k >> 2u][k & 3u] * my_terms.x[0u];"),
        ] {
            assert_eq!(access(line, &constants()), wanted);
        }
    }
}
