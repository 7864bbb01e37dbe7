//! Rust from the model's WGSL, by naga's typed representation of it: formulas, structures and constants in two precisions,
//! the sizes and lists that shape a simulation, and the control flow of the CPU engine's lanes.

mod absent;
mod body;
mod compose;
mod context;
mod lanes;
mod nodes;
mod place;
mod scalar;
mod structure;
mod uniform;
mod uses;

use compose::Model;
pub use compose::{FILES, REGISTRY};
use uniform::Sharing;

/// Shapes of simulations that have lanes of their own, by their names: the sizes and lists that are 0 in them.
const SHAPES: [(&str, &[&str]); 2] = [("whole", &[]), ("plain", &CLAUSES)];

/// What simulations without clauses lack.
const CLAUSES: [&str; 15] = [
    "LOOKS_BACK",
    "BUBBLES_SEEN",
    "SYSTEM_BUBBLE_SEEN",
    "CRISES",
    "CONDITIONS",
    "TRANCHES",
    "WORKOUTS",
    "COUNTERPARTIES",
    "EXPOSURES",
    "STAKES",
    "CHANGING",
    "LATE_CONTRACTS",
    "CLAUSE_FIGURES",
    "CHANGES",
    "CHANGEABLE",
];

/// What spares GPUs registers that would keep nothing, and would cost lanes a choice in every period: there it is always so.
const SPARING: [&str; 3] = ["PREPAYS", "LASTING", "STOPS"];

/// What is included into the program.
pub struct Generated {
    /// Formulas, structures and constants in f32.
    pub single: String,
    /// The same in f64.
    pub double: String,
    /// Sizes and lists of a simulation's structure.
    pub structure: String,
    /// The control flow of the kernels, for both precisions.
    pub lanes: String,
}

/// Generates everything from the texts of [`FILES`], in their order. Errors name the file and line.
pub fn generate(texts: &[String]) -> Result<Generated, String> {
    let model = Model::compose(texts)?;
    let sharing = Sharing::of(&model)?;
    let shapes = SHAPES.iter().map(|(name, lacks)| Ok((*name, absent::settled(&model, lacks, &SPARING)?)));
    let shapes: Vec<_> = shapes.collect::<Result<_, String>>()?;
    Ok(Generated {
        single: scalar::formulas(&model, scalar::Width::Single)?,
        double: scalar::formulas(&model, scalar::Width::Double)?,
        structure: structure::print(&model)?,
        lanes: lanes::print(&model, &sharing, &shapes)?,
    })
}
