//! Student's t distribution.

use std::f64::consts::{FRAC_2_PI, FRAC_PI_2};

/// More degrees of freedom are taken as this many: 2e-4 above the normal quantile at most.
const MOST_DEGREES: usize = 10_000;

/// The two-sided quantile of Student's t: the `x` with `P(|t| <= x) = level`; NaN for a level of NaN.
///
/// By bisection on the angle `atan(t / √ν)`, in which the probability is a finite sum.
pub(crate) fn student_t(level: f64, degrees: usize) -> f64 {
    let degrees = degrees.clamp(1, MOST_DEGREES);
    let level = level.clamp(0.0, 1.0 - 1e-12);
    if level.is_nan() {
        return f64::NAN;
    }
    let (mut low, mut high) = (0.0, FRAC_PI_2);
    for _ in 0..64 {
        let middle = 0.5 * (low + high);
        match probability(middle, degrees) < level {
            true => low = middle,
            false => high = middle,
        }
    }
    (degrees as f64).sqrt() * low.tan()
}

/// `P(|t| <= √ν tan θ)` (Abramowitz and Stegun 26.7.3 and 26.7.4).
fn probability(theta: f64, degrees: usize) -> f64 {
    let (sin, cos) = theta.sin_cos();
    // Even ν: sin θ (1 + 1/2 cos² θ + (1·3)/(2·4) cos⁴ θ + …), up to cos^(ν-2).
    // Odd ν: 2/π (θ + sin θ (cos θ + 2/3 cos³ θ + …)), up to the same.
    let odd = degrees % 2;
    let mut term = if odd == 1 { cos } else { 1.0 };
    let mut sum = 0.0;
    for power in (odd..degrees - 1).step_by(2) {
        sum += term;
        term *= cos * cos * (power + 1) as f64 / (power + 2) as f64;
    }
    match odd {
        1 => FRAC_2_PI * (theta + sin * sum),
        _ => sin * sum,
    }
}

#[cfg(test)]
mod tests {
    use super::student_t;

    /// Printed tables (Abramowitz and Stegun, table 26.10).
    #[test]
    fn quantiles_of_student() {
        for (level, degrees, table) in [
            (0.95, 1, 12.706),
            (0.99, 1, 63.657),
            (0.95, 2, 4.303),
            (0.99, 2, 9.925),
            (0.5, 3, 0.765),
            (0.95, 3, 3.182),
            (0.99, 3, 5.841),
            (0.9, 4, 2.132),
            (0.95, 5, 2.571),
            (0.8, 10, 1.372),
            (0.9, 10, 1.812),
            (0.95, 10, 2.228),
            (0.95, 24, 2.064),
            (0.99, 30, 2.750),
            (0.95, 60, 2.000),
            (0.95, 120, 1.980),
            (0.99, 120, 2.617),
            (0.95, usize::MAX, 1.960),
            (0.99, usize::MAX, 2.576),
        ] {
            let found = student_t(level, degrees);
            assert!((found - table).abs() < 6e-4, "{level} {degrees}: {found}");
        }
    }

    /// Closed forms: the Cauchy distribution, and two degrees of freedom.
    #[test]
    fn closed_forms() {
        for level in [0.0f64, 1e-3, 0.3, 0.68, 0.95, 0.999] {
            let cauchy = (std::f64::consts::FRAC_PI_2 * level).tan();
            assert!((student_t(level, 1) - cauchy).abs() <= 1e-12 * cauchy + 1e-15);
            let two = level * (2.0 / (1.0 - level * level)).sqrt();
            assert!((student_t(level, 2) - two).abs() <= 1e-12 * two + 1e-15);
        }
    }

    #[test]
    fn levels_that_are_none() {
        assert!(student_t(f64::NAN, 5).is_nan());
        assert_eq!(student_t(-1.0, 5), student_t(0.0, 5));
        assert!(student_t(2.0, 5).is_finite() && student_t(2.0, 5) > 100.0);
        assert!(student_t(0.95, 0).is_finite());
    }
}
