//! Incomplete factors without fill.

use super::preconditioner::Preconditioner;
use crate::error::check_size;
use crate::{Error, ErrorKind, Pattern, Structure};
use std::sync::Arc;

/// ILU(0): `L U ≈ A` with entries only where `A` has some (Meijerink, van der Vorst 1977). Exact
/// where elimination makes no fill, as for tridiagonal matrices.
///
/// One analysis for all matrices of a pattern; [`factor`](Ilu0::factor) allocates nothing. No
/// exchanges of rows: meant for matrices with a strong diagonal, as `I/(γ dt) - J` is.
///
/// ```
/// use linalg::{Ilu0, Pattern, Preconditioner};
///
/// let p = Pattern::from_entries(2, 2, [(0, 0), (1, 0), (0, 1), (1, 1)])?;
/// let mut ilu = Ilu0::new(p)?;
/// ilu.factor(&[2.0, 1.0, 1.0, 3.0])?;
/// let mut x = [5.0, 10.0];
/// ilu.apply(&mut x); // nothing is dropped here
/// assert_eq!(x, [1.0, 3.0]);
/// # Ok::<(), linalg::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Ilu0 {
    pattern: Arc<Pattern>,
    /// Where the diagonal of each column stands.
    diagonal: Vec<usize>,
    /// `L` below the diagonal, inverses of the pivots on it, `U` above.
    values: Vec<f64>,
    /// Where each row stands in the column at work, if it does.
    place: Vec<usize>,
}

const NONE: usize = usize::MAX;

impl Ilu0 {
    /// Analyses a square pattern with a full diagonal; `M = I` until the first
    /// [`factor`](Ilu0::factor).
    ///
    /// # Errors
    ///
    /// A pattern that is not square, or without an entry of the diagonal.
    pub fn new(pattern: impl Into<Arc<Pattern>>) -> Result<Self, Error> {
        let pattern = pattern.into();
        let n = pattern.cols();
        check_size("the rows of a square pattern", n, pattern.rows())?;
        let mut values = vec![0.0; pattern.nnz()];
        let mut diagonal = Vec::with_capacity(n);
        for row in 0..n {
            let at = pattern.position(row, row).ok_or(ErrorKind::NoDiagonal { row })?;
            values[at] = 1.0;
            diagonal.push(at);
        }
        Ok(Self { pattern, diagonal, values, place: vec![NONE; n] })
    }

    /// Factors the matrix with these values, in the order of the pattern.
    ///
    /// # Errors
    ///
    /// Wrong size, an entry that is not finite, a pivot that vanishes. Afterwards `M` is of no use
    /// until the next success.
    pub fn factor(&mut self, values: &[f64]) -> Result<(), Error> {
        let Self { pattern, diagonal, values: factors, place } = self;
        check_size("the values of the matrix", pattern.nnz(), values.len())?;
        if let Some((row, column)) = Structure::Sparse(pattern.clone()).first_not_finite(values) {
            return Err(ErrorKind::NotFinite { row, column }.into());
        }
        factors.copy_from_slice(values);
        let (start, rows) = (pattern.col_ptr(), pattern.row_idx());
        for j in 0..diagonal.len() {
            for at in start[j]..start[j + 1] {
                place[rows[at]] = at;
            }
            for upper in start[j]..diagonal[j] {
                let (k, top) = (rows[upper], factors[upper]);
                for below in diagonal[k] + 1..start[k + 1] {
                    let at = place[rows[below]];
                    if at != NONE {
                        factors[at] -= factors[below] * top;
                    }
                }
            }
            let inverse = 1.0 / factors[diagonal[j]];
            for at in start[j]..start[j + 1] {
                place[rows[at]] = NONE;
            }
            if !inverse.is_finite() || inverse == 0.0 {
                return Err(ErrorKind::Singular { pivot: j }.into());
            }
            factors[diagonal[j]] = inverse;
            for entry in &mut factors[diagonal[j] + 1..start[j + 1]] {
                *entry *= inverse;
            }
        }
        Ok(())
    }
}

impl Preconditioner for Ilu0 {
    fn apply(&mut self, r: &mut [f64]) {
        if r.len() != self.diagonal.len() {
            r.fill(f64::NAN);
            return;
        }
        let (start, rows) = (self.pattern.col_ptr(), self.pattern.row_idx());
        for j in 0..r.len() {
            let top = r[j];
            for at in self.diagonal[j] + 1..start[j + 1] {
                r[rows[at]] -= self.values[at] * top;
            }
        }
        for j in (0..r.len()).rev() {
            r[j] *= self.values[self.diagonal[j]];
            let last = r[j];
            for at in start[j]..self.diagonal[j] {
                r[rows[at]] -= self.values[at] * last;
            }
        }
    }
}
