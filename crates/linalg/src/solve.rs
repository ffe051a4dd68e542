//! What every solver with factors offers.

use crate::condition::inverse_norm;
use crate::error::check_size;
use crate::lu::{banded::BandedLu, dense::DenseLu, small::SmallLu, sparse::SparseLu};
use crate::{Error, Field, Number};

/// Solvers that factor a matrix and then solve with it, many times over.
///
/// A solver is made for one structure: size, bandwidths or pattern. [`factor`](LinearSolve::factor)
/// takes values in the order of that structure ([`Structure`](crate::Structure)). After the first
/// factorisation neither factoring nor solving allocates. Solving takes `&mut self` because some
/// solvers keep scratch memory.
///
/// ```
/// use linalg::{BandedLu, DenseLu, LinearSolve};
///
/// fn trace_of_inverse(solver: &mut dyn LinearSolve) -> Result<f64, linalg::Error> {
///     let mut trace = 0.0;
///     for i in 0..solver.dim() {
///         let mut x = vec![0.0; solver.dim()];
///         x[i] = 1.0;
///         solver.solve_in_place(&mut x)?;
///         trace += x[i];
///     }
///     Ok(trace)
/// }
///
/// let mut dense = DenseLu::<f64>::new(2);
/// dense.factor(&[2.0, 0.0, 0.0, 4.0])?;
/// let mut diagonal = BandedLu::<f64>::new(2, 0, 0);
/// diagonal.factor(&[2.0, 4.0])?;
/// assert_eq!(trace_of_inverse(&mut dense)?, 0.75);
/// assert_eq!(trace_of_inverse(&mut diagonal)?, 0.75);
/// # Ok::<(), linalg::Error>(())
/// ```
pub trait LinearSolve<S: Field = f64> {
    /// The number of rows.
    fn dim(&self) -> usize;

    /// Factors the matrix with these values.
    ///
    /// # Errors
    ///
    /// Wrong size, an entry that is not finite, a singular matrix. After an error there is nothing
    /// to solve with, except in lanes that are not at fault.
    fn factor(&mut self, values: &[S]) -> Result<(), Error>;

    /// Solves `A x = b` in place.
    ///
    /// # Errors
    ///
    /// Wrong size; no factors.
    fn solve_in_place(&mut self, b: &mut [S]) -> Result<(), Error>;

    /// Solves `Aᵀ x = b` in place with the same factors (for complex numbers without
    /// conjugation).
    ///
    /// # Errors
    ///
    /// Wrong size; no factors.
    fn solve_transposed_in_place(&mut self, b: &mut [S]) -> Result<(), Error>;

    /// Solves `A X = B` in place for `columns` right-hand sides that stand one after the other.
    ///
    /// # Errors
    ///
    /// Wrong size; no factors.
    fn solve_many_in_place(&mut self, columns: usize, b: &mut [S]) -> Result<(), Error> {
        let n = self.dim();
        check_size("the right-hand sides", n.saturating_mul(columns), b.len())?;
        b.chunks_exact_mut(n.max(1)).try_for_each(|b| self.solve_in_place(b))
    }

    /// The 1-norm (largest column sum) of the matrix that was factored, by [`Field::modulus`].
    fn norm(&self) -> f64;

    /// An estimate of the condition number `‖A‖₁ ‖A⁻¹‖₁`: a lower bound that is seldom off by more
    /// than a factor of three (Higham 1988, as in LAPACK's `gecon`). Costs about five solves;
    /// allocates.
    ///
    /// # Errors
    ///
    /// No factors.
    fn condition(&mut self) -> Result<f64, Error>
    where
        S: Number,
    {
        Ok(self.norm() * inverse_norm(self)?)
    }
}

/// A solver of any kind, as [`Field::solver`] makes it for a structure.
pub type Solver<S> = Box<dyn LinearSolve<S> + Send + Sync>;

macro_rules! impl_linear_solve {
    ([$($generics:tt)*] $solver:ty) => {
        impl<$($generics)*> LinearSolve<S> for $solver {
            fn dim(&self) -> usize {
                <$solver>::dim(self)
            }
            fn factor(&mut self, values: &[S]) -> Result<(), Error> {
                <$solver>::factor(self, values)
            }
            fn solve_in_place(&mut self, b: &mut [S]) -> Result<(), Error> {
                <$solver>::solve_in_place(self, b)
            }
            fn solve_transposed_in_place(&mut self, b: &mut [S]) -> Result<(), Error> {
                <$solver>::solve_transposed_in_place(self, b)
            }
            fn norm(&self) -> f64 {
                <$solver>::norm(self)
            }
        }
    };
}
pub(crate) use impl_linear_solve;

impl_linear_solve!([S: Field, const N: usize] SmallLu<S, N>);
impl_linear_solve!([S: Field] DenseLu<S>);
impl_linear_solve!([S: Field] BandedLu<S>);
impl_linear_solve!([S: Field<Row = usize>] SparseLu<S>);
