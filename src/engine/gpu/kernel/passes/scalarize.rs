//! Nested tables as plain lists of numbers in the same places.
//!
//! A uniform buffer is the fastest place for numbers that all paths share, but arrays and structures in it are laid out in
//! steps of 16 bytes, where the plan's tables have steps of 4. So the tables become structures of numbers only, and
//! `terms.contracts[3].rate` becomes `terms.contracts_3_rate`. Arrays of vectors, whose steps are 16 bytes, stay.

use std::collections::HashMap;

use wgpu::naga::{
    AddressSpace, ArraySize, Expression, Function, GlobalVariable, Handle, Module, Scalar, Span, StructMember, Type,
    TypeInner, UniqueArena,
};

use super::fault::Fault;

/// The tables that are written out: a structure, and an array of structures by period.
const TABLES: [&str; 2] = ["terms", "rows"];

/// Structures in uniform buffers end at multiples of this many bytes.
const UNIFORM_STEP: u32 = 16;

/// A structure that was written out.
struct Flat {
    /// As it was.
    nested: Handle<Type>,
    /// Whether there is an array of it.
    is_array: bool,
    /// Its numbers, by their places in bytes.
    numbers: HashMap<u32, u32>,
}

type Flats = HashMap<Handle<GlobalVariable>, Flat>;

/// Writes out the tables of a module and what its functions read of them, and puts those that are named in uniform buffers.
pub fn scalarize(module: &mut Module, uniform: &[&str]) -> Result<(), Fault> {
    let mut flats = Flats::new();
    for (handle, variable) in module.global_variables.iter_mut() {
        let Some(name) = variable.name.as_deref().filter(|name| TABLES.contains(name)) else { continue };
        if uniform.contains(&name) {
            variable.space = AddressSpace::Uniform;
        }
        let (flat, ty) = flatten(&mut module.types, variable.ty);
        variable.ty = ty;
        flats.insert(handle, flat);
    }
    let functions = module.functions.iter_mut().map(|(_, function)| function);
    for function in functions.chain(module.entry_points.iter_mut().map(|entry| &mut entry.function)) {
        redirect(function, &module.types, &flats)?;
    }
    Ok(())
}

/// The type of a table with plain numbers instead of nested ones.
fn flatten(types: &mut UniqueArena<Type>, table: Handle<Type>) -> (Flat, Handle<Type>) {
    let (nested, size) = match types[table].inner {
        TypeInner::Array { base, size, .. } => (base, Some(size)),
        _ => (table, None),
    };
    let mut members = Vec::new();
    numbers(types, nested, "", 0, &mut members);
    let numbers = members.iter().enumerate().map(|(number, member)| (member.offset, number as u32)).collect();
    let TypeInner::Struct { span: filled, .. } = types[nested].inner else { unreachable!("tables are structures") };
    let span = filled.next_multiple_of(UNIFORM_STEP);
    // members up to the end, so that the structure is as large wherever it is written as text
    let word = types.insert(Type { name: None, inner: TypeInner::Scalar(Scalar::U32) }, Span::UNDEFINED);
    members.extend((filled..span).step_by(4).map(|offset| {
        let name = Some(format!("padding_{offset}"));
        StructMember { name, ty: word, binding: None, offset }
    }));
    let structure = Type { name: types[nested].name.clone(), inner: TypeInner::Struct { members, span } };
    let structure = types.insert(structure, Span::UNDEFINED);
    let flat = Flat { nested, is_array: size.is_some(), numbers };
    let Some(size) = size else { return (flat, structure) };
    let array = TypeInner::Array { base: structure, size, stride: span };
    (flat, types.insert(Type { name: None, inner: array }, Span::UNDEFINED))
}

/// Collects the numbers of a type that stands at an offset.
fn numbers(types: &UniqueArena<Type>, ty: Handle<Type>, name: &str, offset: u32, out: &mut Vec<StructMember>) {
    let named = |part: &str| if name.is_empty() { part.to_string() } else { format!("{name}_{part}") };
    match &types[ty].inner {
        TypeInner::Struct { members, .. } => {
            for member in members {
                let part = member.name.as_deref().unwrap_or_default();
                numbers(types, member.ty, &named(part), offset + member.offset, out);
            }
        }
        TypeInner::Array { base, size: ArraySize::Constant(size), stride } if !is_vector(types, *base) => {
            for i in 0..size.get() {
                numbers(types, *base, &named(&i.to_string()), offset + i * stride, out);
            }
        }
        _ => out.push(StructMember { name: Some(name.to_string()), ty, binding: None, offset }),
    }
}

fn is_vector(types: &UniqueArena<Type>, ty: Handle<Type>) -> bool {
    matches!(types[ty].inner, TypeInner::Vector { .. })
}

/// A part of a table that a pointer points to.
#[derive(Clone, Copy)]
struct Part<'a> {
    flat: &'a Flat,
    /// What points to the structure.
    base: Handle<Expression>,
    /// The type of the part, as it was, and its place in the structure in bytes.
    ty: Handle<Type>,
    offset: u32,
}

/// Makes a function's pointers to numbers of nested tables pointers to those of the plain ones. Pointers to what is between
/// are then used by nothing.
fn redirect(function: &mut Function, types: &UniqueArena<Type>, flats: &Flats) -> Result<(), Fault> {
    let mut parts: HashMap<Handle<Expression>, Part> = HashMap::new();
    let mut arrays: HashMap<Handle<Expression>, &Flat> = HashMap::new();
    let name = function.name.clone().unwrap_or_default();
    for (handle, expression) in function.expressions.iter_mut() {
        let whole = |flat| Part { flat, base: handle, ty: flat.nested, offset: 0 };
        match *expression {
            Expression::GlobalVariable(variable) => match flats.get(&variable) {
                Some(flat) if flat.is_array => drop(arrays.insert(handle, flat)),
                Some(flat) => drop(parts.insert(handle, whole(flat))),
                None => {}
            },
            Expression::Access { base, .. } | Expression::AccessIndex { base, .. } if arrays.contains_key(&base) => {
                parts.insert(handle, whole(arrays[&base]));
            }
            Expression::AccessIndex { base, index } => {
                let Some(part) = parts.get(&base).and_then(|part| part.of(types, index)) else { continue };
                match part.flat.numbers.get(&part.offset) {
                    Some(&number) if part.is_whole(types) => {
                        *expression = Expression::AccessIndex { base: part.base, index: number };
                    }
                    _ => drop(parts.insert(handle, part)),
                }
            }
            Expression::Access { base: of, .. } | Expression::Load { pointer: of } if parts.contains_key(&of) => {
                return Err(Fault::Kernel(format!(
                    "{name}: a table is read as a whole, or by an index that is not known"
                )));
            }
            _ => {}
        }
    }
    Ok(())
}

impl<'a> Part<'a> {
    /// A member or an element of the part.
    fn of(&self, types: &UniqueArena<Type>, index: u32) -> Option<Part<'a>> {
        let (ty, offset) = match &types[self.ty].inner {
            TypeInner::Struct { members, .. } => {
                let member = members.get(index as usize)?;
                (member.ty, member.offset)
            }
            TypeInner::Array { base, stride, .. } => (*base, index * stride),
            _ => return None,
        };
        Some(Part { ty, offset: self.offset + offset, ..*self })
    }

    /// Whether the part is a member of the plain structure: a number, or an array of vectors.
    fn is_whole(&self, types: &UniqueArena<Type>) -> bool {
        match types[self.ty].inner {
            TypeInner::Struct { .. } => false,
            TypeInner::Array { base, .. } => is_vector(types, base),
            _ => true,
        }
    }
}
