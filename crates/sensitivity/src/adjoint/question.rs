//! What is asked of an adjoint, and how it is answered.

use super::checkpoints::there_and_back;
use super::event_pass::with_events;
use super::events::over;
use super::integrand::Integrand;
use super::jump::JumpAdjoint;
use super::pass::Pass;
use super::reverse::{First, Reverse};
use super::step::StepAdjoint;
use super::step_back::StepBack;
use super::sweep::Sweep;
use super::{EventModel, Memory};
use crate::augmented::{AugmentedRhs, with_integral};
use crate::loss::{integrates, save_times};
use crate::{Error, ErrorKind, Gradient, Loss, Report};
use ad_tape::{Replay, Vjp};
use ode_core::{Algorithm, ExplicitRk, OdeProblem, Options, Save, Stats};
use scalar::{BranchScalar, Concrete, Scalar};
use system::{Buffer, Rhs};

/// A loss of a problem that is to be differentiated.
pub(crate) struct Question<'a, L> {
    loss: &'a L,
    integrates: bool,
    /// That save at the times of the loss, and know of the integral.
    options: Options,
    times: Vec<f64>,
    /// Whether that is the end, wherever it comes to be.
    is_last: bool,
    memory: Memory,
}

/// The loss and its derivatives, in numbers `S`: over duals they carry second derivatives.
pub(crate) struct Answer<S> {
    pub(crate) loss: S,
    pub(crate) u0: Vec<S>,
    pub(crate) p: Vec<S>,
    t0: S,
    t1: S,
    times: Vec<S>,
    stats: Stats,
    report: Report,
}

impl<'a, L: Loss> Question<'a, L> {
    pub(crate) fn new<F, B: Buffer<Item = f64>>(
        problem: &OdeProblem<F, B>,
        options: &Options,
        loss: &'a L,
        memory: Memory,
    ) -> Result<Self, Error> {
        let (t0, t1) = problem.tspan();
        let (u0, p) = (problem.u0().as_ref(), problem.p());
        let integrates = integrates(loss, t0, u0, p);
        let times = save_times(options, t1, integrates)?;
        let is_last = options.save == Save::Last;
        let mut options = Options { save: Save::At(times.clone()), ..options.clone() };
        if integrates {
            options = with_integral(options, u0.len());
        }
        Ok(Self { loss, integrates, options, times, is_last, memory })
    }

    /// Whether there is a running term.
    pub(crate) fn integrates(&self) -> bool {
        self.integrates
    }

    /// The adjoint of the steps of an explicit method.
    fn explicit<S, R, M>(
        &self,
        rhs: R,
        (n, m): (usize, usize),
    ) -> Result<StepAdjoint<'a, S, R, L, M>, Error>
    where
        S: Replay + BranchScalar,
        R: Reverse<S>,
        M: ExplicitRk,
    {
        let integrand = self.integrates.then(|| Integrand::new(self.loss, n, m)).transpose()?;
        Ok(StepAdjoint::new(rhs, integrand, n))
    }

    /// Solves `problem`, which may carry tangents; `keep` leaves what is to be differentiated, by the
    /// products of a right-hand side from an initial state and with parameters of numbers `S`.
    pub(crate) fn answer<G, M, B, S, R>(
        &self,
        problem: &OdeProblem<G, B>,
        method: M,
        keep: fn(B::Item) -> S,
        (rhs, u0, p): (R, &[S], &[S]),
    ) -> Result<Answer<S>, Error>
    where
        G: Rhs<B::Item>,
        M: ExplicitRk,
        B: Buffer,
        B::Item: Concrete,
        S: Replay + BranchScalar,
        R: Reverse<S>,
    {
        let step = self.explicit::<S, R, M>(rhs, (u0.len(), p.len()))?;
        let by = (step, u0, p);
        if !self.integrates {
            return self.there_and_back(problem, method, keep, by);
        }
        let mut u: Vec<B::Item> = problem.u0().as_ref().to_vec();
        u.push(Scalar::zero());
        let rhs = AugmentedRhs { rhs: problem.rhs(), loss: self.loss };
        let augmented = OdeProblem::over(rhs, u, problem.p(), problem.tspan())?;
        self.there_and_back(&augmented, method, keep, by)
    }

