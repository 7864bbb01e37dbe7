//! Structural tables: which factor an organization uses, say.

use std::collections::{HashMap, HashSet};

use wgpu::naga::{AddressSpace, Block, Expression, Function, GlobalVariable, Handle, Literal, Module, Statement};

/// The elements of arrays that nothing is stored to.
pub type Tables = HashMap<Handle<GlobalVariable>, Vec<Literal>>;

/// The module's tables: private arrays of integers with their elements beside them.
pub fn tables(module: &Module) -> Tables {
    let global = &module.global_expressions;
    let elements = |variable: &GlobalVariable| {
        let Expression::Compose { components, .. } = &global[variable.init?] else { return None };
        let literal = |&of: &Handle<Expression>| match global[of] {
            Expression::Literal(literal @ Literal::U32(_)) => Some(literal),
            _ => None,
        };
        components.iter().map(literal).collect::<Option<Vec<_>>>()
    };
    let mut changed = HashSet::new();
    for function in module.functions.iter().map(|(_, function)| function) {
        stored(function, &function.body, &mut changed);
    }
    for entry in &module.entry_points {
        stored(&entry.function, &entry.function.body, &mut changed);
    }
    let private = module
        .global_variables
        .iter()
        .filter(|(handle, variable)| variable.space == AddressSpace::Private && !changed.contains(handle));
    private.filter_map(|(handle, variable)| Some((handle, elements(variable)?))).collect()
}

/// Collects the global variables that a block stores to or passes on.
fn stored(function: &Function, block: &Block, changed: &mut HashSet<Handle<GlobalVariable>>) {
    for statement in block {
        match statement {
            Statement::Store { pointer, .. } => changed.extend(variable(function, *pointer)),
            Statement::Call { arguments, .. } => {
                changed.extend(arguments.iter().filter_map(|&argument| variable(function, argument)));
            }
            Statement::Block(inner) => stored(function, inner, changed),
            Statement::If { accept: one, reject: other, .. } | Statement::Loop { body: one, continuing: other, .. } => {
                stored(function, one, changed);
                stored(function, other, changed);
            }
            _ => {}
        }
    }
}

/// The global variable that a pointer points into.
fn variable(function: &Function, pointer: Handle<Expression>) -> Option<Handle<GlobalVariable>> {
    match function.expressions[pointer] {
        Expression::GlobalVariable(variable) => Some(variable),
        Expression::Access { base, .. } | Expression::AccessIndex { base, .. } => variable(function, base),
        _ => None,
    }
}
