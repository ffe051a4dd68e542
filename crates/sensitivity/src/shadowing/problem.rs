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
        Ok(Self { system, u0, p, spin_up, duration })
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
