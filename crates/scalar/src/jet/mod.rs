//! Truncated Taylor series: derivatives of any order in one direction at once.

/// Runs a block for the orders `1..=K`, of which the first eight are written out: the loops inside
/// then have lengths that the compiler knows, and the coefficients stay in registers.
macro_rules! for_each_order {
    ($K:ident, $k:ident => $body:block) => {
        for_each_order! { @first $K $k $body 1 2 3 4 5 6 7 8 }
        for $k in 9..=$K $body
    };
    (@first $K:ident $k:ident $body:block $($order:literal)*) => {$(
        if $K >= $order {
            let $k: usize = $order;
            $body
        }
    )*};
}

mod arithmetic;
mod directional;
pub(crate) mod recurrence;
mod scalar;

use crate::Scalar;
pub use directional::{Directional, directional};

/// Forward mode of higher order: the Taylor polynomial `Σ cₖ tᵏ` up to `t^K` of a value that moves
/// with `t`.
///
/// Held are the **coefficients** `cₖ = f⁽ᵏ⁾/k!`, `k = 0..=K`; [`derivative`](Jet::derivative)
/// multiplies by the factorial. An operation costs `O(K²)` operations on `S`, where nested duals
/// cost `O(2^K)`, and no memory (Griewank & Walther 2008, *Evaluating Derivatives*, ch. 13).
/// Functions that are powers of a real exponent, `pow` and the gamma functions cost `O(K³)` and
/// `K` evaluations more.
///
/// `S` is any number type: jets of duals, lanes, recorded variables or jets carry mixed
/// derivatives.
///
/// ```
/// use scalar::{Jet, Scalar};
///
/// let y = Jet::<f64, 4>::variable(0.7).tanh();
/// let exact =
///     [0.6043677771171636, 0.6347395899824584, -0.7672323100919164, 0.12159227738323694, 2.7749834227807835];
/// for (k, exact) in exact.into_iter().enumerate() {
///     assert!((y.derivative(k) - exact).abs() < 1e-14);
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Jet<S, const K: usize> {
    value: S,
    /// Coefficients of `t`, `t²`, …, `t^K`.
    higher: [S; K],
}

impl<S: Scalar, const K: usize> Jet<S, K> {
    /// A value that does not move.
    #[inline]
    pub fn constant(value: S) -> Self {
        Self { value, higher: [S::zero(); K] }
    }

    /// The independent variable `x + t`.
    #[inline]
    pub fn variable(x: S) -> Self {
        Self::line(x, S::one())
    }

    /// A point on the move along a straight line, `x + v t`: one of several inputs, if `v` is the
    /// direction to differentiate in.
    ///
    /// ```
    /// use scalar::Jet;
    ///
    /// // x y along (1, 2), from (3, 4): 12 + 10 t + 2 t².
    /// let (x, y) = (Jet::<f64, 2>::line(3.0, 1.0), Jet::line(4.0, 2.0));
    /// assert_eq!(x * y, Jet::from_coefficients(12.0, [10.0, 2.0]));
    /// ```
    #[inline]
    pub fn line(x: S, v: S) -> Self {
        let mut jet = Self::constant(x);
        if let Some(first) = jet.higher.first_mut() {
            *first = v;
        }
        jet
    }

    /// `value + Σ higher[k-1] tᵏ`.
    #[inline]
    pub fn from_coefficients(value: S, higher: [S; K]) -> Self {
        Self { value, higher }
    }

    /// From the derivatives of order 1 to `K`.
    #[inline]
    pub fn from_derivatives(value: S, mut derivatives: [S; K]) -> Self {
        let mut factorial = 1.0;
        for (k, derivative) in (1..).zip(&mut derivatives) {
            factorial *= f64::from(k);
            *derivative /= S::from_f64(factorial);
        }
        Self { value, higher: derivatives }
    }

    /// The value, which is the coefficient of order 0.
    #[inline]
    pub fn value(&self) -> S {
        self.value
    }

    /// The coefficients of order 1 to `K`.
    #[inline]
    pub fn higher(&self) -> &[S; K] {
        &self.higher
    }

    /// The coefficient of `tᵏ`; NaN if `k > K`, for it is not known.
    #[inline]
    pub fn coefficient(&self, k: usize) -> S {
        match k.checked_sub(1) {
            None => self.value,
            Some(i) => self.higher.get(i).copied().unwrap_or_else(|| S::from_f64(f64::NAN)),
        }
    }

    /// The `k`-th derivative with respect to `t`; NaN if `k > K`, for it is not known.
    #[inline]
    pub fn derivative(&self, k: usize) -> S {
        let factorial = (1..=k.min(K)).fold(1.0, |product, k| product * k as f64);
        self.coefficient(k).scale(factorial)
    }

    /// `∫ g dx` along the series `x`, with the given value: the series of a function whose
    /// derivative has the series `g`. (The last coefficient of `g` does not enter.)
    ///
    /// ```
    /// use scalar::{Jet, Scalar};
    ///
    /// let x = Jet::<f64, 3>::variable(2.0);
    /// assert_eq!(x.integrate(2f64.ln(), Jet::constant(1.0) / x), x.ln());
    /// ```
    #[inline]
    #[must_use]
    pub fn integrate(self, value: S, g: Self) -> Self {
        let speed = self.speed();
        let mut f = Self::constant(value);
        for_each_order!(K, k => {
            f.higher[k - 1] = g.moved(&speed, k);
        });
        f
    }

    /// Coefficients of `dx/dt`.
    #[inline]
    pub(crate) fn speed(&self) -> [S; K] {
        core::array::from_fn(|i| {
            if i == 0 { self.higher[0] } else { self.higher[i].scale((i + 1) as f64) }
        })
    }

    /// Coefficient `k` of `∫ self dx`, of which coefficients below `k` are needed.
    #[inline]
    pub(crate) fn moved(&self, speed: &[S; K], k: usize) -> S {
        let mut sum = speed[0] * self.at(k - 1);
        for j in 1..k {
            sum += speed[j] * self.at(k - 1 - j);
        }
        if k == 1 { sum } else { sum.scale(1.0 / k as f64) }
    }

    /// Coefficient `k ≤ K`.
    #[inline]
    pub(crate) fn at(&self, k: usize) -> S {
        if k == 0 { self.value } else { self.higher[k - 1] }
    }

    /// Coefficient `k` of the product.
    #[inline]
    pub(crate) fn product(&self, other: &Self, k: usize) -> S {
        let mut sum = self.value * other.at(k);
        for j in 1..=k {
            sum += self.at(j) * other.at(k - j);
        }
        sum
    }

    /// Coefficient `k ≥ 1` of the product, without the terms in which one factor has order 0.
    #[inline]
    pub(crate) fn inner_product(&self, other: &Self, k: usize) -> S {
        let mut sum = S::zero();
        for j in 1..k {
            sum += self.at(j) * other.at(k - j);
        }
        sum
    }

    #[inline]
    pub(crate) fn map(self, f: impl Fn(S) -> S) -> Self {
        Self { value: f(self.value), higher: self.higher.map(f) }
    }

    #[inline]
    pub(crate) fn zip(self, other: Self, f: impl Fn(S, S) -> S) -> Self {
        Self {
            value: f(self.value, other.value),
            higher: core::array::from_fn(|i| f(self.higher[i], other.higher[i])),
        }
    }
}
