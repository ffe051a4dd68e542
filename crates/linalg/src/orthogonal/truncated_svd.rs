//! The largest singular values of a large matrix.

use super::svd::Svd;
use crate::error::check_size;
use crate::krylov::{axpy, dot, norm};
use crate::{Error, ErrorKind, Structure};

/// The largest singular values and their vectors by a random sketch with power iterations (Halko,
/// Martinsson, Tropp 2011, algorithms 4.4 and 5.1): the matrix is only multiplied with.
///
/// The sketch is drawn by a fixed generator: the same input gives the same bits.
///
/// ```
/// use linalg::{Structure, TruncatedSvd};
///
/// // diag(1, 4, 9, …, 10000)
/// let s = Structure::Banded { n: 100, lower: 0, upper: 0 };
/// let diagonal: Vec<f64> = (1..=100).map(|k| f64::from(k * k)).collect();
/// let svd = TruncatedSvd { rank: 2, power: 30, ..TruncatedSvd::default() }.of(&s, &diagonal)?;
/// assert!((svd.values()[0] - 10000.0).abs() < 1e-8);
/// assert!((svd.values()[1] - 9801.0).abs() < 1e-8);
/// # Ok::<(), linalg::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TruncatedSvd {
    /// How many singular values are wanted.
    pub rank: usize,
    /// So many more are carried along.
    pub oversampling: usize,
    /// Products with `A Aᵀ` that sharpen the sketch: where `σₖ` decays slowly, more are needed.
    pub power: usize,
    /// Draws another sketch.
    pub seed: u64,
}

impl Default for TruncatedSvd {
    fn default() -> Self {
        Self { rank: 6, oversampling: 10, power: 4, seed: 0 }
    }
}

impl TruncatedSvd {
    /// Of a matrix with these values.
    ///
    /// # Errors
    ///
    /// Wrong size, an entry that is not finite, no convergence.
    pub fn of(&self, structure: &Structure, values: &[f64]) -> Result<Svd, Error> {
        check_size("the values of the matrix", structure.len(), values.len())?;
        structure.norm(values)?;
        let (rows, cols) = (structure.dim(), structure.columns());
        let known = |result: Result<(), Error>, y: &mut [f64]| {
            if result.is_err() {
                y.fill(f64::NAN);
            }
        };
        self.of_products(
            rows,
            cols,
            |x, y| known(structure.multiply(values, x, y), y),
            |x, y| known(structure.multiply_transposed(values, x, y), y),
        )
    }

    /// Of a `rows × cols` matrix known by `y = A x` and `y = Aᵀ x`.
    ///
    /// # Errors
    ///
    /// A product that is not finite; no convergence.
    pub fn of_products(
        &self,
        rows: usize,
        cols: usize,
        mut multiply: impl FnMut(&[f64], &mut [f64]),
        mut multiply_transposed: impl FnMut(&[f64], &mut [f64]),
    ) -> Result<Svd, Error> {
        let rank = self.rank.min(rows).min(cols);
        let width = rank.saturating_add(self.oversampling).min(rows).min(cols);
        // Q: an orthonormal basis of what A makes of random signs.
        let mut signs = self.seed;
        let mut wide: Vec<f64> = (0..width * cols).map(|_| random_sign(&mut signs)).collect();
        let mut basis = vec![0.0; width * rows];
        let each = |from: &[f64],
                    n: usize,
                    to: &mut [f64],
                    m: usize,
                    f: &mut dyn FnMut(&[f64], &mut [f64])| {
            for (x, y) in from.chunks_exact(n.max(1)).zip(to.chunks_exact_mut(m.max(1))) {
                f(x, y);
            }
            match to.iter().position(|v| !v.is_finite()) {
                Some(at) => Err(ErrorKind::NotFinite { row: at % m.max(1), column: at / m.max(1) }),
                None => Ok(()),
            }
        };
        each(&wide, cols, &mut basis, rows, &mut multiply)?;
        orthonormalise(rows, &mut basis);
        for _ in 0..self.power {
            each(&basis, rows, &mut wide, cols, &mut multiply_transposed)?;
            orthonormalise(cols, &mut wide);
            each(&wide, cols, &mut basis, rows, &mut multiply)?;
            orthonormalise(rows, &mut basis);
        }
        // Bᵀ = Aᵀ Q is tall; its left vectors are right ones of A.
        each(&basis, rows, &mut wide, cols, &mut multiply_transposed)?;
        let small = Svd::new(cols, width, &wide)?;
        let mut left = Vec::with_capacity(rank * rows);
        for k in 0..rank {
            let mut u = vec![0.0; rows];
            for (&c, q) in small.right(k).iter().zip(basis.chunks_exact(rows)) {
                axpy(c, q, &mut u);
            }
            left.extend(u);
        }
        let right = small.left[..rank * cols].to_vec();
        Ok(Svd::from_parts(rows, cols, small.values[..rank].to_vec(), left, right))
    }
}

/// Gram–Schmidt, twice; a vector that depends on those before becomes zero.
fn orthonormalise(n: usize, vectors: &mut [f64]) {
    let n = n.max(1);
    for k in 0..vectors.len() / n {
        let (known, rest) = vectors.split_at_mut(k * n);
        let vector = &mut rest[..n];
        let before = norm(vector);
        for _ in 0..2 {
            for v in known.chunks_exact(n) {
                axpy(-dot(v, vector), v, vector);
            }
        }
        let after = norm(vector);
        let scale = if after > 1e-14 * before { 1.0 / after } else { 0.0 };
        vector.iter_mut().for_each(|v| *v *= scale);
    }
}

/// ±1, from the bits of SplitMix64 (Steele, Lea, Flood 2014).
fn random_sign(state: &mut u64) -> f64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    if (z ^ (z >> 31)) & 1 == 0 { 1.0 } else { -1.0 }
}
