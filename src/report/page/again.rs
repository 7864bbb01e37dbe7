//! What computes a run again in the reader's browser: a form, and kernels, tables and numbers for the script beside it.

use std::collections::HashMap;

use data_encoding::BASE64;
use maud::{Markup, PreEscaped, html};
use serde_json::{Value, json};

use super::{AGAIN, Section, data_block};
use crate::registry::Figure;
use crate::report::numbers::figure_name;
use crate::result::{Again, AgainCase, AgainNumber, AgainStatistic, Counted};
use crate::text::harmless::{harmless, short};
use crate::text::numbers::{count, percentage};
use crate::text::units::{Labels, Unit};

/// The heading of the part.
pub(super) const HEADING: &str = "Run again, here";
/// Characters of a scenario's name where readers choose one.
const NAME: usize = 60;

/// What a scenario calls its money.
pub(super) struct Money<'a> {
    pub labels: Labels<'a>,
    /// By which amounts are scaled.
    pub size: f64,
}

/// The part of a run's page. `button` is the identifier of its button, and so its address.
pub(super) fn again(again: &Again, money: &Money, button: &str) -> Markup {
    if let Some(why) = &again.refusal {
        return html! { p { (harmless(why)) } };
    }
    let moneys = vec![money; again.cases.len()];
    html! {
        p {
            "This page carries the program's GPU kernels and the tables of this scenario. The button computes the run on your own GPU, in \
             this browser, and compares it with the printed values. Nothing leaves this page. It needs JavaScript and WebGPU, which current \
             versions of Chrome, Edge, Safari and Firefox have on most systems."
        }
        @if again.left_out > 0 {
            p { (count(again.left_out as u64)) " more scenarios are left out to keep the page small." }
        }
        (form(again, &moneys, button, false))
    }
}

/// The page of the reference cases, each with what its scenario calls its money and the size of its amounts.
pub fn verify_section(again: &Again, of: &[(Labels, f64)]) -> Section {
    let moneys: Vec<Money> = of.iter().map(|&(labels, size)| Money { labels, size }).collect();
    let names = again.cases.iter().map(|case| case.name.as_str()).collect::<Vec<_>>().join(", ");
    let lead =
        "Checks whether the GPU of this machine, driver and browser computes what the CPU engine computes.".to_owned();
    let content = html! {
        p {
            "The button runs " (count(again.cases.len() as u64)) " reference scenarios on your own GPU, in this browser: " (harmless(&names))
            ". Their paths are the same as those of the CPU engine, which computed the printed values when this page was written, so only \
             rounding may differ. Nothing leaves this page."
        }
        (form(again, &moneys.iter().collect::<Vec<_>>(), "run-again", true))
    };
    Section { title: "Check a GPU in the browser".into(), lead, parts: vec![(AGAIN, HEADING, content)] }
}

fn form(again: &Again, moneys: &[&Money], button: &str, all: bool) -> Markup {
    let pairs = || again.cases.iter().zip(moneys);
    let first = &again.cases[0];
    html! {
        div.again {
            div.controls {
                @if !all && again.cases.len() > 1 {
                    label { "Scenario " select.case { @for (place, case) in again.cases.iter().enumerate() {
                        option value=(place) { (short(&case.name, NAME)) }
                    } } }
                }
                label { "Paths " input.paths type="text" inputmode="numeric" autocomplete="off" size="10" value=(first.paths); }
                label { "Seed " input.seed type="text" inputmode="numeric" autocomplete="off" size="10" value=(first.seed); }
                button.start type="button" id=(button) { (HEADING) }
                button.stop type="button" hidden { "Stop" }
            }
            p.origin { (first.origin) }
            p.state role="status" {}
            progress hidden max="1" value="0" aria-label="Paths computed" {}
            div.picture hidden {}
            ul.verdicts hidden {}
            div.table role="group" aria-label="Printed values and values computed here" tabindex="0" hidden {}
            (data_block(&data(again, &pairs().collect::<Vec<_>>(), all)))
            @for kernel in &again.kernels {
                // the exporter's tests hold that no kernel could end its element
                script type="text/wgsl" { (PreEscaped(&kernel.code)) }
            }
        }
    }
}

/// What the script reads. Tables that several scenarios have alike stand there once.
fn data(again: &Again, cases: &[(&AgainCase, &&Money)], all: bool) -> Value {
    let mut tables: Vec<String> = Vec::new();
    let mut places: HashMap<Vec<u8>, usize> = HashMap::new();
    let mut table = |bytes: &[u8]| {
        *places.entry(bytes.to_vec()).or_insert_with(|| {
            tables.push(BASE64.encode(bytes));
            tables.len() - 1
        })
    };
    let cases: Vec<Value> = cases
        .iter()
        .map(|(of, money)| {
            let mut described = case(of, money);
            described["terms"] = json!(table(&of.plan.terms));
            described["rows"] = json!(table(&of.plan.rows));
            described
        })
        .collect();
    let kernels =
        again.kernels.iter().map(|kernel| json!({ "bindings": kernel.bindings, "workgroup": kernel.workgroup }));
    json!({ "all": all, "kernels": kernels.collect::<Vec<_>>(), "tables": tables, "cases": cases })
}

fn case(of: &AgainCase, money: &Money) -> Value {
    let (factor, unit) = money.labels.scaled(Unit::Money, money.size);
    let figures = of.figures.iter().map(|(figure, slot)| json!({ "key": figure.name(), "slot": slot }));
    json!({
        "name": harmless(&of.name),
        "kernel": of.plan.kernel,
        "slots": of.slots,
        "times": of.times,
        "periods": of.periods,
        // beyond what numbers of JavaScript hold
        "seed": of.seed.to_string(),
        "replicate": of.replicate,
        "paths": of.paths,
        "invalid": of.invalid,
        "samePaths": of.same_paths,
        "origin": harmless(&of.origin),
        "level": of.level,
        "figures": figures.collect::<Vec<_>>(),
        "bubble": of.bubble,
        "factor": factor,
        "unit": harmless(&unit),
        "numbers": of.numbers.iter().map(|number| described(number, of.level, (factor, &unit))).collect::<Vec<_>>(),
        "histogram": { "edges": of.histogram.edges, "counts": of.histogram.counts },
    })
}

fn described(number: &AgainNumber, level: f64, (factor, unit): (f64, &str)) -> Value {
    let statistic = match number.statistic {
        AgainStatistic::Mean => ("mean", "mean".to_owned()),
        AgainStatistic::Deviation => ("sd", "standard deviation".to_owned()),
        AgainStatistic::ValueAtRisk => ("var", format!("value at risk {}", percentage(level))),
        AgainStatistic::Shortfall => ("shortfall", format!("expected shortfall {}", percentage(level))),
        AgainStatistic::Probability => ("probability", "probability by the horizon".to_owned()),
    };
    let (key, subject, unit, factor) = match number.of {
        Counted::Figure(figure) => (figure.name(), subject(figure), unit, factor),
        Counted::Bubble => ("bubble", "Bubble risk".to_owned(), "%", 0.01),
    };
    json!({
        "of": key,
        "statistic": statistic.0,
        "name": harmless(&format!("{subject}, {}, {unit}", statistic.1)),
        "factor": factor,
        "value": number.value,
        "se": number.se,
        "resolution": number.resolution,
    })
}

fn subject(figure: Figure) -> String {
    match figure {
        Figure::CommitmentCost => "Total commitment cost".to_owned(),
        Figure::ComputeCost => "Compute cost".to_owned(),
        Figure::NetValue => "Net value".to_owned(),
        other => figure_name(other),
    }
}