    /// The same for any method, of whose steps there is the adjoint; the problem has the integral of the
    /// running term already.
    pub(crate) fn there_and_back<G, M, B, S, X>(
        &self,
        problem: &OdeProblem<G, B>,
        method: M,
        keep: fn(B::Item) -> S,
        (step, u0, p): (X, &[S], &[S]),
    ) -> Result<Answer<S>, Error>
    where
        G: Rhs<B::Item>,
        M: Algorithm<G, B>,
        B: Buffer,
        B::Item: Concrete,
        S: Replay + BranchScalar,
        X: StepBack<S>,
    {
        let Self { loss, ref options, ref times, memory, .. } = *self;
        let n = u0.len();
        let mut pass = Pass::new(problem, method, options, times, (n, keep, X::CARRIES))?;
        if X::ENDS_AT_SAVES {
            pass.end_at_saves()?;
        }
        let mut sweep = Sweep::new(step, (n, p), times, loss)?;
        let (mut t0, mut t1, mut is_end) = (S::zero(), S::zero(), true);
        let kept = there_and_back(&mut pass, memory, n, |block| {
            if let (true, Some(step)) = (is_end, block.steps.last()) {
                t1 = sweep.by_end(step.t_last, &block.last);
            }
            is_end = false;
            sweep.pull_back(block)?;
            if let (true, Some(step)) = (block.is_first, block.steps.first()) {
                t0 = sweep.by_start(step.t_first, u0)?;
            }
            Ok(())
        })?;
        let report = Report {
            algorithm: "discrete adjoint",
            why: "asked for",
            steps: kept.steps,
            bytes: kept.bytes + sweep.bytes(),
            replayed: kept.replayed,
            warnings: sweep.growth().into_iter().collect(),
        };
        let Sweep { value: loss, lambda: u0, p_bar: p, times_bar: times, .. } = sweep;
        Ok(Answer { loss, u0, p, t0, t1, times, stats: kept.stats, report })
    }
}

impl<L: Loss> Question<'_, L> {
    /// The same through events.
    pub(crate) fn answer_with_events<F, G, M, B, E>(
        &self,
        problem: &OdeProblem<G, B>,
        method: M,
        (model, u0, p): (&F, &[f64], &[f64]),
        events: &E,
    ) -> Result<Answer<f64>, Error>
    where
        F: Vjp,
        G: Rhs<B::Item>,
        M: ExplicitRk,
        B: Buffer,
        B::Item: BranchScalar,
        E: EventModel,
    {
        if self.memory != Memory::All {
            return Err(ErrorKind::MemoryOfEvents.into());
        }
        let n = u0.len();
        let mut times = self.times.clone();
        let at = (&mut times, self.is_last);
        let mut list = over::<B::Item>(events, n);
        let (block, stats) = match self.integrates {
            false => with_events(problem, method, &self.options, at, n, &mut list)?,
            true => {
                let mut u: Vec<B::Item> = problem.u0().as_ref().to_vec();
                u.push(Scalar::zero());
                let rhs = AugmentedRhs { rhs: problem.rhs(), loss: self.loss };
                let augmented = OdeProblem::over(rhs, u, problem.p(), problem.tspan())?;
                with_events(&augmented, method, &self.options, at, n, &mut list)?
            }
        };
        let loss = self.loss;
        let step = self.explicit::<f64, _, M>(First(model), (n, p.len()))?;
        let mut sweep = Sweep::new(step, (n, p), &times, loss)?;
        let ended = block.jumps.last().is_some_and(|jump| jump.terminal);
        sweep.follows_end = ended && self.is_last;
        let t1 = match block.steps.last().filter(|_| !ended) {
            Some(step) => sweep.by_end(step.t_last, &block.last),
            None => 0.0,
        };
        let adjoint = JumpAdjoint::new(First(model), loss, events);
        let mut adjoint = adjoint.for_tolerance(self.options.rtol);
        sweep.pull_back_with(&block, &mut |jump, p, by_end, bars| {
            adjoint.pull_back(jump, p, by_end, bars)
        })?;
        let t0 = match block.steps.first() {
            Some(step) => sweep.by_start(step.t_first, u0)?,
            None => 0.0,
        };
        let report = Report {
            algorithm: "discrete adjoint through events",
            why: "asked for",
            steps: block.steps.len(),
            bytes: block.bytes() + sweep.bytes(),
            replayed: 0,
            warnings: sweep.growth().into_iter().collect(),
        };
        let Sweep { value: loss, lambda: u0, p_bar: p, times_bar: times, .. } = sweep;
        Ok(Answer { loss, u0, p, t0, t1, times, stats, report })
    }
}

impl<S: BranchScalar> Answer<S> {
    /// The values, if every one of them is finite.
    pub(crate) fn gradient(self) -> Result<Gradient, Error> {
        let primal = |x: Vec<S>| x.into_iter().map(S::primal).collect();
        let Self { loss, u0, p, t0, t1, times, stats, report } = self;
        let gradient = Gradient {
            loss: loss.primal(),
            u0: primal(u0),
            p: primal(p),
            t0: t0.primal(),
            t1: t1.primal(),
            times: primal(times),
            stats,
            report,
        };
        gradient.checked()
    }
}
