use crate::{Jet, Scalar};

/// `h' = (x x' + y y') / h`. At the origin all coefficients are 0.
#[inline]
pub(crate) fn hypot<S: Scalar, const K: usize>(x: Jet<S, K>, y: Jet<S, K>) -> Jet<S, K> {
    let (x_speed, y_speed) = (x.speed(), y.speed());
    let mut h = Jet::constant(x.value.hypot(y.value));
    let part = |side: S| S::zero().select_lt(h.value, side / h.value, h.value);
    // Cosine and sine of the angle: x / h and y / h.
    let (mut cos, mut sin) = (Jet::constant(part(x.value)), Jet::constant(part(y.value)));
    for_each_order!(K, k => {
        h.higher[k - 1] = cos.moved(&x_speed, k) + sin.moved(&y_speed, k);
        let next = |side: &Jet<S, K>, ratio: &Jet<S, K>| {
            let rest = side.at(k) - h.at(k) * ratio.value - h.inner_product(ratio, k);
            S::zero().select_lt(h.value, rest / h.value, h.value)
        };
        (cos.higher[k - 1], sin.higher[k - 1]) = (next(&x, &cos), next(&y, &sin));
    });
    h
}

/// `a' = (x y' - y x') / h²`, divided by the radius `h` twice, for its square could overflow.
#[inline]
pub(crate) fn atan2<S: Scalar, const K: usize>(y: Jet<S, K>, x: Jet<S, K>) -> Jet<S, K> {
    let radius = hypot(x, y);
    let (along_y, along_x) = (x / radius / radius, y / radius / radius);
    y.integrate(y.value.atan2(x.value), along_y) - x.integrate(S::zero(), along_x)
}
