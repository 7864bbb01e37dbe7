//! The control flow of simulations that lack parts of the model: sizes and lists of these parts are 0, and what then never happens
//! is left out, so that the lanes are what they would be if the model had no such parts. Likewise lists whose choice lanes do without
//! are 1.

use naga::{BinaryOperator, Block, Expression, Function, Handle, Literal, Module, Range, Statement};

use super::compose::Model;

/// A model in which sizes and lists of these names are 0, and lists of those 1.
pub fn settled(model: &Model, lacking: &[&str], always: &[&str]) -> Result<Model, String> {
    let known = |name: &str| {
        model.module.overrides.iter().any(|(_, size)| size.name.as_deref() == Some(name))
            || model.module.global_variables.iter().any(|(_, list)| list.name.as_deref() == Some(name))
    };
    if let Some(name) = lacking.iter().chain(always).find(|name| !known(name)) {
        return Err(format!("the model has neither a size nor a list {name}"));
    }
    let mut module = model.module.clone();
    for (handle, _) in model.control_flow() {
        let mut function = std::mem::take(&mut module.functions[handle]);
        settle(&module, &mut function, lacking, always);
        function.body = Live { module: &module, function: &function }.block(&function.body);
        module.functions[handle] = function;
    }
    Ok(model.with(module))
}

/// Replaces values that are known once sizes and lists are what their names say.
fn settle(module: &Module, function: &mut Function, lacking: &[&str], always: &[&str]) {
    let known = |name: &Option<String>| {
        let among = |names: &[&str]| name.as_deref().is_some_and(|name| names.contains(&name));
        let number = if among(lacking) { Some(0) } else { among(always).then_some(1) };
        number.map(Literal::U32)
    };
    // operands stand before what is computed from them
    let all: Vec<_> = function.expressions.iter().map(|(at, _)| at).collect();
    for at in all {
        let value = match function.expressions[at] {
            Expression::Override(size) => known(&module.overrides[size].name),
            Expression::Load { pointer } => match function.expressions[pointer] {
                Expression::Access { base, .. } => match function.expressions[base] {
                    Expression::GlobalVariable(list) => known(&module.global_variables[list].name),
                    _ => None,
                },
                _ => None,
            },
            Expression::Binary { op, left, right } => combined(op, literal(function, left), literal(function, right)),
            _ => None,
        };
        if let Some(value) = value {
            function.expressions[at] = Expression::Literal(value);
        }
    }
}

fn literal(function: &Function, at: Handle<Expression>) -> Option<Literal> {
    match function.expressions[at] {
        Expression::Literal(literal) => Some(literal),
        _ => None,
    }
}

/// What an operator makes of operands, as far as they are known.
fn combined(op: BinaryOperator, left: Option<Literal>, right: Option<Literal>) -> Option<Literal> {
    use BinaryOperator::{Equal, InclusiveOr, Less, NotEqual};
    match (op, left, right) {
        // there is nothing below 0
        (Less, _, Some(Literal::U32(0))) => Some(Literal::Bool(false)),
        (Equal, Some(Literal::U32(left)), Some(Literal::U32(right))) => Some(Literal::Bool(left == right)),
        (NotEqual, Some(Literal::U32(left)), Some(Literal::U32(right))) => Some(Literal::Bool(left != right)),
        (InclusiveOr, Some(Literal::U32(left)), Some(Literal::U32(right))) => Some(Literal::U32(left | right)),
        _ => None,
    }
}

/// Whether nothing is left of a function.
pub fn is_empty(function: &Function) -> bool {
    function.body.iter().all(|statement| matches!(statement, Statement::Return { value: None }))
}

/// What is left of a function whose values are settled; the functions that it calls are done.
struct Live<'a> {
    module: &'a Module,
    function: &'a Function,
}

impl Live<'_> {
    /// A block without branches that are never taken, loops that never run, and calls of functions that do nothing.
    fn block(&self, block: &Block) -> Block {
        let mut kept = Block::new();
        for (statement, &span) in block.span_iter() {
            match statement {
                Statement::Emit(range) => {
                    for range in self.computed(range) {
                        kept.push(Statement::Emit(range), span);
                    }
                }
                Statement::Block(inner) => {
                    let inner = self.block(inner);
                    if !inner.is_empty() {
                        kept.push(Statement::Block(inner), span);
                    }
                }
                Statement::If { condition, accept, reject } => {
                    let (accept, reject) = (self.block(accept), self.block(reject));
                    match literal(self.function, *condition) {
                        Some(Literal::Bool(true)) => kept.extend_block(accept),
                        Some(_) => kept.extend_block(reject),
                        None if accept.is_empty() && reject.is_empty() => {}
                        None => kept.push(Statement::If { condition: *condition, accept, reject }, span),
                    }
                }
                Statement::Loop { body, continuing, break_if } => {
                    let (body, continuing) = (self.block(body), self.block(continuing));
                    let first = body.iter().find(|statement| !matches!(statement, Statement::Emit(_)));
                    if !matches!(first, Some(Statement::Break)) {
                        kept.push(Statement::Loop { body, continuing, break_if: *break_if }, span);
                    }
                }
                Statement::Call { function, .. } if is_empty(&self.module.functions[*function]) => {}
                other => kept.push(other.clone(), span),
            }
        }
        kept
    }

    /// The values of a range that are still computed.
    fn computed(&self, range: &Range<Expression>) -> Vec<Range<Expression>> {
        let values: Vec<_> = range.clone().collect();
        let runs = values.split(|&at| literal(self.function, at).is_some()).filter(|run| !run.is_empty());
        runs.map(|run| Range::new_from_bounds(run[0], run[run.len() - 1])).collect()
    }
}
