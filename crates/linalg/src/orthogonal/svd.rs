//! Singular values.

use super::qr::column_norm;
use crate::error::check_size;
use crate::{Error, ErrorKind};
use faer::diag::Diag;
use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::svd::{ComputeSvdVectors, svd, svd_scratch};
use faer::{Mat, MatRef, Par};

/// `A = U diag(σ) Vᵀ` with `σ₁ ≥ σ₂ ≥ …`, for matrices of any shape, by faer.
///
/// ```
/// use linalg::Svd;
///
/// // Two equations, three unknowns: the shortest of all solutions.
/// let svd = Svd::new(2, 3, &[1.0, 0.0, 1.0, 0.0, 0.0, 2.0])?;
/// let x = svd.pseudo_solve(&[2.0, 4.0], 1e-12)?;
/// assert!(x.iter().zip([1.0, 1.0, 2.0]).all(|(x, y)| (x - y).abs() < 1e-14));
/// # Ok::<(), linalg::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Svd {
    rows: usize,
    cols: usize,
    pub(super) values: Vec<f64>,
    /// Left singular vectors, one after the other.
    pub(super) left: Vec<f64>,
    /// Right singular vectors, one after the other.
    pub(super) right: Vec<f64>,
}

impl Svd {
    /// Decomposes the `rows × cols` matrix whose columns stand one after the other in `a`.
    ///
    /// # Errors
    ///
    /// Wrong size, an entry that is not finite, no memory, no convergence.
    pub fn new(rows: usize, cols: usize, a: &[f64]) -> Result<Self, Error> {
        check_size("the matrix, column by column", rows * cols, a.len())?;
        column_norm(rows, a)?;
        let size = rows.min(cols);
        let mut values = Diag::<f64>::zeros(size);
        let (mut left, mut right) = (Mat::zeros(rows, size), Mat::zeros(cols, size));
        if size > 0 {
            let thin = ComputeSvdVectors::Thin;
            let need = svd_scratch::<f64>(rows, cols, thin, thin, Par::Seq, Default::default());
            let no_memory = |_| ErrorKind::OutOfMemory { what: "singular values" };
            let mut memory = MemBuffer::try_new(need).map_err(no_memory)?;
            svd(
                MatRef::from_column_major_slice(a, rows, cols),
                values.as_mut(),
                Some(left.as_mut()),
                Some(right.as_mut()),
                Par::Seq,
                MemStack::new(&mut memory),
                Default::default(),
            )
            .map_err(|_| ErrorKind::SvdNotConverged)?;
        }
        let columns = |m: &Mat<f64>| -> Vec<f64> {
            (0..m.ncols()).flat_map(|j| m.col(j).iter().copied().collect::<Vec<_>>()).collect()
        };
        Ok(Self {
            rows,
            cols,
            values: values.column_vector().iter().copied().collect(),
            left: columns(&left),
            right: columns(&right),
        })
    }

    pub(super) fn from_parts(
        rows: usize,
        cols: usize,
        values: Vec<f64>,
        left: Vec<f64>,
        right: Vec<f64>,
    ) -> Self {
        Self { rows, cols, values, left, right }
    }

    /// The singular values, largest first.
    #[must_use]
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// The left singular vector that belongs to value `k`; empty if there is none.
    #[must_use]
    pub fn left(&self, k: usize) -> &[f64] {
        self.left.get(k * self.rows..(k + 1) * self.rows).unwrap_or(&[])
    }

    /// The right singular vector that belongs to value `k`; empty if there is none.
    #[must_use]
    pub fn right(&self, k: usize) -> &[f64] {
        self.right.get(k * self.cols..(k + 1) * self.cols).unwrap_or(&[])
    }

    /// How many singular values are above `rtol σ₁`.
    #[must_use]
    pub fn rank(&self, rtol: f64) -> usize {
        let least = rtol * self.values.first().unwrap_or(&0.0);
        self.values.iter().take_while(|&&value| value > least).count()
    }

    /// `σ₁ / σₙ`, the condition number in the Euclidean norm; infinite for a singular matrix, 0 for
    /// an empty one.
    #[must_use]
    pub fn condition(&self) -> f64 {
        match (self.values.first(), self.values.last()) {
            (Some(_), Some(0.0)) => f64::INFINITY,
            (Some(first), Some(last)) => first / last,
            _ => 0.0,
        }
    }

    /// The shortest `x` of those that minimise `‖A x - b‖₂`, singular values up to `rtol σ₁` being
    /// taken for zero.
    ///
    /// # Errors
    ///
    /// Wrong size.
    pub fn pseudo_solve(&self, b: &[f64], rtol: f64) -> Result<Vec<f64>, Error> {
        check_size("the right-hand side", self.rows, b.len())?;
        let mut x = vec![0.0; self.cols];
        for k in 0..self.rank(rtol) {
            let along: f64 = self.left(k).iter().zip(b).map(|(u, b)| u * b).sum();
            for (x, v) in x.iter_mut().zip(self.right(k)) {
                *x += along / self.values[k] * v;
            }
        }
        Ok(x)
    }
}
