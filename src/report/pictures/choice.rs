//! Charts of a run by name, as `overhang plot` draws them.

use super::{bubbles, bursting, distribution, events, exceedance, fan, losses, vendor_distribution};
use super::{vendor_exceedance, waterfall};
use crate::registry::{Figure, Registered as _};
use crate::report::chart::Chart;
use crate::result::ResultDocument;
use crate::result::profile::ProfileDocument;
use crate::text::titles::Titles;

/// Kinds of charts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Histogram of a figure with mean, value at risk and expected shortfall.
    Distribution,
    /// Probability of exceeding each value of a figure, on a logarithmic scale.
    Exceedance,
    /// Probability that the bubble has burst, by period.
    Bubble,
    /// Probabilities of an organization's events, by period.
    Events,
    /// A quantity over time: median, quartiles, 5% and 95% quantiles.
    Fan,
    /// Mean of a quantity over time, with and without a burst of the bubble.
    Bursting,
    /// Mean cost, contract by contract.
    Waterfall,
    /// Mean losses of vendors by organization, over all paths and over those on which the bubble bursts.
    Losses,
}

/// Why there is no such chart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoChart {
    /// The run has nothing of this name, but others.
    Unknown { name: String, known: Vec<String> },
    /// There is nothing to draw: why.
    Nothing(&'static str),
}

/// What stands before a vendor's name, as in the document.
const VENDORS: &str = "vendors.";

/// Draws a figure of somebody.
type Draw = fn(&ResultDocument, &str, Figure) -> Option<Chart>;

impl Kind {
    /// All kinds with their names in options.
    pub const NAMED: [(&'static str, Kind); 8] = [
        ("distribution", Kind::Distribution),
        ("exceedance", Kind::Exceedance),
        ("bubble", Kind::Bubble),
        ("events", Kind::Events),
        ("fan", Kind::Fan),
        ("bursting", Kind::Bursting),
        ("waterfall", Kind::Waterfall),
        ("losses", Kind::Losses),
    ];

    /// Whether it shows quantities over time, which are computed again.
    pub fn is_over_time(self) -> bool {
        matches!(self, Kind::Fan | Kind::Bursting)
    }
}

/// A chart of a run's result. `of` is what it shows: `OWNER.FIGURE` of distribution and exceedance, or `vendors.NAME.FIGURE`; an
/// organization of events.
///
/// # Errors
/// If the run has no such thing, or nothing to draw. Kinds that are over time have nothing here ([`chart_over_time`]).
pub fn chart(document: &ResultDocument, titles: &Titles, kind: Kind, of: Option<&str>) -> Result<Chart, NoChart> {
    match kind {
        Kind::Distribution => figure(document, of, distribution, vendor_distribution),
        Kind::Exceedance => figure(document, of, exceedance, vendor_exceedance),
        Kind::Bubble => bubbles(document, titles).ok_or(NoChart::Nothing("the scenario has no bubble")),
        Kind::Events => {
            let names: Vec<String> = document.events.keys().cloned().collect();
            let name = of.or(names.first().map(String::as_str));
            let name = name.ok_or(NoChart::Nothing("the scenario has no events"))?;
            events(document, name, titles)
                .ok_or_else(|| NoChart::Unknown { name: name.to_owned(), known: names.clone() })
        }
        Kind::Waterfall => waterfall(document, titles).ok_or(NoChart::Nothing("the run has no costs")),
        Kind::Losses => losses(document, titles).ok_or(NoChart::Nothing("no vendor of the run loses anything")),
        Kind::Fan | Kind::Bursting => Err(NoChart::Nothing("the run was not followed over time")),
    }
}

/// A chart of a quantity over time, by default the first.
///
/// # Errors
/// If there is no such quantity, or nothing to draw.
pub fn chart_over_time(
    document: &ResultDocument,
    profile: &ProfileDocument,
    kind: Kind,
    of: Option<&str>,
) -> Result<Chart, NoChart> {
    let known: Vec<String> = profile.quantities.keys().cloned().collect();
    let name = of.or(known.first().map(String::as_str));
    let name = name.ok_or(NoChart::Nothing("nothing in the scenario changes over time"))?;
    let Some(quantity) = profile.quantities.get(name) else {
        return Err(NoChart::Unknown { name: name.to_owned(), known });
    };
    match kind {
        Kind::Bursting => {
            bursting(document, profile, quantity).ok_or(NoChart::Nothing("the bubble bursts on all paths or on none"))
        }
        _ => Ok(fan(document, profile, quantity)),
    }
}

fn figure(document: &ResultDocument, of: Option<&str>, draw: Draw, draw_vendor: Draw) -> Result<Chart, NoChart> {
    let owned = of.unwrap_or("system.commitment_cost");
    let chart = match owned.strip_prefix(VENDORS).and_then(|owned| owned.rsplit_once('.')) {
        Some((vendor, name)) => Figure::named(name).and_then(|figure| draw_vendor(document, vendor, figure)),
        None => {
            let (owner, name) = owned.split_once('.').unwrap_or((owned, ""));
            Figure::named(name).and_then(|figure| draw(document, owner, figure))
        }
    };
    chart.ok_or_else(|| NoChart::Unknown { name: owned.to_owned(), known: known_figures(document) })
}

/// The figures of a run as options name them.
fn known_figures(document: &ResultDocument) -> Vec<String> {
    let all = document.figures.iter();
    let owned = all.flat_map(|(owner, all)| all.keys().map(move |figure| format!("{owner}.{}", figure.name())));
    let vendors = document.vendors.iter();
    let of_vendors = vendors
        .flat_map(|(vendor, all)| all.whole().map(move |(figure, _)| format!("{VENDORS}{vendor}.{}", figure.name())));
    owned.chain(of_vendors).collect()
}

impl NoChart {
    /// What is wrong.
    pub fn message(&self) -> String {
        match self {
            NoChart::Unknown { name, .. } => format!("--of: there is no `{name}` in this run"),
            NoChart::Nothing(why) => format!("there is nothing to draw: {why}"),
        }
    }

    /// What would help.
    pub fn hint(&self) -> Option<String> {
        match self {
            NoChart::Unknown { name, known } => {
                let likeness = |known: &String| strsim::jaro_winkler(known, name);
                let nearest = known.iter().max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
                nearest.map(|nearest| format!("did you mean `{nearest}`? There are {} in all", known.len()))
            }
            NoChart::Nothing(_) => Some("choose another --kind".into()),
        }
    }
}
