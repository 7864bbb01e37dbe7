//! The inputs: factors, organizations, contracts and events, each with the comments of its file.

use maud::{Markup, html};

use super::sources::{Notes, notes};
use super::{Entry, figures, table};
use crate::report::pictures;
use crate::scenario::{
    Contract, Curve, Demand, Dispatch, Event, Factor, GbmMean, Jumps, Organization, Process, Rate, Scenario, Source,
    Syntax, UNLIMITED,
};
use crate::text::harmless::{harmless, short};
use crate::text::numbers::{exact, percentage};
use crate::text::units::{Labels, Unit};

/// Points of a curve that are written out.
const MOST_POINTS: usize = 6;

/// Tables of a scenario's inputs, and the file itself; money is in the unit of amounts of this `size`.
pub fn inputs(scenario: &Scenario, source: &Source, size: f64) -> Markup {
    let notes = if source.syntax() == Syntax::Toml { notes(&source.text) } else { Vec::new() };
    let factors = scenario.factors.iter().map(|factor| named(&factor.name, &factor.label, factor_text(factor)));
    let organizations = scenario.organizations.iter().enumerate().map(|(place, organization)| {
        let mut text = organization_text(scenario, organization, size);
        text.extend(scenario.workout_text(place).map(|workout| format!("; workout: {workout}")));
        named(&organization.name, &organization.label, text)
    });
    let contracts = scenario
        .contracts
        .iter()
        .map(|contract| named(&contract.name, &contract.label, contract_text(scenario, contract, size)));
    let tranches =
        scenario.tranches.iter().map(|tranche| named(&tranche.name, &tranche.label, scenario.tranche_text(tranche)));
    let vendors =
        scenario.vendors.iter().map(|vendor| named(&vendor.name, &vendor.label, scenario.vendor_text(vendor)));
    let events = scenario.events.iter().map(|event| named(&event.name, &event.label, event_text(scenario, event)));
    html! {
        (group("Factors", "factor", factors.collect(), &notes))
        @if let Some(regimes) = regimes_text(scenario) { h3 { "Regimes" } p { (regimes) } (notes_of(&notes, "regimes", None)) }
        (correlations(scenario))
        (notes_of(&notes, "correlation", None))
        (uncertain(scenario))
        (group("Organizations", "organization", organizations.collect(), &notes))
        (group("Contracts", "contract", contracts.collect(), &notes))
        (delays(scenario))
        (group("Tranches", "tranche", tranches.collect(), &notes))
        (group("Vendors that can fail", "vendor", vendors.collect(), &notes))
        @if let Some(crisis) = &scenario.crisis { h3 { "Crises" } p { "A crisis " (scenario.crisis_text(crisis)) "." }
            (notes_of(&notes, "crisis", None)) }
        (group("Events", "event", events.collect(), &notes))
        p { bdi { (scenario.bubble_words().unwrap_or_else(|| "This scenario defines no bubble.".into())) } }
        h3 { "Discounting" }
        p { "Discount rates, continuously compounded: " (curve(&scenario.discount.rate, percentage)) "; for payments "
            (curve(&scenario.discount.liabilities, percentage)) "." }
        (notes_of(&notes, "discount", None))
        details { summary { "Scenario file: " (harmless(&source.name)) }
            pre tabindex="0" { code { (file_text(&source.text)) } } }
    }
}

/// How late contracts may begin, where the scenario says so.
fn delays(scenario: &Scenario) -> Markup {
    let charts = pictures::delays(scenario);
    html! { @if !charts.is_empty() {
        p { "Delivery that may be late: the probability that it has begun, before it is rounded to periods." }
        (figures(&charts))
    } }
}

/// The text with its lines, but nothing else that controls.
fn file_text(text: &str) -> String {
    text.lines().map(|line| harmless(&line.replace('\t', "    "))).collect::<Vec<_>>().join("\n")
}

fn named(name: &str, label: &Option<String>, text: String) -> (String, String, String) {
    (name.to_owned(), label.clone().unwrap_or_default(), text)
}

