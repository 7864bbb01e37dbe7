//! The `[crisis]`: its hazard, and what it multiplies.

use super::super::clauses::Crisis;
use super::super::item::Fields;
use super::super::limits::Limits;
use super::common::hazard;

const HAZARD: Limits = hazard("the number of crises per year where returns cover costs: 0.03 is one in 33 years");
const SENSITIVITY: Limits = Limits::between(
    0.0,
    100.0,
    "how fast the hazard grows, by a factor e^(sensitivity × gap), with the gap of returns",
);
const CONTAGION: Limits =
    Limits::between(0.0, 100.0, "how fast the hazard grows, by a factor e^contagion, with each bubble that has burst");
const RECOVERY: Limits = hazard("the rate per year at which a crisis ends; 0: it never ends");
const PRICE: Limits = multiplier("the multiplier of all prices during a crisis: 0.7 is 30% lower");
const USE: Limits = multiplier("the multiplier of utilization during a crisis");
const PERFORMANCE_RETURN: Limits = multiplier("the multiplier of performance returns during a crisis");
const FUND: Limits = multiplier("the multiplier of tranches and funding during a crisis; at 0 tranches wait");

const fn multiplier(meaning: &'static str) -> Limits {
    Limits::between(0.0, 100.0, meaning)
}

/// The `[crisis]`.
pub(super) fn crisis(fields: &Fields) -> Option<Crisis> {
    let hazard = fields.required_number("hazard", &HAZARD);
    let crisis = Crisis {
        hazard: hazard.unwrap_or(0.0),
        sensitivity: fields.number_or("sensitivity", &SENSITIVITY, 0.0),
        contagion: fields.number_or("contagion", &CONTAGION, 0.0),
        recovery: fields.number_or("recovery", &RECOVERY, 0.0),
        price: fields.number_or("price", &PRICE, 1.0),
        utilization: fields.number_or("use", &USE, 1.0),
        performance_return: fields.number_or("performance_return", &PERFORMANCE_RETURN, 1.0),
        fund: fields.number_or("fund", &FUND, 1.0),
    };
    fields.finish();
    hazard.map(|_| crisis)
}
