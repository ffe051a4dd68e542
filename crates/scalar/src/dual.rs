use crate::concrete::max_or_nan;
use crate::{Binary, BranchScalar, Concrete, Scalar, Unary, impl_assign_ops};
use core::ops::{Add, Div, Mul, Neg, Sub};

/// Forward mode: `re + Σ eps[i] εᵢ` with `εᵢ εⱼ = 0`, a value with `N` tangents.
///
/// Nests: `Dual<Dual<f64, N>, M>` carries mixed second derivatives. An operation costs about
/// `1 + N` times the operation on `S`.
///
/// ```
/// use scalar::{Dual, Scalar};
///
/// // Second derivative of x³ at 2, by nesting.
/// let x: Dual<Dual<f64>> = Dual::variable(Dual::variable(2.0, 0), 0);
/// assert_eq!(x.powi(3).eps[0].eps[0], 12.0);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dual<S = f64, const N: usize = 1> {
    /// The value.
    pub re: S,
    /// The tangents.
    pub eps: [S; N],
}

impl<S: Scalar, const N: usize> Dual<S, N> {
    /// The `i`-th independent variable: tangent `i` is one (none is, if `i >= N`).
    #[inline]
    pub fn variable(re: S, i: usize) -> Self {
        let mut x = Self::constant(re);
        if let Some(tangent) = x.eps.get_mut(i) {
            *tangent = S::one();
        }
        x
    }

    /// A value with zero tangents.
    #[inline]
    pub fn constant(re: S) -> Self {
        Self { re, eps: [S::zero(); N] }
    }

    #[inline]
    fn zip(self, rhs: Self, re: S, tangent: impl Fn(S, S) -> S) -> Self {
        Self { re, eps: core::array::from_fn(|i| tangent(self.eps[i], rhs.eps[i])) }
    }
}

impl<S: Scalar, const N: usize> Add for Dual<S, N> {
    type Output = Self;
    #[inline]
    fn add(self, rhs: Self) -> Self {
        self.zip(rhs, self.re + rhs.re, |a, b| a + b)
    }
}

impl<S: Scalar, const N: usize> Sub for Dual<S, N> {
    type Output = Self;
    #[inline]
    fn sub(self, rhs: Self) -> Self {
        self.zip(rhs, self.re - rhs.re, |a, b| a - b)
    }
}

impl<S: Scalar, const N: usize> Mul for Dual<S, N> {
    type Output = Self;
    #[inline]
    fn mul(self, rhs: Self) -> Self {
        self.zip(rhs, self.re * rhs.re, |a, b| a * rhs.re + b * self.re)
    }
}

impl<S: Scalar, const N: usize> Div for Dual<S, N> {
    type Output = Self;
    #[inline]
    fn div(self, rhs: Self) -> Self {
        let q = self.re / rhs.re;
        self.zip(rhs, q, |a, b| (a - b * q) / rhs.re)
    }
}

impl<S: Scalar, const N: usize> Neg for Dual<S, N> {
    type Output = Self;
    #[inline]
    fn neg(self) -> Self {
        Self { re: -self.re, eps: self.eps.map(|e| -e) }
    }
}

impl_assign_ops!([S: Scalar, const N: usize] Dual<S, N>);

impl<S: Scalar, const N: usize> Scalar for Dual<S, N> {
    #[inline]
    fn from_f64(value: f64) -> Self {
        Self::constant(S::from_f64(value))
    }
    #[inline]
    fn scale(self, factor: f64) -> Self {
        Self { re: self.re.scale(factor), eps: self.eps.map(|e| e.scale(factor)) }
    }
    #[inline]
    fn scale_add(self, factor: f64, addend: Self) -> Self {
        self.zip(addend, self.re.scale_add(factor, addend.re), |a, b| a.scale_add(factor, b))
    }
    #[inline]
    fn select_lt(self, other: Self, yes: Self, no: Self) -> Self {
        let pick = |y, n| self.re.select_lt(other.re, y, n);
        yes.zip(no, pick(yes.re, no.re), pick)
    }
    #[inline]
    fn unary<F: Unary>(self, f: F) -> Self {
        let value = self.re.unary(f);
        let slope = f.slope(self.re, value);
        Self { re: value, eps: self.eps.map(|e| e * slope) }
    }
    #[inline]
    fn binary<F: Binary>(self, other: Self, f: F) -> Self {
        let value = self.re.binary(other.re, f);
        let (x, y) = f.slopes(self.re, other.re, value);
        self.zip(other, value, |a, b| a * x + b * y)
    }
    #[inline]
    fn weigh(self, bar: Self) -> Self {
        self.zip(bar, self.re.weigh(bar.re), |w, b| w.weigh(bar.re) + self.re.weigh(b))
    }
}

impl<S: Concrete, const N: usize> Concrete for Dual<S, N> {
    #[inline]
    fn scaled_square(error: Self, a: Self, b: Self, atol: f64, rtol: f64) -> Self {
        let part = |error, a, b| S::scaled_square(error, a, b, atol, rtol);
        Self {
            re: part(error.re, a.re, b.re),
            eps: core::array::from_fn(|i| part(error.eps[i], a.eps[i], b.eps[i])),
        }
    }
    #[inline]
    fn largest_part(self) -> f64 {
        self.eps.iter().fold(self.re.largest_part(), |m, e| max_or_nan(m, e.largest_part()))
    }
    #[inline]
    fn is_within(self, low: f64, high: f64) -> bool {
        self.re.is_within(low, high)
    }
}

impl<S: BranchScalar, const N: usize> BranchScalar for Dual<S, N> {
    #[inline]
    fn primal(self) -> f64 {
        self.re.primal()
    }
    fn along(value: f64, slope: f64) -> Option<Self> {
        let mut along = Self::constant(S::from_f64(value));
        match along.eps.first_mut() {
            Some(tangent) => *tangent = S::from_f64(slope),
            None => along.re = S::along(value, slope)?,
        }
        Some(along)
    }
    fn slope(self) -> f64 {
        self.eps.first().map_or_else(|| self.re.slope(), |tangent| tangent.primal())
    }
}
