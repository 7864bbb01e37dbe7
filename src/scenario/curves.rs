//! Arrays of `[year, value]` pairs: curves, step tables, forwards and lumps.

use super::item::Item;
use super::limits::{Limits, number};
use super::model::{Curve, Steps};
use super::tree::Value;

/// Points of one curve.
const MOST_POINTS: usize = 10_000;
/// Years compare with this tolerance, so two years of a curve must be further apart.
const SAME_YEAR: f64 = 1e-9;

/// Any year that a curve may have.
const YEAR: Limits = Limits::between(-10_000.0, 10_000.0, "a time in years, then the value there");
/// Years after the start date.
const LATER_YEAR: Limits = YEAR.above(0.0);
/// Years from the start date on.
const YEAR_FROM_START: Limits = Limits::between(0.0, 10_000.0, "years from the start date, then the amount");

impl Item<'_> {
    /// A number, which holds at all times, or a curve.
    pub fn curve(&self, limits: &Limits) -> Option<Curve> {
        self.constant_or_pairs(&YEAR, limits).map(Curve)
    }

    /// A curve that is given by its points.
    pub fn points(&self, limits: &Limits) -> Option<Curve> {
        self.pairs(&YEAR, limits, true).map(Curve)
    }

    /// A number, which holds at all times, or a step table.
    pub fn steps(&self, limits: &Limits) -> Option<Steps> {
        self.constant_or_pairs(&YEAR, limits).map(Steps)
    }

    /// A forward curve: years after the start date.
    pub fn forward(&self, limits: &Limits) -> Option<Vec<[f64; 2]>> {
        self.pairs(&LATER_YEAR, limits, true)
    }

    /// Amounts at years from the start date on; possibly none.
    pub fn lumps(&self, limits: &Limits) -> Option<Vec<[f64; 2]>> {
        self.pairs(&YEAR_FROM_START, limits, false)
    }

    fn constant_or_pairs(&self, years: &Limits, values: &Limits) -> Option<Vec<[f64; 2]>> {
        match self.node.value {
            Value::Number { .. } => Some(vec![[0.0, self.number(values)?]]),
            Value::Array(_) => self.pairs(years, values, true),
            _ => {
                self.wrong_type("a number or a curve", format!("`{}` is {}", self.subject, values.meaning));
                None
            }
        }
    }

    fn pairs(&self, years: &Limits, values: &Limits, some: bool) -> Option<Vec<[f64; 2]>> {
        let elements = self.list(MOST_POINTS, "an array of [year, value] pairs")?;
        if some && elements.is_empty() {
            self.fail(
                format!("`{}` is empty", self.subject),
                "must have at least one point",
                "write [[year, value], …]",
            );
            return None;
        }
        // All points are read before the first bad one ends it, so that each is reported.
        let points: Vec<Option<[f64; 2]>> = elements.iter().map(|element| pair(element, years, values)).collect();
        let ordered = increasing(&elements, &points);
        points.into_iter().collect::<Option<Vec<_>>>().filter(|_| ordered)
    }
}

fn pair(element: &Item, years: &Limits, values: &Limits) -> Option<[f64; 2]> {
    let [year, value] = element.parts(["year", "value"])?;
    let (year, value) = (year.number(years), value.number(values));
    Some([year?, value?])
}

/// Whether the years that could be read strictly increase.
fn increasing(elements: &[Item], points: &[Option<[f64; 2]>]) -> bool {
    let mut ordered = true;
    let mut last: Option<f64> = None;
    for (element, point) in elements.iter().zip(points) {
        let Some([year, _]) = *point else { continue };
        if let Some(before) = last.filter(|before| year <= before + SAME_YEAR) {
            let title = format!("year {} comes after year {}", number(year), number(before));
            let hint = format!("sort the points of `{}` by year, with one point for each year", element.parent());
            element.fail(title, format!("must be later than {}", number(before)), hint);
            ordered = false;
        }
        last = Some(last.map_or(year, |before| before.max(year)));
    }
    ordered
}

impl Item<'_> {
    /// The subject of the array that this is an element of.
    fn parent(&self) -> &str {
        self.subject.rsplit_once('[').map_or(self.subject.as_str(), |(array, _)| array)
    }
}
