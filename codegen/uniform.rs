//! Which values all paths share, and which belong to a path.
//!
//! A value is of the path if it is computed from something of the path. Variables are looked at as a whole, structures in
//! arrays field by field: `organizations[o].cash` is of the path for all `o` or for none. A branch or a place in memory that
//! differs between paths is an error, since the lanes of the CPU engine take them together.

use std::collections::BTreeSet;

use naga::{Block, Expression, Function, GlobalVariable, Handle, LocalVariable, Statement};

use super::compose::Model;

/// Variables that come to the control flow with a path's values: what factors are drawn into.
const OF_THE_PATH: [&str; 9] = [
    "x",
    "previous",
    "state",
    "tranche_words",
    "crisis_words",
    "failure_words",
    "novation_words",
    "workout_words",
    "late",
];

/// What a variable is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Root {
    Global(Handle<GlobalVariable>),
    Local(Handle<Function>, Handle<LocalVariable>),
}

/// A step into a variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// An element, by an expression.
    Element(Handle<Expression>),
    /// An element or member, by its number.
    Number(u32),
}

/// Where a pointer points to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub root: Root,
    pub steps: Vec<Step>,
}

impl Place {
    /// Of a pointer of a function.
    pub fn of(handle: Handle<Function>, function: &Function, pointer: Handle<Expression>) -> Option<Place> {
        let (base, step) = match function.expressions[pointer] {
            Expression::GlobalVariable(global) => return Some(Place { root: Root::Global(global), steps: Vec::new() }),
            Expression::LocalVariable(local) => {
                return Some(Place { root: Root::Local(handle, local), steps: Vec::new() });
            }
            Expression::Access { base, index } => (base, Step::Element(index)),
            Expression::AccessIndex { base, index } => (base, Step::Number(index)),
            _ => return None,
        };
        let mut place = Place::of(handle, function, base)?;
        place.steps.push(step);
        Some(place)
    }

    /// What is of the path or not as a whole: a variable, or a field of the structures in an array.
    pub fn field(&self) -> Field {
        let number = self.steps.iter().skip(1).find_map(|step| match step {
            Step::Number(number) => Some(*number),
            Step::Element(_) => None,
        });
        (self.root, number)
    }
}

/// A variable, or a field of the structures in it.
pub type Field = (Root, Option<u32>);

/// What is of the path.
pub struct Sharing {
    fields: BTreeSet<Field>,
    arguments: BTreeSet<(Handle<Function>, u32)>,
}

impl Sharing {
    /// Finds out by repeating until nothing changes, then looks for branches and places that differ between paths.
    pub fn of(model: &Model) -> Result<Self, String> {
        let known = model
            .module
            .global_variables
            .iter()
            .filter(|(_, global)| global.name.as_deref().is_some_and(|name| OF_THE_PATH.contains(&name)));
        let fields = known.map(|(handle, _)| (Root::Global(handle), None)).collect();
        let mut sharing = Sharing { fields, arguments: BTreeSet::new() };
        loop {
            let before = (sharing.fields.len(), sharing.arguments.len());
            for (handle, function) in model.control_flow() {
                let values = sharing.values(handle, function);
                sharing.spread(model, handle, function, &function.body, &values)?;
            }
            if before == (sharing.fields.len(), sharing.arguments.len()) {
                break;
            }
        }
        for (handle, function) in model.control_flow() {
            refuse_branches(model, function, &function.body, &sharing.values(handle, function))?;
        }
        Ok(sharing)
    }

    /// Whether what stands in a place is of the path.
    pub fn is_of_path(&self, place: &Place) -> bool {
        let (root, number) = place.field();
        self.fields.contains(&(root, number)) || self.fields.contains(&(root, None))
    }

