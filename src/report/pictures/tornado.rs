//! Tornado charts: what each input does to an output at its low and high value.

use crate::report::chart::{Axis, By, Chart, Colour, Mark, Reading, Readings};
use crate::report::sensitivity::{input_name, output_name};
use crate::result::{Key, SensitivityDocument, SensitivityInput, Swing};
use crate::text::harmless::short;
use crate::text::numbers::{input_number, significant};

/// Inputs that are drawn at most.
const MOST: usize = 20;

/// The changes of an output, the largest on top; `None` without any.
pub fn tornado(document: &SensitivityDocument, key: &Key) -> Option<Chart> {
    let (name, factor) = output_name(document, key);
    let centre = document.outputs.get(key)?.estimate.value? / factor;
    let mut bars = document.swings(key)?;
    bars.truncate(MOST);
    let at = |of: &Option<crate::measure::Difference>| of.as_ref().and_then(|of| of.value).map(|x| centre + x / factor);
    let ends: Vec<f64> = bars.iter().flat_map(|(_, swing)| [at(&swing.low), at(&swing.high)]).flatten().collect();
    if ends.iter().all(|end| *end == centre) {
        return None;
    }
    let named = |key: &String| input_name(key, document.inputs.get(key));
    let x = Axis::over(&name, ends.iter().copied().chain([centre])).roomy();
    let y = Axis::names(bars.iter().map(|(key, _)| short(&named(key), 34)).collect());
    let summary = format!("What {} inputs do to {name} at their low and high values", bars.len());
    let mut chart = Chart::new(format!("Tornado: {name}"), summary, x, y);
    chart.rows = Some(bars.len());
    let side = |of: fn(&Swing) -> &Option<crate::measure::Difference>| -> Vec<[f64; 4]> {
        let bar = |(row, (_, swing)): (usize, &(&String, &Swing))| {
            let end = at(of(swing))?;
            let row = row as f64;
            Some([centre.min(end), row - 0.35, centre.max(end), row + 0.35])
        };
        bars.iter().enumerate().filter_map(bar).collect()
    };
    let low = side(|swing| &swing.low);
    let high = side(|swing| &swing.high);
    chart.marks.push(Mark::Bars { name: "at the low value".into(), colour: Colour::of_series(0), bars: low });
    chart.marks.push(Mark::Bars { name: "at the high value".into(), colour: Colour::of_series(1), bars: high });
    chart.marks.push(Mark::Rule { name: "centre".into(), colour: Colour::of_series(2), x: centre });
    let reading = |(row, (key, swing)): (usize, &(&String, &Swing))| {
        let input = document.inputs.get(*key);
        let shown = |of: fn(&SensitivityInput) -> f64, to: Option<f64>| {
            let to = to.map_or("–".to_owned(), |x| significant(x, 4));
            input.map_or(to.clone(), |input| format!("{} → {to}", input_number(of(input))))
        };
        let texts = vec![
            short(&named(key), 40),
            shown(|input| input.low, at(&swing.low)),
            shown(|input| input.high, at(&swing.high)),
        ];
        Reading { x: centre, y: row as f64, texts }
    };
    let columns = ["input", "low", "high"].map(String::from).to_vec();
    chart.readings = Readings { columns, by: By::Y, rows: bars.iter().enumerate().map(reading).collect() };
    Some(chart)
}
