//! Distributions of numbers that a scenario leaves uncertain or a sweep spreads: their quantiles, and the points they are drawn at.

mod elicited;
mod kind;
mod metalog;
mod quantile;
mod sobol;

pub use elicited::{
    beta_between, log_normal_between, normal_between, pert_between, triangular_between, uniform_between,
};
pub use kind::{Discrete, Distribution, Empirical, SHAPES, USUAL_SHARES};
pub use metalog::{MOST_TERMS, Metalog};
pub use sobol::{Dimension, MOST_DIMENSIONS};