    /// By expression of a function, whether its value is of the path.
    pub fn values(&self, handle: Handle<Function>, function: &Function) -> Vec<bool> {
        let mut results = Vec::new();
        call_results(&function.body, &mut results);
        let mut values = vec![false; function.expressions.len()];
        for (at, expression) in function.expressions.iter() {
            values[at.index()] = match expression {
                Expression::FunctionArgument(index) => self.arguments.contains(&(handle, *index)),
                Expression::Load { pointer } => {
                    Place::of(handle, function, *pointer).is_some_and(|place| self.is_of_path(&place))
                }
                Expression::CallResult(_) => {
                    let call = results.iter().find(|(result, _)| *result == at);
                    call.is_some_and(|(_, arguments)| arguments.iter().any(|of| values[of.index()]))
                }
                other => operands(other).iter().any(|of| values[of.index()]),
            };
        }
        values
    }

    /// Marks what the statements of a block store values of the path in.
    fn spread(
        &mut self,
        model: &Model,
        handle: Handle<Function>,
        function: &Function,
        block: &Block,
        values: &[bool],
    ) -> Result<(), String> {
        for statement in block.iter() {
            match statement {
                Statement::Store { pointer, value } => {
                    let place = Place::of(handle, function, *pointer);
                    let place = place.ok_or_else(|| model.fault(function, *pointer, "no variable is stored to"))?;
                    if values[value.index()] {
                        self.fields.insert(place.field());
                    }
                }
                Statement::Call { function: callee, arguments, .. } if model.is_control_flow(*callee) => {
                    for (index, argument) in arguments.iter().enumerate() {
                        if values[argument.index()] {
                            self.arguments.insert((*callee, index as u32));
                        }
                    }
                }
                _ => {}
            }
            for inner in inside(statement) {
                self.spread(model, handle, function, inner, values)?;
            }
        }
        Ok(())
    }
}

/// Fails on branches, and on indices of variables, that are of the path.
fn refuse_branches(model: &Model, function: &Function, block: &Block, values: &[bool]) -> Result<(), String> {
    for statement in block.iter() {
        if let Statement::If { condition, .. } = statement
            && values[condition.index()]
        {
            return Err(model.fault(function, *condition, "this branch differs between paths: use select, min or max"));
        }
        if let Statement::Emit(range) = statement {
            for at in range.clone() {
                if let Expression::Access { index, .. } = function.expressions[at]
                    && values[index.index()]
                {
                    return Err(model.fault(function, at, "this index differs between paths"));
                }
            }
        }
        for inner in inside(statement) {
            refuse_branches(model, function, inner, values)?;
        }
    }
    Ok(())
}

/// The blocks in a statement.
pub fn inside(statement: &Statement) -> Vec<&Block> {
    match statement {
        Statement::Block(block) => vec![block],
        Statement::If { accept, reject, .. } => vec![accept, reject],
        Statement::Loop { body, continuing, .. } => vec![body, continuing],
        _ => Vec::new(),
    }
}

fn call_results<'a>(block: &'a Block, results: &mut Vec<(Handle<Expression>, &'a [Handle<Expression>])>) {
    for statement in block.iter() {
        if let Statement::Call { arguments, result: Some(result), .. } = statement {
            results.push((*result, arguments));
        }
        inside(statement).into_iter().for_each(|inner| call_results(inner, results));
    }
}

/// The operands that a value is computed from, without pointers.
pub fn operands(expression: &Expression) -> Vec<Handle<Expression>> {
    match expression {
        Expression::Access { base, index } => vec![*base, *index],
        Expression::AccessIndex { base, .. } => vec![*base],
        Expression::Compose { components, .. } => components.clone(),
        Expression::Unary { expr, .. } | Expression::As { expr, .. } => vec![*expr],
        Expression::Binary { left, right, .. } => vec![*left, *right],
        Expression::Select { condition, accept, reject } => vec![*condition, *accept, *reject],
        Expression::Math { arg, arg1, arg2, arg3, .. } => {
            [Some(*arg), *arg1, *arg2, *arg3].into_iter().flatten().collect()
        }
        _ => Vec::new(),
    }
}
