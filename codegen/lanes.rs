//! Prints the control flow of the kernels for the lanes of the CPU engine: scalar Rust for what all paths share, and
//! loops over the lanes, each around as many whole expressions as there are until the next branch, for what is of the path.

use std::fmt::Write as _;

use naga::{Expression, Function, Handle, LocalVariable, ScalarKind, TypeInner};

use super::absent;
use super::body::Body;
use super::compose::Model;
use super::context::Context;
use super::nodes::{Call, Node};
use super::place;
use super::scalar::{Width, kind_name};
use super::uniform::{Place, Root, Sharing, Step};
use super::uses::{self, Supply, Value};

/// Structures of states, and the functions of the control flow, in a module for each shape of simulations: its name, and the model
/// without what they lack.
pub fn print(model: &Model, sharing: &Sharing, shapes: &[(&str, Model)]) -> Result<String, String> {
    let mut rust = states(model, sharing);
    for (name, shape) in shapes {
        write!(rust, "pub mod {name} {{\nuse super::*;\n\n").expect("a String takes all");
        for (handle, function) in shape.control_flow() {
            if !absent::is_empty(function) {
                rust += &Writer::new(shape, sharing, handle)?.function()?;
            }
        }
        rust += "}\n\n";
    }
    Ok(rust)
}

/// The structures that variables of the kernels hold, their fields for all lanes where they are of the path.
fn states(model: &Model, sharing: &Sharing) -> String {
    let module = &model.module;
    let mut rust = String::new();
    for (global, variable) in module.global_variables.iter() {
        let TypeInner::Array { base, .. } = module.types[variable.ty].inner else { continue };
        let (TypeInner::Struct { members, .. }, Some(name)) = (&module.types[base].inner, &module.types[base].name)
        else {
            continue;
        };
        if variable.space != naga::AddressSpace::Private {
            continue;
        }
        writeln!(rust, "#[derive(Debug, Clone, Default)]\npub struct {name} {{").expect("a String takes all");
        for (number, member) in members.iter().enumerate() {
            let place = Place { root: Root::Global(global), steps: vec![Step::Number(0), Step::Number(number as u32)] };
            let ty = value_type(model, member.ty, sharing.is_of_path(&place));
            writeln!(rust, "    pub {}: {ty},", member.name.as_deref().unwrap_or_default())
                .expect("a String takes all");
        }
        rust += "}\n\n";
    }
    rust
}

/// The type of a scalar or of an array of them.
fn value_type(model: &Model, ty: Handle<naga::Type>, of_path: bool) -> String {
    match model.module.types[ty].inner {
        TypeInner::Scalar(scalar) if of_path && scalar.kind == ScalarKind::Float => "Lanes".into(),
        TypeInner::Scalar(scalar) if of_path && scalar.kind == ScalarKind::Uint => "Words".into(),
        TypeInner::Scalar(scalar) => kind_name(scalar.kind, Width::Real).into(),
        TypeInner::Array { base, size: naga::ArraySize::Constant(size), .. } => {
            format!("[{}; {size}]", value_type(model, base, of_path))
        }
        ref other => format!("/* no type for {other:?} */"),
    }
}

/// Prints a function.
struct Writer<'a> {
    of: Context<'a>,
    out: String,
    depth: usize,
    /// Numbers all nodes, as `Uses` does.
    next: usize,
}

impl<'a> Writer<'a> {
    fn new(model: &'a Model, sharing: &'a Sharing, handle: Handle<Function>) -> Result<Self, String> {
        Ok(Writer { of: Context::new(model, sharing, handle)?, out: String::new(), depth: 1, next: 0 })
    }

    fn line(&mut self, text: &str) {
        writeln!(self.out, "{}{text}", "    ".repeat(self.depth)).expect("a String takes all");
    }

    fn function(mut self) -> Result<String, String> {
        let name = self.of.function.name.as_deref().unwrap_or_default();
        let mut arguments = String::from("kernel: &mut Kernel");
        for argument in &self.of.function.arguments {
            let ty = value_type(self.of.model, argument.ty, false);
            write!(arguments, ", {}: {ty}", argument.name.as_deref().unwrap_or_default()).expect("a String takes all");
        }
        write!(self.out, "#[inline(always)]\npub fn {name}({arguments}) {{\n").expect("a String takes all");
        for (local, variable) in self.of.function.local_variables.iter() {
            self.declare(local, variable)?;
        }
        for value in self.of.uses.kept.clone() {
            let ty = self.kept_type(value)?;
            self.line(&format!("let mut kept_{value}: {ty};"));
        }
        let nodes = std::mem::take(&mut self.of.ordered.nodes);
        self.nodes(&nodes)?;
        Ok(self.out + "}\n\n")
    }

