//! The interface of all minimisers.

use crate::error::Error;
use crate::objective::Objective;
use crate::stop::{Stop, StopReason};

/// A method that lowers an [`Objective`]: [`Adam`](crate::Adam), [`Lbfgs`](crate::Lbfgs).
///
/// Methods are values of settings; a run keeps its state to itself, so one method may serve many
/// runs and threads.
///
/// ```
/// use optimize::{Control, FromFn, Lbfgs, Minimizer, Stop};
///
/// let mut bowl = FromFn::new(1, |x: &[f64], g: &mut [f64]| {
///     g[0] = x[0] - 2.0;
///     0.5 * g[0] * g[0]
/// });
/// let mut seen = Vec::new();
/// let outcome = Lbfgs::default().minimize(&mut bowl, &[0.0], &Stop::default(), &mut |it| {
///     seen.push(it.value);
///     Control::Continue
/// })?;
/// assert_eq!(seen, outcome.history);
/// assert!((outcome.x[0] - 2.0).abs() < 1e-12);
/// # Ok::<(), optimize::Error>(())
/// ```
pub trait Minimizer {
    /// Lowers `objective` from `x0` until `stop` or `callback` ends the run.
    ///
    /// The callback sees `x0` as iteration 0 and then every iterate.
    ///
    /// # Errors
    /// A wrong length or non-finite entry of `x0`, an objective that cannot be evaluated at `x0`,
    /// an option without sense. Anything after that is a [`StopReason`].
    fn minimize(
        &self,
        objective: &mut dyn Objective,
        x0: &[f64],
        stop: &Stop,
        callback: &mut dyn FnMut(&Iterate<'_>) -> Control,
    ) -> Result<Outcome, Error>;
}

/// [`Minimizer::minimize`] without a callback.
///
/// # Errors
/// Those of [`Minimizer::minimize`].
///
/// ```
/// use optimize::{Adam, FromFn, Stop, minimize};
/// let mut bowl = FromFn::new(1, |x: &[f64], g: &mut [f64]| {
///     g[0] = x[0];
///     0.5 * x[0] * x[0]
/// });
/// let outcome = minimize(&Adam::default(), &mut bowl, &[1.0], &Stop::iterations(10))?;
/// assert_eq!(outcome.iterations, 10);
/// assert!(outcome.value < 0.5);
/// # Ok::<(), optimize::Error>(())
/// ```
pub fn minimize(
    minimizer: &dyn Minimizer,
    objective: &mut dyn Objective,
    x0: &[f64],
    stop: &Stop,
) -> Result<Outcome, Error> {
    minimizer.minimize(objective, x0, stop, &mut |_| Control::Continue)
}

/// Where a run stands; what the callback sees.
#[derive(Clone, Copy, Debug)]
pub struct Iterate<'a> {
    /// 0 at the start.
    pub iteration: usize,
    /// The current point.
    pub x: &'a [f64],
    /// The value at `x`.
    pub value: f64,
    /// Largest absolute entry of the gradient at `x`.
    pub gradient_norm: f64,
    /// The best value so far.
    pub best_value: f64,
    /// Largest absolute change of a variable from the iterate before (0 at the start).
    pub step: f64,
}

/// What the callback wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Control {
    /// Go on.
    Continue,
    /// End the run; the best point is returned with [`StopReason::Callback`].
    Stop,
}

/// What a run found.
///
/// `x` is always the best point *evaluated*, not the last one. Values that differ by rounding only
/// (4 units in the last place) count as equal, and then the smaller gradient wins.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Outcome {
    /// The best point.
    pub x: Vec<f64>,
    /// The value at `x`.
    pub value: f64,
    /// Largest absolute entry of the gradient at `x`.
    pub gradient_norm: f64,
    /// Iterations done.
    pub iterations: usize,
    /// Evaluations of the objective, failed ones included.
    pub evaluations: usize,
    /// Why the run ended.
    pub reason: StopReason,
    /// The value of every iterate; `history[0]` belongs to `x0`.
    pub history: Vec<f64>,
    /// Evaluations that failed (not finite) and were recovered from.
    pub recoveries: usize,
}
