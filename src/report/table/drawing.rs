//! The distribution of total commitment cost, drawn in characters.

use indexmap::IndexMap;

use super::page::Page;
use crate::measure::Estimate;
use crate::registry::Figure;
use crate::report::numbers::unit_in;
use crate::result::{self, Level};
use crate::text::numbers::{percentage, significant};
use crate::text::units::Unit;

/// Lines of the drawing.
const HEIGHT: usize = 6;
/// Eighths of a character, from the bottom.
const EIGHTHS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
/// Digits of the ends.
const DIGITS: i32 = 4;

/// The drawing, or nothing where the cost is certain or the terminal too narrow.
pub fn distribution(page: &Page) -> String {
    let Some(cost) = page.document.of_system(Figure::CommitmentCost) else {
        return String::new();
    };
    let (edges, counts) = without_tails(cost);
    let most = counts.iter().copied().max().unwrap_or(0);
    if counts.len() < 2 || most == 0 || usize::from(page.width) < counts.len() + 2 {
        return String::new();
    }
    let (factor, label) = unit_in(page.document, Unit::Money);
    let line = |row: usize| -> String {
        let filled = |&count: &u64| {
            let eighths = (count as f64 / most as f64 * (8 * HEIGHT) as f64).round() as usize;
            EIGHTHS[eighths.saturating_sub(8 * row).min(8)]
        };
        counts.iter().map(filled).collect()
    };
    let mut lines: Vec<String> = (0..HEIGHT).rev().map(line).collect();
    lines.push("─".repeat(counts.len()));
    let (marks, legend) = marks(cost, edges, counts.len());
    lines.push(marks);
    let ends = [edges[0], edges[counts.len()]].map(|x| significant(x / factor, DIGITS));
    let gap = counts.len().saturating_sub(ends[0].chars().count() + ends[1].chars().count());
    lines.push(format!("{}{}{}, {label}", ends[0], " ".repeat(gap), ends[1]));
    lines.push(legend);
    lines.iter().map(|line| format!(" {}", line.trim_end())).collect::<Vec<_>>().join("\n")
}

/// Columns of a timeline at most.
const TIMELINE: usize = 60;

/// The bubble-risk probability by period of several organizations, each a line; of one the table by years has bars.
pub fn timeline(page: &Page) -> String {
    let shown = page.shown(&page.document.bubble);
    let name_width = shown.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
    let room = usize::from(page.width).saturating_sub(name_width + 12).min(TIMELINE);
    let periods = page.document.provenance.periods as usize;
    let highest = shown.iter().filter_map(|(_, found)| found.probability).fold(0.0, f64::max);
    if shown.len() < 2 || room < 12 || highest == 0.0 {
        return String::new();
    }
    let columns = room.min(periods);
    let lines = shown.iter().map(|(name, found)| {
        // the last column is the horizon
        let at = |column: usize| found.by_period.get((column + 1) * periods / columns - 1);
        let block = |column: usize| {
            let share = at(column).and_then(|found| found.probability).unwrap_or(0.0) / highest;
            EIGHTHS[(share * 8.0).ceil().clamp(0.0, 8.0) as usize]
        };
        let line: String = (0..columns).map(block).collect();
        let percent =
            found.probability.map_or_else(String::new, |p| percentage(format!("{p:.3}").parse().unwrap_or(p)));
        format!(" {name:name_width$}  {line}  {percent}")
    });
    let lines: Vec<String> = lines.collect();
    let (first, last) = (page.date(1), page.date(page.document.provenance.periods));
    let gap = columns.saturating_sub(first.chars().count() + last.chars().count());
    let ends = format!(" {:name_width$}  {first}{}{last}", "", " ".repeat(gap));
    format!(" Bubble-risk probability by period\n\n{}\n{ends}", lines.join("\n"))
}

/// The histogram's bins of equal width; the tails beyond them have bins of their own.
fn without_tails(cost: &result::Figure) -> (&[f64], &[u64]) {
    let (edges, counts) = (&cost.histogram.edges, &cost.histogram.counts);
    let wide = |i: usize| edges[i + 1] - edges[i];
    let (mut first, mut last) = (0, counts.len());
    if counts.len() > 3 {
        // equal but for rounding
        let usual = wide(counts.len() / 2) * (1.0 + 1e-6);
        let unusual = |i: usize| wide(i) > usual || wide(i) < usual * (1.0 - 1e-5);
        first += usize::from(unusual(0));
        last -= usize::from(unusual(counts.len() - 1));
    }
    (&edges[first.min(edges.len())..], &counts[first..last])
}