    fn kept_type(&self, value: usize) -> Result<&'static str, String> {
        let (at, _) = self.of.function.expressions.iter().nth(value).expect("it is one of the function's");
        match self.of.model.info[self.of.handle][at].ty.inner_with(&self.of.model.module.types) {
            TypeInner::Scalar(scalar) if scalar.kind == ScalarKind::Float => Ok("Lanes"),
            TypeInner::Scalar(scalar) if scalar.kind == ScalarKind::Uint => Ok("Words"),
            _ => Err(self.of.printer.fault(at, "this cannot be kept for all lanes")),
        }
    }

    fn declare(&mut self, local: Handle<LocalVariable>, variable: &LocalVariable) -> Result<(), String> {
        let root = Root::Local(self.of.handle, local);
        let of_path = self.of.sharing.is_of_path(&Place { root, steps: Vec::new() });
        let ty = value_type(self.of.model, variable.ty, of_path);
        let name = place::local(self.of.function, local);
        let initial = variable.init.map(|at| self.of.printer.plain(at)).transpose()?;
        let scalar = matches!(self.of.model.module.types[variable.ty].inner, TypeInner::Scalar(_));
        if self.of.uses.passing.contains(&root) {
            return Ok(());
        }
        if self.of.ordered.stand_ins.contains(&root) {
            let initial = initial.map_or_else(String::new, |value| format!(" = {}", constant(&value, &ty)));
            self.line(&format!("let mut {name}: &{ty}{initial};"));
            return Ok(());
        }
        let value = match (of_path, scalar) {
            (true, true) => format!("same({})", initial.unwrap_or_else(|| "Default::default()".into())),
            (false, true) => initial.unwrap_or_else(|| "Default::default()".into()),
            (_, false) => cleared(&ty),
        };
        self.line(&format!("let mut {name}: {ty} = {value};"));
        Ok(())
    }

    fn nodes(&mut self, nodes: &[Node]) -> Result<(), String> {
        for node in nodes {
            let place = self.next;
            self.next += 1;
            match node {
                Node::Value(at) => {
                    let text = self.shared(*at)?;
                    self.line(&format!("let e{} = {text};", at.index()));
                }
                Node::Formula(call) => {
                    let text = self.of.printer.call(call.function, &call.arguments, &|at| self.of.scalar(at))?;
                    let result = call.result.map_or_else(String::new, |at| format!("let e{} = ", at.index()));
                    self.line(&format!("{result}{text};"));
                }
                Node::Control(call) => self.control(call)?,
                Node::Output(call) => self.output(call, place)?,
                Node::Store { pointer, value } => {
                    let line =
                        format!("{} = {};", self.of.rust_place(*pointer, false)?.whole(), self.of.scalar(*value)?);
                    self.line(&line);
                }
                Node::Clear { pointer } => {
                    let whole = self.of.rust_place(*pointer, false)?.whole();
                    let ty = self.of.model.info[self.of.handle][*pointer].ty.inner_with(&self.of.model.module.types);
                    let ty = match *ty {
                        TypeInner::Pointer { base, .. } => value_type(self.of.model, base, true),
                        _ => String::new(),
                    };
                    self.line(&format!("{whole} = {};", cleared(&ty)));
                }
                Node::StandFor { pointer, value } => self.stand_for(*pointer, *value, place)?,
                Node::Group(index) => self.group(*index, place)?,
                Node::If { condition, accept, reject } => {
                    let condition = self.of.scalar(*condition)?;
                    let not = if accept.is_empty() { "!" } else { "" };
                    self.line(&format!("if {not}{condition} {{"));
                    self.nested(accept)?;
                    if !accept.is_empty() && !reject.is_empty() {
                        self.line("} else {");
                    }
                    self.nested(reject)?;
                    self.line("}");
                }
                Node::Loop { body, continuing } => {
                    self.line("loop {");
                    self.nested(body)?;
                    self.nested(continuing)?;
                    self.line("}");
                }
                Node::Break => self.line("break;"),
            }
        }
        Ok(())
    }

    fn nested(&mut self, nodes: &[Node]) -> Result<(), String> {
        self.depth += 1;
        self.nodes(nodes)?;
        self.depth -= 1;
        Ok(())
    }

    /// A value that all paths share, computed from its operands.
    fn shared(&self, at: Value) -> Result<String, String> {
        match self.of.function.expressions[at] {
            Expression::Load { pointer } => Ok(self.of.rust_place(pointer, false)?.whole()),
            _ => self.of.printer.expression(at, &|of| self.of.scalar(of)),
        }
    }

    fn control(&mut self, call: &Call) -> Result<(), String> {
        let mut arguments = vec!["kernel".to_string()];
        for &argument in &call.arguments {
            arguments.push(self.of.scalar(argument)?);
        }
        let name = self.of.model.module.functions[call.function].name.as_deref().unwrap_or_default();
        self.line(&format!("{name}({});", arguments.join(", ")));
        Ok(())
    }

    /// A reference to a value of the path for all lanes.
    fn reference(&self, value: Value, place: usize) -> Result<String, String> {
        if !self.of.ordered.of_path[value.index()] {
            return Ok(format!("&same({})", self.of.scalar(value)?));
        }
        match self.of.uses.supplies.get(&(place, value.index())) {
            Some(Supply::Stands(pointer)) => Ok(format!("&{}", self.of.rust_place(*pointer, false)?.whole())),
            Some(Supply::Kept) => Ok(format!("&kept_{}", value.index())),
            None => Err(self.of.printer.fault(value, "this value is not at hand")),
        }
    }

    /// `put(slot, value)` takes the value of all lanes to where the host reads it.
    fn output(&mut self, call: &Call, place: usize) -> Result<(), String> {
        let [slot, value] = call.arguments[..] else { return Err("an output has a place and a value".into()) };
        let name = self.of.model.module.functions[call.function].name.as_deref().unwrap_or_default();
        let line = format!("kernel.outputs.{name}({}, {});", self.of.scalar(slot)?, self.reference(value, place)?);
        self.line(&line);
        Ok(())
    }

    fn stand_for(&mut self, pointer: Value, value: Value, place: usize) -> Result<(), String> {
        let name = self.of.rust_place(pointer, false)?.whole();
        let of_path = self.of.ordered.of_path[value.index()];
        let fixed = uses::is_fixed(self.of.function, value);
        if of_path {
            let reference = self.reference(value, place)?;
            self.line(&format!("{name} = {reference};"));
        } else if fixed {
            let constant = constant(&self.of.scalar(value)?, self.kept_type(value.index())?);
            self.line(&format!("{name} = {constant};"));
        } else {
            let number = self.of.scalar(value)?;
            self.line(&format!("kept_{} = same({number});", value.index()));
            self.line(&format!("{name} = &kept_{};", value.index()));
        }
        Ok(())
    }

    fn group(&mut self, index: usize, place: usize) -> Result<(), String> {
        let group = std::mem::take(&mut self.of.ordered.groups[index]);
        let body = Body::of(&self.of, &group, place)?;
        let copy = copy(&body);
        let Body { bases, stages, kept, read_again, lines, .. } = body;
        if lines.is_empty() {
            return Ok(());
        }
        let guard = group.guard.map(|at| self.of.scalar(at)).transpose()?;
        self.line(&guard.map_or("{".to_string(), |guard| format!("if {guard} {{")));
        self.depth += 1;
        for base in &bases {
            let mutable = if base.mutable { "mut " } else { "" };
            self.line(&format!("let {} = &{mutable}{};", base.name, base.text));
        }
        if let Some((to, from)) = copy {
            self.line(&format!("{to}.copy(&{from});"));
            self.depth -= 1;
            self.line("}");
            return Ok(());
        }
        for (stage, _) in &stages {
            self.line(&format!("let mut {stage} = same(Default::default());"));
        }
        for value in &kept {
            self.line(&format!("let mut k{value} = same(Default::default());"));
        }
        self.line("for l in 0..LANES {");
        for line in read_again.lines().chain(lines.lines()) {
            self.line(&format!("    {line}"));
        }
        self.line("}");
        for (stage, place) in &stages {
            // a base is a reference
            let star = if place.contains('.') { "" } else { "*" };
            self.line(&format!("{star}{place} = {stage};"));
        }
        for value in &kept {
            self.line(&format!("kept_{value} = k{value};"));
        }
        self.depth -= 1;
        self.line("}");
        Ok(())
    }
}

