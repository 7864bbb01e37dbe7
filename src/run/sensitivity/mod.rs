//! Sensitivity analysis: what each input and each source of randomness does to the results of a scenario.

mod asked;
mod break_even;
mod builder;
mod chance;
mod derivatives;
mod design;
mod evaluator;
mod indices;
mod inputs;
mod places;
mod score;
mod tornado;

pub use asked::{asked_parts, parse_output, parse_range, parse_target};
pub use builder::{OfInputs, Part, SensitivityBuilder};
pub use design::{EvaluatedRuns, IndexDesign};
pub use inputs::InputRange;
