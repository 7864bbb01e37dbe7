//! The page of a run: the answer first, then why.

use indexmap::IndexMap;
use maud::{Markup, html};

use super::again::{HEADING, Money, again};
use super::answer::{Summary, brief, summary};
use super::bubble::bubbles;
use super::distribution::distribution_table;
use super::inputs::inputs;
use super::paper::unless_long;
use super::sensitivity::drivers;
use super::targets::targets;
use super::uncertainty::uncertainty;
use super::vendors::vendors;
use super::{AGAIN, Entry, Section, figures, large_figure, provenance, table};
use crate::registry::Figure;
use crate::report::numbers::{error_text, estimate_error, figure_name, money_size, unit_in};
use crate::report::pictures;
use crate::result::profile::{Milestone, ProfileDocument};
use crate::result::{
    self, Again, CheckDocument, Key, Level, Part, ResultDocument, SYSTEM, SensitivityDocument, Statistic, Subject,
};
use crate::scenario::{Scenario, Source};
use crate::text::numbers::{NOTHING, TABLE_DIGITS, count, fixed, percentage, supported};
use crate::text::titles::{Named, Titles};
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
    /// What computes it again in a browser, and the identifier of the button that does; a workbook has no such part.
    pub again: Option<(&'a Again, &'a str)>,
}

/// The section of a run.
pub fn run_section(run: &RunReport) -> Section {
    let document = run.document;
    let titles = &Titles::of(run.scenario);
    let variant = document.provenance.variant.as_ref().map(|name| format!(", variant {name}")).unwrap_or_default();
    let paper = |content: Markup| unless_long(document, content);
    let mut parts =
        vec![("answer", "Summary", summary(&Summary { document, scenario: Some(run.scenario), drivers: run.drivers }))];
    parts.extend(document.uncertainty.as_ref().map(|of| ("uncertain", "Uncertain inputs", uncertainty(document, of))));
    parts.extend(run.drivers.map(|document| ("drivers", "What drives it", drivers(document))));
    parts.extend([
        ("distribution", "Cost distribution", distributions(document, titles)),
        ("bubble", "Bubble risk", bubbles(document, run.scenario)),
        ("over-time", "Prices, use, returns and cash over time", paper(fans(run))),
        ("costs", "Cost breakdown", costs(document, titles)),
    ]);
    parts.extend(
        pictures::timetable(run.check, document, titles)
            .map(|chart| ("timetable", "Payment schedule", large_figure(&chart))),
    );
    parts.extend(vendors(document, titles).map(|markup| ("vendors", "Vendors", markup)));
    parts.extend(bursting(run).map(|markup| ("bursting", "If the bubble bursts", paper(markup))));
    parts.push(("convergence", "Convergence", paper(convergence(run))));
    let money = Money { labels: document.provenance.labels(), size: money_size([document]) };
    parts.extend(run.again.map(|(carried, button)| (AGAIN, HEADING, again(carried, &money, button))));
    parts.push(("inputs", "Inputs", paper(inputs(run.scenario, run.source, money_size([document])))));
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
        .chain(pictures::bubbles(document, &Titles::default()))
        .collect();
    let parts = vec![("answer", "Summary", brief(document)), ("charts", "Charts", figures(&charts))];
    Section { title: format!("{}{variant}", of.scenario), lead: String::new(), parts }
}

fn distributions(document: &ResultDocument, titles: &Titles) -> Markup {
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
    let (system, others): (Vec<&str>, Vec<&str>) =
        pictures::owners(document).into_iter().partition(|&owner| owner == SYSTEM);
    let tables = |owners: &[&str]| html! { @for owner in owners { (figures_table(document, owner, titles)) } };
    html! {
        (figures(&charts))
        (unless_long(document, tables(&others)))
        (tables(&system))
        (percentiles(document))
    }
}

/// The percentiles of the main figures of the system.
fn percentiles(document: &ResultDocument) -> Markup {
    let shown = [Figure::CommitmentCost, Figure::ComputeCost, Figure::NetValue, Figure::FinalCash];
    let all: Vec<_> = shown.into_iter().filter_map(|name| Some((name, document.of_system(name)?))).collect();
    let Some((_, first)) = all.first() else { return html! {} };
    let (factor, label) = unit_in(document, Unit::Money);
    let titles = all.iter().map(|(name, _)| format!("{}, {label}", figure_name(*name)));
    let headings: Vec<String> = std::iter::once("percentile".to_owned()).chain(titles).collect();
    let cell = |level: Level, name: Figure, figure: &result::Figure| {
        let found = figure.quantiles.get(&level).copied().unwrap_or_default();
        let error = estimate_error(&found).map(|error| error / factor);
        let shown = supported(found.value.map(|x| x / factor), error, TABLE_DIGITS + 1);
        Entry::placed(shown, found.value, Key::new(Subject::system(name), Statistic::Quantile(level, Part::Value)))
    };
    let row = |level: Level| {
        let cells = all.iter().map(|&(name, figure)| cell(level, name, figure));
        std::iter::once(Entry::text(percentage(level.share()))).chain(cells).collect()
    };
    let rows: Vec<Vec<Entry>> = first.quantiles.keys().map(|&level| row(level)).collect();
    html! { details { summary { "Percentiles of the main figures" } (table("Percentiles", &headings, &rows, false)) } }
}

fn figures_table(document: &ResultDocument, owner: &str, titles: &Titles) -> Markup {
    let (figures, called) = (&document.figures[owner], titles.get(Named::Organization, owner));
    let subject = |figure| Subject::Figure { owner: owner.to_owned(), figure };
    let all: Vec<_> = figures.iter().map(|(&name, figure)| (figure_name(name), subject(name), figure)).collect();
    distribution_table(
        document,
        &format!(
            "Figures of {called}; money in present value, except cash. ↓ Lower is worse: VaR and ES measure the lower tail"
        ),
        &all,
    )
}

fn fans(run: &RunReport) -> Markup {
    let quantities = run.profile.quantities.values();
    let charts: Vec<_> = quantities.map(|quantity| pictures::fan(run.document, run.profile, quantity)).collect();
    html! {
        p { "Medians, quartiles and 5–95% bands over the first " (count(run.profile.paths)) " paths. Point at a chart to see standard errors." }
        (figures(&charts))
    }
}

fn costs(document: &ResultDocument, titles: &Titles) -> Markup {
    let chart = pictures::waterfall(document, titles);
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
            Entry::text(titles.get(Named::Contract, name)),
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
