//! Quantiles where distribution functions of a library lose their digits: far tails of normals, and betas of extreme shapes.

use statrs::distribution::{Beta, ContinuousCDF, Normal};
use statrs::function::beta::beta_reg;

/// Standard deviations beyond which a normal's tail is computed by its logarithm, since its probability nears the smallest numbers.
const FAR: f64 = 30.0;
/// Shapes for which the library's quantile of a beta is right and ends.
const ORDINARY: std::ops::RangeInclusive<f64> = 0.1..=30.0;

/// The quantile of a normal that is cut off at `low` and `high`.
///
/// Shares of the upper tail are taken from its end, as they are differences of numbers near one otherwise.
pub fn truncated_normal(mean: f64, sd: f64, (low, high): (f64, f64), u: f64) -> f64 {
    let normal = Normal::new(mean, sd).expect("checked when it was read");
    let (from, to) = ((low - mean) / sd, (high - mean) / sd);
    let value = if from > FAR {
        low + sd * beyond(from, to, u)
    } else if to < -FAR {
        high - sd * beyond(-to, -from, 1.0 - u)
    } else if from > 0.0 {
        let (above, share) = (upper(to), 1.0 - u);
        2.0 * mean - normal.inverse_cdf(above + (upper(from) - above) * share)
    } else {
        let (below, above) = (normal.cdf(low), normal.cdf(high));
        normal.inverse_cdf(below + (above - below) * u)
    };
    value.clamp(low, high)
}

/// The probability that a standard normal lies above `z`.
fn upper(z: f64) -> f64 {
    Normal::standard().cdf(-z)
}

/// How far above `from` the quantile of a standard normal between `from` and `to` lies, where `from` is beyond [`FAR`].
///
/// With Mills' ratio R, the tail above x is φ(x)·R(x), so that the logarithm of a tail's share of that above `from` is a
/// quadratic and a small correction; its derivative is −1/R.
fn beyond(from: f64, to: f64, u: f64) -> f64 {
    if from.is_infinite() {
        return 0.0;
    }
    // the logarithms of the share above `to`, and of the share above the quantile
    let end = if to.is_infinite() {
        f64::NEG_INFINITY
    } else {
        -(to - from) * (from + to) / 2.0 + (mills(to) / mills(from)).ln()
    };
    let share = (u * end.exp_m1()).ln_1p();
    let mut above = -2.0 * share / (from + (from * from - 2.0 * share).sqrt());
    for _ in 0..4 {
        let x = from + above;
        let excess = above * (from + above / 2.0) - (mills(x) / mills(from)).ln() + share;
        above -= excess * mills(x);
    }
    above
}

/// Mills' ratio of a standard normal, the tail above `x` over the density at `x`, by its asymptotic series: the terms that are
/// left out are below 10⁻¹⁵ from [`FAR`] on.
fn mills(x: f64) -> f64 {
    let y = 1.0 / (x * x);
    let series = (1..8).rev().fold(1.0, |sum, k| 1.0 - f64::from(2 * k - 1) * y * sum);
    series / x
}

/// The quantile of a beta of shapes `a` and `b`.
pub fn beta(a: f64, b: f64, u: f64) -> f64 {
    if ORDINARY.contains(&a) && ORDINARY.contains(&b) {
        let beta = Beta::new(a, b).expect("checked when it was read");
        return beta.inverse_cdf(u).clamp(0.0, 1.0);
    }
    // measured from the nearer end, so that what lies close to 1 keeps its digits
    if u <= beta_reg(a, b, 0.5) { lower_half(a, b, u) } else { 1.0 - lower_half(b, a, 1.0 - u) }
}

