//! Single precision is near double, path by path. What comes out stands in docs/validation.md.

mod measure;

#[test]
fn single_precision_is_near_double() {
    for file in measure::FILES {
        let found = measure::precisions(file);
        let row = measure::row(file, &found);
        println!("{row}");
        // on more paths than two engines in the same precision, since roundings are twice as many
        let agree = found.found.paths < 0.002 && found.found.times < 1e-4 && found.mean < 2e-6;
        assert!(agree, "{row}: {:?}, {:e}", found.found, found.mean);
        crate::has_rows("precision", &[row]);
    }
}
