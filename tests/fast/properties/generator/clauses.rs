//! Clauses of random scenarios: what contracts, vendors, money and markets do when something happens, each often.

use std::fmt::Write;

use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;

use super::party::{self, Crisis, Tranche, Vendor, Workout};
use super::{Contract, Event, Organization};

/// Clauses for as many organizations, contracts and vendors as there can be.
#[derive(Debug, Clone)]
pub struct Clauses {
    contracts: Vec<Terms>,
    workouts: Vec<Option<Workout>>,
    vendors: Vec<Option<Vendor>>,
    tranches: Vec<Tranche>,
    crisis: Option<Crisis>,
    delay_correlation: Option<f64>,
    watches: Vec<Watch>,
}

/// A condition: when, unless or none, and which of the happenings there are.
#[derive(Debug, Clone, Copy)]
pub struct Condition(u32, usize);

pub fn condition() -> impl Strategy<Value = Condition> + Clone {
    (0..5u32, 0..1000usize).prop_map(|(kind, which)| Condition(kind, which))
}

#[derive(Debug, Clone)]
struct Terms {
    review: Option<(f64, f64, f64, usize)>,
    reduction: Option<Reduction>,
    extension: Option<Extension>,
    delay: Option<Delay>,
    window: (Option<i32>, Option<f64>),
    resale: Option<(f64, f64, Option<f64>, usize)>,
}

#[derive(Debug, Clone)]
struct Reduction {
    condition: Condition,
    market_below: Option<f64>,
    /// A share of the term.
    earliest: f64,
    notice: f64,
    share: f64,
    fee: Option<(f64, f64)>,
    refund: Option<f64>,
}

#[derive(Debug, Clone)]
struct Extension {
    condition: Condition,
    market_above: Option<f64>,
    /// Of the term within the horizon, so that it often ends there.
    years: f64,
    quarters: i32,
    rate: Option<f64>,
}

#[derive(Debug, Clone)]
struct Delay {
    probability: f64,
    median: f64,
    sigma: f64,
    damages: Option<(f64, Option<f64>)>,
    long_stop: Option<f64>,
}

/// An event on what only clauses bring.
#[derive(Debug, Clone)]
struct Watch {
    metric: &'static str,
    whose: usize,
    threshold: f64,
    duration: f64,
}

pub fn clauses() -> impl Strategy<Value = Clauses> {
    let rest = (of(party::crises()), of(0.0..0.9f64), vec(watches(), 0..=4));
    (vec(terms(), 5), vec(of(party::workouts()), 3), vec(of(party::vendors()), 2), vec(party::tranches(), 0..=3), rest)
        .prop_map(|(contracts, workouts, vendors, tranches, (crisis, delay_correlation, watches))| Clauses {
            contracts,
            workouts,
            vendors,
            tranches,
            crisis,
            delay_correlation,
            watches,
        })
}

fn terms() -> impl Strategy<Value = Terms> {
    let review = (prop_oneof![Just(0.5), 0.2..1.2f64], 2.0..15.0f64, 0.0..1.0f64, 0..5usize);
    let notice = prop_oneof![Just(0.0), Just(0.25), 0.0..0.8f64, 0.5..2.5f64];
    let share = prop_oneof![Just(1.0), 0.1..1.0f64];
    let terms = (of(0.0..0.6f64), of(0.0..1.0f64));
    let reduction = (
        condition(),
        of(0.4..1.6f64),
        prop_oneof![Just(0.0), 0.0..0.95f64, 0.8..0.99f64],
        notice,
        share,
        terms.0,
        terms.1,
    )
        .prop_flat_map(|(condition, market_below, earliest, notice, share, fee, refund)| {
            (Just(fee), 0.0..0.6f64).prop_map(move |(fee, later)| Reduction {
                condition,
                market_below,
                earliest,
                notice,
                share,
                fee: fee.map(|fee| (fee, later)),
                refund,
            })
        });
    let extension = (condition(), of(0.3..1.2f64), 0.4..1.4f64, 1..=6i32, of(0.5..1.2f64)).prop_map(
        |(condition, market_above, years, quarters, rate)| Extension { condition, market_above, years, quarters, rate },
    );
    let stop = of(0.2..1.2f64);
    let delay =
        (prop_oneof![Just(1.0), 0.2..1.0f64], 0.1..1.0f64, 0.0..0.8f64, of((0.1..1.2f64, of(0.01..0.2f64))), stop)
            .prop_map(|(probability, median, sigma, damages, long_stop)| Delay {
                probability,
                median,
                sigma,
                damages,
                long_stop,
            });
    let window = (of(1..=5i32), of(0.2..=1.0f64));
    let resale = (1.0..12.0f64, 0.0..0.6f64, of(0.1..1.0f64), 0..5usize);
    (of(review), of(reduction), of(extension), of(delay), window, of(resale)).prop_map(
        |(review, reduction, extension, delay, window, resale)| Terms {
            review,
            reduction,
            extension,
            delay,
            window,
            resale,
        },
    )
}

