//! QR of dense matrices.

use crate::error::check_size;
use crate::field::Blocks;
use crate::solve::impl_linear_solve;
use crate::{Error, ErrorKind, LinearSolve};
use faer::linalg::householder as reflections;
use faer::linalg::qr::no_pivoting::factor::{
    qr_in_place, qr_in_place_scratch, recommended_block_size,
};
use faer::linalg::triangular_solve;
use faer::{Conj, MatMut, MatRef, Par};

/// `A = Q R` for dense `rows × cols` matrices with `rows ≥ cols`, by faer's Householder reflections:
/// least squares with full rank, and square systems without growth.
///
/// ```
/// use linalg::DenseQr;
///
/// // The line through (0, 1), (1, 3), (2, 4), (3, 4): intercept 1.5, slope 1.
/// let mut qr = DenseQr::new(4, 2)?;
/// qr.factor(&[1.0, 1.0, 1.0, 1.0, 0.0, 1.0, 2.0, 3.0])?;
/// let mut line = [0.0; 2];
/// let residual = qr.least_squares(&[1.0, 3.0, 4.0, 4.0], &mut line)?;
/// assert!((line[0] - 1.5).abs() < 1e-14 && (line[1] - 1.0).abs() < 1e-14);
/// assert!((residual - 1.0).abs() < 1e-14);
/// # Ok::<(), linalg::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct DenseQr {
    rows: usize,
    cols: usize,
    factors: Vec<f64>,
    coefficients: Vec<f64>,
    block: usize,
    blocks: Blocks,
    work: Vec<f64>,
    norm: f64,
    factored: bool,
}

impl DenseQr {
    /// Memory for `rows × cols` matrices; no factors yet.
    ///
    /// # Errors
    ///
    /// Fewer rows than columns ([`PivotedQr`](crate::PivotedQr) and [`Svd`](crate::Svd) take
    /// them).
    pub fn new(rows: usize, cols: usize) -> Result<Self, Error> {
        if rows < cols {
            let (what, expected, found) = ("the rows of a QR", cols, rows);
            return Err(ErrorKind::Size { what, expected, found }.into());
        }
        let block = recommended_block_size::<f64>(rows.max(1), cols.max(1)).max(1);
        Ok(Self {
            rows,
            cols,
            factors: vec![0.0; rows * cols],
            coefficients: vec![0.0; block * cols],
            block,
            blocks: Blocks::default(),
            work: vec![0.0; rows],
            norm: 0.0,
            factored: false,
        })
    }

    /// The number of columns.
    #[must_use]
    pub fn dim(&self) -> usize {
        self.cols
    }

    /// The largest column sum of the matrix that was factored.
    #[must_use]
    pub fn norm(&self) -> f64 {
        self.norm
    }

    /// Factors the matrix whose columns stand one after the other in `a`.
    ///
    /// # Errors
    ///
    /// Wrong size, an entry that is not finite, columns that are dependent to rounding (the
    /// diagonal of `R` vanishes beside the norm of `A`).
    pub fn factor(&mut self, a: &[f64]) -> Result<(), Error> {
        let (m, n, block) = (self.rows, self.cols, self.block);
        self.factored = false;
        check_size("the matrix, column by column", m * n, a.len())?;
        self.norm = column_norm(m, a)?;
        self.factors.copy_from_slice(a);
        if n > 0 {
            let need = qr_in_place_scratch::<f64>(m, n, block, Par::Seq, Default::default()).or(
                reflections::apply_block_householder_sequence_on_the_left_in_place_scratch::<f64>(
                    m, block, 1,
                ),
            );
            let out_of_memory = ErrorKind::OutOfMemory { what: "the QR factorisation" };
            let stack = self.blocks.stack(need).ok_or(out_of_memory)?;
            qr_in_place(
                MatMut::from_column_major_slice_mut(&mut self.factors, m, n),
                MatMut::from_column_major_slice_mut(&mut self.coefficients, block, n),
                Par::Seq,
                stack,
                Default::default(),
            );
        }
        for pivot in 0..n {
            let size = self.factors[pivot * m + pivot].abs();
            if size.is_nan() || size <= f64::EPSILON * self.norm / m as f64 {
                return Err(ErrorKind::Singular { pivot }.into());
            }
        }
        self.factored = true;
        Ok(())
    }

