//! Formulas, structures and constants as Rust of one precision.

use std::fmt::Write as _;

use naga::{
    BinaryOperator, Expression, Function, Handle, Literal, MathFunction, Module, ScalarKind, Statement, Type,
    TypeInner, UnaryOperator,
};

use super::compose::{Model, Role};

/// A precision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Width {
    Single,
    Double,
    /// Whatever `Real` is where the text is included.
    Real,
}

impl Width {
    /// The name of WGSL's f32.
    pub fn float(self) -> &'static str {
        match self {
            Width::Single => "f32",
            Width::Double => "f64",
            Width::Real => "Real",
        }
    }

    fn suffix(self) -> &'static str {
        match self {
            Width::Single => "f32",
            Width::Double => "f64",
            Width::Real => "",
        }
    }
}

/// Structures, constants and functions of the plan and the formulas.
pub fn formulas(model: &Model, width: Width) -> Result<String, String> {
    let module = &model.module;
    let wanted = |span| match model.role(span) {
        Role::Plan | Role::Formula => true,
        Role::SingleOnly => width == Width::Single,
        Role::Prelude | Role::Structure | Role::Bindings | Role::Kernel => false,
    };
    let mut rust = String::new();
    for (handle, constant) in module.constants.iter() {
        if let (true, Some(name)) = (wanted(module.constants.get_span(handle)), &constant.name) {
            let ty = type_name(module, constant.ty, width)?;
            let Expression::Literal(literal) = module.global_expressions[constant.init] else {
                return Err(format!("the constant {name} is no number"));
            };
            writeln!(rust, "pub const {name}: {ty} = {};", number(literal, width)?).expect("a String takes all");
        }
    }
    let structures: Vec<_> = structures(model).into_iter().filter(|(span, ..)| wanted(*span)).collect();
    for (_, name, fields) in &structures {
        rust += &structure(name, fields, width);
    }
    if width == Width::Double {
        let plan = structures.iter().filter(|(span, ..)| model.role(*span) == Role::Plan);
        plan.for_each(|(_, name, fields)| rust += &narrowing(name, fields));
    }
    for (handle, _) in module.functions.iter() {
        if wanted(module.functions.get_span(handle)) {
            rust += &formula(model, handle, width)?;
        }
    }
    Ok(rust)
}

/// Names and scalar types of fields.
type Fields = Vec<(String, ScalarKind)>;

/// All structures of scalars alone.
fn structures(model: &Model) -> Vec<(naga::Span, String, Fields)> {
    let types = &model.module.types;
    let mut found = Vec::new();
    for (handle, ty) in types.iter() {
        let (Some(name), TypeInner::Struct { members, .. }) = (&ty.name, &ty.inner) else { continue };
        let field = |member: &naga::StructMember| match types[member.ty].inner {
            TypeInner::Scalar(scalar) => Some((member.name.clone()?, scalar.kind)),
            _ => None,
        };
        if let Some(fields) = members.iter().map(field).collect::<Option<Fields>>() {
            found.push((types.get_span(handle), name.clone(), fields));
        }
    }
    found
}

fn structure(name: &str, fields: &Fields, width: Width) -> String {
    let pod = if width == Width::Single { ", bytemuck::Pod, bytemuck::Zeroable" } else { "" };
    let fields: String =
        fields.iter().map(|(name, kind)| format!("    pub {name}: {},\n", kind_name(*kind, width))).collect();
    format!("#[repr(C)]\n#[derive(Debug, Clone, Copy, Default, PartialEq{pod})]\npub struct {name} {{\n{fields}}}\n")
}

/// The conversion of a structure from f64 to f32.
fn narrowing(name: &str, fields: &Fields) -> String {
    let cast = |kind: ScalarKind| if kind == ScalarKind::Float { " as f32" } else { "" };
    let values: Vec<_> = fields.iter().map(|(name, kind)| format!("{name}: wide.{name}{}", cast(*kind))).collect();
    let single = format!("crate::formula::single::{name}");
    format!(
        "impl From<{name}> for {single} {{ fn from(wide: {name}) -> Self {{ Self {{ {} }} }} }}\n",
        values.join(", ")
    )
}

