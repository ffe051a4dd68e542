use crate::Real;
use crate::real::Constants;
use crate::simd::Vector;

/// `eˣ`, gradually to zero and to infinity.
///
/// `eˣ = 2ⁿ eʳ` with `n` the whole number nearest to `x / ln 2` (Cody and Waite 1980): the first part of `ln 2` has so few
/// digits that `n` times it is exact.
#[inline(always)]
pub(crate) fn exp<V: Vector>(x: V) -> V {
    let [least, most] = V::Elem::EXP_RANGE;
    let x = x.at_most(x.constant(most)).at_least(x.constant(least));
    let (n, r) = reduced(x);
    let q = r.polynomial(V::Elem::EXP);
    ((r * r).mul_add(q, r) + x.constant(V::Elem::ONE)).times_power_of_two(n)
}

/// `n` and `r` of `x = n ln 2 + r`.
#[inline(always)]
pub(super) fn reduced<V: Vector>(x: V) -> (V, V) {
    let [high, low] = V::Elem::LN_2;
    let n = (x * x.constant(V::Elem::LOG2_E)).round();
    let r = n.mul_add(x.constant(-high), x);
    (n, n.mul_add(x.constant(-low), r))
}
