//! Known answers of the model on every engine: within 4 standard errors and the stated float error. What the CPU engine gives
//! stands in docs/validation.md.

mod case;
mod cases;
mod clauses;
mod delay;
mod exact;
mod parties;
mod published;
mod table;

use case::{Engines, cpu_engines};
use overhang::engine::{Engine, Sampling};

/// The engines that tests run on: CPU in both precisions, and the first adapter.
fn engines() -> Engines {
    let gpu = crate::adapters::gpus(Sampling::Device).into_iter().take(1);
    let gpu = gpu.map(|(name, engine)| (name, Box::new(engine) as Box<dyn Engine>));
    cpu_engines().into_iter().chain(gpu).collect()
}

/// Holds a case on every engine, and the page to it.
fn holds(name: &str) {
    let (_, case) = cases::all().into_iter().find(|(other, _)| *other == name).expect("it is a case");
    let checks = case(&engines());
    checks.iter().for_each(|check| println!("{check}"));
    let off: Vec<String> = checks.iter().filter(|check| !check.holds()).map(ToString::to_string).collect();
    assert!(off.is_empty(), "{}", off.join("\n"));
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

#[test]
fn a_contract_that_is_left_costs_a_fee_or_brings_a_refund() {
    holds("a right to terminate");
}

#[test]
fn a_reduction_of_an_indexed_contract_scales_its_forwards() {
    holds("a plan to step down");
}

#[test]
fn a_dear_contract_is_left_with_the_probability_of_a_cheap_market() {
    holds("a way out of a dear contract");
}

#[test]
fn an_extension_is_taken_with_the_probability_of_a_dear_market() {
    holds("an option to extend");
}

#[test]
fn a_review_lowers_the_rate_to_the_market_and_the_floor() {
    holds("a rate that is reviewed");
}

#[test]
fn shortfalls_of_windows_are_billed_and_made_up_for() {
    holds("take-or-pay over a window");
}

#[test]
fn idle_capacity_is_sold_for_a_difference_of_puts() {
    holds("idle capacity that is resold");
}

#[test]
fn lateness_moves_an_annuity_by_lognormal_quarters() {
    holds("a late annuity");
}

#[test]
fn a_long_stop_ends_what_is_too_late_and_damages_are_capped() {
    holds("a long stop and damages");
}

#[test]
fn contracts_of_a_vendor_are_late_together_as_normals_correlate() {
    holds("vendors that are late with all contracts");
}

#[test]
fn vendors_fail_at_their_intensity() {
    holds("a vendor that fails by chance");
}

#[test]
fn vendors_fail_of_losses_beyond_their_capital() {
    holds("a vendor that loses its capital");
}

#[test]
fn tranches_are_paid_at_the_intensity_of_the_regime() {
    holds("tranches by regime and by vendor");
}

#[test]
fn claims_of_a_workout_are_puts_at_an_exponential_time() {
    holds("a workout that ends contracts");
}

#[test]
fn settled_contracts_go_on_at_the_lower_of_rate_and_market() {
    holds("a workout at market rates");
}

#[test]
fn a_crisis_by_chance_is_a_chain_of_two_states() {
    holds("a crisis by chance");
}

#[test]
fn a_crisis_comes_sooner_by_the_gap_and_by_bursts() {
    holds("a crisis that is provoked");
}
