use scalar::Concrete;

/// The scaled norm `max over parts of √(1/n Σ (xᵢ / (atol + rtol max(|aᵢ|, |bᵢ|)))²)`.
///
/// The parts are the real numbers that a scalar carries: the value and each tangent of a dual by
/// itself, each lane of a batch by itself. NaN if any is NaN.
#[inline]
pub(crate) fn scaled<S: Concrete>(x: &[S], a: &[S], b: &[S], atol: f64, rtol: f64) -> f64 {
    let n = x.len();
    let (a, b) = (&a[..n], &b[..n]);
    let mut sum = S::zero();
    for i in 0..n {
        sum += S::scaled_square(x[i], a[i], b[i], atol, rtol);
    }
    (sum.largest_part() / n as f64).sqrt()
}
