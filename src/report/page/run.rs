//! The page of a run: the answer first, then why.

use indexmap::IndexMap;
use maud::{Markup, html};

use super::inputs::inputs;
use super::{Entry, Section, figures, large_figure, provenance, table};
use crate::measure::Estimate;
use crate::registry::{Figure, Side};
use crate::report::numbers::{error_text, estimate_error, money_size, shown_quantiles, unit_in, with_interval};
use crate::report::pictures;
use crate::result::profile::{Milestone, ProfileDocument};
use crate::result::{self, CheckDocument, Key, Level, Occurrence, Part, ResultDocument, SYSTEM, Statistic, Subject};
use crate::scenario::{Scenario, Source};
use crate::text::numbers::{ANSWER_DIGITS, NOTHING, TABLE_DIGITS, count, exact, fixed, percent, percentage, supported};
use crate::text::units::Unit;

/// What the page of a run is made of.
pub struct RunReport<'a> {
    pub document: &'a ResultDocument,
    pub scenario: &'a Scenario,
    pub source: &'a Source,
    pub check: &'a CheckDocument,
    /// From the second pass.
    pub profile: &'a ProfileDocument,
    pub milestones: &'a [Milestone],
    /// What makes the same run.
    pub command: &'a str,
}

/// The section of a run.
pub fn run_section(run: &RunReport) -> Section {
    let document = run.document;
    let variant = document.provenance.variant.as_ref().map(|name| format!(", variant {name}")).unwrap_or_default();
    let mut parts = vec![
        ("answer", "Summary", answer(document)),
        ("distribution", "Cost distribution", distributions(document)),
        ("bubble", "Bubble risk", bubbles(document)),
        ("over-time", "Prices, use, returns and cash over time", fans(run)),
        ("costs", "Cost breakdown", costs(document)),
    ];
    parts.extend(
        pictures::timetable(run.check, document).map(|chart| ("timetable", "Payment schedule", large_figure(&chart))),
    );
    parts.extend(bursting(run).map(|markup| ("bursting", "If the bubble bursts", markup)));
    parts.push(("convergence", "Convergence", convergence(run)));
    parts.push(("inputs", "Inputs", inputs(run.scenario, run.source, money_size([document]))));
    parts.push(("provenance", "Provenance", provenance(&document.provenance, &document.run, run.command)));
    // its lines run on, as in any paragraph
    let lead = run.scenario.description.split_whitespace().collect::<Vec<_>>().join(" ");
    Section { title: format!("{}{variant}", run.scenario.name), lead, parts }
}

/// A number with what is known of its error, scaled.
struct Shown {
    value: String,
    error: String,
}

fn shown(found: &Estimate, factor: f64) -> Shown {
    let [value, interval] = with_interval(found, factor);
    let error = if interval.starts_with('[') { format!("95% interval {interval}") } else { interval };
    Shown { value, error }
}

fn answer(document: &ResultDocument) -> Markup {
    let Some(cost) = document.of_system(Figure::CommitmentCost) else {
        return html! { p { "This scenario has no commitment cost." } };
    };
    let (factor, label) = unit_in(document, Unit::Money);
    let scaled = |x: Option<f64>| x.map(|x| x / factor);
    let at = |statistic| Key::new(Subject::system(Figure::CommitmentCost), statistic);
    let mean = Shown {
        value: supported(scaled(cost.mean), scaled(cost.se), ANSWER_DIGITS),
        error: error_text(scaled(cost.se)),
    };
    let mut cards = vec![(format!("Total commitment cost, mean, {label}"), mean, cost.mean, at(Statistic::Mean))];
    type AtLevel = fn(Level, Part) -> Statistic;
    let tails: [(_, AtLevel, _); 2] =
        [("Value at risk", Statistic::Var, &cost.var), ("Expected shortfall", Statistic::Shortfall, &cost.shortfall)];
    for (kind, statistic, all) in tails {
        for (&level, found) in all {
            let name = format!("{kind} {}, {label}", percentage(level.share()));
            cards.push((name, shown(found, factor), found.value, at(statistic(level, Part::Value))));
        }
    }
    cards.extend(document.system_bubble().map(|found| {
        let name = format!("Bubble-risk probability by {}", document.provenance.date(document.provenance.periods));
        (
            name,
            probability(found),
            found.probability,
            Key::new(Subject::system_bubble(), Statistic::Probability(Part::Value)),
        )
    }));
    html! {
        dl.answer { @for (name, Shown { value, error }, exact, key) in cards {
            div { dt { (name) } dd {
                @if let Some(exact) = exact { data value=(exact) data-place=(key) { (value) } } @else { (value) }
                small { (error) }
            } }
        } }
        @if let Some(first) = document.invalid_paths.first {
            @let are = if document.invalid_paths.count == 1 { "path is" } else { "paths are" };
            p { b { "Warning: " } (count(document.invalid_paths.count)) " invalid " (are) " excluded from all results; the first is path " (first) "." }
        }
        p { "Costs are present values over " (horizon(document)) ". Brackets are " (percentage(document.provenance.confidence))
            " confidence intervals; ± is one standard error." }
    }
}

