//! The linear systems of a fully implicit method.

use super::collocation::Collocation;
use super::systems::Systems;
use super::{Parts, notes};
use crate::iteration_matrix::{Linearization, Trouble, Wanted};
use ode_core::Stats;
use std::fmt;
use system::{Jacobian, Mass};

/// Sizes closer than this share their factors: they differ by the rounding of times.
const SAME_SIZE: f64 = 1e-6;

/// The Jacobian `J` of the values, and the factors of `γ M - J` and `(α + iβ) M - J`.
pub(super) struct Factors<W> {
    linearization: Linearization<f64, W>,
    systems: Systems,
    /// The Jacobian is there to be used, and it belongs to the start of the step.
    is_differentiated: bool,
    is_current: bool,
    /// The step size that the factors belong to, and whether they are there; 0 for none.
    factored: f64,
    has_factors: bool,
    /// The values of state and parameters.
    u: Vec<f64>,
    p: Vec<f64>,
}

impl<W> Factors<W> {
    /// For methods with so many stages.
    pub(super) fn new<F: Jacobian<f64, Work = W>>(rhs: &F, stages: usize) -> Self {
        let linearization = Linearization::new(rhs, Wanted::Fewest);
        let n = rhs.states();
        let systems = Systems::new(&linearization, stages);
        Self {
            systems,
            linearization,
            is_differentiated: false,
            is_current: false,
            factored: 0.0,
            has_factors: false,
            u: vec![0.0; n],
            p: Vec::new(),
        }
    }

    /// Evaluates `∂f/∂u` at the values of `u` and `p`.
    pub(super) fn differentiate<S: Parts, F: Jacobian<f64, Work = W>>(
        &mut self,
        rhs: &F,
        t: f64,
        u: &[S],
        p: &[S],
    ) -> Result<(), Trouble> {
        (self.is_differentiated, self.factored) = (false, 0.0);
        for (value, u) in self.u.iter_mut().zip(u) {
            *value = u.part(0);
        }
        self.p.clear();
        self.p.extend(p.iter().map(|p| p.part(0)));
        self.linearization.linearize(rhs, t, &self.u, &self.p)?;
        (self.is_differentiated, self.is_current) = (true, true);
        Ok(())
    }

    /// Nothing is known of the solution.
    pub(super) fn forget(&mut self) {
        (self.is_differentiated, self.has_factors, self.factored) = (false, false, 0.0);
    }

    pub(super) fn is_differentiated(&self) -> bool {
        self.is_differentiated
    }

    /// Whether the Jacobian is that of the start of the step.
    pub(super) fn is_current(&self) -> bool {
        self.is_differentiated && self.is_current
    }

    /// Whether the next step may use the Jacobian too.
    pub(super) fn keep(&mut self, keep: bool) {
        self.is_differentiated = keep;
    }

    /// On to the next step.
    pub(super) fn advance(&mut self) {
        self.is_current = false;
    }

    /// Factors the matrices of a step of length `dt`, unless they are there.
    pub(super) fn prepare<const S: usize>(
        &mut self,
        basis: &Collocation<S>,
        dt: f64,
        mass: Option<&Mass>,
    ) -> Result<(), Trouble> {
        let is_same = (dt - self.factored).abs() <= SAME_SIZE * dt.abs();
        if is_same && self.has_factors {
            return Ok(());
        }
        // Factors that a checkpoint left behind are made again for the very same size.
        let size = if is_same { self.factored } else { dt };
        self.factored = 0.0;
        let inverse = 1.0 / size;
        let shifts = (basis.gamma * inverse, (basis.pair.0 * inverse, basis.pair.1 * inverse));
        self.systems.factor(&self.linearization, shifts, mass)?;
        (self.factored, self.has_factors) = (size, true);
        Ok(())
    }

    /// The Jacobian and what belongs to it, for a checkpoint.
    pub(super) fn write<S: Parts>(&self, notes: &mut Vec<S>, advanced: bool) {
        let flag = |is: bool| f64::from(u8::from(is));
        // One that is not used may not be finite.
        let known = |x: f64| if self.is_differentiated { x } else { 0.0 };
        self.linearization.values().iter().for_each(|&x| notes::write(notes, known(x)));
        notes::write(notes, self.factored);
        notes::write(notes, flag(self.is_differentiated));
        notes::write(notes, flag(advanced && self.is_current));
    }

    pub(super) fn read<S: Parts>(&mut self, notes: &mut &[S]) {
        self.linearization.values_mut().iter_mut().for_each(|x| *x = notes::read(notes));
        self.factored = notes::read(notes);
        self.is_differentiated = notes::read(notes) != 0.0;
        self.is_current = notes::read(notes) != 0.0;
        self.has_factors = false;
    }

    /// A bound of the eigenvalues of the Jacobian.
    pub(super) fn bound(&self) -> f64 {
        self.linearization.bound()
    }

    /// Solves `(γ M - J) x = b` in place; for an odd number of stages.
    #[inline(always)]
    pub(super) fn solve_real<S: Parts>(&mut self, b: &mut [S]) -> Result<(), Trouble> {
        self.systems.solve_real(b)
    }

    /// Solves `((α + iβ) M - J) (x + iy) = a + ib` in place.
    #[inline(always)]
    pub(super) fn solve_pair<S: Parts>(&mut self, a: &mut [S], b: &mut [S]) -> Result<(), Trouble> {
        self.systems.solve_pair(a, b)
    }

    pub(super) fn work(&self) -> Stats {
        let jacobians = self.linearization.evaluations();
        Stats { jacobians, ..self.systems.work() }
    }
}

impl<W> fmt::Debug for Factors<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Factors").field("factored", &self.factored).finish_non_exhaustive()
    }
}
