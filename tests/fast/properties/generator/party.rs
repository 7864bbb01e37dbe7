//! Workouts, vendors, tranches and crises of random scenarios.

use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;

use super::clauses::{Condition, World, condition};

#[derive(Debug, Clone)]
pub struct Workout {
    condition: Condition,
    hazard: f64,
    pay: f64,
    market: bool,
}

pub fn workouts() -> impl Strategy<Value = Workout> {
    (condition(), 0.1..3.0f64, 0.0..=1.0f64, any::<bool>()).prop_map(|(condition, hazard, pay, market)| Workout {
        condition,
        hazard,
        pay,
        market,
    })
}

impl Workout {
    pub fn text(&self, o: usize, world: &World) -> String {
        let condition = world.condition(self.condition, o);
        let market = self.market && world.organizations[o].burst.is_some();
        let then = if market { "market" } else { "exit" };
        format!("workout = {{ {condition}hazard = {:.4}, pay = {:.4}, then = \"{then}\" }}\n", self.hazard, self.pay)
    }
}

#[derive(Debug, Clone)]
pub struct Vendor {
    intensity: f64,
    crisis: f64,
    capital: Option<f64>,
    recovery: f64,
    novation: Option<f64>,
    relet: Option<(usize, f64, f64)>,
    stakes: Vec<Stake>,
}

#[derive(Debug, Clone)]
struct Stake {
    condition: Condition,
    organization: usize,
    value: f64,
    loss: f64,
}

pub fn vendors() -> impl Strategy<Value = Vendor> {
    let stake = (condition(), 0..3usize, 0.0..8.0f64, 0.1..=1.0f64)
        .prop_map(|(condition, organization, value, loss)| Stake { condition, organization, value, loss });
    let relet = (0..5usize, 1.0..8.0f64, 0.1..=1.0f64);
    (0.0..0.5f64, 0.5..4.0f64, of(0.5..12.0f64), 0.0..=1.0f64, of(0.2..=1.0f64), of(relet), vec(stake, 0..=2)).prop_map(
        |(intensity, crisis, capital, recovery, novation, relet, stakes)| Vendor {
            intensity,
            crisis,
            capital,
            recovery,
            novation,
            relet,
            stakes,
        },
    )
}

impl Vendor {
    pub fn text(&self, v: usize, world: &World) -> String {
        let relet = self.relet.map_or(String::new(), |(f, scale, share)| {
            format!("relet = {{ price = \"f{}\", scale = {scale:.4}, share = {share:.4} }}\n", f % world.factors)
        });
        let stake = |stake: &Stake| {
            let o = stake.organization % world.organizations.len();
            let condition = world.condition(stake.condition, o);
            format!("{{ {condition}organization = \"o{o}\", value = {:.4}, loss = {:.4} }}", stake.value, stake.loss)
        };
        let stakes: Vec<String> = self.stakes.iter().map(stake).collect();
        let line = |key: &str, value: Option<f64>| value.map_or(String::new(), |value| format!("{key} = {value:.4}\n"));
        format!(
            "\n[[vendor]]\nname = \"v{v}\"\nintensity = {:.4}\ncrisis = {:.4}\nrecovery = {:.4}\n{}{}{relet}stakes = [{}]\n",
            self.intensity,
            self.crisis,
            self.recovery,
            line("capital", self.capital),
            line("novation", self.novation),
            stakes.join(", ")
        )
    }
}

#[derive(Debug, Clone)]
pub struct Tranche {
    condition: Condition,
    organization: usize,
    at: f64,
    for_years: Option<f64>,
    amount: f64,
    otherwise: Option<f64>,
    intensity: Option<(f64, f64, bool)>,
    by_vendor: bool,
}

pub fn tranches() -> impl Strategy<Value = Tranche> {
    let at = prop_oneof![Just(0.0), Just(0.5), 0.0..1.5f64];
    let intensity = of((0.2..4.0f64, 0.0..2.0f64, any::<bool>()));
    (condition(), 0..3usize, at, of(0.1..1.5f64), 0.0..10.0f64, of(0.0..3.0f64), intensity, any::<bool>()).prop_map(
        |(condition, organization, at, for_years, amount, otherwise, intensity, by_vendor)| Tranche {
            condition,
            organization,
            at,
            for_years,
            amount,
            otherwise,
            intensity,
            by_vendor,
        },
    )
}

impl Tranche {
    /// `None` where its organization has no cash.
    pub fn text(&self, place: usize, world: &World, vendor: Option<usize>) -> Option<String> {
        let o = self.organization % world.organizations.len();
        world.organizations[o].cash?;
        let line = |key: &str, value: String| format!("{key} = {value}\n");
        let condition = world.condition(self.condition, o);
        let intensity = self.intensity.map(|(boom, bust, by_state)| match world.regimes && by_state {
            true => format!("{{ boom = {boom:.4}, bust = {bust:.4} }}"),
            false => format!("{boom:.4}"),
        });
        let vendor = vendor.filter(|_| self.by_vendor).map(|v| format!("\"v{v}\""));
        let lines = [
            self.for_years.map(|years| line("until", format!("{:.4}", self.at + years))),
            self.otherwise.map(|amount| line("otherwise", format!("{amount:.4}"))),
            intensity.map(|intensity| line("intensity", intensity)),
            vendor.map(|vendor| line("vendor", vendor)),
            Some(condition.trim_end_matches(", ").to_owned() + "\n"),
        ];
        let lines: String = lines.into_iter().flatten().collect();
        Some(format!(
            "\n[[tranche]]\nname = \"t{place}\"\norganization = \"o{o}\"\nat = {:.4}\namount = {:.4}\n{lines}",
            self.at, self.amount
        ))
    }
}

#[derive(Debug, Clone)]
pub struct Crisis {
    hazard: f64,
    sensitivity: f64,
    contagion: f64,
    recovery: Option<f64>,
    multipliers: [Option<f64>; 4],
}

pub fn crises() -> impl Strategy<Value = Crisis> {
    let multipliers = (of(0.3..1.2f64), of(0.5..1.1f64), of(0.4..1.2f64), of(prop_oneof![Just(0.0), 0.0..1.0f64]));
    (0.05..1.0f64, 0.0..2.0f64, 0.0..1.0f64, of(0.3..3.0f64), multipliers).prop_map(
        |(hazard, sensitivity, contagion, recovery, (price, utilization, performance_return, fund))| Crisis {
            hazard,
            sensitivity,
            contagion,
            recovery,
            multipliers: [price, utilization, performance_return, fund],
        },
    )
}

impl Crisis {
    pub fn text(&self) -> String {
        let more = ["price", "use", "performance_return", "fund"].into_iter().zip(self.multipliers);
        let more = [("recovery", self.recovery)].into_iter().chain(more);
        let more = more.filter_map(|(key, value)| Some(format!("{key} = {:.4}\n", value?)));
        let (hazard, sensitivity, contagion) = (self.hazard, self.sensitivity, self.contagion);
        let first = format!("hazard = {hazard:.4}\nsensitivity = {sensitivity:.4}\ncontagion = {contagion:.4}\n");
        format!("\n[crisis]\n{first}{}", more.collect::<String>())
    }
}
