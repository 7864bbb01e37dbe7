//! The sizes, lengths and lists of `shaders/structure.wgsl` as structures of Rust.

use std::fmt::Write as _;

use naga::{ScalarKind, Span, TypeInner};

use super::compose::{Model, Role};

/// `Counts`, `ArrayLengths`, `Lists` and `Slices`, whose fields have the WGSL's names in small letters.
pub fn print(model: &Model) -> Result<String, String> {
    let module = &model.module;
    let here = |span: Span| model.role(span) == Role::Structure;
    let mut sizes = Vec::new();
    for (handle, size) in module.overrides.iter() {
        let number =
            matches!(module.types[size.ty].inner, TypeInner::Scalar(scalar) if scalar.kind == ScalarKind::Uint);
        if here(module.overrides.get_span(handle)) && number {
            sizes.extend(size.name.as_deref());
        }
    }
    let lengths = module.constants.iter().filter(|(handle, _)| here(module.constants.get_span(*handle)));
    let lengths: Vec<&str> = lengths.filter_map(|(_, room)| room.name.as_deref()).collect();
    let lists = module.global_variables.iter().filter(|(handle, _)| here(module.global_variables.get_span(*handle)));
    let lists: Vec<&str> = lists.filter_map(|(_, list)| list.name.as_deref()).collect();
    if sizes.is_empty() || lengths.is_empty() || lists.is_empty() {
        return Err("shaders/structure.wgsl: no sizes, lengths or lists".into());
    }
    let mut rust = String::new();
    rust +=
        &structure("Counts", "How many there are of what a simulation has, and what it watches.", &sizes, "u32", "u32");
    rust += &structure("ArrayLengths", "Lengths of arrays, at least 1 each.", &lengths, "u32", "u32");
    rust += &structure("Lists", "Who uses what.", &lists, "Vec<u32>", "&[u32]");
    rust += &slices(&lists);
    Ok(rust)
}

/// A structure of numbers or lists, and a method that names them as WGSL does.
fn structure(name: &str, doc: &str, members: &[&str], ty: &str, shown: &str) -> String {
    let copy = if ty == shown { ", Copy" } else { "" };
    let mut rust =
        format!("/// {doc}\n#[derive(Debug, Clone{copy}, Default, PartialEq, Eq, Hash)]\npub struct {name} {{\n");
    for member in members {
        writeln!(rust, "    pub {}: {ty},", member.to_lowercase()).expect("a String takes all");
    }
    let count = members.len();
    let borrow = if ty == shown { "" } else { "&" };
    write!(
        rust,
        "}}\n\nimpl {name} {{\n    /// All of them, under the names that they have in WGSL.\n    \
         pub fn named(&self) -> [(&'static str, {shown}); {count}] {{\n        [\n"
    )
    .expect("a String takes all");
    for member in members {
        writeln!(rust, "            ({member:?}, {borrow}self.{}),", member.to_lowercase())
            .expect("a String takes all");
    }
    rust + "        ]\n    }\n}\n\n"
}

/// The lists as slices, which a compiler holds in registers, where it would read a vector's length again after every store.
fn slices(lists: &[&str]) -> String {
    let mut rust = String::from("/// The lists as slices.\n#[derive(Debug, Clone, Copy)]\npub struct Slices<'a> {\n");
    for list in lists {
        writeln!(rust, "    pub {}: &'a [u32],", list.to_lowercase()).expect("a String takes all");
    }
    rust += "}\n\nimpl Lists {\n    /// All of them as slices.\n    #[inline(always)]\n    \
             pub fn slices(&self) -> Slices<'_> {\n        Slices {\n";
    for list in lists {
        let list = list.to_lowercase();
        writeln!(rust, "            {list}: &self.{list},").expect("a String takes all");
    }
    rust + "        }\n    }\n}\n"
}
