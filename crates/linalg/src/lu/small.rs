//! LU of a size that the type knows.

use super::{BadPivot, unrolled};
use crate::error::check_size;
use crate::{Error, ErrorKind, Field};

/// LU with partial pivoting of `N × N` matrices, `N ≤ 10`, unrolled and without any memory beside
/// itself.
///
/// For every [`Field`]: in [`Lanes`](scalar::Lanes) each lane chooses its own pivots without a
/// branch, and gives the bits that it gives alone. Cost: `2N³/3` operations to factor, `2N²` to
/// solve. A larger `N` does not compile.
///
/// ```
/// use linalg::SmallLu;
///
/// // 2 x + y = 5, x + 3 y = 10, column by column.
/// let mut lu = SmallLu::<f64, 2>::new();
/// lu.factor(&[2.0, 1.0, 1.0, 3.0])?;
/// let mut x = [5.0, 10.0];
/// lu.solve_in_place(&mut x)?;
/// assert_eq!(x, [1.0, 3.0]);
/// # Ok::<(), linalg::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct SmallLu<S: Field, const N: usize> {
    factors: [[S; N]; N],
    rows: [S::Row; N],
    factored: bool,
}

impl<S: Field, const N: usize> SmallLu<S, N> {
    /// No factors yet.
    #[must_use]
    pub fn new() -> Self {
        Self { factors: [[S::ZERO; N]; N], rows: [S::TOP; N], factored: false }
    }

    /// The number of rows.
    #[must_use]
    pub fn dim(&self) -> usize {
        N
    }

    /// The largest column sum of the matrix that was factored, from its factors: `N³/3` operations.
    #[must_use]
    pub fn norm(&self) -> f64 {
        let a = &self.factors;
        let mut norm = 0.0f64;
        for i in 0..N {
            let mut sum = 0.0;
            for j in 0..N {
                // Σ L(i, k) D(k) U(k, j), of the transpose: its rows are columns.
                let mut entry = S::ZERO;
                for k in 0..=i.min(j) {
                    let lower = if k == i { S::ONE } else { a[i][k] };
                    let upper = if k == j { S::ONE } else { a[k][j] };
                    entry += lower * upper * a[k][k].inverse();
                }
                sum += entry.modulus();
            }
            norm = norm.max(sum);
        }
        norm
    }

    /// Factors the matrix whose columns stand one after the other in `a`, `N²` numbers. (The
    /// columns of a `[[S; N]; N]` are given as `a.as_flattened()`.)
    ///
    /// # Errors
    ///
    /// Wrong size, an entry that is not finite, a singular matrix. After
    /// [`SingularLanes`](ErrorKind::SingularLanes) the lanes not named can be solved; after any
    /// other error nothing can.
    #[inline]
    pub fn factor(&mut self, a: &[S]) -> Result<(), Error> {
        self.factored = false;
        check_size("the matrix, column by column", N * N, a.len())?;
        let (columns, _) = a.as_chunks::<N>();
        for (factor, column) in self.factors.iter_mut().zip(columns) {
            *factor = *column;
        }
        let bad = unrolled::factor(&mut self.factors, &mut self.rows);
        self.factored = bad.is_none() || S::SYSTEMS > 1;
        match bad {
            // Whatever is not finite makes a pivot that is not finite.
            Some(bad) => Err(explain(N, a, bad)),
            None => Ok(()),
        }
    }

    /// Solves `A x = b` in place.
    ///
    /// # Errors
    ///
    /// Wrong size; no factors.
    #[inline]
    pub fn solve_in_place(&self, b: &mut [S]) -> Result<(), Error> {
        unrolled::solve(&self.factors, &self.rows, self.ready(b)?);
        Ok(())
    }

    /// Solves `Aᵀ x = b` in place (for complex numbers without conjugation).
    ///
    /// # Errors
    ///
    /// Wrong size; no factors.
    #[inline]
    pub fn solve_transposed_in_place(&self, b: &mut [S]) -> Result<(), Error> {
        unrolled::solve_transposed(&self.factors, &self.rows, self.ready(b)?);
        Ok(())
    }

    #[inline]
    fn ready<'b>(&self, b: &'b mut [S]) -> Result<&'b mut [S; N], Error> {
        if !self.factored {
            return Err(ErrorKind::NotFactored.into());
        }
        let found = b.len();
        match b.try_into() {
            Ok(b) => Ok(b),
            Err(_) => {
                Err(ErrorKind::Size { what: "the right-hand side", expected: N, found }.into())
            }
        }
    }
}

impl<S: Field, const N: usize> Default for SmallLu<S, N> {
    fn default() -> Self {
        Self::new()
    }
}

/// Why the elimination of `a` went wrong: an entry that is not finite, or dependent columns.
#[cold]
pub(crate) fn explain<S: Field>(n: usize, a: &[S], bad: BadPivot) -> Error {
    match a.iter().position(|entry| !entry.all_finite()) {
        Some(at) if S::SYSTEMS == 1 => ErrorKind::NotFinite { row: at % n, column: at / n }.into(),
        _ => bad.error::<S>(),
    }
}
