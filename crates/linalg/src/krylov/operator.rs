//! Matrices known by their products.

use crate::error::check_size;
use crate::{Error, Structure};

/// A square matrix that is only multiplied with: a stored one ([`MatrixOperator`]), or a function
/// ([`FromFn`]), such as the derivative of a right-hand side along `x` by dual numbers.
pub trait LinearOperator {
    /// The number of rows.
    fn dim(&self) -> usize;

    /// `y = A x`, both of length [`dim`](LinearOperator::dim). What cannot be computed is written
    /// as NaN, on which iterations end with an error.
    fn apply(&mut self, x: &[f64], y: &mut [f64]);
}

/// Values in the order of a structure, as an operator.
///
/// ```
/// use linalg::{LinearOperator, MatrixOperator, Structure};
///
/// let structure = Structure::Dense { n: 2 };
/// let mut a = MatrixOperator::new(&structure, &[1.0, 3.0, 2.0, 4.0])?;
/// let mut y = [0.0; 2];
/// a.apply(&[1.0, 1.0], &mut y);
/// assert_eq!(y, [3.0, 7.0]);
/// # Ok::<(), linalg::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct MatrixOperator<'a> {
    structure: &'a Structure,
    values: &'a [f64],
}

impl<'a> MatrixOperator<'a> {
    /// A matrix of this structure.
    ///
    /// # Errors
    ///
    /// Wrong size; a pattern that is not square.
    pub fn new(structure: &'a Structure, values: &'a [f64]) -> Result<Self, Error> {
        check_size("the values of the matrix", structure.len(), values.len())?;
        if let Structure::Sparse(pattern) = structure {
            check_size("the rows of a square pattern", pattern.cols(), pattern.rows())?;
        }
        Ok(Self { structure, values })
    }
}

impl LinearOperator for MatrixOperator<'_> {
    fn dim(&self) -> usize {
        self.structure.dim()
    }
    fn apply(&mut self, x: &[f64], y: &mut [f64]) {
        if self.structure.multiply(self.values, x, y).is_err() {
            y.fill(f64::NAN);
        }
    }
}

/// A function as an operator.
///
/// ```
/// use linalg::{FromFn, LinearOperator};
///
/// let mut twice = FromFn::new(2, |x: &[f64], y: &mut [f64]| {
///     y.iter_mut().zip(x).for_each(|(y, x)| *y = 2.0 * x);
/// });
/// let mut y = [0.0; 2];
/// twice.apply(&[1.0, 3.0], &mut y);
/// assert_eq!(y, [2.0, 6.0]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct FromFn<F> {
    n: usize,
    product: F,
}

impl<F: FnMut(&[f64], &mut [f64])> FromFn<F> {
    /// `product(x, y)` writes `y = A x` for vectors of length `n`.
    pub fn new(n: usize, product: F) -> Self {
        Self { n, product }
    }
}

impl<F: FnMut(&[f64], &mut [f64])> LinearOperator for FromFn<F> {
    fn dim(&self) -> usize {
        self.n
    }
    fn apply(&mut self, x: &[f64], y: &mut [f64]) {
        (self.product)(x, y);
    }
}
