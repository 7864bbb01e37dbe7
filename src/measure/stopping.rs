//! When a simulation that must reach a given precision may stop, and how many paths it needs until then.
//!
//! The paths are computed in stages. After each, every target is either met, its interval being narrow enough, or the number of
//! paths that it needs is estimated, N = n·(w/h)² with w the half-width now and h the target, and the next stage ends near there.
//! All estimates and intervals are those of all paths together, so nothing is thrown away.
//!
//! **Why the intervals keep their coverage.** A rule that stops by its own variance estimate may stop too early where that is too
//! small by chance. Fixed-width intervals still have their nominal coverage as the target shrinks, if the variance estimate is
//! strongly consistent and the first stage grows: Chow and Robbins (1965), "On the asymptotic theory of fixed-width sequential
//! confidence intervals for the mean", theorem (conditions (3)–(5)); for relative half-widths Nádas (1969), "An extension of a
//! theorem of Chow and Robbins"; for means, ratios, quantiles and all other estimates with a functional central limit theorem
//! Glynn and Whitt (1992), "The asymptotic validity of sequential stopping rules for stochastic simulations", theorem 1. The
//! error of a finite first stage is small: where N depends on the variance of the first n paths alone, the mean of N paths of
//! skewness γ is biased by −γ·σ/N, which is γ/√N standard errors, and that an interval is looked at k times within the doubt of its
//! width (see [`Spread::doubt`]) costs less coverage than a half-width that is too small by that doubt once. The first stage
//! is so long that both are below a tenth of a percent for means and probabilities; `docs/validation.md` has what thousands of seeds say.
//!
//! **Why few paths are wasted.** Stein (1945), "A two-sample test for a linear hypothesis whose power is independent of the
//! variance", takes N from the first stage alone, and its doubt makes the excess. Hall (1981), "Asymptotic theory of triple sampling
//! for sequential estimation of a mean", goes a part of the way first where that doubt is large, and so does [`aim`].

use super::error::normal_width;

/// How narrow an interval is to be: half its width, at [`CONFIDENCE`](super::CONFIDENCE).
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum HalfWidth {
    /// In the unit of the estimate; positive.
    Absolute(f64),
    /// As a share of the estimate's size; positive.
    Relative(f64),
}

impl HalfWidth {
    /// The half-width to reach where the estimate has this value, in its unit.
    pub fn bound(self, value: f64) -> f64 {
        match self {
            HalfWidth::Absolute(half) => half,
            HalfWidth::Relative(share) => share * value.abs(),
        }
    }
}

/// What the width of an interval is told from, which decides how far the width itself may be off.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Spread {
    /// The variance of so many paths with this excess kurtosis.
    Variance { paths: f64, kurtosis: f64 },
    /// How many of so many paths something holds of.
    Share { holds: f64, paths: f64 },
    /// The distance of the paths around the p-quantile of so many.
    Rank { p: f64, paths: f64 },
    /// The worst (1 − level) of so many paths.
    Tail { level: f64, paths: f64 },
    /// How much parts differ: Student's t with so many degrees of freedom.
    Parts { degrees: f64 },
}

impl Spread {
    /// The relative standard error of n·w², so of the number of paths that a half-width needs.
    ///
    /// - variance s² of n paths: √((κ + 2)/n) (Cramér 1946, "Mathematical Methods of Statistics", 27.4);
    /// - p̂(1 − p̂): |1 − 2p|/√(n·p(1 − p)), here with the paths of the rarer outcome, 1/√(k + 1), which is defined where k = 0;
    /// - the distance between two order statistics with m paths between them: 1/√m, and so 2/√m for its square;
    /// - (X − VaR)⁺ of an exponential tail, which has kurtosis 6/(1 − level): √(6/(n(1 − level)));
    /// - the variance between parts: √(2/degrees).
    pub fn doubt(self) -> f64 {
        match self {
            Spread::Variance { paths, kurtosis } => ((kurtosis.max(-2.0) + 2.0) / paths).sqrt(),
            Spread::Share { holds, paths } => 1.0 / (holds.min(paths - holds).max(0.0) + 1.0).sqrt(),
            Spread::Rank { p, paths } => {
                let between = 2.0 * normal_width() * (paths * p * (1.0 - p)).sqrt();
                2.0 / between.max(1.0).sqrt()
            }
            Spread::Tail { level, paths } => (6.0 / (paths * (1.0 - level)).max(1.0)).sqrt(),
            Spread::Parts { degrees } => (2.0 / degrees.max(1.0)).sqrt(),
        }
    }
}

