//! One Jacobian, many shifts.

use crate::error::check_size;
use crate::field::Blocks;
use crate::lu::substitution::minus_dot;
use crate::{Error, ErrorKind, Number, Structure};
use faer::linalg::evd::hessenberg::{hessenberg_in_place, hessenberg_in_place_scratch};
use faer::linalg::householder as reflections;
use faer::linalg::qr::no_pivoting::factor::recommended_block_size;
use faer::{Conj, MatMut, MatRef, Par};

/// `J = Q H Qᵀ` with orthogonal `Q` and `H` zero below its first subdiagonal, so that
/// `(c I - J) x = b` is solved for any real or complex `c` at once: `n²` operations for a new `c`
/// and `5 n²` for a solve, after `14 n³/3` for the reduction (Enright 1978; Varah 1979).
///
/// For stiff solvers that keep `J` while the step size changes; it pays where more than about eight
/// steps share a Jacobian, from some thirty states on.
///
/// ```
/// use linalg::{ShiftedFactors, ShiftedHessenberg, c64};
///
/// let mut j = ShiftedHessenberg::new(2);
/// j.reduce(&[0.0, -1.0, 1.0, 0.0])?; // J = [0 1; -1 0]
/// let mut real = ShiftedFactors::<f64>::new(2);
/// let mut x = [2.0, 1.0];
/// j.factor(1.0, &mut real)?;
/// j.solve_in_place(&mut real, &mut x)?; // [1 -1; 1 1] x = [2 1]
/// assert!((x[0] - 1.5).abs() < 1e-15 && (x[1] + 0.5).abs() < 1e-15);
/// let mut complex = ShiftedFactors::<c64>::new(2);
/// j.factor(c64::new(0.0, 2.0), &mut complex)?; // any number of shifts side by side
/// # Ok::<(), linalg::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct ShiftedHessenberg {
    n: usize,
    /// `H`, row by row.
    h: Vec<f64>,
    /// `Q`, column by column.
    q: Vec<f64>,
    /// What faer leaves: reflections and `H`, column by column; and the factors of the reflections.
    reduced: Vec<f64>,
    coefficients: Vec<f64>,
    block: usize,
    blocks: Blocks,
    is_reduced: bool,
}

/// LU of `c I - H`, for one shift.
#[derive(Clone, Debug)]
pub struct ShiftedFactors<S: Number> {
    n: usize,
    /// `U`, row by row; inverses on the diagonal.
    upper: Vec<S>,
    /// The factor of each elimination, and whether its rows were exchanged.
    steps: Vec<(S, bool)>,
    work: Vec<S>,
    factored: bool,
}

impl<S: Number> ShiftedFactors<S> {
    /// Memory for matrices of `n` rows.
    #[must_use]
    pub fn new(n: usize) -> Self {
        Self {
            n,
            upper: vec![S::ZERO; n * n],
            steps: vec![(S::ZERO, false); n],
            work: vec![S::ZERO; n],
            factored: false,
        }
    }
}

impl ShiftedHessenberg {
    /// Memory for matrices of `n` rows.
    #[must_use]
    pub fn new(n: usize) -> Self {
        let block = recommended_block_size::<f64>(n.max(1), n.max(1)).max(1);
        Self {
            n,
            h: vec![0.0; n * n],
            q: vec![0.0; n * n],
            reduced: vec![0.0; n * n],
            coefficients: vec![0.0; block * n.saturating_sub(1)],
            block,
            blocks: Blocks::default(),
            is_reduced: false,
        }
    }

    /// The number of rows.
    #[must_use]
    pub fn dim(&self) -> usize {
        self.n
    }

    /// Reduces the matrix whose columns stand one after the other in `j`. Factors made before are
    /// of no more use.
    ///
    /// # Errors
    ///
    /// Wrong size, an entry that is not finite, no memory.
    pub fn reduce(&mut self, j: &[f64]) -> Result<(), Error> {
        let n = self.n;
        self.is_reduced = false;
        check_size("the matrix, column by column", n * n, j.len())?;
        if let Some((row, column)) = (Structure::Dense { n }).first_not_finite(j) {
            return Err(ErrorKind::NotFinite { row, column }.into());
        }
        self.reduced.copy_from_slice(j);
        for i in 0..n {
            self.q[i * n..(i + 1) * n].fill(0.0);
            self.q[i * n + i] = 1.0;
        }
        if n > 2 {
            self.reflect()?;
        }
        for row in 0..n {
            for column in 0..n {
                let inside = row <= column + 1;
                self.h[row * n + column] =
                    if inside { self.reduced[column * n + row] } else { 0.0 };
            }
        }
        self.is_reduced = true;
        Ok(())
    }

    fn reflect(&mut self) -> Result<(), Error> {
        let Self { n, block, blocks, reduced, coefficients, q, .. } = self;
        let (n, block) = (*n, *block);
        let need = hessenberg_in_place_scratch::<f64>(n, block, Par::Seq, Default::default()).or(
            reflections::apply_block_householder_sequence_on_the_left_in_place_scratch::<f64>(
                n - 1,
                block,
                n - 1,
            ),
        );
        let out_of_memory = ErrorKind::OutOfMemory { what: "the Hessenberg reduction" };
        let stack = blocks.stack(need).ok_or(out_of_memory)?;
        hessenberg_in_place(
            MatMut::from_column_major_slice_mut(reduced, n, n),
            MatMut::from_column_major_slice_mut(coefficients, block, n - 1),
            Par::Seq,
            stack,
            Default::default(),
        );
        // Reflection k acts on rows and columns from k + 1 on.
        let vectors = MatRef::from_column_major_slice(reduced, n, n);
        reflections::apply_block_householder_sequence_on_the_left_in_place_with_conj(
            vectors.submatrix(1, 0, n - 1, n - 1),
            MatRef::from_column_major_slice(coefficients, block, n - 1),
            Conj::No,
            MatMut::from_column_major_slice_mut(q, n, n).submatrix_mut(1, 1, n - 1, n - 1),
            Par::Seq,
            stack,
        );
        Ok(())
    }