/// A table of things of one kind, with notes under it.
fn group(title: &str, kind: &str, rows: Vec<(String, String, String)>, notes: &[Notes]) -> Markup {
    let cells: Vec<Vec<Entry>> = rows
        .iter()
        .map(|(name, label, text)| vec![Entry::text(name), Entry::text(short(label, 120)), Entry::text(text)])
        .collect();
    let headings = ["name", "label", "description"].map(String::from);
    html! {
        @if !rows.is_empty() {
            h3 { (title) }
            (table(title, &headings, &cells, false))
            @if notes.iter().any(|note| note.table == kind) {
                details { summary { "Sources and assumptions" }
                    @for (place, (name, ..)) in rows.iter().enumerate() {
                        @if notes.iter().any(|note| note.table == kind && note.place == place) {
                            p { b { (short(name, 80)) } }
                            (notes_of(notes, kind, Some(place)))
                        }
                    }
                }
            }
        }
    }
}

fn notes_of(notes: &[Notes], kind: &str, place: Option<usize>) -> Markup {
    let of: Vec<&(String, String)> = notes
        .iter()
        .filter(|note| note.table == kind && place.is_none_or(|place| note.place == place))
        .flat_map(|note| &note.notes)
        .collect();
    html! { @if !of.is_empty() { ul.notes { @for (key, said) in of {
        li { @if !key.is_empty() { code { (short(key, 60)) } ": " } bdi { (harmless(said)) } }
    } } } }
}

/// A number in a few digits, large ones with a power of a thousand.
fn plain(x: f64) -> String {
    match x.abs() {
        size if size >= 1e9 => format!("{} bn", exact(x / 1e9, 5)),
        size if size >= 1e6 => format!("{} m", exact(x / 1e6, 5)),
        _ => exact(x, 5),
    }
}

/// A curve's points, or its only value.
fn curve(curve: &Curve, write: impl Fn(f64) -> String) -> String {
    steps(&curve.0, write)
}

fn steps(points: &[[f64; 2]], write: impl Fn(f64) -> String) -> String {
    let at = |[year, value]: &[f64; 2]| format!("{} (year {})", write(*value), exact(*year, 4));
    match points {
        [[_, value]] => write(*value),
        points if points.len() <= MOST_POINTS => points.iter().map(at).collect::<Vec<_>>().join(", "),
        [first, .., last] => format!("{} … {}, {} points", at(first), at(last), points.len()),
        [] => String::new(),
    }
}

fn factor_text(factor: &Factor) -> String {
    let jumping = |jumps: &Option<Jumps>| {
        jumps.as_ref().map_or_else(String::new, |Jumps { intensity, mean, sd }| {
            format!("; {} jumps a year with log sizes {} ± {}", exact(*intensity, 4), exact(*mean, 4), exact(*sd, 4))
        })
    };
    match &factor.process {
        Process::Gbm { start, mean, volatility, jumps } => {
            let mean = match mean {
                GbmMean::Drift(drift) => format!("annual drift {}", steps(&drift.0, |x| exact(x, 4))),
                GbmMean::Forward(points) => format!("forward curve {}", steps(points, plain)),
            };
            format!(
                "geometric Brownian motion from {}; {mean}; volatility {}{}",
                plain(*start),
                exact(*volatility, 4),
                jumping(jumps)
            )
        }
        Process::Ou { level, growth, start, reversion, volatility, jumps } => format!(
            "reverts to a median of {}{}; starts at {}; reversion {} a year, volatility {}{}",
            curve(level, plain),
            if *growth == 0.0 { String::new() } else { format!(", growing by {} a year", percentage(*growth)) },
            plain(*start),
            exact(*reversion, 4),
            exact(*volatility, 4),
            jumping(jumps),
        ),
        Process::LogitOu { level, lower, upper, start, reversion, volatility } => format!(
            "between {} and {}; reverts to a median of {}; starts at {}; reversion {} a year, logit volatility {}",
            plain(*lower),
            plain(*upper),
            curve(level, plain),
            plain(*start),
            exact(*reversion, 4),
            exact(*volatility, 4)
        ),
        Process::Table { values } => format!("deterministic: {}", curve(values, plain)),
    }
}

