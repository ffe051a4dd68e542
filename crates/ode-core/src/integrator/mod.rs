mod advance;
mod bookmark;
mod checkpoint;
mod edit;
mod failure;

pub use bookmark::Bookmark;
pub use checkpoint::Checkpoint;

use crate::controller::{ControlState, Exponents};
use crate::norm::ErrorNorm;
use crate::stops::Stops;
use crate::watch::Clock;
use crate::{
    Algorithm, Dense, Error, ErrorKind, Interval, OdeProblem, Options, Stats, StepSize, Taken,
};
use failure::Trouble;
use scalar::Concrete;
use std::time::Duration;
use system::{Buffer, Rhs};

/// Where an integration stands after a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Somewhere inside the span.
    Running,
    /// On a declared stop.
    Stopped,
    /// At the end of the span.
    Finished,
}

/// A solve in progress, step by step. A step allocates nothing.
///
/// ```
/// # system::system! { struct Decay; state { u } params { k } rhs(_t) { d(u) = -k * u; } }
/// use ode_core::{Integrator, OdeProblem, Options, Progress, Tsit5};
///
/// let problem = OdeProblem::new(Decay, [1.0], [0.5], (0.0, 2.0))?;
/// let options = Options::default();
/// let mut integrator = Integrator::new(&problem, Tsit5, &options)?;
/// while integrator.step()? != Progress::Finished {
///     if integrator.u()[0] < 0.5 {
///         break; // it fell below one half somewhere in the last step
///     }
/// }
/// let mut u = [0.0];
/// integrator.interpolate(2f64.ln() / 0.5, &mut u)?;
/// assert!((u[0] - 0.5).abs() < 1e-6);
/// # Ok::<(), ode_core::Error>(())
/// ```
#[derive(Debug)]
pub struct Integrator<'a, F, A: Algorithm<F, B>, B: Buffer> {
    rhs: &'a F,
    algorithm: A,
    options: &'a Options,
    norm: ErrorNorm<'a>,
    controller: Exponents,
    clock: Clock,
    /// Whether the clock, a switch or a monitor has to be looked at before every attempt.
    is_watched: bool,
    cache: A::Cache,
    p: Vec<B::Item>,
    /// Start of the span.
    t0: f64,
    /// End of the span.
    end: f64,
    /// +1 forwards, -1 backwards.
    direction: f64,
    stops: Stops,
    control: ControlState,
    stats: Stats,
    t: f64,
    u: B,
    /// Size of the next step, without sign; `None` where it has to be estimated.
    size: Option<f64>,
    start: Start,
    /// Whether the state at the start comes from outside: then it has to satisfy the algebraic
    /// equations, where there are some.
    is_given: bool,
    /// Whether it is behind a declared stop, where the algebraic equations may have jumped.
    is_behind_stop: bool,
    /// The time that the derivative at the start belongs to: `t`, or an ulp beside a declared stop.
    t_first: f64,
    /// The last step led from `(before.t, u_before)` over `before.dt` to `(t, u)`.
    before: Taken,
    u_before: B,
    error: B,
    dense: Dense<B::Item>,
    dense_is_current: bool,
}

/// How the derivative at the start of the next step comes about.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Start {
    /// Evaluated at this time: the start, or an ulp inside where the start is a declared stop.
    Evaluate(f64),
    /// Carried over from the end of the step before.
    CarryOver,
    /// It is there: the last attempt failed.
    Ready,
}

