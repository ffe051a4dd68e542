use super::slope;
use crate::jet::recurrence;
use crate::{AnyBinary, Jet, Scalar, special};
use core::fmt::Debug;

/// A differentiable function of two numbers, as a value. See [`Unary`](crate::Unary).
pub trait Binary: Copy + Debug {
    /// The value.
    fn f64(self, x: f64, y: f64) -> f64;

    /// The value in single precision, by default rounded from double precision.
    #[inline]
    fn f32(self, x: f32, y: f32) -> f32 {
        self.f64(f64::from(x), f64::from(y)) as f32
    }

    /// The derivatives with respect to `x` and `y`, where the function has the value `f`.
    fn slopes<S: Scalar>(self, x: S, y: S, f: S) -> (S, S);

    /// The Taylor coefficients of the function of two series. By default from
    /// [`slopes`](Binary::slopes), as in [`Unary::jet`](crate::Unary::jet).
    #[inline]
    fn jet<S: Scalar, const K: usize>(self, x: Jet<S, K>, y: Jet<S, K>) -> Jet<S, K> {
        let value = x.value().binary(y.value(), self);
        let mut f = Jet::constant(value);
        for _ in 0..K {
            let (dx, dy) = self.slopes(x, y, f);
            f = x.integrate(value, dx) + y.integrate(S::zero(), dy);
        }
        f
    }

    /// The function as data, if it is one of this crate: what a tape stores to evaluate it again.
    #[inline]
    fn any(self) -> Option<AnyBinary> {
        None
    }
}

/// `x^y`: [`Scalar::pow`] as a value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pow;

impl Binary for Pow {
    #[inline]
    fn f64(self, x: f64, y: f64) -> f64 {
        special::powf(x, y)
    }
    #[inline]
    fn f32(self, x: f32, y: f32) -> f32 {
        special::powf(f64::from(x), f64::from(y)) as f32
    }
    #[inline]
    fn slopes<S: Scalar>(self, x: S, y: S, f: S) -> (S, S) {
        // f ln x is 0 · (-∞) at x = 0; its limit for y > 0 is 0. Below 0 it stays NaN.
        let dy = f * x.ln();
        let at_most_zero = x.select_lt(S::zero(), dy, S::zero());
        (slope::scaled_power(y, x, y - S::one()), S::zero().select_lt(x, dy, at_most_zero))
    }
    #[inline]
    fn jet<S: Scalar, const K: usize>(self, x: Jet<S, K>, y: Jet<S, K>) -> Jet<S, K> {
        recurrence::pow(x, y)
    }
    #[inline]
    fn any(self) -> Option<AnyBinary> {
        Some(AnyBinary::Pow)
    }
}

/// The angle of the point `(x, y)`, with the ordinate `y` first: [`Scalar::atan2`] as a value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Atan2;

impl Binary for Atan2 {
    #[inline]
    fn f64(self, y: f64, x: f64) -> f64 {
        y.atan2(x)
    }
    #[inline]
    fn f32(self, y: f32, x: f32) -> f32 {
        y.atan2(x)
    }
    #[inline]
    fn slopes<S: Scalar>(self, y: S, x: S, _: S) -> (S, S) {
        // Divided twice, for the square of the radius could overflow.
        let radius = y.hypot(x);
        (x / radius / radius, -(y / radius / radius))
    }
    #[inline]
    fn jet<S: Scalar, const K: usize>(self, y: Jet<S, K>, x: Jet<S, K>) -> Jet<S, K> {
        recurrence::atan2(y, x)
    }
    #[inline]
    fn any(self) -> Option<AnyBinary> {
        Some(AnyBinary::Atan2)
    }
}

/// `√(x² + y²)`: [`Scalar::hypot`] as a value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hypot;

impl Binary for Hypot {
    #[inline]
    fn f64(self, x: f64, y: f64) -> f64 {
        x.hypot(y)
    }
    #[inline]
    fn slopes<S: Scalar>(self, x: S, y: S, f: S) -> (S, S) {
        // At the origin f itself, which is 0 (and NaN where it is NaN).
        let part = |side: S| S::zero().select_lt(f, side / f, f);
        (part(x), part(y))
    }
    #[inline]
    fn jet<S: Scalar, const K: usize>(self, x: Jet<S, K>, y: Jet<S, K>) -> Jet<S, K> {
        recurrence::hypot(x, y)
    }
    #[inline]
    fn any(self) -> Option<AnyBinary> {
        Some(AnyBinary::Hypot)
    }
}
