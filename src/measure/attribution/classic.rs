//! The statistics of spreadsheet risk tools: regression and correlation of an output on the inputs that were drawn.

use nalgebra::{DMatrix, DVector};
use ndarray::{ArrayView1, ArrayView2, aview1};

use super::basis::mean_ranks;
use super::sets::mean;

/// The classic statistics of one output. The output is one value for each set of inputs, such as the mean over its paths;
/// path noise in it takes correlations towards 0.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Classic {
    /// The share of the output's variance that the linear regression on all inputs explains, 0…1.
    pub r_squared: Option<f64>,
    /// By input.
    pub inputs: Vec<ClassicInput>,
}

/// The classic statistics of an output and one input. What is undefined is `None`: correlations with something that does not
/// vary, regressions on inputs that determine each other or are as many as the sets.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ClassicInput {
    /// Standardized regression coefficient: standard deviations of the output per standard deviation of the input, from one
    /// linear regression on all inputs (Saltelli et al. 2008, "Global Sensitivity Analysis. The Primer").
    pub regression: Option<f64>,
    /// Pearson's correlation, −1…1.
    pub correlation: Option<f64>,
    /// Spearman's rank correlation, −1…1, with mean ranks for ties.
    pub rank_correlation: Option<f64>,
    /// Partial rank correlation given all other inputs, −1…1 (Iman and Conover 1979, "The use of the rank transform in
    /// regression").
    pub partial_rank_correlation: Option<f64>,
    /// Contribution to variance as Crystal Ball and @RISK show it: the squared rank correlation over the sum of those of all
    /// inputs, with the sign of the correlation; absolute values add up to 1.
    pub contribution: Option<f64>,
    /// Mean of the output in ten bins of the input, from low to high values, with equal counts that differ by one at most;
    /// earlier bins are the larger ones, and ties stay in the order of the sets. Empty with fewer than ten sets.
    pub bin_means: Vec<f64>,
}

impl ClassicInput {
    /// The lowest and the highest mean over the bins, @RISK's change in output mean.
    pub fn mean_range(&self) -> Option<(f64, f64)> {
        let first = *self.bin_means.first()?;
        Some(self.bin_means.iter().fold((first, first), |(low, high), &mean| (low.min(mean), high.max(mean))))
    }
}

const BINS: usize = 10;

/// The classic statistics of `output`, one value for each row of `inputs` (sets × inputs). Empty if their lengths differ or a
/// value is not finite.
pub fn classic(inputs: ArrayView2<f64>, output: &[f64]) -> Classic {
    let finite = inputs.iter().chain(output).all(|value| value.is_finite());
    if !finite || inputs.nrows() != output.len() || output.len() < 2 {
        return Classic::default();
    }
    let columns: Vec<Vec<f64>> = inputs.columns().into_iter().map(|column| column.to_vec()).collect();
    let ranks: Vec<Vec<f64>> = inputs.columns().into_iter().map(mean_ranks).collect();
    let output_ranks = mean_ranks(aview1(output));
    let regression = regression(&columns, output);
    let partial = partial_correlations(&ranks, &output_ranks);
    let rank_correlations: Vec<Option<f64>> = ranks.iter().map(|ranks| correlation(ranks, &output_ranks)).collect();
    let squares: f64 = rank_correlations.iter().flatten().map(|rho| rho * rho).sum();
    let one = |input: usize| ClassicInput {
        regression: regression.as_ref().map(|(slopes, _)| slopes[input]),
        correlation: correlation(&columns[input], output),
        rank_correlation: rank_correlations[input],
        partial_rank_correlation: partial.as_ref().map(|partial| partial[input]),
        contribution: rank_correlations[input].filter(|_| squares > 0.0).map(|rho| rho * rho.abs() / squares),
        bin_means: bin_means(inputs.column(input), output),
    };
    Classic { r_squared: regression.as_ref().map(|(_, share)| *share), inputs: (0..columns.len()).map(one).collect() }
}

/// Values less their mean, over their length; `None` of a constant.
fn standardized(values: &[f64]) -> Option<Vec<f64>> {
    let centre = mean(values.iter().copied());
    let length = values.iter().map(|value| (value - centre).powi(2)).sum::<f64>().sqrt();
    // a constant has the rounding of its mean left
    let size = values.iter().fold(0.0, |size: f64, value| size.max(value.abs()));
    let varies = length > 1e-14 * size * (values.len() as f64).sqrt();
    varies.then(|| values.iter().map(|value| (value - centre) / length).collect())
}

