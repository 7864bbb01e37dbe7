//! A function rebuilt statement by statement, with what is known of its values on the way.

use std::collections::HashMap;

use wgpu::naga::proc::{Emitter, ExpressionKindTracker, Layouter};
use wgpu::naga::{Arena, Block, Expression, Function, Handle, Literal, LocalVariable, Module, Span, Statement};

use super::fault::Fault;
use super::tables::Tables;

pub type Value = Handle<Expression>;

/// A function on its way into a new arena of expressions.
pub struct Rebuild<'a> {
    pub module: &'a mut Module,
    pub tables: &'a Tables,
    pub old: &'a Function,
    pub expressions: Arena<Expression>,
    pub kinds: ExpressionKindTracker,
    pub layouter: Layouter,
    /// Numbers that variables have at this point.
    pub known: HashMap<Handle<LocalVariable>, Literal>,
    /// What has become of the old expressions; of several copies, the last.
    made: HashMap<Value, Value>,
    names: Vec<(Value, String)>,
    most: usize,
}

/// The function with loops over structure written out and constants folded, in at most so many expressions.
pub fn rebuild(module: &mut Module, tables: &Tables, old: &Function, most: usize) -> Result<Function, Fault> {
    let mut rebuild = Rebuild {
        module,
        tables,
        old,
        expressions: Arena::new(),
        kinds: ExpressionKindTracker::new(),
        layouter: Layouter::default(),
        known: HashMap::new(),
        made: HashMap::new(),
        names: Vec::new(),
        most,
    };
    let mut locals = old.local_variables.clone();
    rebuild.begin(&mut locals)?;
    let mut body = Block::new();
    rebuild.block(&old.body, &mut body)?;
    rebuild.check_size()?;
    Ok(Function {
        name: old.name.clone(),
        arguments: old.arguments.clone(),
        result: old.result.clone(),
        local_variables: locals,
        expressions: rebuild.expressions,
        named_expressions: rebuild.names.into_iter().collect(),
        body,
        diagnostic_filter_leaf: old.diagnostic_filter_leaf,
    })
}