fn horizon(document: &ResultDocument) -> String {
    let of = &document.provenance;
    let years = f64::from(of.periods) / f64::from(of.steps_per_year);
    format!("{} {} from {}", exact(years, 3), if years == 1.0 { "year" } else { "years" }, of.start)
}

fn probability(found: &Occurrence) -> Shown {
    match percent(found.probability, found.low, found.high) {
        Some((value, low, high)) => {
            Shown { value: format!("{value}%"), error: format!("95% interval [{low}, {high}]") }
        }
        None => Shown { value: NOTHING.into(), error: String::new() },
    }
}

fn distributions(document: &ResultDocument) -> Markup {
    let charts: Vec<_> = [
        pictures::distribution(document, SYSTEM, Figure::CommitmentCost),
        pictures::exceedance(document, SYSTEM, Figure::CommitmentCost),
        pictures::distribution(document, SYSTEM, Figure::ComputeCost),
        pictures::distribution(document, SYSTEM, Figure::NetValue),
    ]
    .into_iter()
    .flatten()
    .collect();
    html! {
        (figures(&charts))
        @for owner in pictures::owners(document) { (figures_table(document, owner, &document.figures[owner])) }
    }
}

fn figures_table(document: &ResultDocument, owner: &str, figures: &IndexMap<Figure, result::Figure>) -> Markup {
    let Some(first) = figures.values().next() else { return html! {} };
    let quantiles = shown_quantiles(&first.quantiles);
    let level = first.var.keys().last().copied();
    let mut headings = ["figure", "unit", "mean", "± se", "standard deviation"].map(String::from).to_vec();
    headings.extend(quantiles.iter().map(|level| percentage(level.share())));
    let tail = level.map(|level| percentage(level.share()));
    headings.extend(tail.iter().flat_map(|level| ["VaR", "ES"].map(|kind| format!("{kind} {level}"))));
    let rows: Vec<Vec<Entry>> = figures
        .iter()
        .map(|(&name, figure)| {
            let (factor, label) = unit_in(document, name.unit());
            let by = |x: Option<f64>| x.map(|x| x / factor);
            let subject = Subject::Figure { owner: owner.to_owned(), figure: name };
            let at = |statistic| Key::new(subject.clone(), statistic);
            let number = |value: Option<f64>, error: Option<f64>, statistic| {
                Entry::placed(supported(by(value), by(error), TABLE_DIGITS + 2), value, at(statistic))
            };
            let side = if figure.side == Side::Low { " ↓" } else { "" };
            let mut row = vec![
                Entry::text(format!("{}{side}", name.name().replace('_', " "))),
                Entry::text(label),
                number(figure.mean, figure.se, Statistic::Mean),
                Entry::placed(error_text(by(figure.se)), figure.se, at(Statistic::Se)),
                number(figure.sd, figure.sd_se, Statistic::Sd),
            ];
            let mut estimate = |found: Option<&Estimate>, statistic| {
                let found = found.copied().unwrap_or_default();
                row.push(number(found.value, estimate_error(&found), statistic));
            };
            for &level in &quantiles {
                estimate(figure.quantiles.get(&level), Statistic::Quantile(level, Part::Value));
            }
            if let Some(level) = level {
                estimate(figure.var.get(&level), Statistic::Var(level, Part::Value));
                estimate(figure.shortfall.get(&level), Statistic::Shortfall(level, Part::Value));
            }
            row
        })
        .collect();
    table(
        &format!(
            "Figures of {owner}; money in present value, except cash. ↓ Lower is worse: VaR and ES measure the lower tail"
        ),
        &headings,
        &rows,
        true,
    )
}

