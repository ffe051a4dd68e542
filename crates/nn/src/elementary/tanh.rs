use super::exp::{exp_of_rest, reduced};
use crate::Real;
use crate::real::Constants;
use crate::simd::Vector;

/// `tanh x`.
///
/// `x + x z P(z)/Q(z)` with `z = x²` up to 0.625, then `1 - 2/(e²ˣ + 1)`: both are a number plus a quotient, so that one
/// division serves both.
#[inline(always)]
pub(crate) fn tanh<V: Vector>(x: V) -> V {
    let (one, two) = (x.constant(V::Elem::ONE), x.constant(V::Elem::TWO));
    let a = x.abs().at_most(x.constant(V::Elem::TANH_LIMIT));
    let (n, r) = reduced(a + a);
    let e = exp_of_rest(r).times_power_of_two(n);
    let z = a * a;
    let (p, q) = (z.polynomial(V::Elem::TANH_P), z.polynomial(V::Elem::TANH_Q));
    let limit = x.constant(V::Elem::TANH_SMALL);
    let above = V::select_lt(a, limit, a * z * p, -two);
    let below = V::select_lt(a, limit, q, e + one);
    (V::select_lt(a, limit, a, one) + above / below).flip_sign(x)
}
