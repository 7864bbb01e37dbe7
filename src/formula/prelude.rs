//! WGSL's built-in functions under their own names, so that the twins read as the shaders do.

/// A WGSL conversion such as `f32(k)`.
pub trait Convert<T> {
    fn convert(self) -> T;
}

macro_rules! conversions {
    ($($from:ty => $to:ty),*) => {
        $(impl Convert<$to> for $from {
            #[inline(always)]
            fn convert(self) -> $to {
                self as $to
            }
        })*
    };
}

conversions!(bool => u32, u32 => i32, i32 => u32, i32 => f32, u32 => f32, i32 => f64, u32 => f64);

/// 1.5·2²³: added to a number of less than 2²², it leaves the nearest whole number in the low bits.
const SHIFT: f32 = 12_582_912.0;

/// Whole numbers of less than 2²² in size. `as` would saturate, which no vector instruction does.
impl Convert<i32> for f32 {
    #[inline(always)]
    fn convert(self) -> i32 {
        (self + SHIFT).to_bits() as i32 - SHIFT.to_bits() as i32
    }
}

/// Numbers from 0 to less than 2³², cut to whole ones.
impl Convert<u32> for f32 {
    #[inline(always)]
    fn convert(self) -> u32 {
        self as u32
    }
}

impl Convert<u32> for f64 {
    #[inline(always)]
    fn convert(self) -> u32 {
        self as u32
    }
}

/// The nearest whole number, ties to even, for less than 2²² in size.
#[inline(always)]
pub fn round(x: f32) -> f32 {
    (x + SHIFT) - SHIFT
}

#[inline(always)]
pub fn i32<T: Convert<i32>>(x: T) -> i32 {
    x.convert()
}

#[inline(always)]
pub fn u32<T: Convert<u32>>(x: T) -> u32 {
    x.convert()
}

#[inline(always)]
pub fn f32<T: Convert<f32>>(x: T) -> f32 {
    x.convert()
}

/// What WGSL's f32() becomes in double precision.
#[inline(always)]
pub fn f64<T: Convert<f64>>(x: T) -> f64 {
    x.convert()
}

/// The same bits read as another type.
#[inline(always)]
pub fn bitcast<T: bytemuck::Pod>(x: impl bytemuck::Pod) -> T {
    bytemuck::cast(x)
}

/// `accept` where the condition holds, else `reject`, without a branch.
#[inline(always)]
pub fn select<T>(reject: T, accept: T, condition: bool) -> T {
    std::hint::select_unpredictable(condition, accept, reject)
}

#[inline(always)]
pub fn wrapping_add(a: u32, b: u32) -> u32 {
    a.wrapping_add(b)
}

#[inline(always)]
pub fn wrapping_mul(a: u32, b: u32) -> u32 {
    a.wrapping_mul(b)
}

#[inline(always)]
pub fn wrapping_sub(a: u32, b: u32) -> u32 {
    a.wrapping_sub(b)
}

/// Minimum and maximum as instructions have them: no case for NaN, which WGSL leaves open.
pub trait Ordered: Copy + PartialOrd {}
impl Ordered for f32 {}
impl Ordered for f64 {}
impl Ordered for u32 {}

#[inline(always)]
pub fn min<T: Ordered>(a: T, b: T) -> T {
    if b < a { b } else { a }
}

#[inline(always)]
pub fn max<T: Ordered>(a: T, b: T) -> T {
    if a < b { b } else { a }
}
