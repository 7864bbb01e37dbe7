//! A maximum by the simplex method of Nelder and Mead (1965), with the usual coefficients 1, 2, ½ and ½.

/// The most evaluations.
const MOST: usize = 4_000;

/// The point near which `function` is highest, from a start and the size of the first steps along each axis.
///
/// Values that are not finite count as the lowest. Ends where the simplex's values differ by less than `tolerance`, or after 4,000
/// evaluations.
pub fn maximum(function: impl Fn(&[f64]) -> f64, start: &[f64], steps: &[f64], tolerance: f64) -> (Vec<f64>, f64) {
    let value = |point: &[f64]| Some(function(point)).filter(|value| value.is_finite()).unwrap_or(f64::MIN);
    let corner = |axis: Option<usize>| {
        let mut point = start.to_vec();
        if let Some(axis) = axis {
            point[axis] += steps[axis];
        }
        let height = value(&point);
        (point, height)
    };
    let mut simplex: Vec<(Vec<f64>, f64)> =
        std::iter::once(None).chain((0..start.len()).map(Some)).map(corner).collect();
    let mut evaluations = simplex.len();
    while evaluations < MOST {
        simplex.sort_by(|a, b| b.1.total_cmp(&a.1));
        let worst = start.len();
        if simplex[0].1 - simplex[worst].1 < tolerance {
            break;
        }
        let centre = centre(&simplex[..worst]);
        let along = |share: f64| {
            let blend = |axis: usize| centre[axis] + share * (simplex[worst].0[axis] - centre[axis]);
            let point: Vec<f64> = (0..start.len()).map(blend).collect();
            let height = value(&point);
            (point, height)
        };
        let mirrored = along(-1.0);
        evaluations += 1;
        let better = if mirrored.1 > simplex[0].1 {
            let further = along(-2.0);
            evaluations += 1;
            Some(if further.1 > mirrored.1 { further } else { mirrored })
        } else if mirrored.1 > simplex[worst - 1].1 {
            Some(mirrored)
        } else {
            let inside = along(if mirrored.1 > simplex[worst].1 { -0.5 } else { 0.5 });
            evaluations += 1;
            (inside.1 > simplex[worst].1.max(mirrored.1)).then_some(inside)
        };
        match better {
            Some(point) => simplex[worst] = point,
            None => {
                evaluations += start.len();
                shrink(&mut simplex, &value);
            }
        }
    }
    simplex.sort_by(|a, b| b.1.total_cmp(&a.1));
    simplex.swap_remove(0)
}

fn centre(points: &[(Vec<f64>, f64)]) -> Vec<f64> {
    let mean = |axis: usize| points.iter().map(|point| point.0[axis]).sum::<f64>() / points.len() as f64;
    (0..points[0].0.len()).map(mean).collect()
}

/// Halves the distances of all corners from the best.
fn shrink(simplex: &mut [(Vec<f64>, f64)], value: &impl Fn(&[f64]) -> f64) {
    let best = simplex[0].0.clone();
    for (point, height) in &mut simplex[1..] {
        for (coordinate, best) in point.iter_mut().zip(&best) {
            *coordinate = f64::midpoint(*coordinate, *best);
        }
        *height = value(point);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_valley_of_rosenbrock_is_followed_to_its_end() {
        let valley = |x: &[f64]| -(1.0 - x[0]).powi(2) - 100.0 * (x[1] - x[0] * x[0]).powi(2);
        let (found, height) = maximum(valley, &[-1.2, 1.0], &[0.5, 0.5], 1e-14);
        assert!((found[0] - 1.0).abs() < 1e-5 && (found[1] - 1.0).abs() < 1e-5 && height > -1e-10, "{found:?}");
    }

    #[test]
    fn a_quadratic_of_six_dimensions_has_its_maximum_found() {
        let bowl = |x: &[f64]| -x.iter().enumerate().map(|(k, x)| (k + 1) as f64 * (x - k as f64).powi(2)).sum::<f64>();
        let (found, _) = maximum(bowl, &[0.0; 6], &[0.5; 6], 1e-13);
        assert!(found.iter().enumerate().all(|(k, x)| (x - k as f64).abs() < 1e-4), "{found:?}");
    }
}
