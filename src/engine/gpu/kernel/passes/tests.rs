use wgpu::naga::back::wgsl::{WriterFlags, write_string};
use wgpu::naga::valid::{Capabilities, ValidationFlags, Validator};
use wgpu::naga::{Module, TypeInner, front};

use super::{Fault, spread, write_out};

const DECLARATIONS: &str = "
    const N: u32 = 2u;
    var<private> FIRST: array<u32, 2> = array<u32, 2>(0u, 1u);
    var<private> END: array<u32, 2> = array<u32, 2>(1u, 3u);
    struct Part { x: f32, y: f32, z: f32 }
    struct Terms { many: array<vec4<u32>, 2>, parts: array<Part, 3>, list: array<f32, 2> }
    @group(0) @binding(0) var<storage, read> terms: Terms;
    @group(0) @binding(1) var<storage, read> rows: array<Part, 4>;
    @group(0) @binding(2) var<storage, read_write> words: array<u32>;
    @group(0) @binding(3) var<storage, read_write> numbers: array<f32>;
    struct Path { part: array<Part, 2>, word: vec4<u32> }
    var<private> path: Path;
    var<private> mixed: array<f32, 2>;
";

fn written(body: &str, most: usize) -> Result<Module, Fault> {
    let text = format!("{DECLARATIONS}\n@compute @workgroup_size(1) fn main() {{ {body} }}");
    let mut module = front::wgsl::parse_str(&text).unwrap_or_else(|error| panic!("{}", error.emit_to_string(&text)));
    write_out(&mut module, &["terms", "rows"], most).map(|()| module)
}

/// What a body becomes, as WGSL, and the module.
fn text(body: &str) -> (String, Module) {
    let module = written(body, 1000).unwrap_or_else(|fault| panic!("{fault}"));
    (wgsl(&module), module)
}

fn wgsl(module: &Module) -> String {
    let info = Validator::new(ValidationFlags::all(), Capabilities::empty()).validate(module);
    let info = info.unwrap_or_else(|error| panic!("{:?}", error.into_inner()));
    write_string(module, &info, WriterFlags::empty()).expect("it is WGSL")
}

#[test]
fn loops_inside_loops_are_written_out_and_tables_looked_up() {
    let (text, _) = text(
        "for (var o = 0u; o < N; o++) {
            for (var c = FIRST[o]; c < END[o]; c++) { words[c] = 10u * o + c; }
        }",
    );
    let stores: Vec<&str> = text.lines().map(str::trim).filter(|line| line.starts_with("words[")).collect();
    assert_eq!(stores, ["words[0] = 0u;", "words[1] = 11u;", "words[2] = 12u;"], "{text}");
    assert!(!text.contains("loop") && !text.contains("FIRST") && !text.contains("var o"), "{text}");
}

#[test]
fn loops_over_what_only_the_device_knows_stay_and_so_does_what_they_change() {
    let (text, _) = text(
        "var n = 0u;
        for (var t = 0u; t < words[0]; t++) { for (var i = 0u; i < N; i++) { n += i; } }
        words[1] = n;",
    );
    assert_eq!(text.matches("loop {").count(), 1, "{text}");
    assert!(text.contains("n = (") && !text.contains("words[1] = 0u"), "{text}");
}

#[test]
fn known_branches_are_taken_and_unknown_ones_leave_what_both_agree_on() {
    let (text, _) = text(
        "var n = 1u;
        var m = 1u;
        if (FIRST[1] == 1u) { words[0] = 7u; } else { words[0] = 8u; }
        if (words[5] > 3u) { n = 2u; m = 3u; } else { m = 3u; }
        words[1] = n;
        words[2] = m;",
    );
    assert!(text.contains("words[0] = 7u;") && !text.contains("8u"), "{text}");
    assert!(!text.contains("words[1] = 1u;") && !text.contains("words[1] = 2u;"), "{text}");
    assert!(text.contains("words[2] = 3u;") && !text.contains("var m"), "{text}");
}

#[test]
fn an_array_that_is_stored_to_is_no_table() {
    let (text, _) = text("words[0] = END[1]; FIRST[1] = 5u; words[1] = FIRST[1];");
    assert!(text.contains("words[0] = 3u;") && !text.contains("words[1] = 1u;"), "{text}");
}

