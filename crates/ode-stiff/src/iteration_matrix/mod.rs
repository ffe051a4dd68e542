//! The matrix of an implicit method's linear systems.

mod linearization;
mod pattern_check;
mod shifted;
mod sparsity;
mod trouble;

use linalg::Field;
use ode_core::Stats;
use scalar::Concrete;
use std::fmt;
use system::{Jacobian, Mass};

pub(crate) use linearization::{Linearization, SMALL, Wanted};
pub(crate) use shifted::Shifted;
pub(crate) use sparsity::Sparsity;
pub(crate) use trouble::Trouble;

/// The matrix `c M - J` of an implicit method with its factors, and the Jacobian `J = ∂f/∂u` that it
/// is made of.
pub(crate) struct IterationMatrix<S: Field, W> {
    linearization: Linearization<S, W>,
    factors: Shifted<S>,
}

impl<S: Concrete + Field, W> IterationMatrix<S, W> {
    /// Memory for a right-hand side.
    pub(crate) fn new<F: Jacobian<S, Work = W>>(rhs: &F) -> Self {
        let linearization = Linearization::new(rhs, Wanted::Fewest);
        let factors = Shifted::new(&linearization);
        Self { linearization, factors }
    }

    /// `∂f/∂t`, as of the last [`differentiate`](IterationMatrix::differentiate).
    pub(crate) fn dfdt(&self) -> &[S] {
        self.linearization.dfdt()
    }

    /// Evaluates `∂f/∂u` and `∂f/∂t`.
    pub(crate) fn differentiate<F: Jacobian<S, Work = W>>(
        &mut self,
        rhs: &F,
        t: S,
        u: &[S],
        p: &[S],
    ) -> Result<(), Trouble> {
        self.linearization.differentiate(rhs, t, u, p)
    }

    /// Evaluates `∂f/∂u` alone.
    pub(crate) fn linearize<F: Jacobian<S, Work = W>>(
        &mut self,
        rhs: &F,
        t: S,
        u: &[S],
        p: &[S],
    ) -> Result<(), Trouble> {
        self.linearization.linearize(rhs, t, u, p)
    }

    /// The same where the pattern of a right-hand side is known and few of its columns meet; elsewhere
    /// matrices are dense above a few states too.
    pub(crate) fn sparse<F: Jacobian<S, Work = W>>(rhs: &F) -> Option<Self> {
        let linearization = Linearization::new(rhs, Wanted::Sparse);
        linearization.sparsity()?;
        let factors = Shifted::new(&linearization);
        Some(Self { linearization, factors })
    }

    /// A bound of the eigenvalues of `∂f/∂u`: the largest sum of a row where it is dense, of a column
    /// where it is sparse.
    pub(crate) fn bound(&self) -> f64 {
        self.linearization.bound()
    }

    /// The numbers of `∂f/∂u`, for a checkpoint.
    pub(crate) fn jacobian(&self) -> &[S] {
        self.linearization.values()
    }

    /// Takes back a Jacobian from a checkpoint; there are no factors of it yet.
    pub(crate) fn restore_jacobian(&mut self, restore: impl FnOnce(&mut [S])) {
        restore(self.linearization.values_mut());
    }

    /// Factors `c M - J`.
    #[inline]
    pub(crate) fn factor(&mut self, c: f64, mass: Option<&Mass>) -> Result<(), Trouble> {
        self.factor_each(S::real(c), mass)
    }

    /// The same with a `c` for each lane.
    #[inline]
    pub(crate) fn factor_each(&mut self, c: S, mass: Option<&Mass>) -> Result<(), Trouble> {
        self.factors.factor(&self.linearization, c, mass)
    }

    /// Solves `(c M - J) x = b` in place, column by column where there are tangents.
    #[inline(always)]
    pub(crate) fn solve(&mut self, b: &mut [S]) -> Result<(), Trouble> {
        match b.len() == self.linearization.states() {
            true => self.factors.solve(b),
            false => self.solve_columns(b),
        }
    }

    #[inline(never)]
    fn solve_columns(&mut self, b: &mut [S]) -> Result<(), Trouble> {
        let n = self.linearization.states().max(1);
        b.chunks_exact_mut(n).try_for_each(|b| self.factors.solve(b))
    }

    /// The same with all of the Jacobian: also with what makes tangents depend on the leading states,
    /// `(c M - J) xₖ = bₖ + Cₖ x₀`. At the place that `J` belongs to.
    #[inline(always)]
    pub(crate) fn solve_coupled<F: Jacobian<S, Work = W>>(
        &mut self,
        rhs: &F,
        at: (S, &[S], &[S]),
        b: &mut [S],
    ) -> Result<(), Trouble> {
        let n = self.linearization.states();
        if b.len() == n {
            return self.factors.solve(b);
        }
        let Some((x, rest)) = b.split_at_mut_checked(n) else { return self.solve_columns(b) };
        self.factors.solve(x)?;
        self.linearization.couple(rhs, at, (x, &mut *rest))?;
        self.solve_columns(rest)
    }

    /// Solves `(c M - J)ᵀ x = b` in place.
    pub(crate) fn solve_transposed(&mut self, b: &mut [S]) -> Result<(), Trouble> {
        self.factors.solve_transposed(b)
    }

    pub(crate) fn work(&self) -> Stats {
        Stats {
            jacobians: self.linearization.evaluations(),
            factorizations: self.factors.factorizations(),
            solves: self.factors.solves(),
            ..Stats::default()
        }
    }
}

impl<S: Field, W> fmt::Debug for IterationMatrix<S, W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IterationMatrix").finish_non_exhaustive()
    }
}
