use crate::function::table::for_each_unary;
use crate::{Binary, Unary, function};
use core::fmt::Debug;
use core::iter::Sum;
use core::ops::{Add, AddAssign, Div, DivAssign, Mul, MulAssign, Neg, Sub, SubAssign};

macro_rules! methods {
    ($(
        $(#[$doc:meta])*
        $name:ident $Type:ident $values:tt $args:tt $slope:block $series:tt;
    )*) => {$(
        $(#[$doc])*
        #[inline]
        fn $name(self) -> Self {
            self.unary(function::$Type)
        }
    )*};
}

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
///
/// A type of your own needs the operators and four methods: [`from_f64`](Scalar::from_f64),
/// [`select_lt`](Scalar::select_lt), [`unary`](Scalar::unary) and [`binary`](Scalar::binary). What
/// functions do at kinks and poles is listed in [`function`].
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

    /// `f(self)`: what every function of one number goes through.
    ///
    /// ```
    /// use scalar::{Scalar, function};
    ///
    /// assert_eq!(2.0.unary(function::Sqrt), 2f64.sqrt());
    /// ```
    fn unary<F: Unary>(self, f: F) -> Self;

    /// `f(self, other)`: what every function of two numbers goes through.
    fn binary<F: Binary>(self, other: Self, f: F) -> Self;

    for_each_unary! { methods }

    /// -1, 0 or 1; ±0 stays what it is. The derivative is 0, also at the jump.
    #[inline]
    fn sign(self) -> Self {
        self.unary(function::Sign)
    }

    /// Integer power.
    #[inline]
    fn powi(self, n: i32) -> Self {
        self.unary(function::Powi(n))
    }

    /// Power with a constant real exponent. Inside `system!` a literal exponent stays a constant.
    #[inline]
    fn powf(self, exponent: f64) -> Self {
        self.unary(function::Powf(exponent))
    }

    /// The `n`-th derivative of [`digamma`](Scalar::digamma); NaN or `∞` at 0, -1, -2, …
    #[inline]
    fn polygamma(self, n: u32) -> Self {
        self.unary(function::Polygamma(n))
    }

    /// Power with an exponent that may itself depend on inputs; the base must be positive.
    ///
    /// At a base of 0 the derivative with respect to the exponent is taken as 0 (its limit for
    /// positive exponents).
    #[inline]
    fn pow(self, exponent: Self) -> Self {
        self.binary(exponent, function::Pow)
    }

    /// The angle of the point `(x, self)`, in `[-π, π]`.
    #[inline]
    fn atan2(self, x: Self) -> Self {
        self.binary(x, function::Atan2)
    }

    /// `√(self² + other²)`, without overflow. At the origin the derivatives are taken as 0.
    #[inline]
    fn hypot(self, other: Self) -> Self {
        self.binary(other, function::Hypot)
    }

    /// The larger of two values; `self` where they are equal, NaN where one is NaN.
    #[inline]
    fn max(self, other: Self) -> Self {
        other.select_nan(other, self.select_lt(other, other, self))
    }

    /// The smaller of two values; `self` where they are equal, NaN where one is NaN.
    #[inline]
    fn min(self, other: Self) -> Self {
        other.select_nan(other, other.select_lt(self, other, self))
    }

    /// `if self is NaN { yes } else { no }`, for types that cannot branch.
    #[inline]
    fn select_nan(self, yes: Self, no: Self) -> Self {
        let (low, high) = (Self::from_f64(f64::NEG_INFINITY), Self::from_f64(f64::INFINITY));
        self.select_lt(high, no, low.select_lt(self, no, yes))
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
        if bias.len() < y.len() {
            return y.fill(Self::from_f64(f64::NAN));
        }
        for (y, &b) in y.iter_mut().zip(bias) {
            *y = b;
        }
        for (column, &x) in weights.chunks_exact(y.len().max(1)).zip(x) {
            for (y, &w) in y.iter_mut().zip(column) {
                *y += w * x;
            }
        }
    }

    /// `self * bar`, the part of a cotangent that a slope of `self` hands on; exactly 0 where `bar`
    /// is: a path that does not count adds nothing, also where its slope is not finite.
    ///
    /// ```
    /// use scalar::Scalar;
    ///
    /// assert_eq!(f64::INFINITY.weigh(0.0), 0.0);
    /// assert_eq!(3.0f64.weigh(2.0), 6.0);
    /// ```
    #[inline]
    fn weigh(self, bar: Self) -> Self {
        self * bar
    }

    /// `Σ xᵢ`; recorded as one node on a tape.
    #[inline]
    fn sum_of(x: &[Self]) -> Self {
        x.iter().copied().sum()
    }

    /// The largest of the numbers, NaN if one is NaN, and `-∞` if there is none; recorded as one node on
    /// a tape. The derivative is that of the first of equals.
    ///
    /// ```
    /// use scalar::{Dual, Scalar};
    ///
    /// assert_eq!(f64::max_of(&[1.0, 3.0, -2.0]), 3.0);
    /// assert!(f64::max_of(&[1.0, f64::NAN, 3.0]).is_nan());
    /// let x = [2.0, 5.0, 5.0].map(|x| Dual { re: x, eps: [10.0 * x] });
    /// assert_eq!(Dual::max_of(&x).eps, [50.0]);
    /// ```
    #[inline]
    fn max_of(x: &[Self]) -> Self {
        x.iter().copied().reduce(Self::max).unwrap_or(Self::from_f64(f64::NEG_INFINITY))
    }

    /// `yᵢ = f(xᵢ)` for as many as both slices have: a function of the table or one of the user's for
    /// all elements. Recorded as one node on a tape; a program makes one instruction of it.
    ///
    /// ```
    /// use scalar::{Scalar, function};
    ///
    /// let mut y = [0.0; 2];
    /// f64::map(function::Tanh, &[0.5, -1.0], &mut y);
    /// assert_eq!(y, [0.5f64.tanh(), -1f64.tanh()]);
    /// ```
    #[inline]
    fn map<F: Unary>(f: F, x: &[Self], y: &mut [Self]) {
        for (y, &x) in y.iter_mut().zip(x) {
            *y = x.unary(f);
        }
    }

    /// `y = A x`, where `A` holds `y.len() × x.len()` numbers, column by column; recorded as one node
    /// on a tape.
    #[inline]
    fn matvec(matrix: &[Self], x: &[Self], y: &mut [Self]) {
        y.fill(Self::zero());
        for (column, &x) in matrix.chunks_exact(y.len().max(1)).zip(x) {
            Self::axpy(x, column, y);
        }
    }

    /// `yᵢ = Σₖ wₖ xᵢ₊ₖ` for as many `i` as `x` and `y` have room for: the caller pads `x` by its
    /// boundary condition. Recorded as one node on a tape.
    ///
    /// ```
    /// use scalar::Scalar;
    ///
    /// let mut second = [0.0; 3];
    /// f64::stencil(&[1.0, -2.0, 1.0], &[0.0, 1.0, 4.0, 9.0, 16.0], &mut second);
    /// assert_eq!(second, [2.0; 3]);
    /// ```
    #[inline]
    fn stencil(weights: &[Self], x: &[Self], y: &mut [Self]) {
        let len = y.len().min((x.len() + 1).saturating_sub(weights.len()));
        let y = &mut y[..len];
        y.fill(Self::zero());
        for (k, &w) in weights.iter().enumerate() {
            Self::axpy(w, &x[k..k + len], y);
        }
    }

    /// `yᵢⱼ = Σₖₗ wₖₗ xᵢ₊ₖ,ⱼ₊ₗ`, all stored row by row; `weights` and `x` come with the lengths of
    /// their rows. The caller pads `x`, so that `y` has `(rows - weight rows + 1)` rows of
    /// `(columns - weight columns + 1)`. Recorded as one node on a tape.
    ///
    /// ```
    /// use scalar::Scalar;
    ///
    /// // The five-point Laplacian of i² + j² is 4.
    /// let x: Vec<f64> = (0..12).map(|k| f64::from((k / 4) * (k / 4) + (k % 4) * (k % 4))).collect();
    /// let mut y = [0.0; 2];
    /// f64::stencil_2d((&[0.0, 1.0, 0.0, 1.0, -4.0, 1.0, 0.0, 1.0, 0.0], 3), (&x, 4), &mut y);
    /// assert_eq!(y, [4.0; 2]);
    /// ```
    #[inline]
    fn stencil_2d(weights: (&[Self], usize), x: (&[Self], usize), y: &mut [Self]) {
        let ((weights, taps), (x, columns)) = (weights, x);
        let width = (columns + 1).saturating_sub(taps);
        if taps == 0 || width == 0 {
            return y.fill(Self::zero());
        }
        let (heights, rows) = (weights.len() / taps, x.len() / columns);
        for (i, y) in y.chunks_mut(width).enumerate() {
            y.fill(Self::zero());
            // Beyond the room that `x` has there is nothing to add.
            for k in 0..if i + heights <= rows { heights } else { 0 } {
                for (l, &w) in weights[k * taps..(k + 1) * taps].iter().enumerate() {
                    let first = (i + k) * columns + l;
                    Self::axpy(w, &x[first..first + width], y);
                }
            }
        }
    }
}
