//! QR of sparse matrices.

use crate::error::check_size;
use crate::{Error, ErrorKind, Pattern};
use faer::Conj;
use faer::MatMut;
use faer::linalg::solvers::SolveLstsqCore;
use faer::sparse::linalg::solvers::{Qr, SymbolicQr};
use faer::sparse::{SparseColMatRef, SymbolicSparseColMatRef};
use std::sync::Arc;

/// `A P = Q R` for sparse matrices of one pattern with at least as many rows as columns, analysed
/// once, by faer: least squares with full rank. Factoring allocates.
///
/// ```
/// use linalg::{Pattern, SparseQr};
///
/// // x = 1, y = 2, x + y = 6: each equation is missed by 1.
/// let p = Pattern::from_entries(3, 2, [(0, 0), (2, 0), (1, 1), (2, 1)])?;
/// let mut qr = SparseQr::new(p)?;
/// qr.factor(&[1.0, 1.0, 1.0, 1.0])?;
/// let x = qr.least_squares(&[1.0, 2.0, 6.0])?;
/// assert!((x[0] - 2.0).abs() < 1e-14 && (x[1] - 3.0).abs() < 1e-14);
/// # Ok::<(), linalg::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct SparseQr {
    pattern: Arc<Pattern>,
    symbolic: SymbolicQr<usize>,
    factors: Option<Qr<usize, f64>>,
}

impl SparseQr {
    /// Analyses a pattern; no factors yet.
    ///
    /// # Errors
    ///
    /// Fewer rows than columns; a pattern of deficient rank whatever its values; no memory.
    pub fn new(pattern: impl Into<Arc<Pattern>>) -> Result<Self, Error> {
        let pattern = pattern.into();
        let (rows, cols) = (pattern.rows(), pattern.cols());
        if rows < cols {
            let (what, expected, found) = ("the rows of a QR", cols, rows);
            return Err(ErrorKind::Size { what, expected, found }.into());
        }
        let matching = crate::sparse::matching::maximum_matching(&pattern);
        if let Some(column) = matching.iter().position(|row| row.is_none()) {
            let rank = matching.iter().flatten().count();
            return Err(ErrorKind::StructurallySingular { column, rank }.into());
        }
        let symbolic = SymbolicQr::try_new(places(&pattern))
            .map_err(|_| ErrorKind::OutOfMemory { what: "the analysis of a sparse matrix" })?;
        Ok(Self { pattern, symbolic, factors: None })
    }

    /// Factors the matrix with these values, in the order of the pattern.
    ///
    /// # Errors
    ///
    /// Wrong size, an entry that is not finite, no memory.
    pub fn factor(&mut self, values: &[f64]) -> Result<(), Error> {
        self.factors = None;
        let pattern = &self.pattern;
        check_size("the values of the matrix", pattern.nnz(), values.len())?;
        crate::Structure::Sparse(pattern.clone()).norm(values)?;
        let matrix = SparseColMatRef::new(places(pattern), values);
        let factors = Qr::try_new_with_symbolic(self.symbolic.clone(), matrix)
            .map_err(|_| ErrorKind::OutOfMemory { what: "a sparse factorisation" })?;
        self.factors = Some(factors);
        Ok(())
    }

    /// The `x` that minimises `‖A x - b‖₂`.
    ///
    /// # Errors
    ///
    /// Wrong size; no factors; columns that are exactly dependent.
    pub fn least_squares(&self, b: &[f64]) -> Result<Vec<f64>, Error> {
        let (rows, cols) = (self.pattern.rows(), self.pattern.cols());
        check_size("the right-hand side", rows, b.len())?;
        let Some(factors) = &self.factors else { return Err(ErrorKind::NotFactored.into()) };
        let mut x = b.to_vec();
        let rhs = MatMut::from_column_major_slice_mut(&mut x, rows, 1);
        factors.solve_lstsq_in_place_with_conj(Conj::No, rhs);
        x.truncate(cols);
        match x.iter().position(|v| !v.is_finite()) {
            Some(pivot) if b.iter().all(|v| v.is_finite()) => {
                Err(ErrorKind::Singular { pivot }.into())
            }
            _ => Ok(x),
        }
    }
}

fn places(pattern: &Pattern) -> SymbolicSparseColMatRef<'_, usize> {
    SymbolicSparseColMatRef::new_checked(
        pattern.rows(),
        pattern.cols(),
        pattern.col_ptr(),
        None,
        pattern.row_idx(),
    )
}
