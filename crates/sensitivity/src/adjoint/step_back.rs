//! What the pass backward in time asks of the adjoint of a step.

use crate::Error;
use ode_core::Taken;
use scalar::BranchScalar;
use std::borrow::Cow;
use system::Failure;

/// The adjoint of the steps of one method, over numbers `S`. A step allocates nothing.
pub(crate) trait StepBack<S: Clone> {
    /// Whether a step starts with a derivative that the one before it has left, beside the state.
    const CARRIES: bool = false;

    /// Whether steps have to end at save times.
    const ENDS_AT_SAVES: bool = false;

    /// The weights of the interpolant at `t + θ dt`.
    fn weights(&self, theta: f64) -> Vec<f64>;

    /// The derivative `u'` at a point of a solution.
    fn slope(&mut self, t: f64, u: &[S], p: &[S], du: &mut [S]) -> Result<(), Failure>;

    /// Tells what the running term has added to cotangents in the last step.
    fn injected(&self, tell: impl FnMut(&[S]));

    /// Turns the cotangent of the state at the end of the step into that at its start, adds to the
    /// cotangent of the parameters, and gives the integral of the running term: over the step, or over a
    /// part of it, whose weights are given. The start is `u`, the derivative that was carried over (empty
    /// where there is none), `p`.
    fn pull_back(
        &mut self,
        step: &Taken,
        start: (&[S], &[S], &[S]),
        inside: (&[Interior<'_, S>], Option<&[f64]>),
        lambda: &mut [S],
        p_bar: &mut [S],
    ) -> Result<S, Error>;

    /// The step that was pulled back through last has started afresh: the derivative that it began with is that
    /// of the state there.
    fn begun(
        &mut self,
        at: (f64, &[S], &[S]),
        lambda: &mut [S],
        p_bar: &mut [S],
    ) -> Result<(), Error> {
        let _ = (at, lambda, p_bar);
        Ok(())
    }

    /// Whether there are algebraic equations, onto which states are moved.
    fn settles(&self) -> bool {
        false
    }

    /// Pulls back through moving a state onto the algebraic equations, where it is now.
    fn settle(
        &mut self,
        at: (f64, &[S], &[S]),
        u_bar: &mut [S],
        p_bar: &mut [S],
    ) -> Result<(), Error> {
        let _ = (at, u_bar, p_bar);
        Ok(())
    }
}

/// A save time inside a step: the weights of the interpolant there, and the cotangent of the state.
pub(crate) struct Interior<'a, S: Clone> {
    pub(crate) weights: Vec<f64>,
    pub(crate) u_bar: Cow<'a, [S]>,
}

/// `y += a x`
pub(crate) fn axpy<S: BranchScalar>(a: f64, x: &[S], y: &mut [S]) {
    if a != 0.0 {
        for (y, &x) in y.iter_mut().zip(x) {
            *y += x.scale(a);
        }
    }
}
