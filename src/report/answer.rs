//! The answer in two sentences: what is owed and what it brings in, and how likely the bubble is to burst.
//!
//! Digits follow what is known of a single future, not the number of paths.

use super::numbers::money_size;
use crate::measure::Estimate;
use crate::registry::Figure;
use crate::result::{self, Key, Level, Occurrence, Provenance, ResultDocument, SYSTEM, SensitivityDocument};
use crate::text::harmless::short;
use crate::text::numbers::{exponent, fixed, significant};
use crate::text::titles::{Named, Titles};
use crate::text::words::{chance, duration, month, range_decimals};

/// Digits of a number of which no range is known.
const DIGITS: i32 = 3;
/// Digits of any number of a sentence.
const MOST_DIGITS: i32 = 4;
/// Characters of names.
const NAME: usize = 80;

/// What a result says, in two sentences; less where the scenario commits to nothing, or defines no bubble.
pub fn answer_sentences(
    document: &ResultDocument,
    drivers: Option<&SensitivityDocument>,
    titles: &Titles,
) -> Vec<String> {
    [costs(document), bubble(document, drivers, titles)].into_iter().flatten().collect()
}

/// How long a run looks ahead: `the 7 years from November 2025`.
pub fn horizon(of: &Provenance) -> String {
    let years = f64::from(of.periods) / f64::from(of.steps_per_year);
    format!("the {} from {}", duration(years), month(&of.start))
}

/// Total commitment cost and net value, each with the range of 90% of futures.
fn costs(document: &ResultDocument) -> Option<String> {
    let of = |figure| Some(spread(document, figure, document.of_system(figure)?));
    let whose = if document.figures.len() > 2 { " of all organizations together" } else { "" };
    let cost = of(Figure::CommitmentCost)?;
    let value = of(Figure::NetValue).map(|value| format!("; net value averages {value}")).unwrap_or_default();
    let over = horizon(&document.provenance);
    Some(format!("Over {over}, total commitment cost{whose} averages {cost} in present value{value}."))
}

/// A mean with the range of 90% of futures: `$29.8bn (90% of futures: $29.5bn to $30.1bn)`.
fn spread(document: &ResultDocument, kind: Figure, figure: &result::Figure) -> String {
    let Some(mean) = figure.mean else { return "an unknown amount".to_owned() };
    let (decimals, range) = range_of(document, kind, figure);
    let mean = amount(document, kind, mean, decimals);
    match range {
        Some([low, high]) => format!("{mean} (90% of futures: {low} to {high})"),
        None if figure.sd == Some(0.0) => format!("{mean}, whatever happens,"),
        None => mean,
    }
}

/// The range of 90% of futures, and how many digits after the point it takes to tell its ends apart; neither where its ends are
/// unknown or the same.
pub fn range_of(
    document: &ResultDocument,
    kind: Figure,
    figure: &result::Figure,
) -> (Option<i32>, Option<[String; 2]>) {
    let at = |p: f64| figure.quantiles.get(&Level::new(p)).and_then(|found| found.value);
    let Some((low, high)) = at(0.05).zip(at(0.95)).filter(|(low, high)| low < high) else { return (None, None) };
    let (factor, _) = scale_of(document, kind);
    let decimals = Some(range_decimals(low / factor, high / factor));
    (decimals, Some([low, high].map(|x| amount(document, kind, x, decimals))))
}

/// A number of a figure with its unit, with so many digits after the point at most.
pub fn amount(document: &ResultDocument, kind: Figure, x: f64, decimals: Option<i32>) -> String {
    let size = scale_of(document, kind).1;
    let digits = |x: f64, decimals: i32| fixed(x, decimals.min(MOST_DIGITS - 1 - exponent(x)));
    let write = |x: f64| decimals.map_or_else(|| significant(x, DIGITS), |decimals| digits(x, decimals));
    document.provenance.labels().amount(x, kind.unit().into(), size, write)
}

/// What numbers of a figure are divided by, and the size that all money of a page is scaled by.
fn scale_of(document: &ResultDocument, kind: Figure) -> (f64, f64) {
    let size = money_size([document]);
    (document.provenance.labels().scaled(kind.unit().into(), size).0, size)
}

/// How likely the bubble is, when it bursts, how far the inputs leave it open, and what it hangs on.
fn bubble(document: &ResultDocument, drivers: Option<&SensitivityDocument>, titles: &Titles) -> Option<String> {
    let found = document.system_bubble()?;
    let (of, single) = (&document.provenance, document.figures.len() <= 2);
    let by = month(&of.date(of.periods));
    let name = if single { "The bubble" } else { "The system's bubble" };
    let mut sentence = match found.probability? {
        p if p <= 0.0 => {
            let most = found.high.filter(|&high| high > 0.0).map(|high| format!(" (at most {})", chance(high)));
            format!("{name} bursts by {by} in none of the simulated futures{}", most.unwrap_or_default())
        }
        p => format!("{name} bursts by {by} with a probability of {}{}", chance(p), moment(found)),
    };
    if let Some([low, high]) = open_range(document) {
        sentence += &format!("; with other plausible inputs, it is between {low} and {high}");
    }
    if !single {
        sentence += &likeliest(document, titles).unwrap_or_default();
    }
    if let Some(driver) = hinge(document, drivers) {
        sentence += &format!("; it depends most on “{}”", short(&driver, NAME));
    }
    Some(sentence + ".")
}

