//! Points of a sweep in groups along an axis, where there are too many to draw one by one, and how much of what comes out an axis
//! explains alone.

use crate::text::numbers::significant;

/// Digits of the ends of a group.
const DIGITS: i32 = 3;

/// The groups of an axis: which one each point is in, and where they lie.
pub struct Groups {
    /// By point.
    pub of: Vec<usize>,
    /// Borders of the groups along the axis, one more than there are groups.
    pub edges: Vec<f64>,
    /// What each group is called.
    pub names: Vec<String>,
    /// Where each group is drawn.
    pub centres: Vec<f64>,
}

impl Groups {
    /// A group for each distinct position, or so many of equal width where there are more. All positions are
    /// finite.
    pub fn of(positions: &[f64], most: usize) -> Self {
        let mut distinct = positions.to_vec();
        distinct.sort_by(f64::total_cmp);
        distinct.dedup();
        if distinct.len() <= most {
            let of = positions.iter().map(|&x| distinct.partition_point(|&other| other < x)).collect();
            let names = distinct.iter().map(|&x| significant(x, DIGITS + 1)).collect();
            return Groups { of, edges: edges(&distinct), names, centres: distinct };
        }
        let (low, high) = (distinct[0], distinct[distinct.len() - 1]);
        let width = (high - low) / most as f64;
        let of = positions.iter().map(|&x| (((x - low) / width) as usize).min(most - 1)).collect();
        let edges: Vec<f64> = (0..=most).map(|i| low + width * i as f64).collect();
        let name = |pair: &[f64]| format!("{} … {}", significant(pair[0], DIGITS), significant(pair[1], DIGITS));
        let names = edges.windows(2).map(name).collect();
        let centres = edges.windows(2).map(|pair| 0.5 * (pair[0] + pair[1])).collect();
        Groups { of, edges, names, centres }
    }

    /// The values of each group, in order of size.
    pub fn values(&self, values: &[f64]) -> Vec<Vec<f64>> {
        let mut all = vec![Vec::new(); self.centres.len()];
        for (&group, &value) in self.of.iter().zip(values).filter(|(_, value)| value.is_finite()) {
            all[group].push(value);
        }
        all.iter_mut().for_each(|values| values.sort_by(f64::total_cmp));
        all
    }

    /// The share of the variance of the values that lies between the groups, in [0, 1]: the correlation ratio η² (Pearson 1905),
    /// less what as many groups of unrelated points would explain. `None` if nothing varies.
    pub fn explained(&self, values: &[f64]) -> Option<f64> {
        let groups: Vec<Vec<f64>> = self.values(values).into_iter().filter(|group| !group.is_empty()).collect();
        let count = groups.iter().map(Vec::len).sum::<usize>() as f64;
        let mean = groups.iter().flatten().sum::<f64>() / count;
        let squares = |values: &[f64], centre: f64| values.iter().map(|x| (x - centre).powi(2)).sum::<f64>();
        let total: f64 = groups.iter().map(|group| squares(group, mean)).sum();
        let within: f64 = groups.iter().map(|group| squares(group, mean_of(group))).sum();
        let free = count - groups.len() as f64;
        if !(total > 0.0 && free > 0.0) {
            return None;
        }
        // Kelley's correction
        Some((1.0 - within / total * (count - 1.0) / free).clamp(0.0, 1.0))
    }
}

/// The mean; NaN of nothing.
pub fn mean_of(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// A quantile of values in order of size, interpolated; NaN of nothing.
pub fn quantile_of(values: &[f64], p: f64) -> f64 {
    let Some(last) = values.len().checked_sub(1) else { return f64::NAN };
    let at = p * last as f64;
    let (below, above) = (values[at.floor() as usize], values[at.ceil() as usize]);
    below + (above - below) * at.fract()
}

/// Borders half-way between neighbours, and as far beyond the ends.
fn edges(values: &[f64]) -> Vec<f64> {
    let middle = values.windows(2).map(|pair| 0.5 * (pair[0] + pair[1]));
    let Some(last) = values.len().checked_sub(1) else { return vec![0.0, 1.0] };
    let (first_gap, last_gap) = match values {
        [_] => (1.0, 1.0),
        _ => (values[1] - values[0], values[last] - values[last - 1]),
    };
    std::iter::once(values[0] - 0.5 * first_gap).chain(middle).chain([values[last] + 0.5 * last_gap]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edges_lie_between() {
        assert_eq!(edges(&[1.0, 2.0, 4.0]), [0.5, 1.5, 3.0, 5.0]);
        assert_eq!(edges(&[3.0]), [2.5, 3.5]);
        assert_eq!(Groups::of(&[], 5).centres, Vec::<f64>::new());
    }

    #[test]
    fn few_positions_have_groups_of_their_own_and_many_share_them() {
        let few = Groups::of(&[2.0, 1.0, 2.0], 3);
        assert_eq!((few.of.as_slice(), few.centres.as_slice()), (&[1, 0, 1][..], &[1.0, 2.0][..]));
        let many = Groups::of(&[0.0, 0.1, 0.5, 0.9, 1.0], 2);
        assert_eq!((many.of.as_slice(), many.centres.as_slice()), (&[0, 0, 1, 1, 1][..], &[0.25, 0.75][..]));
    }

    #[test]
    fn an_axis_explains_what_follows_from_it_and_nothing_else() {
        let x: Vec<f64> = (0..400).map(|i| f64::from(i % 20)).collect();
        let of_x: Vec<f64> = x.iter().map(|x| x * x).collect();
        // the other coordinate of a full grid
        let other: Vec<f64> = (0..400).map(|i| f64::from(i / 20)).collect();
        let groups = Groups::of(&x, 40);
        assert!((groups.explained(&of_x).unwrap() - 1.0).abs() < 1e-12);
        assert_eq!(groups.explained(&other), Some(0.0));
        let both: Vec<f64> = x.iter().zip(&other).map(|(x, y)| x + y).collect();
        assert!((groups.explained(&both).unwrap() - 0.5).abs() < 0.03);
        assert_eq!(groups.explained(&[1.0; 400]), None);
    }

    #[test]
    fn quantiles_are_interpolated() {
        assert_eq!([0.0, 0.25, 0.5, 1.0].map(|p| quantile_of(&[1.0, 2.0, 4.0], p)), [1.0, 1.5, 2.0, 4.0]);
        assert!(quantile_of(&[], 0.5).is_nan());
    }
}
