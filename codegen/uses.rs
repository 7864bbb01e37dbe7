//! What of a function's values is needed, and how a value gets from one loop over the lanes to another: read again from where
//! it stands, if it still stands there, or else kept for all lanes.

use std::collections::{BTreeMap, BTreeSet};

use naga::{Expression, Function, Handle};

use super::compose::Model;
use super::nodes::{Item, Node, Ordered};
use super::place;
use super::uniform::{Field, Place, Root, operands};

/// A value's name as a key.
pub type Value = Handle<Expression>;

/// How a value is had outside of the group that computes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Supply {
    /// Read again from this pointer.
    Stands(Value),
    /// From an array of its own.
    Kept,
}

/// What of a function is needed.
#[derive(Default)]
pub struct Uses {
    /// Values of the path that their own group computes.
    pub needed: BTreeSet<usize>,
    /// Values that are kept for all lanes.
    pub kept: BTreeSet<usize>,
    /// By place in the order and value, for values of another group.
    pub supplies: BTreeMap<(usize, usize), Supply>,
    /// Scalars of the path that live within one loop alone and need no memory.
    pub passing: Vec<Root>,
    /// By group, its place in the order.
    pub places: Vec<usize>,
}

/// A store in the order of the function.
struct Stored {
    place: usize,
    item: usize,
    field: Field,
}

struct Analysis<'a> {
    model: &'a Model,
    handle: Handle<naga::Function>,
    function: &'a Function,
    ordered: &'a Ordered,
    uses: Uses,
    /// By value of the path: its group, and its number there.
    made: BTreeMap<usize, (usize, usize)>,
    stores: Vec<Stored>,
    /// From and to which place each loop goes.
    loops: Vec<(usize, usize)>,
    /// Uses outside of loops over lanes: place in the order, value, and whether a variable stands for it from now on.
    outside: Vec<(usize, Value, bool)>,
}

/// Whether a value is known when the program is compiled.
pub fn is_fixed(function: &Function, value: Value) -> bool {
    matches!(function.expressions[value], Expression::Literal(_) | Expression::Constant(_))
}

impl Uses {
    /// Finds out for a function.
    pub fn of(model: &Model, handle: Handle<Function>, ordered: &Ordered) -> Self {
        let function = &model.module.functions[handle];
        let mut analysis = Analysis {
            model,
            handle,
            function,
            ordered,
            uses: Uses { places: vec![0; ordered.groups.len()], ..Uses::default() },
            made: BTreeMap::new(),
            stores: Vec::new(),
            loops: Vec::new(),
            outside: Vec::new(),
        };
        let mut next = 0;
        analysis.place_nodes(&ordered.nodes, &mut next);
        for (index, group) in ordered.groups.iter().enumerate() {
            for item in &group.items {
                if let Item::Store { value, .. } = item {
                    analysis.need_in_group(index, *value);
                }
            }
        }
        for (place, value, stands) in std::mem::take(&mut analysis.outside) {
            analysis.need_outside(place, value, stands);
        }
        analysis.find_passing();
        analysis.uses
    }
}

