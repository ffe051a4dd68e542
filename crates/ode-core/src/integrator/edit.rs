//! A solve that is changed on its way.

use super::{Integrator, Start, given_size};
use crate::Taken;
use crate::controller::ControlState;
use crate::{Algorithm, Error};
use scalar::Concrete;
use system::{Buffer, Rhs};

impl<F: Rhs<B::Item>, A: Algorithm<F, B>, B: Buffer> Integrator<'_, F, A, B>
where
    B::Item: Concrete,
{
    /// The current state, to be changed. The method starts anew from it: derivative, step size and
    /// the controller's memory; the last step can no longer be interpolated. Where there are algebraic
    /// equations, the state is moved onto them first (which takes away what the steps have left of them),
    /// and must be there again when the solve goes on.
    ///
    /// ```
    /// # system::system! { struct Decay; state { u } params { k } rhs(_t) { d(u) = -k * u; } }
    /// use ode_core::{Integrator, OdeProblem, Options, Progress, Tsit5};
    ///
    /// // A dose of 1 at t = 1.
    /// let problem = OdeProblem::new(Decay, [1.0], [0.5], (0.0, 2.0))?;
    /// let options = Options { stops: vec![1.0], rtol: 1e-9, ..Options::default() };
    /// let mut integrator = Integrator::new(&problem, Tsit5, &options)?;
    /// loop {
    ///     match integrator.step()? {
    ///         Progress::Running => {}
    ///         Progress::Stopped => integrator.u_mut()[0] += 1.0,
    ///         Progress::Finished => break,
    ///     }
    /// }
    /// let exact = (-1f64).exp() + (-0.5f64).exp();
    /// assert!((integrator.u()[0] - exact).abs() < 1e-8);
    /// # Ok::<(), ode_core::Error>(())
    /// ```
    pub fn u_mut(&mut self) -> &mut [B::Item] {
        self.settle();
        self.restart();
        self.u.as_mut()
    }

    /// The parameters, to be changed from here on; as [`u_mut`](Integrator::u_mut).
    pub fn p_mut(&mut self) -> &mut [B::Item] {
        self.settle();
        self.restart();
        &mut self.p
    }

    /// State and parameters, to be changed; as [`u_mut`](Integrator::u_mut).
    pub fn edit(&mut self) -> (&mut [B::Item], &mut [B::Item]) {
        self.settle();
        self.restart();
        (self.u.as_mut(), &mut self.p)
    }

    /// Puts a slightly different state (a projection) at the end of the last step, which can still
    /// be interpolated. Only the derivative starts anew; the step size goes on.
    pub(crate) fn correct(&mut self, u: &[B::Item]) {
        self.u.as_mut().copy_from_slice(u);
        if !matches!(self.start, Start::Evaluate(_)) {
            self.start = Start::Evaluate(self.before.t_last);
        }
    }

    /// Whether a declared discontinuity lies between here and the end.
    pub(crate) fn jumps_ahead(&self) -> bool {
        self.stops.jumps_ahead()
    }

    /// `f(t, u; p)` beside the steps.
    pub(crate) fn evaluate(
        &mut self,
        t: B::Item,
        u: &[B::Item],
        p: &[B::Item],
        du: &mut [B::Item],
    ) -> Result<(), Error> {
        self.stats.evaluations += 1;
        self.rhs.eval(t, u, p, du).map_err(|failure| self.refused(&failure))
    }

    /// The derivative `u'` beside the steps.
    pub(crate) fn slope(
        &mut self,
        t: B::Item,
        u: &[B::Item],
        p: &[B::Item],
        du: &mut [B::Item],
    ) -> Result<(), Error> {
        self.stats.evaluations += 1;
        let found = self.algorithm.slope(self.rhs, (t, u, p), du, &mut self.cache);
        found.map_err(|failure| self.refused(&failure))
    }

    /// Moves a state that comes from steps onto the algebraic equations, where there are some, before
    /// somebody changes it. Gives whether it moved.
    pub(crate) fn settle(&mut self) -> bool {
        if self.is_given || self.rhs.mass().is_none() {
            return false;
        }
        let t = match self.start {
            Start::Evaluate(_) => self.t,
            Start::CarryOver => self.before.t_last,
            Start::Ready => self.t_first,
        };
        self.settle_at(t)
    }

    pub(super) fn settle_at(&mut self, t: f64) -> bool {
        let at = (t, &mut self.u, &self.p[..]);
        // What cannot be moved stays as it is: whether that is good enough is asked when a step begins.
        self.algorithm.settle(self.rhs, at, &mut self.norm, &mut self.cache).unwrap_or(false)
    }

    pub(crate) fn has_mass(&self) -> bool {
        self.rhs.mass().is_some()
    }

    /// Another state and other parameters, made from those that are here.
    pub(crate) fn replace(&mut self, u: &[B::Item], p: &[B::Item]) {
        self.restart();
        self.u.as_mut().copy_from_slice(u);
        self.p.copy_from_slice(p);
    }

    /// Forgets everything that comes from earlier steps.
    fn restart(&mut self) {
        if !matches!(self.start, Start::Evaluate(_)) {
            // After a failed attempt the start is at `t_first`, else at the end of the last step.
            let carried = self.start == Start::CarryOver;
            self.start = Start::Evaluate(if carried { self.before.t_last } else { self.t_first });
        }
        (self.is_given, self.is_behind_stop) = (true, false);
        self.size = given_size(self.options);
        self.control = ControlState::default();
        self.forget_last_step();
    }

    /// Only the end of the last step is left.
    pub(super) fn forget_last_step(&mut self) {
        self.u_before.as_mut().copy_from_slice(self.u.as_ref());
        let t_first = match self.start {
            Start::Evaluate(t) => t,
            Start::CarryOver => self.before.t_last,
            Start::Ready => self.t_first,
        };
        let t = self.t;
        self.before = Taken { t, dt: 0.0, t_first, t_last: t_first };
        self.dense_is_current = false;
    }

    /// Goes back to a time inside the last step, to its [`state_at`](Integrator::state_at) that time.
    ///
    /// The part of the last step before `t` can still be interpolated.
    ///
    /// # Errors
    ///
    /// As [`state_at`](Integrator::state_at).
    pub fn rewind(&mut self, t: f64) -> Result<(), Error> {
        if t == self.t {
            return Ok(());
        }
        let mut u = self.u.clone();
        self.state_at(t, u.as_mut())?;
        self.u = u;
        self.t = t;
        self.stops.rewind(t);
        // The last step may have started at a jump, and seen the time beside it.
        self.start = Start::Evaluate(if t == self.before.t { self.before.t_first } else { t });
        Ok(())
    }

    /// One more time at which a step must end, from now until the end of the span.
    ///
    /// # Errors
    ///
    /// When `t` is not finite or not between the current time and the end.
    pub fn add_stop(&mut self, t: f64) -> Result<(), Error> {
        self.stops.add(t, self.t, false)
    }

    /// The size that the next step will try, without sign; `None` where it is yet to be estimated.
    pub fn proposed_size(&self) -> Option<f64> {
        self.size
    }

    /// Sets the size that the next step will try, without sign.
    ///
    /// # Errors
    ///
    /// When it is not finite and positive.
    pub fn propose_size(&mut self, size: f64) -> Result<(), Error> {
        crate::check::positive("size", size)?;
        self.size = Some(size.max(self.options.dt_min).min(self.options.dt_max));
        Ok(())
    }
}