/// An estimate, half the width of its interval, and what that comes from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reading {
    /// In its unit; `None` if it is not defined yet.
    pub value: Option<f64>,
    /// In the same unit; `None` if there are too few paths for it.
    pub half_width: Option<f64>,
    pub spread: Spread,
}

/// How many paths a target needs in all, at present knowledge.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Need {
    pub paths: f64,
    /// The relative standard error of that number.
    pub doubt: f64,
}

impl Reading {
    /// The reading of an interval.
    pub fn of_interval(value: Option<f64>, low: Option<f64>, high: Option<f64>, spread: Spread) -> Self {
        let half_width = low.zip(high).map(|(low, high)| (high - low) / 2.0);
        Reading { value, half_width, spread }
    }

    /// Whether the interval is as narrow as that.
    pub fn meets(&self, target: HalfWidth) -> bool {
        self.value.zip(self.half_width).is_some_and(|(value, half)| half <= target.bound(value))
    }

    /// What it needs, if `paths` gave this reading and variance falls as 1/n; `None` if that cannot be told yet. The value of a
    /// relative target is uncertain as well, and adds twice its relative error.
    pub fn need(&self, target: HalfWidth, paths: u64) -> Option<Need> {
        let (value, half) = self.value.zip(self.half_width)?;
        let ratio = half / target.bound(value);
        let of_value = match target {
            HalfWidth::Absolute(_) => 0.0,
            HalfWidth::Relative(_) => 2.0 * half / normal_width() / value.abs(),
        };
        let need = Need { paths: paths as f64 * ratio * ratio, doubt: self.spread.doubt().hypot(of_value) };
        (need.paths.is_finite() && need.doubt.is_finite()).then_some(need)
    }
}

/// Up to this doubt a stage aims at the whole need; beyond, at what is needed for all one knows.
const CLEAR: f64 = 0.05;
/// What a stage adds to the need at most, so that it suffices even if the need is a little larger.
const MOST_MARGIN: f64 = 0.08;
/// A need so doubtful says little: the next stage is this many times as long and no longer.
const VAGUE: f64 = 0.5;
const VAGUE_GROWTH: f64 = 4.0;
/// A stage has at least this share of the paths before, so that few are needed.
const LEAST_GROWTH: f64 = 0.02;

/// The number of paths at which the next stage should end, after `paths` that left a target unmet.
///
/// Where the need is clear the stage adds two of its standard errors, but at most 8% of the need, and so is the last but for
/// bad luck. Where it is doubtful and far away, the stage ends two standard errors before it, and the next one knows better.
pub fn aim(paths: u64, need: Option<Need>) -> f64 {
    let paths = paths as f64;
    let least = paths * (1.0 + LEAST_GROWTH);
    let Some(need) = need else { return VAGUE_GROWTH * paths };
    let finish = need.paths * (1.0 + (2.0 * need.doubt).min(MOST_MARGIN));
    if need.doubt > VAGUE {
        return finish.clamp(least, VAGUE_GROWTH * paths);
    }
    let before = need.paths * (-2.0 * need.doubt).exp();
    let is_far = need.doubt > CLEAR && before >= 2.0 * paths;
    if is_far { before } else { finish.max(least) }
}

/// The half-width falls by at least this much when paths are [`STALL_PATHS`] times as many; half is what theory says.
const STALL: f64 = 0.8;
const STALL_PATHS: f64 = 4.0;

