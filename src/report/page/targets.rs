//! The targets of a run on its page.

use maud::{Markup, html};

use super::{Entry, table};
use crate::report::targets::{TARGET_COLUMNS, target_rows, target_summary};
use crate::result::Convergence;

/// What was known of each target after each stage.
pub fn targets(of: &Convergence) -> Markup {
    let headings = TARGET_COLUMNS.map(str::to_owned);
    let row = |[target, numbers @ ..]: [String; TARGET_COLUMNS.len()]| {
        let numbers = numbers.into_iter().map(|text| Entry::number(text, None));
        std::iter::once(Entry::text(target)).chain(numbers).collect()
    };
    let rows: Vec<Vec<Entry>> = target_rows(of).into_iter().map(row).collect();
    html! {
        p { (target_summary(of)) "." }
        (table("Targets", &headings, &rows, false))
    }
}