/// A function, forced inline: without that `mul_add` becomes a call, and the lanes of the CPU engine are lost.
fn formula(model: &Model, handle: Handle<Function>, width: Width) -> Result<String, String> {
    let module = &model.module;
    let function = &module.functions[handle];
    let name = function.name.as_deref().unwrap_or_default();
    let mut arguments = Vec::new();
    for argument in &function.arguments {
        let ty = type_name(module, argument.ty, width)?;
        arguments.push(format!("{}: {ty}", argument.name.as_deref().unwrap_or_default()));
    }
    let result = function.result.as_ref().ok_or_else(|| format!("the formula {name} gives nothing"))?;
    let result = type_name(module, result.ty, width)?;
    let mut rust = format!("#[inline(always)]\npub fn {name}({}) -> {result} {{\n", arguments.join(", "));
    let printer = Printer { model, handle, function, width };
    let operand = |at| printer.plain(at);
    for statement in function.body.iter() {
        match statement {
            Statement::Emit(range) => {
                for at in range.clone() {
                    writeln!(rust, "    let e{} = {};", at.index(), printer.expression(at, &operand)?)
                        .expect("a String takes all");
                }
            }
            Statement::Call { function: callee, arguments, result: Some(at) } => {
                let call = printer.call(*callee, arguments, &operand)?;
                writeln!(rust, "    let e{} = {call};", at.index()).expect("a String takes all");
            }
            Statement::Return { value: Some(value) } => {
                writeln!(rust, "    {}", operand(*value)?).expect("a String takes all");
            }
            _ => {
                return Err(format!(
                    "{}: the formula {name} is no straight line",
                    model.position(module.functions.get_span(handle))
                ));
            }
        }
    }
    Ok(rust + "}\n")
}

/// A scalar's or structure's name in Rust.
pub fn type_name(module: &Module, ty: Handle<Type>, width: Width) -> Result<String, String> {
    match (&module.types[ty].inner, &module.types[ty].name) {
        (TypeInner::Scalar(scalar), _) => Ok(kind_name(scalar.kind, width).into()),
        (TypeInner::Struct { .. }, Some(name)) => Ok(name.clone()),
        (other, _) => Err(format!("formulas have no {other:?}")),
    }
}

/// A scalar's name in Rust.
pub fn kind_name(kind: ScalarKind, width: Width) -> &'static str {
    match kind {
        ScalarKind::Float | ScalarKind::AbstractFloat => width.float(),
        ScalarKind::Sint | ScalarKind::AbstractInt => "i32",
        ScalarKind::Uint => "u32",
        ScalarKind::Bool => "bool",
    }
}

/// A number; floating-point ones with the fewest digits that give the same f32, so that a twin in f64 has them as written.
pub fn number(literal: Literal, width: Width) -> Result<String, String> {
    Ok(match literal {
        Literal::F32(x) => format!("{x:?}{}", width.suffix()),
        Literal::U32(x) => format!("{x}u32"),
        Literal::I32(x) => format!("{x}i32"),
        Literal::Bool(x) => x.to_string(),
        other => return Err(format!("no number of the model: {other:?}")),
    })
}

/// Prints what an operand is.
pub type Operand<'a> = &'a dyn Fn(Handle<Expression>) -> Result<String, String>;

/// Prints expressions of a function, given how operands are printed.
#[derive(Clone, Copy)]
pub struct Printer<'a> {
    pub model: &'a Model,
    pub handle: Handle<Function>,
    pub function: &'a Function,
    pub width: Width,
}

