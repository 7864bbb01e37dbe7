//! The page of a run: the answer first, then why.

use indexmap::IndexMap;
use maud::{Markup, html};

use super::again::{HEADING, Money, again};
use super::distribution::distribution_table;
use super::inputs::inputs;
use super::sensitivity::drivers;
use super::targets::targets;
use super::uncertainty::uncertainty;
use super::vendors::vendors;
use super::{AGAIN, Entry, Section, figures, large_figure, provenance, table};
use crate::measure::Estimate;
use crate::registry::Figure;
use crate::report::numbers::{error_text, money_size, unit_in, with_interval};
use crate::report::pictures;
use crate::result::profile::{Milestone, ProfileDocument};
use crate::result::{
    self, Again, CheckDocument, Key, Level, Occurrence, Part, ResultDocument, SYSTEM, SensitivityDocument, Statistic,
    Subject,
};
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
    /// What its inputs do, if that was asked for.
    pub drivers: Option<&'a SensitivityDocument>,
    /// What makes the same run.
    pub command: &'a str,
    /// What computes it again in a browser, and the identifier of the button that does.
    pub again: (&'a Again, &'a str),
}

/// The section of a run.
pub fn run_section(run: &RunReport) -> Section {
    let document = run.document;
    let variant = document.provenance.variant.as_ref().map(|name| format!(", variant {name}")).unwrap_or_default();
    let mut parts = vec![("answer", "Summary", answer(document))];
    parts.extend(document.uncertainty.as_ref().map(|of| ("uncertain", "Uncertain inputs", uncertainty(document, of))));
    parts.extend(run.drivers.map(|document| ("drivers", "What drives it", drivers(document))));
    parts.extend([
        ("distribution", "Cost distribution", distributions(document)),
        ("bubble", "Bubble risk", bubbles(document)),
        ("over-time", "Prices, use, returns and cash over time", fans(run)),
        ("costs", "Cost breakdown", costs(document)),
    ]);
    parts.extend(
        pictures::timetable(run.check, document).map(|chart| ("timetable", "Payment schedule", large_figure(&chart))),
    );
    parts.extend(vendors(document).map(|markup| ("vendors", "Vendors", markup)));
    parts.extend(bursting(run).map(|markup| ("bursting", "If the bubble bursts", markup)));
    parts.push(("convergence", "Convergence", convergence(run)));
    let (carried, button) = run.again;
    let money = Money { labels: document.provenance.labels(), size: money_size([document]) };
    parts.push((AGAIN, HEADING, again(carried, &money, button)));
    parts.push(("inputs", "Inputs", inputs(run.scenario, run.source, money_size([document]))));
    parts.push(("provenance", "Provenance", provenance(&document.provenance, &document.run, run.command)));
    // its lines run on, as in any paragraph
    let lead = run.scenario.description.split_whitespace().collect::<Vec<_>>().join(" ");
    Section { title: format!("{}{variant}", run.scenario.name), lead, parts }
}

/// The main charts of a result alone, for notebooks.
pub fn brief_section(document: &ResultDocument) -> Section {
    let of = &document.provenance;
    let variant = of.variant.as_ref().map(|name| format!(", variant {name}")).unwrap_or_default();
    let charts: Vec<_> = pictures::distribution(document, SYSTEM, Figure::CommitmentCost)
        .into_iter()
        .chain(pictures::distribution(document, SYSTEM, Figure::NetValue))
        .chain(pictures::bubbles(document))
        .collect();
    let parts = vec![("answer", "Summary", answer(document)), ("charts", "Charts", figures(&charts))];
    Section { title: format!("{}{variant}", of.scenario), lead: String::new(), parts }
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
    // what clauses cost and bring, where it is anything
    let varying = |name| document.of_system(name).filter(|figure| figure.sd.is_some_and(|sd| sd > 0.0)).map(|_| name);
    let charts: Vec<_> = [
        pictures::distribution(document, SYSTEM, Figure::CommitmentCost),
        pictures::exceedance(document, SYSTEM, Figure::CommitmentCost),
        pictures::distribution(document, SYSTEM, Figure::ComputeCost),
        pictures::distribution(document, SYSTEM, Figure::NetValue),
        varying(Figure::ExitCost).and_then(|name| pictures::exceedance(document, SYSTEM, name)),
        varying(Figure::ResaleIncome).and_then(|name| pictures::distribution(document, SYSTEM, name)),
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
    let subject = |figure| Subject::Figure { owner: owner.to_owned(), figure };
    let all: Vec<_> = figures.iter().map(|(&name, figure)| (spoken(name), subject(name), figure)).collect();
    distribution_table(
        document,
        &format!(
            "Figures of {owner}; money in present value, except cash. ↓ Lower is worse: VaR and ES measure the lower tail"
        ),
        &all,
    )
}

/// A figure in words.
fn spoken(figure: Figure) -> String {
    figure.name().replace('_', " ")
}

fn bubbles(document: &ResultDocument) -> Markup {
    let charts: Vec<_> = pictures::bubbles(document)
        .into_iter()
        .chain(document.events.keys().filter_map(|organization| pictures::events(document, organization)))
        .chain(pictures::others(document))
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
    let failures = document
        .failures
        .iter()
        .map(|(vendor, found)| row(format!("{vendor} fails"), found, Subject::Failure { vendor: vendor.clone() }));
    let workouts = document.workouts.iter().map(|(owner, found)| {
        row(format!("workout, {owner}"), found, Subject::Workout { organization: owner.clone() })
    });
    let rows: Vec<Vec<Entry>> = bubbles.chain(events).chain(tranches).chain(failures).chain(workouts).collect();
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
    let sampling = &run.document.provenance.sampling;
    let rule = match (sampling.parameter_sets, sampling.replicates) {
        (Some(_), _) => ", as ever more parameter sets add theirs.",
        (None, Some(_)) => ". With quasi-random points, four times the paths usually do more than halve the interval.",
        (None, None) => ": four times the paths halve the interval.",
    };
    html! {
        p { "The main figures and their 95% intervals by number of paths" (rule) }
        (figures(&charts))
        @if let Some(of) = &run.document.convergence { (targets(of)) }
    }
}
