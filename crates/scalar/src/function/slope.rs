//! Derivatives that take care of extremes.

use crate::Scalar;

/// `1 / (1 + x²)` as `r² / (r² + m²)` with `m = min(|x|, 1)` and `r = 1 / max(|x|, 1)`: no square
/// overflows, in no derivative either.
#[inline]
pub(crate) fn atan<S: Scalar>(x: S) -> S {
    let one = S::one();
    let size = x.abs();
    let (m, larger) = (size.select_lt(one, size, one), size.select_lt(one, one, size));
    let r = one / larger;
    let square = r * r;
    square / (square + m * m)
}

/// `1 - x²`: as a product where it is small, so that its digits are kept, and as it stands around 0,
/// so that those of its derivative are.
#[inline]
pub(crate) fn one_minus_square<S: Scalar>(x: S) -> S {
    let one = S::one();
    x.abs().select_lt(S::from_f64(0.5), one - x * x, (one - x) * (one + x))
}

/// `if x is ±0 { yes } else { no }`.
#[inline]
pub(crate) fn select_zero<S: Scalar>(x: S, yes: S, no: S) -> S {
    let zero = S::zero();
    x.select_lt(zero, no, zero.select_lt(x, no, x.select_nan(no, yes)))
}

/// `factor x^exponent`, and 0 where the factor and `x` are 0, also if the exponent is negative: the
/// derivative of what is a polynomial there.
#[inline]
pub(crate) fn scaled_power<S: Scalar>(factor: S, x: S, exponent: S) -> S {
    let product = factor * x.pow(exponent);
    select_zero(factor, select_zero(x, S::zero(), product), product)
}
