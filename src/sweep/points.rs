//! What a store says of a point: the numbers that tables and pages show.

use super::rows::{self, FAILED, Row};
use super::store::Store;
use crate::measure::Estimate;
use crate::result::Asked;

/// The numbers of a point's rows.
pub struct PointNumbers<'a> {
    columns: Vec<String>,
    rows: &'a [Row],
    /// The last level of shortfall that was asked for.
    level: Option<f64>,
}

impl<'a> PointNumbers<'a> {
    /// Of a point in a store.
    pub fn new(store: &Store, rows: &'a [Row]) -> Self {
        let asked: Asked = store.manifest.asked();
        PointNumbers { columns: rows::columns(&asked), rows, level: asked.levels.last().copied() }
    }

    fn find(&self, row: &str, column: &str) -> Option<f64> {
        let place = self.columns.iter().position(|name| name == column)?;
        self.rows.iter().find(|found| found.place() == row)?.numbers[place]
    }

    /// The mean of a figure of the system, and its standard error.
    pub fn mean(&self, figure: &str) -> (Option<f64>, Option<f64>) {
        let of = |column: &str| self.find(&format!("figures.system.{figure}"), column);
        (of("mean"), of("se"))
    }

    /// The expected shortfall of a figure of the system at the last level.
    pub fn shortfall(&self, figure: &str) -> Estimate {
        let row = format!("figures.system.{figure}");
        let part = |part: &str| self.level.and_then(|level| self.find(&row, &format!("shortfall.{level}.{part}")));
        Estimate { value: part("value"), low: part("low"), high: part("high"), atom: false }
    }

    /// The probability that the system's bubble bursts.
    pub fn bubble(&self) -> Estimate {
        let of = |column: &str| self.find("bubble.system", column);
        Estimate { value: of("probability"), low: of("low"), high: of("high"), atom: false }
    }

    /// Why the point failed, if it did.
    pub fn failed(&self) -> Option<String> {
        self.rows.iter().find(|row| row.texts[0] == FAILED).map(|row| row.texts[5].clone())
    }
}