fn bubbles(document: &ResultDocument) -> Markup {
    let charts: Vec<_> = pictures::bubbles(document)
        .into_iter()
        .chain(document.events.keys().filter_map(|organization| pictures::events(document, organization)))
        .collect();
    let headings = ["event", "probability, %", "95% interval", "mean time if it happens, years"].map(String::from);
    let row = |name: String, found: &Occurrence, subject: Subject| {
        let shown = probability(found);
        let time = supported(found.time.mean, found.time.se, TABLE_DIGITS);
        vec![
            Entry::text(name),
            Entry::placed(
                shown.value.trim_end_matches('%').into(),
                found.probability,
                Key::new(subject.clone(), Statistic::Probability(Part::Value)),
            ),
            Entry::text(shown.error.trim_start_matches("95% interval ")),
            Entry::placed(time, found.time.mean, Key::new(subject, Statistic::TimeMean)),
        ]
    };
    let bubbles = pictures::owners(document).into_iter().filter_map(|name| {
        let subject = Subject::Bubble { owner: name.to_owned() };
        Some(row(format!("bubble, {name}"), document.bubble.get(name)?, subject))
    });
    let events = document.events.iter().flat_map(|(owner, events)| {
        events.iter().map(move |(name, event)| {
            let subject = Subject::Event { organization: owner.clone(), event: name.clone() };
            row(format!("{name}, {owner}"), event, subject)
        })
    });
    let tranches = document
        .tranches
        .iter()
        .map(|(name, payment)| row(format!("{name} paid"), payment, Subject::Tranche { name: name.clone() }));
    let rows: Vec<Vec<Entry>> = bubbles.chain(events).chain(tranches).collect();
    html! {
        @if rows.is_empty() { p { "This scenario defines no events." } }
        (figures(&charts))
        @if !rows.is_empty() { (table("Probabilities by the horizon", &headings, &rows, true)) }
    }
}

fn fans(run: &RunReport) -> Markup {
    let quantities = run.profile.quantities.values();
    let charts: Vec<_> = quantities.map(|quantity| pictures::fan(run.document, run.profile, quantity)).collect();
    html! {
        p { "Medians, quartiles and 5–95% bands over the first " (count(run.profile.paths)) " paths. Point at a chart to see standard errors." }
        (figures(&charts))
    }
}

fn costs(document: &ResultDocument) -> Markup {
    let chart = pictures::waterfall(document);
    let headings =
        ["contract", "unit", "commitment cost", "± se", "stranded cost", "± se", "stranded, %"].map(String::from);
    let row = |(name, figures): (&String, &IndexMap<Figure, result::ContractFigure>)| {
        let (cost, stranded) = (figures.get(&Figure::CommitmentCost)?, figures.get(&Figure::StrandedCost)?);
        let (factor, label) = unit_in(document, Unit::Money);
        let by = |x: Option<f64>| x.map(|x| x / factor);
        let share = stranded
            .mean
            .zip(cost.mean)
            .filter(|(_, cost)| *cost > 0.0)
            .map(|(stranded, cost)| 100.0 * stranded / cost);
        let number = |value: Option<f64>, error: Option<f64>, figure| {
            let subject = Subject::Contract { name: name.clone(), figure };
            let shown = supported(by(value), by(error), TABLE_DIGITS + 2);
            Entry::placed(shown, value, Key::new(subject, Statistic::Mean))
        };
        Some(vec![
            Entry::text(name),
            Entry::text(label),
            number(cost.mean, cost.se, Figure::CommitmentCost),
            Entry::number(error_text(by(cost.se)), cost.se),
            number(stranded.mean, stranded.se, Figure::StrandedCost),
            Entry::number(error_text(by(stranded.se)), stranded.se),
            Entry::number(share.map_or_else(|| NOTHING.into(), |share| fixed(share, 1)), share),
        ])
    };
    let rows: Vec<Vec<Entry>> = document.contracts.iter().filter_map(row).collect();
    html! {
        @if let Some(chart) = chart { p { "Mean present values. Stranded cost is paid for capacity that is not used." } (large_figure(&chart)) }
        @if !rows.is_empty() { (table("Contracts", &headings, &rows, true)) }
    }
}

fn bursting(run: &RunReport) -> Option<Markup> {
    let quantities = run.profile.quantities.values();
    let charts: Vec<_> =
        quantities.filter_map(|quantity| pictures::bursting(run.document, run.profile, quantity)).collect();
    (!charts.is_empty()).then(|| {
        html! {
            p { "Means with 95% bands of the paths on which the bubble bursts by the horizon, and of the others. An organization's charts "
                "are split by whether its own bubble bursts; shared charts by the system's." }
            (figures(&charts))
        }
    })
}

fn convergence(run: &RunReport) -> Markup {
    let charts = pictures::convergence(run.document, run.milestones);
    html! {
        p { "The main figures and their 95% intervals by number of paths: four times the paths halve the interval." }
        (figures(&charts))
    }
}