fn organization_text(scenario: &Scenario, organization: &Organization, size: f64) -> String {
    let money = |x: f64| money(scenario.labels(), x, size);
    let factor = |index: usize| &scenario.factors[index].name;
    let unit = &scenario.capacity_unit;
    let mut parts = vec![match &organization.demand {
        Demand::Planned => format!("demand is {} × contracted capacity", factor(organization.utilization)),
        Demand::Curve(demand) => {
            format!("demand is {} × {} {unit}", factor(organization.utilization), curve(demand, plain))
        }
    }];
    parts.extend(organization.performance_return.map(|index| format!("each {unit}-year returns {}", factor(index))));
    parts.extend(organization.diminishing.as_ref().map(|d| {
        format!(
            "returns diminish with exponent {} beyond {} {unit}-years; efficiency grows {} a year",
            exact(d.exponent, 4),
            plain(d.reference),
            percentage(d.efficiency)
        )
    }));
    parts.extend(organization.burst.as_ref().map(|burst| {
        let limit = if burst.limit.0.iter().all(|[_, limit]| *limit >= UNLIMITED) {
            "without limit".into()
        } else {
            format!("up to {} {unit}", curve(&burst.limit, plain))
        };
        let most = burst.max_price.map_or_else(String::new, |price| format!(", at prices up to {}", money(price)));
        format!(
            "burst capacity {limit} at {} × {} plus {}{most}",
            plain(burst.scale),
            factor(burst.price),
            percentage(burst.premium)
        )
    }));
    if organization.dispatch == Dispatch::Merit {
        parts.push("cheaper burst capacity replaces contracted capacity above the minimum".into());
    }
    parts.extend(organization.cash.as_ref().map(|cash| {
        let funding: f64 = cash.funding.iter().map(|[_, sum]| sum).sum();
        format!(
            "opening cash {}, margin {}, other income {} and other costs {} a year, total funding {}, interest {} on cash and {} on debt",
            money(cash.opening),
            percentage(cash.margin),
            curve(&cash.income, money),
            curve(&cash.opex, money),
            money(funding),
            percentage(cash.interest),
            percentage(cash.borrowing)
        )
    }));
    parts.join("; ")
}

/// An amount of money in a few digits, scaled as amounts of this size.
fn money(labels: Labels, x: f64, size: f64) -> String {
    labels.amount(x, Unit::Money, size, |x| exact(x, 5))
}

fn years(x: f64) -> String {
    format!("{} year{}", exact(x, 4), if x == 1.0 { "" } else { "s" })
}

fn contract_text(scenario: &Scenario, contract: &Contract, size: f64) -> String {
    let money = |x: f64| money(scenario.labels(), x, size);
    let mut parts = vec![format!(
        "{} buys {} {} from {} for {}, starting in year {}",
        scenario.organizations[contract.organization].name,
        curve(&contract.capacity, plain),
        scenario.capacity_unit,
        contract.vendor,
        years(contract.term),
        exact(contract.start, 4)
    )];
    match &contract.rate {
        Rate::Fixed { base, escalator } => {
            parts.push(format!("{} per {}-year", money(*base), scenario.capacity_unit));
            if *escalator != 0.0 {
                parts.push(format!("rising by {} a year", percentage(*escalator)));
            }
            parts.extend(contract.commitment(&scenario.horizon).map(|total| format!("{} in total", money(total))));
        }
        Rate::Indexed { factor, scale, discount, floor, cap, reset } => {
            let less = if *discount == 0.0 { String::new() } else { format!(" less {}", percentage(*discount)) };
            let cap = if *cap >= UNLIMITED { "no cap".into() } else { format!("cap {}", money(*cap)) };
            parts.push(format!(
                "rate {} × {}{less}, floor {}, {cap}, reset every {}",
                plain(*scale),
                scenario.factors[*factor].name,
                money(*floor),
                years(*reset)
            ));
        }
    }
    parts.push(format!("take-or-pay {}", percentage(contract.take_or_pay)));
    if contract.aging > 0.0 {
        parts.push(format!("hardware ages by {} a year", percentage(contract.aging)));
    }
    if contract.prepaid > 0.0 {
        parts.push(format!("{} prepaid", percentage(contract.prepaid)));
    }
    parts.extend(
        scenario.clauses_of(contract).iter().map(|(key, clause)| format!("{}: {clause}", key.replace('_', "-"))),
    );
    parts.join("; ")
}

fn event_text(scenario: &Scenario, event: &Event) -> String {
    let whose =
        event.organization.map_or("any organization", |place| Scenario::title_of(&scenario.organizations[place]));
    format!("{whose}: {}", scenario.event_words(event))
}