    /// Writes the `x` that minimises `‖A x - b‖₂` and returns that norm.
    ///
    /// # Errors
    ///
    /// Wrong sizes; no factors.
    pub fn least_squares(&mut self, b: &[f64], x: &mut [f64]) -> Result<f64, Error> {
        check_size("the right-hand side", self.rows, b.len())?;
        check_size("the solution", self.cols, x.len())?;
        self.ready()?;
        self.work.copy_from_slice(b);
        self.rotate(true)?;
        x.copy_from_slice(&self.work[..self.cols]);
        let r = self.triangle();
        let solution = MatMut::from_column_major_slice_mut(x, self.cols, 1);
        triangular_solve::solve_upper_triangular_in_place(r, solution, Par::Seq);
        Ok(crate::krylov::norm(&self.work[self.cols..]))
    }

    /// Solves `A x = b` in place, for square `A`.
    ///
    /// # Errors
    ///
    /// Wrong size; no factors; a matrix that is not square.
    pub fn solve_in_place(&mut self, b: &mut [f64]) -> Result<(), Error> {
        self.square(b)?;
        self.work.copy_from_slice(b);
        self.rotate(true)?;
        b.copy_from_slice(&self.work);
        let x = MatMut::from_column_major_slice_mut(b, self.cols, 1);
        triangular_solve::solve_upper_triangular_in_place(self.triangle(), x, Par::Seq);
        Ok(())
    }

    /// Solves `Aᵀ x = b` in place, for square `A`.
    ///
    /// # Errors
    ///
    /// Wrong size; no factors; a matrix that is not square.
    pub fn solve_transposed_in_place(&mut self, b: &mut [f64]) -> Result<(), Error> {
        self.square(b)?;
        let x = MatMut::from_column_major_slice_mut(b, self.cols, 1);
        let lower = self.triangle().transpose();
        triangular_solve::solve_lower_triangular_in_place(lower, x, Par::Seq);
        self.work.copy_from_slice(b);
        self.rotate(false)?;
        b.copy_from_slice(&self.work);
        Ok(())
    }

    fn triangle(&self) -> MatRef<'_, f64> {
        MatRef::from_column_major_slice(&self.factors, self.rows, self.cols)
            .submatrix(0, 0, self.cols, self.cols)
    }

    /// `work = Qᵀ work`, or `Q work`.
    fn rotate(&mut self, transposed: bool) -> Result<(), Error> {
        let (m, n, block) = (self.rows, self.cols, self.block);
        if n == 0 {
            return Ok(());
        }
        let need = reflections::apply_block_householder_sequence_on_the_left_in_place_scratch::<f64>(
            m, block, 1,
        );
        let out_of_memory = ErrorKind::OutOfMemory { what: "a solve by QR" };
        let stack = self.blocks.stack(need).ok_or(out_of_memory)?;
        let basis = MatRef::from_column_major_slice(&self.factors, m, n);
        let coefficients = MatRef::from_column_major_slice(&self.coefficients, block, n);
        let x = MatMut::from_column_major_slice_mut(&mut self.work, m, 1);
        if transposed {
            reflections::apply_block_householder_sequence_transpose_on_the_left_in_place_with_conj(
                basis,
                coefficients,
                Conj::No,
                x,
                Par::Seq,
                stack,
            );
        } else {
            reflections::apply_block_householder_sequence_on_the_left_in_place_with_conj(
                basis,
                coefficients,
                Conj::No,
                x,
                Par::Seq,
                stack,
            );
        }
        Ok(())
    }

    fn square(&self, b: &[f64]) -> Result<(), Error> {
        check_size("the rows of a square matrix", self.cols, self.rows)?;
        check_size("the right-hand side", self.rows, b.len())?;
        self.ready()
    }

    fn ready(&self) -> Result<(), Error> {
        if self.factored { Ok(()) } else { Err(ErrorKind::NotFactored.into()) }
    }
}

/// The largest column sum, after looking for entries that are not finite.
pub(super) fn column_norm(rows: usize, a: &[f64]) -> Result<f64, Error> {
    let mut norm = 0.0f64;
    for (column, entries) in a.chunks_exact(rows.max(1)).enumerate() {
        if let Some(row) = entries.iter().position(|v| !v.is_finite()) {
            return Err(ErrorKind::NotFinite { row, column }.into());
        }
        norm = norm.max(entries.iter().map(|v| v.abs()).sum());
    }
    Ok(norm)
}

type S = f64;
impl_linear_solve!([] DenseQr);
