use crate::{AnyUnary, Jet, Scalar, Unary};

/// -1, ±0 or 1: [`Scalar::sign`] as a value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sign;

impl Unary for Sign {
    #[inline]
    fn f64(self, x: f64) -> f64 {
        if x == 0.0 || x.is_nan() { x } else { 1f64.copysign(x) }
    }
    #[inline]
    fn slope<S: Scalar>(self, _: S, _: S) -> S {
        S::zero()
    }
    #[inline]
    fn jet<S: Scalar, const K: usize>(self, x: Jet<S, K>) -> Jet<S, K> {
        Jet::constant(x.value().sign())
    }
    #[inline]
    fn is_flat(self) -> bool {
        true
    }
    #[inline]
    fn any(self) -> Option<AnyUnary> {
        Some(AnyUnary::Sign)
    }
}