impl<'a, F: Rhs<B::Item>, A: Algorithm<F, B>, B: Buffer> Integrator<'a, F, A, B>
where
    B::Item: Concrete,
{
    /// Starts at the initial condition. Evaluates nothing yet.
    ///
    /// # Errors
    ///
    /// When an option makes no sense for this problem and method.
    pub fn new(
        problem: &'a OdeProblem<F, B>,
        algorithm: A,
        options: &'a Options,
    ) -> Result<Self, Error> {
        let (t, end) = problem.tspan();
        options.check((t, end), problem.u0().as_ref().len())?;
        if !algorithm.is_adaptive() && !matches!(options.step, StepSize::Fixed(_)) {
            return Err(ErrorKind::FixedStepNeeded { method: algorithm.name() }.into());
        }
        if problem.rhs().mass().is_some() && !algorithm.takes_mass() {
            return Err(ErrorKind::MassMatrix { method: algorithm.name() }.into());
        }
        let u = problem.u0().clone();
        let direction = (end - t).signum();
        let t_first = if options.stops.contains(&t) { beside::<B::Item>(t, direction) } else { t };
        Ok(Self {
            rhs: problem.rhs(),
            norm: ErrorNorm::new(options, u.as_ref().len())?,
            clock: Clock::start(),
            is_watched: options.cancel.is_some()
                || options.max_time.is_some()
                || options.monitor.is_some(),
            controller: Exponents::new(options.controller, algorithm.order()),
            cache: algorithm.cache(problem.rhs(), &u),
            algorithm,
            options,
            p: problem.p().to_vec(),
            t0: t,
            end,
            direction,
            stops: Stops::new(&options.stops, (t, end)),
            control: ControlState::default(),
            stats: Stats::default(),
            t,
            size: given_size(options),
            start: Start::Evaluate(t_first),
            is_given: true,
            is_behind_stop: false,
            t_first,
            before: Taken { t, dt: 0.0, t_first, t_last: t_first },
            u_before: u.clone(),
            error: u.zeros(),
            u,
            dense: Dense::empty(),
            dense_is_current: false,
        })
    }

    /// Takes one accepted step. At the end of the span it does nothing.
    ///
    /// # Errors
    ///
    /// When no acceptable step is found, or the budget is spent; the state is that before the step.
    pub fn step(&mut self) -> Result<Progress, Error> {
        if self.t == self.end {
            return Ok(Progress::Finished);
        }
        let outcome = self.advance();
        if outcome.is_err() {
            // The attempts have overwritten the last step.
            self.forget_last_step();
        }
        outcome
    }

    /// The state at a time inside the last step, by the method's interpolant.
    ///
    /// # Errors
    ///
    /// When `t` is outside the last step or there is none, or `u` has the wrong length.
    pub fn interpolate(&mut self, t: f64, u: &mut [B::Item]) -> Result<(), Error> {
        crate::check::length("u", self.u.as_ref().len(), u.len())?;
        if !self.covers(t) {
            return Err(self.outside(t));
        }
        if t == self.t {
            u.copy_from_slice(self.u.as_ref());
        } else {
            self.dense()?.eval(t, u);
        }
        Ok(())
    }

    /// The state at a time inside the last step as a solution saves it: that of
    /// [`interpolate`](Integrator::interpolate), moved onto the algebraic equations where there are some,
    /// which an interpolant misses by its error. `M u` keeps its value. At the end of the step it is the
    /// state of the step, which satisfies them to the tolerance.
    ///
    /// # Errors
    ///
    /// As [`interpolate`](Integrator::interpolate);
    /// [`ErrorKind::NoConsistentState`](crate::ErrorKind::NoConsistentState) where no state on the
    /// equations is found near that of the interpolant.
    pub fn state_at(&mut self, t: f64, u: &mut [B::Item]) -> Result<(), Error> {
        self.interpolate(t, u)?;
        if t == self.t || self.rhs.mass().is_none() {
            return Ok(());
        }
        // Beside a jump the step has seen one side of it.
        let seen = if t == self.before.t { self.before.t_first } else { t };
        self.error.as_mut().copy_from_slice(u);
        let at = (seen, &mut self.error, &self.p[..]);
        if self.algorithm.settle(self.rhs, at, &mut self.norm, &mut self.cache)? {
            u.copy_from_slice(self.error.as_ref());
        }
        Ok(())
    }

    /// The derivative `du/dt` at a time inside the last step: that of the method's interpolant, one
    /// order less accurate than the state.
    ///
    /// # Errors
    ///
    /// As [`interpolate`](Integrator::interpolate), and before the first step.
    pub fn interpolate_derivative(&mut self, t: f64, du: &mut [B::Item]) -> Result<(), Error> {
        crate::check::length("du", self.u.as_ref().len(), du.len())?;
        if !self.covers(t) {
            return Err(self.outside(t));
        }
        self.dense()?.derivative(t, du);
        Ok(())
    }

    /// Whether `t` lies in the last step, its ends included.
    pub fn covers(&self, t: f64) -> bool {
        (t - self.before.t) * self.direction >= 0.0 && (self.t - t) * self.direction >= 0.0
    }

    /// The interpolant of the last step.
    ///
    /// # Errors
    ///
    /// When no step has been taken yet or the state was changed after it, or when the right-hand side
    /// fails at an extra stage.
    pub fn dense(&mut self) -> Result<&Dense<B::Item>, Error> {
        if self.before.dt == 0.0 {
            return Err(ErrorKind::NoStep { t: self.t }.into());
        }
        if !self.dense_is_current {
            let interval = Interval { step: self.before, u: &self.u_before, p: &self.p };
            self.algorithm
                .dense(self.rhs, &interval, &mut self.error, &mut self.cache, &mut self.dense)
                .map_err(|failure| {
                    let (t, reason) = (interval.step.t, failure.to_string());
                    ErrorKind::RightHandSide { t, reason }
                })?;
            let n = self.u.as_ref().len();
            if let Some(i) = self.dense.coefficients.iter().position(|c| !c.is_finite()) {
                return Err(self.non_finite(self.before.t, i % n));
            }
            self.dense_is_current = true;
        }
        Ok(&self.dense)
    }

    /// The method's name.
    pub fn method(&self) -> &'static str {
        self.algorithm.name()
    }

    /// Current time.
    pub fn t(&self) -> f64 {
        self.t
    }

    /// Current state.
    pub fn u(&self) -> &[B::Item] {
        self.u.as_ref()
    }

    /// The last step.
    pub fn last_step(&self) -> Taken {
        self.before
    }

    /// The state at the start of the last step.
    pub fn u_before(&self) -> &[B::Item] {
        self.u_before.as_ref()
    }

    /// Parameters.
    pub fn p(&self) -> &[B::Item] {
        &self.p
    }

    /// Wall time so far.
    pub fn elapsed(&self) -> Duration {
        self.clock.elapsed()
    }

    /// Work done so far.
    pub fn stats(&self) -> Stats {
        self.stats + self.algorithm.work(&self.cache)
    }
}

/// The size that the options give for a first step, if they do.
fn given_size(options: &Options) -> Option<f64> {
    match options.step {
        StepSize::Auto => None,
        StepSize::Initial(size) => Some(size.max(options.dt_min).min(options.dt_max)),
        StepSize::Fixed(size) => Some(size.min(options.dt_max)),
    }
}

/// The neighbour of a stop on one side, what the right-hand side sees there: the nearest time that
/// the number type can tell from the stop.
fn beside<S: Concrete>(t: f64, side: f64) -> f64 {
    let mut beside = if side > 0.0 { t.next_up() } else { t.next_down() };
    while beside.is_finite() && (S::from_f64(beside) - S::from_f64(t)).largest_part() == 0.0 {
        beside = t + 2.0 * (beside - t);
    }
    beside
}
