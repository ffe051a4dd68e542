use crate::jet::recurrence;
use crate::{AnyUnary, Jet, Lanes, Scalar, Unary, special};

/// `xⁿ`: [`Scalar::powi`] as a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Powi(pub i32);

impl Unary for Powi {
    #[inline(always)]
    fn f64(self, x: f64) -> f64 {
        special::powi(x, self.0)
    }
    #[inline(always)]
    fn f32(self, x: f32) -> f32 {
        special::small_power(x, self.0)
            .unwrap_or_else(|| special::powi(f64::from(x), self.0) as f32)
    }
    #[inline(always)]
    fn lanes<const W: usize>(self, x: Lanes<W>) -> Lanes<W> {
        special::small_power(x, self.0)
            .unwrap_or_else(|| Lanes(x.0.map(|x| special::powi(x, self.0))))
    }
    #[inline]
    fn slope<S: Scalar>(self, x: S, _: S) -> S {
        match self.0 {
            // n x^(n-1) would be 0 · ∞ at x = 0.
            0 => S::zero(),
            1 => S::one(),
            2 => x + x,
            // i32::MIN - 1 does not exist; x^n is 0, 1 or ∞ there.
            n => x.powi(n.saturating_sub(1)).scale(f64::from(n)),
        }
    }
    #[inline]
    fn jet<S: Scalar, const K: usize>(self, x: Jet<S, K>) -> Jet<S, K> {
        recurrence::powi(x, self.0)
    }
    #[inline]
    fn is_flat(self) -> bool {
        self.0 == 0
    }
    #[inline]
    fn any(self) -> Option<AnyUnary> {
        Some(AnyUnary::Powi(self.0))
    }
}

/// `x^a` with a constant `a`: [`Scalar::powf`] as a value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Powf(pub f64);

impl Unary for Powf {
    #[inline]
    fn f64(self, x: f64) -> f64 {
        special::powf(x, self.0)
    }
    #[inline]
    fn slope<S: Scalar>(self, x: S, _: S) -> S {
        if self.0 == 0.0 { S::zero() } else { x.powf(self.0 - 1.0).scale(self.0) }
    }
    #[inline]
    fn jet<S: Scalar, const K: usize>(self, x: Jet<S, K>) -> Jet<S, K> {
        recurrence::powf(x, self.0)
    }
    #[inline]
    fn is_flat(self) -> bool {
        self.0 == 0.0
    }
    #[inline]
    fn any(self) -> Option<AnyUnary> {
        Some(AnyUnary::Powf(self.0))
    }
}
