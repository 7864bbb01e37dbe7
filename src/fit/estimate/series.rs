//! A history as the estimators see it: latent values and the years between them.

/// Latent values at increasing times.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// The latent values, at least three.
    pub x: Vec<f64>,
    /// The years from each value to the next, all above 0; one fewer than values.
    pub years: Vec<f64>,
    /// The different lengths of steps, in years, increasing.
    pub lengths: Vec<f64>,
    /// The place of each step's length among them.
    pub kinds: Vec<usize>,
}

impl Series {
    /// Values and the years between them.
    pub fn new(x: Vec<f64>, years: Vec<f64>) -> Self {
        let mut lengths = years.clone();
        lengths.sort_by(f64::total_cmp);
        lengths.dedup();
        let kinds = years.iter().map(|years| lengths.partition_point(|length| length < years)).collect();
        Series { x, years, lengths, kinds }
    }

    /// The length of the history in years.
    pub fn span(&self) -> f64 {
        self.years.iter().sum()
    }

    /// The lowest speed of reversion that is told from none: its half-life is twice the history's length.
    pub fn slowest(&self) -> f64 {
        std::f64::consts::LN_2 / (2.0 * self.span())
    }

    /// The number of steps.
    pub fn steps(&self) -> usize {
        self.years.len()
    }

    /// The median step in years.
    pub fn typical_step(&self) -> f64 {
        let mut sorted = self.years.clone();
        sorted.sort_by(f64::total_cmp);
        sorted[sorted.len() / 2]
    }

    /// The last latent value.
    pub fn last(&self) -> f64 {
        self.x[self.x.len() - 1]
    }
}
