//! How often intervals cover, by design: paths that share parameters, and scrambled quasi-random points. Beside the errors of
//! the design stand those that take the same paths for independent ones, which fail.

use statrs::distribution::{ContinuousCDF, Normal};

use super::{
    Estimate, FirstPassageSample, Pivot, Sample, expected_shortfall, mean_error, moments, probability, quantile,
    sd_error, time_distribution,
};
use crate::plan::figure::Frame;
use crate::registry::Side;
use crate::tally::testing::{Draws, run_of};
use crate::tally::{SampleDesign, Tally};

const FRAME: Frame = Frame { centre: 0.0, scale: 4.0 };
const REPETITIONS: u32 = 400;
/// Four standard errors of a share of 0.95, √(0.95·0.05/400) = 0.0109.
const TOLERANCE: f64 = 0.0436;
/// The event is a figure above this; see [`run_of`].
const THRESHOLD: f64 = 0.5;

/// Names and truths of the estimates for a standard normal figure.
fn truths() -> Vec<(&'static str, f64)> {
    let normal = Normal::standard();
    // φ(z)/(1 − level)
    let shortfall = |level: f64| {
        let z = normal.inverse_cdf(level);
        (-0.5 * z * z).exp() / std::f64::consts::TAU.sqrt() / (1.0 - level)
    };
    // of those above ½ the ones above 1 are earlier by a period
    let time = 2.0 - normal.sf(THRESHOLD + 0.5) / normal.sf(THRESHOLD);
    vec![
        ("mean", 0.0),
        ("standard deviation", 1.0),
        ("probability", normal.sf(THRESHOLD)),
        ("median", 0.0),
        ("90% quantile", normal.inverse_cdf(0.9)),
        ("80% shortfall, high", shortfall(0.8)),
        ("80% shortfall, low", -shortfall(0.8)),
        ("mean time", time),
    ]
}

/// The intervals of these estimates.
fn intervals(tally: &Tally) -> Vec<(f64, f64)> {
    let (sample, times) = (Sample::new(tally, 0, FRAME), FirstPassageSample::new(tally, 0));
    let found = moments(&sample);
    let order = sample.order().expect("there are paths");
    let by_time = time_distribution(&times, 1, &[]);
    let p = probability(&times);
    let all = [
        found.interval(),
        Estimate::around(found.sd, found.sd_se, found.pivot),
        Estimate { value: p.probability, low: p.low, high: p.high, atom: false },
        quantile(&order, 0.5),
        quantile(&order, 0.9),
        expected_shortfall(&order, Side::High, 0.8),
        expected_shortfall(&order, Side::Low, 0.8),
        Estimate::around(by_time.mean, by_time.se, by_time.pivot),
    ];
    all.iter().map(|of| (of.low.expect("a bound"), of.high.expect("a bound"))).collect()
}

/// Of each estimate the share of repetitions whose interval covers, by the design and as if paths were independent, and how
/// much wider the latter is.
fn coverage(mut run: impl FnMut() -> Tally) -> Vec<(&'static str, f64, f64, f64)> {
    let truths = truths();
    let mut counts = vec![(0, 0, 0.0, 0.0); truths.len()];
    for _ in 0..REPETITIONS {
        let tally = run();
        let naive = intervals(&Tally { design: SampleDesign::Independent, ..tally.clone() });
        for ((count, (_, truth)), (ours, naive)) in
            counts.iter_mut().zip(&truths).zip(intervals(&tally).iter().zip(&naive))
        {
            let covers = |&(low, high): &(f64, f64)| u32::from(low <= *truth && *truth <= high);
            *count = (
                count.0 + covers(ours),
                count.1 + covers(naive),
                count.2 + ours.1 - ours.0,
                count.3 + naive.1 - naive.0,
            );
        }
    }
    let share = |count: u32| f64::from(count) / f64::from(REPETITIONS);
    let all = truths.iter().zip(counts);
    all.map(|((name, _), count)| (*name, share(count.0), share(count.1), count.3 / count.2))
        .inspect(|(name, ours, naive, wider)| println!("{name}: {ours:.3}, independent {naive:.3}, {wider:.2} as wide"))
        .collect()
}

/// A run of parts of so many figures each.
fn parts(part: fn(Tally, u32) -> Tally, number: u32, mut figures: impl FnMut() -> Vec<f64>) -> Tally {
    let mut whole = run_of(&[], FRAME, THRESHOLD);
    (0..number).for_each(|at| whole.merge(&part(run_of(&figures(), FRAME, THRESHOLD), at)));
    whole
}

/// Figures of paths that share a parameter, with this correlation between any two of a set; standard normal over all.
fn shared(draws: &mut Draws, correlation: f64, paths: usize) -> Vec<f64> {
    let common = correlation.sqrt() * draws.normal();
    (0..paths).map(|_| common + (1.0 - correlation).sqrt() * draws.normal()).collect()
}

