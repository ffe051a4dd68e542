use super::exp;
use crate::Real;
use crate::real::Constants;
use crate::simd::Vector;

/// The logistic function at `x` and `-x`, each to its last digits, and the exponential that they are made of.
#[derive(Clone, Copy)]
pub(crate) struct Logistic<V> {
    /// `σ(x) = 1 / (1 + e⁻ˣ)`.
    pub(crate) value: V,
    /// `σ(-x) = 1 - σ(x)`.
    pub(crate) rest: V,
    /// `e^-|x|`, which cannot overflow.
    pub(crate) exp: V,
}

/// `σ(x)` and `σ(-x)`.
///
/// The larger one is `1 / (1 + e)` with `e = e^-|x|`, the smaller one `e` times it; what is lost in `1 + e` is put back.
#[inline(always)]
pub(crate) fn logistic<V: Vector>(x: V) -> Logistic<V> {
    let (zero, one) = (x.constant(V::Elem::ZERO), x.constant(V::Elem::ONE));
    let e = exp(-x.abs());
    let sum = one + e;
    let lost = e - (sum - one);
    let large = one / sum;
    // 1/(s + l) = 1/s - l/s² + …
    let large = large - lost * large * large;
    let small = e * large;
    let value = V::select_lt(x, zero, small, large);
    let rest = V::select_lt(x, zero, large, small);
    Logistic { value, rest, exp: e }
}

/// `ln(1 + eˣ)` from the exponential of the same: `max(x, 0) + ln(1 + e^-|x|)`.
#[inline(always)]
pub(crate) fn softplus<V: Vector>(x: V, exp: V) -> V {
    let zero = x.constant(V::Elem::ZERO);
    // A NaN stays, as the exponential is one.
    V::select_lt(zero, x, x, zero) + ln_1p(exp)
}

/// `ln(1 + u)` for `0 <= u <= 1`.
///
/// `ln(1 + f) = f - (f²/2 - s (f²/2 + R(s²)))` with `s = f / (2 + f)`, which keeps all digits of `f` (the way of fdlibm), for
/// `f = u` up to `√2 - 1` and `f = (u - 1)/2` above, where `1 + u = 2 (1 + f)`.
#[inline(always)]
fn ln_1p<V: Vector>(u: V) -> V {
    let [ln2_high, ln2_low] = V::Elem::LN_2;
    let (zero, half) = (u.constant(V::Elem::ZERO), u.constant(V::Elem::HALF));
    let fold = u.constant(V::Elem::LN_1P_FOLD);
    let f = V::select_lt(fold, u, (u - u.constant(V::Elem::ONE)) * half, u);
    let s = f / (f + u.constant(V::Elem::TWO));
    let z = s * s;
    let r = z * z.polynomial(V::Elem::LN_1P);
    let square = f * f * half;
    let bent = square - s * (square + r);
    let low = V::select_lt(fold, u, u.constant(ln2_low), zero);
    V::select_lt(fold, u, u.constant(ln2_high), zero) + (f - (bent - low))
}
