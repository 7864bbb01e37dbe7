//! Drawing a chart with plotters, on any of its backends.

use std::sync::Once;

use plotters::coord::Shift;
use plotters::element::DashedPathElement;
use plotters::prelude::*;
use plotters::style::{FontStyle, register_font};

use super::axis::Ticked;
use super::{Axis, Chart, Colour, Mark, Numbers, Swatch};
use crate::text::harmless::short;

/// How large a chart is drawn, in units of a page's pixels.
#[derive(Debug, Clone, Copy)]
pub struct Style {
    pub width: u32,
    pub height: u32,
    /// Backend pixels for each unit: backends have whole ones only.
    pub fine: u32,
    /// Whether the title stands in the picture.
    pub titled: bool,
}

/// Where the plot is within the chart, as shares of its width and height: left, top, right, bottom.
pub type Frame = [f64; 4];

const TEXT: u32 = 15;
const TITLE: u32 = 19;
/// From one line of text to the next.
const LINE: u32 = 20;
const SWATCH: u32 = 16;
const GAP: u32 = 6;
/// Characters of a text at most.
const LONGEST: usize = 90;

type Area<'a, DB> = DrawingArea<DB, Shift>;
type Done<T, DB> = Result<T, DrawingAreaErrorKind<<DB as DrawingBackend>::ErrorType>>;
type Plane<'a, 'b, DB> = ChartContext<'a, DB, Cartesian2d<Ticked, Ticked>>;

/// Draws the chart over the whole area.
pub fn draw<DB: DrawingBackend>(chart: &Chart, style: Style, area: &Area<DB>) -> Done<Frame, DB> {
    provide_font();
    let pen = Pen { style, chart };
    let whole = style.width.saturating_sub(2 * GAP);
    let mut top = GAP;
    if style.titled {
        area.draw(&Text::new(
            pen.fitting(area, &chart.title, TITLE, whole),
            pen.at(GAP, top),
            pen.text(TITLE, Colour::Ink),
        ))?;
        top += LINE + GAP;
    }
    top = pen.legend(area, top)?;
    if !chart.y.label.is_empty() {
        area.draw(&Text::new(
            pen.fitting(area, &chart.y.label, TEXT, whole),
            pen.at(GAP, top),
            pen.text(TEXT, Colour::Axis),
        ))?;
        top += LINE;
    }
    let mut plane = pen.plane(area, top)?;
    pen.mesh(area, &mut plane)?;
    for mark in &chart.marks {
        pen.mark(&mut plane, mark)?;
    }
    let (x, y) = plane.plotting_area().get_pixel_range();
    let (width, height) = area.dim_in_pixel();
    let share = |pixel: i32, all: u32| f64::from(pixel) / f64::from(all.max(1));
    Ok([share(x.start, width), share(y.start, height), share(x.end, width), share(y.end, height)])
}

/// Gives the library a font, by which it measures, and draws where the backend cannot.
fn provide_font() {
    static PROVIDED: Once = Once::new();
    PROVIDED.call_once(|| {
        // its only error is that the font cannot be read, in which case texts have no width
        let _ = register_font("sans-serif", FontStyle::Normal, epaint_default_fonts::UBUNTU_LIGHT);
    });
}

struct Pen<'a> {
    style: Style,
    chart: &'a Chart,
}

