//! Functions of time, as numbers of a file give them.

/// A curve over years: linear between points, flat outside. Years strictly increase; there is at least one point.
#[derive(Debug, Clone, PartialEq)]
pub struct Curve(pub Vec<[f64; 2]>);

/// A step table over years: a value holds from its year until the next; the first value also holds before its year.
#[derive(Debug, Clone, PartialEq)]
pub struct Steps(pub Vec<[f64; 2]>);

impl Curve {
    /// The same value at all times.
    pub fn constant(value: f64) -> Self {
        Curve(vec![[0.0, value]])
    }

    /// The value at `year`.
    pub fn at(&self, year: f64) -> f64 {
        let points = &self.0;
        let after = points.partition_point(|p| p[0] <= year);
        if after == 0 {
            return points[0][1];
        }
        if after == points.len() {
            return points[after - 1][1];
        }
        let ([x0, y0], [x1, y1]) = (points[after - 1], points[after]);
        y0 + (y1 - y0) * ((year - x0) / (x1 - x0))
    }

    /// Least and greatest value.
    pub fn extremes(&self) -> (f64, f64) {
        let values = || self.0.iter().map(|point| point[1]);
        (values().fold(f64::INFINITY, f64::min), values().fold(f64::NEG_INFINITY, f64::max))
    }

    /// The value, if it is the same at all times.
    pub fn fixed(&self) -> Option<f64> {
        let (low, high) = self.extremes();
        (low == high).then_some(low)
    }

    /// The same curve with all values multiplied.
    pub fn scaled(&self, by: f64) -> Self {
        Curve(self.0.iter().map(|&[x, y]| [x, y * by]).collect())
    }
}

impl Steps {
    /// The value that holds at `year`; years compare with a tolerance of 10⁻⁹.
    pub fn at(&self, year: f64) -> f64 {
        let after = self.0.partition_point(|p| p[0] <= year + 1e-9);
        self.0[after.max(1) - 1][1]
    }
}
