//! The inside of one loop over the lanes.

use std::collections::{BTreeMap, BTreeSet};

use naga::{Expression, TypeInner};

use super::context::Context;
use super::nodes::{self, Call, Group, Item};
use super::place;
use super::uniform::{Place, Root, Step};
use super::uses::{Supply, Value};

/// A variable's element, borrowed for a loop over the lanes.
pub struct Base {
    root: Root,
    key: String,
    pub name: String,
    pub text: String,
    pub mutable: bool,
}

/// The inside of a loop over the lanes.
pub struct Body<'w, 'a> {
    of: &'w Context<'a>,
    place: usize,
    /// By value, its text.
    names: BTreeMap<usize, String>,
    /// By place, what was stored there last in this loop.
    stored: BTreeMap<String, (Root, String)>,
    pub bases: Vec<Base>,
    /// Whether it reads a variable that stands for an element of another.
    stands: bool,
    /// Whether what is stored goes into arrays of its own first.
    staged: bool,
    /// Such arrays, by their names, and the places that they go to.
    pub stages: Vec<(String, String)>,
    /// Values that other groups need, by their numbers.
    pub kept: Vec<usize>,
    /// Values of other groups, which stand first.
    pub read_again: String,
    pub lines: String,
}

impl<'w, 'a> Body<'w, 'a> {
    /// The loop of a group at a place in the order of the function.
    pub fn of(of: &'w Context<'a>, group: &Group, place: usize) -> Result<Self, String> {
        let body = Body::printed(of, group, place, false)?;
        // compilers do not know that elements of different variables are apart: a loop that stores to one of them while it
        // reads another might not become vector instructions
        let mixed = (body.bases.len() > 1 || body.stands) && body.bases.iter().any(|base| base.mutable);
        if mixed { Body::printed(of, group, place, true) } else { Ok(body) }
    }

    fn printed(of: &'w Context<'a>, group: &Group, place: usize, staged: bool) -> Result<Self, String> {
        let mut body = Body {
            of,
            place,
            names: BTreeMap::new(),
            stored: BTreeMap::new(),
            bases: Vec::new(),
            stands: false,
            staged,
            stages: Vec::new(),
            kept: Vec::new(),
            read_again: String::new(),
            lines: String::new(),
        };
        body.items(group)?;
        Ok(body)
    }

