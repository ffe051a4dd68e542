//! Bookkeeping that all minimisers share: counting, the best point, the history, the stop tests.

use crate::error::{Error, ErrorKind};
use crate::minimizer::{Control, Iterate, Outcome};
use crate::objective::Objective;
use crate::stop::{Stop, StopReason};
use crate::vector::{dot, max_norm};
use std::time::Instant;

/// The history is reserved up front for at most this many iterations; past it, it grows.
const RESERVED_HISTORY: usize = 1 << 20;

/// One run of one minimiser.
pub(crate) struct Run<'a> {
    objective: &'a mut dyn Objective,
    stop: &'a Stop,
    callback: &'a mut dyn FnMut(&Iterate<'_>) -> Control,
    started: Option<Instant>,
    evaluations: usize,
    recoveries: usize,
    best: Best,
    history: Vec<f64>,
    quiet_values: usize,
    quiet_steps: usize,
}

/// The best point evaluated so far.
pub(crate) struct Best {
    pub(crate) x: Vec<f64>,
    pub(crate) gradient: Vec<f64>,
    pub(crate) value: f64,
    gradient_norm: f64,
    /// The lowest value ever seen; `value` is within rounding of it.
    lowest: f64,
}

impl Best {
    /// Keeps the point if it is lower, or equal up to rounding with a smaller gradient.
    ///
    /// Near a minimum the value is flat in rounding while the gradient still falls; without the
    /// second rule a converged run could return a point that does not pass its own gradient test.
    fn offer(&mut self, x: &[f64], gradient: &[f64], value: f64, gradient_norm: f64) {
        self.lowest = self.lowest.min(value);
        let equal_below = self.lowest + 4.0 * f64::EPSILON * self.lowest.abs();
        let better = self.value > equal_below && value <= equal_below;
        if better || (value <= equal_below && gradient_norm < self.gradient_norm) {
            self.x.copy_from_slice(x);
            self.gradient.copy_from_slice(gradient);
            self.value = value;
            self.gradient_norm = gradient_norm;
        }
    }
}

impl<'a> Run<'a> {
    /// Checks the request and evaluates the start, which becomes the best point.
    pub(crate) fn start(
        objective: &'a mut dyn Objective,
        x0: &[f64],
        stop: &'a Stop,
        callback: &'a mut dyn FnMut(&Iterate<'_>) -> Control,
    ) -> Result<Self, Error> {
        stop.validate()?;
        let dim = objective.dim();
        check_start(x0, dim)?;
        let started = stop.max_seconds.map(|_| Instant::now());
        let mut gradient = vec![0.0; dim];
        let value = objective.value_gradient(x0, &mut gradient);
        if !is_usable(value, &gradient) {
            let gradient_index = gradient.iter().position(|g| !g.is_finite());
            let gradient_index = if value.is_finite() { gradient_index } else { None };
            return Err(ErrorKind::StartNotEvaluable { value, gradient_index }.into());
        }
        let gradient_norm = max_norm(&gradient);
        let best = Best { x: x0.to_vec(), gradient, value, gradient_norm, lowest: value };
        let history = Vec::with_capacity(stop.max_iterations.min(RESERVED_HISTORY) + 1);
        Ok(Run {
            objective,
            stop,
            callback,
            started,
            evaluations: 1,
            recoveries: 0,
            best,
            history,
            quiet_values: 0,
            quiet_steps: 0,
        })
    }

    /// Value and gradient at `x`; `None` if the evaluation failed, which counts as a recovery.
    pub(crate) fn evaluate(&mut self, x: &[f64], gradient: &mut [f64]) -> Option<f64> {
        self.evaluations += 1;
        let value = self.objective.value_gradient(x, gradient);
        if is_usable(value, gradient) {
            self.best.offer(x, gradient, value, max_norm(gradient));
            Some(value)
        } else {
            self.recoveries += 1;
            None
        }
    }

    /// Counts a point that was not worth evaluating (not finite itself) as a failed one.
    pub(crate) fn refuse(&mut self) {
        self.recoveries += 1;
    }

    /// Why no further evaluation is allowed, if so.
    pub(crate) fn exhausted(&self) -> Option<StopReason> {
        if self.evaluations >= self.stop.max_evaluations {
            return Some(StopReason::MaxEvaluations);
        }
        match (self.started, self.stop.max_seconds) {
            (Some(started), Some(limit)) if started.elapsed().as_secs_f64() >= limit => {
                Some(StopReason::TimeLimit)
            }
            _ => None,
        }
    }

    /// Notes a finished iteration, shows it to the callback, and says whether the run ends here.
    pub(crate) fn finished(
        &mut self,
        x: &[f64],
        value: f64,
        gradient: &[f64],
        step: f64,
    ) -> Option<StopReason> {
        let iteration = self.history.len();
        let gradient_norm = max_norm(gradient);
        if let Some(&before) = self.history.last() {
            let change = (value - before).abs();
            let quiet = change <= self.stop.value_tol * value.abs().max(before.abs());
            self.quiet_values = if quiet { self.quiet_values + 1 } else { 0 };
            let quiet = step <= self.stop.step_tol * max_norm(x).max(1.0);
            self.quiet_steps = if quiet { self.quiet_steps + 1 } else { 0 };
        }
        self.history.push(value);
        let best_value = self.best.value;
        let seen = Iterate { iteration, x, value, gradient_norm, best_value, step };
        let control = (self.callback)(&seen);
        let stop = self.stop;
        if stop.target.is_some_and(|target| value <= target) {
            Some(StopReason::Target)
        } else if gradient_norm <= stop.gradient_tol {
            Some(StopReason::ConvergedByGradient)
        } else if stop.value_tol > 0.0 && self.quiet_values >= stop.patience {
            Some(StopReason::ConvergedByValue)
        } else if stop.step_tol > 0.0 && self.quiet_steps >= stop.patience {
            Some(StopReason::ConvergedByStep)
        } else if control == Control::Stop {
            Some(StopReason::Callback)
        } else if iteration >= stop.max_iterations {
            Some(StopReason::MaxIterations)
        } else {
            self.exhausted()
        }
    }

    pub(crate) fn best(&self) -> &Best {
        &self.best
    }

    pub(crate) fn recoveries(&self) -> usize {
        self.recoveries
    }

    /// Number of the last finished iteration.
    pub(crate) fn iteration(&self) -> usize {
        self.history.len().saturating_sub(1)
    }

    /// Closes the run.
    pub(crate) fn outcome(self, reason: StopReason) -> Outcome {
        Outcome {
            iterations: self.iteration(),
            x: self.best.x,
            value: self.best.value,
            gradient_norm: self.best.gradient_norm,
            evaluations: self.evaluations,
            reason,
            history: self.history,
            recoveries: self.recoveries,
        }
    }
}

/// The value and all of the gradient are finite, and so is the squared length of the gradient
/// (moments and curvatures are made of such squares).
fn is_usable(value: f64, gradient: &[f64]) -> bool {
    value.is_finite() && dot(gradient, gradient).is_finite()
}

/// The start has `dim` finite entries.
pub(crate) fn check_start(x0: &[f64], dim: usize) -> Result<(), Error> {
    if x0.len() != dim {
        let found = x0.len();
        return Err(ErrorKind::DimensionMismatch { what: "x0", expected: dim, found }.into());
    }
    match x0.iter().position(|x| !x.is_finite()) {
        Some(index) => Err(ErrorKind::NonFiniteStart { index, value: x0[index] }.into()),
        None => Ok(()),
    }
}
