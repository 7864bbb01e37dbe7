//! The result document as tables for a terminal: the answer first, then what it is made of, then where it was computed.

mod answer;
mod bench;
mod changes;
mod check;
mod check_page;
mod compare;
mod contracts;
mod drawing;
mod figures;
mod fit;
mod layout;
mod occurrences;
mod page;
mod run;
mod sensitivity;
mod sweep;
mod targets;
mod trace;
mod uncertainty;
mod variants;
mod vendors;
mod verified;

pub use bench::bench_table;
pub use check::check_table;
pub use compare::compare_table;
pub use fit::fit_table;
pub use sensitivity::sensitivity_table;
pub use sweep::{PointSummary, sweep_table};
pub use trace::trace_table;
pub use verified::verified_table;

use crate::result::ResultDocument;
use page::Page;

/// The tables as text without colour, for a terminal `width` characters wide (100 suffice), with the distribution of the
/// answer drawn in characters.
pub fn table(document: &ResultDocument, width: u16) -> String {
    let page = Page { document, width };
    tables(&page, [drawing::distribution(&page), drawing::timeline(&page)])
}

/// The tables without drawings.
pub fn plain_table(document: &ResultDocument, width: u16) -> String {
    let text = tables(&Page { document, width }, Default::default());
    text.lines().map(|line| line.trim_end_matches(layout::is_bar).trim_end().to_owned() + "\n").collect()
}

