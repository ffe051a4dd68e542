//! What is asked: an average over a long time.

use crate::{Error, ErrorKind};
use ode_core::OdeProblem;
use system::System;

/// A long-time average as a question: start at `u0` at time 0, let `spin_up` time units pass until the
/// solution is on the attractor, then average over `duration` time units.
///
/// ```
/// use sensitivity::AverageProblem;
///
/// system::system! {
///     struct Lorenz;
///     state { x, y, z }
///     params { sigma, rho, beta }
///     rhs(_t) {
///         d(x) = sigma * (y - x);
///         d(y) = x * (rho - z) - y;
///         d(z) = x * y - beta * z;
///     }
/// }
/// let problem = AverageProblem::new(Lorenz, [1.0, 1.0, 1.0], [10.0, 28.0, 8.0 / 3.0], 20.0, 50.0)?;
/// assert!(AverageProblem::new(Lorenz, [1.0; 3], [10.0, 28.0, 8.0 / 3.0], 20.0, -1.0).is_err());
/// # let _ = problem;
/// # Ok::<(), sensitivity::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct AverageProblem<F> {
    pub(super) system: F,
    pub(super) u0: Vec<f64>,
    pub(super) p: Vec<f64>,
    pub(super) spin_up: f64,
    pub(super) duration: f64,
    /// The time between samples, where not all times count.
    pub(super) every: Option<f64>,
}

impl<F: System> AverageProblem<F> {
    /// Checks lengths and times.
    ///
    /// # Errors
    ///
    /// When `u0` or `p` has the wrong length or is not finite, the model has no states, `spin_up` is
    /// negative or `duration` is not positive.
    pub fn new(
        system: F,
        u0: impl Into<Vec<f64>>,
        p: impl Into<Vec<f64>>,
        spin_up: f64,
        duration: f64,
    ) -> Result<Self, Error> {
        let (u0, p) = (u0.into(), p.into());
        if !(spin_up >= 0.0 && spin_up.is_finite()) {
            let (name, value, must) = ("spin_up", spin_up, "finite and not negative");
            return Err(ErrorKind::Setting { name, value, must }.into());
        }
        if !(duration > 0.0 && (spin_up + duration).is_finite()) {
            let (name, value, must) = ("duration", duration, "finite and positive");
            return Err(ErrorKind::Setting { name, value, must }.into());
        }
        OdeProblem::new(&system, u0.clone(), p.clone(), (0.0, duration))?;
        Ok(Self { system, u0, p, spin_up, duration, every: None })
    }

    /// Averages over samples, one every `interval` time units after the spin-up, instead of over all times. What is left of
    /// `duration` behind the last sample is not solved for.
    ///
    /// An autonomous chaotic system has the same average by either. Of one that is driven periodically, samples
    /// of the driving period give the average at a phase.
    ///
    /// # Errors
    ///
    /// When the interval is not positive, or longer than the duration.
    ///
    /// ```
    /// use ode_core::{Options, Rk4, StepSize};
    /// use scalar::Scalar;
    /// use sensitivity::{AdjointLss, Average, AverageProblem};
    /// use std::f64::consts::TAU;
    ///
    /// system::system! {
    ///     struct Driven;
    ///     state { u }
    ///     params { k }
    ///     rhs(t) { d(u) = -k * u + t.cos(); }
    /// }
    ///
    /// struct State;
    ///
    /// impl Average for State {
    ///     fn at<S: Scalar>(&self, _t: S, u: &[S], _p: &[S]) -> S {
    ///         u[0]
    ///     }
    /// }
    ///
    /// // At t = 2πj the solution is k / (1 + k²).
    /// let problem = AverageProblem::new(Driven, [0.0], [0.8], 8.0 * TAU, 100.0 * TAU)?;
    /// let problem = problem.sampled_every(TAU)?;
    /// let options = Options { step: StepSize::Fixed(TAU / 200.0), ..Options::default() };
    /// let found = AdjointLss::default().gradient(&problem, Rk4, &options, &State)?;
    /// assert!((found.average - 0.8 / 1.64).abs() < 1e-6);
    /// assert!((found.p[0] - 0.36 / (1.64 * 1.64)).abs() < 1e-2);
    /// # Ok::<(), sensitivity::Error>(())
    /// ```
    pub fn sampled_every(mut self, interval: f64) -> Result<Self, Error> {
        if !(interval > 0.0 && interval <= self.duration) {
            let (name, value) = ("interval", interval);
            let must = "positive and at most the duration";
            return Err(ErrorKind::Setting { name, value, must }.into());
        }
        self.every = Some(interval);
        Ok(self)
    }

    /// The times of the samples; none where all times count.
    pub(super) fn samples(&self) -> Vec<f64> {
        let Some(every) = self.every else { return Vec::new() };
        // A duration of whole intervals may be rounded down.
        let count = (self.duration / every * (1.0 + 1e-12)).floor() as usize;
        (1..=count).map(|k| self.spin_up + k as f64 * every).collect()
    }

    /// The model.
    pub fn system(&self) -> &F {
        &self.system
    }

    /// The state at time 0.
    pub fn u0(&self) -> &[f64] {
        &self.u0
    }

    /// The parameters.
    pub fn p(&self) -> &[f64] {
        &self.p
    }
}
