//! Elimination and substitution for a size known to the compiler. The steps are written out by a
//! macro, so that every loop has fixed bounds and every index is known.
//!
//! Columns of the matrix are rows here: with `M = Aᵀ` it is `P M = L D U` that is computed, `L` and
//! `U` with unit diagonals. An exchange then moves whole rows that lie together in memory, an
//! update runs along them, and so do both substitutions with `A = Uᵀ D Lᵀ P`. Only the division
//! by a pivot stands between one step and the next, and nothing does in a solve.

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
            #[allow(clippy::reversed_empty_ranges)] // K = 0
            {
                const $k: usize = $step;
                $body
            }
        }
    )*};
}

/// The rows `I = 0 … 9` in the same way.
macro_rules! rows {
    ($n:ident, $i:ident, $body:block) => {
        rows!(@each $n, $i, $body, 0 1 2 3 4 5 6 7 8 9)
    };
    (@each $n:ident, $i:ident, $body:block, $($row:literal)*) => {$(
        if $row < $n {
            #[allow(clippy::absurd_extreme_comparisons)] // I = 0
            {
                const $i: usize = $row;
                $body
            }
        }
    )*};
}

/// Whether a number fills a vector register by itself. If not, whole rows are updated, also where
/// nothing is needed any more, so that they stay in registers.
const fn is_wide<S>() -> bool {
    size_of::<S>() > 16
}

/// Exchanges the top with one of a few rows, from entry `from` on, by comparing with each: an index
/// into registers would send them through memory, and the comparisons come out the same from one
/// matrix to the next.
#[inline(always)]
fn exchange<S: Field, const N: usize>(row: S::Row, from: usize, rows: &mut [[S; N]]) {
    for i in 1..rows.len() {
        if !S::is_chosen(row, i) {
            continue;
        }
        if S::SYSTEMS == 1 {
            rows.swap(0, i);
        } else {
            for j in from..N {
                let (top, other) = (rows[0][j], rows[i][j]);
                rows[0][j] = other.where_row(row, i, top);
                rows[i][j] = top.where_row(row, i, other);
            }
        }
    }
}

/// The same for one column.
#[inline(always)]
fn exchange_entries<S: Field>(row: S::Row, column: &mut [S]) {
    for i in 1..column.len() {
        if S::is_chosen(row, i) {
            let (top, entry) = (column[0], column[i]);
            column[0] = entry.where_row(row, i, top);
            column[i] = top.where_row(row, i, entry);
        }
    }
}

/// Replaces the columns of `A` by `L` below, the inverse of `D` on, and `U` above the diagonal.
#[inline]
pub(crate) fn factor<S: Field, const N: usize>(
    a: &mut [[S; N]; N],
    rows: &mut [S::Row; N],
) -> Option<BadPivot> {
    const { assert!(N <= LARGEST) };
    let mut bad = None;
    let mut m = *a;
    // Column k of L, apart from M: an update may then run over whole rows.
    let mut lower = [[S::ZERO; N]; N];
    steps!(N, K, {
        let from = if is_wide::<S>() { K } else { 0 };
        let row = S::pivot_row(N - K, |i| m[K + i][K]);
        rows[K] = row;
        exchange(row, from, &mut m[K..]);
        for column in &mut lower[..K] {
            exchange_entries(row, &mut column[K..]);
        }
        let inverse = m[K][K].inverse();
        BadPivot::note(&mut bad, K, inverse);
        let top = m[K];
        rows!(N, I, {
            if I > K {
                let factor = m[I][K] * inverse;
                lower[K][I] = factor;
                for j in from..N {
                    m[I][j] = m[I][j].minus_product(factor, top[j]);
                }
            }
        });
        for j in from..N {
            m[K][j] = top[j] * inverse;
        }
        m[K][K] = inverse;
    });
    for i in 0..N {
        for j in 0..N {
            a[i][j] = if j < i { lower[j][i] } else { m[i][j] };
        }
    }
    S::compose(rows);
    bad
}

/// `A x = b` in place.
#[inline]
pub(crate) fn solve<S: Field, const N: usize>(a: &[[S; N]; N], rows: &[S::Row; N], b: &mut [S; N]) {
    let mut x = *b;
    steps!(N, K, {
        let top = x[K];
        for j in K + 1..N {
            x[j] = x[j].minus_product(a[K][j], top);
        }
    });
    for k in 0..N {
        x[k] *= a[k][k];
    }
    steps!(N, rev K, {
        let last = x[K];
        for j in 0..K {
            x[j] = x[j].minus_product(a[K][j], last);
        }
    });
    S::unpermute(rows, &x, b);
}

/// `Aᵀ x = b` in place.
#[inline]
pub(crate) fn solve_transposed<S: Field, const N: usize>(
    a: &[[S; N]; N],
    rows: &[S::Row; N],
    b: &mut [S; N],
) {
    let mut x = [S::ZERO; N];
    S::permute(rows, b, &mut x);
    steps!(N, K, {
        let mut sum = x[K];
        for j in 0..K {
            sum = sum.minus_product(a[K][j], x[j]);
        }
        x[K] = sum;
    });
    for k in 0..N {
        x[k] *= a[k][k];
    }
    steps!(N, rev K, {
        let mut sum = x[K];
        for j in K + 1..N {
            sum = sum.minus_product(a[K][j], x[j]);
        }
        x[K] = sum;
    });
    *b = x;
}
