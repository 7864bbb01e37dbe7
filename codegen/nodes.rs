//! A function's statements put in the order in which the lanes run them: what all paths share as scalar statements, and what
//! is of the path in groups that take one loop over the lanes.
//!
//! Nothing that all paths share depends on a path, so it can go before the group that stands around it.

use naga::{Block, Expression, Function, Handle, Statement, TypeInner};

use super::compose::Model;
use super::uniform::{Place, Root, Sharing};

/// A statement of the generated function.
#[derive(Debug)]
pub enum Node {
    /// A value that all paths share.
    Value(Handle<Expression>),
    /// A call of a formula with such values.
    Formula(Call),
    /// A call of another function of the control flow.
    Control(Call),
    /// A call of `put` or `put_time`.
    Output(Call),
    /// A store that all paths share.
    Store {
        pointer: Handle<Expression>,
        value: Handle<Expression>,
    },
    /// A structure or array set to zero.
    Clear {
        pointer: Handle<Expression>,
    },
    /// A variable of the path that from now on stands for a value instead of having one of its own; see [`stand_ins`].
    StandFor {
        pointer: Handle<Expression>,
        value: Handle<Expression>,
    },
    /// A loop over the lanes, by its number.
    Group(usize),
    If {
        condition: Handle<Expression>,
        accept: Vec<Node>,
        reject: Vec<Node>,
    },
    Loop {
        body: Vec<Node>,
        continuing: Vec<Node>,
    },
    Break,
}

/// A call.
#[derive(Debug, Clone)]
pub struct Call {
    pub function: Handle<Function>,
    pub arguments: Vec<Handle<Expression>>,
    pub result: Option<Handle<Expression>>,
}

/// Something that is done for each lane.
#[derive(Debug, Clone)]
pub enum Item {
    Value(Handle<Expression>),
    Formula(Call),
    Store { pointer: Handle<Expression>, value: Handle<Expression> },
}

/// What takes one loop over the lanes.
#[derive(Debug, Default)]
pub struct Group {
    pub items: Vec<Item>,
    /// Only where this holds.
    pub guard: Option<Handle<Expression>>,
}

/// A function in order.
pub struct Ordered {
    pub nodes: Vec<Node>,
    pub groups: Vec<Group>,
    /// By expression, whether it is of the path.
    pub of_path: Vec<bool>,
    /// Variables of the path that only stand for values.
    pub stand_ins: Vec<Root>,
}

impl Ordered {
    /// Orders a function.
    pub fn new(model: &Model, sharing: &Sharing, handle: Handle<Function>) -> Result<Self, String> {
        let function = &model.module.functions[handle];
        let of_path = sharing.values(handle, function);
        let stand_ins = stand_ins(model, sharing, handle);
        let mut order = Order {
            model,
            sharing,
            handle,
            function,
            pending: Group::default(),
            groups: Vec::new(),
            of_path,
            stand_ins,
        };
        let nodes = order.block(&function.body)?;
        Ok(Ordered { nodes, groups: order.groups, of_path: order.of_path, stand_ins: order.stand_ins })
    }
}

struct Order<'a> {
    model: &'a Model,
    sharing: &'a Sharing,
    handle: Handle<Function>,
    function: &'a Function,
    pending: Group,
    groups: Vec<Group>,
    of_path: Vec<bool>,
    stand_ins: Vec<Root>,
}

