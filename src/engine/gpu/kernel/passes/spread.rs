//! Arrays and structures of a path as variables of their own: `contracts[3].rate` becomes `contracts_3_rate`.
//!
//! Most compilers do this themselves. Microsoft's FXC does not: it keeps such an array in memory that it believes to be
//! indexed, for which it needs minutes and gigabytes where the array is large and is stored to in branches.

use std::collections::{HashMap, HashSet};

use wgpu::naga::compact::{KeepUnused, compact};
use wgpu::naga::{
    AddressSpace, Arena, ArraySize, Block, Expression, Function, GlobalVariable, Handle, MemoryDecorations, Module,
    Range, Span, Statement, Type, TypeInner, UniqueArena,
};

/// A variable and the number of its first part, in the order of their places, that a pointer points to, and the type there.
#[derive(Clone, Copy)]
struct Place {
    variable: Handle<GlobalVariable>,
    first: u32,
    ty: Handle<Type>,
}

/// The variables that take the place of one, in the order of their places.
type Parts = HashMap<Handle<GlobalVariable>, Vec<Handle<GlobalVariable>>>;

/// Makes variables of their own of the parts of a path's variables: of all that are read and stored part by part, by constant
/// indices, or set to zero.
pub fn spread(module: &mut Module) {
    let whole = whole(module);
    let candidates: Vec<_> = module
        .global_variables
        .iter()
        .filter(|(handle, variable)| divisible(&module.types, variable) && !whole.contains(handle))
        .map(|(handle, variable)| (handle, variable.clone()))
        .collect();
    let mut parts = Parts::new();
    for (handle, variable) in candidates {
        let mut made = Vec::new();
        divide(&module.types, variable.ty, variable.name.unwrap_or_default(), &mut |name, ty| {
            made.push(module.global_variables.append(private(name, ty), Span::UNDEFINED));
        });
        parts.insert(handle, made);
    }
    let functions = module.functions.iter_mut().map(|(_, function)| function);
    for function in functions.chain(module.entry_points.iter_mut().map(|entry| &mut entry.function)) {
        redirect(&module.types, &module.global_variables, &parts, function);
    }
    compact(module, KeepUnused::No);
}

fn private(name: String, ty: Handle<Type>) -> GlobalVariable {
    GlobalVariable {
        name: Some(name),
        space: AddressSpace::Private,
        binding: None,
        ty,
        init: None,
        memory_decorations: MemoryDecorations::empty(),
    }
}

/// Whether a variable belongs to a path, begins as zero and has parts.
fn divisible(types: &UniqueArena<Type>, variable: &GlobalVariable) -> bool {
    variable.space == AddressSpace::Private && variable.init.is_none() && has_parts(types, variable.ty)
}

fn has_parts(types: &UniqueArena<Type>, ty: Handle<Type>) -> bool {
    matches!(types[ty].inner, TypeInner::Struct { .. } | TypeInner::Array { size: ArraySize::Constant(_), .. })
}

/// Names and types of a type's parts that have none themselves.
fn divide(types: &UniqueArena<Type>, ty: Handle<Type>, name: String, each: &mut dyn FnMut(String, Handle<Type>)) {
    match &types[ty].inner {
        TypeInner::Struct { members, .. } => {
            for member in members {
                divide(types, member.ty, format!("{name}_{}", member.name.as_deref().unwrap_or_default()), each);
            }
        }
        TypeInner::Array { base, size: ArraySize::Constant(size), .. } => {
            (0..size.get()).for_each(|i| divide(types, *base, format!("{name}_{i}"), each));
        }
        _ => each(name, ty),
    }
}

/// How many parts a type has.
fn count(types: &UniqueArena<Type>, ty: Handle<Type>) -> u32 {
    match &types[ty].inner {
        TypeInner::Struct { members, .. } => members.iter().map(|member| count(types, member.ty)).sum(),
        TypeInner::Array { base, size: ArraySize::Constant(size), .. } => size.get() * count(types, *base),
        _ => 1,
    }
}

/// What of a global variable a pointer points to, if it is known.
fn place(
    types: &UniqueArena<Type>,
    variables: &Arena<GlobalVariable>,
    expressions: &Arena<Expression>,
    pointer: Handle<Expression>,
) -> Option<Place> {
    match expressions[pointer] {
        Expression::GlobalVariable(variable) => Some(Place { variable, first: 0, ty: variables[variable].ty }),
        Expression::AccessIndex { base, index } => {
            let whole = place(types, variables, expressions, base)?;
            let (before, ty) = match &types[whole.ty].inner {
                TypeInner::Struct { members, .. } => {
                    let (before, rest) = members.split_at_checked(index as usize)?;
                    (before.iter().map(|member| count(types, member.ty)).sum(), rest.first()?.ty)
                }
                TypeInner::Array { base, .. } => (index * count(types, *base), *base),
                _ => return None,
            };
            Some(Place { first: whole.first + before, ty, ..whole })
        }
        _ => None,
    }
}

