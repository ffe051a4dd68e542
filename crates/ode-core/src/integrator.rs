use crate::controller::ControlState;
use crate::initial_step::InitialStep;
use crate::stops::Stops;
use crate::{
    Algorithm, Dense, Error, ErrorKind, Interval, OdeProblem, Options, Stats, Step, StepSize, norm,
};
use scalar::{Concrete, Scalar};
use system::{Buffer, Failure, Rhs};

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
    cache: A::Cache,
    p: Vec<B::Item>,
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

/// A step that has been taken, with the times that the right-hand side saw at its ends.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Taken {
    /// Start.
    pub t: f64,
    /// Signed length.
    pub dt: f64,
    /// The time that the right-hand side saw at the start.
    pub t_first: f64,
    /// The time that the right-hand side saw at the end.
    pub t_last: f64,
}

/// Why an attempt could not even be judged.
#[derive(Clone, Debug)]
enum Trouble {
    NotFinite,
    Refused,
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
        options.check((t, end))?;
        if !algorithm.is_adaptive() && !matches!(options.step, StepSize::Fixed(_)) {
            return Err(ErrorKind::FixedStepNeeded { method: algorithm.name() }.into());
        }
        let u = problem.u0().clone();
        let direction = (end - t).signum();
        let t_first = if options.stops.contains(&t) { beside::<B::Item>(t, direction) } else { t };
        Ok(Self {
            rhs: problem.rhs(),
            cache: algorithm.cache(&u),
            algorithm,
            options,
            p: problem.p().to_vec(),
            end,
            direction,
            stops: Stops::new(&options.stops, (t, end)),
            control: ControlState::default(),
            stats: Stats::default(),
            t,
            size: match options.step {
                StepSize::Auto => None,
                StepSize::Initial(size) | StepSize::Fixed(size) => Some(size.min(options.dt_max)),
            },
            start: Start::Evaluate(t_first),
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
            // The attempts have overwritten the last step: only its end is left.
            self.u_before.as_mut().copy_from_slice(self.u.as_ref());
            let (t, t_first) = (self.t, self.t_first);
            self.before = Taken { t, dt: 0.0, t_first, t_last: t_first };
        }
        outcome
    }

    fn advance(&mut self) -> Result<Progress, Error> {
        self.begin()?;
        let mut size = match self.size {
            Some(size) => size,
            None => self.first_size()?,
        };
        loop {
            if self.stats.accepted + self.stats.rejected >= self.options.max_steps {
                self.size = Some(size);
                let max_steps = self.options.max_steps;
                return Err(ErrorKind::MaxSteps { t: self.t, max_steps }.into());
            }
            let (stop, is_end) = self.stops.next();
            let remaining = (stop - self.t).abs();
            // A step is stretched a little rather than leaving a sliver before the stop.
            let lands = size * (1.0 + 1e-6) >= remaining;
            let t_next = if lands { stop } else { self.t + self.direction * size };
            // The distance that time really moves: `size` is rounded where t is large.
            let dt = t_next - self.t;
            if dt == 0.0 {
                self.size = Some(size);
                return Err(ErrorKind::StepTooSmall { t: self.t, dt: size }.into());
            }
            let jumps = lands && (!is_end || self.options.stops.contains(&stop));
            let t_last = if jumps { beside::<B::Item>(stop, -self.direction) } else { t_next };
            let taken = Taken { t: self.t, dt, t_first: self.t_first, t_last };

            let trouble = match self.attempt(&taken) {
                Ok(err) if err <= 1.0 => {
                    self.size = Some(self.next_size(size, dt.abs(), err, lands));
                    self.commit(taken, t_next);
                    if lands {
                        self.stops.advance();
                    }
                    if jumps {
                        self.start = Start::Evaluate(beside::<B::Item>(stop, self.direction));
                    }
                    return Ok(match (lands, is_end) {
                        (false, _) => Progress::Running,
                        (true, false) => Progress::Stopped,
                        (true, true) => Progress::Finished,
                    });
                }
                Ok(err) => {
                    let order = self.algorithm.order();
                    size = dt.abs() * self.control.reject(err, order, &self.options.controller);
                    err.is_nan().then_some(Trouble::NotFinite)
                }
                Err(Failure::Recoverable) => {
                    size = 0.25 * dt.abs();
                    Some(Trouble::Refused)
                }
                Err(failure) => return Err(self.refused(&failure)),
            };
            self.stats.rejected += 1;
            let is_fixed = matches!(self.options.step, StepSize::Fixed(_));
            if is_fixed || size <= 4.0 * ulp(self.t) {
                self.size = Some(size);
                return Err(self.stuck(dt, trouble));
            }
        }
    }

    /// Makes the derivative at the start of a step available.
    fn begin(&mut self) -> Result<(), Error> {
        match self.start {
            Start::Evaluate(t) => {
                let begun = self.algorithm.begin(self.rhs, t, &self.u, &self.p, &mut self.cache);
                begun.map_err(|failure| self.refused(&failure))?;
                let f = self.algorithm.derivative(&self.cache);
                if let Some(i) = f.iter().position(|f| !f.is_finite()) {
                    return Err(self.non_finite(self.t, i));
                }
                self.t_first = t;
            }
            Start::CarryOver => {
                self.algorithm.advance(&mut self.cache);
                self.t_first = self.before.t_last;
            }
            Start::Ready => {}
        }
        // Only now: a start that failed is evaluated again by the next attempt.
        self.start = Start::Ready;
        self.dense_is_current = false;
        Ok(())
    }

