use crate::jet::recurrence;
use crate::{AnyUnary, Jet, Scalar, Unary, special};

/// The `n`-th derivative of the digamma function: [`Scalar::polygamma`] as a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Polygamma(pub u32);

impl Unary for Polygamma {
    #[inline]
    fn f64(self, x: f64) -> f64 {
        special::polygamma(self.0, x)
    }
    #[inline]
    fn slope<S: Scalar>(self, x: S, _: S) -> S {
        x.polygamma(self.0.saturating_add(1))
    }
    #[inline]
    fn jet<S: Scalar, const K: usize>(self, x: Jet<S, K>) -> Jet<S, K> {
        recurrence::polygamma(x, self.0)
    }
    #[inline]
    fn any(self) -> Option<AnyUnary> {
        Some(AnyUnary::Polygamma(self.0))
    }
}
