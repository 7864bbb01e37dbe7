//! The numbers of a point that tables and pages show.

use super::rows::{self, Row};
use crate::measure::Estimate;
use crate::registry::Figure;
use crate::result::{Key, Level, Part, Statistic, Subject};

/// The numbers of a point's rows.
pub struct PointNumbers<'a> {
    rows: &'a [Row],
    /// The level of shortfalls.
    level: Option<Level>,
}

impl<'a> PointNumbers<'a> {
    /// Of a point with these rows, with its shortfalls at this level.
    pub fn new(level: Option<Level>, rows: &'a [Row]) -> Self {
        PointNumbers { rows, level }
    }

    fn of_system(&self, figure: Figure, statistic: Statistic) -> Option<f64> {
        rows::get(self.rows, &Key::new(Subject::system(figure), statistic))
    }

    /// The mean of a figure of the system, and its standard error.
    pub fn mean(&self, figure: Figure) -> (Option<f64>, Option<f64>) {
        (self.of_system(figure, Statistic::Mean), self.of_system(figure, Statistic::Se))
    }

    /// The expected shortfall of a figure of the system.
    pub fn shortfall(&self, figure: Figure) -> Estimate {
        estimate(|part| self.of_system(figure, Statistic::Shortfall(self.level?, part)))
    }

    /// The probability that the system's bubble bursts.
    pub fn bubble(&self) -> Estimate {
        let of = |part| Key::new(Subject::system_bubble(), Statistic::Probability(part));
        estimate(|part| rows::get(self.rows, &of(part)))
    }

    /// The currency; `None` if the point failed.
    pub fn currency(&self) -> Option<&str> {
        rows::currency(self.rows)
    }

    /// Why the point failed, if it did.
    pub fn failed(&self) -> Option<String> {
        rows::failure(self.rows).map(str::to_owned)
    }
}

fn estimate(of: impl Fn(Part) -> Option<f64>) -> Estimate {
    Estimate { value: of(Part::Value), low: of(Part::Low), high: of(Part::High), atom: false }
}
