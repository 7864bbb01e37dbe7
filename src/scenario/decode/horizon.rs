//! Time and discounting.

use super::super::item::Item;
use super::super::limits::{Limits, number, rounded};
use super::super::model::{Curve, Discount, Horizon};
use super::super::source::{Syntax, shown};
use super::super::tree::Value;
use crate::scenario::item::{Either, Fields};
use crate::scenario::setting::date as written_date;

/// Most periods of a scenario: twenty years of weeks.
pub const MOST_PERIODS: u32 = 1040;
/// The words for a step, what a period is called, and how many there are in a year.
const STEPS: [(&str, u32); 4] = [("week", 52), ("month", 12), ("quarter", 4), ("year", 1)];

const YEARS: Limits = Limits::positive("the length of the simulation in years; years × steps per year must be whole");
const RATE: Limits =
    Limits::between(-1.0, 3.0, "a continuously compounded rate per year: 0.10 is 10%; a number or [[year, rate], …]");

/// The `[horizon]`.
pub(super) fn horizon(fields: &Fields) -> Option<Horizon> {
    let start = fields.required("start", "the date of year 0, such as 2026-01-01").and_then(|item| date(&item));
    let meaning = "the length of a period: week, month, quarter or year";
    let step = fields
        .required("step", meaning)
        .and_then(|item| item.choice(&STEPS.map(|(word, _)| word), meaning))
        .map(|place| STEPS[place]);
    let years = fields.required("years", YEARS.meaning);
    let length = years.as_ref().and_then(|item| item.number(&YEARS));
    fields.finish();
    let (start, (step, steps_per_year)) = (start?, step?);
    let periods = periods(&years?, length?, step, f64::from(steps_per_year))?;
    Some(Horizon { start, steps_per_year, periods })
}

fn date(item: &Item) -> Option<String> {
    let json = item.context.source.syntax() == Syntax::Json;
    match &item.node.value {
        Value::Date(date) => return Some(date.clone()),
        Value::Text(text) if json => {
            let date = written_date(text);
            if date.is_none() {
                let hint = "write year-month-day, such as \"start\": \"2026-01-01\"";
                item.fail(format!("`start` is \"{}\", which is not a date", shown(text)), "must be a date", hint);
            }
            return date;
        }
        Value::Text(_) => item.wrong_type("a date", "write the date without quotes, such as start = 2026-01-01"),
        _ => item.wrong_type("a date", "`start` is the date of year 0, such as 2026-01-01"),
    }
    None
}

/// The number of periods, which has to be whole.
fn periods(item: &Item, years: f64, step: &str, per_year: f64) -> Option<u32> {
    let count = (years * per_year).round();
    if count > f64::from(MOST_PERIODS) {
        let title = format!("`years` is {}, which makes {} periods", number(years), number(count));
        let hint = format!("use fewer years or a step longer than a {step}");
        item.fail(title, format!("must make at most {MOST_PERIODS} periods"), hint);
        return None;
    }
    whole(item, years, step, per_year, "years × steps per year must be a whole number of periods, at least 1")?;
    Some(count as u32)
}

/// Years that are given as a whole number of the horizon's periods.
pub(super) fn whole_periods(item: &Item, years: f64, horizon: &Horizon) -> Option<f64> {
    let step = STEPS.iter().find(|(_, per_year)| *per_year == horizon.steps_per_year).map_or("period", |step| step.0);
    let per_year = f64::from(horizon.steps_per_year);
    whole(item, years, step, per_year, "must be a whole number of periods, at least 1").map(|()| years)
}

/// Whether years make up whole periods; years compare with a tolerance of 10⁻⁹.
fn whole(item: &Item, years: f64, step: &str, per_year: f64, label: &str) -> Option<()> {
    let count = (years * per_year).round();
    if count >= 1.0 && (years - count / per_year).abs() <= 1e-9 {
        return Some(());
    }
    let near = count.max(1.0);
    let title = format!("`{}` is {}, not a whole number of {step}s", item.subject, number(years));
    item.fail(title, label, format!("the nearest is {} years, {near} × 1 {step}", rounded(near / per_year)));
    None
}

/// The `[discount]`.
pub(super) fn discount(fields: &Fields) -> Option<Discount> {
    let hint = "`rate` is a single rate; `curve` gives zero rates as [[year, rate], …]";
    let rate = match fields.either("rate", "curve", hint) {
        Some(Either::First(item)) => item.number(&RATE).map(Curve::constant),
        Some(Either::Second(item)) => item.points(&RATE),
        None => None,
    };
    let liabilities = fields.optional("liabilities").map(|item| item.curve(&RATE));
    fields.finish();
    let rate = rate?;
    let liabilities = liabilities.unwrap_or_else(|| Some(rate.clone()))?;
    Some(Discount { rate, liabilities })
}
