//! The pass forward in time.

use super::block::Block;
use crate::Error;
use ode_core::{Algorithm, Integrator, OdeProblem, Options, Progress, Stats};
use scalar::{Concrete, Scalar};
use system::{Buffer, Rhs};

/// A solve that writes down its steps, with `keep` of every number of the states.
pub(crate) struct Pass<'a, F, A: Algorithm<F, B>, B: Buffer, S> {
    integrator: Integrator<'a, F, A, B>,
    times: &'a [f64],
    keep: fn(B::Item) -> S,
    /// How many numbers of the state are kept: all but the integral of a running loss.
    n: usize,
    /// The next save time.
    next: usize,
    scratch: Vec<B::Item>,
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
        (n, keep): (usize, fn(B::Item) -> S),
    ) -> Result<Self, Error> {
        let integrator = Integrator::new(problem, algorithm, options)?;
        let scratch = vec![B::Item::zero(); integrator.u().len()];
        Ok(Self { integrator, times, keep, n, next: 0, scratch })
    }

    /// Steps to the end.
    pub(crate) fn run(&mut self) -> Result<Block<S>, Error> {
        let Self { integrator, times, keep, n, next, scratch } = self;
        let mut block = Block::new(*n);
        let keep = |to: &mut Vec<S>, u: &[B::Item]| to.extend(u[..*n].iter().map(|&u| keep(u)));
        if times.first() == Some(&integrator.t()) {
            block.saves_start = true;
            keep(&mut block.saved, integrator.u());
            *next = 1;
        }
        loop {
            keep(&mut block.starts, integrator.u());
            let progress = integrator.step()?;
            block.steps.push(integrator.last_step());
            while let Some(&t) = times.get(*next).filter(|&&t| integrator.covers(t)) {
                integrator.interpolate(t, scratch)?;
                keep(&mut block.saved, scratch);
                *next += 1;
            }
            block.saved_until.push(*next);
            if progress == Progress::Finished {
                block.end = integrator.t();
                keep(&mut block.last, integrator.u());
                return Ok(block);
            }
        }
    }

    pub(crate) fn stats(&self) -> Stats {
        self.integrator.stats()
    }
}
