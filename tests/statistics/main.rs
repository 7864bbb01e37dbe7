//! Figures and their errors against what is known: closed forms, reference cases, coverage. docs/validation.md shows what comes out.

#[path = "../shared/adapters.rs"]
mod adapters;
mod closed_forms;
mod compare;
mod coverage;
mod derivatives;
mod lognormal;
mod page;
mod points;
mod precision;
mod reference_cases;
mod sensitivity;
#[path = "../shared/skip.rs"]
mod skip;
mod targets;
mod uncertain;

/// Holds docs/validation.md to rows of a section.
fn has_rows(section: &str, rows: &[String]) {
    let text = page::read();
    let section = &text[page::place(&text, section)];
    for row in rows {
        let found = section.lines().any(|line| line == row);
        assert!(found, "docs/validation.md lacks this row; `cargo bench --bench validation` writes it:\n{row}");
    }
}