#[test]
fn intervals_of_paths_that_share_parameters_cover() {
    let mut draws = Draws::new(91);
    // paths of a set are half alike: 20 of them are worth 20/(1 + 19/2) = 1.9
    for (name, ours, naive, _) in coverage(|| parts(Tally::as_set, 100, || shared(&mut draws, 0.5, 20))) {
        assert!((ours - 0.95).abs() < TOLERANCE, "{name}: covered {ours}");
        assert!(naive < 0.85, "{name}: independent errors covered {naive}");
    }
}

#[test]
fn intervals_cover_where_shared_parameters_do_not_matter() {
    let mut draws = Draws::new(92);
    for (name, ours, naive, wider) in coverage(|| parts(Tally::as_set, 100, || shared(&mut draws, 0.0, 20))) {
        for share in [ours, naive] {
            assert!((share - 0.95).abs() < TOLERANCE, "{name}: covered {share}");
        }
        assert!((0.9..1.05).contains(&wider), "{name}: {wider}");
    }
}

#[test]
fn intervals_of_scrambled_points_cover_and_are_narrower() {
    let normal = Normal::standard();
    let mut seed = 0;
    let mut scramble = || {
        seed += 1;
        let z = |point, dimension| {
            normal.inverse_cdf(f64::from(sobol_burley::sample(point, dimension, seed)) + 2f64.powi(-25))
        };
        (0..128).map(|point| 0.8 * z(point, 0) + 0.6 * z(point, 1)).collect()
    };
    for (name, ours, naive, wider) in coverage(|| parts(Tally::as_scramble, 8, &mut scramble)) {
        assert!((ours - 0.95).abs() < TOLERANCE, "{name}: covered {ours}");
        // points that are spread evenly are better than independent errors know
        assert!(naive > 0.99 && wider > 1.5, "{name}: independent errors covered {naive}, {wider} as wide");
    }
}

#[test]
fn a_single_part_has_values_without_errors() {
    let mut draws = Draws::new(93);
    for design in [Tally::as_set, Tally::as_scramble] {
        let tally = parts(design, 1, || shared(&mut draws, 0.5, 500));
        let sample = Sample::new(&tally, 0, FRAME);
        let found = moments(&sample);
        assert!(found.mean.is_some() && found.sd.is_some() && found.se.is_none() && found.sd_se.is_none());
        for why in [mean_error(&sample), sd_error(&sample)] {
            assert_eq!(why, Err(super::NoError::TooFewParts));
        }
        let order = sample.order().expect("there are paths");
        let p = probability(&FirstPassageSample::new(&tally, 0));
        for of in [quantile(&order, 0.5), expected_shortfall(&order, Side::High, 0.8)] {
            assert!(of.value.is_some() && of.low.is_none() && of.high.is_none());
        }
        assert!(p.probability.is_some() && p.low.is_none() && p.high.is_none());
        // the tally of a part is no sample of independent paths
        let (SampleDesign::Clustered { sets: parts } | SampleDesign::Replicated { scrambles: parts }) = &tally.design
        else {
            panic!("{}", tally.design.name())
        };
        assert_eq!(mean_error(&Sample::new(&parts[&0], 0, FRAME)), Err(super::NoError::TooFewParts));
    }
}

#[test]
fn batches_are_independent_paths() {
    let mut draws = Draws::new(94);
    let tally = parts(Tally::in_batch, 8, || shared(&mut draws, 0.0, 100));
    let plain = Tally { design: SampleDesign::Independent, ..tally.clone() };
    assert_eq!(intervals(&tally), intervals(&plain));
    assert_eq!(moments(&Sample::new(&tally, 0, FRAME)).pivot, Pivot::Normal);
}

#[test]
fn errors_of_figures_that_do_not_vary_are_zero() {
    let tally = parts(Tally::as_set, 4, || vec![0.7; 100]);
    let sample = Sample::new(&tally, 0, FRAME);
    let (found, order) = (moments(&sample), sample.order().expect("there are paths"));
    assert_eq!((found.mean, found.se, found.sd_se), (Some(0.7), Some(0.0), Some(0.0)));
    let exact = Estimate { value: Some(0.7), low: Some(0.7), high: Some(0.7), atom: true };
    assert_eq!([quantile(&order, 0.5), expected_shortfall(&order, Side::High, 0.8)], [exact; 2]);
}

#[test]
fn an_atom_whose_share_varies_between_sets_is_not_taken_for_certain() {
    // half of all figures are 0, in some sets all and in others none, so that the 30% quantile may well be above
    let mut set = 0;
    let tally = parts(Tally::as_set, 6, || {
        set += 1;
        if set % 2 == 0 { vec![0.0; 50] } else { (1..=50).map(f64::from).collect() }
    });
    let found = quantile(&Sample::new(&tally, 0, FRAME).order().expect("there are paths"), 0.3);
    assert!(found.value == Some(0.0) && found.high.is_none_or(|high| high > 0.0) && !found.atom, "{found:?}");
}
