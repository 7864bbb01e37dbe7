//! The processes of factors (model.md §3).

use super::registered;

/// What is declared of a process.
#[derive(Debug)]
pub struct ProcessEntry {
    pub name: &'static str,
    pub description: &'static str,
    /// Of the factor X, without the effects of regimes and jumps; W is a Brownian motion.
    pub formula: &'static str,
    /// How kernels compute it.
    pub transform: Transform,
}

registered! {
    /// How a factor moves.
    ProcessKind: ProcessEntry, "PROCESS";
    Gbm = 0, "gbm", "Geometric Brownian motion", { formula: "X = E[X]·e^(volatility·W − volatility²·τ/2), E[X] = start·e^(∫drift) or forward(τ)", transform: Transform::Log };
    Ou = 1, "ou", "Mean reversion of the logarithm", { formula: "X = level(τ)·e^(growth·τ + y), dy = −reversion·y·dτ + volatility·dW", transform: Transform::Log };
    LogitOu = 2, "logit_ou", "Mean reversion of the logit between two bounds", { formula: "X = lower + (upper − lower)/(1 + e^−(logit of level(τ) + y)), dy = −reversion·y·dτ + volatility·dW", transform: Transform::Logit };
    Table = 3, "table", "A deterministic curve", { formula: "X = values(τ)", transform: Transform::Table };
}

/// What is declared of a transform.
#[derive(Debug)]
pub struct TransformEntry {
    pub name: &'static str,
    pub description: &'static str,
}

registered! {
    /// What of a factor moves by normal steps.
    Transform: TransformEntry, "KIND";
    Log = 0, "log", "The logarithm, relative to the base", {};
    Logit = 1, "logit", "The logit between two bounds, relative to the base", {};
    Table = 2, "table", "Nothing: the factor is its base", {};
}
