use super::asked::gradient;
use super::backward::{Listen, Plan};
use super::equation::{AdjointEquation, Carries};
use super::solves_adjoint::SolvesAdjoint;
use crate::{Error, ErrorKind, Gradient, Loss, Warning};
use ode_core::{OdeProblem, Options};
use system::{Buffer, System};

/// Backsolve (Chen et al., NeurIPS 2018): the state itself is solved for backwards in time, together with `λ` and the
/// gradient by the parameters, so that nothing of the pass forward is kept but the states at the save times.
///
/// It is right only where the solution can be found again backwards: what a system forgets going forward grows going back,
/// by `e^1000` for `u' = -1000 u` over a unit of time. The state found is therefore compared with that of the pass forward
/// at the save times and the start, and where it is off by more than a thousand tolerances the answer is refused, with that
/// factor. Take [`InterpolatingAdjoint`](crate::InterpolatingAdjoint) then.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BacksolveAdjoint {
    /// Goes on at save times from the states of the pass forward, so that errors grow between them only (true).
    pub checkpoints: bool,
    /// Answers, with a warning, where it would refuse (false).
    pub force: bool,
    /// Relative tolerance of the cotangents; that of the options unless given.
    pub rtol: Option<f64>,
    /// Absolute tolerance of all cotangents; as in [`InterpolatingAdjoint`](crate::InterpolatingAdjoint).
    pub atol: Option<f64>,
}

impl Default for BacksolveAdjoint {
    fn default() -> Self {
        Self { checkpoints: true, force: false, rtol: None, atol: None }
    }
}

/// Errors of so many tolerances are what a solve of many steps may have.
const REFUSED: f64 = 1e3;
/// So many times the steps of the pass forward are enough.
const PATIENCE: usize = 20;

impl BacksolveAdjoint {
    /// The loss and its gradient.
    ///
    /// # Errors
    ///
    /// [`Backsolve`](ErrorKind::Backsolve) where the state is not found again; else as
    /// [`InterpolatingAdjoint::gradient`](crate::InterpolatingAdjoint::gradient).
    pub fn gradient<F, L, A, B>(
        &self,
        problem: &OdeProblem<F, B>,
        method: A,
        options: &Options,
        loss: &L,
    ) -> Result<Gradient, Error>
    where
        F: System,
        L: Loss,
        B: Buffer<Item = f64>,
        A: SolvesAdjoint<F, L>,
    {
        let plan = Plan {
            algorithm: "backsolve adjoint",
            carries: Carries::ParametersAndState,
            segments: 0,
            rtol: self.rtol,
            atol: self.atol,
        };
        let mut growth = Returns { settings: *self, options, worst: (0.0, problem.tspan().1) };
        gradient(&plan, problem, method, options, loss, &mut growth)
    }
}

/// How well the state is found again.
struct Returns<'a> {
    settings: BacksolveAdjoint,
    options: &'a Options,
    /// The largest error in tolerances, and when it was seen.
    worst: (f64, f64),
}

impl<F: System, L: Loss> Listen<F, L> for Returns<'_> {
    fn begin(&mut self, _order: u32, steps: usize) -> Option<usize> {
        let most = steps.saturating_mul(PATIENCE).saturating_add(1000);
        (!self.settings.force).then_some(most)
    }

    fn compare(&mut self, t: f64, carried: &mut [f64], u: &[f64]) -> Result<(), Error> {
        let Options { rtol, atol, rtol_each, atol_each, .. } = self.options;
        for (i, (carried, u)) in carried.iter().zip(u).enumerate() {
            let (rtol, atol) = (rtol_each.get(i).unwrap_or(rtol), atol_each.get(i).unwrap_or(atol));
            let factor = (carried - u).abs() / (atol + rtol * u.abs());
            // What is no number is off by more than any.
            if factor > self.worst.0 || factor.is_nan() {
                self.worst = (if factor.is_nan() { f64::INFINITY } else { factor }, t);
            }
        }
        let (factor, t) = self.worst;
        if factor > REFUSED && !self.settings.force {
            return Err(ErrorKind::Backsolve { t, factor, reason: None }.into());
        }
        if self.settings.checkpoints {
            carried.copy_from_slice(u);
        }
        Ok(())
    }

    fn failed(&self, t: f64, why: ode_core::Error) -> Error {
        match self.settings.force {
            true => why.into(),
            false => {
                let factor = self.worst.0;
                ErrorKind::Backsolve { t, factor, reason: Some(why) }.into()
            }
        }
    }

    fn finish(
        &mut self,
        _equation: &AdjointEquation<'_, F, L>,
        _p: &[f64],
        _p_bar: &mut [f64],
    ) -> Result<Option<Warning>, Error> {
        let (factor, t) = self.worst;
        Ok((factor > REFUSED).then_some(Warning::Backsolve { factor, t }))
    }
}
