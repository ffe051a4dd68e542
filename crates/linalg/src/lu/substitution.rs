//! Solves with the factors of a dense matrix of any size.

use super::elimination::{lower_solve, minus_four};
use crate::Field;

/// `A x = b` in place, from `P A = L U`.
pub(crate) fn solve<S: Field>(n: usize, a: &[S], rows: &[S::Row], x: &mut [S]) {
    for (k, &row) in rows.iter().enumerate() {
        S::exchange(row, &mut x[k..]);
    }
    lower_solve(n, n, a, x);
    upper_solve(n, a, x);
}

/// `U x = b` in place; the diagonal holds inverses.
fn upper_solve<S: Field>(n: usize, a: &[S], x: &mut [S]) {
    let mut k = n;
    while k >= 4 {
        k -= 4;
        let column = |c: usize| &a[(k + c) * n..(k + c + 1) * n];
        let [u0, u1, u2, u3] = [column(0), column(1), column(2), column(3)];
        let x3 = x[k + 3] * u3[k + 3];
        let x2 = x[k + 2].minus_product(u3[k + 2], x3) * u2[k + 2];
        let x1 = x[k + 1].minus_product(u3[k + 1], x3).minus_product(u2[k + 1], x2) * u1[k + 1];
        let x0 =
            x[k].minus_product(u3[k], x3).minus_product(u2[k], x2).minus_product(u1[k], x1) * u0[k];
        (x[k], x[k + 1], x[k + 2], x[k + 3]) = (x0, x1, x2, x3);
        minus_four(&mut x[..k], [u3, u2, u1, u0], [x3, x2, x1, x0]);
    }
    for k in (0..k).rev() {
        let column = &a[k * n..(k + 1) * n];
        x[k] *= column[k];
        let last = x[k];
        for (x, &u) in x[..k].iter_mut().zip(column) {
            *x = x.minus_product(u, last);
        }
    }
}

/// `Aᵀ x = b` in place, from `P A = L U`.
pub(crate) fn solve_transposed<S: Field>(n: usize, a: &[S], rows: &[S::Row], x: &mut [S]) {
    for k in 0..n {
        let column = &a[k * n..(k + 1) * n];
        x[k] = minus_dot(x[k], &column[..k], &x[..k]) * column[k];
    }
    for k in (0..n).rev() {
        x[k] = minus_dot(x[k], &a[k * n + k + 1..(k + 1) * n], &x[k + 1..n]);
    }
    for (k, &row) in rows.iter().enumerate().rev() {
        S::exchange(row, &mut x[k..]);
    }
}

/// `start - Σ aᵢ bᵢ`, summed in eight parts that can be computed side by side.
#[inline]
pub(crate) fn minus_dot<S: Field>(start: S, a: &[S], b: &[S]) -> S {
    let m = a.len().min(b.len());
    let (a, b) = (&a[..m], &b[..m]);
    let mut parts = [S::ZERO; 8];
    let (whole, rest) = (m / 8 * 8, m % 8);
    for i in (0..whole).step_by(8) {
        for p in 0..8 {
            parts[p] = parts[p].minus_product(a[i + p], b[i + p]);
        }
    }
    for p in 0..rest {
        parts[p] = parts[p].minus_product(a[whole + p], b[whole + p]);
    }
    let [p0, p1, p2, p3, p4, p5, p6, p7] = parts;
    start + (((p0 + p4) + (p2 + p6)) + ((p1 + p5) + (p3 + p7)))
}