impl Analysis<'_> {
    /// Numbers the nodes, and notes what is made and stored where.
    fn place_nodes(&mut self, nodes: &[Node], next: &mut usize) {
        for node in nodes {
            let place = *next;
            *next += 1;
            match node {
                Node::Group(index) => self.place_group(*index, place),
                Node::Clear { pointer } => {
                    if let Some(cleared) = Place::of(self.handle, self.function, *pointer) {
                        self.stores.push(Stored { place, item: 0, field: (cleared.root, None) });
                    }
                }
                Node::Output(call) => self.outside.extend(call.arguments.iter().map(|&value| (place, value, false))),
                Node::StandFor { value, .. } => {
                    self.outside.push((place, *value, true));
                    if !self.ordered.of_path[value.index()] && !is_fixed(self.function, *value) {
                        self.uses.kept.insert(value.index());
                    }
                }
                Node::If { accept, reject, .. } => {
                    self.place_nodes(accept, next);
                    self.place_nodes(reject, next);
                }
                Node::Loop { body, continuing } => {
                    self.place_nodes(body, next);
                    self.place_nodes(continuing, next);
                    self.loops.push((place, *next));
                }
                Node::Value(_) | Node::Formula(_) | Node::Control(_) | Node::Store { .. } | Node::Break => {}
            }
        }
    }

    fn place_group(&mut self, index: usize, place: usize) {
        self.uses.places[index] = place;
        for (number, item) in self.ordered.groups[index].items.iter().enumerate() {
            match item {
                Item::Value(at) => {
                    self.made.insert(at.index(), (index, number));
                }
                Item::Formula(call) => {
                    if let Some(result) = call.result {
                        self.made.insert(result.index(), (index, number));
                    }
                }
                Item::Store { pointer, .. } => {
                    if let Some(stored) = Place::of(self.handle, self.function, *pointer) {
                        self.stores.push(Stored { place, item: number, field: stored.field() });
                    }
                }
            }
        }
    }

    fn need_in_group(&mut self, group: usize, value: Value) {
        if !self.ordered.of_path[value.index()] {
            return;
        }
        match self.made.get(&value.index()) {
            Some(&(home, number)) if home == group => {
                if self.uses.needed.insert(value.index()) {
                    let of = match &self.ordered.groups[group].items[number] {
                        Item::Formula(call) => call.arguments.clone(),
                        Item::Value(_) | Item::Store { .. } => operands(&self.function.expressions[value]),
                    };
                    of.into_iter().for_each(|operand| self.need_in_group(group, operand));
                }
            }
            _ => self.need_outside(self.uses.places[group], value, false),
        }
    }

    fn need_outside(&mut self, place: usize, value: Value, stands: bool) {
        let Some(&(home, number)) = self.made.get(&value.index()) else { return };
        let supply = self.supply(place, value, (home, number), stands);
        self.uses.supplies.insert((place, value.index()), supply);
        if supply == Supply::Kept {
            self.uses.kept.insert(value.index());
            self.need_in_group(home, value);
        }
    }

    fn supply(&self, place: usize, value: Value, (home, number): (usize, usize), stands: bool) -> Supply {
        let at = self.uses.places[home];
        let mut pointers = Vec::new();
        if let Expression::Load { pointer } = self.function.expressions[value] {
            pointers.push((number, pointer));
        }
        for (number, item) in self.ordered.groups[home].items.iter().enumerate() {
            match item {
                Item::Store { pointer, value: stored } if *stored == value => pointers.push((number, *pointer)),
                _ => {}
            }
        }
        let still = |&(number, pointer): &(usize, Value)| {
            let Some(of) = Place::of(self.handle, self.function, pointer) else { return false };
            let untouched = !self.stores.iter().any(|store| store.field.0 == of.root);
            let turned = place::is_in_turn(self.model, of.root) && !untouched;
            let lasts = if stands { untouched } else { self.is_stable(of.field(), (at, number), place) };
            lasts && !turned && !self.ordered.stand_ins.contains(&of.root) && self.ordered.groups[home].guard.is_none()
        };
        pointers.iter().find(|of| still(of)).map_or(Supply::Kept, |&(_, pointer)| Supply::Stands(pointer))
    }

    /// Whether nothing is stored to a field between an item and a place in the order, nor later in a loop around that place.
    fn is_stable(&self, field: Field, (made, number): (usize, usize), used: usize) -> bool {
        let around =
            self.loops.iter().filter(|(from, to)| (*from..*to).contains(&used) && !(*from..*to).contains(&made));
        let end = around.map(|(_, to)| *to).max().unwrap_or(used);
        let meets = |of: Field| of.0 == field.0 && (of.1 == field.1 || of.1.is_none() || field.1.is_none());
        !self.stores.iter().any(|store| {
            let after = (store.place, store.item) > (made, number);
            after && store.place < end.max(used) && meets(store.field)
        })
    }

    /// Finds scalars that are stored first and read later in one group alone.
    fn find_passing(&mut self) {
        for (local, variable) in self.function.local_variables.iter() {
            let root = Root::Local(self.handle, local);
            let scalar = matches!(self.model.module.types[variable.ty].inner, naga::TypeInner::Scalar(_));
            let mut groups = BTreeSet::new();
            let mut stored_first = true;
            for (index, group) in self.ordered.groups.iter().enumerate() {
                let mut accesses = group.items.iter().filter_map(|item| self.access(item, root)).peekable();
                if let Some(&first) = accesses.peek() {
                    groups.insert(index);
                    stored_first &= first;
                }
            }
            let elsewhere = self.uses.supplies.values().any(|supply| match supply {
                Supply::Stands(pointer) => {
                    Place::of(self.handle, self.function, *pointer).is_some_and(|place| place.root == root)
                }
                Supply::Kept => false,
            });
            if scalar && groups.len() == 1 && stored_first && !elsewhere && !self.ordered.stand_ins.contains(&root) {
                self.uses.passing.push(root);
            }
        }
    }

    /// Whether an item stores to a variable, or reads it and is needed.
    fn access(&self, item: &Item, root: Root) -> Option<bool> {
        let of = |pointer| Place::of(self.handle, self.function, pointer).is_some_and(|place| place.root == root);
        match item {
            Item::Store { pointer, .. } => of(*pointer).then_some(true),
            Item::Value(at) => match self.function.expressions[*at] {
                Expression::Load { pointer } if of(pointer) && self.uses.needed.contains(&at.index()) => Some(false),
                _ => None,
            },
            Item::Formula(_) => None,
        }
    }
}
