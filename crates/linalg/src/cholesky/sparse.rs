//! Cholesky factors of sparse matrices.

use crate::error::check_size;
use crate::field::Blocks;
use crate::solve::impl_linear_solve;
use crate::{Error, ErrorKind, LinearSolve, Pattern, Structure};
use faer::linalg::cholesky::llt::factor::{LltError, LltRegularization};
use faer::sparse::linalg::cholesky::{
    LltRef, SymbolicCholesky, SymmetricOrdering, factorize_symbolic_cholesky,
};
use faer::sparse::{SparseColMatRef, SymbolicSparseColMatRef};
use faer::{Conj, MatMut, Par, Side};
use std::sync::Arc;

/// `P A Pᵀ = L Lᵀ` for sparse symmetric positive definite matrices of one pattern, analysed once, by
/// faer (minimum degree; dense blocks where the fill is large). Only the lower triangle is read.
///
/// ```
/// use linalg::{Pattern, SparseCholesky};
///
/// let lower = Pattern::from_entries(2, 2, [(0, 0), (1, 0), (1, 1)])?;
/// let mut a = SparseCholesky::new(lower)?;
/// a.factor(&[4.0, 2.0, 5.0])?;
/// let mut x = [8.0, 12.0];
/// a.solve_in_place(&mut x)?;
/// assert!((x[0] - 1.0).abs() < 1e-15 && (x[1] - 2.0).abs() < 1e-15);
/// # Ok::<(), linalg::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct SparseCholesky {
    pattern: Arc<Pattern>,
    symbolic: Arc<SymbolicCholesky<usize>>,
    factor: Vec<f64>,
    blocks: Blocks,
    norm: f64,
    factored: bool,
}

impl SparseCholesky {
    /// Analyses a pattern, which may hold both triangles or only the lower one; no factors yet.
    ///
    /// # Errors
    ///
    /// A pattern that is not square; no memory.
    pub fn new(pattern: impl Into<Arc<Pattern>>) -> Result<Self, Error> {
        let pattern = pattern.into();
        let n = pattern.cols();
        check_size("the rows of a square pattern", n, pattern.rows())?;
        let symbolic = factorize_symbolic_cholesky(
            SymbolicSparseColMatRef::new_checked(n, n, pattern.col_ptr(), None, pattern.row_idx()),
            Side::Lower,
            SymmetricOrdering::Amd,
            Default::default(),
        )
        .map_err(|_| ErrorKind::OutOfMemory { what: "the analysis of a sparse matrix" })?;
        let factor = vec![0.0; symbolic.len_val()];
        let symbolic = Arc::new(symbolic);
        Ok(Self {
            pattern,
            symbolic,
            factor,
            blocks: Blocks::default(),
            norm: 0.0,
            factored: false,
        })
    }

    /// The number of rows.
    #[must_use]
    pub fn dim(&self) -> usize {
        self.pattern.cols()
    }

    /// The largest column sum of the entries that were given.
    #[must_use]
    pub fn norm(&self) -> f64 {
        self.norm
    }

    /// Factors the matrix with these values, in the order of the pattern.
    ///
    /// # Errors
    ///
    /// Wrong size, an entry that is not finite, a matrix that is not positive definite (the pivot
    /// is counted in the order of elimination).
    pub fn factor(&mut self, values: &[f64]) -> Result<(), Error> {
        self.factored = false;
        let (n, pattern) = (self.dim(), &self.pattern);
        check_size("the values of the matrix", pattern.nnz(), values.len())?;
        self.norm = Structure::Sparse(pattern.clone()).norm(values)?;
        let no_memory = || Error::from(ErrorKind::OutOfMemory { what: "a sparse factorisation" });
        let need = self
            .symbolic
            .factorize_numeric_llt_scratch::<f64>(Par::Seq, Default::default())
            .or(self.symbolic.solve_in_place_scratch::<f64>(1, Par::Seq));
        let stack = self.blocks.stack(need).ok_or_else(no_memory)?;
        let places =
            SymbolicSparseColMatRef::new_checked(n, n, pattern.col_ptr(), None, pattern.row_idx());
        let result = self.symbolic.factorize_numeric_llt(
            &mut self.factor,
            SparseColMatRef::new(places, values),
            Side::Lower,
            LltRegularization::default(),
            Par::Seq,
            stack,
            Default::default(),
        );
        match result {
            Ok(_) => self.factored = true,
            Err(LltError::NonPositivePivot { index }) => {
                return Err(ErrorKind::NotPositiveDefinite { pivot: index }.into());
            }
        }
        Ok(())
    }

    /// Solves `A x = b` in place.
    ///
    /// # Errors
    ///
    /// Wrong size; no factors.
    pub fn solve_in_place(&mut self, b: &mut [f64]) -> Result<(), Error> {
        let n = self.dim();
        check_size("the right-hand side", n, b.len())?;
        let need = self.symbolic.solve_in_place_scratch::<f64>(1, Par::Seq);
        let out_of_memory = ErrorKind::OutOfMemory { what: "a sparse solve" };
        if !self.factored {
            return Err(ErrorKind::NotFactored.into());
        }
        let stack = self.blocks.stack(need).ok_or(out_of_memory)?;
        LltRef::new(&self.symbolic, &self.factor).solve_in_place_with_conj(
            Conj::No,
            MatMut::from_column_major_slice_mut(b, n, 1),
            Par::Seq,
            stack,
        );
        Ok(())
    }

    /// The same as [`solve_in_place`](SparseCholesky::solve_in_place): `A` is symmetric.
    ///
    /// # Errors
    ///
    /// Wrong size; no factors.
    pub fn solve_transposed_in_place(&mut self, b: &mut [f64]) -> Result<(), Error> {
        self.solve_in_place(b)
    }
}

type S = f64;
impl_linear_solve!([] SparseCholesky);
