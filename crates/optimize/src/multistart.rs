//! Many starts, few finished runs.

use crate::error::{Error, ErrorKind, require};
use crate::minimizer::{Minimizer, Outcome, minimize};
use crate::objective::Objective;
use crate::run::check_start;
use crate::stop::{Stop, StopReason};

/// How multi-start spends its effort.
///
/// ```
/// use optimize::Multistart;
/// assert_eq!(Multistart::default(), Multistart { screening: 20, keep: 3 });
/// ```
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default))]
pub struct Multistart {
    /// Iterations given to every start (20); 0 only evaluates them.
    pub screening: usize,
    /// How many of the best are run to the end, at least 1 (3).
    pub keep: usize,
}

impl Default for Multistart {
    fn default() -> Self {
        Multistart { screening: 20, keep: 3 }
    }
}

/// What multi-start found.
#[derive(Clone, Debug, PartialEq)]
pub struct Starts {
    /// The finished runs, lowest value first; at least one.
    pub found: Vec<Found>,
    /// The starts that could not be evaluated, by index.
    pub failed: Vec<FailedStart>,
}

/// A run to the end.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// Index of the point it started from.
    pub start: usize,
    /// Screening and final run together: counts are summed, histories joined.
    pub outcome: Outcome,
}

/// A start that could not be used.
#[derive(Clone, Debug, PartialEq)]
pub struct FailedStart {
    /// Index of the point.
    pub start: usize,
    /// What was wrong.
    pub error: Error,
}

/// Minimises from many points: a few iterations from each (`options.screening`), then the
/// `options.keep` best run to the end under `stop`.
///
/// A start at which the objective cannot be evaluated is reported in [`Starts::failed`] and costs
/// nobody else. The answer is the same every time, unless `stop.max_seconds` (which holds for each
/// run by itself) cuts in. Ties go to the earlier start. The final run starts afresh at the best
/// point of the screening: moments and curvature are not carried over.
///
/// # Errors
/// No point; a point of wrong length or with a non-finite entry; no point that can be evaluated
/// ([`ErrorKind::NoUsableStart`]); an invalid option.
///
/// ```
/// use optimize::{FromFn, Lbfgs, Multistart, Stop, latin_hypercube, multistart};
///
/// // cos 3x + x²/10: many basins, the lowest near ±1.02.
/// let mut waves = FromFn::new(1, |x: &[f64], g: &mut [f64]| {
///     g[0] = -3.0 * (3.0 * x[0]).sin() + 0.2 * x[0];
///     (3.0 * x[0]).cos() + 0.1 * x[0] * x[0]
/// });
/// let points = latin_hypercube(20, &[(-10.0, 10.0)], 1)?;
/// let options = Multistart::default();
/// let starts = multistart(&points, &mut waves, &Lbfgs::default(), &Stop::default(), &options)?;
/// assert!((starts.found[0].outcome.x[0].abs() - 1.0240).abs() < 1e-3);
/// # Ok::<(), optimize::Error>(())
/// ```
pub fn multistart(
    points: &[Vec<f64>],
    objective: &mut dyn Objective,
    minimizer: &dyn Minimizer,
    stop: &Stop,
    options: &Multistart,
) -> Result<Starts, Error> {
    check(points, objective.dim(), stop, options)?;
    let screen = screening_stop(stop, options);
    let screened =
        points.iter().map(|point| minimize(minimizer, objective, point, &screen)).collect();
    let (mut kept, failed) = select(screened, options)?;
    for found in &mut kept {
        finish(found, objective, minimizer, stop)?;
    }
    Ok(Starts { found: ranked(kept), failed })
}

