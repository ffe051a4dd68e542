//! The passes that all continuous adjoints share: a solve forward, and one of the adjoint equation backward.

use super::asked::Asked;
use super::equation::{AdjointEquation, Carries};
use super::impulse::one_step;
use super::path::Solve;
use super::tolerances::Tolerances;
use crate::adjoint::{Block, Growth, LossTerms};
use crate::forward::seen;
use crate::mass::times_transposed;
use crate::{Error, Gradient, Loss, Report, Warning};
use ode_core::{Algorithm, Dense, Integrator, OdeProblem, Options, Progress, Taken};
use ode_stiff::make_consistent;
use scalar::Scalar;
use system::{Rhs, System};

/// How the adjoint equation is solved.
pub(super) struct Plan {
    pub(super) algorithm: &'static str,
    pub(super) carries: Carries,
    /// Parts of the path, of which one is in memory at a time; 0 where none is kept.
    pub(super) segments: usize,
    pub(super) rtol: Option<f64>,
    pub(super) atol: Option<f64>,
}

/// A step of `λ` that was taken.
pub(super) struct Stepped<'s, 'a, F, L> {
    pub(super) equation: &'s AdjointEquation<'a, F, L>,
    pub(super) step: Taken,
    pub(super) dense: &'s Dense<f64>,
    pub(super) p: &'s [f64],
}

/// What single algorithms add to the passes.
pub(super) trait Listen<F: System, L: Loss> {
    /// Whether steps are to be told: the interpolant of a step may cost evaluations.
    const LISTENS: bool = false;

    /// The pass backward begins, after so many steps forward by a method of this order; a limit of its steps.
    fn begin(&mut self, _order: u32, _steps: usize) -> Option<usize> {
        None
    }

    /// The absolute tolerances of the gradient by the parameters.
    fn tolerate(&mut self, _p_bar: Vec<f64>) {}

    fn step(&mut self, _stepped: Stepped<'_, '_, F, L>) -> Result<(), Error> {
        Ok(())
    }

    /// The state that is carried, beside that of the pass forward.
    fn compare(&mut self, _t: f64, _carried: &mut [f64], _u: &[f64]) -> Result<(), Error> {
        Ok(())
    }

    /// The solve of the adjoint equation failed.
    fn failed(&self, _t: f64, why: ode_core::Error) -> Error {
        why.into()
    }

    /// What it adds to the gradient by the parameters, once all steps are taken.
    fn finish(
        &mut self,
        _equation: &AdjointEquation<'_, F, L>,
        _p: &[f64],
        _p_bar: &mut [f64],
    ) -> Result<Option<Warning>, Error> {
        Ok(None)
    }

    /// Bytes that it holds on to.
    fn bytes(&self) -> usize {
        0
    }
}