impl Rebuild<'_> {
    /// Takes over what stands before all statements: constants, variables, and what they are at first.
    fn begin(&mut self, locals: &mut Arena<LocalVariable>) -> Result<(), Fault> {
        for (handle, expression) in self.old.expressions.iter().filter(|(_, expression)| expression.needs_pre_emit()) {
            let new = self.append(expression.clone(), self.old.expressions.get_span(handle));
            self.made.insert(handle, new);
        }
        let mut emitter = Emitter::default();
        emitter.start(&self.expressions);
        for (handle, local) in locals.iter_mut() {
            let Some(init) = local.init else { continue };
            let new = self.initial(init, &mut emitter)?;
            local.init = Some(new);
            if let Some(number) = self.number(new) {
                self.known.insert(handle, number);
            }
        }
        Ok(())
    }

    /// The constant that a variable begins with, which no statement emits.
    fn initial(&mut self, old: Value, emitter: &mut Emitter) -> Result<Value, Fault> {
        if let Some(&made) = self.made.get(&old) {
            return Ok(made);
        }
        if let Expression::Compose { components, .. } = &self.old.expressions[old] {
            for &component in components {
                self.initial(component, emitter)?;
            }
        }
        self.expression(old, emitter, &mut Block::new())
    }

    /// Appends an expression that needs no emitting.
    fn append(&mut self, expression: Expression, span: Span) -> Value {
        let kind = match expression {
            Expression::Literal(_) | Expression::Constant(_) | Expression::ZeroValue(_) => {
                wgpu::naga::proc::ExpressionKind::Const
            }
            _ => wgpu::naga::proc::ExpressionKind::Runtime,
        };
        let new = self.expressions.append(expression, span);
        self.kinds.insert(new, kind);
        new
    }

    /// What an old expression is here.
    pub fn value(&self, old: Value) -> Result<Value, Fault> {
        let unknown = || Fault::Kernel(format!("{}: a value is used before it is made", self.name()));
        self.made.get(&old).copied().ok_or_else(unknown)
    }

    pub fn name(&self) -> &str {
        self.old.name.as_deref().unwrap_or_default()
    }

    pub fn block(&mut self, from: &Block, to: &mut Block) -> Result<(), Fault> {
        for (statement, &span) in from.span_iter() {
            self.statement(statement, span, to)?;
            if matches!(to.last(), Some(Statement::Return { .. } | Statement::Break | Statement::Continue)) {
                break;
            }
        }
        Ok(())
    }

    pub fn statement(&mut self, statement: &Statement, span: Span, to: &mut Block) -> Result<(), Fault> {
        let new = match statement {
            Statement::Emit(range) => {
                let mut emitter = Emitter::default();
                emitter.start(&self.expressions);
                for old in range.clone() {
                    self.expression(old, &mut emitter, to)?;
                }
                to.extend(emitter.finish(&self.expressions));
                return Ok(());
            }
            Statement::Block(inner) => return self.block(inner, to),
            Statement::If { condition, accept, reject } => {
                let condition = self.value(*condition)?;
                match self.number(condition) {
                    Some(Literal::Bool(true)) => return self.block(accept, to),
                    Some(Literal::Bool(false)) => return self.block(reject, to),
                    _ => self.branches(condition, accept, reject)?,
                }
            }
            Statement::Loop { body, continuing, break_if } => {
                return self.loop_statement(body, continuing, *break_if, span, to);
            }
            Statement::Break | Statement::Continue => statement.clone(),
            Statement::Return { value } => {
                Statement::Return { value: value.map(|value| self.value(value)).transpose()? }
            }
            Statement::Store { pointer, value } => self.store(*pointer, *value)?,
            Statement::Call { function, arguments, result } => {
                let arguments = arguments.iter().map(|&of| self.argument(of)).collect::<Result<Vec<_>, _>>()?;
                let result = result.map(|old| {
                    let new = self.append(Expression::CallResult(*function), span);
                    self.remember(old, new);
                    new
                });
                Statement::Call { function: *function, arguments, result }
            }
            other => return Err(Fault::Kernel(format!("{}: {other:?} cannot be written out", self.name()))),
        };
        to.push(new, span);
        Ok(())
    }

    /// What a function is called with; of a variable's place, it would no longer be known what stands there.
    fn argument(&self, old: Value) -> Result<Value, Fault> {
        let new = self.value(old)?;
        match self.expressions[new] {
            Expression::LocalVariable(_) => Err(Fault::Kernel(format!("{}: a variable is passed on", self.name()))),
            _ => Ok(new),
        }
    }

    /// A branch on something that is not known. Known afterwards is what both ways agree on.
    fn branches(&mut self, condition: Value, accept: &Block, reject: &Block) -> Result<Statement, Fault> {
        let before = self.known.clone();
        let (mut accepted, mut rejected) = (Block::new(), Block::new());
        self.block(accept, &mut accepted)?;
        let after = std::mem::replace(&mut self.known, before);
        self.block(reject, &mut rejected)?;
        self.known.retain(|variable, number| after.get(variable) == Some(number));
        Ok(Statement::If { condition, accept: accepted, reject: rejected })
    }

    fn store(&mut self, pointer: Value, value: Value) -> Result<Statement, Fault> {
        let (pointer, value) = (self.value(pointer)?, self.value(value)?);
        if let Expression::LocalVariable(variable) = self.expressions[pointer] {
            match self.number(value) {
                Some(number) => self.known.insert(variable, number),
                None => self.known.remove(&variable),
            };
        }
        Ok(Statement::Store { pointer, value })
    }

    /// Notes what has become of an old expression.
    pub fn remember(&mut self, old: Value, new: Value) {
        self.made.insert(old, new);
        if let Some(name) = self.old.named_expressions.get(&old)
            && !self.expressions[new].needs_pre_emit()
        {
            self.names.push((new, name.clone()));
        }
    }

    /// Fails when the function has become too large.
    pub fn check_size(&self) -> Result<(), Fault> {
        if self.expressions.len() > self.most { Err(Fault::TooLarge) } else { Ok(()) }
    }
}