/// Whether an interval has ceased to narrow, as that of a quantile does at the resolution of the bins: `earlier` and `now` are
/// numbers of paths and half-widths.
pub fn has_stalled(earlier: (u64, f64), now: (u64, f64)) -> bool {
    now.0 as f64 >= STALL_PATHS * earlier.0 as f64 && now.1 > STALL * earlier.1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tally::testing::Draws;

    fn reading(value: f64, half: f64, spread: Spread) -> Reading {
        Reading { value: Some(value), half_width: Some(half), spread }
    }

    const NORMAL: Spread = Spread::Variance { paths: 65_536.0, kurtosis: 0.0 };

    #[test]
    fn targets_are_absolute_or_shares_of_the_value() {
        let found = reading(-200.0, 2.0, NORMAL);
        assert!(found.meets(HalfWidth::Absolute(2.0)) && !found.meets(HalfWidth::Absolute(1.99)));
        assert!(found.meets(HalfWidth::Relative(0.01)) && !found.meets(HalfWidth::Relative(0.0099)));
        assert!(!Reading { half_width: None, ..found }.meets(HalfWidth::Absolute(1e9)));
        assert!(reading(0.0, 0.0, NORMAL).meets(HalfWidth::Relative(0.01)), "what is certain meets every target");
    }

    #[test]
    fn needs_by_hand() {
        // three times too wide: nine times the paths
        let need = reading(5.0, 0.3, NORMAL).need(HalfWidth::Absolute(0.1), 1000).unwrap();
        assert!((need.paths - 9000.0).abs() < 1e-6 && (need.doubt - (2.0f64 / 65_536.0).sqrt()).abs() < 1e-12);
        // a value of two standard errors: twice a half more
        let half = 0.1 * normal_width();
        let need = reading(0.2, half, NORMAL).need(HalfWidth::Relative(half / 0.2), 1000).unwrap();
        assert!((need.paths - 1000.0).abs() < 1e-9 && (need.doubt - 1.0).abs() < 1e-3, "{need:?}");
        assert_eq!(reading(0.0, 1.0, NORMAL).need(HalfWidth::Relative(0.1), 1000), None);
    }

    #[test]
    fn doubts_by_hand() {
        let close = |spread: Spread, expected: f64| assert!((spread.doubt() - expected).abs() < 1e-12, "{spread:?}");
        close(Spread::Variance { paths: 200.0, kurtosis: 6.0 }, 0.2);
        close(Spread::Share { holds: 99.0, paths: 1e6 }, 0.1);
        close(Spread::Share { holds: 1e6, paths: 1e6 }, 1.0);
        close(Spread::Tail { level: 0.75, paths: 2400.0 }, 0.1);
        close(Spread::Parts { degrees: 50.0 }, 0.2);
        // 2·1.96·√(n/4) paths between the bounds
        let paths = 4.0 * (50.0 / normal_width()).powi(2);
        close(Spread::Rank { p: 0.5, paths }, 0.2);
    }

    #[test]
    fn stages_finish_what_is_clear_and_approach_what_is_not() {
        let at = |paths: f64, doubt: f64| aim(1000, Some(Need { paths, doubt }));
        assert_eq!(at(5000.0, 0.01), 5100.0);
        assert_eq!(at(5000.0, 0.05), 5400.0);
        assert_eq!(at(5000.0, 0.1), 5000.0 * (-0.2f64).exp());
        assert_eq!(at(2100.0, 0.1), 2268.0, "too near for a stage of its own");
        assert_eq!(at(1e9, 0.6), 4000.0);
        assert_eq!(at(900.0, 0.01), 1020.0);
        assert_eq!(aim(1000, None), 4000.0);
    }

    #[test]
    fn what_does_not_narrow_is_noticed() {
        assert!(has_stalled((1000, 1.0), (4000, 0.9)));
        assert!(!has_stalled((1000, 1.0), (4000, 0.55)));
        assert!(!has_stalled((1000, 1.0), (3000, 0.9)));
    }

    /// Means of exponentials in stages, from a first stage of 1,024: coverage, paths over those of the known variance, stages.
    fn exponentials(target: f64, seeds: u64) -> (f64, f64, f64) {
        let known = (normal_width() / target).powi(2);
        let (mut covered, mut paths, mut stages) = (0.0, 0.0, 0.0);
        for seed in 0..seeds {
            let mut draws = Draws::new(seed);
            let (mut n, mut sums, mut end) = (0u64, [0.0; 2], 1024u64);
            loop {
                while n < end {
                    let x = -draws.uniform().max(1e-300).ln();
                    sums = [sums[0] + x, sums[1] + x * x];
                    n += 1;
                }
                stages += 1.0;
                let count = n as f64;
                let mean = sums[0] / count;
                let se = ((sums[1] / count - mean * mean) / (count - 1.0)).sqrt();
                let spread = Spread::Variance { paths: count, kurtosis: 6.0 };
                let found = reading(mean, normal_width() * se, spread);
                if found.meets(HalfWidth::Absolute(target)) {
                    covered += f64::from(u8::from((mean - 1.0).abs() <= normal_width() * se));
                    paths += count / known;
                    break;
                }
                end = aim(n, found.need(HalfWidth::Absolute(target), n)).ceil() as u64;
            }
        }
        let of = |sum: f64| sum / seeds as f64;
        (of(covered), of(paths), of(stages))
    }

    #[test]
    fn intervals_cover_when_the_rule_stops_them_and_few_paths_are_wasted() {
        // a first stage of a 64th of what runs have, and a skewness of 2
        let seeds = 1000;
        for target in [0.03, 0.015] {
            let (covered, excess, stages) = exponentials(target, seeds);
            let error = (0.95 * 0.05 / seeds as f64).sqrt();
            println!("± {target}: {covered} covered, {excess} of the paths, {stages} stages");
            assert!(covered > 0.95 - 3.0 * error, "{target}: {covered}");
            assert!(excess < 1.15 && stages < 4.5, "{target}: {excess} times the paths in {stages} stages");
        }
    }
}