    fn items(&mut self, group: &Group) -> Result<(), String> {
        for item in &group.items {
            match item {
                Item::Value(at) if self.of.uses.needed.contains(&at.index()) => {
                    if let Some(text) = self.value(*at)? {
                        self.made(*at, &text);
                    }
                }
                Item::Formula(call) => match call.result {
                    Some(at) if self.of.uses.needed.contains(&at.index()) => {
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
        self.keep(at, &name);
        self.names.insert(at.index(), name);
    }

    /// Keeps a value for other groups, if any needs it.
    fn keep(&mut self, at: Value, name: &str) {
        if self.of.uses.kept.contains(&at.index()) {
            self.lines += &format!("k{}[l] = {name};\n", at.index());
            self.kept.push(at.index());
        }
    }

    /// Makes sure that operands have names, then prints.
    fn with_operands(&mut self, of: &[Value]) -> Result<(), String> {
        of.iter().try_for_each(|&at| self.operand(at).map(|_| ()))
    }

    fn call(&mut self, call: &Call) -> Result<String, String> {
        self.with_operands(&call.arguments)?;
        self.of.printer.call(call.function, &call.arguments, &|at| self.known(at))
    }

    /// The text of a value; none if it is the name of what was stored in its place before.
    fn value(&mut self, at: Value) -> Result<Option<String>, String> {
        if let Expression::Load { pointer } = self.of.function.expressions[at] {
            let key = self.key(pointer)?;
            if let Some((_, name)) = self.stored.get(&key) {
                let name = name.clone();
                self.names.insert(at.index(), name.clone());
                self.keep(at, &name);
                return Ok(None);
            }
            return self.element(pointer, false).map(Some);
        }
        self.with_operands(&super::uniform::operands(&self.of.function.expressions[at]))?;
        if let Expression::Compose { ty, .. } = self.of.function.expressions[at]
            && let TypeInner::Array { .. } = self.of.model.module.types[ty].inner
        {
            return Ok(None); // stored element by element
        }
        self.of.printer.expression(at, &|of| self.known(of)).map(Some)
    }

    fn known(&self, at: Value) -> Result<String, String> {
        match self.names.get(&at.index()) {
            Some(name) => Ok(name.clone()),
            None => self.of.scalar(at),
        }
    }

    /// The name of an operand, which is read again if it comes from another group.
    fn operand(&mut self, at: Value) -> Result<String, String> {
        if !self.of.ordered.of_path[at.index()] || self.names.contains_key(&at.index()) {
            return self.known(at);
        }
        let name = format!("e{}", at.index());
        let text = match self.of.uses.supplies.get(&(self.place, at.index())) {
            Some(Supply::Stands(pointer)) => self.element(*pointer, false)?,
            Some(Supply::Kept) => format!("kept_{}[l]", at.index()),
            // parts of an array that is stored element by element have names; it has none
            None if matches!(self.of.function.expressions[at], Expression::Compose { .. }) => return Ok(name),
            None => return Err(self.of.printer.fault(at, "this value is not at hand")),
        };
        self.read_again += &format!("let {name} = {text};\n");
        self.names.insert(at.index(), name.clone());
        Ok(name)
    }

    fn key(&self, pointer: Value) -> Result<String, String> {
        let place = Place::of(self.of.handle, self.of.function, pointer);
        let place = place.ok_or_else(|| self.of.printer.fault(pointer, "this is no variable"))?;
        Ok(nodes::text(self.of.function, &place))
    }

    fn store(&mut self, pointer: Value, value: Value) -> Result<(), String> {
        let components = match &self.of.function.expressions[value] {
            Expression::Compose { components, .. } => components.clone(),
            _ => Vec::new(),
        };
        let place = Place::of(self.of.handle, self.of.function, pointer).expect("stores were looked at");
        if !components.is_empty() {
            let whole = self.of.rust_place(pointer, false)?.whole();
            for (number, component) in components.into_iter().enumerate() {
                let name = self.operand(component)?;
                self.lines += &format!("{whole}[{number}][l] = {name};\n");
            }
            self.stored.retain(|_, (root, _)| *root != place.root);
            return Ok(());
        }
        let name = self.operand(value)?;
        if !self.of.uses.passing.contains(&place.root) {
            let element = self.element(pointer, true)?;
            let apart = matches!(place.root, Root::Local(..));
            let element = if self.staged && !apart { self.stage(element) } else { element };
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

    /// The lane's part of the array that goes to a place in the end.
    fn stage(&mut self, element: String) -> String {
        let whole = element.trim_end_matches("[l]").to_string();
        let known = self.stages.iter().position(|(_, to)| *to == whole);
        let number = known.unwrap_or_else(|| {
            self.stages.push((format!("s{}", self.stages.len()), whole));
            self.stages.len() - 1
        });
        format!("{}[l]", self.stages[number].0)
    }

    /// The lane's part of what a pointer points to.
    fn element(&mut self, pointer: Value, stores: bool) -> Result<String, String> {
        let of = self.of;
        let place = Place::of(of.handle, of.function, pointer).expect("pointers were looked at");
        let turned = place::is_in_turn(of.model, place.root) && !stores && of.stores_to(place.root);
        let rust = of.rust_place(pointer, turned)?;
        if matches!(place.root, Root::Local(..)) {
            self.stands |= of.ordered.stand_ins.contains(&place.root);
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
                .any(|base| base.root == place.root && base.mutable && !place::is_in_turn(of.model, place.root))
        {
            return Err(of.printer.fault(pointer, "one of two elements in the same loop is stored to"));
        }
        Ok(format!("{name}{}[l]", rust.field))
    }

    /// What tells elements of a variable apart.
    fn base_key(&self, place: &Place) -> String {
        let elements = place.steps.iter().filter(|step| matches!(step, Step::Element(_))).copied().collect();
        nodes::text(self.of.function, &Place { root: place.root, steps: elements })
    }
}