/// [`multistart`] on all cores (feature `parallel`).
///
/// `factory` makes one objective per worker. The answer is that of the serial function, bit for bit,
/// if the value of an objective depends on nothing but its argument.
///
/// # Errors
/// Those of [`multistart`].
///
/// ```
/// use optimize::{FromFn, Lbfgs, Multistart, Stop, latin_hypercube, multistart_parallel};
///
/// let waves = || {
///     FromFn::new(1, |x: &[f64], g: &mut [f64]| {
///         g[0] = -3.0 * (3.0 * x[0]).sin() + 0.2 * x[0];
///         (3.0 * x[0]).cos() + 0.1 * x[0] * x[0]
///     })
/// };
/// let points = latin_hypercube(20, &[(-10.0, 10.0)], 1)?;
/// let options = Multistart::default();
/// let starts =
///     multistart_parallel(&points, waves, &Lbfgs::default(), &Stop::default(), &options)?;
/// assert_eq!(starts.found.len(), 3);
/// # Ok::<(), optimize::Error>(())
/// ```
#[cfg(feature = "parallel")]
pub fn multistart_parallel<O: Objective>(
    points: &[Vec<f64>],
    factory: impl Fn() -> O + Sync,
    minimizer: &(dyn Minimizer + Sync),
    stop: &Stop,
    options: &Multistart,
) -> Result<Starts, Error> {
    use rayon::prelude::*;

    check(points, factory().dim(), stop, options)?;
    let screen = screening_stop(stop, options);
    let screened = points
        .par_iter()
        .map_init(&factory, |objective, point| minimize(minimizer, objective, point, &screen))
        .collect();
    let (mut kept, failed) = select(screened, options)?;
    kept.par_iter_mut()
        .map_init(&factory, |objective, found| finish(found, objective, minimizer, stop))
        .collect::<Result<(), Error>>()?;
    Ok(Starts { found: ranked(kept), failed })
}

/// What is wrong with the request as a whole, before anything is run.
fn check(points: &[Vec<f64>], dim: usize, stop: &Stop, options: &Multistart) -> Result<(), Error> {
    require(options.keep > 0, "Multistart.keep", 0.0, "at least 1")?;
    stop.validate()?;
    if points.is_empty() {
        return Err(ErrorKind::NoPoints.into());
    }
    for (start, point) in points.iter().enumerate() {
        check_start(point, dim).map_err(|error| ErrorKind::InvalidPoint { start, error })?;
    }
    Ok(())
}

fn screening_stop(stop: &Stop, options: &Multistart) -> Stop {
    Stop { max_iterations: options.screening.min(stop.max_iterations), ..stop.clone() }
}

/// The best of the screened runs, and the starts that failed.
///
/// An invalid option of the minimiser fails every start in the same way; it is given back as itself.
fn select(
    screened: Vec<Result<Outcome, Error>>,
    options: &Multistart,
) -> Result<(Vec<Found>, Vec<FailedStart>), Error> {
    let tried = screened.len();
    let mut found = Vec::new();
    let mut failed = Vec::new();
    for (start, result) in screened.into_iter().enumerate() {
        match result {
            Ok(outcome) => found.push(Found { start, outcome }),
            Err(error) => match error.kind() {
                ErrorKind::StartNotEvaluable { .. } => failed.push(FailedStart { start, error }),
                _ => return Err(error),
            },
        }
    }
    if let (true, Some(first)) = (found.is_empty(), failed.first()) {
        return Err(ErrorKind::NoUsableStart { tried, first: first.error.clone() }.into());
    }
    let mut found = ranked(found);
    found.truncate(options.keep);
    Ok((found, failed))
}

/// Lowest value first; the sort is stable, and screened runs come in the order of their starts.
fn ranked(mut found: Vec<Found>) -> Vec<Found> {
    found.sort_by(|a, b| a.outcome.value.total_cmp(&b.outcome.value).then(a.start.cmp(&b.start)));
    found
}

/// Runs a screened start to the end with what `stop` leaves.
fn finish(
    found: &mut Found,
    objective: &mut dyn Objective,
    minimizer: &dyn Minimizer,
    stop: &Stop,
) -> Result<(), Error> {
    let screened = &mut found.outcome;
    let iterations = stop.max_iterations - screened.iterations.min(stop.max_iterations);
    let evaluations = stop.max_evaluations - screened.evaluations.min(stop.max_evaluations);
    if screened.reason != StopReason::MaxIterations || iterations == 0 || evaluations == 0 {
        return Ok(());
    }
    let rest = Stop { max_iterations: iterations, max_evaluations: evaluations, ..stop.clone() };
    let last = minimize(minimizer, objective, &screened.x, &rest)?;
    let mut history = std::mem::take(&mut screened.history);
    history.extend_from_slice(last.history.get(1..).unwrap_or_default());
    *screened = Outcome {
        iterations: screened.iterations + last.iterations,
        evaluations: screened.evaluations + last.evaluations,
        recoveries: screened.recoveries + last.recoveries,
        history,
        ..last
    };
    Ok(())
}
