//! Colours: those of Okabe and Ito (2008), which colour-blind readers can tell apart, and greys. Pages give them other values in
//! the dark (`page/style.css`), by the values here.

use plotters::style::RGBColor;

/// A colour by its purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colour {
    Blue,
    Orange,
    Green,
    Purple,
    Yellow,
    Sky,
    /// What matters less than others.
    Grey,
    /// Text and marks that belong to no series.
    Ink,
    /// Axes and their text.
    Axis,
    Grid,
    /// A step of a scale from light to dark.
    Step(u8),
}

/// Colours of series, in the order in which they are taken.
pub const SERIES: [Colour; 6] =
    [Colour::Blue, Colour::Orange, Colour::Green, Colour::Purple, Colour::Yellow, Colour::Sky];

/// A scale that grows darker evenly, readable in grey too (the blues of a single hue).
const STEPS: [(u8, u8, u8); 9] = [
    (0xEF, 0xF5, 0xFA),
    (0xD6, 0xE6, 0xF4),
    (0xB8, 0xD6, 0xEC),
    (0x90, 0xC1, 0xE2),
    (0x62, 0xA8, 0xD3),
    (0x3A, 0x8C, 0xC1),
    (0x1D, 0x6F, 0xAB),
    (0x0B, 0x52, 0x8D),
    (0x06, 0x35, 0x66),
];

impl Colour {
    /// Of a series by its place.
    pub fn of_series(place: usize) -> Self {
        SERIES[place % SERIES.len()]
    }

    /// On a light ground.
    pub fn rgb(self) -> RGBColor {
        let (red, green, blue) = match self {
            Colour::Blue => (0x00, 0x72, 0xB2),
            Colour::Orange => (0xD5, 0x5E, 0x00),
            Colour::Green => (0x00, 0x9E, 0x73),
            Colour::Purple => (0xCC, 0x79, 0xA7),
            Colour::Yellow => (0xE6, 0x9F, 0x00),
            Colour::Sky => (0x56, 0xB4, 0xE9),
            Colour::Grey => (0x9A, 0xA1, 0xAB),
            Colour::Ink => (0x1F, 0x23, 0x28),
            Colour::Axis => (0x57, 0x60, 0x6A),
            Colour::Grid => (0xE3, 0xE6, 0xEA),
            Colour::Step(step) => between(f64::from(step) / f64::from(u8::MAX)),
        };
        RGBColor(red, green, blue)
    }

    /// The step for a share of the scale, 0 to 1.
    pub fn step(share: f64) -> Self {
        Colour::Step((share * f64::from(u8::MAX)).round().clamp(0.0, f64::from(u8::MAX)) as u8)
    }
}

/// A shade of the scale, between the two of [`STEPS`] that are next to it.
fn between(share: f64) -> (u8, u8, u8) {
    let at = share * (STEPS.len() - 1) as f64;
    let (below, above) = (STEPS[at.floor() as usize], STEPS[(at.ceil() as usize).min(STEPS.len() - 1)]);
    let mix = |a: u8, b: u8| (f64::from(a) + (f64::from(b) - f64::from(a)) * at.fract()).round() as u8;
    (mix(below.0, above.0), mix(below.1, above.1), mix(below.2, above.2))
}
