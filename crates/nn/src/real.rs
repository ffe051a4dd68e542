//! The two kinds of numbers that the kernels are compiled for.

use crate::elementary::coefficients as table;
#[cfg(target_arch = "x86_64")]
use crate::simd::{Avx2, Avx512};
use crate::simd::{Portable, Vector};
use core::fmt::{Debug, Display};

/// `f64` and `f32`: what the kernels compute with.
///
/// Sealed: kernels are compiled for these two only.
///
/// ```
/// use nn::{Activation, Mlp, Real, Workspace};
///
/// fn at_one<T: Real>(line: &Mlp, p: &[T]) -> T {
///     let mut y = [T::ZERO];
///     let done = line.value(p, &[T::ONE], &mut y, &mut Workspace::new(line));
///     assert!(done.is_ok());
///     y[0]
/// }
///
/// let line = Mlp::new(&[1, 1], Activation::Tanh)?; // y = w x + b
/// assert_eq!((at_one(&line, &[2.0f64, 1.0]), at_one(&line, &[2.0f32, 1.0])), (3.0, 3.0));
/// # Ok::<(), nn::Error>(())
/// ```
#[allow(private_bounds)]
pub trait Real:
    scalar::Scalar
    + Constants
    + crate::kernel::Kernels
    + PartialOrd
    + Display
    + Debug
    + Default
    + Send
    + Sync
    + 'static
{
    /// The number 0.
    const ZERO: Self;
    /// The number 1.
    const ONE: Self;
    /// Whether it is neither NaN nor infinite.
    fn is_finite(self) -> bool;
    /// The same number, or the nearest one.
    fn to_f64(self) -> f64;
}

/// What the elementary functions need to know about a kind of numbers, and its vectors.
pub(crate) trait Constants: Copy + 'static {
    #[cfg(target_arch = "x86_64")]
    type Avx512: Vector<Elem = Self, Isa = Avx512>;
    #[cfg(target_arch = "x86_64")]
    type Avx2: Vector<Elem = Self, Isa = Avx2>;
    type Portable: Vector<Elem = Self, Isa = Portable>;

    const HALF: Self;
    const TWO: Self;
    const LOG2_E: Self;
    const FRAC_2_PI: Self;
    const LN_2: [Self; 2];
    /// Beyond these `exp` is infinite, or zero.
    const EXP_RANGE: [Self; 2];
    /// Beyond this `tanh` is 1.
    const TANH_LIMIT: Self;
    /// Whether `tanh` needs what the rest of its argument has lost.
    const TANH_LOST: bool;
    /// Up to here the quarter turns are counted exactly.
    const TURNS_LIMIT: Self;
    /// `√2 - 1`: where `ln(1 + u)` changes its formula.
    const LN_1P_FOLD: Self;
    /// `√(8/π)` and the coefficient of the cube in GELU.
    const GELU: [Self; 2];
    /// Beyond this GELU is `x` or zero.
    const GELU_LIMIT: Self;

    const EXP: &'static [Self];
    const SIN: &'static [Self];
    const COS: &'static [Self];
    const HALF_PI: &'static [Self];
    const LN_1P: &'static [Self];

    /// A whole number as a constant.
    fn whole(n: u32) -> Self;
    /// The sine and cosine of the standard library.
    fn sin_cos_of_large(self) -> (Self, Self);
}

macro_rules! real {
    ($float:ident, $bits512:ident $bits256:ident $portable:ident, $exp_range:expr, $tanh_limit:literal,
     $turns:literal, $gelu_limit:literal, $EXP:ident $SIN:ident $COS:ident $PI:ident $LN:ident
     $LN_2:ident) => {
        impl Real for $float {
            const ZERO: Self = 0.0;
            const ONE: Self = 1.0;
            #[inline]
            fn is_finite(self) -> bool {
                $float::is_finite(self)
            }
            #[inline]
            fn to_f64(self) -> f64 {
                f64::from(self)
            }
        }

        impl Constants for $float {
            #[cfg(target_arch = "x86_64")]
            type Avx512 = crate::simd::$bits512;
            #[cfg(target_arch = "x86_64")]
            type Avx2 = crate::simd::$bits256;
            type Portable = crate::simd::$portable;

            const HALF: Self = 0.5;
            const TWO: Self = 2.0;
            const LOG2_E: Self = core::$float::consts::LOG2_E;
            const FRAC_2_PI: Self = core::$float::consts::FRAC_2_PI;
            const LN_2: [Self; 2] = table::$LN_2;
            const EXP_RANGE: [Self; 2] = $exp_range;
            const TANH_LIMIT: Self = $tanh_limit;
            const TANH_LOST: bool = size_of::<Self>() == 8;
            const TURNS_LIMIT: Self = $turns;
            const LN_1P_FOLD: Self = core::$float::consts::SQRT_2 - 1.0;
            #[allow(clippy::excessive_precision)]
            const GELU: [Self; 2] = [1.595_769_121_605_730_7, 0.044_715];
            const GELU_LIMIT: Self = $gelu_limit;

            const EXP: &'static [Self] = &table::$EXP;
            const SIN: &'static [Self] = &table::$SIN;
            const COS: &'static [Self] = &table::$COS;
            const HALF_PI: &'static [Self] = &table::$PI;
            const LN_1P: &'static [Self] = &table::$LN;

            #[inline(always)]
            fn whole(n: u32) -> Self {
                n as $float
            }
            fn sin_cos_of_large(self) -> (Self, Self) {
                self.sin_cos()
            }
        }
    };
}

real! { f64, Avx512F64 Avx2F64 Portable2, [-746.0, 710.0], 20.0, 1.6e6, 40.0,
EXP SIN COS HALF_PI LN_1P LN_2 }
real! { f32, Avx512F32 Avx2F32 Portable4, [-104.0, 89.0], 10.0, 1.2e4, 20.0,
EXP_F32 SIN_F32 COS_F32 HALF_PI_F32 LN_1P_F32 LN_2_F32 }