/// The quantile of a beta that lies in the lower half, by bisection of its logarithm.
fn lower_half(a: f64, b: f64, u: f64) -> f64 {
    let (mut low, mut high) = (f64::MIN_POSITIVE.ln(), 0.5f64.ln());
    if beta_reg(a, b, low.exp()) >= u {
        return 0.0;
    }
    while high - low > 1e-15 * (1.0 + high.abs()) {
        let middle = (low + high) / 2.0;
        if middle <= low || middle >= high {
            break;
        }
        if beta_reg(a, b, middle.exp()) < u { low = middle } else { high = middle }
    }
    ((low + high) / 2.0).exp()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Shares of the references.
    const SHARES: [f64; 5] = [1.0 / 8_589_934_592.0, 0.001, 0.5, 0.75, 1.0 - 1.0 / 33_554_432.0];

    fn close(found: f64, expected: f64, relative: f64, what: impl std::fmt::Debug) {
        assert!(
            (found - expected).abs() <= relative * expected.abs().max(1e-12),
            "{what:?}: {found:e}, not {expected:e}"
        );
    }

    /// References: bisection of log Φ, or of the logarithm of the upper tail, with 60 digits in mpmath 1.3.
    #[test]
    fn truncated_normals_have_their_tails() {
        let infinite = f64::INFINITY;
        for ((mean, sd, low, high), expected) in [
            (
                (0.4, 0.05, 0.9, 1.0),
                [
                    0.900_000_000_000_576_4,
                    0.900_004_953_883_116_1,
                    0.903_420_591_802_924_8,
                    0.906_818_529_690_081,
                    0.979_550_234_658_742_5,
                ],
            ),
            (
                (0.0, 1.0, 3.0, 9.0),
                [
                    3.000_000_000_035_459,
                    3.000_304_729_551_136,
                    3.205_154_920_598_933_2,
                    3.399_557_844_476_161,
                    6.499_737_668_558_244,
                ],
            ),
            (
                (0.0, 1.0, -9.0, -3.0),
                [
                    -7.288_125_193_827_334,
                    -4.692_429_483_730_122,
                    -3.205_154_920_598_933_2,
                    -3.086_563_482_835_176,
                    -3.000_000_009_077_498_4,
                ],
            ),
            (
                (0.0, 1.0, 8.0, 40.0),
                [
                    8.000_000_000_014_335,
                    8.000_123_192_649_347,
                    8.084_911_007_391_543,
                    8.168_964_358_662_926,
                    9.911_563_318_375_375,
                ],
            ),
            (
                (0.0, 1.0, 25.0, 26.0),
                [
                    25.000_000_000_004_65,
                    25.000_039_956_254_415,
                    25.027_666_476_956_472,
                    25.055_302_500_819_75,
                    25.682_739_251_029_423,
                ],
            ),
            (
                (0.0, 1.0, 35.0, 50.0),
                [
                    35.000_000_000_003_323,
                    35.000_028_562_433_81,
                    35.019_782_496_307_18,
                    35.039_553_842_020_61,
                    35.491_259_866_698_54,
                ],
            ),
            (
                (0.0, 1.0, -50.0, -35.0),
                [
                    -35.647_035_452_676_19,
                    -35.196_652_154_188_94,
                    -35.019_782_496_307_18,
                    -35.008_211_832_584_5,
                    -35.000_000_000_850_802,
                ],
            ),
            (
                (0.0, 1.0, 1e3, 1001.0),
                [
                    1_000.000_000_000_000_1,
                    1_000.000_001_000_499_3,
                    1_000.000_693_146_247_2,
                    1_000.001_386_292_013_9,
                    1_000.017_328_512_047,
                ],
            ),
            (
                (0.0, 1.0, -40.0, -39.999),
                [
                    -39.999_999_999_999_88,
                    -39.999_998_979_751_64,
                    -39.999_495_000_396_1,
                    -39.999_246_275_114_17,
                    -39.999_000_000_029_21,
                ],
            ),
            (
                (5.0, 0.001, 5.2, 6.0),
                [
                    5.200_000_000_000_001,
                    5.200_000_005_002_376_7,
                    5.200_003_465_619_241_3,
                    5.200_006_931_178_435,
                    5.200_086_622_473_953,
                ],
            ),
        ] {
            for (u, expected) in SHARES.into_iter().zip(expected) {
                // the library's quantile of a normal is good to some 10⁻¹¹
                close(truncated_normal(mean, sd, (low, high), u), expected, 2e-11, (low, high, u));
            }
        }
        // the end itself where the tail is thinner than numbers can tell
        assert_eq!(truncated_normal(0.0, 1e-300, (1e30, infinite), 0.5), 1e30);
    }

    /// References: SciPy 1.17's `betaincinv`, and `betainccinv` for the last share.
    #[test]
    fn betas_of_extreme_shapes_have_their_quantiles() {
        for ((a, b), expected) in [
            (
                (2.0, 5.0),
                [
                    2.785_871_338_007_055e-6,
                    0.008_255_492_787_746_678,
                    0.264_449_983_295_660_05,
                    0.389_479_485_200_724_5,
                    0.978_080_987_142_71,
                ],
            ),
            (
                (0.05, 0.05),
                [2.030_035_569_034_845_5e-193, 9.711_823_602_720_127e-55, 0.5, 0.999_999_116_715_494_8, 1.0],
            ),
            (
                (0.01, 5.0),
                [
                    0.0,
                    1.253_990_451_122_799_4e-301,
                    9.892_240_424_112_215e-32,
                    4.021_800_915_289_353e-14,
                    0.894_105_365_475_089_7,
                ],
            ),
            (
                (1e4, 1e4),
                [
                    0.477_602_902_691_439_5,
                    0.489_075_546_440_436_05,
                    0.5,
                    0.502_384_697_628_244_9,
                    0.519_155_739_142_656_2,
                ],
            ),
            ((1e4, 0.01), [0.998_450_905_671_997_1, 0.999_849_095_502_280_4, 1.0, 1.0, 1.0]),
            (
                (1.0, 1e4),
                [
                    1.164_153_218_337_104e-14,
                    1.000_500_283_533_489_3e-7,
                    6.931_231_584_642_809e-5,
                    0.000_138_619_827_497_528_17,
                    0.001_731_367_402_607_448_7,
                ],
            ),
            (
                (0.5, 3e3),
                [
                    3.548_338_995_184_776e-24,
                    2.618_213_423_788_293e-10,
                    7.582_618_102_114_889e-5,
                    0.000_220_544_672_248_533_2,
                    0.005_107_397_321_266_59,
                ],
            ),
        ] {
            for (u, expected) in SHARES.into_iter().zip(expected) {
                close(beta(a, b, u), expected, 1e-7, (a, b, u));
            }
        }
    }
}
