//! The pass forward in time.

use super::block::{Block, Room};
use crate::Error;
use ode_core::{Algorithm, Bookmark, Integrator, OdeProblem, Options, Progress, Stats};
use scalar::{Concrete, Scalar};
use system::{Buffer, Rhs};

/// A solve that writes down its steps, with `keep` of every number of the states.
pub(crate) struct Pass<'a, F, A: Algorithm<F, B>, B: Buffer, S> {
    integrator: Integrator<'a, F, A, B>,
    times: &'a [f64],
    t0: f64,
    keep: fn(B::Item) -> S,
    /// How many numbers of the state are kept: all but the integral of a running loss.
    n: usize,
    /// Whether the derivatives that steps start with are kept.
    carries: bool,
    /// The next save time.
    next: usize,
    scratch: Vec<B::Item>,
}

/// A place between two steps to go back to.
#[derive(Clone, Debug)]
pub(crate) struct Mark<T> {
    place: Bookmark<T>,
    next: usize,
}

impl<T> Mark<T> {
    /// Bytes behind this value.
    pub(crate) fn bytes(&self) -> usize {
        self.place.bytes() - size_of::<Bookmark<T>>()
    }
}

impl<'a, F: Rhs<B::Item>, A: Algorithm<F, B>, B: Buffer, S: Copy> Pass<'a, F, A, B, S>
where
    B::Item: Concrete,
{
    /// Options that save at `times` come in, so that the integrator checks these with the others.
    pub(crate) fn new(
        problem: &'a OdeProblem<F, B>,
        algorithm: A,
        options: &'a Options,
        times: &'a [f64],
        (n, keep, carries): (usize, fn(B::Item) -> S, bool),
    ) -> Result<Self, Error> {
        let integrator = Integrator::new(problem, algorithm, options)?;
        let scratch = vec![B::Item::zero(); integrator.u().len()];
        let t0 = integrator.t();
        Ok(Self { integrator, times, t0, keep, n, carries, next: 0, scratch })
    }

    /// Makes steps end at the save times.
    pub(crate) fn end_at_saves(&mut self) -> Result<(), Error> {
        Ok(self.times.iter().try_for_each(|&t| self.integrator.add_stop(t))?)
    }

    pub(crate) fn block(&self) -> Block<S> {
        Block::new(self.n)
    }

    /// Whether a derivative is kept for each step, beside the state.
    pub(crate) fn carries(&self) -> bool {
        self.carries
    }

    pub(crate) fn num_saves(&self) -> usize {
        self.times.len()
    }

    /// Steps until the end or until the block is full, which depends on the steps only. Says whether
    /// it is the end.
    pub(crate) fn fill(&mut self, block: &mut Block<S>, room: &Room) -> Result<bool, Error> {
        let Self { integrator, times, t0, keep, n, carries, next, scratch } = self;
        let keep = |to: &mut Vec<S>, u: &[B::Item]| to.extend(u[..*n].iter().map(|&u| keep(u)));
        block.clear(*next, integrator.t() == *t0);
        if *next == 0 && times.first() == Some(&integrator.t()) {
            room.grow_saved(block);
            block.saves_start = true;
            keep(&mut block.saved, integrator.u());
            *next = 1;
        }
        loop {
            room.grow_steps(block);
            let progress = integrator.step()?;
            let step = integrator.last_step();
            // Behind a declared stop the state may have been moved onto algebraic equations.
            keep(&mut block.starts, integrator.u_before());
            block.steps.push(step);
            if *carries {
                integrator.interpolate_derivative(step.t, scratch)?;
                room.grow_slopes(block);
                keep(&mut block.slopes, scratch);
            }
            while let Some(&t) = times.get(*next).filter(|&&t| integrator.covers(t)) {
                integrator.state_at(t, scratch)?;
                room.grow_saved(block);
                keep(&mut block.saved, scratch);
                *next += 1;
            }
            block.saved_until.push(*next);
            room.check(block)?;
            let finished = progress == Progress::Finished;
            if finished || room.is_full(block) {
                block.end = integrator.t();
                block.last.clear();
                keep(&mut block.last, integrator.u());
                return Ok(finished);
            }
        }
    }

    pub(crate) fn mark(&self) -> Mark<B::Item> {
        Mark { place: self.integrator.bookmark(), next: self.next }
    }

    pub(crate) fn go_back(&mut self, mark: &Mark<B::Item>) -> Result<(), Error> {
        self.next = mark.next;
        Ok(self.integrator.go_back(&mark.place)?)
    }

    pub(crate) fn stats(&self) -> Stats {
        self.integrator.stats()
    }
}