impl Order<'_> {
    fn block(&mut self, block: &Block) -> Result<Vec<Node>, String> {
        let mut nodes = Vec::new();
        for statement in block.iter() {
            match statement {
                Statement::Emit(range) => range.clone().for_each(|at| self.value(at, &mut nodes)),
                Statement::Store { pointer, value } => self.store(*pointer, *value, &mut nodes)?,
                Statement::Call { function, arguments, result } => {
                    let call = Call { function: *function, arguments: arguments.clone(), result: *result };
                    self.call(call, &mut nodes);
                }
                Statement::Block(inner) => {
                    self.flush(&mut nodes);
                    nodes.extend(self.whole(inner)?);
                }
                Statement::If { condition, accept, reject } => {
                    self.flush(&mut nodes);
                    let (accept, reject) = (self.whole(accept)?, self.whole(reject)?);
                    nodes.push(Node::If { condition: *condition, accept, reject });
                }
                Statement::Loop { body, continuing, break_if: None } => {
                    self.flush(&mut nodes);
                    let (body, continuing) = (self.whole(body)?, self.whole(continuing)?);
                    nodes.push(Node::Loop { body, continuing });
                }
                Statement::Break => {
                    self.flush(&mut nodes);
                    nodes.push(Node::Break);
                }
                Statement::Return { value: None } => self.flush(&mut nodes),
                other => {
                    let name = self.function.name.as_deref().unwrap_or_default();
                    return Err(format!("{name}: the lanes have no statement {other:?}"));
                }
            }
        }
        Ok(nodes)
    }

    /// A block with all of its groups finished.
    fn whole(&mut self, block: &Block) -> Result<Vec<Node>, String> {
        let mut nodes = self.block(block)?;
        self.flush(&mut nodes);
        Ok(nodes)
    }

    fn value(&mut self, at: Handle<Expression>, nodes: &mut Vec<Node>) {
        if Place::of(self.handle, self.function, at).is_some() {
            return; // a pointer: printed where it is used
        }
        if self.of_path[at.index()] {
            self.pending.items.push(Item::Value(at));
        } else {
            nodes.push(Node::Value(at));
        }
    }

    fn call(&mut self, call: Call, nodes: &mut Vec<Node>) {
        if self.model.is_output(call.function) {
            self.flush(nodes);
            nodes.push(Node::Output(call));
        } else if self.model.is_control_flow(call.function) {
            self.flush(nodes);
            nodes.push(Node::Control(call));
        } else if call.arguments.iter().any(|at| self.of_path[at.index()]) {
            self.pending.items.push(Item::Formula(call));
        } else {
            nodes.push(Node::Formula(call));
        }
    }

    fn store(
        &mut self,
        pointer: Handle<Expression>,
        value: Handle<Expression>,
        nodes: &mut Vec<Node>,
    ) -> Result<(), String> {
        let place = Place::of(self.handle, self.function, pointer).expect("stores were looked at");
        if is_zero(self.model, self.function, value) {
            self.flush(nodes);
            nodes.push(Node::Clear { pointer });
        } else if !self.sharing.is_of_path(&place) {
            self.flush(nodes);
            nodes.push(Node::Store { pointer, value });
        } else if self.stand_ins.contains(&place.root) {
            self.flush(nodes);
            nodes.push(Node::StandFor { pointer, value });
        } else if let Some((guard, value)) = self.guarded(&place, value) {
            self.pending.items.push(Item::Store { pointer, value });
            self.pending.guard = Some(guard);
            self.flush(nodes);
        } else {
            self.pending.items.push(Item::Store { pointer, value });
        }
        Ok(())
    }

    /// A store of `select(old, new, condition)` to where the old value stands, under a condition that all paths share, is
    /// one of `new` under the condition: lane by lane it would be a masked store, which is slow on some processors.
    fn guarded(&self, place: &Place, value: Handle<Expression>) -> Option<(Handle<Expression>, Handle<Expression>)> {
        let Expression::Select { condition, accept, reject } = self.function.expressions[value] else { return None };
        let Expression::Load { pointer } = self.function.expressions[reject] else { return None };
        let old = Place::of(self.handle, self.function, pointer)?;
        let same = text(self.function, &old) == text(self.function, place);
        let alone = self.pending.items.iter().all(|item| !matches!(item, Item::Store { .. }));
        (same && alone && !self.of_path[condition.index()]).then_some((condition, accept))
    }

    fn flush(&mut self, nodes: &mut Vec<Node>) {
        if !self.pending.items.is_empty() {
            nodes.push(Node::Group(self.groups.len()));
            self.groups.push(std::mem::take(&mut self.pending));
        }
    }
}

/// Whether a value is the zero of a structure or an array.
fn is_zero(model: &Model, function: &Function, value: Handle<Expression>) -> bool {
    match function.expressions[value] {
        Expression::ZeroValue(ty) => !matches!(model.module.types[ty].inner, TypeInner::Scalar(_)),
        _ => false,
    }
}