    fn first_size(&mut self) -> Result<f64, Error> {
        let estimate = InitialStep {
            t: self.t,
            u: self.u.as_ref(),
            p: &self.p,
            f0: self.algorithm.derivative(&self.cache),
            direction: self.direction,
            order: self.algorithm.order(),
            atol: self.options.atol,
            rtol: self.options.rtol,
            dt_max: self.options.dt_max.min((self.stops.next().0 - self.t).abs()),
        };
        self.stats.evaluations += 1;
        let size = estimate.estimate(self.rhs, self.u_before.as_mut(), self.error.as_mut());
        match size {
            Ok(size) if size > 0.0 => Ok(size),
            // The probe left the domain: start small, and let the controller find its way.
            Ok(_) | Err(Failure::Recoverable) => Ok((1e-6 * (self.end - self.t).abs()).min(1e-6)),
            Err(failure) => Err(self.refused(&failure)),
        }
    }

    /// Attempts a step into `u_before`, and returns its scaled error: NaN if it is not finite.
    fn attempt(&mut self, taken: &Taken) -> Result<f64, Failure> {
        let mut step = Step {
            t: taken.t,
            dt: taken.dt,
            t_first: taken.t_first,
            t_last: taken.t_last,
            u: &self.u,
            p: &self.p,
            u_next: &mut self.u_before,
            error: &mut self.error,
        };
        self.algorithm.attempt(self.rhs, &mut step, &mut self.cache)?;
        let Options { atol, rtol, .. } = *self.options;
        let err = match self.options.step {
            StepSize::Fixed(_) => 0.0,
            _ => {
                norm::scaled(step.error.as_ref(), step.u.as_ref(), step.u_next.as_ref(), atol, rtol)
            }
        };
        if err <= 1.0 {
            // An infinite state scales any error to zero.
            if !step.u_next.as_ref().iter().all(|u| u.is_finite()) {
                return Ok(f64::NAN);
            }
            self.algorithm.accept(self.rhs, &mut step, &mut self.cache)?;
        }
        Ok(err)
    }

    /// The size to go on with after an accepted step of size `taken`, where `size` was proposed.
    fn next_size(&mut self, size: f64, taken: f64, err: f64, lands: bool) -> f64 {
        if let StepSize::Fixed(size) = self.options.step {
            return size.min(self.options.dt_max);
        }
        let factor = self.control.accept(err, self.algorithm.order(), &self.options.controller);
        let next = taken * factor;
        // A step cut short by a stop does not revoke the proposal.
        let next = if lands && factor >= 1.0 { next.max(size) } else { next };
        next.min(self.options.dt_max)
    }

    fn commit(&mut self, taken: Taken, t_next: f64) {
        std::mem::swap(&mut self.u, &mut self.u_before);
        self.before = taken;
        self.t = t_next;
        self.start = Start::CarryOver;
        self.dense_is_current = false;
        self.stats.accepted += 1;
    }

    /// The state at a time inside the last step, by the method's interpolant.
    ///
    /// # Errors
    ///
    /// When `t` is outside the last step, or `u` has the wrong length.
    pub fn interpolate(&mut self, t: f64, u: &mut [B::Item]) -> Result<(), Error> {
        crate::check::length("u", self.u.as_ref().len(), u.len())?;
        if !self.covers(t) {
            return Err(ErrorKind::OutsideSpan { t, t0: self.before.t, t1: self.t }.into());
        }
        if t == self.t {
            u.copy_from_slice(self.u.as_ref());
        } else {
            self.dense()?.eval(t, u);
        }
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
    /// When no step has been taken yet, or the right-hand side fails at an extra stage.
    pub fn dense(&mut self) -> Result<&Dense<B::Item>, Error> {
        if self.before.dt == 0.0 {
            return Err(ErrorKind::NotDense { t: self.t }.into());
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

    /// Work done so far.
    pub fn stats(&self) -> Stats {
        let evaluations = self.stats.evaluations + self.algorithm.evaluations(&self.cache);
        Stats { evaluations, ..self.stats }
    }

    fn refused(&self, failure: &Failure) -> Error {
        ErrorKind::RightHandSide { t: self.t, reason: failure.to_string() }.into()
    }

    fn non_finite(&self, t: f64, index: usize) -> Error {
        let component = self.rhs.names().swap_remove(index);
        ErrorKind::NonFinite { t, component }.into()
    }

    /// No step could be accepted: say why the last attempt failed.
    fn stuck(&mut self, dt: f64, trouble: Option<Trouble>) -> Error {
        match trouble {
            None => ErrorKind::StepTooSmall { t: self.t, dt }.into(),
            Some(Trouble::Refused) => self.refused(&Failure::Recoverable),
            Some(Trouble::NotFinite) => {
                let bad = |u: &B::Item| !u.is_finite();
                let next = self.u_before.as_ref().iter().position(bad);
                let error = self.error.as_ref().iter().position(bad);
                // The stages spread a NaN over the components: a fresh derivative tells whose it is.
                let t = B::Item::from_f64(self.t + dt);
                self.stats.evaluations += 1;
                let fresh = self.rhs.eval(t, self.u.as_ref(), &self.p, self.error.as_mut());
                let culprit = fresh.ok().and_then(|()| self.error.as_ref().iter().position(bad));
                self.non_finite(self.t, culprit.or(next).or(error).unwrap_or(0))
            }
        }
    }
}

/// The distance from `|t|` to the next larger number.
fn ulp(t: f64) -> f64 {
    t.abs().next_up() - t.abs()
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
