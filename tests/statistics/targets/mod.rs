//! Stopping by a target spoils no interval and wastes few paths. What comes out of more seeds stands in docs/validation.md.

mod measure;

use measure::Found;

/// Seeds of the test; the page has more.
const SEEDS: u64 = 60;

#[test]
fn intervals_cover_where_targets_end_the_run_and_few_paths_are_wasted() {
    let loaded = measure::loaded();
    for case in measure::cases() {
        let found: Found = measure::measure(&loaded, &case, 1..1 + SEEDS);
        println!("{}", found.row(&case));
        // three standard errors of a binomial share
        let error = (0.95 * 0.05 / SEEDS as f64).sqrt();
        assert!(found.coverage() >= 0.95 - 3.0 * error, "{}: {:?}", case.target, found);
        assert!((0.9..=1.15).contains(&found.excess(&case)), "{}: {} of the paths", case.target, found.excess(&case));
        assert!(found.mean_stages() < 4.0, "{}: {} stages", case.target, found.mean_stages());
    }
}

#[test]
fn the_page_has_every_case_within_its_bounds() {
    let text = crate::page::read();
    let section = &text[crate::page::place(&text, "targets")];
    for case in measure::cases() {
        let row = section.lines().find(|line| line.contains(&format!("`{}`", case.target)));
        let row = row.unwrap_or_else(|| {
            panic!("docs/validation.md lacks `{}`; `cargo bench --bench validation` writes it", case.target)
        });
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let number = |cell: usize| cells[cell].trim_end_matches('%').parse::<f64>().expect("a number");
        assert_eq!(number(2), case.known.round(), "{row}");
        // 95% less two standard errors: 94.03% over 2,000 seeds
        let least = 95.0 - 200.0 * (0.95 * 0.05 / number(3)).sqrt();
        assert!(number(4) >= least && number(5) <= 1.15, "{row}");
    }
}
