//! Single precision is near double, path by path. What comes out stands in docs/validation.md.

mod measure;

#[test]
fn single_precision_is_near_double() {
    for file in measure::FILES {
        let found = measure::precisions(file);
        let row = measure::row(file, &found);
        println!("{row}");
        // where a crisis and vendors' capital hang on sums, what rounding turns is all that comes after on that path
        let most = if file.contains("industry") { 5e-5 } else { 2e-6 };
        // on more paths than two engines in the same precision, since roundings are twice as many
        let agree = found.found.paths < 0.002 && found.found.times < 1e-4 && found.mean < most;
        assert!(agree, "{row}: {:?}, {:e}", found.found, found.mean);
        crate::has_rows("precision", &[row]);
    }
}
