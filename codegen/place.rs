//! Where the model's variables are in Rust: fields of `Kernel` (src/engine/lanes/kernel.rs) and local variables.

use naga::{BinaryOperator, Expression, Function, Handle, Literal, TypeInner};

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
                // the kernel has the period's row alone
                ("rows", [_, steps @ ..]) => (element(model, variable.ty), "kernel.row".into(), steps),
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
                format!(".{}", member.name.as_deref().unwrap_or_default())
            }
            (_, step) => {
                ty = element(model, ty);
                format!("[{}]", index(step))
            }
        };
        let last = at + 1 == steps.len() && text.starts_with('.');
        if last { field = text } else { base += &text }
    }
    RustPlace { base, field }
}

/// The type of an array's elements.
fn element(model: &Model, ty: Handle<naga::Type>) -> Handle<naga::Type> {
    match model.module.types[ty].inner {
        TypeInner::Array { base, .. } => base,
        _ => ty,
    }
}

/// Whether a pointer into `rows` is to the row of the period that a function is called for: `rows[t - 1u]`.
pub fn is_of_period(function: &Function, row: &Step) -> bool {
    let Step::Element(row) = row else { return false };
    let Expression::Binary { op: BinaryOperator::Subtract, left, right } = function.expressions[*row] else {
        return false;
    };
    let period = matches!(function.expressions[left], Expression::FunctionArgument(0));
    period && matches!(function.expressions[right], Expression::Literal(Literal::U32(1)))
}
