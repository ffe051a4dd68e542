//! Elimination for any size: left-looking, four columns of `L` at a time, so that a column of the
//! matrix is read and written once for every four products.

use super::BadPivot;
use crate::Field;

/// `P A = L U` in place, column by column; the diagonal keeps the inverses of the pivots.
pub(crate) fn factor<S: Field>(n: usize, a: &mut [S], rows: &mut [S::Row]) -> Option<BadPivot> {
    let mut bad = None;
    for j in 0..n {
        let (left, right) = a.split_at_mut(j * n);
        let column = &mut right[..n];
        for (k, &row) in rows[..j].iter().enumerate() {
            S::exchange(row, &mut column[k..]);
        }
        lower_solve(n, j, left, column);
        let row = S::pivot_row(n - j, |i| column[j + i]);
        rows[j] = row;
        S::exchange(row, &mut column[j..]);
        for earlier in left.chunks_exact_mut(n) {
            S::exchange(row, &mut earlier[j..]);
        }
        let inverse = column[j].inverse();
        BadPivot::note(&mut bad, j, inverse);
        column[j] = inverse;
        for entry in &mut column[j + 1..] {
            *entry *= inverse;
        }
    }
    bad
}

/// The first `m` steps of `L x = b` in place, `L` unit lower triangular in the columns of `a`.
#[inline]
pub(crate) fn lower_solve<S: Field>(n: usize, m: usize, a: &[S], x: &mut [S]) {
    let x = &mut x[..n];
    let mut k = 0;
    while k + 4 <= m {
        let panel = &a[k * n..(k + 4) * n];
        let (l0, rest) = panel.split_at(n);
        let (l1, rest) = rest.split_at(n);
        let (l2, l3) = rest.split_at(n);
        let x0 = x[k];
        let x1 = x[k + 1].minus_product(l0[k + 1], x0);
        let x2 = x[k + 2].minus_product(l0[k + 2], x0).minus_product(l1[k + 2], x1);
        let x3 = x[k + 3]
            .minus_product(l0[k + 3], x0)
            .minus_product(l1[k + 3], x1)
            .minus_product(l2[k + 3], x2);
        (x[k + 1], x[k + 2], x[k + 3]) = (x1, x2, x3);
        minus_four(
            &mut x[k + 4..],
            [&l0[k + 4..], &l1[k + 4..], &l2[k + 4..], &l3[k + 4..]],
            [x0, x1, x2, x3],
        );
        k += 4;
    }
    for k in k..m {
        let top = x[k];
        for (x, &l) in x[k + 1..].iter_mut().zip(&a[k * n + k + 1..(k + 1) * n]) {
            *x = x.minus_product(l, top);
        }
    }
}

/// `y -= Σ xᵢ columnᵢ`, in the order of the columns.
#[inline(always)]
pub(crate) fn minus_four<S: Field>(y: &mut [S], columns: [&[S]; 4], x: [S; 4]) {
    let m = y.len();
    let [c0, c1, c2, c3] = columns.map(|column| &column[..m]);
    for i in 0..m {
        y[i] = y[i]
            .minus_product(c0[i], x[0])
            .minus_product(c1[i], x[1])
            .minus_product(c2[i], x[2])
            .minus_product(c3[i], x[3]);
    }
}
