use super::exp::reduced;
use crate::Real;
use crate::real::Constants;
use crate::simd::Vector;

/// `tanh x`.
///
/// `m / (m + 2)` with `m = e²ˣ - 1 = 2ⁿ (eʳ - 1) + (2ⁿ - 1)`, where `eʳ - 1` is computed without the one. What cancels at
/// `n = 1` makes the roundings of `r` and of `eʳ - 1` twice as large; in `f64` that of `r` is put back.
#[inline(always)]
pub(crate) fn tanh<V: Vector>(x: V) -> V {
    let (one, two) = (x.constant(V::Elem::ONE), x.constant(V::Elem::TWO));
    let a = x.abs().at_most(x.constant(V::Elem::TANH_LIMIT));
    let twice = a + a;
    let (n, r) = reduced(twice);
    let q = r.polynomial(V::Elem::EXP);
    let exp_m1 = if V::Elem::TANH_LOST {
        let [high, low] = V::Elem::LN_2;
        let lost = n.mul_add(x.constant(-low), n.mul_add(x.constant(-high), twice) - r);
        r + (r * r).mul_add(q, lost)
    } else {
        (r * r).mul_add(q, r)
    };
    let power = one.times_power_of_two(n);
    let m = exp_m1.mul_add(power, power - one);
    (m / (m + two)).flip_sign(x)
}
