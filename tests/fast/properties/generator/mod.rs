//! Random scenario files: every process, clause, metric and rule, in small.

mod clauses;
mod party;

use std::fmt::Write;

use overhang::registry::{MetricKind, Operand, Registered as _};
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;

use clauses::{Clauses, World};

/// A scenario file of up to five factors, three organizations, five contracts and four events, without what the second part
/// of the model brings but for what aging, targets that move and metrics bring.
pub fn scenarios() -> impl Strategy<Value = String> {
    basis().prop_map(|(shape, parts)| file(shape, parts, None))
}

/// The same with clauses of contracts, workouts, vendors, tranches, crises and events on them.
pub fn scenarios_with_clauses() -> impl Strategy<Value = String> {
    (basis(), clauses::clauses()).prop_map(|((shape, parts), clauses)| file(shape, parts, Some(&clauses)))
}

fn basis() -> impl Strategy<Value = (Shape, Parts)> {
    let shape = (select(vec!["quarter", "month"]), 1..=3u32, -0.1..0.3f64, of(0.0..0.2f64));
    let parts = (
        vec(factors(), 2..=5),
        of(-0.8..0.8f64),
        any::<bool>(),
        vec(organizations(), 1..=3),
        vec(contracts(), 0..=5),
        vec(events(), 0..=4),
        any::<bool>(),
    );
    (shape, parts)
}

