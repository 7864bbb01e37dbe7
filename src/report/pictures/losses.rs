//! Who bears the losses: the mean loss of each vendor by the organization that causes it.

use indexmap::IndexMap;

use crate::report::chart::{Axis, By, Chart, Colour, Mark, Reading, Readings};
use crate::report::numbers::{error_text, unit_in};
use crate::result::{LossFigure, ResultDocument};
use crate::text::harmless::short;
use crate::text::numbers::{NOTHING, TABLE_DIGITS, supported};
use crate::text::titles::{Named, Titles};
use crate::text::units::Unit;

/// Organizations that have a colour of their own.
const OWN_COLOUR: usize = 5;
/// Characters of a name.
const NAME: usize = 28;
/// The least length of a vendor's bar, as a share of the longest, that can be seen.
const VISIBLE: f64 = 0.002;
/// What the second row of a vendor is called.
const GIVEN: &str = "if it bursts";

/// A mean and its standard error, in currency.
type Mean = [Option<f64>; 2];
/// The losses of a vendor by organization.
type Losses = IndexMap<String, LossFigure>;

/// The paths over which a mean is.
#[derive(Clone, Copy, PartialEq)]
enum Paths {
    All,
    /// On which the system's bubble bursts by the horizon.
    Bursting,
}

impl Paths {
    fn mean(self, loss: &LossFigure) -> Mean {
        match self {
            Paths::All => [loss.loss.mean, loss.loss.se],
            Paths::Bursting => loss.given_bubble.map_or([None; 2], |given| [given.mean, given.se]),
        }
    }

    fn total(self, losses: &Losses) -> f64 {
        losses.values().filter_map(|loss| self.mean(loss)[0]).sum()
    }
}

/// Organizations that share a colour.
struct Series<'a> {
    name: String,
    colour: Colour,
    of: Vec<&'a str>,
}

impl Series<'_> {
    fn sum(&self, losses: &Losses, paths: Paths) -> f64 {
        self.of.iter().filter_map(|name| paths.mean(losses.get(*name)?)[0]).sum()
    }

    /// Its mean and error in a reading; a sum has no error, as losses depend on each other.
    fn text(&self, losses: &Losses, paths: Paths, factor: f64) -> String {
        match self.of.as_slice() {
            [name] => losses.get(*name).map_or_else(
                || NOTHING.into(),
                |loss| {
                    let [mean, error] = paths.mean(loss);
                    text(mean, error, factor)
                },
            ),
            _ => text(Some(self.sum(losses, paths)), None, factor),
        }
    }
}

/// The mean loss by vendor, the largest first, in bars stacked by organization: over all paths, and under that over those on
/// which the bubble bursts. Vendors whose bars would be too short to see are left out. `None` if no vendor loses anything.
pub fn losses(document: &ResultDocument, titles: &Titles) -> Option<Chart> {
    let longest = |losses: &Losses| Paths::All.total(losses).max(Paths::Bursting.total(losses));
    let whole = document.losses.values().map(longest).fold(0.0, f64::max);
    if whole <= 0.0 {
        return None;
    }
    let seen = document.losses.iter().filter(|(_, losses)| longest(losses) >= VISIBLE * whole);
    let mut vendors: Vec<(&String, &Losses)> = seen.collect();
    vendors.sort_by(|a, b| Paths::All.total(b.1).total_cmp(&Paths::All.total(a.1)));
    let bursts = vendors.iter().any(|(_, losses)| losses.values().any(|loss| Paths::Bursting.mean(loss)[0].is_some()));
    let kinds: &[Paths] = if bursts { &[Paths::All, Paths::Bursting] } else { &[Paths::All] };
    Some(rows(document, &vendors, kinds, titles))
}

