//! Sensitivity analysis: what each input does to the results of a scenario.

mod break_even;
mod builder;
mod derivatives;
mod evaluator;
mod indices;
mod inputs;
mod tornado;

pub use builder::{OfInputs, Part, SensitivityBuilder};
pub use inputs::InputRange;
