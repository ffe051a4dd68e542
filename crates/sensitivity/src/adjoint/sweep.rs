//! The pass backward in time.

use super::block::{Block, Jump};
use super::growth::Growth;
use super::loss_terms::LossTerms;
use super::step_back::{Interior, StepBack, axpy};
use crate::{Error, Loss, Warning};
use ad_tape::Replay;
use scalar::BranchScalar;
use std::borrow::Cow;

/// Pulls back through an event.
pub(crate) type JumpBack<'f, S> =
    dyn FnMut(&Jump<S>, &[S], S, (&mut [S], &mut [S])) -> Result<(), Error> + 'f;

/// Cotangents on their way backwards through the blocks of a trajectory.
pub(crate) struct Sweep<'a, S, X, L> {
    loss: &'a L,
    times: &'a [f64],
    p: Vec<S>,
    step: X,
    terms: LossTerms<S>,
    f: Vec<S>,
    growth: Growth,
    /// Whether an event has ended the solve, and the only save time with it.
    pub(crate) follows_end: bool,
    /// The loss so far.
    pub(crate) value: S,
    pub(crate) lambda: Vec<S>,
    pub(crate) p_bar: Vec<S>,
    /// Derivatives by the save times.
    pub(crate) times_bar: Vec<S>,
}

impl<'a, S, X, L> Sweep<'a, S, X, L>
where
    S: Replay + BranchScalar,
    X: StepBack<S>,
    L: Loss,
{
    pub(crate) fn new(
        step: X,
        (n, p): (usize, &[S]),
        times: &'a [f64],
        loss: &'a L,
    ) -> Result<Self, Error> {
        let m = p.len();
        let mut sweep = Self {
            loss,
            times,
            p: p.to_vec(),
            step,
            terms: LossTerms::new(n, m),
            f: vec![S::zero(); n],
            growth: Growth::new(n),
            follows_end: false,
            value: S::zero(),
            lambda: vec![S::zero(); n],
            p_bar: vec![S::zero(); m],
            times_bar: vec![S::zero(); times.len()],
        };
        sweep.value = sweep.terms.penalty(loss, p, &mut sweep.p_bar)?;
        Ok(sweep)
    }

    /// Pulls back through a block: the cotangent at its end becomes that at its start.
    pub(crate) fn pull_back(&mut self, block: &Block<S>) -> Result<(), Error> {
        self.pull_back_with(block, &mut |_, _, _, _| Ok(()))
    }

    /// The same through events, for each of which `jump` is called with it, the parameters, the derivative
    /// of the loss by the time of a final state, and the cotangents.
    pub(crate) fn pull_back_with(
        &mut self,
        block: &Block<S>,
        jump: &mut JumpBack<'_, S>,
    ) -> Result<(), Error> {
        let Self { loss, times, p, step: adjoint, terms, f, growth, lambda, p_bar, .. } = self;
        self.value += terms.of(*loss, block, times, p, p_bar)?;
        let terms = &*terms;
        growth.size(&block.last);
        block.saves().for_each(|i| growth.size(block.saved(i)));
        // The derivative by a save time, on the side of the step that it belongs to.
        let mut by_time = |adjoint: &mut X, i: usize, t: f64| {
            let u_bar = terms.u_bar(i);
            let mut sum = terms.t_bar(i);
            if u_bar.iter().any(|bar| bar.largest_part() != 0.0) {
                let done = adjoint.slope(t, block.saved(i), p, f);
                done.map_err(|failure| Error::replay(t, &failure))?;
                sum += S::dot(u_bar, f);
            }
            Ok::<S, Error>(sum)
        };
        let mut jumps = block.jumps.iter().rev().peekable();
        let mut by_end = S::zero();
        for (i, step) in block.steps.iter().enumerate().rev() {
            let end = block.end_of(i);
            let mut cut = Vec::new();
            let mut interior = Vec::new();
            let is_cut = block.cut.get(i).is_some_and(|&cut| cut);
            let theta = |t: f64| (t - step.t) / step.dt;
            for j in block.saves_of(i) {
                let (t, u_bar) = (times[j], terms.u_bar(j));
                growth.inject(u_bar);
                if t == end {
                    axpy(1.0, u_bar, lambda);
                    let seen = if is_cut { t } else { step.t_last };
                    self.times_bar[j] = by_time(adjoint, j, seen)?;
                    if self.follows_end {
                        by_end = terms.t_bar(j);
                        self.times_bar[j] = S::zero();
                    }
                } else {
                    let mut u_bar = Cow::Borrowed(u_bar);
                    if adjoint.settles() {
                        adjoint.settle((t, block.saved(j), p), u_bar.to_mut(), p_bar)?;
                    }
                    interior.push(Interior { weights: adjoint.weights(theta(t)), u_bar });
                    self.times_bar[j] = by_time(adjoint, j, t)?;
                }
            }
            while let Some(event) = jumps.next_if(|jump| jump.steps == i + 1) {
                jump(event, p, by_end, (&mut *lambda, &mut *p_bar))?;
            }
            // An event inside is a point inside, behind which nothing of the step counts.
            let part = is_cut.then(|| adjoint.weights(theta(end)));
            if let Some(weights) = &part {
                cut.extend_from_slice(lambda);
                lambda.fill(S::zero());
                interior.push(Interior { weights: weights.clone(), u_bar: Cow::Borrowed(&cut) });
            }
            let (u, inside) = (block.start(i), (&interior[..], part.as_deref()));
            let start = (u, block.slope(i), &p[..]);
            self.value += adjoint.pull_back(step, start, inside, lambda, p_bar)?;
            // At the start of all, behind a declared stop, behind an event.
            let (is_first, at) = (i == 0 && block.is_first, (step.t_first, u, &p[..]));
            let is_edited = jumps.peek().is_some_and(|jump| jump.steps == i);
            if is_first || is_edited || step.t_first != step.t {
                adjoint.begun(at, lambda, p_bar)?;
                if !is_first {
                    adjoint.settle(at, lambda, p_bar)?;
                }
            }
            adjoint.injected(|g_bar| growth.inject(g_bar));
            growth.look(step.t, lambda);
        }
        if block.saves_start {
            axpy(1.0, terms.u_bar(0), lambda);
            let seen = block.steps.first().map_or(times[0], |step| step.t_first);
            self.times_bar[0] = by_time(adjoint, 0, seen)?;
        }
        if let (true, Some(step)) = (block.is_first && adjoint.settles(), block.steps.first()) {
            adjoint.settle((step.t_first, block.start(0), p), lambda, p_bar)?;
        }
        for event in jumps {
            jump(event, p, by_end, (&mut *lambda, &mut *p_bar))?;
        }
        Ok(())
    }

    /// The warnings about it, and bytes of derivatives of the loss.
    pub(crate) fn growth(&self) -> Option<Warning> {
        self.growth.warning()
    }

    pub(crate) fn bytes(&self) -> usize {
        self.terms.bytes()
    }

    /// `-λᵀ f(t0, u0) - running(t0)`, once all is pulled back.
    pub(crate) fn by_start(&mut self, t_first: f64, u0: &[S]) -> Result<S, Error> {
        let done = self.step.slope(t_first, u0, &self.p, &mut self.f);
        done.map_err(|failure| Error::replay(t_first, &failure))?;
        let running = self.loss.running(S::from_f64(t_first), u0, &self.p);
        Ok(-S::dot(&self.lambda, &self.f) - running)
    }

    /// `running(t1)`.
    pub(crate) fn by_end(&self, t_last: f64, u: &[S]) -> S {
        self.loss.running(S::from_f64(t_last), u, &self.p)
    }
}
