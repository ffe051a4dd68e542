//! The quadrature of Gauss and Legendre.

use core::f64::consts::PI;

/// Abscissas and weights on `[0, 1]`: the zeros of the Legendre polynomial by Newton's method.
pub(super) fn legendre(points: usize) -> Vec<(f64, f64)> {
    let n = points as f64;
    (0..points)
        .map(|i| {
            let mut x = (PI * (i as f64 + 0.75) / (n + 0.5)).cos();
            let mut slope = 1.0;
            for _ in 0..8 {
                // k P_k = (2k - 1) x P_(k-1) - (k - 1) P_(k-2)
                let (mut before, mut value) = (1.0, x);
                for k in 2..=points {
                    let k = k as f64;
                    (before, value) =
                        (value, ((2.0 * k - 1.0) * x * value - (k - 1.0) * before) / k);
                }
                slope = n * (x * value - before) / (x * x - 1.0);
                x -= value / slope;
            }
            (0.5 * (1.0 + x), 1.0 / ((1.0 - x * x) * slope * slope))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::legendre;

    #[test]
    fn exact_for_polynomials_of_its_degree() {
        for points in 1..=8 {
            let rule = legendre(points);
            for degree in 0..2 * points as i32 {
                let sum: f64 = rule.iter().map(|(x, w)| w * x.powi(degree)).sum();
                assert!((sum * f64::from(degree + 1) - 1.0).abs() < 1e-13, "{points} {degree}");
            }
        }
    }
}