fn regimes_text(scenario: &Scenario) -> Option<String> {
    let regimes = scenario.regimes.as_ref()?;
    let count = regimes.states.len();
    let moves = (0..count).flat_map(|from| (0..count).map(move |to| (from, to))).filter(|(from, to)| from != to);
    let rates = moves.filter(|&(from, to)| regimes.generator[(from, to)] > 0.0).map(|(from, to)| {
        let rate = exact(regimes.generator[(from, to)], 4);
        format!("{} → {} {rate}", regimes.states[from], regimes.states[to])
    });
    let effects = regimes.effects.iter().map(|effect| {
        let parts = [
            ("drift", effect.drift, 0.0),
            ("shift", effect.shift, 0.0),
            ("volatility ×", effect.volatility, 1.0),
            ("on entry", effect.on_entry, 0.0),
        ];
        let said: Vec<String> = parts
            .iter()
            .filter(|(_, value, usual)| value != usual)
            .map(|(name, value, _)| format!("{name} {}", exact(*value, 4)))
            .collect();
        format!("{} in {}: {}", scenario.factors[effect.factor].name, regimes.states[effect.state], said.join(", "))
    });
    Some(format!(
        "Starts in {}. Transition rates a year: {}. Effects: {}.",
        regimes.states[regimes.start],
        rates.collect::<Vec<_>>().join(", "),
        effects.collect::<Vec<_>>().join("; ")
    ))
}

/// The correlations of the factors' shocks as a matrix, of those that have any.
fn correlations(scenario: &Scenario) -> Markup {
    let names: Vec<&str> = scenario.factors.iter().map(|factor| factor.name.as_str()).collect();
    html! { @if let Some(matrix) = matrix("Correlations", &names, |i, j| scenario.correlation[(i, j)]) { h3 { "Correlations" } (matrix) } }
}

/// What is uncertain: the distribution of each input, and their rank correlations.
fn uncertain(scenario: &Scenario) -> Markup {
    let charts = pictures::densities(scenario);
    html! { @if let (false, Some(of)) = (charts.is_empty(), &scenario.uncertainty) {
        h3 { "Uncertain inputs" }
        (figures(&charts))
        @if of.inputs.len() > charts.len() { p { "The other " (of.inputs.len() - charts.len()) " inputs are in the file below." } }
        @let names: Vec<&str> = of.inputs.iter().map(|input| input.label.as_deref().unwrap_or(&input.key)).collect();
        @if let Some(matrix) = matrix("Rank correlations of uncertain inputs", &names, |i, j| of.correlation[(i, j)]) { (matrix) }
    } }
}

/// A symmetric matrix of correlations, without rows that have none; `None` if nothing is correlated.
fn matrix(caption: &str, names: &[&str], of: impl Fn(usize, usize) -> f64) -> Option<Markup> {
    let all = 0..names.len();
    let kept: Vec<usize> = all.clone().filter(|&i| all.clone().any(|j| i != j && of(i, j) != 0.0)).collect();
    let headings: Vec<String> =
        std::iter::once(String::new()).chain(kept.iter().map(|&i| short(names[i], 40))).collect();
    let cell = |i: usize, j: usize| match j < i {
        true if of(i, j) == 0.0 => Entry::text("0"),
        true => Entry::number(exact(of(i, j), 4), Some(of(i, j))),
        false if i == j => Entry::text("1"),
        false => Entry::text(""),
    };
    let row = |&i: &usize| std::iter::once(Entry::text(names[i])).chain(kept.iter().map(|&j| cell(i, j))).collect();
    let rows: Vec<Vec<Entry>> = kept.iter().map(row).collect();
    (!rows.is_empty()).then(|| table(caption, &headings, &rows, false))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_have_their_unit_around_them() {
        let texts = [("USD", 38e9), ("SEK", 1.5e6), ("USD", 12.0), ("", 3e9)];
        let labels = |currency| Labels { currency, capacity: "GW" };
        let own = texts.map(|(currency, x)| money(labels(currency), x, x));
        assert_eq!(own, ["$38bn", "SEK 1.5m", "$12", "3bn"]);
        assert_eq!(money(labels("USD"), 45e6, 38e9), "$0.045bn", "as everything else on its page");
        assert_eq!([years(1.0), years(0.5)], ["1 year", "0.5 years"]);
    }
}