/// The organizations by what they cost all vendors, the largest first; beyond those with a colour of their own together.
fn series<'a>(vendors: &[(&'a String, &'a Losses)], titles: &Titles) -> Vec<Series<'a>> {
    let mut totals: IndexMap<&str, f64> = IndexMap::new();
    for (organization, loss) in vendors.iter().flat_map(|(_, losses)| losses.iter()) {
        let [mean, given] = [Paths::All, Paths::Bursting].map(|paths| paths.mean(loss)[0].unwrap_or(0.0));
        *totals.entry(organization).or_default() += mean.max(given);
    }
    totals.retain(|_, total| *total > 0.0);
    totals.sort_by(|_, a, _, b| b.total_cmp(a));
    let names: Vec<&str> = totals.into_keys().collect();
    let (own, others) = names.split_at(names.len().min(OWN_COLOUR));
    let called = |name| short(titles.get(Named::Organization, name), NAME);
    let own = own.iter().enumerate();
    let mut all: Vec<Series> = own
        .map(|(place, &name)| Series { name: called(name), colour: Colour::of_series(place), of: vec![name] })
        .collect();
    if !others.is_empty() {
        all.push(Series { name: "others".into(), colour: Colour::Grey, of: others.to_vec() });
    }
    all
}

fn rows(document: &ResultDocument, vendors: &[(&String, &Losses)], kinds: &[Paths], titles: &Titles) -> Chart {
    let (factor, label) = unit_in(document, Unit::Money);
    let series = series(vendors, titles);
    let called = |vendor: &str| short(titles.get(Named::Vendor, vendor), NAME);
    let lines: Vec<(&str, &Losses, Paths)> = vendors
        .iter()
        .flat_map(|&(vendor, losses)| kinds.iter().map(move |&paths| (vendor.as_str(), losses, paths)))
        .collect();
    let name = |&(vendor, _, paths): &(&str, &Losses, Paths)| match paths {
        Paths::All => called(vendor),
        Paths::Bursting => GIVEN.to_owned(),
    };
    let total = |&(_, losses, paths): &(&str, &Losses, Paths)| paths.total(losses) / factor;
    let mut bars: Vec<Vec<[f64; 4]>> = vec![Vec::new(); series.len()];
    let mut readings = Vec::new();
    for (row, line) in lines.iter().enumerate() {
        let &(vendor, losses, paths) = line;
        // the two rows of a vendor are nearer to each other than to the next
        let (above, below) = match (kinds.len(), paths) {
            (1, _) => (0.34, 0.34),
            (_, Paths::All) => (0.24, 0.44),
            (_, Paths::Bursting) => (0.44, 0.24),
        };
        let (y, mut at) = (row as f64, 0.0);
        for (one, bars) in series.iter().zip(&mut bars) {
            let size = one.sum(losses, paths) / factor;
            if size > 0.0 {
                bars.push([at, y - above, at + size, y + below]);
            }
            at += size;
        }
        let of = match paths {
            Paths::All => called(vendor),
            Paths::Bursting => format!("{}, {GIVEN}", called(vendor)),
        };
        let parts = series.iter().map(|one| one.text(losses, paths, factor));
        let whole = whole(document, *line, factor);
        readings.push(Reading { x: at, y, texts: std::iter::once(of).chain(parts).chain([whole]).collect() });
    }
    let given = if kinds.len() > 1 { " and, under it, over those on which the bubble bursts" } else { "" };
    let summary = format!(
        "Mean losses of {} vendors in {label}, the largest first, over all paths{given}, stacked by the organization that causes them",
        vendors.len()
    );
    let x = Axis::over(format!("Mean loss, present value, {label}"), lines.iter().map(total)).from_zero();
    let y = Axis::names(lines.iter().map(name).collect());
    let title = if kinds.len() > 1 { "Losses of vendors, and if the bubble bursts" } else { "Losses of vendors" };
    let mut chart = Chart::new(title, summary, x, y);
    chart.rows = Some(lines.len());
    let names = series.iter().map(|one| one.name.clone());
    let columns = std::iter::once("vendor".to_owned()).chain(names).chain(["total".to_owned()]).collect();
    chart.readings = Readings { columns, by: By::Y, rows: readings };
    let marks = series.into_iter().zip(bars);
    chart.marks = marks.map(|(one, bars)| Mark::Bars { name: one.name, colour: one.colour, bars }).collect();
    chart
}

/// What a vendor loses in all, in a reading. The error is known of one organization, and over all paths.
fn whole(document: &ResultDocument, (vendor, losses, paths): (&str, &Losses, Paths), factor: f64) -> String {
    let figure = document.vendors.get(vendor).and_then(|figures| figures.loss.as_ref());
    let [mean, error] = match (paths, figure) {
        _ if losses.len() == 1 => paths.mean(&losses[0]),
        (Paths::All, Some(figure)) => [figure.mean, figure.se],
        _ => [Some(paths.total(losses)), None],
    };
    text(mean, error, factor)
}

