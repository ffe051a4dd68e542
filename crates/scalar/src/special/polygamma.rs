use super::{digamma, lgamma};

/// `B₂ⱼ / (2j)!` for `j = 1, 2, …`.
const BERNOULLI: [f64; 12] = [
    8.333_333_333_333_333e-2,
    -1.388_888_888_888_889e-3,
    3.306_878_306_878_307e-5,
    -8.267_195_767_195_768e-7,
    2.087_675_698_786_81e-8,
    -5.284_190_138_687_493e-10,
    1.338_253_653_068_467_9e-11,
    -3.389_680_296_322_582_7e-13,
    8.586_062_056_277_845e-15,
    -2.174_868_698_558_062e-16,
    5.509_002_828_360_23e-18,
    -1.395_446_468_581_252_3e-19,
];

/// The largest order whose factorial is a number.
const LARGEST_FACTORIAL: u32 = 170;

/// `ψ⁽ⁿ⁾(x) = (-1)^(n+1) n! ζ(n+1, x)`, with Hurwitz' zeta function (NIST DLMF 25.11.12).
///
/// Beyond order 170 the factorial overflows and logarithms are used, to about twelve digits.
pub(crate) fn polygamma(n: u32, x: f64) -> f64 {
    if n == 0 {
        return digamma(x);
    }
    let power = f64::from(n) + 1.0;
    let sign = if n % 2 == 1 { 1.0 } else { -1.0 };
    if n <= LARGEST_FACTORIAL {
        let factorial = (2..=n).fold(1.0, |product, k| product * f64::from(k));
        return sign * factorial * zeta(power, x, n % 2 == 1);
    }
    if x > 0.0 {
        // x^s ζ(s, x) is about 1.
        let ratio = positive(power, x, x);
        return sign * (lgamma(power) - power * x.ln()).exp() * ratio;
    }
    sign * f64::INFINITY * zeta(power, x, n % 2 == 1)
}

/// `ζ(s, x)` for a whole number `s ≥ 2`, also below 0.
fn zeta(s: f64, x: f64, even: bool) -> f64 {
    if x > 0.0 {
        return positive(s, x, 1.0);
    }
    if x.is_nan() || x == f64::NEG_INFINITY {
        return f64::NAN;
    }
    let floor = x.floor();
    if x == floor {
        // On both sides of a pole the sign is the same for even s only.
        return if even { f64::INFINITY } else { f64::NAN };
    }
    // The sum over all integers, without those beyond x.
    let parity = if even { 1.0 } else { -1.0 };
    let right = x - floor;
    positive(s, right, 1.0) + parity * (positive(s, 1.0 - right, 1.0) - positive(s, 1.0 - x, 1.0))
}

/// `unit^s ζ(s, x)` for `x > 0`: terms one by one until the Euler–Maclaurin formula converges.
fn positive(s: f64, x: f64, unit: f64) -> f64 {
    if x == f64::INFINITY {
        return 0.0;
    }
    let (mut sum, mut rest) = (0.0, 0.0);
    let mut y = x;
    while y < s + 10.0 {
        let term = (unit / y).powf(s);
        add(&mut sum, &mut rest, term);
        if term <= f64::EPSILON * f64::EPSILON * sum || !sum.is_finite() {
            return sum;
        }
        y += 1.0;
    }
    let power = (unit / y).powf(s);
    let w = 1.0 / (y * y);
    // s (s+1) ⋯ (s+2j-2) / y^(2j-1).
    let mut rising = s / y;
    let mut series = 0.0;
    for (j, b) in (1..).zip(BERNOULLI) {
        series += b * rising;
        let k = s + f64::from(2 * j);
        rising *= (k - 1.0) * k * w;
    }
    add(&mut sum, &mut rest, power * (y / (s - 1.0)));
    add(&mut sum, &mut rest, power * 0.5);
    add(&mut sum, &mut rest, power * series);
    sum + rest
}

/// `sum += term`, and `rest` collects what is rounded off.
fn add(sum: &mut f64, rest: &mut f64, term: f64) {
    let total = *sum + term;
    let old = total - term;
    *rest += (*sum - old) + (term - (total - old));
    *sum = total;
}
