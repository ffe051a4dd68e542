use super::driver::Driver;
use super::{Events, Occurrence};
use crate::{Algorithm, Error, Integrator, OdeProblem, Options, Progress};
use scalar::BranchScalar;
use system::{Buffer, Rhs};

/// A solve with events in progress: what [`solve_with`](crate::solve_with) does, for a caller that looks
/// at every step.
///
/// ```
/// # system::system! {
/// #     struct Ball; state { height, speed } params { gravity }
/// #     rhs(_t) { d(height) = speed; d(speed) = -gravity; }
/// # }
/// use ode_core::{EventIntegrator, Events, OdeProblem, Options, Progress, Root, Tsit5};
///
/// let bounce = Root::new("bounce", |_t, u, _p| u[0]).falling().effect(|at| at.u[1] *= -0.9);
/// let mut events = Events::new().with(bounce);
/// let problem = OdeProblem::new(Ball, [1.0, 0.0], [9.81], (0.0, 1.0))?;
/// let options = Options::default();
/// let mut solve = EventIntegrator::new(&problem, Tsit5, &options, &mut events)?;
/// let mut ends = Vec::new();
/// while solve.act()? != Progress::Finished {
///     solve.step()?;
///     ends.push(solve.integrator().t());
/// }
/// let bounce = &solve.happened()[0];
/// assert!(ends.contains(&bounce.t) && (bounce.t - (2.0 / 9.81f64).sqrt()).abs() < 1e-12);
/// # Ok::<(), ode_core::Error>(())
/// ```
pub struct EventIntegrator<'a, 'd, 'e, F, A: Algorithm<F, B>, B: Buffer> {
    integrator: Integrator<'a, F, A, B>,
    driver: Driver<'d, 'e, B::Item>,
    end: f64,
    has_started: bool,
}

impl<'a, 'd, 'e, F: Rhs<B::Item>, A: Algorithm<F, B>, B: Buffer>
    EventIntegrator<'a, 'd, 'e, F, A, B>
where
    B::Item: BranchScalar,
{
    /// Starts at the initial condition.
    ///
    /// # Errors
    ///
    /// When an option or a setting of an event makes no sense.
    pub fn new(
        problem: &'a OdeProblem<F, B>,
        algorithm: A,
        options: &'a Options,
        events: &'d mut Events<'e, B::Item>,
    ) -> Result<Self, Error> {
        let integrator = Integrator::new(problem, algorithm, options)?;
        let state = (integrator.u(), integrator.p());
        let driver = Driver::new(events, problem.tspan(), state)?;
        Ok(Self { integrator, driver, end: problem.tspan().1, has_started: false })
    }

    /// Lets the events of the current time act: before the first step, and after each.
    ///
    /// # Errors
    ///
    /// As [`solve_with`](crate::solve_with).
    pub fn act(&mut self) -> Result<Progress, Error> {
        let acted = match std::mem::replace(&mut self.has_started, true) {
            false => self.driver.start(&mut self.integrator)?,
            true => self.driver.act(&mut self.integrator, false)?,
        };
        let is_over = acted.ended || self.integrator.t() == self.end;
        Ok(if is_over { Progress::Finished } else { Progress::Running })
    }

    /// Takes a step, and goes back to the first event in it that acts. That one has not acted yet; the
    /// step can be interpolated up to it.
    ///
    /// # Errors
    ///
    /// As [`solve_with`](crate::solve_with).
    pub fn step(&mut self) -> Result<(), Error> {
        self.integrator.step()?;
        self.driver.step(&mut self.integrator)
    }

    /// The solve itself.
    pub fn integrator(&mut self) -> &mut Integrator<'a, F, A, B> {
        &mut self.integrator
    }

    /// What has happened so far, in order.
    pub fn happened(&self) -> &[Occurrence<B::Item>] {
        self.driver.log()
    }
}