/// The variables of which several parts are used at once, or one that is not known.
fn whole(module: &Module) -> HashSet<Handle<GlobalVariable>> {
    let mut found = HashSet::new();
    let entries = module.entry_points.iter().map(|entry| &entry.function);
    for function in module.functions.iter().map(|(_, function)| function).chain(entries) {
        let mut used = |pointer| {
            let place = place(&module.types, &module.global_variables, &function.expressions, pointer);
            found.extend(place.filter(|place| has_parts(&module.types, place.ty)).map(|place| place.variable));
        };
        for (_, expression) in function.expressions.iter() {
            if let Expression::Access { base: of, .. } | Expression::Load { pointer: of } = *expression {
                used(of);
            }
        }
        used_whole(function, &function.body, &mut used);
    }
    found
}

/// What statements store to or pass on, except to set it to zero.
fn used_whole(function: &Function, block: &Block, used: &mut dyn FnMut(Handle<Expression>)) {
    for statement in block {
        match statement {
            Statement::Store { value, .. } if matches!(function.expressions[*value], Expression::ZeroValue(_)) => {}
            Statement::Store { pointer, .. } => used(*pointer),
            Statement::Call { arguments, .. } => arguments.iter().for_each(|&argument| used(argument)),
            Statement::Block(inner) => used_whole(function, inner, used),
            Statement::If { accept: one, reject: other, .. } | Statement::Loop { body: one, continuing: other, .. } => {
                used_whole(function, one, used);
                used_whole(function, other, used);
            }
            Statement::Switch { cases, .. } => cases.iter().for_each(|case| used_whole(function, &case.body, used)),
            _ => {}
        }
    }
}

/// Has a function use the parts.
fn redirect(types: &UniqueArena<Type>, variables: &Arena<GlobalVariable>, parts: &Parts, function: &mut Function) {
    let place = |pointer| place(types, variables, &function.expressions, pointer);
    let places = function.expressions.iter().filter_map(|(pointer, _)| Some((pointer, place(pointer)?)));
    let places: HashMap<_, _> = places.filter(|(_, place)| parts.contains_key(&place.variable)).collect();
    for (&pointer, place) in places.iter().filter(|(_, place)| !has_parts(types, place.ty)) {
        function.expressions[pointer] = Expression::GlobalVariable(parts[&place.variable][place.first as usize]);
        function.named_expressions.swap_remove(&pointer);
    }
    let body = std::mem::take(&mut function.body);
    function.body = Redirect { types, parts, places, expressions: &mut function.expressions }.block(body);
}

struct Redirect<'a> {
    types: &'a UniqueArena<Type>,
    parts: &'a Parts,
    places: HashMap<Handle<Expression>, Place>,
    expressions: &'a mut Arena<Expression>,
}

impl Redirect<'_> {
    fn block(&mut self, block: Block) -> Block {
        let mut made = Block::with_capacity(block.len());
        for (statement, span) in block.span_into_iter() {
            let statement = match statement {
                Statement::Emit(range) => {
                    self.emit(range, span, &mut made);
                    continue;
                }
                Statement::Store { pointer, .. } if self.zeroed(pointer).is_some() => {
                    self.zeroed(pointer).into_iter().flatten().for_each(|part| self.zero(part, span, &mut made));
                    continue;
                }
                Statement::Block(inner) => Statement::Block(self.block(inner)),
                Statement::If { condition, accept, reject } => {
                    Statement::If { condition, accept: self.block(accept), reject: self.block(reject) }
                }
                Statement::Loop { body, continuing, break_if } => {
                    Statement::Loop { body: self.block(body), continuing: self.block(continuing), break_if }
                }
                Statement::Switch { selector, mut cases } => {
                    cases.iter_mut().for_each(|case| case.body = self.block(std::mem::take(&mut case.body)));
                    Statement::Switch { selector, cases }
                }
                other => other,
            };
            made.push(statement, span);
        }
        made
    }

    /// Emits what still has to be: variables are there without it.
    fn emit(&self, range: Range<Expression>, span: Span, to: &mut Block) {
        let mut run: Option<(Handle<Expression>, Handle<Expression>)> = None;
        let mut end = |run: &mut Option<(_, _)>| {
            if let Some((first, last)) = run.take() {
                to.push(Statement::Emit(Range::new_from_bounds(first, last)), span);
            }
        };
        for value in range {
            if self.expressions[value].needs_pre_emit() {
                end(&mut run);
            } else {
                run = Some((run.map_or(value, |(first, _)| first), value));
            }
        }
        end(&mut run);
    }

    /// The parts of what a pointer points to, if it has several.
    fn zeroed(&self, pointer: Handle<Expression>) -> Option<Vec<(Handle<GlobalVariable>, Handle<Type>)>> {
        let place = self.places.get(&pointer).filter(|place| has_parts(self.types, place.ty))?;
        let mut types = Vec::new();
        divide(self.types, place.ty, String::new(), &mut |_, ty| types.push(ty));
        Some(self.parts[&place.variable][place.first as usize..].iter().copied().zip(types).collect())
    }

    fn zero(&mut self, (variable, ty): (Handle<GlobalVariable>, Handle<Type>), span: Span, to: &mut Block) {
        let pointer = self.expressions.append(Expression::GlobalVariable(variable), span);
        let value = self.expressions.append(Expression::ZeroValue(ty), span);
        to.push(Statement::Store { pointer, value }, span);
    }
}