fn tables(page: &Page, [distribution, timeline]: [String; 2]) -> String {
    let parts = [
        run::heading(page),
        answer::sentences(page),
        answer::answer(page),
        uncertainty::uncertainty(page),
        distribution,
        timeline,
        figures::figures(page),
        occurrences::bubbles(page),
        occurrences::events(page),
        contracts::contracts(page),
        vendors::vendors(page),
        targets::targets(page.document.convergence.as_ref(), page.width),
        run::provenance(page),
    ];
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join("\n\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::Figure;
    use crate::result::testing::{document, document_of, scenario, tally};
    use crate::result::{EstimateRequest, Level};

    fn text(organizations: usize, paths: u64) -> String {
        table(&document(organizations, paths, &EstimateRequest::default()), 100)
    }

    /// The line that begins with a label, its words joined by single spaces.
    fn line(text: &str, label: &str) -> String {
        let line = text.lines().find(|line| line.trim_start().starts_with(label));
        let line = line.unwrap_or_else(|| panic!("no line begins with {label:?}:\n{text}"));
        line.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn the_answer_comes_first() {
        let document = document(1, 20_000, &EstimateRequest::default());
        let text = table(&document, 100);
        let cost = &document.figures["system"][&Figure::CommitmentCost];
        let (mean, se) = (cost.mean.unwrap() / 1e9, cost.se.unwrap() / 1e9);
        assert_eq!(line(&text, "mean"), format!("mean {mean:.3} ± {se:.3}"));
        let shortfall = cost.shortfall[&Level::new(0.99)];
        let [value, low, high] = [shortfall.value, shortfall.low, shortfall.high].map(|x| x.unwrap() / 1e9);
        let expected = format!("expected shortfall 99% {value:.3} [{low:.3}, {high:.3}]");
        assert_eq!(line(&text, "expected shortfall 99%"), expected);
        let bubble = &document.bubble["system"];
        let [value, low, high] = [bubble.probability, bubble.low, bubble.high].map(|x| 100.0 * x.unwrap());
        let expected = format!("bubble-risk probability by 2032-07 {value:.1}% [{low:.1}, {high:.1}]");
        assert_eq!(line(&text, "bubble-risk probability by"), expected);
        assert!(text.find("total commitment cost").unwrap() < text.find("stranded cost").unwrap());
    }

    #[test]
    fn figures_have_units_sides_and_notes() {
        let text = text(1, 20_000);
        assert!(line(&text, "burst cost").starts_with("burst cost 0 ± 0 0 0 0 0 0 0"));
        assert!(line(&text, "residual commitment").starts_with("residual commitment 0.003"), "no $m beside $bn");
        assert!(!text.contains("$m"), "{text}");
        assert!(line(&text, "used ↓").starts_with("used ↓, GW-yr 8.99") || line(&text, "used ↓").contains("9.0"));
        assert!(line(&text, "unit cost").starts_with("unit cost, $bn/GW-yr 1"));
        assert!(text.contains("alpha: unit cost is undefined in 200 paths."));
        assert!(text.contains("VaR 99%") && text.contains("  ES 99%"));
        assert!(text.contains("\n alpha, $bn "));
        assert_eq!(text.matches("\n commitment cost").count(), 1, "the system would repeat the organization");
    }

    #[test]
    fn years_events_contracts_and_the_run_follow() {
        let text = text(1, 20_000);
        for date in ["2027-07", "2028-07", "2029-07", "2030-07", "2031-07", "2032-07"] {
            assert!(line(&text, date).contains('['), "{date}");
        }
        assert!(line(&text, "2032-07").ends_with('█') || line(&text, "2032-07").contains("███"));
        assert!(text.find("return_gap").unwrap() < text.find("cash_out").unwrap(), "as in the scenario");
        assert!(text.find("deal-1").unwrap() < text.find("deal-0").unwrap(), "as in the scenario");
        assert!(text.contains("Vendor0"), "two contracts, so its sum is worth a line");
        assert!(text.contains("20,000 paths × 24 periods, independent sampling, seed 42, replicate 0"));
        assert!(text.contains("cpu f32, AVX-512, 2 threads, 0.421 s, 0.401 s in kernels, 840 ns per path and period"));
    }

    #[test]
    fn several_organizations_stand_beside_each_other() {
        let text = text(3, 5_000);
        let header = line(&text, "by ");
        assert_eq!(header, "by alpha beta gamma system");
        assert_eq!(text.matches("\n commitment cost").count(), 4);
        assert!(text.contains("total commitment cost of all organizations"));
        assert!(text.contains(" beta / cash_out") && text.contains(" system / bubble"));
        let six = self::text(6, 500);
        assert!(six.contains("\n by       epsilon"), "those that do not fit have a table of their own:\n{six}");
    }

    #[test]
    fn vendors_that_can_fail_are_shown_with_whom_they_lose_by() {
        let mut document = document(2, 20_000, &EstimateRequest::default());
        let text = table(&document, 100);
        let number = |line: &str, place: usize| line.split(' ').nth(place).and_then(|word| word.parse::<f64>().ok());
        let loss = document.vendors["Vendor0"].loss.as_ref().expect("it can fail");
        let shown = number(&line(&text, "Vendor0: loss"), 2).expect("a number");
        assert!((shown - loss.mean.unwrap() / 1e9).abs() < 0.01, "{shown}");
        assert!(line(&text, "Vendor0: received ↓").contains('±'));
        let given = document.losses["Vendor0"]["beta"].given_bubble.expect("there is a bubble");
        let mut rows = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
        let row = rows.find(|row| row.starts_with("Vendor0 beta ")).expect("it loses by beta");
        let shown = number(&row, 6).expect("a number");
        assert!((shown - given.mean.unwrap() / 1e9).abs() < 0.1, "{shown}");
        for what in ["early paid", "Vendor0 fails", "alpha / workout", "exit cost", "resale income ↓"] {
            assert!(line(&text, what).contains('.'), "{what}");
        }
        for loss in document.losses.values_mut().flat_map(|losses| losses.values_mut()) {
            loss.given_bubble = None;
        }
        assert!(!table(&document, 100).contains("if the bubble bursts"));
        document.vendors.values_mut().for_each(|vendor| (vendor.received, vendor.loss) = (None, None));
        document.losses.clear();
        let text = table(&document, 100);
        assert!(!text.contains("Vendor0: ") && text.contains("Vendor0"), "its contracts' costs stay");
    }

    #[test]
    fn a_hundred_columns_suffice() {
        for (organizations, paths) in [(1, 20_000), (3, 5_000), (6, 1_000)] {
            let mut document = document(organizations, paths, &EstimateRequest::default());
            let figures = document.figures.values_mut().flat_map(|figures| figures.values_mut());
            figures.for_each(like_a_million_paths);
            let text = table(&document, 100);
            let widest = text.lines().max_by_key(|line| line.chars().count()).unwrap();
            assert!(widest.chars().count() <= 100, "{widest}");
            assert!(text.lines().all(|line| line == line.trim_end()), "spaces at the end of a line");
            // no cell was wrapped: every figure has a line with a number for every column
            assert_eq!(line(&text, "residual commitment").split(' ').count(), 11, "{text}");
            assert_eq!(line(&text, "unit cost, $bn/GW-yr").split(' ').count(), 12, "{text}");
        }
    }

    /// Shrinks errors tenfold, so that there are as many digits to show as with a hundred times the paths.
    fn like_a_million_paths(figure: &mut crate::result::Figure) {
        figure.se = figure.se.map(|error| error / 10.0);
        figure.sd_se = figure.sd_se.map(|error| error / 10.0);
        for estimate in
            figure.quantiles.values_mut().chain(figure.var.values_mut()).chain(figure.shortfall.values_mut())
        {
            let value = estimate.value;
            let nearer = |bound: Option<f64>| Some(value? + (bound? - value?) / 10.0);
            (estimate.low, estimate.high) = (nearer(estimate.low), nearer(estimate.high));
        }
    }

    #[test]
    fn any_width_and_any_number_of_paths_will_do() {
        for paths in [0, 1, 2, 30] {
            for width in [0, 20, 60, 100, 250] {
                let text = table(&document(2, paths, &EstimateRequest::default()), width);
                assert!(!text.contains("NaN") && !text.contains("inf"), "{text}");
            }
        }
        let asked = EstimateRequest { levels: vec![], quantiles: vec![] };
        assert!(table(&document(1, 300, &asked), 100).contains("\n commitment cost"));
    }

    #[test]
    fn labels_of_money_and_capacity_may_be_anything() {
        for (currency, capacity, commitment, used) in [
            ("SEK", "MW", "alpha, SEK bn", "used ↓, MW-yr"),
            ("USD", "USDh", "alpha, $bn", "used ↓, USDh-yr"),
            ("", "", "alpha, bn", "used ↓, -yr"),
        ] {
            let (mut scenario, asked) = (scenario(1), EstimateRequest::default());
            (scenario.currency, scenario.capacity_unit) = (currency.to_owned(), capacity.to_owned());
            let text = table(&document_of(&scenario, &tally(&scenario, 500), &asked), 100);
            assert!(text.contains(commitment) && text.contains(used), "{currency}, {capacity}:\n{text}");
        }
    }

    #[test]
    fn invalid_paths_are_told_at_the_top() {
        let mut document = document(1, 300, &EstimateRequest::default());
        document.invalid_paths = crate::result::InvalidPaths { count: 12, first: Some(77) };
        let text = table(&document, 100);
        assert!(
            text.lines()
                .nth(2)
                .unwrap()
                .contains("12 invalid paths are excluded from all results; the first is path 77")
        );
    }

    #[test]
    fn long_horizons_are_thinned_out_and_odd_ones_end_where_they_end() {
        let mut document = document(1, 300, &EstimateRequest::default());
        document.provenance.steps_per_year = 1;
        document.provenance.start = "soon".to_owned();
        let text = table(&document, 100);
        // 24 years: every second, the last included
        assert!(line(&text, "year 2.00").contains('[') && !text.contains("year 3.00"), "{text}");
        assert!(line(&text, "year 24.00").contains('['));
        document.provenance.periods = 20;
        assert!(table(&document, 100).contains("\n 20 years from soon in yearly periods; "));
        document.provenance.steps_per_year = 52;
        document.provenance.periods = 24;
        assert!(line(&table(&document, 100), "year 0.46").contains('['));
    }
}
