//! When a run ends, and why it did.

use crate::error::{Error, require};
use std::fmt;

/// When to end a run. Whatever comes first ends it.
///
/// Tests of convergence, at the iterate x_k with value f_k and gradient g_k:
/// - gradient: max |g_i| ≤ `gradient_tol`;
/// - value: |f_k − f_{k−1}| ≤ `value_tol` · max(|f_k|, |f_{k−1}|), `patience` times in a row;
/// - step: max |x_k − x_{k−1}| ≤ `step_tol` · max(1, max |x_k|), `patience` times in a row.
///
/// A `value_tol` or `step_tol` of 0 switches that test off.
///
/// ```
/// use optimize::Stop;
/// let stop = Stop { gradient_tol: 1e-10, max_seconds: Some(30.0), ..Stop::default() };
/// assert_eq!(stop.max_iterations, 1000);
/// ```
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default))]
pub struct Stop {
    /// Iterations allowed (1000).
    pub max_iterations: usize,
    /// Largest gradient entry at convergence (1e-8).
    pub gradient_tol: f64,
    /// Relative change of the value at convergence (1e-14: the value has stalled in rounding).
    pub value_tol: f64,
    /// Relative change of the variables at convergence (0: off).
    pub step_tol: f64,
    /// How many iterations in a row must pass the value or step test (3), so that one small step by
    /// accident does not end a run.
    pub patience: usize,
    /// End as soon as the value is at or below this (none).
    pub target: Option<f64>,
    /// Evaluations of the objective allowed, at least 1 (no limit).
    pub max_evaluations: usize,
    /// Wall time allowed in seconds, looked at between evaluations (none).
    pub max_seconds: Option<f64>,
}

impl Default for Stop {
    fn default() -> Self {
        Stop {
            max_iterations: 1000,
            gradient_tol: 1e-8,
            value_tol: 1e-14,
            step_tol: 0.0,
            patience: 3,
            target: None,
            max_evaluations: usize::MAX,
            max_seconds: None,
        }
    }
}

impl Stop {
    /// The defaults with another number of iterations.
    pub fn iterations(max_iterations: usize) -> Self {
        Stop { max_iterations, ..Stop::default() }
    }

    pub(crate) fn validate(&self) -> Result<(), Error> {
        let tolerances = [
            ("Stop.gradient_tol", self.gradient_tol),
            ("Stop.value_tol", self.value_tol),
            ("Stop.step_tol", self.step_tol),
            ("Stop.max_seconds", self.max_seconds.unwrap_or(0.0)),
        ];
        for (option, value) in tolerances {
            require(value >= 0.0, option, value, "zero or positive")?;
        }
        let target = self.target.unwrap_or(0.0);
        require(!target.is_nan(), "Stop.target", target, "a number")?;
        require(self.max_evaluations > 0, "Stop.max_evaluations", 0.0, "at least 1")?;
        require(self.patience > 0, "Stop.patience", 0.0, "at least 1")
    }
}

/// Why a run ended. `Display` gives a sentence.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum StopReason {
    /// The gradient is within [`Stop::gradient_tol`].
    ConvergedByGradient,
    /// The value has stopped changing.
    ConvergedByValue,
    /// The variables have stopped changing.
    ConvergedByStep,
    /// [`Stop::target`] was reached.
    Target,
    /// All iterations were used.
    MaxIterations,
    /// All evaluations were used.
    MaxEvaluations,
    /// The time was used up.
    TimeLimit,
    /// The callback asked to stop.
    Callback,
    /// No acceptable step was found, not even along steepest descent: the gradient is wrong, the
    /// objective is noisy, or the value has reached rounding.
    LineSearchFailed {
        /// The iteration that failed.
        iteration: usize,
        /// Evaluations of the last search.
        evaluations: usize,
        /// Slope at the start of the last search (negative).
        slope: f64,
    },
    /// Too many evaluations failed.
    NonFinite {
        /// How many failed.
        recoveries: usize,
    },
}

impl StopReason {
    /// True for convergence by gradient, value or step, and for a reached target.
    pub fn is_converged(&self) -> bool {
        use StopReason::*;
        matches!(self, ConvergedByGradient | ConvergedByValue | ConvergedByStep | Target)
    }
}

impl fmt::Display for StopReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StopReason::ConvergedByGradient => write!(f, "converged: the gradient vanishes"),
            StopReason::ConvergedByValue => write!(f, "converged: the value no longer changes"),
            StopReason::ConvergedByStep => write!(f, "converged: the variables no longer change"),
            StopReason::Target => write!(f, "the target value is reached"),
            StopReason::MaxIterations => write!(f, "all iterations used"),
            StopReason::MaxEvaluations => write!(f, "all evaluations used"),
            StopReason::TimeLimit => write!(f, "out of time"),
            StopReason::Callback => write!(f, "stopped by the callback"),
            StopReason::LineSearchFailed { iteration, evaluations, slope } => write!(
                f,
                "line search failed at iteration {iteration} after {evaluations} evaluations \
                 (slope {slope:e}): the value is at rounding, noisy, or its gradient is wrong"
            ),
            StopReason::NonFinite { recoveries } => {
                write!(f, "gave up after {recoveries} evaluations that were not finite")
            }
        }
    }
}
