//! Structural tables: which factor an organization uses, say.

use std::collections::HashMap;

use wgpu::naga::{AddressSpace, Expression, GlobalVariable, Handle, Literal, Module};

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
    let private = module.global_variables.iter().filter(|(_, variable)| variable.space == AddressSpace::Private);
    private.filter_map(|(handle, variable)| Some((handle, elements(variable)?))).collect()
}
