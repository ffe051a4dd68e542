//! The linear systems of Newton's iteration, by factors or by iteration.

use crate::iteration_matrix::{IterationMatrix, Trouble};
use crate::newton_krylov::{Krylov, KrylovMatrix};
use linalg::Field;
use ode_core::{ErrorNorm, Stats};
use scalar::Concrete;
use system::Jacobian;

/// The systems `(c M - J) x = b` of Newton's iteration.
// The larger one is the usual one, and used in every increment.
#[allow(clippy::large_enum_variant)]
#[derive(Debug)]
pub(crate) enum LinearSystems<S: Field, W> {
    /// With the Jacobian of an earlier state, and the factors of an earlier `c`.
    Direct(IterationMatrix<S, W>),
    /// With the Jacobian of the state at hand, which is only multiplied with.
    Krylov(Box<KrylovMatrix<S, W>>),
}

/// Where a system is to be solved, and how well.
#[derive(Debug)]
pub(crate) struct Place<'a, S> {
    pub(crate) t: f64,
    pub(crate) y: &'a [S],
    pub(crate) p: &'a [S],
    /// The state by which errors are scaled.
    pub(crate) u: &'a [S],
    pub(crate) c: f64,
    /// What the nonlinear iteration may leave, in units of the tolerance.
    pub(crate) tolerance: f64,
    /// Whether the error of the step is estimated by this solution, and not only by a sum that it is the
    /// smaller part of.
    pub(crate) is_estimate: bool,
}

impl<S: Concrete + Field, W> LinearSystems<S, W> {
    /// By factors, unless told otherwise.
    pub(crate) fn new<F: Jacobian<S, Work = W>>(rhs: &F, krylov: Option<&Krylov<S>>) -> Self {
        match krylov {
            None => Self::Direct(IterationMatrix::new(rhs)),
            Some(krylov) => Self::Krylov(Box::new(KrylovMatrix::new(rhs, krylov))),
        }
    }

    /// Whether every system is solved with its own `J` and `c`.
    #[inline]
    pub(crate) fn is_exact(&self) -> bool {
        matches!(self, Self::Krylov(_))
    }

    /// The part of the tolerance of a place that its solution may leave.
    #[inline]
    pub(crate) fn forcing(&self) -> f64 {
        match self {
            Self::Direct(_) => 0.0,
            Self::Krylov(matrix) => matrix.forcing(),
        }
    }

    /// Evaluates `∂f/∂u`, or what the preconditioner needs of it.
    pub(crate) fn linearize<F: Jacobian<S, Work = W>>(
        &mut self,
        rhs: &F,
        t: f64,
        u: &[S],
        p: &[S],
    ) -> Result<(), Trouble> {
        match self {
            Self::Direct(matrix) => matrix.linearize(rhs, S::from_f64(t), u, p),
            Self::Krylov(matrix) => matrix.linearize(rhs, t, u, p),
        }
    }

    /// A bound of the eigenvalues of the Jacobian, where it is known.
    pub(crate) fn bound(&self) -> Option<f64> {
        match self {
            Self::Direct(matrix) => Some(matrix.bound()),
            Self::Krylov(_) => None,
        }
    }

    /// What a checkpoint has to hold.
    pub(crate) fn memory(&self) -> &[S] {
        match self {
            Self::Direct(matrix) => matrix.jacobian(),
            Self::Krylov(matrix) => matrix.memory(),
        }
    }

    /// Takes it back; there are no factors yet.
    pub(crate) fn restore(&mut self, restore: impl FnOnce(&mut [S])) {
        match self {
            Self::Direct(matrix) => matrix.restore_jacobian(restore),
            Self::Krylov(matrix) => matrix.restore(restore),
        }
    }

    /// Factors `c M - J`, or its preconditioner.
    #[inline]
    pub(crate) fn factor<F: Jacobian<S, Work = W>>(
        &mut self,
        rhs: &F,
        c: f64,
        p: &[S],
    ) -> Result<(), Trouble> {
        match self {
            Self::Direct(matrix) => matrix.factor(c, rhs.mass()),
            Self::Krylov(matrix) => matrix.factor(rhs, c, p),
        }
    }

    /// Solves `(c M - J) x = b` in place: by the factors that are there, or for this place.
    #[inline(always)]
    pub(crate) fn solve<F: Jacobian<S, Work = W>>(
        &mut self,
        rhs: &F,
        place: &Place<'_, S>,
        norm: &ErrorNorm<'_>,
        b: &mut [S],
    ) -> Result<(), Trouble> {
        match self {
            Self::Direct(matrix) => matrix.solve(b),
            Self::Krylov(matrix) => matrix.solve(rhs, place, norm, b),
        }
    }

    /// The same for the last place and the last factors, to a relative residual.
    #[inline]
    pub(crate) fn solve_again<F: Jacobian<S, Work = W>>(
        &mut self,
        rhs: &F,
        relative: f64,
        b: &mut [S],
    ) -> Result<(), Trouble> {
        match self {
            Self::Direct(matrix) => matrix.solve(b),
            Self::Krylov(matrix) => matrix.solve_again(rhs, relative, b),
        }
    }

    pub(crate) fn work(&self) -> Stats {
        match self {
            Self::Direct(matrix) => matrix.work(),
            Self::Krylov(matrix) => matrix.work(),
        }
    }
}
