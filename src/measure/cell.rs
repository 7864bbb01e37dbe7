//! Cells of order statistics, and the worst of them.

/// Neighbouring order statistics, spread evenly between two values.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cell {
    pub low: f64,
    pub high: f64,
    /// Paths in this cell.
    pub count: u64,
    /// Paths in the cells before.
    pub before: u64,
}

/// The worst paths of a figure.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tail {
    /// Their mean, in the figure's unit.
    pub mean: f64,
    /// Their variance, in the square of that unit.
    pub variance: f64,
    /// The most by which a single bin could move the mean, if its paths were all at one of its edges.
    pub blur: f64,
}

impl Cell {
    /// The value below which this share of its paths lies.
    pub fn place(&self, share: f64) -> f64 {
        self.low + (self.high - self.low) * share
    }

    /// The k-th lowest value of all paths, k = `before` + 1…`before` + `count`.
    pub fn of_rank(&self, k: u64) -> f64 {
        self.place(((k - self.before) as f64 - 0.5) / self.count as f64)
    }
}

/// Mean and variance of the first `mass` paths of cells, of which `part` gives the ends of the share that is needed.
/// Deviations are taken from the worst value, so that large figures do not cancel.
pub(super) fn tail(cells: impl Iterator<Item = Cell>, mass: f64, part: impl Fn(&Cell, f64) -> (f64, f64)) -> Tail {
    let (mut first, mut second, mut blur, mut worst, mut rest) = (0.0, 0.0, 0.0f64, None, mass);
    for cell in cells {
        let share = (rest / cell.count as f64).min(1.0);
        let (low, high) = part(&cell, share);
        let worst = *worst.get_or_insert(high);
        let weight = share * cell.count as f64;
        let deviation = 0.5 * (low + high) - worst;
        first += weight * deviation;
        // an even spread over a width has a variance of width²/12
        second += weight * (deviation * deviation + (high - low).powi(2) / 12.0);
        blur = blur.max(weight * 0.5 * (high - low) / mass);
        rest -= weight;
        if rest <= 0.0 {
            break;
        }
    }
    let mean = first / mass;
    Tail { mean: worst.unwrap_or(0.0) + mean, variance: (second / mass - mean * mean).max(0.0), blur }
}
