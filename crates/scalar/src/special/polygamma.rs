use super::compensated::Compensated;
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
    let even_power = n % 2 == 1;
    let sign = if even_power { 1.0 } else { -1.0 };
    if n <= LARGEST_FACTORIAL {
        let factorial = (2..=n).fold(Compensated::new(sign), |all, k| all.times(f64::from(k)));
        return factorial.times(zeta(power, x, even_power)).round();
    }
    if x > 0.0 {
        // x^s ζ(s, x) is about 1.
        let ratio = positive(power, x, x).round();
        return sign * (lgamma(power) - power * x.ln()).exp() * ratio;
    }
    sign * f64::INFINITY * zeta(power, x, even_power)
}

/// `ζ(s, x)` for a whole number `s ≥ 2`, also below 0.
fn zeta(s: f64, x: f64, even: bool) -> f64 {
    if x > 0.0 {
        return positive(s, x, 1.0).round();
    }
    if x.is_nan() || x == f64::NEG_INFINITY {
        return f64::NAN;
    }
    let floor = x.floor();
    if x == floor {
        // On both sides of a pole the sign is the same for even s only.
        return match even {
            true => f64::INFINITY,
            false if x == 0.0 => f64::INFINITY.copysign(x),
            false => f64::NAN,
        };
    }
    // The sum over all integers, without those beyond x.
    let parity = if even { 1.0 } else { -1.0 };
    let right = x - floor;
    let left = positive(s, 1.0 - right, 1.0).and(positive(s, 1.0 - x, 1.0).times(-1.0));
    positive(s, right, 1.0).and(left.times(parity)).round()
}

/// `unit^s ζ(s, x)` for `x > 0`: terms one by one until the Euler–Maclaurin formula converges.
fn positive(s: f64, x: f64, unit: f64) -> Compensated {
    if x == f64::INFINITY {
        return Compensated::new(0.0);
    }
    let power = |y: f64| if unit == 1.0 { y.powf(-s) } else { (unit / y).powf(s) };
    let mut sum = Compensated::new(0.0);
    let mut shift = 0.0;
    let mut y = x;
    // What `x + shift` rounds off.
    let mut rounded = 0.0;
    while y < s + 10.0 {
        let term = power(y);
        sum = sum.plus(term);
        if rounded != 0.0 {
            sum = sum.plus(-s * term * (rounded / y));
        }
        if term <= f64::EPSILON * f64::EPSILON * sum.leading() || !sum.leading().is_finite() {
            return sum;
        }
        shift += 1.0;
        y = x + shift;
        let old = y - shift;
        rounded = (x - old) + (shift - (y - old));
    }
    let last = power(y);
    let w = 1.0 / (y * y);
    // s (s+1) ⋯ (s+2j-2) / y^(2j-1).
    let mut rising = s / y;
    let mut series = 0.0;
    for (j, b) in (1..).zip(BERNOULLI) {
        series += b * rising;
        let k = s + f64::from(2 * j);
        rising *= (k - 1.0) * k * w;
    }
    let integral = match unit {
        1.0 => Compensated::quotient(y.powf(1.0 - s), s - 1.0),
        _ => Compensated::new(last * y / (s - 1.0)),
    };
    sum.and(integral).plus(last * 0.5).plus(last * (series - rounded))
}
