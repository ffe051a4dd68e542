//! Elimination for matrices of some tens of rows, which stay in the first cache: the form of
//! [`unrolled`](super::unrolled), `P Aᵀ = L D U`, with rows of whole blocks of eight numbers, so that
//! no loop has a remainder.

use super::BadPivot;
use crate::Field;

/// Numbers updated together.
const BLOCK: usize = 8;

/// The largest size for which this is the fastest form (measured).
const MOST: usize = 64;

/// Whether matrices of `n` numbers of type `S` are factored here: not where one number fills a
/// register by itself.
pub(crate) fn takes<S: Field>(n: usize) -> bool {
    let is_small = S::SYSTEMS == 1 && size_of::<S>() <= 16;
    is_small && n > super::unrolled::LARGEST && n <= MOST
}

/// Numbers in a padded row.
fn stride(n: usize) -> usize {
    n.next_multiple_of(BLOCK)
}

/// Memory for a matrix of `n` rows: padded rows, and one more.
pub(crate) fn room(n: usize) -> usize {
    (n + 1) * stride(n)
}

/// Factors the matrix whose columns stand one after the other in `a`; `m` keeps `L`, the inverse of
/// `D`, and `U`.
pub(crate) fn factor<S: Field>(
    n: usize,
    a: &[S],
    m: &mut [S],
    rows: &mut [S::Row],
) -> Option<BadPivot> {
    let stride = stride(n);
    let (m, top) = m.split_at_mut(n * stride);
    for (row, column) in m.chunks_exact_mut(stride).zip(a.chunks_exact(n)) {
        row[..n].copy_from_slice(column);
    }
    let mut bad = None;
    for k in 0..n {
        let row = S::pivot_row(n - k, |i| m[(k + i) * stride + k]);
        rows[k] = row;
        let (before, below) = m.split_at_mut((k + 1) * stride);
        let pivot_row = &mut before[k * stride..];
        match S::row_index(row) {
            Some(row) if row > 0 => {
                pivot_row.swap_with_slice(&mut below[(row - 1) * stride..row * stride]);
            }
            _ => {}
        }
        let inverse = pivot_row[k].inverse();
        BadPivot::note(&mut bad, k, inverse);
        // The row of U, with zeros up to the diagonal: what stands there in other rows is L.
        let first = k / BLOCK * BLOCK;
        top[first..=k].fill(S::ZERO);
        top[k + 1..].copy_from_slice(&pivot_row[k + 1..]);
        let (blocks, _) = top[first..].as_chunks::<BLOCK>();
        for row in below.chunks_exact_mut(stride) {
            let factor = row[k] * inverse;
            for (row, top) in row[first..].as_chunks_mut::<BLOCK>().0.iter_mut().zip(blocks) {
                for i in 0..BLOCK {
                    row[i] = row[i].minus_product(factor, top[i]);
                }
            }
            row[k] = factor;
        }
        pivot_row[k] = inverse;
        for entry in &mut pivot_row[k + 1..] {
            *entry *= inverse;
        }
    }
    S::compose(rows);
    bad
}

/// `A x = b` in place.
pub(crate) fn solve<S: Field>(n: usize, m: &[S], rows: &[S::Row], b: &mut [S]) {
    let stride = stride(n);
    let mut x = [S::ZERO; MOST];
    let x = &mut x[..n];
    x.copy_from_slice(b);
    for (k, row) in m.chunks_exact(stride).take(n).enumerate() {
        let top = x[k];
        for (x, &u) in x[k + 1..].iter_mut().zip(&row[k + 1..]) {
            *x = x.minus_product(u, top);
        }
    }
    for (k, row) in m.chunks_exact(stride).take(n).enumerate().rev() {
        x[k] *= row[k];
    }
    for (k, row) in m.chunks_exact(stride).take(n).enumerate().rev() {
        let last = x[k];
        for (x, &l) in x[..k].iter_mut().zip(row) {
            *x = x.minus_product(l, last);
        }
    }
    S::unpermute(rows, x, b);
}

/// `Aᵀ x = b` in place.
pub(crate) fn solve_transposed<S: Field>(n: usize, m: &[S], rows: &[S::Row], b: &mut [S]) {
    let stride = stride(n);
    let mut x = [S::ZERO; MOST];
    let x = &mut x[..n];
    S::permute(rows, b, x);
    for (k, row) in m.chunks_exact(stride).take(n).enumerate() {
        x[k] = super::substitution::minus_dot(x[k], &row[..k], &x[..k]);
    }
    for (k, row) in m.chunks_exact(stride).take(n).enumerate() {
        x[k] *= row[k];
    }
    for (k, row) in m.chunks_exact(stride).take(n).enumerate().rev() {
        x[k] = super::substitution::minus_dot(x[k], &row[k + 1..n], &x[k + 1..]);
    }
    b.copy_from_slice(x);
}
