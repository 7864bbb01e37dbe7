//! Quasi-random points on payoffs of options: values are exact, and variances and rates are those of SciPy's points. docs/points.md has
//! more replicates.

use super::measure::cpu;
use super::options::{FILES, Payoff, Reference, all, rate};
use overhang::plan::points::Construction;
use statrs::distribution::{ContinuousCDF, FisherSnedecor};

const REPLICATES: u32 = 64;
const POINTS: u64 = 1 << 13;
/// Scrambles of each size that tell a rate, and the standard error that it then has: that of the slope through seven sizes, each with a
/// standard deviation known to 1/√(2 · 127).
const FOR_RATES: (u32, f64) = (128, 0.017);
/// The same error of the other implementation, with 256 scrambles.
const OTHER_RATE: f64 = 0.012;
/// Standard errors that a mean may be off, which with Student's 63 degrees of freedom it is once in 30,000 comparisons.
const WIDTH: f64 = 4.5;
/// What f32 adds to a value near 1, on top of its error.
const ROUNDING: f64 = 1e-6;

/// Whether two variances of so many replicates each are equal, as far as they tell: 99.9% of their ratios are between these quantiles of
/// the F distribution if means are normal.
fn agree(one: f64, replicates: f64, other: f64, others: f64) -> bool {
    let ratios = FisherSnedecor::new(replicates - 1.0, others - 1.0).expect("there are replicates");
    (ratios.inverse_cdf(0.0005)..=ratios.inverse_cdf(0.9995)).contains(&(one / other))
}

#[test]
fn payoffs_have_their_values_and_scrambles_the_variances_of_another_implementation() {
    let (engine, reference) = (cpu(), Reference::read());
    for known in all() {
        for (payoff, (found, path)) in known.payoffs.iter().zip(known.independent(&engine)) {
            is_near(payoff, "independent", found.mean(), found.error(), reference.exact(payoff));
            // 2,048 batches tell a variance within 3.1%
            let ratio = path / reference.path(payoff);
            assert!((ratio - 1.0).abs() <= 4.0 * 0.0313, "{}: variance {path}, {ratio} of SciPy's", payoff.name);
        }
        for construction in Construction::ALL {
            let found = known.means(&engine, Some(construction), REPLICATES, POINTS);
            for (payoff, found) in known.payoffs.iter().zip(found) {
                is_near(payoff, construction.name(), found.mean(), found.error(), reference.exact(payoff));
                let gain = reference.path(payoff) / POINTS as f64 / found.variance();
                let other = reference.gain(payoff, construction, POINTS);
                println!("{}, {}: a gain of {gain:.1}, SciPy's {other:.1}", payoff.name, construction.name());
                let equal = agree(1.0 / gain, f64::from(REPLICATES), 1.0 / other, scrambles(&reference));
                assert!(equal, "{}, {}: a gain of {gain}, SciPy's {other}", payoff.name, construction.name());
            }
        }
    }
}

/// Scrambles behind each variance of the other implementation.
fn scrambles(reference: &Reference) -> f64 {
    reference.0["replicates"].as_f64().expect("a number")
}

fn is_near(payoff: &Payoff, kind: &str, mean: f64, error: f64, exact: f64) {
    let name = payoff.name;
    println!("{name}, {kind}: {mean} ± {error}, exactly {exact}, {:.2} standard errors off", (mean - exact) / error);
    assert!((mean - exact).abs() <= WIDTH * error + ROUNDING * exact, "{name}, {kind}: {mean} ± {error}, not {exact}");
}

/// With a bridge the first dimension alone decides where the price ends, and of n points either ⌊np⌋ or ⌈np⌉ are on one side. Rounding may
/// move one more across.
#[test]
fn every_scramble_of_a_bridge_ends_above_the_start_equally_often() {
    let (engine, reference) = (cpu(), Reference::read());
    let known = all().swap_remove(2);
    let digital = known.payoffs.iter().position(|payoff| payoff.case == "digital").expect("it is there");
    let exact = reference.exact(&known.payoffs[digital]);
    for power in [4, 8, 12] {
        let points = 1u64 << power;
        let found = known.means(&engine, Some(Construction::Bridge), REPLICATES, points).swap_remove(digital);
        let farthest = found.0.iter().map(|share| (share - exact).abs() * points as f64).fold(0.0, f64::max);
        assert!(farthest < 2.0, "{points} points: off by {farthest} points");
    }
}

/// Errors fall with a power of the number of points that is SciPy's, and more than the 0.5 of independent paths.
#[test]
fn errors_of_an_asian_option_fall_faster_than_those_of_independent_paths() {
    let (engine, reference) = (cpu(), Reference::read());
    let (known, payoff) = (all().swap_remove(0), &FILES[0].1[0]);
    let (replicates, error) = FOR_RATES;
    let of = |construction| {
        let variance = |power| {
            let points = 1u64 << power;
            (points, known.means(&engine, construction, replicates, points)[0].variance())
        };
        rate(&(10..=16).map(variance).collect::<Vec<_>>())
    };
    let independent = of(None);
    assert!((independent - 0.5).abs() <= 4.0 * error, "{independent}");
    for construction in Construction::ALL {
        let (found, other) = (of(Some(construction)), rate(&reference.variances(payoff, construction)));
        println!("{}: n^-{found:.3}, SciPy's n^-{other:.3}, independent n^-{independent:.3}", construction.name());
        assert!(
            (found - other).abs() <= 4.0 * error.hypot(OTHER_RATE),
            "{}: {found}, not {other}",
            construction.name()
        );
        assert!(found - 0.5 >= 4.0 * error, "{}: {found}", construction.name());
    }
}

/// `cargo bench --bench points -- known` writes the rows, from 64 scrambles of 65,536 points.
#[test]
fn the_page_has_every_payoff_within_its_bounds() {
    let page = std::fs::read_to_string("docs/points.md").expect("the page is there");
    let (_, text) = page.split_once("<!-- known -->").expect("the page has the mark");
    let reference = Reference::read();
    for payoff in FILES.iter().flat_map(|(_, payoffs)| *payoffs) {
        let row = text.lines().find(|line| line.starts_with(&format!("| {} |", payoff.name)));
        let row = row.unwrap_or_else(|| panic!("docs/points.md lacks `{}`", payoff.name));
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let number = |cell: &str| cell.parse::<f64>().unwrap_or_else(|_| panic!("{cell} in {row}"));
        let (value, error) = cells[3].split_once(" ± ").expect("an error");
        let exact = reference.exact(payoff);
        assert!((number(value) - exact).abs() <= WIDTH * number(error) + ROUNDING * exact, "{row}");
        assert!((number(cells[2]) - exact).abs() <= number(error), "{row}");
        for (construction, ours, others) in [(Construction::Bridge, 4, 5), (Construction::Time, 6, 7)] {
            let other = reference.gain(payoff, construction, 1 << 16);
            assert!((number(cells[others]) / other - 1.0).abs() < 0.06, "{other} in {row}");
            assert!(agree(1.0 / number(cells[ours]), 64.0, 1.0 / other, scrambles(&reference)), "{other} in {row}");
        }
    }
}
