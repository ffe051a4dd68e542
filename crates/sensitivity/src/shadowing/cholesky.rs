//! Cholesky factors of small dense blocks, column by column.

/// `a = L Lᵀ` in place: the lower triangle becomes `L`; the upper one is not read. `false` where the
/// matrix is not positive definite, or not finite.
pub(super) fn factor(n: usize, a: &mut [f64]) -> bool {
    for j in 0..n {
        let (done, rest) = a.split_at_mut(j * n);
        let column = &mut rest[..n];
        for earlier in done.chunks_exact(n) {
            subtract(earlier[j], &earlier[j..], &mut column[j..]);
        }
        let pivot = column[j];
        if !(pivot > 0.0 && pivot.is_finite()) {
            return false;
        }
        let root = pivot.sqrt();
        column[j..].iter_mut().for_each(|entry| *entry /= root);
    }
    true
}

/// `x = L⁻¹ x`.
pub(super) fn solve_lower(n: usize, l: &[f64], x: &mut [f64]) {
    for j in 0..n {
        let (head, tail) = x.split_at_mut(j + 1);
        let column = &l[j * n..(j + 1) * n];
        head[j] /= column[j];
        subtract(head[j], &column[j + 1..], tail);
    }
}

/// `x = L⁻ᵀ x`.
pub(super) fn solve_upper(n: usize, l: &[f64], x: &mut [f64]) {
    for j in (0..n).rev() {
        let column = &l[j * n..(j + 1) * n];
        let known: f64 = column[j + 1..].iter().zip(&x[j + 1..n]).map(|(l, x)| l * x).sum();
        x[j] = (x[j] - known) / column[j];
    }
}

/// `b = b L⁻ᵀ` for a block of `n` columns.
pub(super) fn divide_right(n: usize, l: &[f64], b: &mut [f64]) {
    for j in 0..n {
        let (done, rest) = b.split_at_mut(j * n);
        let column = &mut rest[..n];
        for (k, earlier) in done.chunks_exact(n).enumerate() {
            subtract(l[k * n + j], earlier, column);
        }
        column.iter_mut().for_each(|entry| *entry /= l[j * n + j]);
    }
}

/// The lower triangle of `a -= b bᵀ`.
pub(super) fn downdate(n: usize, b: &[f64], a: &mut [f64]) {
    for b in b.chunks_exact(n) {
        for (j, column) in a.chunks_exact_mut(n).enumerate() {
            subtract(b[j], &b[j..], &mut column[j..]);
        }
    }
}

/// The inverse of `L Lᵀ`.
pub(super) fn inverse(n: usize, l: &[f64]) -> Vec<f64> {
    let mut inverse = vec![0.0; n * n];
    for (j, column) in inverse.chunks_exact_mut(n.max(1)).enumerate() {
        column[j] = 1.0;
        solve_lower(n, l, column);
        solve_upper(n, l, column);
    }
    inverse
}

/// `y -= a x`
#[inline(always)]
fn subtract(a: f64, x: &[f64], y: &mut [f64]) {
    for (y, x) in y.iter_mut().zip(x) {
        *y -= a * x;
    }
}
