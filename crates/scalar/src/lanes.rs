use crate::concrete::max_or_nan;
use crate::{Concrete, Scalar, for_each_elementary, impl_assign_ops};
use core::ops::{Add, Div, Mul, Neg, Sub};

/// `W` independent evaluations side by side; the compiler turns the array loops into SIMD
/// instructions.
///
/// Every lane gives the same bits as `f64` alone.
///
/// ```
/// use scalar::{Lanes, Scalar};
///
/// let x = Lanes([1.0, 4.0, 9.0, 16.0]);
/// assert_eq!((x.sqrt() + Lanes::one()).0, [2.0, 3.0, 4.0, 5.0]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lanes<const W: usize>(pub [f64; W]);

impl<const W: usize> Lanes<W> {
    #[inline]
    fn zip(self, rhs: Self, f: impl Fn(f64, f64) -> f64) -> Self {
        Self(core::array::from_fn(|i| f(self.0[i], rhs.0[i])))
    }
}

macro_rules! lane_op {
    ($op:ident, $method:ident, $sym:tt) => {
        impl<const W: usize> $op for Lanes<W> {
            type Output = Self;
            #[inline]
            fn $method(self, rhs: Self) -> Self {
                self.zip(rhs, |a, b| a $sym b)
            }
        }
    };
}
lane_op!(Add, add, +);
lane_op!(Sub, sub, -);
lane_op!(Mul, mul, *);
lane_op!(Div, div, /);

impl<const W: usize> Neg for Lanes<W> {
    type Output = Self;
    #[inline]
    fn neg(self) -> Self {
        Self(self.0.map(|a| -a))
    }
}

impl_assign_ops!([const W: usize] Lanes<W>);

macro_rules! lane_by_lane {
    ($($f:ident)*) => {$(
        #[inline]
        fn $f(self) -> Self {
            Self(self.0.map(<f64 as Scalar>::$f))
        }
    )*};
}

impl<const W: usize> Scalar for Lanes<W> {
    #[inline]
    fn from_f64(value: f64) -> Self {
        Self([value; W])
    }
    #[inline]
    fn select_lt(self, other: Self, yes: Self, no: Self) -> Self {
        Self(core::array::from_fn(|i| if self.0[i] < other.0[i] { yes.0[i] } else { no.0[i] }))
    }
    for_each_elementary! { lane_by_lane }
    #[inline]
    fn powi(self, n: i32) -> Self {
        Self(self.0.map(|a| a.powi(n)))
    }
    #[inline]
    fn powf(self, exponent: f64) -> Self {
        Self(self.0.map(|a| a.powf(exponent)))
    }
    #[inline]
    fn pow(self, exponent: Self) -> Self {
        self.zip(exponent, f64::powf)
    }
}

impl<const W: usize> Concrete for Lanes<W> {
    #[inline]
    fn scaled_square(error: Self, a: Self, b: Self, atol: f64, rtol: f64) -> Self {
        Self(core::array::from_fn(|i| f64::scaled_square(error.0[i], a.0[i], b.0[i], atol, rtol)))
    }
    #[inline]
    fn largest_part(self) -> f64 {
        self.0.iter().fold(0.0, |m, a| max_or_nan(m, a.abs()))
    }
    #[inline]
    fn is_within(self, low: f64, high: f64) -> bool {
        self.0.iter().all(|a| a.is_within(low, high))
    }
}
