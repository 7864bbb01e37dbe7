//! Intervals cover what they say: 4,000 seeds of a small case with known answers. What comes out stands in docs/validation.md.

mod count;

#[test]
fn intervals_of_95_percent_cover_in_94_to_96_percent_of_seeds() {
    let found = count::coverage();
    for coverage in &found {
        println!("{}: {:.2}% of the 95% intervals cover", coverage.what, 100.0 * coverage.share());
        // of 4,000 seeds 95% ± 0.34% (a standard error) should cover: 94–96% is almost three of them to either side; the
        // shortfall's variance is itself estimated from 200 paths of the tail, so that its interval covers a little less
        let least = if coverage.what == "99% shortfall" { 0.92 } else { 0.94 };
        assert!((least..=0.96).contains(&coverage.share()), "{}: {}", coverage.what, coverage.share());
    }
    crate::has_rows("coverage", &found.map(|coverage| coverage.row()));
}
