//! Several members side by side: every lane has its own step size, hence its own factors.

use super::step::RosenbrockCache;
use super::{Rosenbrock, RosenbrockTableau};
use crate::iteration_matrix::Trouble;
use ode_core::{Stats, Step};
use scalar::{Lanes, Scalar};
use system::{Buffer, Failure, Jacobian};

impl<B, W, const L: usize> RosenbrockCache<B, W>
where
    B: Buffer<Item = Lanes<L>>,
{
    /// A member takes a lane. The Jacobians of all are evaluated anew.
    pub(super) fn begin_lane(&mut self, lane: usize, f0: &[f64]) {
        self.is_differentiated = false;
        for (f, &f0) in self.f.as_mut().iter_mut().zip(f0) {
            f.0[lane] = f0;
        }
    }

    pub(super) fn attempt_abreast<M: Rosenbrock, F: Jacobian<Lanes<L>, Work = W>>(
        &mut self,
        rhs: &F,
        step: &mut Step<'_, B, Lanes<L>>,
    ) -> Result<(), Failure> {
        self.lanes::<M, F>(rhs, step).map_err(|trouble| match trouble {
            Trouble::Failed(failure) => failure,
            Trouble::Refused(_) => Failure::Recoverable,
        })
    }

    fn lanes<M: Rosenbrock, F: Jacobian<Lanes<L>, Work = W>>(
        &mut self,
        rhs: &F,
        step: &mut Step<'_, B, Lanes<L>>,
    ) -> Result<(), Trouble> {
        if !self.is_differentiated {
            self.differentiate(rhs, step)?;
        }
        let c = Lanes::one() / step.dt.scale(const { M::TABLEAU.gamma });
        self.matrix.factor_each(c, rhs.mass())?;
        self.stages::<M, F, _>(rhs, step)
    }

    /// Moves the lanes with a `square` of at most 1 on to the next step.
    pub(super) fn advance_abreast(&mut self, square: Lanes<L>) {
        for (f, &next) in self.f.as_mut().iter_mut().zip(self.f_next.as_ref()) {
            *f = square.select_le(Lanes::one(), next, *f);
        }
        self.is_differentiated &= square.le_bits(Lanes::one()) == 0;
    }
}

impl RosenbrockTableau {
    /// The work of one member in lanes: what it would be by itself.
    pub(super) const fn work_of_one(&self, accepted: usize, rejected: usize) -> Stats {
        let attempts = accepted + rejected;
        let ends = if self.is_fsal() { 0 } else { accepted };
        Stats {
            accepted,
            rejected,
            evaluations: attempts * (self.stages() - 1) + ends,
            jacobians: accepted,
            factorizations: attempts,
            solves: attempts * self.stages(),
            nonlinear_failures: 0,
            products: 0,
        }
    }
}
