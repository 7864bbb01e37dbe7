//! Pictures: what stands in a chart, apart from where it is drawn. [`svg()`] and [`png()`] draw it.

mod axis;
mod draw;
mod output;
mod palette;

pub use axis::{Axis, Numbers, Scale};
pub use output::{Drawn, PixelError, png, svg};
pub use palette::{Colour, SERIES};

/// A chart, and what a reader of it may want to know in numbers.
#[derive(Debug, Clone)]
pub struct Chart {
    pub title: String,
    /// A sentence for those who cannot see it.
    pub summary: String,
    pub x: Axis,
    pub y: Axis,
    /// Drawn in this order.
    pub marks: Vec<Mark>,
    /// What pointing at the chart tells.
    pub readings: Readings,
    /// Height in rows of text, where categories need more than usual.
    pub rows: Option<usize>,
}

/// Something that is drawn. Coordinates are the axes'.
#[derive(Debug, Clone)]
pub enum Mark {
    /// The area between two curves.
    Band {
        name: String,
        colour: Colour,
        strength: f64,
        x: Vec<f64>,
        low: Vec<f64>,
        high: Vec<f64>,
    },
    Line {
        name: String,
        colour: Colour,
        dashed: bool,
        x: Vec<f64>,
        y: Vec<f64>,
    },
    /// Rectangles from (x0, y0) to (x1, y1).
    Bars {
        name: String,
        colour: Colour,
        bars: Vec<[f64; 4]>,
    },
    /// Points with intervals: (x, y), then low and high in the direction of the value, the same twice for none.
    Points {
        name: String,
        colour: Colour,
        upright: bool,
        points: Vec<[f64; 4]>,
    },
    /// A line across the whole chart at a value of x.
    Rule {
        name: String,
        colour: Colour,
        x: f64,
    },
    /// The same at a value of y.
    Level {
        name: String,
        colour: Colour,
        y: f64,
    },
    /// A surface of cells by column and row, from light to dark; `edges` are the cells' borders.
    Cells {
        x_edges: Vec<f64>,
        y_edges: Vec<f64>,
        values: Vec<f64>,
        lowest: f64,
        highest: f64,
        /// What the scale says at even steps from the lowest to the highest.
        scale: Vec<String>,
    },
}

/// A table of what is drawn: a column for the position and one for each series.
#[derive(Debug, Clone, Default)]
pub struct Readings {
    /// The position's name, then the series'.
    pub columns: Vec<String>,
    /// Along which axis the position is.
    pub by: By,
    pub rows: Vec<Reading>,
}

/// The axis along which readings follow each other.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum By {
    #[default]
    X,
    Y,
    /// Points anywhere.
    Both,
}

/// What stands at a place of a chart, as text.
#[derive(Debug, Clone)]
pub struct Reading {
    pub x: f64,
    pub y: f64,
    pub texts: Vec<String>,
}

impl Chart {
    /// A chart with nothing in it yet.
    pub fn new(title: impl Into<String>, summary: impl Into<String>, x: Axis, y: Axis) -> Self {
        let (title, summary) = (title.into(), summary.into());
        Chart { title, summary, x, y, marks: Vec::new(), readings: Readings::default(), rows: None }
    }

    /// The same with readings by x under these columns.
    pub fn reading(mut self, columns: Vec<String>, rows: Vec<(f64, Vec<String>)>) -> Self {
        let rows = rows.into_iter().map(|(x, texts)| Reading { x, y: f64::NAN, texts }).collect();
        self.readings = Readings { columns, by: By::X, rows };
        self
    }

    /// What the legend lists: names that are not empty, in the order of drawing, each once.
    pub(super) fn legend(&self) -> Vec<(&str, Swatch)> {
        let mut entries: Vec<(&str, Swatch)> = Vec::new();
        for mark in &self.marks {
            let (name, swatch) = match mark {
                Mark::Band { name, colour, strength, .. } => (name, Swatch::Area(*colour, *strength)),
                Mark::Line { name, colour, dashed, .. } => (name, Swatch::Line(*colour, *dashed)),
                Mark::Bars { name, colour, .. } => (name, Swatch::Area(*colour, 1.0)),
                Mark::Points { name, colour, .. } => (name, Swatch::Dot(*colour)),
                Mark::Rule { name, colour, .. } | Mark::Level { name, colour, .. } => {
                    (name, Swatch::Line(*colour, true))
                }
                Mark::Cells { scale, .. } => {
                    let last = scale.len().saturating_sub(1).max(1) as f64;
                    let step = |(place, text)| (text, Swatch::Area(Colour::step(place as f64 / last), 1.0));
                    entries.extend(scale.iter().map(String::as_str).enumerate().map(step));
                    continue;
                }
            };
            if !name.is_empty() && entries.iter().all(|(known, _)| known != name) {
                entries.push((name, swatch));
            }
        }
        entries
    }
}

/// How a mark looks in the legend.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Swatch {
    Area(Colour, f64),
    Line(Colour, bool),
    Dot(Colour),
}