impl Pen<'_> {
    /// Backend pixels.
    fn px(&self, units: u32) -> u32 {
        units * self.style.fine
    }

    fn at(&self, x: u32, y: u32) -> (i32, i32) {
        (self.px(x) as i32, self.px(y) as i32)
    }

    fn text(&self, size: u32, colour: Colour) -> TextStyle<'static> {
        ("sans-serif", self.px(size)).into_font().color(&colour.rgb())
    }

    fn line(&self, colour: Colour, width: u32) -> ShapeStyle {
        colour.rgb().stroke_width(width * self.style.fine)
    }

    /// Width of a text in units.
    fn width_of<DB: DrawingBackend>(&self, area: &Area<DB>, text: &str, size: u32) -> u32 {
        let estimated = area.estimate_text_size(text, &self.text(size, Colour::Ink));
        // fonts of pages are wider than the one that measures
        estimated.map_or(0, |(width, _)| (f64::from(width) * 1.12) as u32 / self.style.fine)
    }

    /// The text, cut off where it is wider than so many units.
    fn fitting<DB: DrawingBackend>(&self, area: &Area<DB>, text: &str, size: u32, room: u32) -> String {
        let mut text = short(text, LONGEST);
        while self.width_of(area, &text, size) > room && text.chars().count() > 2 {
            text = short(&text, text.chars().count() - 1);
        }
        text
    }

    /// The legend in rows from `top` on; returns where it ends.
    fn legend<DB: DrawingBackend>(&self, area: &Area<DB>, top: u32) -> Done<u32, DB> {
        let entries = self.chart.legend();
        let (mut x, mut y) = (GAP, top);
        for (name, swatch) in &entries {
            let name = self.fitting(area, name, TEXT, self.style.width.saturating_sub(SWATCH + 3 * GAP));
            let width = SWATCH + GAP + self.width_of(area, &name, TEXT) + 3 * GAP;
            if x > GAP && x + width > self.style.width {
                (x, y) = (GAP, y + LINE);
            }
            self.swatch(area, (x, y), *swatch)?;
            area.draw(&Text::new(name, self.at(x + SWATCH + GAP, y), self.text(TEXT, Colour::Ink)))?;
            x += width;
        }
        Ok(if entries.is_empty() { top } else { y + LINE + GAP })
    }

    fn swatch<DB: DrawingBackend>(&self, area: &Area<DB>, (x, y): (u32, u32), swatch: Swatch) -> Done<(), DB> {
        let middle = y + 7;
        match swatch {
            Swatch::Area(colour, strength) => {
                let corners = [self.at(x, y + 2), self.at(x + SWATCH, y + 12)];
                area.draw(&Rectangle::new(corners, colour.rgb().mix(strength).filled()))
            }
            Swatch::Line(colour, dashed) => {
                let ends = if dashed { vec![(0, 6), (10, SWATCH)] } else { vec![(0, SWATCH)] };
                ends.into_iter().try_for_each(|(from, to)| {
                    let points = [self.at(x + from, middle), self.at(x + to, middle)];
                    area.draw(&PathElement::new(points, self.line(colour, 2)))
                })
            }
            Swatch::Dot(colour) => {
                let dot = Circle::new(self.at(x + SWATCH / 2, middle), self.px(4), colour.rgb().filled());
                area.draw(&dot)
            }
        }
    }

    /// The plane below `top`, with room for what stands beside its axes.
    fn plane<'a, DB: DrawingBackend>(&self, area: &'a Area<DB>, top: u32) -> Done<Plane<'a, '_, DB>, DB> {
        let Chart { x, y, .. } = self.chart;
        let plot_height = self.style.height.saturating_sub(top + 40);
        let y_ticks = y.ticks((plot_height / 45).max(2) as usize);
        let texts = y_ticks.iter().map(|&tick| self.tick_text(y, tick, &y_ticks));
        let widest = texts.map(|text| self.width_of(area, &text, TEXT)).max().unwrap_or(0);
        let left = (widest + 3 * GAP).min(self.style.width * 2 / 5);
        let bottom = if x.label.is_empty() { LINE + GAP } else { 2 * LINE + GAP };
        let room = self.style.width.saturating_sub(left);
        let x_ticks = x.ticks((room / 75).max(2) as usize);
        // a text below an end of the axis reaches beyond it by half of its width
        let beyond = |tick: Option<&f64>, inside: fn(f64) -> f64| {
            tick.map_or(0.0, |&tick| {
                let half = f64::from(self.width_of(area, &self.tick_text(x, tick, &x_ticks), TEXT)) / 2.0;
                half - inside(x.share(tick)) * f64::from(room)
            }) as u32
        };
        let left = left.max(beyond(x_ticks.first(), |share| share));
        let right = (3 * GAP).max(beyond(x_ticks.last(), |share| 1.0 - share) + 2);
        let coordinates = |axis: &Axis, ticks: Vec<f64>| Ticked { axis: axis.clone(), ticks };
        ChartBuilder::on(area)
            .margin_top(self.px(top))
            .margin_right(self.px(right))
            .margin_bottom(self.px(2))
            .set_label_area_size(LabelAreaPosition::Left, self.px(left))
            .set_label_area_size(LabelAreaPosition::Bottom, self.px(bottom))
            .build_cartesian_2d(coordinates(x, x_ticks), coordinates(y, y_ticks))
    }

    /// Grid, axes and the text beside them.
    fn mesh<DB: DrawingBackend>(&self, area: &Area<DB>, plane: &mut Plane<'_, '_, DB>) -> Done<(), DB> {
        let Chart { x, y, .. } = self.chart;
        // it stands in the middle of the plot, beyond which there is room to the left
        let plot_width = plane.plotting_area().dim_in_pixel().0 / self.style.fine;
        let x_label = self.fitting(area, &x.label, TEXT, plot_width);
        let (x_ticks, y_ticks) = (plane.x_ticks(), plane.y_ticks());
        let (write_x, write_y) =
            (|tick: &f64| self.tick_text(x, *tick, &x_ticks), |tick: &f64| self.tick_text(y, *tick, &y_ticks));
        let mut mesh = plane.configure_mesh();
        if matches!(y.numbers, Numbers::Names(_)) {
            mesh.disable_y_mesh();
        } else {
            mesh.disable_x_mesh();
        }
        mesh.max_light_lines(0)
            .bold_line_style(self.line(Colour::Grid, 1))
            .axis_style(self.line(Colour::Axis, 1))
            .label_style(self.text(TEXT, Colour::Axis))
            .axis_desc_style(self.text(TEXT, Colour::Axis))
            .set_all_tick_mark_size(self.px(4))
            .x_label_formatter(&write_x)
            .y_label_formatter(&write_y);
        if !x.label.is_empty() {
            mesh.x_desc(x_label);
        }
        mesh.draw()
    }

    fn tick_text(&self, axis: &Axis, tick: f64, ticks: &[f64]) -> String {
        short(&axis.text(tick, ticks), if self.style.width < 500 { 16 } else { 28 })
    }

    fn mark<DB: DrawingBackend>(&self, plane: &mut Plane<'_, '_, DB>, mark: &Mark) -> Done<(), DB> {
        let Chart { x: x_axis, y: y_axis, .. } = self.chart;
        match mark {
            Mark::Band { colour, strength, x, low, high, .. } => {
                let there = low.iter().zip(high).map(|(low, high)| low.is_finite() && high.is_finite());
                for run in runs(there) {
                    let back = run.clone().rev().map(|i| (x[i], low[i]));
                    let outline: Vec<_> = run.map(|i| (x[i], high[i])).chain(back).collect();
                    plane.draw_series([Polygon::new(outline, colour.rgb().mix(*strength).filled())])?;
                }
            }
            Mark::Line { colour, dashed, x, y, .. } => {
                for run in runs(y.iter().map(|y| y.is_finite())) {
                    self.path(plane, run.map(|i| (x[i], y[i])).collect(), *colour, *dashed)?;
                }
            }
            Mark::Bars { colour, bars, .. } => {
                let bar = |&[x0, y0, x1, y1]: &[f64; 4]| Rectangle::new([(x0, y0), (x1, y1)], colour.rgb().filled());
                plane.draw_series(bars.iter().map(bar))?;
            }
            Mark::Points { colour, upright, points, .. } => self.points(plane, points, *colour, *upright)?,
            Mark::Rule { colour, x, .. } => {
                self.path(plane, vec![(*x, y_axis.low), (*x, y_axis.high)], *colour, true)?
            }
            Mark::Level { colour, y, .. } => {
                self.path(plane, vec![(x_axis.low, *y), (x_axis.high, *y)], *colour, true)?
            }
            Mark::Cells { x_edges, y_edges, values, lowest, highest, .. } => {
                let columns = x_edges.len().saturating_sub(1);
                let cells = values.iter().enumerate().filter(|(_, value)| value.is_finite()).map(|(i, value)| {
                    let (column, row) = (i % columns, i / columns);
                    let corners = [(x_edges[column], y_edges[row]), (x_edges[column + 1], y_edges[row + 1])];
                    let share = if highest > lowest { (value - lowest) / (highest - lowest) } else { 0.5 };
                    Rectangle::new(corners, Colour::step(share).rgb().filled())
                });
                plane.draw_series(cells)?;
            }
        }
        Ok(())
    }

    fn path<DB: DrawingBackend>(
        &self,
        plane: &mut Plane<'_, '_, DB>,
        points: Vec<(f64, f64)>,
        colour: Colour,
        dashed: bool,
    ) -> Done<(), DB> {
        let style = self.line(colour, 2);
        if dashed {
            let (dash, space) = (self.px(6), self.px(4));
            plane.draw_series([DashedPathElement::new(points, dash, space, style)])?;
        } else {
            plane.draw_series([PathElement::new(points, style)])?;
        }
        Ok(())
    }

    fn points<DB: DrawingBackend>(
        &self,
        plane: &mut Plane<'_, '_, DB>,
        points: &[[f64; 4]],
        colour: Colour,
        upright: bool,
    ) -> Done<(), DB> {
        let interval = |&[x, y, low, high]: &[f64; 4]| {
            let ends = if upright { [(x, low), (x, high)] } else { [(low, y), (high, y)] };
            PathElement::new(ends, self.line(colour, 2))
        };
        let spread = points.iter().filter(|[_, _, low, high]| low.is_finite() && high.is_finite() && low < high);
        plane.draw_series(spread.map(interval))?;
        let there = points.iter().filter(|[x, y, ..]| x.is_finite() && y.is_finite());
        plane.draw_series(there.map(|&[x, y, ..]| Circle::new((x, y), self.px(4), colour.rgb().filled())))?;
        Ok(())
    }
}

/// The ticks of a plane's axes.
trait Ticks {
    fn x_ticks(&self) -> Vec<f64>;
    fn y_ticks(&self) -> Vec<f64>;
}

impl<DB: DrawingBackend> Ticks for ChartContext<'_, DB, Cartesian2d<Ticked, Ticked>> {
    fn x_ticks(&self) -> Vec<f64> {
        self.as_coord_spec().x_spec().ticks.clone()
    }

    fn y_ticks(&self) -> Vec<f64> {
        self.as_coord_spec().y_spec().ticks.clone()
    }
}

/// The stretches in which something is there.
fn runs(there: impl Iterator<Item = bool>) -> Vec<std::ops::Range<usize>> {
    let mut runs: Vec<std::ops::Range<usize>> = Vec::new();
    for (i, _) in there.enumerate().filter(|(_, there)| *there) {
        match runs.last_mut() {
            Some(last) if last.end == i => last.end = i + 1,
            _ => runs.push(i..i + 1),
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_what_is_there_without_gaps() {
        let found = runs([false, true, true, false, true].into_iter());
        assert_eq!(found, [1..3, 4..5]);
        assert!(runs([false; 3].into_iter()).is_empty());
    }
}