type Shape = (&'static str, u32, f64, Option<f64>);
type Parts = (Vec<String>, Option<f64>, bool, Vec<Organization>, Vec<Contract>, Vec<Event>, bool);

fn file((step, years, rate, liabilities): Shape, parts: Parts, clauses: Option<&Clauses>) -> String {
    let (factors, rho, regimes, organizations, mut contracts, events, all) = parts;
    clauses.iter().for_each(|clauses| clauses.shorten(&mut contracts));
    let mut text = format!(
        "schema = 1\nname = \"random\"\ncurrency = \"USD\"\ncapacity_unit = \"GW\"\n\n[horizon]\nstart = 2026-01-01\n\
         years = {years}\nstep = \"{step}\"\n\n[discount]\nrate = {rate:.4}\n"
    );
    if let Some(rate) = liabilities {
        writeln!(text, "liabilities = {rate:.4}").unwrap();
    }
    for (f, body) in factors.iter().enumerate() {
        writeln!(text, "\n[[factor]]\nname = \"f{f}\"\n{body}").unwrap();
    }
    let random: Vec<usize> = (0..factors.len()).filter(|&f| !factors[f].contains("\"table\"")).collect();
    if let (Some(rho), [first, .., last]) = (rho, random.as_slice()) {
        writeln!(text, "\n[correlation]\npairs = [[\"f{first}\", \"f{last}\", {rho:.4}]]").unwrap();
    }
    if regimes {
        text.push_str(
            "\n[regimes]\nstates = [\"boom\", \"bust\"]\nstart = \"boom\"\nintensity = [[\"boom\", \"bust\", 1.5], \
             [\"bust\", \"boom\", 2.0]]\n",
        );
        if let Some(f) = random.first() {
            writeln!(
                text,
                "\n[[regimes.effect]]\nstate = \"bust\"\nfactor = \"f{f}\"\nvolatility = 1.5\non_entry = -0.3"
            )
            .unwrap();
        }
    }
    let world = World {
        organizations: &organizations,
        contracts: &contracts,
        events: &events,
        factors: factors.len(),
        regimes,
    };
    let with = |text: &dyn Fn(&Clauses) -> String| clauses.map(text).unwrap_or_default();
    for (o, organization) in organizations.iter().enumerate() {
        text += &organization.text(o, factors.len());
        text += &with(&|clauses| clauses.of_organization(o, &world));
    }
    for (c, contract) in contracts.iter().enumerate() {
        text += &contract.text(c, organizations.len(), factors.len());
        text += &with(&|clauses| clauses.of_contract(c, &world));
    }
    for (e, event) in events.iter().enumerate() {
        text += &event.text(e, organizations.len(), regimes);
    }
    text += &with(&|clauses| clauses.events(&world));
    text += &with(&|clauses| clauses.parties(&world));
    if !events.is_empty() {
        let names: Vec<String> = (0..events.len()).map(|e| format!("\"e{e}\"")).collect();
        writeln!(text, "\n[bubble]\n{} = [{}]", if all { "all" } else { "any" }, names.join(", ")).unwrap();
    }
    text
}

fn factors() -> impl Strategy<Value = String> {
    let jumps = of((0.1..3.0f64, -0.3..0.3f64, 0.0..0.2f64));
    (0..4u32, 0.5..2.0f64, 0.0..0.6f64, 0.3..4.0f64, -0.3..0.3f64, jumps).prop_map(
        |(kind, level, volatility, reversion, drift, jumps)| {
            let jumps = jumps.map_or(String::new(), |(intensity, mean, sd)| {
                format!("jumps = {{ intensity = {intensity:.3}, mean = {mean:.3}, sd = {sd:.3} }}\n")
            });
            match kind {
                0 => format!("process = \"gbm\"\nstart = {level:.4}\ndrift = {drift:.4}\nvolatility = {volatility:.4}\n{jumps}"),
                1 => format!(
                    "process = \"ou\"\nlevel = [[0, {level:.4}], [2, 1.1]]\ngrowth = {drift:.4}\nstart = 1.0\nreversion = \
                     {reversion:.4}\nvolatility = {volatility:.4}\n{jumps}"
                ),
                2 => format!(
                    "process = \"logit_ou\"\nlevel = {:.4}\nlower = 0.0\nupper = 1.5\nreversion = {reversion:.4}\nvolatility = {volatility:.4}\n",
                    level / 2.0
                ),
                _ => format!("process = \"table\"\nvalues = [[0, {level:.4}], [1.3, 0.9]]\n"),
            }
        },
    )
}

#[derive(Debug, Clone)]
pub struct Organization {
    factors: (usize, usize, usize),
    demand: Option<(f64, f64)>,
    value: Option<Option<(f64, f64, f64)>>,
    burst: Option<(f64, f64, Option<f64>, Option<f64>)>,
    merit: bool,
    cash: Option<(f64, f64, f64, f64)>,
}

fn organizations() -> impl Strategy<Value = Organization> {
    let indices = (0..5usize, 0..5usize, 0..5usize);
    let demand = of((0.0..3.0f64, 0.0..4.0f64));
    let value = of(of((0.0..0.9f64, 0.5..5.0f64, -0.2..0.5f64)));
    let burst = of((2.0..20.0f64, -0.1..0.5f64, of(0.0..2.0f64), of(5.0..25.0f64)));
    let cash = of((0.0..30.0f64, 0.3..1.2f64, 0.0..10.0f64, 0.0..0.2f64));
    (indices, demand, value, burst, any::<bool>(), cash).prop_map(|(factors, demand, value, burst, merit, cash)| {
        Organization { factors, demand, value, burst, merit, cash }
    })
}

impl Organization {
    fn text(&self, o: usize, factors: usize) -> String {
        let (u, r, p) = (self.factors.0 % factors, self.factors.1 % factors, self.factors.2 % factors);
        let mut text = format!("\n[[organization]]\nname = \"o{o}\"\nutilization = \"f{u}\"\n");
        match self.demand {
            None => text.push_str("demand = \"planned\"\n"),
            Some((from, to)) => writeln!(text, "demand = [[0, {from:.4}], [2, {to:.4}]]").unwrap(),
        }
        if let Some(diminishing) = self.value {
            writeln!(text, "performance_return = \"f{r}\"").unwrap();
            if let Some((exponent, reference, efficiency)) = diminishing {
                writeln!(
                    text,
                    "diminishing = {{ exponent = {exponent:.4}, reference = {reference:.4}, efficiency = {efficiency:.4} }}"
                )
                .unwrap();
            }
        }
        if let Some((scale, premium, limit, max_price)) = self.burst {
            let limit = limit.map_or(String::new(), |limit| format!(", limit = {limit:.4}"));
            let max = max_price.map_or(String::new(), |max| format!(", max_price = {max:.4}"));
            writeln!(text, "burst = {{ price = \"f{p}\", scale = {scale:.4}, premium = {premium:.4}{limit}{max} }}")
                .unwrap();
        }
        writeln!(text, "dispatch = \"{}\"", if self.merit { "merit" } else { "priority" }).unwrap();
        if let Some((opening, margin, opex, borrowing)) = self.cash {
            writeln!(
                text,
                "cash = {{ opening = {opening:.4}, margin = {margin:.4}, income = [[0, 1.0], [2, 4.0]], opex = {opex:.4}, \
                 interest = 0.03, borrowing = {borrowing:.4}, funding = [[0, 1.0], [0.5, 3.0]] }}"
            )
            .unwrap();
        }
        text
    }
}

#[derive(Debug, Clone)]
pub struct Contract {
    organization: usize,
    term: (f64, f64),
    capacity: (f64, f64),
    price: (u32, f64, f64),
    index: (usize, f64, f64, Option<f64>),
    take_or_pay: f64,
    aging: Option<f64>,
    prepaid: f64,
    priority: i32,
}

fn contracts() -> impl Strategy<Value = Contract> {
    let index = (0..5usize, -0.2..0.4f64, 0.0..5.0f64, of(0.1..1.5f64));
    let price = (0..4u32, 3.0..15.0f64, -0.05..0.1f64);
    // on the grid of quarters and off it, running already and not yet started
    let start = prop_oneof![Just(0.0), (-6..8i32).prop_map(|q| f64::from(q) / 4.0), -2.0..2.5f64];
    let term = (start, prop_oneof![1.0..5.0f64, Just(2.0)]);
    let sold = (0.0..1.0f64, of(0.0..0.5f64));
    (0..3usize, term, (0.1..2.0f64, 0.1..3.0f64), price, index, sold, 0.0..0.4f64, -2..3i32).prop_map(
        |(organization, term, capacity, price, index, (take_or_pay, aging), prepaid, priority)| Contract {
            organization,
            term,
            capacity,
            price,
            index,
            take_or_pay,
            aging,
            prepaid,
            priority,
        },
    )
}

impl Contract {
    fn text(&self, c: usize, organizations: usize, factors: usize) -> String {
        let ((start, term), (from, to), (kind, rate, escalator)) = (self.term, self.capacity, self.price);
        let text = format!(
            "\n[[contract]]\nname = \"c{c}\"\norganization = \"o{}\"\nvendor = \"v{}\"\nstart = {start:.4}\nterm = \
             {term:.4}\ntake_or_pay = {:.4}\npriority = {}\n",
            self.organization % organizations,
            c % 2,
            self.take_or_pay,
            self.priority
        );
        let text = text + &self.aging.map_or(String::new(), |aging| format!("aging = {aging:.4}\n"));
        let curve = format!("[[0, {from:.4}], [2, {to:.4}]]");
        let fixed = format!("escalator = {escalator:.4}\nprepaid = {:.4}\n", self.prepaid);
        let priced = match kind {
            0 => format!("capacity = {curve}\nrate = {rate:.4}\n{fixed}"),
            1 => format!("capacity = {curve}\ncommitment = {:.4}\n{fixed}", rate * 3.0),
            2 => format!("ramp = {curve}\ncommitment = {:.4}\nrate = {rate:.4}\n{fixed}", rate * 3.0),
            _ => {
                let (factor, discount, floor, reset) = self.index;
                let reset = reset.map_or(String::new(), |years| format!(", reset = {years:.4}"));
                format!(
                    "capacity = {curve}\nprepaid = {:.4}\nrate = {{ index = \"f{}\", scale = {rate:.4}, discount = {discount:.4}, floor = \
                     {floor:.4}, cap = {:.4}{reset} }}\n",
                    self.prepaid,
                    factor % factors,
                    floor + 8.0
                )
            }
        };
        text + &priced
    }
}

#[derive(Debug, Clone)]
pub struct Event {
    metric: &'static str,
    organization: usize,
    threshold: f64,
    moves: bool,
    below: bool,
    duration: f64,
    after: f64,
}

/// Whether random scenarios watch it: they have no crisis, and vendors and contracts of theirs are not watched.
fn is_drawn(kind: MetricKind) -> bool {
    kind != MetricKind::Crisis && !matches!(kind.entry().operand, Operand::Contract | Operand::Vendor)
}

fn events() -> impl Strategy<Value = Event> {
    let metric =
        select(MetricKind::ALL.iter().filter(|kind| is_drawn(**kind)).map(|kind| kind.name()).collect::<Vec<_>>());
    let duration = prop_oneof![Just(0.0), Just(0.5), 0.0..1.0f64];
    (metric, 0..3usize, (0.05..1.5f64, any::<bool>()), any::<bool>(), duration, 0.0..0.7f64).prop_map(
        |(metric, organization, (threshold, moves), below, duration, after)| Event {
            metric,
            organization,
            threshold,
            moves,
            below,
            duration,
            after,
        },
    )
}

impl Event {
    fn text(&self, e: usize, organizations: usize, regimes: bool) -> String {
        let metric = if self.metric == "regime" && !regimes { "factor" } else { self.metric };
        let mut text = format!(
            "\n[[event]]\nname = \"e{e}\"\norganization = \"o{}\"\nmetric = \"{metric}\"\nduration = {:.4}\nafter = {:.4}\n",
            self.organization % organizations,
            self.duration,
            self.after
        );
        match metric {
            "regime" => text.push_str("state = \"bust\"\n"),
            _ => {
                if metric == "factor" {
                    text.push_str("factor = \"f1\"\n");
                }
                let threshold = if metric == "overhang" { self.threshold * 5.0 } else { self.threshold };
                let threshold = match self.moves {
                    true => format!("[[0, {threshold:.4}], [1.5, {:.4}]]", 1.5 * threshold),
                    false => format!("{threshold:.4}"),
                };
                writeln!(text, "{} = {threshold}", if self.below { "below" } else { "above" }).unwrap();
            }
        }
        text
    }
}