fn correlation(a: &[f64], b: &[f64]) -> Option<f64> {
    let (a, b) = (standardized(a)?, standardized(b)?);
    Some(a.iter().zip(&b).map(|(a, b)| a * b).sum::<f64>().clamp(-1.0, 1.0))
}

/// Coefficients of the regression of the standardized output on the standardized inputs, and the share of variance that it
/// explains; `None` where they are not determined.
fn regression(columns: &[Vec<f64>], output: &[f64]) -> Option<(Vec<f64>, f64)> {
    let (slopes, rest) = residual(columns, output)?;
    Some((slopes, 1.0 - rest.iter().map(|rest| rest * rest).sum::<f64>()))
}

/// Slopes of the regression of the standardized output on the standardized inputs, and what it leaves; by QR decomposition.
fn residual(columns: &[Vec<f64>], output: &[f64]) -> Option<(Vec<f64>, Vec<f64>)> {
    if columns.is_empty() || columns.len() + 1 >= output.len() {
        return None;
    }
    let columns = columns.iter().map(|column| standardized(column)).collect::<Option<Vec<_>>>()?;
    let inputs = DMatrix::from_fn(output.len(), columns.len(), |row, column| columns[column][row]);
    let output = DVector::from_vec(standardized(output)?);
    let decomposition = inputs.clone().qr();
    let upper = decomposition.r();
    // a column that others determine leaves rounding on the diagonal
    if upper.diagonal().iter().any(|diagonal| diagonal.abs() < 1e-10) {
        return None;
    }
    let slopes = upper.solve_upper_triangular(&(decomposition.q().transpose() * &output))?;
    let rest = &output - inputs * &slopes;
    Some((slopes.as_slice().to_vec(), rest.as_slice().to_vec()))
}

/// The correlation of the output with each input that is left once both are regressed on all other inputs.
fn partial_correlations(columns: &[Vec<f64>], output: &[f64]) -> Option<Vec<f64>> {
    let mut all = Vec::new();
    for input in 0..columns.len() {
        let others: Vec<Vec<f64>> =
            columns.iter().enumerate().filter(|&(at, _)| at != input).map(|(_, column)| column.clone()).collect();
        let rest = |values: &[f64]| {
            if others.is_empty() { standardized(values) } else { residual(&others, values).map(|(_, rest)| rest) }
        };
        all.push(correlation(&rest(&columns[input])?, &rest(output)?)?);
    }
    Some(all)
}

fn bin_means(input: ArrayView1<f64>, output: &[f64]) -> Vec<f64> {
    if output.len() < BINS {
        return Vec::new();
    }
    let mut order: Vec<usize> = (0..output.len()).collect();
    // −0 and 0 are a tie
    order.sort_by(|&a, &b| (input[a] + 0.0).total_cmp(&(input[b] + 0.0)));
    bins(output.len()).map(|bin| mean(order[bin].iter().map(|&at| output[at]))).collect()
}

