//! A function of the control flow with all that is known of it, and how the values that all paths share are printed.

use naga::{Expression, Function, Handle, ScalarKind, TypeInner};

use super::compose::Model;
use super::nodes::Ordered;
use super::place::{self, RustPlace};
use super::scalar::{Printer, Width};
use super::uniform::{self, Place, Root, Sharing, Step};
use super::uses::{Uses, Value};

/// A function that is printed.
pub struct Context<'a> {
    pub model: &'a Model,
    pub handle: Handle<Function>,
    pub function: &'a Function,
    pub sharing: &'a Sharing,
    pub ordered: Ordered,
    pub uses: Uses,
    pub printer: Printer<'a>,
}

impl<'a> Context<'a> {
    pub fn new(model: &'a Model, sharing: &'a Sharing, handle: Handle<Function>) -> Result<Self, String> {
        let function = &model.module.functions[handle];
        let ordered = Ordered::new(model, sharing, handle)?;
        let uses = Uses::of(model, handle, &ordered);
        let printer = Printer { model, handle, function, width: Width::Real };
        Ok(Context { model, handle, function, sharing, ordered, uses, printer })
    }

    /// An operand that all paths share.
    pub fn scalar(&self, at: Value) -> Result<String, String> {
        match self.function.expressions[at] {
            Expression::Override(of) => {
                let size = &self.model.module.overrides[of];
                let name = size.name.as_deref().unwrap_or_default().to_lowercase();
                let flag = matches!(self.model.module.types[size.ty].inner, TypeInner::Scalar(of) if of.kind == ScalarKind::Bool);
                Ok(if flag { format!("kernel.{name}") } else { format!("kernel.counts.{name}") })
            }
            _ => self.printer.plain(at),
        }
    }

    /// Where a pointer points to; `before` means the set of the period before.
    pub fn rust_place(&self, pointer: Value, before: bool) -> Result<RustPlace, String> {
        let place = Place::of(self.handle, self.function, pointer)
            .ok_or_else(|| self.printer.fault(pointer, "this is no variable"))?;
        let rows = matches!(place.root, Root::Global(global)
            if self.model.module.global_variables[global].name.as_deref() == Some("rows"));
        if rows && !place.steps.first().is_some_and(|row| place::is_of_period(self.function, row)) {
            return Err(self.printer.fault(pointer, "rows are read as rows[t - 1u], t being the first argument"));
        }
        let index = |step: &Step| match step {
            Step::Number(number) => number.to_string(),
            Step::Element(at) => format!("{} as usize", self.scalar(*at).unwrap_or_default()),
        };
        Ok(place::rust(self.model, self.function, &place, before, &index))
    }

    /// Whether the function stores to a variable.
    pub fn stores_to(&self, root: Root) -> bool {
        let mut blocks = vec![&self.function.body];
        while let Some(block) = blocks.pop() {
            for statement in block.iter() {
                if let naga::Statement::Store { pointer, .. } = statement
                    && Place::of(self.handle, self.function, *pointer).is_some_and(|place| place.root == root)
                {
                    return true;
                }
                blocks.extend(uniform::inside(statement));
            }
        }
        false
    }
}