/// A name of a place, the same for the same place within a group.
pub fn text(function: &Function, place: &Place) -> String {
    use super::uniform::Step;
    let mut text = format!("{:?}", place.root);
    for step in &place.steps {
        match step {
            Step::Number(number) => text += &format!(".{number}"),
            Step::Element(at) => text += &format!("[{}]", index_text(function, *at)),
        }
    }
    text
}

/// A name of an index, by what it is computed from.
fn index_text(function: &Function, at: Handle<Expression>) -> String {
    match &function.expressions[at] {
        Expression::Load { pointer } => format!("*{}", index_text(function, *pointer)),
        Expression::Access { base, index } => {
            format!("{}[{}]", index_text(function, *base), index_text(function, *index))
        }
        Expression::Binary { op, left, right } => {
            format!("({} {op:?} {})", index_text(function, *left), index_text(function, *right))
        }
        Expression::CallResult(_) => format!("{at:?}"),
        other => format!("{other:?}"),
    }
}

/// Variables that only choose, in branches that all paths share, which value stands for them: they need no copy of it. So are
/// scalars of the path that are stored several times, never from themselves, and stored outside of inner loops; and what is left of
/// them where branches are left out, which is stored once and reads something.
fn stand_ins(model: &Model, sharing: &Sharing, handle: Handle<Function>) -> Vec<Root> {
    let function = &model.module.functions[handle];
    let mut found = Vec::new();
    for (local, variable) in function.local_variables.iter() {
        let root = Root::Local(handle, local);
        let scalar = matches!(model.module.types[variable.ty].inner, TypeInner::Scalar(_));
        let place = Place { root, steps: Vec::new() };
        let mut stores = Vec::new();
        stores_to(handle, function, &function.body, root, (0, None), &mut stores);
        let initial = usize::from(variable.init.is_some());
        let chooses = stores.len() + initial > 1
            || matches!(stores[..], [(_, value)] if matches!(function.expressions[value], Expression::Load { .. }));
        let one_loop = stores.iter().all(|(depth, _)| *depth == stores[0].0);
        let own = stores.iter().any(|(_, value)| reads(handle, function, *value, root));
        if scalar && sharing.is_of_path(&place) && chooses && one_loop && !own {
            found.push(root);
        }
    }
    found
}

/// The loop that a statement stands in: how deep, and which.
type LoopPlace = (usize, Option<usize>);

/// Stores to a variable, with the loop that each stands in.
fn stores_to(
    handle: Handle<Function>,
    function: &Function,
    block: &Block,
    root: Root,
    at: LoopPlace,
    found: &mut Vec<(LoopPlace, Handle<Expression>)>,
) {
    for statement in block.iter() {
        let inner = if let Statement::Loop { body, .. } = statement {
            (at.0 + 1, Some(std::ptr::from_ref(body).addr()))
        } else {
            at
        };
        if let Statement::Store { pointer, value } = statement
            && Place::of(handle, function, *pointer).is_some_and(|place| place.root == root)
        {
            found.push((at, *value));
        }
        for block in super::uniform::inside(statement) {
            stores_to(handle, function, block, root, inner, found);
        }
    }
}

/// Whether a value is computed from a variable.
fn reads(handle: Handle<Function>, function: &Function, value: Handle<Expression>, root: Root) -> bool {
    match &function.expressions[value] {
        Expression::Load { pointer } => Place::of(handle, function, *pointer).is_some_and(|place| place.root == root),
        Expression::CallResult(_) => {
            let mut arguments = Vec::new();
            call_arguments(&function.body, value, &mut arguments);
            arguments.into_iter().any(|of| reads(handle, function, of, root))
        }
        other => super::uniform::operands(other).into_iter().any(|of| reads(handle, function, of, root)),
    }
}

fn call_arguments(block: &Block, result: Handle<Expression>, found: &mut Vec<Handle<Expression>>) {
    for statement in block.iter() {
        match statement {
            Statement::Call { arguments, result: Some(of), .. } if *of == result => found.extend(arguments),
            _ => super::uniform::inside(statement).into_iter().for_each(|inner| call_arguments(inner, result, found)),
        }
    }
}
