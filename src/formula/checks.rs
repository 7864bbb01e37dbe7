//! The twins against known answers and double precision.

use super::{double, single};

fn words(w: [u32; 4]) -> single::Words {
    single::Words { w0: w[0], w1: w[1], w2: w[2], w3: w[3] }
}

/// Random123's known answers for Threefry-4x32 with 13 rounds (counter; key; result).
pub const THREEFRY_ANSWERS: [([u32; 4], [u32; 4], [u32; 4]); 3] = [
    ([0; 4], [0; 4], [0x531c7e4f, 0x39491ee5, 0x2c855a92, 0x3d6abf9a]),
    ([0xffffffff; 4], [0xffffffff; 4], [0xc4189358, 0x1c9cc83a, 0xd5881c67, 0x6a0a89e0]),
    (
        [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
        [0xa4093822, 0x299f31d0, 0x082efa98, 0xec4e6c89],
        [0x4aa71d8f, 0x734738c2, 0x431fc6a8, 0xae6debf1],
    ),
];

#[test]
fn threefry_gives_the_known_answers_of_random123() {
    for (counter, key, answer) in THREEFRY_ANSWERS {
        assert_eq!(single::threefry(words(counter), words(key)), words(answer));
    }
}

/// Words spread over both tails evenly in the exponent of p, and over the middle.
fn sample_words() -> impl Iterator<Item = u32> {
    let tail = (0..31)
        .flat_map(|bits| (0..2000u32).map(move |i| (1u32 << bits) + (((1u64 << bits) * u64::from(i)) / 2000) as u32));
    let middle = (0..200_000u32).map(|i| i.wrapping_mul(2_654_435_769));
    tail.flat_map(|w| [w, !w]).chain(middle).chain([0, u32::MAX, 0x7fff_ffff, 0x8000_0000])
}

#[test]
fn normal_quantile_is_good_to_a_millionth_over_both_tails() {
    let mut worst = (0.0, 0);
    for word in sample_words() {
        let exact = double::normal_quantile(word);
        let error = (f64::from(single::normal_quantile(word)) - exact).abs() / exact.abs().max(1.0);
        if error > worst.0 {
            worst = (error, word);
        }
    }
    assert!(worst.0 < 5e-7, "off by {:e} at word {:#x}", worst.0, worst.1);
    assert!(single::normal_quantile(0) < -6.2 && single::normal_quantile(u32::MAX) > 6.2);
}

#[test]
fn normal_quantile_is_symmetric_and_rises() {
    let mut sorted: Vec<u32> = sample_words().collect();
    sorted.sort_unstable();
    for pair in sorted.windows(2).filter(|pair| pair[1] - pair[0] > 4096) {
        assert!(single::normal_quantile(pair[0]) <= single::normal_quantile(pair[1]), "{pair:x?}");
    }
    for word in sample_words() {
        assert_eq!(single::normal_quantile(word), -single::normal_quantile(!word));
    }
}

#[test]
fn exponential_and_logarithm_are_good_to_a_few_units_in_the_last_place() {
    let worst = |name: &str, errors: &mut dyn Iterator<Item = f64>, bound: f64| {
        let worst = errors.fold(0.0, f64::max);
        assert!(worst < bound, "{name} is off by {worst:e}");
    };
    let xs = (-86_000..88_000).map(|i| i as f32 / 1000.0);
    worst("exponential", &mut xs.map(|x| (f64::from(single::exponential(x)) / f64::from(x).exp() - 1.0).abs()), 2e-7);
    let xs = (1..400_000).map(|i| (i as f32 / 2000.0 - 100.0).exp2());
    let log_error =
        |x: f32| (f64::from(single::logarithm(x)) - f64::from(x).ln()).abs() / f64::from(x).ln().abs().max(1.0);
    worst("logarithm", &mut xs.map(log_error), 1.5e-7);
}

/// Every field that crosses from Rust to the kernels says its unit, and every structure above it how many there are.
#[test]
fn fields_of_the_tables_say_what_they_are() {
    let (mut fields, mut structures, mut before) = (0, 0, "");
    for line in include_str!("../../shaders/plan.wgsl").lines() {
        if line.starts_with("struct ") {
            assert!(before.starts_with("// ") && (before.contains('[') || before.ends_with(": one.")), "{line}");
            structures += 1;
        }
        if line.starts_with("    ") {
            assert!(line.split_once(", ").is_some_and(|(_, rest)| rest.trim_start().starts_with("// ")), "{line}");
            fields += 1;
        }
        before = line;
    }
    assert!(structures > 10 && fields > 4 * structures, "{structures} structures with {fields} fields");
}