    /// Factors `c I - H` by elimination with exchanges of neighbouring rows.
    ///
    /// # Errors
    ///
    /// Nothing reduced; memory for another size; a shift that is not finite; `c` an eigenvalue of
    /// `J`.
    pub fn factor<S: Number>(&self, c: S, factors: &mut ShiftedFactors<S>) -> Result<(), Error> {
        let n = self.n;
        factors.factored = false;
        check_size("the memory of the factors", n, factors.n)?;
        if !self.is_reduced {
            return Err(ErrorKind::NotFactored.into());
        }
        if !c.all_finite() {
            let (value, must) = (c.modulus(), "finite");
            return Err(ErrorKind::Option { name: "the shift", value, must }.into());
        }
        let (upper, steps) = (&mut factors.upper, &mut factors.steps);
        for (u, &h) in upper.iter_mut().zip(&self.h) {
            *u = S::real(-h);
        }
        for i in 0..n {
            upper[i * n + i] += c;
        }
        for k in 0..n {
            let (top, below) = upper.split_at_mut((k + 1) * n);
            let top = &mut top[k * n + k..];
            if k + 1 < n {
                let below = &mut below[k..n];
                let exchanged = below[0].modulus() > top[0].modulus();
                if exchanged {
                    top.swap_with_slice(below);
                }
                let inverse = top[0].inverse();
                let factor = below[0] * inverse;
                steps[k] = (factor, exchanged);
                for (below, &top) in below[1..].iter_mut().zip(&top[1..]) {
                    *below = below.minus_product(factor, top);
                }
            }
            top[0] = top[0].inverse();
            if top[0].unusable() != 0 {
                return Err(ErrorKind::Singular { pivot: k }.into());
            }
        }
        factors.factored = true;
        Ok(())
    }

    /// Solves `(c I - J) x = b` in place.
    ///
    /// # Errors
    ///
    /// Wrong size; no factors.
    pub fn solve_in_place<S: Number>(
        &self,
        factors: &mut ShiftedFactors<S>,
        b: &mut [S],
    ) -> Result<(), Error> {
        self.enter_basis(factors, b)?;
        let (n, x) = (self.n, &mut factors.work);
        for (k, &(factor, exchanged)) in factors.steps.iter().enumerate().take(n.saturating_sub(1))
        {
            if exchanged {
                x.swap(k, k + 1);
            }
            x[k + 1] = x[k + 1].minus_product(factor, x[k]);
        }
        for k in (0..n).rev() {
            let row = &factors.upper[k * n..(k + 1) * n];
            x[k] = minus_dot(x[k], &row[k + 1..], &x[k + 1..]) * row[k];
        }
        self.leave_basis(x, b);
        Ok(())
    }

    /// Solves `(c I - J)ᵀ x = b` in place (for complex numbers without conjugation).
    ///
    /// # Errors
    ///
    /// Wrong size; no factors.
    pub fn solve_transposed_in_place<S: Number>(
        &self,
        factors: &mut ShiftedFactors<S>,
        b: &mut [S],
    ) -> Result<(), Error> {
        self.enter_basis(factors, b)?;
        let (n, x) = (self.n, &mut factors.work);
        for k in 0..n {
            let row = &factors.upper[k * n..(k + 1) * n];
            x[k] *= row[k];
            let top = x[k];
            for (x, &u) in x[k + 1..].iter_mut().zip(&row[k + 1..]) {
                *x = x.minus_product(u, top);
            }
        }
        for (k, &(factor, exchanged)) in
            factors.steps.iter().enumerate().take(n.saturating_sub(1)).rev()
        {
            x[k] = x[k].minus_product(factor, x[k + 1]);
            if exchanged {
                x.swap(k, k + 1);
            }
        }
        self.leave_basis(x, b);
        Ok(())
    }

    /// `work = Qᵀ b`.
    fn enter_basis<S: Number>(
        &self,
        factors: &mut ShiftedFactors<S>,
        b: &[S],
    ) -> Result<(), Error> {
        check_size("the right-hand side", self.n, b.len())?;
        check_size("the memory of the factors", self.n, factors.n)?;
        if !(self.is_reduced && factors.factored) {
            return Err(ErrorKind::NotFactored.into());
        }
        for (x, q) in factors.work.iter_mut().zip(self.q.chunks_exact(self.n.max(1))) {
            let mut parts = [S::ZERO; 4];
            let ((q, q_rest), (b, b_rest)) = (q.as_chunks::<4>(), b.as_chunks::<4>());
            for (q, b) in q.iter().zip(b) {
                for p in 0..4 {
                    parts[p] += b[p].times(q[p]);
                }
            }
            for (p, (&q, &b)) in q_rest.iter().zip(b_rest).enumerate() {
                parts[p] += b.times(q);
            }
            *x = (parts[0] + parts[2]) + (parts[1] + parts[3]);
        }
        Ok(())
    }

    /// `b = Q x`.
    fn leave_basis<S: Number>(&self, x: &[S], b: &mut [S]) {
        b.fill(S::ZERO);
        for (&x, q) in x.iter().zip(self.q.chunks_exact(self.n.max(1))) {
            for (b, &q) in b.iter_mut().zip(q) {
                *b += x.times(q);
            }
        }
    }
}
