//! Loops over structure, written out for each value of their variable.
//!
//! A loop is one over structure if it is known beforehand how often it runs: the loop over periods and that over a
//! factor's thresholds are not, since their bounds come from buffers.

use wgpu::naga::{Block, Expression, Literal, Span, Statement};

use super::fault::Fault;
use super::rebuild::{Rebuild, Value};

impl Rebuild<'_> {
    /// A loop, written out if it is one over structure.
    pub fn loop_statement(
        &mut self,
        body: &Block,
        continuing: &Block,
        break_if: Option<Value>,
        span: Span,
        to: &mut Block,
    ) -> Result<(), Fault> {
        if let Some(exit) = exit(body)
            && break_if.is_none()
            && self.goes_on(body, exit)?.is_some()
        {
            return self.write_out(body, exit, continuing, to);
        }
        self.forget(body);
        self.forget(continuing);
        let (mut new_body, mut new_continuing) = (Block::new(), Block::new());
        self.block(body, &mut new_body)?;
        // what the body leaves known need not hold where it is left early
        self.forget(body);
        self.block(continuing, &mut new_continuing)?;
        let break_if = break_if.map(|value| self.value(value)).transpose()?;
        self.forget(continuing);
        to.push(Statement::Loop { body: new_body, continuing: new_continuing, break_if }, span);
        Ok(())
    }

    /// Writes out a loop whose body is left at the statement `exit` alone.
    fn write_out(&mut self, body: &Block, exit: usize, continuing: &Block, to: &mut Block) -> Result<(), Fault> {
        let inside = body.span_iter().skip(exit + 1);
        let inside: Vec<(&Statement, Span)> = inside.map(|(statement, &span)| (statement, span)).collect();
        loop {
            match self.goes_on(body, exit)? {
                Some(true) => {}
                Some(false) => return Ok(()),
                None => return self.fault("a loop's bounds are known at first only"),
            }
            let mut round = Block::new();
            for &(statement, span) in &inside {
                self.statement(statement, span, &mut round)?;
            }
            if jumps(&round) {
                return self.fault("a loop over structure is left, or goes on, in the middle");
            }
            self.block(continuing, &mut round)?;
            to.append(&mut round);
            self.check_size()?;
        }
    }

    fn fault(&self, what: &str) -> Result<(), Fault> {
        Err(Fault::Kernel(format!("{}: {what}", self.name())))
    }

    /// Whether the loop's body runs (again), if that is known. Nothing is written: what this makes is swept up later.
    fn goes_on(&mut self, body: &Block, exit: usize) -> Result<Option<bool>, Fault> {
        for statement in &body[..exit] {
            self.statement(statement, Span::UNDEFINED, &mut Block::new())?;
        }
        let Statement::If { condition, .. } = &body[exit] else { return Ok(None) };
        let condition = self.value(*condition)?;
        Ok(match self.number(condition) {
            Some(Literal::Bool(condition)) => Some(condition),
            _ => None,
        })
    }

    /// Forgets the numbers of all variables that a block stores to.
    fn forget(&mut self, block: &Block) {
        for statement in block {
            match statement {
                Statement::Store { pointer, .. } => {
                    if let Expression::LocalVariable(variable) = self.old.expressions[*pointer] {
                        self.known.remove(&variable);
                    }
                }
                Statement::Block(inner) => self.forget(inner),
                Statement::If { accept: one, reject: other, .. }
                | Statement::Loop { body: one, continuing: other, .. } => {
                    self.forget(one);
                    self.forget(other);
                }
                _ => {}
            }
        }
    }
}

/// Where the head of a `for` loop stands in its body: the branch that leaves it, with nothing but expressions before.
fn exit(body: &Block) -> Option<usize> {
    let exit = body.iter().position(|statement| !matches!(statement, Statement::Emit(_)))?;
    let Statement::If { accept, reject, .. } = &body[exit] else { return None };
    (accept.is_empty() && matches!(reject[..], [Statement::Break])).then_some(exit)
}

/// Whether a block leaves the loop around it, or skips to its next round.
fn jumps(block: &Block) -> bool {
    block.iter().any(|statement| match statement {
        Statement::Break | Statement::Continue => true,
        Statement::If { accept, reject, .. } => jumps(accept) || jumps(reject),
        Statement::Block(inner) => jumps(inner),
        _ => false,
    })
}
