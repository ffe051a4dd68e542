//! QR with column pivoting: least squares that notice dependent columns.

use super::qr::column_norm;
use crate::error::check_size;
use crate::{Error, ErrorKind};
use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::householder as reflections;
use faer::linalg::qr::col_pivoting::factor::{qr_in_place, qr_in_place_scratch};
use faer::linalg::qr::no_pivoting::factor::recommended_block_size;
use faer::{Conj, Mat, MatMut, Par};

/// `A P = Q R` with `|r₁₁| ≥ |r₂₂| ≥ …`, for matrices of any shape: least squares, the rank, and
/// which columns carry it (Businger, Golub 1965).
///
/// ```
/// use linalg::PivotedQr;
///
/// // The third column is the sum of the others.
/// let a = [1.0, 0.0, 0.0, 0.0, 2.0, 0.0, 1.0, 2.0, 0.0];
/// let qr = PivotedQr::new(3, 3, &a, 1e-12)?;
/// assert_eq!(qr.rank(), 2);
/// let x = qr.least_squares(&[1.0, 2.0, 5.0])?;
/// let fit = [x[0] + x[2], 2.0 * x[1] + 2.0 * x[2]];
/// assert!((fit[0] - 1.0).abs() < 1e-14 && (fit[1] - 2.0).abs() < 1e-14);
/// # Ok::<(), linalg::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct PivotedQr {
    factors: Mat<f64>,
    coefficients: Mat<f64>,
    order: Vec<usize>,
    rank: usize,
}

impl PivotedQr {
    /// Factors the `rows × cols` matrix whose columns stand one after the other in `a`. A pivot
    /// below `rtol` times the first one counts as zero, as do those after it; at least rounding is
    /// allowed for, `max(rows, cols) ε`.
    ///
    /// # Errors
    ///
    /// Wrong size, an entry that is not finite, a tolerance that is negative or NaN.
    pub fn new(rows: usize, cols: usize, a: &[f64], rtol: f64) -> Result<Self, Error> {
        check_size("the matrix, column by column", rows * cols, a.len())?;
        let norm = column_norm(rows, a)?;
        if rtol.is_nan() || rtol < 0.0 {
            let must = "a number from 0 on";
            return Err(ErrorKind::Option { name: "rtol", value: rtol, must }.into());
        }
        let size = rows.min(cols);
        let mut factors = Mat::from_fn(rows, cols, |i, j| a[j * rows + i]);
        let block = recommended_block_size::<f64>(rows.max(1), cols.max(1)).max(1);
        let mut coefficients = Mat::zeros(block, size);
        let (mut order, mut place) = (vec![0usize; cols], vec![0usize; cols]);
        if norm == 0.0 {
            order.iter_mut().enumerate().for_each(|(j, o)| *o = j);
            return Ok(Self { factors, coefficients, order, rank: 0 });
        }
        let need =
            qr_in_place_scratch::<usize, f64>(rows, cols, block, Par::Seq, Default::default());
        let no_memory = |_| ErrorKind::OutOfMemory { what: "the QR factorisation" };
        let mut memory = MemBuffer::try_new(need).map_err(no_memory)?;
        qr_in_place(
            factors.as_mut(),
            coefficients.as_mut(),
            &mut order,
            &mut place,
            Par::Seq,
            MemStack::new(&mut memory),
            Default::default(),
        );
        let least = rtol.max(rows.max(cols) as f64 * f64::EPSILON) * factors[(0, 0)].abs();
        let rank = (0..size).find(|&k| factors[(k, k)].abs() <= least).unwrap_or(size);
        Ok(Self { factors, coefficients, order, rank })
    }

    /// How many columns are independent.
    #[must_use]
    pub fn rank(&self) -> usize {
        self.rank
    }

    /// The columns, the most independent first.
    #[must_use]
    pub fn order(&self) -> &[usize] {
        &self.order
    }

    /// An `x` that minimises `‖A x - b‖₂`, with zeros for the columns that depend on others. (The
    /// shortest such `x` is [`Svd::pseudo_solve`](crate::Svd::pseudo_solve).)
    ///
    /// # Errors
    ///
    /// Wrong size; no memory.
    pub fn least_squares(&self, b: &[f64]) -> Result<Vec<f64>, Error> {
        let (m, n) = self.factors.shape();
        check_size("the right-hand side", m, b.len())?;
        let mut c = b.to_vec();
        let mut x = vec![0.0; n];
        if self.rank == 0 {
            return Ok(x);
        }
        use reflections::apply_block_householder_sequence_transpose_on_the_left_in_place_scratch as scratch;
        use reflections::apply_block_householder_sequence_transpose_on_the_left_in_place_with_conj as apply;
        let no_memory = |_| ErrorKind::OutOfMemory { what: "a solve by QR" };
        let need = scratch::<f64>(m, self.coefficients.nrows(), 1);
        let mut memory = MemBuffer::try_new(need).map_err(no_memory)?;
        apply(
            self.factors.as_ref().subcols(0, m.min(n)),
            self.coefficients.as_ref(),
            Conj::No,
            MatMut::from_column_major_slice_mut(&mut c, m, 1),
            Par::Seq,
            MemStack::new(&mut memory),
        );
        for i in (0..self.rank).rev() {
            for j in i + 1..self.rank {
                c[i] -= self.factors[(i, j)] * c[j];
            }
            c[i] /= self.factors[(i, i)];
        }
        for (&column, &c) in self.order.iter().zip(&c[..self.rank]) {
            x[column] = c;
        }
        Ok(x)
    }
}
