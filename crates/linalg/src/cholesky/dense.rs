//! Cholesky factors of dense matrices.

use crate::error::check_size;
use crate::field::Blocks;
use crate::solve::impl_linear_solve;
use crate::{Error, ErrorKind, LinearSolve, Structure};
use faer::linalg::cholesky::llt::factor::{
    LltError, LltRegularization, cholesky_in_place, cholesky_in_place_scratch,
};
use faer::linalg::triangular_solve;
use faer::{MatMut, MatRef, Par};

/// `A = L Lᵀ` for dense symmetric positive definite matrices, by faer: half the work of LU, and a
/// test of definiteness. Only the lower triangle is read.
///
/// ```
/// use linalg::DenseCholesky;
///
/// let mut a = DenseCholesky::new(2);
/// a.factor(&[4.0, 2.0, 2.0, 5.0])?;
/// let mut x = [8.0, 12.0];
/// a.solve_in_place(&mut x)?;
/// assert_eq!(x, [1.0, 2.0]);
/// assert!(a.factor(&[1.0, 2.0, 2.0, 1.0]).is_err());
/// # Ok::<(), linalg::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct DenseCholesky {
    n: usize,
    factor: Vec<f64>,
    blocks: Blocks,
    norm: f64,
    factored: bool,
}

impl DenseCholesky {
    /// Memory for `n × n` matrices; no factors yet.
    #[must_use]
    pub fn new(n: usize) -> Self {
        let factor = vec![0.0; n * n];
        Self { n, factor, blocks: Blocks::default(), norm: 0.0, factored: false }
    }

    /// The number of rows.
    #[must_use]
    pub fn dim(&self) -> usize {
        self.n
    }

    /// The largest column sum of the array that was factored.
    #[must_use]
    pub fn norm(&self) -> f64 {
        self.norm
    }

    /// Factors the matrix whose columns stand one after the other in `a`.
    ///
    /// # Errors
    ///
    /// Wrong size, an entry that is not finite, a matrix that is not positive definite.
    pub fn factor(&mut self, a: &[f64]) -> Result<(), Error> {
        let n = self.n;
        self.factored = false;
        check_size("the matrix, column by column", n * n, a.len())?;
        self.norm = Structure::Dense { n }.norm(a)?;
        self.factor.copy_from_slice(a);
        let need = cholesky_in_place_scratch::<f64>(n, Par::Seq, Default::default());
        let out_of_memory = ErrorKind::OutOfMemory { what: "the Cholesky factorisation" };
        let stack = self.blocks.stack(need).ok_or(out_of_memory)?;
        let result = cholesky_in_place(
            MatMut::from_column_major_slice_mut(&mut self.factor, n, n),
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
    pub fn solve_in_place(&self, b: &mut [f64]) -> Result<(), Error> {
        check_size("the right-hand side", self.n, b.len())?;
        if !self.factored {
            return Err(ErrorKind::NotFactored.into());
        }
        let lower = MatRef::from_column_major_slice(&self.factor, self.n, self.n);
        let x = MatMut::from_column_major_slice_mut(b, self.n, 1);
        triangular_solve::solve_lower_triangular_in_place(lower, x, Par::Seq);
        let x = MatMut::from_column_major_slice_mut(b, self.n, 1);
        triangular_solve::solve_upper_triangular_in_place(lower.transpose(), x, Par::Seq);
        Ok(())
    }

    /// The same as [`solve_in_place`](DenseCholesky::solve_in_place): `A` is symmetric.
    ///
    /// # Errors
    ///
    /// Wrong size; no factors.
    pub fn solve_transposed_in_place(&self, b: &mut [f64]) -> Result<(), Error> {
        self.solve_in_place(b)
    }
}

type S = f64;
impl_linear_solve!([] DenseCholesky);
