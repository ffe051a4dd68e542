//! The pass forward in time through events.

use super::block::{Block, Jump};
use crate::Error;
use ode_core::{Algorithm, EventIntegrator, Events, OdeProblem, Options, Progress, Stats};
use scalar::{BranchScalar, Scalar};
use system::{Buffer, Rhs};

/// Solves to the end, or to the event that ends it: then a save time of `Save::Last` moves there.
pub(crate) fn with_events<F, A, B>(
    problem: &OdeProblem<F, B>,
    algorithm: A,
    options: &Options,
    (times, follows_end): (&mut Vec<f64>, bool),
    n: usize,
    events: &mut Events<'_, B::Item>,
) -> Result<(Block<f64>, Stats), Error>
where
    F: Rhs<B::Item>,
    A: Algorithm<F, B>,
    B: Buffer,
    B::Item: BranchScalar,
{
    let keep = |to: &mut Vec<f64>, u: &[B::Item]| to.extend(u[..n].iter().map(|u| u.primal()));
    let mut block = Block::new(n);
    let mut solve = EventIntegrator::new(problem, algorithm, options, events)?;
    let mut scratch = vec![B::Item::zero(); solve.integrator().u().len()];
    let (mut next, mut seen) = (0, 0);
    let mut progress = solve.act()?;
    loop {
        for event in &solve.happened()[seen..] {
            let (mut before, mut after) = (Vec::new(), Vec::new());
            keep(&mut before, &event.before);
            keep(&mut after, &event.after);
            let (event, t, terminal) = (event.index, event.t, event.terminal);
            let steps = block.steps.len();
            let since = block.steps.last().map(|step| (step.t, block.start(steps - 1).to_vec()));
            block.jumps.push(Jump { steps, event, t, since, before, after, terminal });
        }
        seen = solve.happened().len();
        let ended = block.jumps.last().is_some_and(|jump| jump.terminal);
        let integrator = solve.integrator();
        let t = integrator.t();
        if ended && follows_end {
            times[0] = t;
        }
        // After the events of that time.
        if times.get(next) == Some(&t) {
            keep(&mut block.saved, integrator.u());
            next += 1;
            block.saves_start = block.steps.is_empty();
        }
        if !block.steps.is_empty() {
            block.saved_until.push(next);
        }
        if progress == Progress::Finished {
            block.end = t;
            keep(&mut block.last, integrator.u());
            return Ok((block, integrator.stats()));
        }
        keep(&mut block.starts, integrator.u());
        solve.step()?;
        let integrator = solve.integrator();
        let (end, step) = (integrator.t(), integrator.last_step());
        while let Some(&t) = times.get(next).filter(|&&t| t != end && integrator.covers(t)) {
            integrator.interpolate(t, &mut scratch)?;
            keep(&mut block.saved, &scratch);
            next += 1;
        }
        block.steps.push(step);
        block.cut.push(end - step.t != step.dt);
        progress = solve.act()?;
    }
}
