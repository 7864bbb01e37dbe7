//! What normals cost: the inverse distribution function that the engines use against Box–Muller, on the best instruction set
//! of this processor, from the same Threefry words. Run with `cargo bench --bench normals`; items are normals.

use divan::Bencher;
use divan::counter::ItemsCount;
use overhang::engine::Instructions;
use overhang::engine::single::lanes::{Kernel, launch};
use overhang::formula::single::{Words, logarithm, normal_quantile, threefry};

/// Generator calls of a measurement, each of four words; they fit the first-level cache.
const CALLS: usize = 1024;

fn main() {
    for map in [Map::InverseCdf, Map::BoxMuller] {
        let mut out = [[0.0; CALLS]; 4];
        launch(Instructions::best(), Batch { out: &mut out, map });
        let mean_square = out.as_flattened().iter().map(|z| z * z).sum::<f32>() / (4 * CALLS) as f32;
        // its standard error is √(2/4096) = 0.022
        assert!((mean_square - 1.0).abs() < 0.1, "no standard normals: mean square {mean_square}");
    }
    divan::main();
}

struct Batch<'a> {
    out: &'a mut [[f32; CALLS]; 4],
    map: Map,
}

#[derive(Clone, Copy)]
enum Map {
    /// The words as numbers, for what the generator alone costs.
    None,
    InverseCdf,
    BoxMuller,
}

impl Kernel for Batch<'_> {
    #[inline(always)]
    fn run(self) {
        let mut words = [[0; CALLS]; 4];
        let [a, b, c, d] = &mut words;
        for i in 0..CALLS {
            let drawn = threefry(Words { w0: i as u32, w1: 0, w2: 0, w3: 0 }, Words { w0: 1, w1: 0, w2: 0, w3: 1 });
            a[i] = drawn.w0;
            b[i] = drawn.w1;
            c[i] = drawn.w2;
            d[i] = drawn.w3;
        }
        match self.map {
            Map::None => each(&words, self.out, |word| word as i32 as f32),
            // a closure, since a function passed as such is not inlined
            #[allow(clippy::redundant_closure)]
            Map::InverseCdf => each(&words, self.out, |word| normal_quantile(word)),
            Map::BoxMuller => {
                for pair in [0, 2] {
                    #[allow(clippy::needless_range_loop, reason = "four rows are indexed alike")]
                    for i in 0..CALLS {
                        let (x, y) = box_muller(words[pair][i], words[pair + 1][i]);
                        self.out[pair][i] = x;
                        self.out[pair + 1][i] = y;
                    }
                }
            }
        }
    }
}

#[inline(always)]
fn each(words: &[[u32; CALLS]; 4], out: &mut [[f32; CALLS]; 4], map: impl Fn(u32) -> f32) {
    for (words, out) in words.iter().zip(out) {
        for (&word, out) in words.iter().zip(out) {
            *out = map(word);
        }
    }
}

/// Two normals of two words: √(−2 ln u)·(cos 2πv, sin 2πv), with u of 31 bits so that tails reach as far as they can, and
/// sine and cosine by polynomials good to 10⁻⁷.
#[inline(always)]
fn box_muller(u: u32, v: u32) -> (f32, f32) {
    let u = ((u >> 1) as i32 as f32 + 0.5) * 4.656_613e-10;
    let radius = (-2.0 * logarithm(u)).sqrt();
    // the angle in quarter turns: its quadrant from the top bits, the rest in [−½, ½)
    let quadrant = v >> 30;
    let rest = ((v << 2) as i32 as f32) * 2.328_306_4e-10;
    let square = rest * rest;
    let sine = rest
        * square.mul_add(
            square.mul_add(square.mul_add(-0.004_681_754, 0.079_692_63), -0.645_964_1),
            std::f32::consts::FRAC_PI_2,
        );
    let cosine = square.mul_add(square.mul_add(square.mul_add(-0.020_863_48, 0.253_669_5), -1.233_700_6), 1.0);
    let swap = quadrant & 1 == 1;
    let (x, y) = (if swap { sine } else { cosine }, if swap { cosine } else { sine });
    let (x, y) = (if quadrant & 2 == 2 { -x } else { x }, if (quadrant + 1) & 2 == 2 { -y } else { y });
    (radius * x, radius * y)
}

fn measure(bencher: Bencher, map: Map) {
    let mut out = [[0.0; CALLS]; 4];
    bencher.counter(ItemsCount::new(4 * CALLS)).bench_local(|| {
        launch(Instructions::best(), Batch { out: divan::black_box(&mut out), map });
    });
}

#[divan::bench]
fn generator_alone(bencher: Bencher) {
    measure(bencher, Map::None);
}

#[divan::bench]
fn inverse_cdf(bencher: Bencher) {
    measure(bencher, Map::InverseCdf);
}

#[divan::bench]
fn box_muller_pairs(bencher: Bencher) {
    measure(bencher, Map::BoxMuller);
}
