//! The model as one module: the files of formulas, structure and control flow joined, parsed and typed.

use naga::valid::{Capabilities, ModuleInfo, ValidationFlags, Validator};
use naga::{Expression, Function, Handle, Module, Span, Statement};

/// What a file is to the generator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Functions that Rust has in its own prelude.
    Prelude,
    /// Formulas about f32 itself; the f64 twin has its own in `src/formula/double.rs`.
    SingleOnly,
    /// Formulas of both precisions.
    Formula,
    /// Structures and constants that Rust shares, converted from f64 to f32.
    Plan,
    /// Sizes and lists that shape a simulation.
    Structure,
    /// What the simulation reads and writes.
    Bindings,
    /// Control flow.
    Kernel,
}

/// The part of the model that src/registry makes.
pub const REGISTRY: &str = "registry";

/// The parts of the model: files under `shaders/`, and the registry's constants.
pub const FILES: [(&str, Role); 25] = [
    (REGISTRY, Role::Plan),
    ("plan.wgsl", Role::Plan),
    ("formula/prelude.wgsl", Role::Prelude),
    ("formula/math.wgsl", Role::SingleOnly),
    ("formula/rng.wgsl", Role::Formula),
    ("formula/points.wgsl", Role::Formula),
    ("formula/process.wgsl", Role::Formula),
    ("formula/contract.wgsl", Role::Formula),
    ("formula/organization.wgsl", Role::Formula),
    ("formula/event.wgsl", Role::Formula),
    ("formula/crisis.wgsl", Role::Formula),
    ("formula/delay.wgsl", Role::Formula),
    ("formula/sketch.wgsl", Role::SingleOnly),
    ("formula/reduce.wgsl", Role::Formula),
    ("structure.wgsl", Role::Structure),
    ("kernel/bindings.wgsl", Role::Bindings),
    ("kernel/crisis.wgsl", Role::Kernel),
    ("kernel/parties.wgsl", Role::Kernel),
    ("kernel/rights.wgsl", Role::Kernel),
    ("kernel/changes.wgsl", Role::Kernel),
    ("kernel/take_or_pay.wgsl", Role::Kernel),
    ("kernel/tranches.wgsl", Role::Kernel),
    ("kernel/flows.wgsl", Role::Kernel),
    ("kernel/outcomes.wgsl", Role::Kernel),
    ("kernel/figures.wgsl", Role::Kernel),
];

/// The typed module, and where its parts come from.
pub struct Model {
    pub module: Module,
    pub info: ModuleInfo,
    text: String,
    /// Where each file begins in the text.
    starts: Vec<usize>,
}

impl Model {
    /// Joins the texts of [`FILES`], in their order.
    pub fn compose(texts: &[String]) -> Result<Self, String> {
        let (mut text, mut starts) = (String::new(), Vec::new());
        for file in texts {
            starts.push(text.len());
            text += file;
            text.push('\n');
        }
        let module = naga::front::wgsl::parse_str(&text).map_err(|error| {
            let line = error.location(&text).map_or(1, |location| location.line_number as usize);
            format!("{}: {}", place_of(&text, &starts, line), error.emit_to_string(&text))
        })?;
        let mut validator = Validator::new(ValidationFlags::all(), Capabilities::empty());
        let info = validator.validate(&module).map_err(|error| error.emit_to_string(&text))?;
        Ok(Model { module, info, text, starts })
    }

    /// The same with another form of its module, whose values have the types that they had.
    pub fn with(&self, module: Module) -> Self {
        Model { module, info: self.info.clone(), text: self.text.clone(), starts: self.starts.clone() }
    }

    /// What the file is that a part stands in.
    pub fn role(&self, span: Span) -> Role {
        let start = span.to_range().map_or(0, |range| range.start);
        FILES[self.starts.partition_point(|&begin| begin <= start).saturating_sub(1)].1
    }

    /// File and line of a part, for messages.
    pub fn position(&self, span: Span) -> String {
        place_of(&self.text, &self.starts, span.location(&self.text).line_number as usize)
    }

    /// An error about an expression of a function.
    pub fn fault(&self, function: &Function, at: Handle<Expression>, what: &str) -> String {
        format!("{}: {what}", self.position(function.expressions.get_span(at)))
    }

    /// Functions of the control flow, without `put` and `put_time`, which are the outputs of a path.
    pub fn control_flow(&self) -> impl Iterator<Item = (Handle<Function>, &Function)> {
        self.module.functions.iter().filter(|&(handle, _)| self.is_control_flow(handle))
    }

    /// Whether a function is part of the control flow: whether it looks at anything beside its arguments.
    pub fn is_control_flow(&self, handle: Handle<Function>) -> bool {
        !self.is_output(handle) && self.looks_around(handle)
    }

    /// Whether a function takes a value of the path to where the host reads it.
    pub fn is_output(&self, handle: Handle<Function>) -> bool {
        matches!(self.module.functions[handle].name.as_deref(), Some("put" | "put_time"))
    }

    fn looks_around(&self, handle: Handle<Function>) -> bool {
        let function = &self.module.functions[handle];
        let global = |(_, expression): (_, &Expression)| {
            matches!(expression, Expression::GlobalVariable(_) | Expression::Override(_))
        };
        let mut called = Vec::new();
        calls(&function.body, &mut called);
        self.role(self.module.functions.get_span(handle)) == Role::Kernel
            && (function.expressions.iter().any(global) || called.into_iter().any(|callee| self.looks_around(callee)))
    }
}

/// All functions that a block calls.
fn calls(block: &naga::Block, called: &mut Vec<Handle<Function>>) {
    for statement in block.iter() {
        match statement {
            Statement::Call { function, .. } => called.push(*function),
            Statement::Block(inner) => calls(inner, called),
            Statement::If { accept, reject, .. } => [accept, reject].into_iter().for_each(|inner| calls(inner, called)),
            Statement::Loop { body, continuing, .. } => {
                [body, continuing].into_iter().for_each(|inner| calls(inner, called));
            }
            _ => {}
        }
    }
}

/// File and line of a line of the whole.
fn place_of(text: &str, starts: &[usize], line: usize) -> String {
    let offset: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    let file = starts.partition_point(|&begin| begin <= offset).saturating_sub(1);
    let before = text[starts[file]..offset].matches('\n').count();
    format!("shaders/{}:{}", FILES[file].0, before + 1)
}
