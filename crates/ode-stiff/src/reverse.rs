//! What the adjoints of these methods have in common with them: matrices and algebraic equations, made
//! in the same way.

use crate::initialization::{Constraints, Obstacle};
use crate::iteration_matrix::{IterationMatrix, Trouble};
use system::{Failure, Jacobian, Mass};

/// The matrix `c M - J` of a step, with its factors.
#[derive(Debug)]
pub struct StepMatrix<W>(IterationMatrix<f64, W>);

impl<W> StepMatrix<W> {
    /// Memory for a right-hand side.
    pub fn new<F: Jacobian<f64, Work = W>>(rhs: &F) -> Self {
        Self(IterationMatrix::new(rhs))
    }

    /// Evaluates `J = ∂f/∂u` and `∂f/∂t`.
    ///
    /// # Errors
    ///
    /// As the right-hand side, and where an entry is not finite.
    pub fn differentiate<F: Jacobian<f64, Work = W>>(
        &mut self,
        rhs: &F,
        (t, u, p): (f64, &[f64], &[f64]),
    ) -> Result<(), Failure> {
        self.0.differentiate(rhs, t, u, p).map_err(Trouble::fatal)
    }

    /// Evaluates `J` alone.
    ///
    /// # Errors
    ///
    /// As [`differentiate`](StepMatrix::differentiate).
    pub fn linearize<F: Jacobian<f64, Work = W>>(
        &mut self,
        rhs: &F,
        (t, u, p): (f64, &[f64], &[f64]),
    ) -> Result<(), Failure> {
        self.0.linearize(rhs, t, u, p).map_err(Trouble::fatal)
    }

    /// `∂f/∂t`.
    pub fn dfdt(&self) -> &[f64] {
        self.0.dfdt()
    }

    /// Factors `c M - J`.
    ///
    /// # Errors
    ///
    /// Where it is singular.
    pub fn factor(&mut self, c: f64, mass: Option<&Mass>) -> Result<(), Failure> {
        self.0.factor(c, mass).map_err(Trouble::fatal)
    }

    /// Solves `(c M - J) x = b` in place.
    ///
    /// # Errors
    ///
    /// Without factors.
    pub fn solve(&mut self, b: &mut [f64]) -> Result<(), Failure> {
        self.0.solve(b).map_err(Trouble::fatal)
    }

    /// Solves `(c M - J)ᵀ x = b` in place.
    ///
    /// # Errors
    ///
    /// Without factors.
    pub fn solve_transposed(&mut self, b: &mut [f64]) -> Result<(), Failure> {
        self.0.solve_transposed(b).map_err(Trouble::fatal)
    }
}

/// What a mass matrix leaves algebraic.
#[derive(Debug)]
pub struct AlgebraicEquations<W>(Constraints<f64, W>);

impl<W> AlgebraicEquations<W> {
    /// `None` without a mass matrix.
    pub fn new<F: Jacobian<f64, Work = W>>(rhs: &F) -> Option<Self> {
        Constraints::new(rhs).map(Self)
    }

    /// Whether there are none: the mass matrix is regular.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The cotangent of `f` that the cotangent of `u'` amounts to, where `M u' = f`.
    ///
    /// # Errors
    ///
    /// For want of memory.
    pub fn of_slope(&mut self, slope_bar: &[f64], f_bar: &mut [f64]) -> Result<(), Failure> {
        self.0.of_slope(slope_bar, f_bar).map_err(Obstacle::refuse)
    }

    /// Turns `f(t, u)` into the derivative `u'` of a state on the equations.
    ///
    /// # Errors
    ///
    /// As the right-hand side, and where the equations do not determine it.
    pub fn slope<F: Jacobian<f64, Work = W>>(
        &mut self,
        rhs: &F,
        at: (f64, &[f64], &[f64]),
        f: &mut [f64],
    ) -> Result<(), Failure> {
        self.0.linearize(rhs, at).and_then(|()| self.0.slope(rhs, at, f)).map_err(Obstacle::refuse)
    }

    /// What a change of `f` by `f_dot` moves a state by that stays on the equations, where `M u` stays.
    ///
    /// # Errors
    ///
    /// As [`slope`](AlgebraicEquations::slope).
    pub fn correction<F: Jacobian<f64, Work = W>>(
        &mut self,
        rhs: &F,
        at: (f64, &[f64], &[f64]),
        f_dot: &[f64],
    ) -> Result<&[f64], Failure> {
        self.0.linearize(rhs, at).map_err(Obstacle::refuse)?;
        self.0.correction(f_dot).map_err(Obstacle::refuse)
    }

    /// The transpose of [`correction`](AlgebraicEquations::correction): the cotangent of `f` that the
    /// cotangent `u_bar` of a state moved onto the equations amounts to.
    ///
    /// # Errors
    ///
    /// As [`slope`](AlgebraicEquations::slope).
    pub fn multipliers<F: Jacobian<f64, Work = W>>(
        &mut self,
        rhs: &F,
        at: (f64, &[f64], &[f64]),
        u_bar: &[f64],
        f_bar: &mut [f64],
    ) -> Result<(), Failure> {
        self.0.linearize(rhs, at).map_err(Obstacle::refuse)?;
        self.0.multipliers(u_bar, f_bar).map_err(Obstacle::refuse)
    }
}
