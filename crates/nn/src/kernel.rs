//! The loops. Column-major blocks `A` with columns of length `y.len()`; lengths are the caller's.

/// `y += Σ cₖ Aₖ`, the columns `Aₖ` one after the other.
///
/// A tile of `y` stays in registers while `k` runs: 16 numbers hide the latency of an addition. Each
/// `y` is summed in the order of `k`, as `Scalar::dense_layer` does, which gives the same bits.
#[inline]
pub(crate) fn combine(columns: &[f64], c: impl Iterator<Item = f64> + Clone, y: &mut [f64]) {
    let n = y.len();
    let mut at = 0;
    at = tiles::<16>(columns, &c, y, at, n);
    at = tiles::<8>(columns, &c, y, at, n);
    at = tiles::<4>(columns, &c, y, at, n);
    at = tiles::<2>(columns, &c, y, at, n);
    tiles::<1>(columns, &c, y, at, n);
}

/// As many tiles of width `T` as fit; returns where they end.
#[inline(always)]
fn tiles<const T: usize>(
    columns: &[f64],
    c: &(impl Iterator<Item = f64> + Clone),
    y: &mut [f64],
    mut at: usize,
    n: usize,
) -> usize {
    while let Some(y) = y.get_mut(at..).and_then(|y| y.first_chunk_mut::<T>()) {
        let mut sum = *y;
        for (column, c) in columns.chunks_exact(n).zip(c.clone()) {
            if let Some(tile) = column.get(at..).and_then(|column| column.first_chunk::<T>()) {
                for j in 0..T {
                    sum[j] += c * tile[j];
                }
            }
        }
        *y = sum;
        at += T;
    }
    at
}

/// `Σ aᵢ bᵢ` in eight partial sums.
#[inline]
pub(crate) fn dot(a: &[f64], b: &[f64]) -> f64 {
    let mut sums = [0.0; 8];
    let (a8, a_rest) = a.as_chunks::<8>();
    let (b8, b_rest) = b.as_chunks::<8>();
    for (a, b) in a8.iter().zip(b8) {
        for j in 0..8 {
            sums[j] += a[j] * b[j];
        }
    }
    let rest: f64 = a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum();
    let [a, b, c, d, e, f, g, h] = sums;
    ((a + e) + (c + g)) + ((b + f) + (d + h)) + rest
}

/// `y += c x`.
#[inline]
pub(crate) fn axpy(c: f64, x: &[f64], y: &mut [f64]) {
    for (y, x) in y.iter_mut().zip(x) {
        *y += c * x;
    }
}

/// `y *= x`, number by number.
#[inline]
pub(crate) fn multiply(x: &[f64], y: &mut [f64]) {
    for (y, x) in y.iter_mut().zip(x) {
        *y *= x;
    }
}
