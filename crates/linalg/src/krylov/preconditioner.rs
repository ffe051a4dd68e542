//! Approximate inverses.

use crate::error::check_size;
use crate::{Error, ErrorKind, LinearSolve, Structure};

/// An approximation `M ≈ A` whose systems are easily solved.
///
/// From the right (the default of the methods here) the iteration solves `A M⁻¹ y = b` with
/// `x = M⁻¹ y`, so that it sees the residual of `A x = b` itself. From the left it solves
/// `M⁻¹ A x = M⁻¹ b` and sees the residual times `M⁻¹`.
pub trait Preconditioner {
    /// `r ← M⁻¹ r`.
    fn apply(&mut self, r: &mut [f64]);

    /// Whether `M = I`: then nothing has to be copied for it.
    fn is_identity(&self) -> bool {
        false
    }
}

/// No preconditioner: `M = I`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Identity;

impl Preconditioner for Identity {
    fn apply(&mut self, _: &mut [f64]) {}
    fn is_identity(&self) -> bool {
        true
    }
}

/// `M` is the diagonal of `A`.
///
/// ```
/// use linalg::{Jacobi, Preconditioner, Structure};
///
/// let mut m = Jacobi::new(2);
/// m.factor(&Structure::Dense { n: 2 }, &[2.0, 1.0, 1.0, 4.0])?;
/// let mut r = [2.0, 2.0];
/// m.apply(&mut r);
/// assert_eq!(r, [1.0, 0.5]);
/// # Ok::<(), linalg::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Jacobi {
    inverse: Vec<f64>,
}

impl Jacobi {
    /// For `n` rows; `M = I` until the first [`factor`](Jacobi::factor).
    #[must_use]
    pub fn new(n: usize) -> Self {
        Self { inverse: vec![1.0; n] }
    }

    /// Takes over the diagonal.
    ///
    /// # Errors
    ///
    /// Wrong size; an entry of the diagonal that is missing, zero or not finite.
    pub fn factor(&mut self, structure: &Structure, values: &[f64]) -> Result<(), Error> {
        check_size("the rows of the structure", self.inverse.len(), structure.dim())?;
        check_size("the values of the matrix", structure.len(), values.len())?;
        for (i, inverse) in self.inverse.iter_mut().enumerate() {
            let diagonal = match structure.position(i, i) {
                Some(at) => values[at],
                None => return Err(ErrorKind::NoDiagonal { row: i }.into()),
            };
            if !diagonal.is_finite() {
                return Err(ErrorKind::NotFinite { row: i, column: i }.into());
            }
            *inverse = 1.0 / diagonal;
            if !inverse.is_finite() {
                return Err(ErrorKind::Singular { pivot: i }.into());
            }
        }
        Ok(())
    }
}

impl Preconditioner for Jacobi {
    fn apply(&mut self, r: &mut [f64]) {
        for (r, &inverse) in r.iter_mut().zip(&self.inverse) {
            *r *= inverse;
        }
    }
}

/// Factors of a nearby matrix, such as one of a few steps ago, as a preconditioner.
///
/// ```
/// use linalg::{DenseLu, LinearSolve, OfFactors, Preconditioner};
///
/// let mut lu = DenseLu::<f64>::new(1);
/// lu.factor(&[4.0])?;
/// let mut r = [2.0];
/// OfFactors(&mut lu).apply(&mut r);
/// assert_eq!(r, [0.5]);
/// # Ok::<(), linalg::Error>(())
/// ```
#[derive(Debug)]
pub struct OfFactors<'a, L: ?Sized>(
    /// The solver.
    pub &'a mut L,
);

impl<L: LinearSolve + ?Sized> Preconditioner for OfFactors<'_, L> {
    /// Without factors the result is NaN, on which iterations end with an error.
    fn apply(&mut self, r: &mut [f64]) {
        if self.0.solve_in_place(r).is_err() {
            r.fill(f64::NAN);
        }
    }
}
