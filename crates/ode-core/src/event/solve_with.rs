use super::Events;
use super::driver::Driver;
use crate::saver::Saver;
use crate::{Algorithm, Error, Integrator, OdeProblem, Options, Solution, SolveError};
use scalar::BranchScalar;
use system::{Buffer, Rhs};

/// Solves a problem with events.
///
/// At an event with an effect the solution has two points of the same time, before and after it;
/// [`Solution::at`] gives the state after it. Under [`Save::At`](crate::Save::At) there is one point
/// for each time, after any event of that time. [`Solution::events`] tells what happened,
/// [`Solution::ended_by`] which event ended the solve: the end by an event is a success.
///
/// The effect of an event starts the method anew: derivative, step size, controller. Roots without an
/// effect leave the steps as they are; a scheduled or periodic time always ends a step.
///
/// Work: as [`solve`](crate::solve), and the interpolant of every step where there are roots. A step
/// without an event allocates nothing.
///
/// # Errors
///
/// As [`solve`](crate::solve); when a condition is NaN, an effect leads to NaN, events accumulate, or
/// a setting makes no sense: the error names the event.
pub fn solve_with<F, A, B>(
    problem: &OdeProblem<F, B>,
    algorithm: A,
    options: &Options,
    events: &mut Events<'_, B::Item>,
) -> Result<Solution<B::Item>, SolveError<B::Item>>
where
    F: Rhs<B::Item>,
    A: Algorithm<F, B>,
    B: Buffer,
    B::Item: BranchScalar,
{
    let mut saver = Saver::new(options, problem.names());
    let start = Integrator::new(problem, algorithm, options).and_then(|integrator| {
        let state = (integrator.u(), integrator.p());
        let driver = Driver::new(events, problem.tspan(), state)?;
        Ok((driver, integrator))
    });
    let (mut driver, mut integrator) = match start {
        Ok(start) => start,
        Err(error) => return Err(SolveError::new(error, saver.nothing())),
    };
    let outcome = run(&mut integrator, &mut driver, &mut saver, problem.tspan().1);
    let mut solution = saver.finish(&integrator);
    solution.log = driver.into_log();
    match outcome {
        Ok(()) => Ok(solution),
        Err(error) => Err(SolveError::new(error, solution)),
    }
}

fn run<F, A, B>(
    integrator: &mut Integrator<'_, F, A, B>,
    driver: &mut Driver<'_, '_, B::Item>,
    saver: &mut Saver<'_, B::Item>,
    end: f64,
) -> Result<(), Error>
where
    F: Rhs<B::Item>,
    A: Algorithm<F, B>,
    B: Buffer,
    B::Item: BranchScalar,
{
    saver.start(integrator.t(), integrator.u());
    let mut acted = driver.start(integrator)?;
    loop {
        if acted.changed {
            saver.jump(integrator.t(), integrator.u());
        }
        if acted.ended || integrator.t() == end {
            return Ok(());
        }
        integrator.step()?;
        driver.step(integrator)?;
        saver.step(integrator)?;
        acted = driver.act(integrator, false)?;
    }
}
