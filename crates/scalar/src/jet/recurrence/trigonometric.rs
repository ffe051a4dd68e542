use crate::{Jet, Scalar};

/// `s' = c x'`, `c' = -s x'`.
#[inline]
fn sin_cos<S: Scalar, const K: usize>(x: Jet<S, K>, sin: S, cos: S) -> (Jet<S, K>, Jet<S, K>) {
    let speed = x.speed();
    let (mut s, mut c) = (Jet::constant(sin), Jet::constant(cos));
    for_each_order!(K, k => {
        (s.higher[k - 1], c.higher[k - 1]) = (c.moved(&speed, k), -s.moved(&speed, k));
    });
    (s, c)
}

#[inline]
pub(crate) fn sin<S: Scalar, const K: usize>(x: Jet<S, K>, value: S) -> Jet<S, K> {
    sin_cos(x, value, x.value.cos()).0
}

#[inline]
pub(crate) fn cos<S: Scalar, const K: usize>(x: Jet<S, K>, value: S) -> Jet<S, K> {
    sin_cos(x, x.value.sin(), value).1
}

/// `f' = (1 + f²) x'`.
#[inline]
pub(crate) fn tan<S: Scalar, const K: usize>(x: Jet<S, K>, value: S) -> Jet<S, K> {
    let speed = x.speed();
    let mut f = Jet::constant(value);
    let mut g = Jet::constant(S::one() + value * value);
    for_each_order!(K, k => {
        f.higher[k - 1] = g.moved(&speed, k);
        g.higher[k - 1] = f.product(&f, k);
    });
    f
}
