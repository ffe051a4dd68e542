use crate::{Jet, Scalar};

/// `f² = x`. At 0 the derivatives are infinite, with the right signs.
#[inline]
pub(crate) fn sqrt<S: Scalar, const K: usize>(x: Jet<S, K>, value: S) -> Jet<S, K> {
    let mut f = Jet::constant(value);
    let twice = value + value;
    for_each_order!(K, k => {
        f.higher[k - 1] = (x.at(k) - f.inner_product(&f, k)) / twice;
    });
    f
}

/// `f' = g x'` with `3 f² g = 1`.
#[inline]
pub(crate) fn cbrt<S: Scalar, const K: usize>(x: Jet<S, K>, value: S) -> Jet<S, K> {
    let speed = x.speed();
    let mut f = Jet::constant(value);
    let mut square = Jet::constant(value * value);
    let mut g = Jet::constant(S::from_f64(1.0 / 3.0) / square.value);
    for_each_order!(K, k => {
        f.higher[k - 1] = g.moved(&speed, k);
        square.higher[k - 1] = f.product(&f, k);
        let rest = square.at(k) * g.value + square.inner_product(&g, k);
        g.higher[k - 1] = -(rest / square.value);
    });
    f
}

/// Products, so that nothing is divided by at 0.
#[inline]
pub(crate) fn powi<S: Scalar, const K: usize>(x: Jet<S, K>, n: i32) -> Jet<S, K> {
    let mut left = n.unsigned_abs();
    let mut power = Jet::constant(S::one());
    // The reciprocal first: x^|n| could overflow where its reciprocal is 0.
    let mut square = if n < 0 { Jet::constant(S::one()) / x } else { x };
    while left > 0 {
        if left & 1 == 1 {
            power = if left == n.unsigned_abs() { square } else { power * square };
        }
        left >>= 1;
        if left > 0 {
            square = square * square;
        }
    }
    // The value is that of the other types, to the last bit.
    Jet { value: x.value.powi(n), ..power }
}

/// The derivatives at 0 are those from the right.
#[inline]
pub(crate) fn abs<S: Scalar, const K: usize>(x: Jet<S, K>, value: S) -> Jet<S, K> {
    let zero = S::zero();
    Jet { value, higher: x.higher.map(|c| x.value.select_lt(zero, -c, c)) }
}
