//! Quantiles of Student's t distribution, for intervals of coefficients.

use core::f64::consts::{FRAC_PI_2, PI};

/// Beyond this, quantiles are extrapolated in 1/ν.
const LARGE: usize = 2000;

/// The number that a variable of Student's t distribution with `freedom` degrees of freedom stays
/// below with a probability of `p`. Infinite without a degree of freedom; NaN if `p` is outside
/// (0, 1).
///
/// ```
/// use datadriven::student_t_quantile;
///
/// assert!((student_t_quantile(0.975, 10) - 2.228139).abs() < 1e-6); // any table
/// ```
pub fn student_t_quantile(p: f64, freedom: usize) -> f64 {
    if !(p > 0.0 && p < 1.0) {
        return f64::NAN;
    }
    if p < 0.5 {
        return -student_t_quantile(1.0 - p, freedom);
    }
    match freedom {
        0 => f64::INFINITY,
        1..=LARGE => invert(2.0 * p - 1.0, freedom),
        _ => {
            // t(ν) is a series in 1/ν (Fisher and Cornish 1960): three terms of it through three
            // nodes leave an error below 1e-8.
            let nodes = [LARGE / 4, LARGE / 2, LARGE];
            let x = 1.0 / freedom as f64;
            let at = nodes.map(|node| 1.0 / node as f64);
            let mut t = 0.0;
            for i in 0..3 {
                let mut weight = 1.0;
                for j in (0..3).filter(|&j| j != i) {
                    weight *= (x - at[j]) / (at[i] - at[j]);
                }
                t += weight * invert(2.0 * p - 1.0, nodes[i]);
            }
            t
        }
    }
}

/// Solves A(t | ν) = `central` by bisection over the angle θ = arctan(t / √ν).
fn invert(central: f64, freedom: usize) -> f64 {
    let (mut low, mut high) = (0.0, FRAC_PI_2);
    for _ in 0..64 {
        let middle = 0.5 * (low + high);
        if central_probability(middle, freedom) < central {
            low = middle;
        } else {
            high = middle;
        }
    }
    (0.5 * (low + high)).tan() * (freedom as f64).sqrt()
}

/// P(|T| < √ν tan θ), a finite sum (Abramowitz and Stegun, 26.7.3 and 26.7.4).
fn central_probability(theta: f64, freedom: usize) -> f64 {
    let (sin, cos) = theta.sin_cos();
    if freedom.is_multiple_of(2) {
        let (mut term, mut sum) = (1.0, 1.0);
        for i in (2..freedom).step_by(2) {
            term *= cos * cos * (i as f64 - 1.0) / i as f64;
            sum += term;
        }
        sin * sum
    } else {
        let (mut term, mut sum) = (cos, 0.0);
        for i in (1..freedom).step_by(2) {
            sum += term;
            term *= cos * cos * (i as f64 + 1.0) / (i as f64 + 2.0);
        }
        (theta + sin * sum) * 2.0 / PI
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_tables() {
        // NIST/SEMATECH e-Handbook, 1.3.6.7.2, and closed forms for one and two degrees.
        let table = [
            (0.975, 1, 12.706),
            (0.975, 2, 4.303),
            (0.95, 5, 2.015),
            (0.995, 7, 3.499),
            (0.975, 30, 2.042),
            (0.975, 100, 1.984),
        ];
        for (p, freedom, t) in table {
            assert!((student_t_quantile(p, freedom) - t).abs() < 6e-4, "{p} {freedom}");
        }
        assert!((student_t_quantile(0.9, 1) - (0.4 * PI).tan()).abs() < 1e-12);
        let two = 0.8 / (2.0 * 0.9 * 0.1f64).sqrt(); // (2p − 1) / √(2 p (1 − p))
        assert!((student_t_quantile(0.9, 2) - two).abs() < 1e-12);
        assert_eq!(student_t_quantile(0.025, 9), -student_t_quantile(0.975, 9));
    }

    #[test]
    fn tends_to_the_normal_distribution() {
        let z = 1.959_963_984_540_054;
        assert!((student_t_quantile(0.975, usize::MAX) - z).abs() < 1e-7);
        // Two terms of the series for ν = 10 000.
        let nu = 1e4;
        let t = z + (z * z * z + z) / (4.0 * nu);
        assert!((student_t_quantile(0.975, 10_000) - t).abs() < 1e-7);
        let (below, above) = (student_t_quantile(0.99, LARGE), student_t_quantile(0.99, LARGE + 1));
        assert!(below > above && below - above < 1e-5);
    }
}