/// Bins of equal counts, the first ones larger by one where they do not divide.
fn bins(count: usize) -> impl Iterator<Item = std::ops::Range<usize>> {
    let (size, larger) = (count / BINS, count % BINS);
    let start = move |bin: usize| bin * size + bin.min(larger);
    (0..BINS).map(move |bin| start(bin)..start(bin + 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array2, array};

    /// 37 sets with ties and correlations.
    fn sample() -> (Array2<f64>, Vec<f64>) {
        let inputs = Array2::from_shape_fn((37, 3), |(row, input)| {
            let k = row as f64;
            [((row * 7) % 37) as f64, (k.cos() * 3.0).round_ties_even(), (k * k).sin().exp()][input]
        });
        let value = |(k, row): (usize, ArrayView1<f64>)| {
            2.0 * row[0] - 3.0 * row[1] + 0.5 * row[2] * row[2] + 10.0 * (3.0 * k as f64).sin()
        };
        let output = inputs.rows().into_iter().enumerate().map(value).collect();
        (inputs, output)
    }

    fn same(found: Option<f64>, expected: f64) {
        let found = found.unwrap();
        assert!((found - expected).abs() < 1e-12, "{found}, not {expected}");
    }

    /// Reference: `numpy.linalg.lstsq` of NumPy 2.4.6 on columns with mean 0 and variance 1, `scipy.stats.pearsonr`,
    /// `spearmanr` and `rankdata` of SciPy 1.17.1; partial correlations are `pearsonr` of the residuals of `lstsq` on the
    /// other ranks.
    #[test]
    fn numpy_and_scipy_find_the_same() {
        let (inputs, output) = sample();
        let found = classic(inputs.view(), &output);
        same(found.r_squared, 0.911_257_950_679_049_9);
        let expected = [
            [0.884_494_422_677_256_5, 0.912_364_921_367_042_4, 0.925_082_977_714_556_6, 0.953_038_110_749_929_4],
            [-0.271_132_948_575_038_4, -0.361_917_474_207_468_3, -0.326_412_723_286_910_9, -0.650_416_025_958_362_2],
            [0.067_441_092_155_974_52, 0.091_168_665_338_435_89, 0.083_688_952_110_004_74, 0.210_621_646_101_646_63],
        ];
        let contributions = [0.882_857_865_577_943_5, -0.109_916_671_591_694_91, 0.007_225_462_830_361_407_4];
        for (input, [regression, correlation, rank, partial]) in expected.into_iter().enumerate() {
            same(found.inputs[input].regression, regression);
            same(found.inputs[input].correlation, correlation);
            same(found.inputs[input].rank_correlation, rank);
            same(found.inputs[input].partial_rank_correlation, partial);
            same(found.inputs[input].contribution, contributions[input]);
        }
    }

    /// Reference: means of `numpy.array_split(y[numpy.argsort(x, kind="stable")], 10)`, NumPy 2.4.6.
    #[test]
    fn numpy_finds_the_same_means_of_bins() {
        let (inputs, output) = sample();
        let found = classic(inputs.view(), &output);
        let expected: [[f64; 10]; 3] = [
            [
                4.942_537_364_643_615_5,
                8.126_883_643_445_552,
                19.228_503_822_069_754,
                26.874_376_824_872_236,
                38.028_473_384_746_28,
                45.434_374_034_477_4,
                54.316_384_073_872_43,
                60.629_787_738_323_49,
                62.556_056_347_109_35,
                74.681_219_712_112_05,
            ],
            [
                48.913_349_474_249_88,
                39.210_577_376_900_034,
                62.612_968_213_577_176,
                23.437_197_418_668_188,
                39.126_077_321_421_87,
                52.481_754_684_517_57,
                24.200_214_155_232_008,
                17.457_409_930_713_904,
                25.431_114_777_628_085,
                30.937_731_760_616_938,
            ],
            [
                15.446_634_867_976_687,
                50.533_405_916_026_8,
                50.280_695_809_849_36,
                32.746_437_754_607_65,
                45.404_775_671_638_234,
                18.601_314_781_794_756,
                39.950_274_408_855_506,
                18.420_329_531_062_418,
                53.019_359_426_780_26,
                51.744_700_089_539_88,
            ],
        ];
        for (input, expected) in found.inputs.iter().zip(expected) {
            for (found, expected) in input.bin_means.iter().zip(expected) {
                assert!((found - expected).abs() < 1e-12 * expected, "{found}, not {expected}");
            }
        }
        let (low, high) = found.inputs[0].mean_range().unwrap();
        assert!((low - 4.942_537_364_643_615_6).abs() < 1e-12 && (high - 74.681_219_712_112_05).abs() < 1e-12);
    }

    #[test]
    fn one_input_has_its_correlation_for_everything() {
        let inputs = array![[1.0], [2.0], [4.0], [3.0]];
        let found = classic(inputs.view(), &[1.0, 3.0, 2.0, 7.0]);
        assert_eq!(
            found.inputs[0].regression.map(|x| (x * 1e12).round()),
            found.inputs[0].correlation.map(|x| (x * 1e12).round())
        );
        same(found.inputs[0].partial_rank_correlation, found.inputs[0].rank_correlation.unwrap());
        assert_eq!((found.inputs[0].contribution, found.inputs[0].mean_range()), (Some(1.0), None));
    }

    #[test]
    fn what_is_undefined_is_none() {
        let inputs = Array2::from_shape_fn((12, 2), |(row, input)| if input == 0 { row as f64 } else { 0.1 });
        let output: Vec<f64> = (0..12).map(|row| f64::from(row * row)).collect();
        let found = classic(inputs.view(), &output);
        assert_eq!((found.r_squared, found.inputs[1].correlation, found.inputs[1].contribution), (None, None, None));
        assert_eq!(found.inputs[0].rank_correlation, Some(1.0));
        let twice = Array2::from_shape_fn((12, 2), |(row, input)| (row * (input + 1)) as f64);
        assert_eq!(classic(twice.view(), &output).inputs[0].regression, None);
        assert_eq!(classic(inputs.view(), &output[1..]), Classic::default());
    }
}
