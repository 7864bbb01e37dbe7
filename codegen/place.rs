//! Where the model's variables are in Rust: fields of `Kernel` (src/engine/lanes/kernel.rs) and local variables.

use naga::{Function, Handle, TypeInner};

use super::compose::{Model, Role};
use super::uniform::{Place, Root, Step};

/// Variables that are read as they were before the function in which they are stored: two sets in turn, since what is chosen
/// lane by lane and stored to where it came from becomes a masked store, for which some processors take a hundred cycles.
const IN_TURN: [&str; 1] = ["events"];

/// A place in Rust.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RustPlace {
    /// The variable's element, up to the field of a structure.
    pub base: String,
    /// `.field`, or nothing.
    pub field: String,
}

impl RustPlace {
    pub fn whole(&self) -> String {
        format!("{}{}", self.base, self.field)
    }
}

/// Whether a variable is one of two sets in turn.
pub fn is_in_turn(model: &Model, root: Root) -> bool {
    match root {
        Root::Global(global) => {
            model.module.global_variables[global].name.as_deref().is_some_and(|name| IN_TURN.contains(&name))
        }
        Root::Local(..) => false,
    }
}

/// The name of a local variable: that of WGSL, with a number, since several may have the same.
pub fn local(function: &Function, local: Handle<naga::LocalVariable>) -> String {
    format!("{}_{}", function.local_variables[local].name.as_deref().unwrap_or("local"), local.index())
}

/// A place in Rust, given the text of each index that is no number. `before` means the set of the period before.
pub fn rust(
    model: &Model,
    function: &Function,
    place: &Place,
    before: bool,
    index: &dyn Fn(&Step) -> String,
) -> RustPlace {
    let (mut ty, mut base, steps) = match place.root {
        Root::Local(_, variable) => {
            (function.local_variables[variable].ty, local(function, variable), &place.steps[..])
        }
        Root::Global(global) => {
            let variable = &model.module.global_variables[global];
            let name = variable.name.clone().unwrap_or_default();
            let listed = model.role(model.module.global_variables.get_span(global)) == Role::Structure;
            match (name.as_str(), &place.steps[..]) {
                ("terms", steps) => (variable.ty, "kernel.tables".into(), steps),
                ("rows", [row, steps @ ..]) => return row_place(model, variable.ty, row, steps, index),
                (_, steps) if listed => (variable.ty, format!("kernel.lists.{}", name.to_lowercase()), steps),
                (_, steps) => {
                    let set = if before { "_before" } else { "" };
                    (variable.ty, format!("kernel.{name}{set}"), steps)
                }
            }
        }
    };
    let mut field = String::new();
    for (at, step) in steps.iter().enumerate() {
        let text = match (&model.module.types[ty].inner, step) {
            (TypeInner::Struct { members, .. }, Step::Number(number)) => {
                let member = &members[*number as usize];
                ty = member.ty;
                // what all periods share has a longer name in Rust
                let name = member.name.as_deref().unwrap_or_default();
                format!(".{}", if name == "general" { "common" } else { name })
            }
            (TypeInner::Array { base, .. }, step) => {
                ty = *base;
                format!("[{}]", index(step))
            }
            (other, _) => unreachable!("no step into {other:?}"),
        };
        let last = at + 1 == steps.len() && text.starts_with('.');
        if last { field = text } else { base += &text }
    }
    RustPlace { base, field }
}

/// What a period's row holds: `kernel.contract_period(t, c).rate`.
fn row_place(
    model: &Model,
    ty: Handle<naga::Type>,
    row: &Step,
    steps: &[Step],
    index: &dyn Fn(&Step) -> String,
) -> RustPlace {
    let member = |ty: Handle<naga::Type>, step: Option<&Step>| match (&model.module.types[ty].inner, step) {
        (TypeInner::Struct { members, .. }, Some(Step::Number(number))) => {
            let member = &members[*number as usize];
            (member.name.clone().unwrap_or_default(), member.ty)
        }
        (other, step) => unreachable!("no member of {other:?}: {step:?}"),
    };
    let element = |ty: Handle<naga::Type>| match model.module.types[ty].inner {
        TypeInner::Array { base, .. } => base,
        _ => ty,
    };
    let (of, table) = member(element(ty), steps.first());
    let (base, field) = if of == "period" {
        (format!("kernel.period({})", index(row)), member(table, steps.get(1)).0)
    } else {
        let whose = of.trim_end_matches('s');
        let owner = steps.get(1).map_or_else(String::new, index);
        (format!("kernel.{whose}_period({}, {owner})", index(row)), member(element(table), steps.get(2)).0)
    };
    RustPlace { base, field: format!(".{field}") }
}
