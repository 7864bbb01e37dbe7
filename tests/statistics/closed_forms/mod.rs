//! Known answers of the model on every engine: within 4 standard errors and the stated float error. What the CPU engine gives
//! stands in docs/validation.md.

mod case;
mod cases;
mod exact;
mod table;

use case::{Engines, cpu_engines};
use cases::CASES;
use overhang::engine::{Engine, Sampling};

/// The engines that tests run on: CPU in both precisions, and the first adapter.
fn engines() -> Engines {
    let gpu = crate::adapters::gpus(Sampling::Device).into_iter().take(1);
    let gpu = gpu.map(|(name, engine)| (name, Box::new(engine) as Box<dyn Engine>));
    cpu_engines().into_iter().chain(gpu).collect()
}

/// Holds a case on every engine, and the page to it.
fn holds(name: &str) {
    let (_, case) = CASES.iter().find(|(other, _)| *other == name).expect("it is a case");
    let checks = case(&engines());
    for check in &checks {
        println!("{check}");
        assert!(check.holds(), "{check}");
    }
    crate::has_rows("closed forms", &table::rows(name, &checks));
}

#[test]
fn a_fixed_rate_with_full_take_or_pay_is_an_annuity() {
    holds("a fixed rate with full take-or-pay");
}

#[test]
fn burst_at_constant_demand_costs_the_sum_of_forwards() {
    holds("burst at constant demand");
}

#[test]
fn an_indexed_rate_is_the_forward_of_the_date_it_is_set() {
    holds("an indexed rate");
}

#[test]
fn what_is_prepaid_of_an_indexed_rate_is_a_share_of_its_forwards() {
    holds("a prepaid indexed rate");
}

#[test]
fn hardware_that_ages_serves_less_for_the_same_bills() {
    holds("hardware that ages");
}

#[test]
fn take_or_pay_on_lognormal_use_is_a_difference_of_partial_expectations() {
    holds("take-or-pay on lognormal use");
}

#[test]
fn take_or_pay_on_logit_normal_use_is_a_quadrature() {
    holds("take-or-pay on logit-normal use");
}

#[test]
fn price_times_use_has_the_covariance_of_the_exact_steps() {
    holds("price × use");
}

#[test]
fn one_lognormal_period_has_known_quantiles_and_shortfalls() {
    holds("one lognormal period");
}

#[test]
fn the_chain_is_where_its_matrix_says() {
    holds("the chain of regimes");
}

#[test]
fn a_price_falls_below_a_barrier_at_discrete_dates() {
    holds("a barrier at discrete dates");
}

#[test]
fn reverting_factors_reach_their_stationary_moments() {
    holds("stationary factors");
}
