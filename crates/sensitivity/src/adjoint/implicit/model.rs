//! What the adjoints of all implicit steps need of a model.

use super::onward::Onward;
use super::products::Products;
use crate::adjoint::Integrand;
use crate::augmented::Augmented;
use crate::{Error, Loss};
use ode_core::Taken;
use ode_stiff::AlgebraicEquations;
use system::{DualWork, Failure, Rhs, System};

/// A model, with its products, and its algebraic equations where it has some.
pub(super) struct Model<'a, F: System, L: Loss> {
    pub(super) onward: Onward<'a, F, L>,
    pub(super) products: Products<Augmented<'a, F, L>>,
    algebra: Option<AlgebraicEquations<DualWork<f64>>>,
    /// States of the model, and of what is solved.
    pub(super) n: usize,
    pub(super) size: usize,
    /// The state at the start of the step, the integral behind it, from zero.
    pub(super) start: Vec<f64>,
    f: Vec<f64>,
    bar: Vec<f64>,
    /// `dt ∂g/∂u` at the start of the step, where there is a running term `g`: what it puts in, about.
    running: Option<Integrand<'a, L, f64>>,
    g_bar: Vec<f64>,
    unwanted: Vec<f64>,
}

impl<'a, F: System, L: Loss> Model<'a, F, L> {
    pub(super) fn new(onward: Onward<'a, F, L>) -> Result<Self, Error> {
        let Augmented { rhs, loss, integrates } = onward.system;
        let (n, m, size) = (rhs.dim(), rhs.num_params(), onward.system.dim());
        let zeros = |len: usize| vec![0.0; len];
        Ok(Self {
            products: Products::new(onward.system)?,
            algebra: AlgebraicEquations::new(&onward),
            running: integrates.then(|| Integrand::new(loss, n, m)).transpose()?,
            n,
            size,
            start: zeros(size),
            f: zeros(size),
            bar: zeros(size),
            g_bar: zeros(if integrates { n } else { 0 }),
            unwanted: zeros(m),
            onward,
        })
    }

    /// A step begins here.
    pub(super) fn begin(&mut self, step: &Taken, u: &[f64], p: &[f64]) -> Result<(), Error> {
        self.start[..self.n].copy_from_slice(u);
        if let Some(running) = &mut self.running {
            let point = (step.t_first, u, p);
            running.pull_back(point, step.dt, &mut self.g_bar, &mut self.unwanted)?;
        }
        Ok(())
    }

    pub(super) fn injected(&self, tell: impl FnMut(&[f64])) {
        self.g_bar.chunks_exact(self.n.max(1)).for_each(tell);
    }

    pub(super) fn eval(&self, t: f64, u: &[f64], p: &[f64], du: &mut [f64]) -> Result<(), Failure> {
        self.onward.eval(t, u, p, du)
    }

    /// `u'` of a state of the model.
    pub(super) fn slope(
        &mut self,
        t: f64,
        u: &[f64],
        p: &[f64],
        du: &mut [f64],
    ) -> Result<(), Failure> {
        let Self { onward, algebra, n, bar: full, f, .. } = self;
        full[..*n].copy_from_slice(u);
        onward.eval(t, full, p, f)?;
        if let Some(algebra) = algebra {
            algebra.slope(onward, (t, full, p), f)?;
        }
        du.copy_from_slice(&f[..*n]);
        Ok(())
    }

    /// Pulls back through the derivative `M u' = f` at the start of a step, whose cotangent, in the null space of
    /// `M` none, is given.
    pub(super) fn pull_back_slope(
        &mut self,
        (t, u, p): (f64, &[f64], &[f64]),
        slope_bar: &[f64],
        (u_bar, p_bar): (&mut [f64], &mut [f64]),
    ) -> Result<(), Error> {
        let Self { algebra, products, n, start, bar, f, .. } = self;
        let replay = |failure: Failure| Error::replay(t, &failure);
        start[..*n].copy_from_slice(u);
        match algebra {
            None => f.copy_from_slice(slope_bar),
            Some(algebra) => algebra.of_slope(slope_bar, f).map_err(replay)?,
        }
        bar.fill(0.0);
        products.pull_back((t, start, p), f, (bar, p_bar)).map_err(replay)?;
        u_bar.iter_mut().zip(&*bar).for_each(|(u_bar, bar)| *u_bar += bar);
        Ok(())
    }

    pub(super) fn settles(&self) -> bool {
        self.algebra.as_ref().is_some_and(|algebra| !algebra.is_empty())
    }

    /// With `V`, `E` the null spaces of `M` and its transpose, a state `u + V y` that solves `Eᵀ f = 0` has
    /// the differential `du - V (Eᵀ J V)⁻¹ Eᵀ (J du + ∂f/∂p dp)`.
    pub(super) fn settle(
        &mut self,
        (t, u, p): (f64, &[f64], &[f64]),
        u_bar: &mut [f64],
        p_bar: &mut [f64],
    ) -> Result<(), Error> {
        if !self.settles() {
            return Ok(());
        }
        let Self { onward, algebra, products, n, start, bar, f, .. } = self;
        let Some(algebra) = algebra else { return Ok(()) };
        let replay = |failure: Failure| Error::replay(t, &failure);
        start[..*n].copy_from_slice(u);
        bar.fill(0.0);
        bar[..*n].copy_from_slice(u_bar);
        algebra.multipliers(onward, (t, start, p), bar, f).map_err(replay)?;
        products.pull_back((t, start, p), f, (bar, p_bar)).map_err(replay)?;
        u_bar.copy_from_slice(&bar[..*n]);
        Ok(())
    }
}