/// What a variable of a type is without values. An array's own default would be a call, made for processors without these vectors.
fn cleared(ty: &str) -> String {
    match ty.strip_suffix(']').and_then(|ty| ty.rsplit_once("; ")) {
        Some((_, size)) => format!("[Default::default(); {size}]"),
        None => "Default::default()".into(),
    }
}

/// Where to and where from, if all that a loop does is to copy: compilers copied lane by lane.
fn copy(body: &Body) -> Option<(String, String)> {
    let mut lines = body.read_again.lines().chain(body.lines.lines());
    let (Some(load), Some(store), None) = (lines.next(), lines.next(), lines.next()) else { return None };
    let (name, from) = load.strip_prefix("let ")?.strip_suffix("[l];")?.split_once(" = ")?;
    let to = store.strip_suffix(&format!("[l] = {name};"))?;
    let to = body.stages.iter().find(|(stage, _)| stage == to).map_or(to, |(_, place)| place);
    let is_place = |text: &str| text.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.'));
    (body.kept.is_empty() && is_place(from)).then(|| (to.to_owned(), from.to_owned()))
}

/// A value for all lanes that is known when the program is compiled.
fn constant(value: &str, ty: &str) -> String {
    format!("const {{ &same::<{}>({value}) }}", if ty == "Words" { "u32" } else { "Real" })
}
