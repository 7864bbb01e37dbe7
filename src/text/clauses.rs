//! Clauses of contracts, workouts, tranches, vendors and crises in words, as far as they differ from doing nothing.

use super::numbers::{exact, percentage};
use super::units::Unit;
use crate::scenario::{
    Condition, Contract, Crisis, Curve, Delay, Extension, Reduction, Resale, Review, Scenario, Settlement, Stake,
    Tranche, Trigger, Vendor,
};

/// Digits of numbers and amounts.
const DIGITS: i32 = 4;
/// Points of a fee that are written out.
const MOST_POINTS: usize = 4;

impl Scenario {
    /// The clauses of a contract in the order of the documentation: the key of each, and what it says.
    pub fn clauses_of(&self, contract: &Contract) -> Vec<(&'static str, String)> {
        let own = contract.organization;
        let true_up = contract.true_up.map(|years| format!("take-or-pay is tested every {}", time(years)));
        let make_up = (contract.make_up > 0.0)
            .then(|| format!("{} of unused units can be used later, free of charge", percentage(contract.make_up)));
        let clauses = [
            ("review", contract.review.as_ref().map(|review| self.review(review))),
            ("reduction", contract.reduction.as_ref().map(|reduction| self.reduction(reduction, own))),
            ("extension", contract.extension.as_ref().map(|extension| self.extension(extension, own))),
            ("delay", contract.delay.as_ref().map(|delay| self.delay(delay))),
            ("true_up", true_up),
            ("make_up", make_up),
            ("resale", contract.resale.as_ref().map(|resale| self.resale(resale))),
        ];
        clauses.into_iter().filter_map(|(key, text)| Some((key, text?))).collect()
    }

    /// An organization's workout.
    pub fn workout_text(&self, place: usize) -> Option<String> {
        let workout = self.organizations[place].workout.as_ref()?;
        let then = match workout.then {
            Settlement::Exit => "contracts end",
            Settlement::Market => "contracts go on at the burst price",
        };
        let parts = [
            self.condition(workout.condition, place),
            Some(format!("settles {} times a year", exact(workout.hazard, DIGITS))),
            Some(format!("pays {} of claims", percentage(workout.pay))),
            Some(then.to_owned()),
        ];
        Some(joined(parts))
    }

    /// A tranche: how much, from whom, when and how surely.
    pub fn tranche_text(&self, tranche: &Tranche) -> String {
        let years = match tranche.at == tranche.until {
            true => format!("in year {}", exact(tranche.at, DIGITS)),
            false => format!("in years {} to {}", exact(tranche.at, DIGITS), exact(tranche.until, DIGITS)),
        };
        let to = &self.organizations[tranche.organization].name;
        let from = tranche.vendor.map_or_else(String::new, |vendor| format!(" from {}", self.vendors[vendor].name));
        let parts = [
            Some(format!("{} to {to}{from} {years}", self.money(tranche.amount))),
            self.condition(tranche.condition, tranche.organization),
            tranche.intensity.as_deref().map(|intensity| self.intensity(intensity)),
            (tranche.otherwise > 0.0).then(|| format!("otherwise {}", self.money(tranche.otherwise))),
        ];
        joined(parts)
    }

    /// How a vendor fails, and what becomes of its contracts.
    pub fn vendor_text(&self, vendor: &Vendor) -> String {
        let parts = [
            Some(format!("fails {} times a year", exact(vendor.intensity, DIGITS))),
            (vendor.crisis != 1.0).then(|| format!("× {} in a crisis", exact(vendor.crisis, DIGITS))),
            vendor.capital.map(|capital| format!("fails at losses above {}", self.money(capital))),
            Some(format!("{} of prepayments come back", percentage(vendor.recovery))),
            (vendor.novation > 0.0)
                .then(|| format!("contracts are taken over with probability {}", percentage(vendor.novation))),
            vendor.relet.as_ref().map(|relet| {
                let price = self.price(relet.price, relet.scale);
                format!("relets at {} of {price}", percentage(relet.share))
            }),
        ];
        let stakes = vendor.stakes.iter().map(|stake| Some(self.stake(stake)));
        joined(parts.into_iter().chain(stakes))
    }

    /// How a crisis begins and ends, and what it multiplies.
    pub fn crisis_text(&self, crisis: &Crisis) -> String {
        let number = |x: f64| exact(x, DIGITS);
        let multiplier = |name: &str, by: f64| (by != 1.0).then(|| format!("{name} × {}", number(by)));
        let ends = match crisis.recovery {
            0.0 => "does not end".to_owned(),
            recovery => format!("ends {} times a year", number(recovery)),
        };
        let parts = [
            Some(format!("begins {} times a year where returns cover costs", number(crisis.hazard))),
            (crisis.sensitivity > 0.0).then(|| format!("× e^({} × gap)", number(crisis.sensitivity))),
            (crisis.contagion > 0.0).then(|| format!("× e^{} for each burst bubble", number(crisis.contagion))),
            Some(ends),
            multiplier("prices", crisis.price),
            multiplier("use", crisis.utilization),
            multiplier("returns", crisis.performance_return),
            multiplier("funding", crisis.fund),
        ];
        joined(parts)
    }

    fn review(&self, review: &Review) -> String {
        let to = self.discounted(review.index, review.scale, review.discount);
        let floor =
            (review.floor > 0.0).then(|| format!("at least {} of the scheduled rate", percentage(review.floor)));
        joined([Some(format!("every {}, down to {to}", time(review.every))), floor])
    }

