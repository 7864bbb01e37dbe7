//! A table of figures with all that is known of their distributions.

use maud::{Markup, html};

use super::{Entry, table};
use crate::measure::Estimate;
use crate::registry::Side;
use crate::report::numbers::{error_text, estimate_error, shown_quantiles, unit_in};
use crate::result::{self, Key, Part, ResultDocument, Statistic, Subject};
use crate::text::numbers::{TABLE_DIGITS, percentage, supported};

/// Figures with all that is known of their distributions, each under its label.
pub fn distribution_table(
    document: &ResultDocument,
    caption: &str,
    figures: &[(String, Subject, &result::Figure)],
) -> Markup {
    let Some((_, _, first)) = figures.first() else { return html! {} };
    let quantiles = shown_quantiles(&first.quantiles);
    let level = first.var.keys().last().copied();
    let mut headings = ["figure", "unit", "mean", "± se", "standard deviation"].map(String::from).to_vec();
    headings.extend(quantiles.iter().map(|level| percentage(level.share())));
    let tail = level.map(|level| percentage(level.share()));
    headings.extend(tail.iter().flat_map(|level| ["VaR", "ES"].map(|kind| format!("{kind} {level}"))));
    let rows: Vec<Vec<Entry>> = figures
        .iter()
        .map(|(name, subject, figure)| {
            let (factor, label) = unit_in(document, subject.unit());
            let by = |x: Option<f64>| x.map(|x| x / factor);
            let at = |statistic| Key::new(subject.clone(), statistic);
            let number = |value: Option<f64>, error: Option<f64>, statistic| {
                Entry::placed(supported(by(value), by(error), TABLE_DIGITS + 2), value, at(statistic))
            };
            let side = if figure.side == Side::Low { " ↓" } else { "" };
            let mut row = vec![
                Entry::text(format!("{name}{side}")),
                Entry::text(label),
                number(figure.mean, figure.se, Statistic::Mean),
                Entry::placed(error_text(by(figure.se)), figure.se, at(Statistic::Se)),
                number(figure.sd, figure.sd_se, Statistic::Sd),
            ];
            let mut estimate = |found: Option<&Estimate>, statistic| {
                let found = found.copied().unwrap_or_default();
                row.push(number(found.value, estimate_error(&found), statistic));
            };
            for &level in &quantiles {
                estimate(figure.quantiles.get(&level), Statistic::Quantile(level, Part::Value));
            }
            if let Some(level) = level {
                estimate(figure.var.get(&level), Statistic::Var(level, Part::Value));
                estimate(figure.shortfall.get(&level), Statistic::Shortfall(level, Part::Value));
            }
            row
        })
        .collect();
    table(caption, &headings, &rows, true)
}
