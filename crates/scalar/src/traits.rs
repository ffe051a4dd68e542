use core::fmt::Debug;
use core::iter::Sum;
use core::ops::{Add, AddAssign, Div, DivAssign, Mul, MulAssign, Neg, Sub, SubAssign};

/// A number type that a model can be evaluated with.
///
/// There is deliberately no `PartialOrd` and no conversion to `f64`: a batch, a recorded variable or
/// a symbol cannot branch. Write [`select_lt`](Scalar::select_lt), [`min`](Scalar::min),
/// [`max`](Scalar::max) or [`abs`](Scalar::abs) instead of `if`:
///
/// ```compile_fail,E0369
/// fn relu<S: scalar::Scalar>(x: S) -> S {
///     if x < S::zero() { S::zero() } else { x }
/// }
/// ```
///
/// Constants enter through [`from_f64`](Scalar::from_f64); inside `system!` literals do so by
/// themselves.
pub trait Scalar:
    Copy
    + Debug
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
    + AddAssign
    + SubAssign
    + MulAssign
    + DivAssign
    + Sum
{
    /// A constant: a value that depends on no input.
    fn from_f64(value: f64) -> Self;

    /// The constant 0.
    #[inline]
    fn zero() -> Self {
        Self::from_f64(0.0)
    }

    /// The constant 1.
    #[inline]
    fn one() -> Self {
        Self::from_f64(1.0)
    }

    /// `self * factor`, cheaper than a product with [`from_f64`](Scalar::from_f64) for types that
    /// carry derivatives.
    #[inline]
    fn scale(self, factor: f64) -> Self {
        self * Self::from_f64(factor)
    }

    /// `self * factor + addend`, rounded once where the build's target has the instruction, so that
    /// the last digits may differ between builds for different CPUs.
    #[inline]
    fn scale_add(self, factor: f64, addend: Self) -> Self {
        self.scale(factor) + addend
    }

    /// `if self < other { yes } else { no }`, for types that cannot branch. Both values are
    /// computed; the derivative is that of the one chosen. A NaN in the condition chooses `no`.
    fn select_lt(self, other: Self, yes: Self, no: Self) -> Self;

    /// Sine.
    fn sin(self) -> Self;
    /// Cosine.
    fn cos(self) -> Self;
    /// Tangent.
    fn tan(self) -> Self;
    /// Inverse sine, NaN outside [-1, 1].
    fn asin(self) -> Self;
    /// Inverse cosine, NaN outside [-1, 1].
    fn acos(self) -> Self;
    /// Inverse tangent.
    fn atan(self) -> Self;
    /// Hyperbolic sine.
    fn sinh(self) -> Self;
    /// Hyperbolic cosine.
    fn cosh(self) -> Self;
    /// Hyperbolic tangent.
    fn tanh(self) -> Self;
    /// Exponential.
    fn exp(self) -> Self;
    /// `exp(x) - 1`, accurate near 0.
    fn exp_m1(self) -> Self;
    /// Natural logarithm, NaN below 0.
    fn ln(self) -> Self;
    /// `ln(1 + x)`, accurate near 0.
    fn ln_1p(self) -> Self;
    /// Square root, NaN below 0.
    fn sqrt(self) -> Self;
    /// `1 / (1 + exp(-x))`, without overflow.
    fn logistic(self) -> Self;
    /// `ln(1 + exp(x))`, without overflow.
    fn softplus(self) -> Self;

    /// Integer power.
    fn powi(self, n: i32) -> Self;

    /// Power with a constant real exponent. Inside `system!` a literal exponent stays a constant.
    fn powf(self, exponent: f64) -> Self;

    /// Power with an exponent that may itself depend on inputs; the base must be positive.
    ///
    /// At a base of 0 the derivative with respect to the exponent is taken as 0 (its limit for
    /// positive exponents).
    fn pow(self, exponent: Self) -> Self;

    /// Absolute value; its derivative at 0 is taken from the right.
    #[inline]
    fn abs(self) -> Self {
        self.select_lt(Self::zero(), -self, self)
    }

    /// The larger of two values; `self` where they are equal.
    #[inline]
    fn max(self, other: Self) -> Self {
        self.select_lt(other, other, self)
    }

    /// The smaller of two values; `self` where they are equal.
    #[inline]
    fn min(self, other: Self) -> Self {
        other.select_lt(self, other, self)
    }

    /// `Σ aᵢ bᵢ`. Slices of equal length; recorded as one node on a tape.
    #[inline]
    fn dot(a: &[Self], b: &[Self]) -> Self {
        let mut sum = Self::zero();
        for (&a, &b) in a.iter().zip(b) {
            sum += a * b;
        }
        sum
    }

    /// `y += alpha x`. Slices of equal length; recorded as one node on a tape.
    #[inline]
    fn axpy(alpha: Self, x: &[Self], y: &mut [Self]) {
        for (y, &x) in y.iter_mut().zip(x) {
            *y += alpha * x;
        }
    }

    /// One dense layer before its activation, `y = W x + b`; recorded as one node on a tape.
    ///
    /// `weights` holds `y.len() × x.len()` numbers, column by column (the output index runs
    /// fastest), so that a single sample is vectorised over the outputs.
    #[inline]
    fn dense_layer(weights: &[Self], bias: &[Self], x: &[Self], y: &mut [Self]) {
        for (y, &b) in y.iter_mut().zip(bias) {
            *y = b;
        }
        for (column, &x) in weights.chunks_exact(y.len().max(1)).zip(x) {
            for (y, &w) in y.iter_mut().zip(column) {
                *y += w * x;
            }
        }
    }
}