fn watches() -> impl Strategy<Value = Watch> {
    let metric =
        select(vec!["contract_utilization", "contract_premium", "crisis", "failed", "utilization", "capacity"]);
    (metric, 0..10usize, 0.1..1.4f64, prop_oneof![Just(0.0), 0.0..0.6f64])
        .prop_map(|(metric, whose, threshold, duration)| Watch { metric, whose, threshold, duration })
}

/// The scenario that clauses are for.
pub struct World<'a> {
    pub organizations: &'a [Organization],
    pub contracts: &'a [Contract],
    pub events: &'a [Event],
    pub factors: usize,
    pub regimes: bool,
}

impl World<'_> {
    pub fn owner(&self, contract: &Contract) -> usize {
        contract.organization % self.organizations.len()
    }

    fn has_burst(&self, contract: &Contract) -> bool {
        self.organizations[self.owner(contract)].burst.is_some()
    }

    /// What a condition of an organization can name: events of its own and of others, and bubbles.
    fn happenings(&self, organization: usize) -> Vec<String> {
        let owner = |event: &Event| event.organization % self.organizations.len();
        let mut names = Vec::new();
        for (e, event) in self.events.iter().enumerate() {
            match owner(event) {
                own if own == organization => names.extend([format!("e{e}"), "bubble".to_owned()]),
                other => names.extend([format!("o{other}/e{e}"), format!("o{other}/bubble")]),
            }
        }
        if !names.is_empty() {
            names.push("system_bubble".to_owned());
        }
        names
    }

    /// A condition as an entry of an inline table, with a comma behind it; empty where there is none.
    pub fn condition(&self, Condition(kind, which): Condition, organization: usize) -> String {
        let names = self.happenings(organization);
        let key = ["when", "when", "when", "unless", ""][kind as usize];
        if key.is_empty() || names.is_empty() {
            String::new()
        } else {
            format!("{key} = \"{}\", ", names[which % names.len()])
        }
    }
}

/// An entry of an inline table with a comma before it, where there is one.
pub fn entry(key: &str, value: Option<f64>) -> String {
    value.map_or(String::new(), |value| format!(", {key} = {value:.4}"))
}

impl Clauses {
    /// Shortens contracts with an extension.
    pub fn shorten(&self, contracts: &mut [Contract]) {
        for (contract, terms) in contracts.iter_mut().zip(&self.contracts) {
            if let Some(extension) = &terms.extension {
                contract.term.1 = extension.years - contract.term.0.min(0.0);
            }
        }
    }

