//! What is kept of quantities over time (`plan::course`), by row: a quantity at a date.

use crate::plan::course::{COURSE_BINS, Course};

/// Sums over the paths of one part: those where the row's bubble bursts by the horizon, or the others.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct PartSums {
    pub count: u64,
    /// Σ y with y = (value − centre) / scale.
    pub first: f64,
    /// Σ y².
    pub second: f64,
}

impl PartSums {
    /// Adds those of other paths.
    pub fn add(&mut self, other: PartSums) {
        self.count += other.count;
        self.first += other.first;
        self.second += other.second;
    }
}

/// A quantity at a date, over the paths where it is defined.
#[derive(Debug, Clone, PartialEq)]
pub struct CourseRow {
    /// Paths whose bubble does not burst by the horizon, and those whose does.
    pub parts: [PartSums; 2],
    pub min: f64,
    pub max: f64,
    /// Paths by bin, [`COURSE_BINS`] of them.
    pub bins: Vec<u32>,
}

impl Default for CourseRow {
    fn default() -> Self {
        CourseRow { parts: Default::default(), min: f64::INFINITY, max: f64::NEG_INFINITY, bins: vec![0; COURSE_BINS] }
    }
}

/// All rows of a course, dates outermost.
#[derive(Debug, Clone, PartialEq)]
pub struct CourseTally {
    /// Paths computed, invalid ones included.
    pub paths: u64,
    pub rows: Vec<CourseRow>,
}

impl CourseTally {
    /// The tally of no paths.
    pub fn new(course: &Course) -> Self {
        CourseTally { paths: 0, rows: vec![CourseRow::default(); course.rows()] }
    }
}
