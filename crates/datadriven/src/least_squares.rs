//! Dense least squares by QR with column pivoting: never by normal equations, which square the
//! condition number. Always on one thread, so that the bits do not depend on the machine's cores.

use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::qr::{col_pivoting, no_pivoting};
use faer::linalg::svd::{ComputeSvdVectors, svd, svd_scratch};
use faer::{Conj, Mat, MatRef, Par};

/// The upper triangular (trapezoidal) factor of `a = Q R`, min(m, n) × n.
pub(crate) fn triangular_factor(mut a: Mat<f64>) -> Mat<f64> {
    let (m, n) = a.shape();
    let size = m.min(n);
    if size == 0 {
        return Mat::zeros(size, n);
    }
    let block = no_pivoting::factor::recommended_block_size::<f64>(m, n);
    let mut coefficients = Mat::zeros(block, size);
    let scratch =
        no_pivoting::factor::qr_in_place_scratch::<f64>(m, n, block, Par::Seq, Default::default());
    no_pivoting::factor::qr_in_place(
        a.as_mut(),
        coefficients.as_mut(),
        Par::Seq,
        MemStack::new(&mut MemBuffer::new(scratch)),
        Default::default(),
    );
    Mat::from_fn(size, n, |i, j| if i <= j { a[(i, j)] } else { 0.0 })
}

/// `a P = Q R` with `|r₁₁| ≥ |r₂₂| ≥ …`.
pub(crate) struct PivotedQr {
    factors: Mat<f64>,
    coefficients: Mat<f64>,
    /// Column `i` of `a P` is column `order[i]` of `a`.
    order: Vec<usize>,
}

/// Columns that are combinations of others.
pub(crate) struct Dependence {
    /// A superfluous column, and the columns that it is a combination of.
    pub(crate) columns: Vec<(usize, Vec<usize>)>,
}

impl PivotedQr {
    /// Factors a matrix of m ≥ n ≥ 1.
    ///
    /// `size` is the larger dimension of the matrix that `a` was reduced from: a pivot below
    /// `size · ε · |r₁₁|` is zero to rounding, and its column is reported.
    pub(crate) fn new(mut a: Mat<f64>, size: usize) -> Result<Self, Dependence> {
        let (m, n) = a.shape();
        let block = no_pivoting::factor::recommended_block_size::<f64>(m, n);
        let mut coefficients = Mat::zeros(block, m.min(n));
        let (mut order, mut inverse) = (vec![0usize; n], vec![0usize; n]);
        let scratch = col_pivoting::factor::qr_in_place_scratch::<usize, f64>(
            m,
            n,
            block,
            Par::Seq,
            Default::default(),
        );
        col_pivoting::factor::qr_in_place(
            a.as_mut(),
            coefficients.as_mut(),
            &mut order,
            &mut inverse,
            Par::Seq,
            MemStack::new(&mut MemBuffer::new(scratch)),
            Default::default(),
        );
        let tolerance = 4.0 * size.max(m) as f64 * f64::EPSILON * a[(0, 0)].abs();
        let rank = (0..n).find(|&i| a[(i, i)].abs() <= tolerance).unwrap_or(n);
        let qr = Self { factors: a, coefficients, order };
        if rank < n { Err(qr.dependence(rank)) } else { Ok(qr) }
    }

    /// Column `order[j]` is `Σ cᵢ` column `order[i]` with `R₁₁ c = r₁ⱼ`.
    fn dependence(&self, rank: usize) -> Dependence {
        let mut columns = Vec::new();
        for j in rank..self.order.len() {
            let mut c: Vec<f64> = (0..rank).map(|i| self.factors[(i, j)]).collect();
            self.solve_upper(&mut c);
            let largest = c.iter().fold(0.0f64, |m, c| m.max(c.abs()));
            let mut on: Vec<usize> =
                (0..rank).filter(|&i| c[i].abs() > 1e-6 * largest).map(|i| self.order[i]).collect();
            on.sort_unstable();
            columns.push((self.order[j], on));
        }
        columns.sort_unstable();
        Dependence { columns }
    }

    /// Solves `R₁₁ x = b` in place, with the leading block of the size of `b`.
    fn solve_upper(&self, b: &mut [f64]) {
        for i in (0..b.len()).rev() {
            for j in i + 1..b.len() {
                b[i] -= self.factors[(i, j)] * b[j];
            }
            b[i] /= self.factors[(i, i)];
        }
    }

