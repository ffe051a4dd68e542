use crate::function::slope;
use crate::{Jet, Scalar};

/// `Σ b(n) hⁿ` for the part `h` of `x` that moves, with the Taylor coefficients `b(n)` of a function
/// at the value of `x`: by Horner's rule.
#[inline]
fn compose<S: Scalar, const K: usize>(x: Jet<S, K>, b: impl Fn(usize) -> S) -> Jet<S, K> {
    let h = Jet { value: S::zero(), ..x };
    let mut sum = Jet::constant(b(K));
    for n in (0..K).rev() {
        // One order of the factor is lost with each power of h: sum starts as a constant.
        let mut next = Jet::constant(b(n));
        for k in 1..=(K - n) {
            let mut c = h.at(k) * sum.value;
            for j in 1..k {
                c += h.at(j) * sum.at(k - j);
            }
            next.higher[k - 1] = c;
        }
        sum = next;
    }
    sum
}

/// `a (a-1) ⋯ (a-n+1) / n!`.
#[inline]
fn binomial(a: f64, n: usize) -> f64 {
    (0..n).fold(1.0, |product, i| product * (a - i as f64) / (i + 1) as f64)
}

/// Each coefficient from its own power, so that those that exist at 0 come out there.
#[inline]
pub(crate) fn powf<S: Scalar, const K: usize>(x: Jet<S, K>, a: f64) -> Jet<S, K> {
    compose(x, |n| {
        let factor = binomial(a, n);
        // Beyond the last one of a polynomial, 0 · 0^(a-n) would not be 0.
        if factor == 0.0 { S::zero() } else { x.value.powf(a - n as f64).scale(factor) }
    })
}

/// `x^y = x^a exp((y - a) ln x)` with the value `a` of `y`.
#[inline]
pub(crate) fn pow<S: Scalar, const K: usize>(x: Jet<S, K>, y: Jet<S, K>) -> Jet<S, K> {
    let a = y.value;
    let zero = S::zero();
    let mut factor = S::one();
    let mut b = [S::zero(); K];
    for (n, b) in b.iter_mut().enumerate() {
        let i = S::from_f64(n as f64);
        factor = factor * (a - i) / (i + S::one());
        *b = slope::scaled_power(factor, x.value, a - i - S::one());
    }
    let fixed = compose(x, |n| if n == 0 { x.value.pow(a) } else { b[n - 1] });
    // At a base of 0 the exponent's derivative is 0 by convention; the logarithm is not used.
    let logarithm = x.ln().map(|c| slope::select_zero(x.value, zero, c));
    let exponent = Jet { value: zero, ..y } * logarithm;
    let moving = Jet { value: zero, ..exponent };
    fixed * super::exp(moving, S::one())
}

#[inline]
pub(crate) fn lgamma<S: Scalar, const K: usize>(x: Jet<S, K>, value: S) -> Jet<S, K> {
    compose(x, |n| match n {
        0 => value,
        1 => x.value.digamma(),
        _ => x.value.polygamma(n as u32 - 1).scale(1.0 / factorial(n)),
    })
}

#[inline]
pub(crate) fn digamma<S: Scalar, const K: usize>(x: Jet<S, K>, value: S) -> Jet<S, K> {
    compose(x, |n| match n {
        0 => value,
        _ => x.value.polygamma(n as u32).scale(1.0 / factorial(n)),
    })
}

#[inline]
pub(crate) fn polygamma<S: Scalar, const K: usize>(x: Jet<S, K>, order: u32) -> Jet<S, K> {
    compose(x, |n| x.value.polygamma(order.saturating_add(n as u32)).scale(1.0 / factorial(n)))
}

fn factorial(n: usize) -> f64 {
    (1..=n).fold(1.0, |product, k| product * k as f64)
}
