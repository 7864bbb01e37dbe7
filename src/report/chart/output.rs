//! Charts as SVG and PNG.

use std::fmt::Write as _;

use plotters::backend::{BitMapBackend, SVGBackend};
use plotters::drawing::IntoDrawingArea;
use plotters::style::WHITE;

use super::Chart;
use super::draw::{Frame, Style, draw};
use crate::text::harmless::harmless;

/// Units of an SVG's own coordinates for each pixel of a page: the library draws at whole ones.
const FINE: u32 = 8;
/// A PNG's pixels for each unit of its size, and how many are averaged for each in both directions.
const PNG_SCALE: u32 = 2;
const AVERAGED: u32 = 2;
/// Heights of a row of text where categories set the height, and of what stands around them.
const ROW: u32 = 26;
const AROUND_ROWS: u32 = 110;

/// A picture, and where its plot is.
#[derive(Debug, Clone)]
pub struct Drawn {
    pub text: String,
    pub frame: Frame,
}

/// A picture that could not be made.
#[derive(Debug, thiserror::Error)]
#[error("the picture could not be made: {0}")]
pub struct PixelError(String);

impl Chart {
    /// The height for a width, in units.
    fn height(&self, width: u32) -> u32 {
        match self.rows {
            Some(rows) => rows as u32 * ROW + AROUND_ROWS,
            None if width < 500 => width * 4 / 5,
            None => (width * 9 / 20).max(300),
        }
    }
}

/// The chart as SVG of this width, as an element of a page, or as a file of its own (with title and ground).
pub fn svg(chart: &Chart, width: u32, file: bool) -> Drawn {
    let height = chart.height(width);
    let style = Style { width, height, fine: FINE, titled: file };
    let mut text = String::new();
    let frame = {
        let area = SVGBackend::with_string(&mut text, (width * FINE, height * FINE)).into_drawing_area();
        let ground = if file { area.fill(&WHITE) } else { Ok(()) };
        let drawn = ground.and_then(|()| draw(chart, style, &area)).and_then(|frame| area.present().map(|()| frame));
        drawn.expect("text takes all that is written to it")
    };
    let body = text.split_once('>').map_or("", |(_, body)| body);
    let name = escaped(&harmless(&chart.title));
    let summary = escaped(&harmless(&chart.summary));
    let mut whole = String::new();
    let (inner_width, inner_height) = (width * FINE, height * FINE);
    let size = if file { format!(" width=\"{width}\" height=\"{height}\"") } else { String::new() };
    write!(
        whole,
        "<svg{size} viewBox=\"0 0 {inner_width} {inner_height}\" xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" \
         aria-label=\"{name}. {summary}\">"
    )
    .expect("text takes all that is written to it");
    if file {
        write!(whole, "<title>{name}</title><desc>{summary}</desc>").expect("text takes all that is written to it");
    }
    whole += body;
    Drawn { text: whole, frame }
}

/// The chart as a PNG of this width, with title and white ground; two pixels for each unit of width.
pub fn png(chart: &Chart, width: u32) -> Result<Vec<u8>, PixelError> {
    let failed = |error: &dyn std::fmt::Display| PixelError(error.to_string());
    let height = chart.height(width);
    let fine = PNG_SCALE * AVERAGED;
    let (wide, high) = (width * fine, height * fine);
    let mut pixels = vec![0; (wide * high * 3) as usize];
    {
        let area = BitMapBackend::with_buffer(&mut pixels, (wide, high)).into_drawing_area();
        area.fill(&WHITE).map_err(|error| failed(&error))?;
        draw(chart, Style { width, height, fine, titled: true }, &area).map_err(|error| failed(&error))?;
        area.present().map_err(|error| failed(&error))?;
    }
    let (wide, high) = (width * PNG_SCALE, height * PNG_SCALE);
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, wide, high);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    encoder
        .add_text_chunk("Software".into(), format!("overhang {}", env!("CARGO_PKG_VERSION")))
        .map_err(|e| failed(&e))?;
    let mut writer = encoder.write_header().map_err(|error| failed(&error))?;
    writer.write_image_data(&averaged(&pixels, wide as usize, high as usize)).map_err(|error| failed(&error))?;
    writer.finish().map_err(|error| failed(&error))?;
    Ok(file)
}

/// Smooth edges: each pixel the mean of those drawn for it.
fn averaged(pixels: &[u8], wide: usize, high: usize) -> Vec<u8> {
    let n = AVERAGED as usize;
    let row = wide * n * 3;
    let mut out = Vec::with_capacity(wide * high * 3);
    for y in 0..high {
        for x in 0..wide {
            for channel in 0..3 {
                let at = |i: usize, j: usize| u32::from(pixels[(y * n + i) * row + (x * n + j) * 3 + channel]);
                let sum: u32 = (0..n).flat_map(|i| (0..n).map(move |j| (i, j))).map(|(i, j)| at(i, j)).sum();
                out.push((sum / (AVERAGED * AVERAGED)) as u8);
            }
        }
    }
    out
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