    /// The `x` that minimises `‖a x − b‖`.
    pub(crate) fn solve(&self, b: &[f64]) -> Vec<f64> {
        let (m, n) = self.factors.shape();
        let mut rhs = Mat::from_fn(m, 1, |i, _| b[i]);
        let block = self.coefficients.nrows();
        use faer::linalg::householder as h;
        let scratch = h::apply_block_householder_sequence_transpose_on_the_left_in_place_scratch::<
            f64,
        >(m, block, 1);
        h::apply_block_householder_sequence_transpose_on_the_left_in_place_with_conj(
            self.factors.as_ref(),
            self.coefficients.as_ref(),
            Conj::No,
            rhs.as_mut(),
            Par::Seq,
            MemStack::new(&mut MemBuffer::new(scratch)),
        );
        let mut c: Vec<f64> = (0..n).map(|i| rhs[(i, 0)]).collect();
        self.solve_upper(&mut c);
        let mut x = vec![0.0; n];
        for (&place, c) in self.order.iter().zip(c) {
            x[place] = c;
        }
        x
    }

    /// The diagonal of `(aᵀa)⁻¹ = P R⁻¹ R⁻ᵀ Pᵀ`: squared norms of the rows of `R⁻¹`.
    pub(crate) fn inverse_gram_diagonal(&self) -> Vec<f64> {
        let n = self.order.len();
        let mut diagonal = vec![0.0; n];
        for j in 0..n {
            let mut column = vec![0.0; j + 1];
            column[j] = 1.0;
            self.solve_upper(&mut column);
            for (&place, entry) in self.order.iter().zip(column) {
                diagonal[place] += entry * entry;
            }
        }
        diagonal
    }
}

/// The ratio of the largest to the smallest singular value; `None` if they did not converge.
pub(crate) fn condition_number(a: MatRef<'_, f64>) -> Option<f64> {
    let (m, n) = a.shape();
    let no = ComputeSvdVectors::No;
    let scratch = svd_scratch::<f64>(m, n, no, no, Par::Seq, Default::default());
    let mut values = faer::diag::Diag::<f64>::zeros(m.min(n));
    let mut memory = MemBuffer::new(scratch);
    let stack = MemStack::new(&mut memory);
    svd(a, values.as_mut(), None, None, Par::Seq, stack, Default::default()).ok()?;
    let values = values.column_vector();
    let (largest, smallest) = (values.iter().next()?, values.iter().last()?);
    Some(largest / smallest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_through_four_points() {
        // x = 0, 1, 2, 3 and y = 1, 3, 4, 4: intercept 1.5, slope 1; (XᵀX)⁻¹ = [.7 -.3; -.3 .2].
        let a = Mat::from_fn(4, 2, |i, j| if j == 0 { 1.0 } else { i as f64 });
        let condition = condition_number(a.as_ref()).unwrap();
        // Eigenvalues of XᵀX = [4 6; 6 14] are 9 ± √61.
        let expected = ((9.0 + 61f64.sqrt()) / (9.0 - 61f64.sqrt())).sqrt();
        assert!((condition - expected).abs() < 1e-12 * expected);
        let Ok(qr) = PivotedQr::new(a, 4) else { panic!("full rank") };
        let x = qr.solve(&[1.0, 3.0, 4.0, 4.0]);
        assert!((x[0] - 1.5).abs() < 1e-14 && (x[1] - 1.0).abs() < 1e-14, "{x:?}");
        let d = qr.inverse_gram_diagonal();
        assert!((d[0] - 0.7).abs() < 1e-14 && (d[1] - 0.2).abs() < 1e-14, "{d:?}");
    }

    #[test]
    fn dependent_columns_are_named() {
        // Column 2 = column 0 + 2 column 1; column 3 is zero; column 4 is on its own.
        let a = Mat::from_fn(7, 5, |i, j| {
            let (a, b) = ((i as f64).sin(), (2.0 * i as f64 + 1.0).cos());
            [a, b, a + 2.0 * b, 0.0, i as f64][j]
        });
        let Err(Dependence { columns }) = PivotedQr::new(a, 7) else { panic!("rank 3") };
        assert_eq!(columns.len(), 2);
        let mut first = columns[0].1.clone();
        first.push(columns[0].0);
        first.sort_unstable();
        assert_eq!(first, [0, 1, 2]);
        assert_eq!(columns[1], (3, vec![]));
    }
}