#[test]
fn what_cannot_be_written_out_is_an_error() {
    let fault = |body: &str| written(body, 1000).err().map(|fault| fault.to_string()).unwrap_or_default();
    let left = fault("for (var i = 0u; i < N; i++) { if (words[i] == 0u) { break; } words[i] = 1u; }");
    assert!(left.contains("in the middle"), "{left}");
    let first = fault("for (var i = 0u; i < N; i++) { i = words[i]; }");
    assert!(first.contains("at first only"), "{first}");
    let index = fault("numbers[0] = terms.parts[words[0]].y;");
    assert!(index.contains("an index that is not known"), "{index}");
    let large = written("for (var i = 0u; i < 1000000000u; i++) { words[i] = 1u; }", 1000);
    assert_eq!(large.err(), Some(Fault::TooLarge));
}

#[test]
fn tables_become_numbers_in_the_same_places() {
    let (text, module) = text(
        "for (var i = 1u; i < 3u; i++) { numbers[i] = terms.parts[i].y + rows[words[0]].z; }
        numbers[0] = terms.list[1];
        words[0] = terms.many[words[1]][words[2] & 3u];",
    );
    for read in ["terms.parts_1_y", "terms.parts_2_y", "terms.list_1", "terms.many[", "].z"] {
        assert!(text.contains(read), "{read} in {text}");
    }
    let structure = |name: &str| {
        let (_, ty) = module.types.iter().find(|(_, ty)| ty.name.as_deref() == Some(name)).expect("it is there");
        let TypeInner::Struct { members, span } = &ty.inner else { panic!("{name} is no structure") };
        let offsets = members.iter().map(|member| (member.name.clone().unwrap_or_default(), member.offset));
        (offsets.collect::<Vec<_>>(), *span)
    };
    let (members, span) = structure("Terms");
    let last = ["parts_2_y", "parts_2_z", "list_0", "list_1"].into_iter().zip([60, 64, 68, 72]);
    assert_eq!(members[members.len() - 4..], last.map(|(name, at)| (name.to_string(), at)).collect::<Vec<_>>());
    assert_eq!((members.len(), members[0].1, span), (1 + 9 + 2, 0, 80));
    // what is written as text has no other size
    assert_eq!((structure("Part").0.last(), structure("Part").1), (Some(&("padding_12".to_string(), 12)), 16));
    assert!(text.contains("var<uniform> terms") && text.contains("var<uniform> rows"), "{text}");
}

/// What a body becomes with variables spread, as WGSL.
fn spread_out(body: &str) -> String {
    let mut module = written(body, 1000).unwrap_or_else(|fault| panic!("{fault}"));
    spread(&mut module);
    wgsl(&module)
}

#[test]
fn parts_of_a_path_become_variables() {
    let text = spread_out(
        "path = Path();
        for (var i = 0u; i < N; i++) {
            path.part[i].x = 1.0 + path.part[i].y;
            if (words[i] > 1u) { path.part[i] = Part(); path.word.y = words[i]; }
        }
        mixed[0] = path.part[1].x;
        numbers[0] = mixed[0];
        words[0] = path.word.y;",
    );
    for found in ["var<private> path_part_0_x: f32;", "var<private> path_word: vec4<u32>;", "path_part_1_z = f32();"] {
        assert!(text.contains(found), "{found} in {text}");
    }
    assert!(text.contains("numbers[0] = ") && text.contains("path_word.y = "), "{text}");
    assert!(!text.contains("path: Path") && !text.contains("mixed:"), "{text}");
    // whole, once, and the first part in a branch
    assert_eq!(text.matches("path_part_0_x = f32();").count(), 2, "{text}");
}

#[test]
fn variables_that_are_used_as_a_whole_stay() {
    for (body, kept) in [
        ("mixed[words[0] & 1u] = 1.0; numbers[0] = mixed[0];", "mixed"),
        ("let all = mixed; numbers[0] = all[0] + mixed[1];", "mixed"),
        ("path.part[0] = Part(1.0, 2.0, 3.0); numbers[0] = path.part[0].x;", "path"),
    ] {
        let text = spread_out(body);
        assert!(text.contains(&format!("var<private> {kept}:")), "{text}");
    }
}
