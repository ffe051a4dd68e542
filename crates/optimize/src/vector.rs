//! Dense vector arithmetic on slices of equal length.

/// Σ a_i b_i.
pub(crate) fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// max |a_i|; 0 for the empty vector. NaN entries are not seen: callers pass finite vectors.
pub(crate) fn max_norm(a: &[f64]) -> f64 {
    a.iter().fold(0.0, |m, a| f64::max(m, a.abs()))
}

/// max |a_i - b_i|.
pub(crate) fn max_distance(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).fold(0.0, |m, (a, b)| f64::max(m, (a - b).abs()))
}

/// y ← y + c x.
pub(crate) fn axpy(c: f64, x: &[f64], y: &mut [f64]) {
    for (y, x) in y.iter_mut().zip(x) {
        *y += c * x;
    }
}