    /// Further keys of a contract.
    pub fn of_contract(&self, c: usize, world: &World) -> String {
        let (contract, terms) = (&world.contracts[c], &self.contracts[c]);
        let (owner, has_burst, fixed) = (world.owner(contract), world.has_burst(contract), contract.price.0 < 3);
        let factor = |f: usize| f % world.factors;
        let market = |key: &str, value: Option<f64>| entry(key, value.filter(|_| has_burst));
        let mut text = String::new();
        if let Some((every, scale, floor, f)) = terms.review.filter(|_| fixed) {
            writeln!(
                text,
                "review = {{ every = {every:.4}, index = \"f{}\", scale = {scale:.4}, floor = {floor:.4} }}",
                factor(f)
            )
            .unwrap();
        }
        if let Some(reduction) = &terms.reduction {
            let condition = world.condition(reduction.condition, owner);
            let fee =
                reduction.fee.map_or(String::new(), |(from, to)| format!(", fee = [[0, {from:.4}], [2, {to:.4}]]"));
            let refund = entry("refund", reduction.refund.filter(|_| reduction.share == 1.0));
            writeln!(
                text,
                "reduction = {{ {condition}earliest = {:.4}, notice = {:.4}, share = {:.4}{}{fee}{refund} }}",
                reduction.earliest * contract.term.1,
                reduction.notice,
                reduction.share,
                market("market_below", reduction.market_below)
            )
            .unwrap();
        }
        if let Some(extension) = &terms.extension {
            let condition = world.condition(extension.condition, owner);
            let years = f64::from(extension.quarters) / 4.0;
            let (market, rate) = (market("market_above", extension.market_above), entry("rate", extension.rate));
            writeln!(text, "extension = {{ {condition}years = {years}{market}{rate} }}").unwrap();
        }
        if let Some(delay) = terms.delay.as_ref().filter(|_| contract.term.0 >= 0.0) {
            let Delay { probability, median, sigma, damages, long_stop } = delay;
            let damages = damages.filter(|_| fixed).map_or(String::new(), |(damages, cap)| {
                format!("{}{}", entry("damages", Some(damages)), entry("damages_cap", cap))
            });
            let stop = entry("long_stop", *long_stop);
            writeln!(
                text,
                "delay = {{ probability = {probability:.4}, median = {median:.4}, sigma = {sigma:.4}{damages}{stop} }}"
            )
            .unwrap();
        }
        match (terms.resale, terms.window) {
            (Some((scale, discount, limit, f)), _) => {
                let limit = entry("limit", limit);
                writeln!(
                    text,
                    "resale = {{ price = \"f{}\", scale = {scale:.4}, discount = {discount:.4}{limit} }}",
                    factor(f)
                )
                .unwrap();
            }
            (None, (quarters, make_up)) => {
                quarters.iter().for_each(|&n| writeln!(text, "true_up = {}", f64::from(n) / 4.0).unwrap());
                make_up.iter().for_each(|share| writeln!(text, "make_up = {share:.4}").unwrap());
            }
        }
        text
    }

    /// Further keys of an organization.
    pub fn of_organization(&self, o: usize, world: &World) -> String {
        self.workouts[o].as_ref().map_or(String::new(), |workout| workout.text(o, world))
    }

    /// Events on what clauses bring.
    pub fn events(&self, world: &World) -> String {
        let mut text = String::new();
        for (w, watch) in self.watches.iter().enumerate() {
            let Some(subject) = self.subject(watch, world) else { continue };
            writeln!(
                text,
                "\n[[event]]\nname = \"w{w}\"\nmetric = \"{}\"\nduration = {:.4}\n{subject}",
                watch.metric, watch.duration
            )
            .unwrap();
        }
        text
    }

    /// What an event is of, if there is something that it can be of.
    fn subject(&self, watch: &Watch, world: &World) -> Option<String> {
        let threshold = watch.threshold;
        let owned =
            |c: usize| format!("organization = \"o{}\"\ncontract = \"c{c}\"\n", world.owner(&world.contracts[c]));
        let contract = (!world.contracts.is_empty()).then(|| watch.whose % world.contracts.len());
        match watch.metric {
            "contract_utilization" => contract.map(|c| format!("{}below = {:.4}", owned(c), threshold / 1.5)),
            "contract_premium" => {
                let contract = contract.filter(|&c| world.has_burst(&world.contracts[c]));
                contract.map(|c| format!("{}above = {threshold:.4}", owned(c)))
            }
            "crisis" => self.crisis.as_ref().map(|_| String::new()),
            "failed" => {
                let vendor = self.vendors.iter().position(Option::is_some).filter(|&v| v < world.contracts.len());
                vendor.map(|v| format!("vendor = \"v{v}\""))
            }
            _ => Some(format!("below = {:.4}", threshold / 1.5)),
        }
    }

    /// Vendors, tranches, crises and how delays hang together.
    pub fn parties(&self, world: &World) -> String {
        // contract c is of vendor c % 2, so a vendor is in use if there are as many contracts as it takes
        let vendors = self.vendors.iter().enumerate().filter(|(v, _)| *v < world.contracts.len());
        let vendors: Vec<_> = vendors.filter_map(|(v, vendor)| Some((v, vendor.as_ref()?))).collect();
        let mut text: String = vendors.iter().map(|(v, vendor)| vendor.text(*v, world)).collect();
        for (place, tranche) in self.tranches.iter().enumerate() {
            text += &tranche.text(place, world, vendors.first().map(|(v, _)| *v)).unwrap_or_default();
        }
        text += &self.crisis.as_ref().map_or(String::new(), Crisis::text);
        if let Some(correlation) = self.delay_correlation {
            writeln!(text, "\n[delays]\ncorrelation = {correlation:.4}").unwrap();
        }
        text
    }
}