    fn reduction(&self, reduction: &Reduction, own: usize) -> String {
        let what = match reduction.share {
            1.0 => "ends the contract".to_owned(),
            share => format!("gives back {} of capacity", percentage(share)),
        };
        let market = |multiple| format!("burst price below {} × rate", exact(multiple, DIGITS));
        let parts = [
            self.condition(reduction.condition, own),
            reduction.market_below.map(market),
            (reduction.earliest > 0.0).then(|| format!("after {} of service", time(reduction.earliest))),
            (reduction.notice > 0.0).then(|| format!("notice {}", time(reduction.notice))),
            Some(what),
            (reduction.fee.extremes().1 > 0.0).then(|| format!("fee {}", fee(&reduction.fee))),
            (reduction.refund > 0.0).then(|| format!("refund {}", percentage(reduction.refund))),
        ];
        joined(parts)
    }

    fn extension(&self, extension: &Extension, own: usize) -> String {
        let market = |multiple| format!("burst price above {} × rate", exact(multiple, DIGITS));
        let parts = [
            self.condition(extension.condition, own),
            extension.market_above.map(market),
            Some(format!("{} at {} of the last rate", time(extension.years), percentage(extension.rate))),
        ];
        joined(parts)
    }

    fn delay(&self, delay: &Delay) -> String {
        let cap =
            delay.damages_cap.map_or_else(String::new, |cap| format!(" up to {} of the commitment", percentage(cap)));
        let correlation = self.delay_correlation;
        let parts = [
            Some(format!("probability {}", percentage(delay.probability))),
            Some(format!("median {}, σ {}", time(delay.median), exact(delay.sigma, DIGITS))),
            (delay.damages > 0.0).then(|| format!("damages {} of planned bills{cap}", percentage(delay.damages))),
            delay.long_stop.map(|years| format!("off after {}", time(years))),
            (correlation > 0.0).then(|| format!("correlation within the vendor {}", exact(correlation, DIGITS))),
        ];
        joined(parts)
    }

    fn resale(&self, resale: &Resale) -> String {
        let at = self.discounted(resale.price, resale.scale, resale.discount);
        let limit = (resale.limit < 1.0).then(|| format!("up to {} of capacity", percentage(resale.limit)));
        joined([Some(format!("idle capacity at {at}")), limit])
    }

    fn stake(&self, stake: &Stake) -> String {
        let lost = format!("loses {}", self.money(stake.loss * stake.value));
        let name = &self.organizations[stake.organization].name;
        match self.condition(stake.condition, stake.organization) {
            Some(condition) => format!("{lost} in {name} {condition}"),
            None => format!("{lost} in {name}"),
        }
    }

    /// As the file has it, with the organization where it is another one.
    fn condition(&self, condition: Condition, own: usize) -> Option<String> {
        match condition {
            Condition::Always => None,
            Condition::When(trigger) => Some(format!("when {}", self.trigger(trigger, own))),
            Condition::Unless(trigger) => Some(format!("unless {}", self.trigger(trigger, own))),
        }
    }

    fn trigger(&self, trigger: Trigger, own: usize) -> String {
        let of = |organization: usize, name: &str| match organization == own {
            true => name.to_owned(),
            false => format!("{}/{name}", self.organizations[organization].name),
        };
        match trigger {
            Trigger::Event { event, organization } => of(organization, &self.events[event].name),
            Trigger::Bubble { organization } => of(organization, "bubble"),
            Trigger::SystemBubble => "system_bubble".to_owned(),
        }
    }

    /// Payments per year, by state where they differ.
    fn intensity(&self, intensity: &[f64]) -> String {
        let states = self.regimes.as_ref().map_or(&[][..], |regimes| &regimes.states);
        let number = |x: f64| exact(x, DIGITS);
        match intensity {
            [first, rest @ ..] if rest.iter().any(|other| other != first) => {
                let by_state = states.iter().zip(intensity).map(|(state, &x)| format!("{} in {state}", number(x)));
                format!("intensity {}", by_state.collect::<Vec<_>>().join(", "))
            }
            _ => format!("intensity {}", number(intensity.first().copied().unwrap_or(0.0))),
        }
    }

    fn price(&self, factor: usize, scale: f64) -> String {
        let name = &self.factors[factor].name;
        if scale == 1.0 { name.clone() } else { format!("{} × {name}", exact(scale, DIGITS)) }
    }

    fn discounted(&self, factor: usize, scale: f64, discount: f64) -> String {
        let price = self.price(factor, scale);
        if discount == 0.0 { price } else { format!("{price} less {}", percentage(discount)) }
    }

    fn money(&self, amount: f64) -> String {
        self.labels().amount(amount, Unit::Money, amount.abs(), |x| exact(x, DIGITS))
    }
}

/// The parts that there are.
fn joined(parts: impl IntoIterator<Item = Option<String>>) -> String {
    parts.into_iter().flatten().collect::<Vec<_>>().join("; ")
}

fn time(years: f64) -> String {
    format!("{} year{}", exact(years, DIGITS), if years == 1.0 { "" } else { "s" })
}

/// A share of the minimum bills over years of service.
fn fee(fee: &Curve) -> String {
    let at = |[year, share]: &[f64; 2]| format!("{} (year {})", percentage(*share), exact(*year, DIGITS));
    match &fee.0[..] {
        [[_, share]] => percentage(*share),
        points if points.len() <= MOST_POINTS => points.iter().map(at).collect::<Vec<_>>().join(", "),
        [first, .., last] => format!("{} … {}", at(first), at(last)),
        [] => String::new(),
    }
}
