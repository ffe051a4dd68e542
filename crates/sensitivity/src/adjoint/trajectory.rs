//! The pass forward in time: which steps were taken, and the states at the save times.

use crate::Error;
use ode_core::Algorithm;
use ode_core::{Integrator, OdeProblem, Options, Progress, Save, Stats, Taken};
use scalar::{Concrete, Scalar};
use system::{Buffer, Rhs};

/// Everything that the pass backward in time needs.
#[derive(Clone, Debug, Default)]
pub(crate) struct Trajectory {
    pub(crate) n: usize,
    pub(crate) steps: Vec<Taken>,
    /// The state at the start of each step, one after the other.
    pub(crate) starts: Vec<f64>,
    /// For each step, how many save times lie before its end (its end included).
    pub(crate) saved_until: Vec<usize>,
    /// The states at the save times, one after the other.
    pub(crate) saved: Vec<f64>,
    /// Whether the first save time is the start of the span.
    pub(crate) saves_start: bool,
    /// Where the last step ended.
    pub(crate) end: f64,
    pub(crate) stats: Stats,
}

impl Trajectory {
    /// Integrates, and keeps `primal` of every number.
    pub(crate) fn record<F, A, B>(
        problem: &OdeProblem<F, B>,
        algorithm: A,
        options: &Options,
        times: &[f64],
        primal: impl Fn(B::Item) -> f64,
    ) -> Result<Self, Error>
    where
        F: Rhs<B::Item>,
        A: Algorithm<F, B>,
        B: Buffer,
        B::Item: Concrete,
    {
        // The integrator checks the save times with the other options.
        let options = Options { save: Save::At(times.to_vec()), ..options.clone() };
        let mut integrator = Integrator::new(problem, algorithm, &options)?;
        let n = problem.u0().as_ref().len();
        let mut found = Self { n, ..Self::default() };
        let mut u = vec![B::Item::zero(); n];
        let mut pending = times.iter().copied().peekable();
        let keep = |to: &mut Vec<f64>, u: &[B::Item]| to.extend(u.iter().map(|&u| primal(u)));
        if pending.next_if_eq(&integrator.t()).is_some() {
            found.saves_start = true;
            keep(&mut found.saved, integrator.u());
        }
        loop {
            keep(&mut found.starts, integrator.u());
            let progress = integrator.step()?;
            found.steps.push(integrator.last_step());
            while let Some(t) = pending.next_if(|&t| integrator.covers(t)) {
                integrator.interpolate(t, &mut u)?;
                keep(&mut found.saved, &u);
            }
            found.saved_until.push(found.saved.len() / n);
            if progress == Progress::Finished {
                found.end = integrator.t();
                found.stats = integrator.stats();
                return Ok(found);
            }
        }
    }

    pub(crate) fn start(&self, step: usize) -> &[f64] {
        &self.starts[step * self.n..(step + 1) * self.n]
    }

    pub(crate) fn saved(&self, i: usize) -> &[f64] {
        &self.saved[i * self.n..(i + 1) * self.n]
    }
}