/// Solves `problem`, the model with the integral of the running term, and the adjoint equation back.
pub(super) fn there_and_back<F, L, G, A, X>(
    plan: &Plan,
    asked: &Asked<'_, F, L>,
    problem: &OdeProblem<G, Vec<f64>>,
    algorithm: A,
    options: &Options,
    listener: &mut X,
) -> Result<Gradient, Error>
where
    F: System,
    L: Loss,
    G: Rhs<f64>,
    X: Listen<F, L>,
    A: Algorithm<G, Vec<f64>> + for<'a> Algorithm<AdjointEquation<'a, F, L>, Vec<f64>>,
{
    let Asked { rhs, loss, mass, u0, p, integral, times, .. } = asked;
    let (rhs, loss, mass, u0, p, integral) = (*rhs, *loss, *mass, &u0[..], *p, *integral);
    let (start, end) = asked.span;
    let (n, m) = (u0.len(), p.len());

    // Forward.
    let onward = asked.onward(options);
    let solve = Solve { problem, algorithm: algorithm.clone(), options: &onward, times, n };
    let (mut forward, path) = solve.run(plan.segments)?;
    let stats = forward.stats;

    // The loss, and its derivatives at the save times.
    let (mut terms, mut p_bar) = (LossTerms::new(n, m), vec![0.0; m]);
    let block = Block { saved: std::mem::take(&mut forward.saved), ..Block::new(n) };
    let mut value = terms.penalty(loss, p, &mut p_bar)? + forward.integral;
    value += terms.of(loss, &block, times, p, &mut p_bar)?;
    let jumps = asked.jumps(&terms, &block, options, &mut p_bar)?;
    let side = start - end;
    let by_end = match integral {
        true => loss.running(seen(end, side, &options.stops), &forward.last, p),
        false => 0.0,
    };

    // Backward.
    let mut growth = Growth::new(n);
    let states = [u0, &forward.last[..]].into_iter().chain(block.saves().map(|i| block.saved(i)));
    states.for_each(|u| growth.size(u));
    let injected = block.saves().map(|i| terms.u_bar(i));
    let tolerances = Tolerances::new(growth.sizes(), injected, forward.integral, p);
    listener.tolerate(tolerances.parameters(plan, options));
    let mut backward = tolerances.with_mass(mass).options(plan, options, u0.len());
    backward.stops.extend(times.iter().copied().chain(forward.borders()));
    if let Some(most) = listener.begin(solve.order(), stats.accepted) {
        backward.max_steps = backward.max_steps.min(most);
    }
    let mut pending = times.len();
    let mut y = vec![0.0; n];
    let inject = |pending: &mut usize, t: f64, y: &mut [f64], growth: &mut Growth| {
        while *pending > 0 && times[*pending - 1] == t {
            *pending -= 1;
            growth.inject(terms.u_bar(*pending));
            y.iter_mut().zip(jumps.of(*pending, &terms)).for_each(|(y, jump)| *y += jump);
        }
    };
    inject(&mut pending, end, &mut y, &mut growth);
    if plan.carries != Carries::Nothing {
        y.resize(n + m, 0.0);
    }
    if plan.carries == Carries::ParametersAndState {
        y.extend_from_slice(&forward.last);
    }
    let equation = AdjointEquation::new((rhs, loss), plan.carries, path, integral)?;
    let equation = equation.with_mass(mass)?;
    // What the running term asks of algebraic equations; and jumps satisfy them at the state that was saved, which between
    // steps is not quite that of the interpolant.
    let settle = |equation: &AdjointEquation<'_, F, L>, t: f64, y: &mut [f64], p: &[f64]| {
        make_consistent(equation, seen(t, side, &backward.stops), y, p, &one_step())
    };
    if mass.is_some() {
        settle(&equation, end, &mut y, p)?;
    }
    let reverse = OdeProblem::new(equation, y, p, (end, start))?;
    let mut integrator = Integrator::new(&reverse, algorithm, &backward)?;
    let mut by_state = vec![0.0; n];
    let mut progress = Progress::Running;
    while progress != Progress::Finished {
        progress = match integrator.step() {
            Ok(progress) => progress,
            Err(why) => return Err(listener.failed(integrator.t(), why)),
        };
        let t = integrator.t();
        times_transposed(mass, &integrator.u()[..n], &mut by_state);
        growth.look(t, &by_state);
        if X::LISTENS {
            let step = integrator.last_step();
            let (equation, dense) = (reverse.rhs(), integrator.dense()?);
            listener.step(Stepped { equation, step, dense, p })?;
        }
        if forward.border() == Some(t) {
            reverse.rhs().with_path(|path| solve.load_previous(&mut forward, path))?;
        }
        if progress != Progress::Finished && pending > 0 && times[pending - 1] == t {
            // What is added does not make the equation harder.
            let size = integrator.proposed_size();
            let y = integrator.u_mut();
            if plan.carries == Carries::ParametersAndState {
                listener.compare(t, &mut y[n + m..], block.saved(pending - 1))?;
            }
            inject(&mut pending, t, &mut y[..n], &mut growth);
            if mass.is_some() {
                settle(reverse.rhs(), t, y, p)?;
            }
            if let Some(size) = size {
                integrator.propose_size(size)?;
            }
        }
    }
    let mut y = integrator.u().to_vec();
    if plan.carries == Carries::ParametersAndState {
        listener.compare(start, &mut y[n + m..], u0)?;
    }
    if plan.carries != Carries::Nothing {
        p_bar.iter_mut().zip(&y[n..n + m]).for_each(|(p_bar, mu)| *p_bar += mu);
    }
    y.truncate(n);
    inject(&mut pending, start, &mut y, &mut growth);
    let warning = listener.finish(reverse.rhs(), p, &mut p_bar)?;

    let (mut f, seen) = (vec![0.0; n], seen(start, end - start, &options.stops));
    rhs.rhs(seen, u0, p, &mut f);
    let running = if integral { loss.running(seen, u0, p) } else { 0.0 };
    let report = Report {
        algorithm: plan.algorithm,
        why: "asked for",
        steps: stats.accepted,
        bytes: forward.bytes + terms.bytes() + jumps.bytes() + listener.bytes(),
        replayed: forward.replayed,
        warnings: warning.into_iter().chain(growth.warning()).collect(),
    };
    let t0 = -f64::dot(&y, &f) - running;
    times_transposed(mass, &y, &mut by_state);
    let (u0, times) = (by_state, jumps.by_times);
    Gradient { loss: value, u0, p: p_bar, t0, t1: by_end, times, stats, report }.checked()
}
