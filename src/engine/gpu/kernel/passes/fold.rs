//! Look-ups of structural tables and arithmetic on what is known, as numbers.

use wgpu::naga::proc::{ConstantEvaluator, Emitter};
use wgpu::naga::{Block, Expression, Literal};

use super::fault::Fault;
use super::rebuild::{Rebuild, Value};

impl Rebuild<'_> {
    /// Makes an expression anew, as the number that it is if that is known.
    pub fn expression(&mut self, old: Value, emitter: &mut Emitter, to: &mut Block) -> Result<Value, Fault> {
        let span = self.old.expressions.get_span(old);
        let moved = self.with_new_operands(&self.old.expressions[old])?;
        let folded = self.looked_up(&moved).map_or(moved, Expression::Literal);
        let mut evaluator = ConstantEvaluator::for_wgsl_function(
            self.module,
            &mut self.expressions,
            &mut self.kinds,
            &mut self.layouter,
            emitter,
            to,
            false,
        );
        let new = evaluator.try_eval_and_append(folded, span);
        let new = new.map_err(|error| Fault::Kernel(format!("{}: {error}", self.name())))?;
        self.remember(old, new);
        self.check_size()?;
        Ok(new)
    }

    /// The integer or truth value that an expression is, if it is known.
    pub fn number(&self, value: Value) -> Option<Literal> {
        let literal = match self.expressions[value] {
            Expression::Literal(literal) => literal,
            Expression::Constant(constant) => {
                match self.module.global_expressions[self.module.constants[constant].init] {
                    Expression::Literal(literal) => literal,
                    _ => return None,
                }
            }
            _ => return None,
        };
        matches!(literal, Literal::U32(_) | Literal::I32(_) | Literal::Bool(_)).then_some(literal)
    }

    /// What is read from a variable whose number is known, or from a table.
    fn looked_up(&self, expression: &Expression) -> Option<Literal> {
        let Expression::Load { pointer } = *expression else { return None };
        match self.expressions[pointer] {
            Expression::LocalVariable(variable) => self.known.get(&variable).copied(),
            Expression::AccessIndex { base, index } => match self.expressions[base] {
                Expression::GlobalVariable(table) => self.tables.get(&table)?.get(index as usize).copied(),
                _ => None,
            },
            _ => None,
        }
    }

    fn with_new_operands(&self, expression: &Expression) -> Result<Expression, Fault> {
        use Expression as E;
        let new = |of: Value| self.value(of);
        let maybe = |of: Option<Value>| of.map(new).transpose();
        Ok(match *expression {
            E::Compose { ty, ref components } => {
                E::Compose { ty, components: components.iter().map(|&of| new(of)).collect::<Result<_, _>>()? }
            }
            E::Access { base, index } => {
                let (base, index) = (new(base)?, new(index)?);
                match self.number(index) {
                    Some(Literal::U32(index)) => E::AccessIndex { base, index },
                    _ => E::Access { base, index },
                }
            }
            E::AccessIndex { base, index } => E::AccessIndex { base: new(base)?, index },
            E::Splat { size, value } => E::Splat { size, value: new(value)? },
            E::Swizzle { size, vector, pattern } => E::Swizzle { size, vector: new(vector)?, pattern },
            E::Load { pointer } => E::Load { pointer: new(pointer)? },
            E::Unary { op, expr } => E::Unary { op, expr: new(expr)? },
            E::Binary { op, left, right } => E::Binary { op, left: new(left)?, right: new(right)? },
            E::Select { condition, accept, reject } => {
                E::Select { condition: new(condition)?, accept: new(accept)?, reject: new(reject)? }
            }
            E::Relational { fun, argument } => E::Relational { fun, argument: new(argument)? },
            E::Math { fun, arg, arg1, arg2, arg3 } => {
                E::Math { fun, arg: new(arg)?, arg1: maybe(arg1)?, arg2: maybe(arg2)?, arg3: maybe(arg3)? }
            }
            E::As { expr, kind, convert } => E::As { expr: new(expr)?, kind, convert },
            E::ArrayLength(of) => E::ArrayLength(new(of)?),
            ref other => return Err(Fault::Kernel(format!("{}: {other:?} cannot be written out", self.name()))),
        })
    }
}
