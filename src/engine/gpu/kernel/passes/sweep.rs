//! Variables that nothing reads, such as those of loops that are written out.

use std::collections::HashSet;

use wgpu::naga::{Arena, Block, Expression, Function, Handle, LocalVariable, Statement};

/// Takes variables that nothing reads out of a function, with all that is stored to them.
pub fn sweep(function: &mut Function) {
    let read = read(function);
    let body = std::mem::take(&mut function.body);
    function.body = without_stores(body, &|pointer| match function.expressions[pointer] {
        Expression::LocalVariable(variable) => !read.contains(&variable),
        _ => false,
    });
    let mut kept = Arena::new();
    let moved: Vec<(Handle<LocalVariable>, Option<Handle<LocalVariable>>)> = function
        .local_variables
        .iter()
        .map(|(old, local)| {
            let span = function.local_variables.get_span(old);
            (old, read.contains(&old).then(|| kept.append(local.clone(), span)))
        })
        .collect();
    for (_, expression) in function.expressions.iter_mut() {
        if let Expression::LocalVariable(variable) = expression {
            // what points to a variable that is gone is not used, and goes with the next compaction
            *expression = match moved[variable.index()].1 {
                Some(new) => Expression::LocalVariable(new),
                None => Expression::Literal(wgpu::naga::Literal::Bool(false)),
            };
        }
    }
    function.local_variables = kept;
}

/// The variables that are used for more than being stored to. None is passed on: what is rebuilt has no such calls.
fn read(function: &Function) -> HashSet<Handle<LocalVariable>> {
    let variable = |pointer| match function.expressions[pointer] {
        Expression::LocalVariable(variable) => Some(variable),
        _ => None,
    };
    let mut read = HashSet::new();
    for (_, expression) in function.expressions.iter() {
        match *expression {
            Expression::Load { pointer: base }
            | Expression::Access { base, .. }
            | Expression::AccessIndex { base, .. } => read.extend(variable(base)),
            _ => {}
        }
    }
    read
}

fn without_stores(block: Block, gone: &dyn Fn(Handle<Expression>) -> bool) -> Block {
    let mut kept = Block::with_capacity(block.len());
    for (statement, span) in block.span_into_iter() {
        let statement = match statement {
            Statement::Store { pointer, .. } if gone(pointer) => continue,
            Statement::Block(inner) => Statement::Block(without_stores(inner, gone)),
            Statement::If { condition, accept, reject } => {
                let (accept, reject) = (without_stores(accept, gone), without_stores(reject, gone));
                Statement::If { condition, accept, reject }
            }
            Statement::Loop { body, continuing, break_if } => {
                let (body, continuing) = (without_stores(body, gone), without_stores(continuing, gone));
                Statement::Loop { body, continuing, break_if }
            }
            other => other,
        };
        kept.push(statement, span);
    }
    kept
}