/// Where mean, value at risk and shortfall at the last level lie, and what the letters mean.
fn marks(cost: &result::Figure, edges: &[f64], columns: usize) -> (String, String) {
    let mut line = vec![' '; columns];
    let mut legend = Vec::new();
    let level = cost.var.keys().last().copied();
    let tail = |of: &IndexMap<Level, Estimate>| of.get(&level?).and_then(|found| found.value);
    let named = |name: &str| level.map(|level| format!("{name} {}", percentage(level.share()))).unwrap_or_default();
    for (mark, value, name) in [
        ('M', cost.mean, "mean".to_owned()),
        ('V', tail(&cost.var), named("value at risk")),
        ('E', tail(&cost.shortfall), named("expected shortfall")),
    ] {
        let Some(value) = value else { continue };
        let share = (value - edges[0]) / (edges[columns] - edges[0]);
        if (0.0..1.0).contains(&share) {
            line[(share * columns as f64) as usize] = mark;
            legend.push(format!("{mark} {name}"));
        }
    }
    (line.into_iter().collect(), legend.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::Histogram;
    use crate::result::EstimateRequest;
    use crate::result::testing::document;

    #[test]
    fn the_tallest_column_is_the_mode_and_marks_stand_at_their_values() {
        let document = document(1, 20_000, &EstimateRequest::default());
        let drawn = distribution(&Page { document: &document, width: 100 });
        let lines: Vec<&str> = drawn.lines().collect();
        assert_eq!(lines.len(), HEIGHT + 4, "{drawn}");
        let cost = &document.figures["system"][&Figure::CommitmentCost];
        let (edges, counts) = without_tails(cost);
        assert_eq!(counts.len(), 60);
        let mode = counts.iter().enumerate().max_by_key(|(_, count)| **count).unwrap().0;
        assert_eq!(lines[0].chars().nth(mode + 1), Some('█'), "{drawn}");
        let mark = lines[HEIGHT + 1].find('M').expect("the mean is marked") - 1;
        assert!((edges[mark]..edges[mark + 1]).contains(&cost.mean.unwrap()), "{drawn}");
        assert!(lines[HEIGHT + 3].contains("V value at risk 99%"), "{drawn}");
        assert!(lines.iter().all(|line| line.chars().count() <= 75 && *line == line.trim_end()), "{drawn}");
    }

    #[test]
    fn several_organizations_have_a_timeline_that_ends_at_their_probability() {
        let document = document(3, 5_000, &EstimateRequest::default());
        let drawn = timeline(&Page { document: &document, width: 80 });
        let lines: Vec<&str> = drawn.lines().collect();
        assert_eq!(lines.len(), 2 + 4 + 1, "{drawn}");
        let highest = document.bubble.values().filter_map(|found| found.probability).fold(0.0, f64::max);
        for (line, (name, found)) in lines[2..].iter().zip(&document.bubble) {
            assert!(line.trim_start().starts_with(name.as_str()), "{line}");
            let blocks: Vec<usize> = line.chars().filter_map(|c| EIGHTHS[1..].iter().position(|e| *e == c)).collect();
            assert!(blocks.is_sorted(), "{line}");
            let expected = (found.probability.unwrap() / highest * 8.0).ceil() as usize;
            assert_eq!(blocks.last().map(|block| block + 1), Some(expected), "{line}");
        }
        assert!(lines.iter().all(|line| line.chars().count() <= 80));
        assert_eq!(timeline(&Page { document: &document, width: 20 }), "");
        assert_eq!(
            timeline(&Page {
                document: &crate::result::testing::document(1, 500, &EstimateRequest::default()),
                width: 80
            }),
            ""
        );
    }

    #[test]
    fn nothing_is_drawn_of_what_is_certain_or_does_not_fit() {
        let mut document = document(1, 2_000, &EstimateRequest::default());
        assert_eq!(distribution(&Page { document: &document, width: 40 }), "");
        let cost = document.figures["system"].get_mut(&Figure::CommitmentCost).unwrap();
        cost.histogram = Histogram { edges: vec![3.0, 3.0], counts: vec![2_000] };
        assert_eq!(distribution(&Page { document: &document, width: 100 }), "");
        cost_free(&mut document);
        assert_eq!(distribution(&Page { document: &document, width: 100 }), "");
    }

    fn cost_free(document: &mut crate::result::ResultDocument) {
        document.figures["system"].get_mut(&Figure::CommitmentCost).unwrap().histogram = Histogram::default();
    }
}