impl Printer<'_> {
    /// An operand of scalar code: a literal, constant, argument, or what was computed before.
    pub fn plain(&self, at: Handle<Expression>) -> Result<String, String> {
        let module = &self.model.module;
        Ok(match self.function.expressions[at] {
            Expression::Literal(literal) => number(literal, self.width)?,
            Expression::Constant(constant) => {
                module.constants[constant].name.clone().ok_or_else(|| self.fault(at, "a constant without a name"))?
            }
            Expression::FunctionArgument(index) => {
                self.function.arguments[index as usize].name.clone().unwrap_or_default()
            }
            Expression::ZeroValue(ty) => match module.types[ty].inner {
                TypeInner::Scalar(scalar) if scalar.kind == ScalarKind::Float => format!("0.0{}", self.width.suffix()),
                TypeInner::Scalar(scalar) if scalar.kind == ScalarKind::Bool => "false".into(),
                TypeInner::Scalar(_) => "0".into(),
                _ => return Err(self.fault(at, "a zero of no scalar")),
            },
            _ => format!("e{}", at.index()),
        })
    }

    /// A call of a formula.
    pub fn call(
        &self,
        callee: Handle<Function>,
        arguments: &[Handle<Expression>],
        operand: Operand,
    ) -> Result<String, String> {
        let arguments = arguments.iter().map(|&at| operand(at)).collect::<Result<Vec<_>, _>>()?;
        let name = self.model.module.functions[callee].name.as_deref().unwrap_or_default();
        Ok(format!("{name}({})", arguments.join(", ")))
    }

    /// What an expression computes of its operands.
    pub fn expression(&self, at: Handle<Expression>, operand: Operand) -> Result<String, String> {
        Ok(match &self.function.expressions[at] {
            Expression::Unary { op, expr } => {
                let sign = match op {
                    UnaryOperator::Negate => "-",
                    UnaryOperator::LogicalNot | UnaryOperator::BitwiseNot => "!",
                };
                format!("{sign}{}", operand(*expr)?)
            }
            Expression::Binary { op, left, right } => {
                format!("{} {} {}", operand(*left)?, operator(*op), operand(*right)?)
            }
            Expression::Select { condition, accept, reject } => {
                format!("select({}, {}, {})", operand(*reject)?, operand(*accept)?, operand(*condition)?)
            }
            Expression::Math { fun, arg, arg1, arg2, .. } => {
                let arguments = [Some(*arg), *arg1, *arg2].into_iter().flatten().map(operand);
                format!("{}({})", self.math(*fun, at)?, arguments.collect::<Result<Vec<_>, _>>()?.join(", "))
            }
            Expression::As { expr, kind, convert } => {
                let kind = kind_name(*kind, self.width);
                let function = if convert.is_some() { kind.into() } else { format!("bitcast::<{kind}>") };
                format!("{function}({})", operand(*expr)?)
            }
            Expression::Compose { ty, components } => self.compose(*ty, components, at, operand)?,
            Expression::AccessIndex { base, index } => {
                let ty = &self.model.info[self.handle][*base].ty;
                let TypeInner::Struct { members, .. } = ty.inner_with(&self.model.module.types) else {
                    return Err(self.fault(at, "no member of a structure"));
                };
                format!("{}.{}", operand(*base)?, members[*index as usize].name.as_deref().unwrap_or_default())
            }
            _ => return Err(self.fault(at, "formulas and lanes have no such expression")),
        })
    }

    fn compose(
        &self,
        ty: Handle<Type>,
        components: &[Handle<Expression>],
        at: Handle<Expression>,
        operand: Operand,
    ) -> Result<String, String> {
        let TypeInner::Struct { members, .. } = &self.model.module.types[ty].inner else {
            return Err(self.fault(at, "only structures are composed"));
        };
        let mut fields = Vec::new();
        for (member, &component) in members.iter().zip(components) {
            fields.push(format!("{}: {}", member.name.as_deref().unwrap_or_default(), operand(component)?));
        }
        Ok(format!("{} {{ {} }}", type_name(&self.model.module, ty, self.width)?, fields.join(", ")))
    }

    fn math(&self, function: MathFunction, at: Handle<Expression>) -> Result<&'static str, String> {
        Ok(match function {
            MathFunction::Min => "min",
            MathFunction::Max => "max",
            MathFunction::Fma => "fma",
            MathFunction::Sqrt => "sqrt",
            MathFunction::Round => "round",
            _ => return Err(self.fault(at, "Rust's prelude has no such function")),
        })
    }

    /// An error about an expression.
    pub fn fault(&self, at: Handle<Expression>, what: &str) -> String {
        self.model.fault(self.function, at, what)
    }
}

fn operator(op: BinaryOperator) -> &'static str {
    match op {
        BinaryOperator::Add => "+",
        BinaryOperator::Subtract => "-",
        BinaryOperator::Multiply => "*",
        BinaryOperator::Divide => "/",
        BinaryOperator::Modulo => "%",
        BinaryOperator::Equal => "==",
        BinaryOperator::NotEqual => "!=",
        BinaryOperator::Less => "<",
        BinaryOperator::LessEqual => "<=",
        BinaryOperator::Greater => ">",
        BinaryOperator::GreaterEqual => ">=",
        BinaryOperator::And | BinaryOperator::LogicalAnd => "&",
        BinaryOperator::ExclusiveOr => "^",
        BinaryOperator::InclusiveOr | BinaryOperator::LogicalOr => "|",
        BinaryOperator::ShiftLeft => "<<",
        BinaryOperator::ShiftRight => ">>",
    }
}
