//! The correlation of the driving Brownian motions.

use nalgebra::DMatrix;

use super::super::item::Item;
use super::super::limits::{Limits, rounded};
use super::super::model::{Factor, Process};
use super::super::names::Names;
use crate::scenario::item::Fields;

/// Eigenvalues up to this count as 0: the matrix could not be decomposed reliably.
const LEAST_EIGENVALUE: f64 = 1e-9;

const RHO: Limits = Limits::any("the correlation of the two Brownian motions").above(-1.0).below(1.0);

/// The `[correlation]`, if there is one; factors that could not be read are `None`.
pub(super) fn correlation(fields: Option<&Fields>, names: &Names, factors: &[Option<Factor>]) -> Option<DMatrix<f64>> {
    let mut matrix = DMatrix::identity(names.len(), names.len());
    let Some(fields) = fields else { return Some(matrix) };
    let pairs = fields.required("pairs", "an array of [factor, factor, correlation]");
    fields.finish();
    let pairs = pairs?;
    // The lower triangle holds the line of a pair until all are read, to find those given twice.
    let mut lines = DMatrix::<usize>::zeros(names.len(), names.len());
    let mut valid = true;
    for element in pairs.list(496, "an array of [factor, factor, correlation], each pair of factors once")? {
        let Some((i, j, rho)) = pair(&element, names, factors) else {
            valid = false;
            continue;
        };
        let line = lines[(i.max(j), i.min(j))];
        if line > 0 {
            let title = format!("the pair `{}`, `{}` is given twice", names.name(i), names.name(j));
            element.fail(
                title,
                "must be given once",
                format!("the first is on line {line}; the order of the two names does not matter"),
            );
            valid = false;
        }
        lines[(i.max(j), i.min(j))] = element.context.line(&element.span());
        matrix[(i, j)] = rho;
        matrix[(j, i)] = rho;
    }
    (valid && positive_definite(&pairs, &matrix)).then_some(matrix)
}

fn pair(element: &Item, names: &Names, factors: &[Option<Factor>]) -> Option<(usize, usize, f64)> {
    let [first, second, rho] = element.parts(["factor", "factor", "correlation"])?;
    let rho = rho.number(&RHO);
    let (i, j) = (random(&first, names, factors), random(&second, names, factors));
    let (i, j) = (i?, j?);
    if i == j {
        let title = format!("`{}` is paired with itself", names.name(i));
        second.fail(title, "must be another factor", "the correlation of a factor with itself is always 1");
        return None;
    }
    Some((i, j, rho?))
}

/// The place of a factor that has a Brownian motion.
fn random(item: &Item, names: &Names, factors: &[Option<Factor>]) -> Option<usize> {
    let place = names.find(item)?;
    if let Some(Factor { process: Process::Table { .. }, name, .. }) = &factors[place] {
        let title = format!("the table `{name}` cannot be correlated");
        item.fail(title, "must be a random factor", "a table is deterministic; remove the pair");
        return None;
    }
    Some(place)
}

fn positive_definite(pairs: &Item, matrix: &DMatrix<f64>) -> bool {
    let least = matrix.clone().symmetric_eigenvalues().iter().copied().fold(f64::INFINITY, f64::min);
    if least > LEAST_EIGENVALUE {
        return true;
    }
    let least = if least.abs() <= LEAST_EIGENVALUE { 0.0 } else { least };
    let label = format!("its smallest eigenvalue is {} but must be above 0", rounded(least));
    let hint =
        "no random variables can have these correlations; unlisted pairs count as 0, so list them too or weaken others";
    pairs.fail("the correlation matrix is not positive definite", label, hint);
    false
}
