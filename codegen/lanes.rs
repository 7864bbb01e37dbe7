//! Prints the control flow of flows and outcomes for the lanes of the CPU engine: scalar Rust for what all paths share, and
//! loops over the lanes, each around as many whole expressions as there are until the next branch, for what is of the path.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use naga::{Expression, Function, Handle, LocalVariable, ScalarKind, TypeInner};

use super::compose::Model;
use super::nodes::{self, Call, Group, Item, Node, Ordered};
use super::place::{self, RustPlace};
use super::scalar::{Printer, Width, kind_name};
use super::uniform::{Place, Root, Sharing, Step};
use super::uses::{self, Supply, Uses, Value};

/// Structures of states, and the functions of the control flow.
pub fn print(model: &Model, sharing: &Sharing) -> Result<String, String> {
    let mut rust = states(model, sharing);
    for (handle, _) in model.control_flow() {
        rust += &Writer::new(model, sharing, handle)?.function()?;
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
    model: &'a Model,
    handle: Handle<Function>,
    function: &'a Function,
    sharing: &'a Sharing,
    ordered: Ordered,
    uses: Uses,
    printer: Printer<'a>,
    out: String,
    depth: usize,
    /// Numbers all nodes, as `Uses` does.
    next: usize,
}

impl<'a> Writer<'a> {
    fn new(model: &'a Model, sharing: &'a Sharing, handle: Handle<Function>) -> Result<Self, String> {
        let function = &model.module.functions[handle];
        let ordered = Ordered::new(model, sharing, handle)?;
        let uses = Uses::of(model, handle, &ordered);
        let printer = Printer { model, handle, function, width: Width::Real };
        Ok(Writer { model, handle, function, sharing, ordered, uses, printer, out: String::new(), depth: 1, next: 0 })
    }

    fn line(&mut self, text: &str) {
        writeln!(self.out, "{}{text}", "    ".repeat(self.depth)).expect("a String takes all");
    }

    fn function(mut self) -> Result<String, String> {
        let name = self.function.name.as_deref().unwrap_or_default();
        let mut arguments = String::from("kernel: &mut Kernel");
        for argument in &self.function.arguments {
            let ty = value_type(self.model, argument.ty, false);
            write!(arguments, ", {}: {ty}", argument.name.as_deref().unwrap_or_default()).expect("a String takes all");
        }
        write!(self.out, "#[inline(always)]\npub fn {name}({arguments}) {{\n").expect("a String takes all");
        for (local, variable) in self.function.local_variables.iter() {
            self.declare(local, variable)?;
        }
        for value in self.uses.kept.clone() {
            let ty = self.kept_type(value)?;
            self.line(&format!("let mut kept_{value}: {ty} = same(Default::default());"));
        }
        let nodes = std::mem::take(&mut self.ordered.nodes);
        self.nodes(&nodes)?;
        Ok(self.out + "}\n\n")
    }

    fn kept_type(&self, value: usize) -> Result<&'static str, String> {
        let (at, _) = self.function.expressions.iter().nth(value).expect("it is one of the function's");
        match self.model.info[self.handle][at].ty.inner_with(&self.model.module.types) {
            TypeInner::Scalar(scalar) if scalar.kind == ScalarKind::Float => Ok("Lanes"),
            TypeInner::Scalar(scalar) if scalar.kind == ScalarKind::Uint => Ok("Words"),
            _ => Err(self.printer.fault(at, "this cannot be kept for all lanes")),
        }
    }

    fn declare(&mut self, local: Handle<LocalVariable>, variable: &LocalVariable) -> Result<(), String> {
        let root = Root::Local(self.handle, local);
        let of_path = self.sharing.is_of_path(&Place { root, steps: Vec::new() });
        let ty = value_type(self.model, variable.ty, of_path);
        let name = place::local(self.function, local);
        let initial = variable.init.map(|at| self.printer.plain(at)).transpose()?;
        let scalar = matches!(self.model.module.types[variable.ty].inner, TypeInner::Scalar(_));
        if self.uses.passing.contains(&root) {
            return Ok(());
        }
        if self.ordered.stand_ins.contains(&root) {
            let initial = initial.map_or_else(String::new, |value| format!(" = {}", constant(&value, &ty)));
            self.line(&format!("let mut {name}: &{ty}{initial};"));
            return Ok(());
        }
        let value = match (of_path, scalar) {
            (true, true) => format!("same({})", initial.unwrap_or_else(|| "Default::default()".into())),
            (false, true) => initial.unwrap_or_else(|| "Default::default()".into()),
            (_, false) => "Default::default()".into(),
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
                    let text = self.printer.call(call.function, &call.arguments, &|at| self.scalar(at))?;
                    let result = call.result.map_or_else(String::new, |at| format!("let e{} = ", at.index()));
                    self.line(&format!("{result}{text};"));
                }
                Node::Control(call) => self.control(call)?,
                Node::Output(call) => self.output(call, place)?,
                Node::Store { pointer, value } => {
                    let line = format!("{} = {};", self.rust_place(*pointer, false)?.whole(), self.scalar(*value)?);
                    self.line(&line);
                }
                Node::Clear { pointer } => {
                    let whole = self.rust_place(*pointer, false)?.whole();
                    self.line(&format!("{whole} = Default::default();"));
                }
                Node::StandFor { pointer, value } => self.stand_for(*pointer, *value, place)?,
                Node::Group(index) => self.group(*index, place)?,
                Node::If { condition, accept, reject } => {
                    let condition = self.scalar(*condition)?;
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

    /// An operand that all paths share.
    fn scalar(&self, at: Value) -> Result<String, String> {
        match self.function.expressions[at] {
            Expression::Override(of) => {
                let size = &self.model.module.overrides[of];
                let name = size.name.as_deref().unwrap_or_default().to_lowercase();
                let flag = value_type(self.model, size.ty, false) == "bool";
                Ok(if flag { format!("kernel.{name}") } else { format!("kernel.counts.{name}") })
            }
            _ => self.printer.plain(at),
        }
    }

    /// A value that all paths share, computed from its operands.
    fn shared(&self, at: Value) -> Result<String, String> {
        match self.function.expressions[at] {
            Expression::Load { pointer } => Ok(self.rust_place(pointer, false)?.whole()),
            _ => self.printer.expression(at, &|of| self.scalar(of)),
        }
    }

    fn rust_place(&self, pointer: Value, before: bool) -> Result<RustPlace, String> {
        let place = Place::of(self.handle, self.function, pointer)
            .ok_or_else(|| self.printer.fault(pointer, "this is no variable"))?;
        let index = |step: &Step| match step {
            Step::Number(number) => number.to_string(),
            Step::Element(at) => format!("{} as usize", self.scalar(*at).unwrap_or_default()),
        };
        Ok(place::rust(self.model, self.function, &place, before, &index))
    }

    fn control(&mut self, call: &Call) -> Result<(), String> {
        let mut arguments = vec!["kernel".to_string()];
        for &argument in &call.arguments {
            arguments.push(self.scalar(argument)?);
        }
        let name = self.model.module.functions[call.function].name.as_deref().unwrap_or_default();
        self.line(&format!("{name}({});", arguments.join(", ")));
        Ok(())
    }

    /// A reference to a value of the path for all lanes.
    fn reference(&self, value: Value, place: usize) -> Result<String, String> {
        if !self.ordered.of_path[value.index()] {
            return Ok(format!("&same({})", self.scalar(value)?));
        }
        match self.uses.supplies.get(&(place, value.index())) {
            Some(Supply::Stands(pointer)) => Ok(format!("&{}", self.rust_place(*pointer, false)?.whole())),
            Some(Supply::Kept) => Ok(format!("&kept_{}", value.index())),
            None => Err(self.printer.fault(value, "this value is not at hand")),
        }
    }

    /// `put(slot, value)` takes the value of all lanes to where the host reads it.
    fn output(&mut self, call: &Call, place: usize) -> Result<(), String> {
        let [slot, value] = call.arguments[..] else { return Err("an output has a place and a value".into()) };
        let name = self.model.module.functions[call.function].name.as_deref().unwrap_or_default();
        let line = format!("kernel.outputs.{name}({}, {});", self.scalar(slot)?, self.reference(value, place)?);
        self.line(&line);
        Ok(())
    }

    fn stand_for(&mut self, pointer: Value, value: Value, place: usize) -> Result<(), String> {
        let name = self.rust_place(pointer, false)?.whole();
        let of_path = self.ordered.of_path[value.index()];
        let fixed = uses::is_fixed(self.function, value);
        if of_path {
            let reference = self.reference(value, place)?;
            self.line(&format!("{name} = {reference};"));
        } else if fixed {
            let constant = constant(&self.scalar(value)?, self.kept_type(value.index())?);
            self.line(&format!("{name} = {constant};"));
        } else {
            let number = self.scalar(value)?;
            self.line(&format!("kept_{} = same({number});", value.index()));
            self.line(&format!("{name} = &kept_{};", value.index()));
        }
        Ok(())
    }

    fn group(&mut self, index: usize, place: usize) -> Result<(), String> {
        let group = std::mem::take(&mut self.ordered.groups[index]);
        let mut body = Body {
            writer: self,
            place,
            names: BTreeMap::new(),
            stored: BTreeMap::new(),
            bases: Vec::new(),
            read_again: String::new(),
            lines: String::new(),
        };
        body.items(&group)?;
        let Body { bases, read_again, lines, .. } = body;
        if lines.is_empty() {
            return Ok(());
        }
        let guard = group.guard.map(|at| self.scalar(at)).transpose()?;
        self.line(&guard.map_or("{".to_string(), |guard| format!("if {guard} {{")));
        self.depth += 1;
        for base in &bases {
            let mutable = if base.mutable { "mut " } else { "" };
            self.line(&format!("let {} = &{mutable}{};", base.name, base.text));
        }
        self.line("for l in 0..LANES {");
        for line in read_again.lines().chain(lines.lines()) {
            self.line(&format!("    {line}"));
        }
        self.line("}");
        self.depth -= 1;
        self.line("}");
        Ok(())
    }
}

/// A value for all lanes that is known when the program is compiled.
fn constant(value: &str, ty: &str) -> String {
    format!("const {{ &same::<{}>({value}) }}", if ty == "Words" { "u32" } else { "Real" })
}

/// A variable's element, borrowed for a loop over the lanes.
struct Base {
    root: Root,
    key: String,
    name: String,
    text: String,
    mutable: bool,
}

/// The inside of a loop over the lanes.
struct Body<'w, 'a> {
    writer: &'w Writer<'a>,
    place: usize,
    /// By value, its text.
    names: BTreeMap<usize, String>,
    /// By place, what was stored there last in this loop.
    stored: BTreeMap<String, (Root, String)>,
    bases: Vec<Base>,
    /// Values of other groups, which stand first.
    read_again: String,
    lines: String,
}

impl Body<'_, '_> {
    fn items(&mut self, group: &Group) -> Result<(), String> {
        for item in &group.items {
            match item {
                Item::Value(at) if self.writer.uses.needed.contains(&at.index()) => {
                    if let Some(text) = self.value(*at)? {
                        self.made(*at, &text);
                    }
                }
                Item::Formula(call) => match call.result {
                    Some(at) if self.writer.uses.needed.contains(&at.index()) => {
                        let text = self.call(call)?;
                        self.made(at, &text);
                    }
                    _ => {}
                },
                Item::Store { pointer, value } => self.store(*pointer, *value)?,
                Item::Value(_) => {}
            }
        }
        Ok(())
    }

    fn made(&mut self, at: Value, text: &str) {
        let name = format!("e{}", at.index());
        self.lines += &format!("let {name} = {text};\n");
        if self.writer.uses.kept.contains(&at.index()) {
            self.lines += &format!("kept_{}[l] = {name};\n", at.index());
        }
        self.names.insert(at.index(), name);
    }

    /// Makes sure that operands have names, then prints.
    fn with_operands(&mut self, of: &[Value]) -> Result<(), String> {
        of.iter().try_for_each(|&at| self.operand(at).map(|_| ()))
    }

    fn call(&mut self, call: &Call) -> Result<String, String> {
        self.with_operands(&call.arguments)?;
        self.writer.printer.call(call.function, &call.arguments, &|at| self.known(at))
    }

    /// The text of a value; none if it is the name of what was stored in its place before.
    fn value(&mut self, at: Value) -> Result<Option<String>, String> {
        if let Expression::Load { pointer } = self.writer.function.expressions[at] {
            let key = self.key(pointer)?;
            if let Some((_, name)) = self.stored.get(&key) {
                self.names.insert(at.index(), name.clone());
                if self.writer.uses.kept.contains(&at.index()) {
                    self.lines += &format!("kept_{}[l] = {name};\n", at.index());
                }
                return Ok(None);
            }
            return self.element(pointer, false).map(Some);
        }
        self.with_operands(&super::uniform::operands(&self.writer.function.expressions[at]))?;
        if let Expression::Compose { ty, .. } = self.writer.function.expressions[at]
            && let TypeInner::Array { .. } = self.writer.model.module.types[ty].inner
        {
            return Ok(None); // stored element by element
        }
        self.writer.printer.expression(at, &|of| self.known(of)).map(Some)
    }

    fn known(&self, at: Value) -> Result<String, String> {
        match self.names.get(&at.index()) {
            Some(name) => Ok(name.clone()),
            None => self.writer.scalar(at),
        }
    }

    /// The name of an operand, which is read again if it comes from another group.
    fn operand(&mut self, at: Value) -> Result<String, String> {
        if !self.writer.ordered.of_path[at.index()] || self.names.contains_key(&at.index()) {
            return self.known(at);
        }
        let name = format!("e{}", at.index());
        let text = match self.writer.uses.supplies.get(&(self.place, at.index())) {
            Some(Supply::Stands(pointer)) => self.element(*pointer, false)?,
            Some(Supply::Kept) => format!("kept_{}[l]", at.index()),
            // parts of an array that is stored element by element have names; it has none
            None if matches!(self.writer.function.expressions[at], Expression::Compose { .. }) => return Ok(name),
            None => return Err(self.writer.printer.fault(at, "this value is not at hand")),
        };
        self.read_again += &format!("let {name} = {text};\n");
        self.names.insert(at.index(), name.clone());
        Ok(name)
    }

    fn key(&self, pointer: Value) -> Result<String, String> {
        let place = Place::of(self.writer.handle, self.writer.function, pointer);
        let place = place.ok_or_else(|| self.writer.printer.fault(pointer, "this is no variable"))?;
        Ok(nodes::text(self.writer.function, &place))
    }

    fn store(&mut self, pointer: Value, value: Value) -> Result<(), String> {
        let components = match &self.writer.function.expressions[value] {
            Expression::Compose { components, .. } => components.clone(),
            _ => Vec::new(),
        };
        let place = Place::of(self.writer.handle, self.writer.function, pointer).expect("stores were looked at");
        if !components.is_empty() {
            let whole = self.writer.rust_place(pointer, false)?.whole();
            for (number, component) in components.into_iter().enumerate() {
                let name = self.operand(component)?;
                self.lines += &format!("{whole}[{number}][l] = {name};\n");
            }
            self.stored.retain(|_, (root, _)| *root != place.root);
            return Ok(());
        }
        let name = self.operand(value)?;
        if !self.writer.uses.passing.contains(&place.root) {
            let element = self.element(pointer, true)?;
            self.lines += &format!("{element} = {name};\n");
        }
        let key = self.key(pointer)?;
        // another element of the same variable may be this one
        let field = place.field();
        let same_field = |other: &str| other.rsplit('.').next() == key.rsplit('.').next();
        self.stored.retain(|other, (root, _)| *root != field.0 || !same_field(other));
        self.stored.insert(key, (place.root, name));
        Ok(())
    }

    /// The lane's part of what a pointer points to.
    fn element(&mut self, pointer: Value, stores: bool) -> Result<String, String> {
        let writer = self.writer;
        let place = Place::of(writer.handle, writer.function, pointer).expect("pointers were looked at");
        let turned = place::is_in_turn(writer.model, place.root) && !stores && writer.stores_to(place.root);
        let rust = writer.rust_place(pointer, turned)?;
        if matches!(place.root, Root::Local(..)) {
            return Ok(format!("{}[l]", rust.whole()));
        }
        let key = format!("{turned}{}", self.base_key(&place));
        let name = match self.bases.iter_mut().find(|base| base.key == key) {
            Some(base) => {
                base.mutable |= stores;
                base.name.clone()
            }
            None => {
                let name = format!("b{}", self.bases.len());
                let text = rust.base.clone();
                self.bases.push(Base { root: place.root, key, name: name.clone(), text, mutable: stores });
                name
            }
        };
        let of_root: BTreeSet<_> =
            self.bases.iter().filter(|base| base.root == place.root && !turned).map(|base| &base.key).collect();
        if of_root.len() > 1
            && self
                .bases
                .iter()
                .any(|base| base.root == place.root && base.mutable && !place::is_in_turn(writer.model, place.root))
        {
            return Err(writer.printer.fault(pointer, "one of two elements in the same loop is stored to"));
        }
        Ok(format!("{name}{}[l]", rust.field))
    }

    /// What tells elements of a variable apart.
    fn base_key(&self, place: &Place) -> String {
        let elements = place.steps.iter().filter(|step| matches!(step, Step::Element(_))).copied().collect();
        nodes::text(self.writer.function, &Place { root: place.root, steps: elements })
    }
}

impl Writer<'_> {
    /// Whether the function stores to a variable.
    fn stores_to(&self, root: Root) -> bool {
        let mut blocks = vec![&self.function.body];
        while let Some(block) = blocks.pop() {
            for statement in block.iter() {
                if let naga::Statement::Store { pointer, .. } = statement
                    && Place::of(self.handle, self.function, *pointer).is_some_and(|place| place.root == root)
                {
                    return true;
                }
                blocks.extend(super::uniform::inside(statement));
            }
        }
        false
    }
}