/// When it bursts, if it does.
fn moment(found: &Occurrence) -> String {
    let mean = found.time.mean.filter(|mean| mean.is_finite());
    mean.map(|mean| format!(" (on average after {})", duration(mean))).unwrap_or_default()
}

/// The bubble's probabilities between which 90% of the parameter sets lie.
pub fn open_range(document: &ResultDocument) -> Option<[String; 2]> {
    let output = document.uncertainty.as_ref()?.outputs.get(&Key::system_bubble().to_string())?;
    let [low, high] = output.range;
    low.zip(high).filter(|(low, high)| low < high).map(|(low, high)| [low, high].map(chance))
}

/// The organization whose bubble is the likeliest.
fn likeliest(document: &ResultDocument, titles: &Titles) -> Option<String> {
    let own = document.bubble.iter().filter(|(name, _)| *name != SYSTEM);
    let known = own.filter_map(|(name, found)| Some((name, found.probability?)));
    let (name, p) = known.max_by(|a, b| a.1.total_cmp(&b.1)).filter(|(_, p)| *p > 0.0)?;
    Some(format!(
        "; {} is the likeliest to fail, with {}",
        short(titles.get(Named::Organization, name), NAME),
        chance(p)
    ))
}

/// The input that moves the bubble's probability most: by the tornado chart, or else by the variance that it explains.
fn hinge(document: &ResultDocument, drivers: Option<&SensitivityDocument>) -> Option<String> {
    drivers.and_then(by_swing).or_else(|| by_variance(document))
}

fn by_swing(drivers: &SensitivityDocument) -> Option<String> {
    let (key, swing) = drivers.swings(&Key::system_bubble())?.into_iter().next()?;
    let label = drivers.inputs.get(key).and_then(|input| input.label.clone());
    (swing.size() > 0.0).then(|| label.unwrap_or_else(|| key.clone()))
}

fn by_variance(document: &ResultDocument) -> Option<String> {
    let of = document.uncertainty.as_ref()?;
    let shares = of.outputs.get(&Key::system_bubble().to_string())?.first_order.iter();
    let known = shares.filter_map(|(key, share): (_, &Estimate)| Some((key, share.value?)));
    let (key, share) = known.max_by(|a, b| a.1.total_cmp(&b.1))?;
    let label = of.inputs.get(key).and_then(|input| input.label.clone());
    (share > 0.0).then(|| label.unwrap_or_else(|| key.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::result::EstimateRequest;
    use crate::result::testing::document;

    #[test]
    fn two_sentences_say_what_is_owed_and_how_likely_the_bubble_is() {
        let document = document(1, 20_000, &EstimateRequest::default());
        let [costs, bubble] = answer_sentences(&document, None, &Titles::default()).try_into().expect("two sentences");
        let cost = &document.figures[SYSTEM][&Figure::CommitmentCost];
        let mean = amount(&document, Figure::CommitmentCost, cost.mean.unwrap(), Some(0));
        assert!(costs.starts_with("Over the 6 years from July 2026, "), "{costs}");
        assert!(costs.contains(&format!("averages {mean} (90% of futures: $")) && costs.ends_with('.'), "{costs}");
        let found = document.system_bubble().unwrap();
        let p = chance(found.probability.unwrap());
        assert!(bubble.contains(&format!("with a probability of {p} (on average after ")), "{bubble}");
    }

    #[test]
    fn what_never_happens_and_what_is_certain_are_said_in_words() {
        let mut document = document(1, 2_000, &EstimateRequest::default());
        let found = document.bubble.get_mut(SYSTEM).unwrap();
        (found.probability, found.high) = (Some(0.0), Some(0.001_9));
        let cost = document.figures.get_mut(SYSTEM).unwrap().get_mut(&Figure::CommitmentCost).unwrap();
        cost.sd = Some(0.0);
        let mean = cost.mean;
        cost.quantiles.values_mut().for_each(|quantile| quantile.value = mean);
        let sentences = answer_sentences(&document, None, &Titles::default());
        assert!(sentences[0].contains(", whatever happens, in present value"), "{}", sentences[0]);
        assert!(sentences[1].contains("in none of the simulated futures (at most 0.2%)"), "{}", sentences[1]);
        document.bubble.clear();
        assert_eq!(answer_sentences(&document, None, &Titles::default()).len(), 1);
    }

    #[test]
    fn of_several_organizations_the_likeliest_to_fail_is_named() {
        let document = document(3, 5_000, &EstimateRequest::default());
        let sentences = answer_sentences(&document, None, &Titles::default());
        assert!(sentences[0].contains("of all organizations together"), "{}", sentences[0]);
        let own = document.bubble.iter().filter(|(name, _)| *name != SYSTEM);
        let (name, _) = own.max_by(|a, b| a.1.probability.unwrap().total_cmp(&b.1.probability.unwrap())).unwrap();
        assert!(sentences[1].contains(&format!("; {name} is the likeliest to fail")), "{}", sentences[1]);
    }
}
