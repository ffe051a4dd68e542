//! Elimination and substitution for a size known to the compiler. The steps are written out by a
//! macro, so that every loop has fixed bounds and every index is known.

use super::BadPivot;
use crate::Field;

/// The largest size that has kernels of its own.
pub(crate) const LARGEST: usize = 10;

/// The steps `K = 0 … 9`, those from `N` on dropped when compiled.
macro_rules! steps {
    ($n:ident, $k:ident, $body:block) => {
        steps!(@up $n, $k, $body, 0 1 2 3 4 5 6 7 8 9)
    };
    ($n:ident, rev $k:ident, $body:block) => {
        steps!(@up $n, $k, $body, 9 8 7 6 5 4 3 2 1 0)
    };
    (@up $n:ident, $k:ident, $body:block, $($step:literal)*) => {$(
        if $step < $n {
            const $k: usize = $step;
            $body
        }
    )*};
}

/// `P A = L U` in place, column by column; the diagonal keeps the inverses of the pivots.
#[inline]
pub(crate) fn factor<S: Field, const N: usize>(
    a: &mut [[S; N]; N],
    rows: &mut [S::Row; N],
) -> Option<BadPivot> {
    const { assert!(N <= LARGEST) };
    let mut bad = None;
    steps!(N, K, {
        let row = S::pivot_row(N - K, |i| a[K][K + i]);
        rows[K] = row;
        for column in a.iter_mut() {
            S::exchange(row, &mut column[K..]);
        }
        let inverse = a[K][K].inverse();
        BadPivot::note(&mut bad, K, inverse);
        a[K][K] = inverse;
        for i in K + 1..N {
            a[K][i] *= inverse;
        }
        let lower = a[K];
        for column in &mut a[K + 1..] {
            let top = column[K];
            for i in K + 1..N {
                column[i] = column[i].minus_product(lower[i], top);
            }
        }
    });
    bad
}

/// `A x = b` in place.
#[inline]
pub(crate) fn solve<S: Field, const N: usize>(a: &[[S; N]; N], rows: &[S::Row; N], b: &mut [S; N]) {
    let mut x = *b;
    steps!(N, K, {
        S::exchange(rows[K], &mut x[K..]);
    });
    steps!(N, K, {
        let top = x[K];
        for i in K + 1..N {
            x[i] = x[i].minus_product(a[K][i], top);
        }
    });
    steps!(N, rev K, {
        x[K] *= a[K][K];
        let last = x[K];
        for i in 0..K {
            x[i] = x[i].minus_product(a[K][i], last);
        }
    });
    *b = x;
}

/// `Aᵀ x = b` in place.
#[inline]
pub(crate) fn solve_transposed<S: Field, const N: usize>(
    a: &[[S; N]; N],
    rows: &[S::Row; N],
    b: &mut [S; N],
) {
    let mut x = *b;
    steps!(N, K, {
        let mut sum = x[K];
        for i in 0..K {
            sum = sum.minus_product(a[K][i], x[i]);
        }
        x[K] = sum * a[K][K];
    });
    steps!(N, rev K, {
        let mut sum = x[K];
        for i in K + 1..N {
            sum = sum.minus_product(a[K][i], x[i]);
        }
        x[K] = sum;
    });
    steps!(N, rev K, {
        S::exchange(rows[K], &mut x[K..]);
    });
    *b = x;
}
