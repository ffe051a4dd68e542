use crate::saver::Saver;
use crate::{Algorithm, Error, ErrorKind, Integrator, OdeProblem, Options, Progress, Solution};
use scalar::Concrete;
use std::fmt;
use system::{Buffer, Rhs};

/// Solves a problem from start to end.
///
/// Work: one evaluation of the right-hand side per stage and step. Memory: what `options.save`
/// asks for, plus a constant.
///
/// # Errors
///
/// When an option makes no sense, or the integration cannot go on: the error then carries the
/// solution up to there.
pub fn solve<F, A, B>(
    problem: &OdeProblem<F, B>,
    algorithm: A,
    options: &Options,
) -> Result<Solution<B::Item>, SolveError<B::Item>>
where
    F: Rhs<B::Item>,
    A: Algorithm<F, B>,
    B: Buffer,
    B::Item: Concrete,
{
    let mut saver = Saver::new(options, problem.names());
    let mut integrator = match Integrator::new(problem, algorithm, options) {
        Ok(integrator) => integrator,
        Err(error) => return Err(SolveError::new(error, saver.nothing())),
    };
    saver.start(integrator.t(), integrator.u());
    let outcome = loop {
        match integrator.step() {
            Ok(progress) => match saver.step(&mut integrator) {
                Ok(()) if progress == Progress::Finished => break Ok(()),
                Ok(()) => {}
                Err(error) => break Err(error),
            },
            Err(error) => break Err(error),
        }
    };
    let solution = saver.finish(&integrator);
    match outcome {
        Ok(()) => Ok(solution),
        Err(error) => Err(SolveError::new(error, solution)),
    }
}

/// A solve that failed, with the part of the solution before the failure.
///
/// ```
/// # system::system! { struct Blowup; state { u } params {} rhs(_t) { d(u) = u * u; } }
/// use ode_core::{ErrorKind, OdeProblem, Options, Tsit5, solve};
///
/// // u' = u², u(0) = 1 is 1 / (1 - t): it never reaches t = 2.
/// let problem = OdeProblem::new(Blowup, [1.0], [], (0.0, 2.0))?;
/// let error = solve(&problem, Tsit5, &Options::default()).unwrap_err();
/// assert!(matches!(error.kind(), ErrorKind::StepTooSmall { t, .. } if (t - 1.0).abs() < 1e-3));
/// assert!((error.partial().at(0.5)?[0] - 2.0).abs() < 1e-5);
/// # Ok::<(), ode_core::Error>(())
/// ```
#[derive(Clone)]
pub struct SolveError<S = f64>(Box<(Error, Solution<S>)>);

impl<S> SolveError<S> {
    pub(crate) fn new(error: Error, partial: Solution<S>) -> Self {
        Self(Box::new((error, partial)))
    }

    /// What went wrong.
    pub fn error(&self) -> &Error {
        &self.0.0
    }

    /// The specific kind.
    pub fn kind(&self) -> &ErrorKind {
        self.error().kind()
    }

    /// The solution up to the failure.
    pub fn partial(&self) -> &Solution<S> {
        &self.0.1
    }
}

impl<S> From<SolveError<S>> for Error {
    fn from(error: SolveError<S>) -> Self {
        error.0.0
    }
}

impl<S> fmt::Display for SolveError<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error().fmt(f)
    }
}

/// The partial solution is shortened.
impl<S: fmt::Debug> fmt::Debug for SolveError<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (error, partial) = &*self.0;
        f.debug_struct("SolveError").field("error", error).field("partial", partial).finish()
    }
}

impl<S: fmt::Debug> std::error::Error for SolveError<S> {}