/// A mean with its error, in a reading.
fn text(mean: Option<f64>, error: Option<f64>, factor: f64) -> String {
    let [mean, error] = [mean, error].map(|x| x.map(|x| x / factor));
    format!("{} {}", supported(mean, error, TABLE_DIGITS + 2), error_text(error)).trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::result::EstimateRequest;
    use crate::result::testing::document;

    fn bars(chart: &Chart) -> Vec<&[f64; 4]> {
        let all = chart.marks.iter();
        all.flat_map(|mark| if let Mark::Bars { bars, .. } = mark { bars.as_slice() } else { &[] }).collect()
    }

    /// Where the bars of a row begin and end, in order, in currency.
    fn row(chart: &Chart, wanted: usize) -> Vec<[f64; 2]> {
        let own = bars(chart).into_iter().filter(|bar| (0.5 * (bar[1] + bar[3])).round() as usize == wanted);
        own.map(|bar| [1e9 * bar[0], 1e9 * bar[2]]).collect()
    }

    #[test]
    fn organizations_add_up_to_what_a_vendor_loses() {
        let document = document(2, 2_000, &EstimateRequest::default());
        let chart = losses(&document, &Titles::default()).expect("a vendor loses");
        let of = &document.losses["Vendor0"];
        let both = [Paths::All, Paths::Bursting];
        for (place, paths) in both.into_iter().enumerate() {
            let mut at = 0.0;
            let found = row(&chart, place);
            assert_eq!(found.len(), 2, "one bar for each organization");
            for [begins, ends] in found {
                assert!((begins - at).abs() < 1.0 && ends > begins, "{begins} does not follow {at}");
                at = ends;
            }
            assert!((at - paths.total(of)).abs() < 1.0, "{at}");
        }
        let texts: Vec<&str> = chart.readings.rows.iter().map(|row| row.texts[0].as_str()).collect();
        assert_eq!(texts, ["Vendor0", "Vendor0, if it bursts"]);
        assert!(chart.readings.rows[0].texts[1].contains(" ± "), "{:?}", chart.readings.rows[0].texts);
    }

    #[test]
    fn the_largest_loss_comes_first_and_what_is_not_lost_is_not_drawn() {
        let mut document = document(2, 2_000, &EstimateRequest::default());
        let times = |losses: &Losses, factor: f64| {
            let mut losses = losses.clone();
            for loss in losses.values_mut() {
                loss.loss.mean = loss.loss.mean.map(|x| factor * x);
                loss.given_bubble = None;
            }
            losses
        };
        let usual = document.losses["Vendor0"].clone();
        document.losses = [("small", 0.5), ("none", 0.0), ("tiny", 0.001), ("large", 2.0)]
            .map(|(name, factor)| (name.to_owned(), times(&usual, factor)))
            .into_iter()
            .collect();
        let chart = losses(&document, &Titles::default()).expect("two lose");
        let names: Vec<&str> = chart.readings.rows.iter().map(|row| row.texts[0].as_str()).collect();
        assert_eq!(names, ["large", "small"], "and no rows for a bubble that nothing is known of");
        document.losses.retain(|name, _| name == "none");
        assert!(losses(&document, &Titles::default()).is_none());
        document.losses.clear();
        assert!(losses(&document, &Titles::default()).is_none());
    }

    #[test]
    fn many_organizations_share_the_last_colour() {
        let mut document = document(2, 2_000, &EstimateRequest::default());
        let one = document.losses["Vendor0"]["alpha"].clone();
        let losses_of = (0..8).map(|i| (format!("lab{i}"), one.clone())).collect();
        document.losses = IndexMap::from([("Vendor0".to_owned(), losses_of)]);
        let chart = losses(&document, &Titles::default()).expect("a vendor loses");
        assert_eq!(chart.marks.len(), OWN_COLOUR + 1);
        let last = row(&chart, 0).last().copied().expect("there are others");
        let each = one.loss.mean.unwrap();
        assert!((last[1] - last[0] - 3.0 * each).abs() < 10.0 && (last[1] - 8.0 * each).abs() < 10.0, "{last:?}");
    }
}
