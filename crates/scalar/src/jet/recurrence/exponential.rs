use crate::{Jet, Scalar};

/// `f' = f x'`.
#[inline]
pub(crate) fn exp<S: Scalar, const K: usize>(x: Jet<S, K>, value: S) -> Jet<S, K> {
    let speed = x.speed();
    let mut f = Jet::constant(value);
    for_each_order!(K, k => {
        f.higher[k - 1] = f.moved(&speed, k);
    });
    f
}

/// `f' = ln 2 f x'`.
#[inline]
pub(crate) fn exp2<S: Scalar, const K: usize>(x: Jet<S, K>, value: S) -> Jet<S, K> {
    exp(x.scale(core::f64::consts::LN_2), value)
}

/// `f' = -2 x f x'`, so that no square of `x` overflows.
#[inline]
pub(crate) fn gaussian<S: Scalar, const K: usize>(x: Jet<S, K>, value: S) -> Jet<S, K> {
    let speed = x.speed();
    let mut f = Jet::constant(value);
    let mut g = Jet::constant((x.value * value).scale(-2.0));
    for_each_order!(K, k => {
        f.higher[k - 1] = g.moved(&speed, k);
        g.higher[k - 1] = x.product(&f, k).scale(-2.0);
    });
    f
}

/// `s' = c x'`, `c' = s x'`.
#[inline]
fn sinh_cosh<S: Scalar, const K: usize>(x: Jet<S, K>, sinh: S, cosh: S) -> (Jet<S, K>, Jet<S, K>) {
    let speed = x.speed();
    let (mut s, mut c) = (Jet::constant(sinh), Jet::constant(cosh));
    for_each_order!(K, k => {
        (s.higher[k - 1], c.higher[k - 1]) = (c.moved(&speed, k), s.moved(&speed, k));
    });
    (s, c)
}

#[inline]
pub(crate) fn sinh<S: Scalar, const K: usize>(x: Jet<S, K>, value: S) -> Jet<S, K> {
    sinh_cosh(x, value, x.value.cosh()).0
}

#[inline]
pub(crate) fn cosh<S: Scalar, const K: usize>(x: Jet<S, K>, value: S) -> Jet<S, K> {
    sinh_cosh(x, x.value.sinh(), value).1
}

/// `f' = s x'`, `s' = -2 f s x'` for `f = tanh x` and `s = 1 / cosh² x`. (`f' = (1 - f²) x'` would
/// lose all digits in the tails.)
#[inline]
fn tanh_and_slope<S: Scalar, const K: usize>(
    x: Jet<S, K>,
    tanh: S,
    sech_squared: S,
) -> (Jet<S, K>, Jet<S, K>) {
    let speed = x.speed();
    let (mut f, mut s) = (Jet::constant(tanh), Jet::constant(sech_squared));
    let mut product = Jet::constant(tanh * sech_squared);
    for_each_order!(K, k => {
        f.higher[k - 1] = s.moved(&speed, k);
        s.higher[k - 1] = product.moved(&speed, k).scale(-2.0);
        product.higher[k - 1] = f.product(&s, k);
    });
    (f, s)
}

#[inline]
pub(crate) fn tanh<S: Scalar, const K: usize>(x: Jet<S, K>, value: S) -> Jet<S, K> {
    tanh_and_slope(x, value, x.value.sech_squared()).0
}

#[inline]
pub(crate) fn sech_squared<S: Scalar, const K: usize>(x: Jet<S, K>, value: S) -> Jet<S, K> {
    tanh_and_slope(x, x.value.tanh(), value).1
}

/// `σ(x) = (1 + tanh(x/2)) / 2`: all coefficients but the first are half of those.
#[inline]
pub(crate) fn logistic<S: Scalar, const K: usize>(x: Jet<S, K>, value: S) -> Jet<S, K> {
    let half = x.scale(0.5);
    let density = x.value.logistic_density().scale(4.0);
    let (f, _) = tanh_and_slope(half, half.value.tanh(), density);
    Jet { value, higher: f.higher.map(|c| c.scale(0.5)) }
}

/// `σ'(x) = 1 / (4 cosh²(x/2))`.
#[inline]
pub(crate) fn logistic_density<S: Scalar, const K: usize>(x: Jet<S, K>, value: S) -> Jet<S, K> {
    let half = x.scale(0.5);
    let (_, s) = tanh_and_slope(half, half.value.tanh(), value.scale(4.0));
    Jet { value, higher: s.higher.map(|c| c.scale(0.25)) }
}
