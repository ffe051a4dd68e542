use super::bundle::Bundle;
use super::events::EventsOf;
use super::member::Members;
use super::setup::Setup;
use super::{Bundled, Member};
use crate::{
    Abreast, Algorithm, OdeProblem, Options, Save, Solution, SolveError, solve, solve_with,
};
use scalar::Lanes;
use std::ops::Range;
use system::{Buffer, Rhs};

/// What became of one member.
pub(super) type Outcome = Result<Solution, SolveError>;

/// An ensemble, seen by an engine.
#[derive(Debug)]
pub struct Job<'a, F, A, B> {
    pub(super) rhs: &'a F,
    pub(super) members: &'a Members<'a, B>,
    pub(super) algorithm: &'a A,
    pub(super) options: &'a Options,
    pub(super) events: &'a EventsOf<'a>,
}

/// How the members of an ensemble are computed: [`OneByOne`] or [`InLanes`].
///
/// Both give the same bits.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot solve an ensemble of `{F}` by `{A}` with states stored in `{B}`",
    note = "lanes need a model written for every number type (`system!`) and an explicit \
            Runge–Kutta or a Rosenbrock method; others are solved by `.one_by_one()`"
)]
pub trait Engine<F, A, B> {
    /// Solves the members of a chunk and hands each outcome over, in any order.
    #[doc(hidden)]
    fn run(&self, job: &Job<'_, F, A, B>, chunk: Range<usize>, done: &mut Done<'_>);
}

/// Takes the outcome of a member by its index.
pub(super) type Done<'a> = dyn FnMut(usize, Outcome) + 'a;

/// One member after the other: for closures, and for methods that lanes do not take.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OneByOne;

/// `W` members side by side in SIMD lanes, each with its own time, step size and error control; a
/// lane that is done takes the next member.
///
/// What lanes cannot do is done one by one instead: options with [`stops`](Options::stops), a
/// [`domain`](Options::domain), a [`norm`](Options::norm) other than root mean square, a
/// [`max_time`](Options::max_time) or a [`monitor`](Options::monitor), and [events](crate::Ensemble::events);
/// and a member that fails is solved once more by itself, to say why.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct InLanes<const W: usize>;

impl<F, A, B> Engine<F, A, B> for OneByOne
where
    F: Rhs<f64> + Clone,
    A: Algorithm<F, B>,
    B: Buffer<Item = f64>,
{
    fn run(&self, job: &Job<'_, F, A, B>, chunk: Range<usize>, done: &mut Done<'_>) {
        for i in chunk {
            done(i, job.alone(i, &job.members.get(i)));
        }
    }
}

impl<F, M, B, const W: usize> Engine<F, M, B> for InLanes<W>
where
    F: Rhs<f64> + Rhs<Lanes<W>> + Clone,
    M: Abreast<F, B, W>,
    B: Bundled,
{
    fn run(&self, job: &Job<'_, F, M, B>, chunk: Range<usize>, done: &mut Done<'_>) {
        match Setup::new::<F, M, B, W>(job) {
            Some(setup) if 0 < W && W <= 64 => {
                Bundle::<F, M, B, W>::new(job, &setup, chunk).run(done)
            }
            _ => OneByOne.run(job, chunk, done),
        }
    }
}

impl<F, A, B> Job<'_, F, A, B>
where
    F: Rhs<f64> + Clone,
    A: Algorithm<F, B>,
    B: Buffer<Item = f64>,
{
    /// Solves member `i` by itself.
    pub(super) fn alone(&self, i: usize, member: &Member<B>) -> Outcome {
        let Member { u0, p, tspan, save_at } = member;
        let problem = OdeProblem::over(self.rhs.clone(), u0.clone(), &p[..], *tspan)
            .map_err(|error| SolveError::new(error, Solution::new(self.rhs.names())))?;
        let saving =
            |times: &Vec<f64>| Options { save: Save::At(times.clone()), ..self.options.clone() };
        let own = save_at.as_ref().map(saving);
        let (method, options) = (self.algorithm.clone(), own.as_ref().unwrap_or(self.options));
        match self.events.get(i) {
            None => solve(&problem, method, options),
            Some(mut events) => solve_with(&problem, method, options, &mut events),
        }
    }
}
