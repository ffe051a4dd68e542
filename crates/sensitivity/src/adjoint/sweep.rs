//! The pass backward in time.

use super::block::{Block, Jump};
use super::growth::Growth;
use super::integrand::Integrand;
use super::loss_terms::LossTerms;
use super::reverse::Reverse;
use super::step::{Interior, StepAdjoint, axpy};
use crate::{Error, Loss, Warning};
use ad_tape::Replay;
use ode_core::{ExplicitRk, InterpolantWeights};
use scalar::BranchScalar;

/// Pulls back through an event.
pub(crate) type JumpBack<'f, S> =
    dyn FnMut(&Jump<S>, &[S], S, (&mut [S], &mut [S])) -> Result<(), Error> + 'f;

/// Cotangents on their way backwards through the blocks of a trajectory.
pub(crate) struct Sweep<'a, S, R: Reverse<S>, L, M> {
    loss: &'a L,
    times: &'a [f64],
    p: Vec<S>,
    step: StepAdjoint<'a, S, R, L, M>,
    table: InterpolantWeights,
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

impl<'a, S, R, L, M> Sweep<'a, S, R, L, M>
where
    S: Replay + BranchScalar,
    R: Reverse<S>,
    L: Loss,
    M: ExplicitRk,
{
    pub(crate) fn new(
        rhs: R,
        (n, p): (usize, &[S]),
        times: &'a [f64],
        loss: &'a L,
        integrates: bool,
    ) -> Result<Self, Error> {
        let m = p.len();
        let integrand = integrates.then(|| Integrand::new(loss, n, m)).transpose()?;
        let mut sweep = Self {
            loss,
            times,
            p: p.to_vec(),
            step: StepAdjoint::new(rhs, integrand, n),
            table: M::TABLEAU.interpolant_weights(),
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
        let mut by_time = |adjoint: &StepAdjoint<'_, S, R, L, M>, i: usize, t: f64| {
            let u_bar = terms.u_bar(i);
            let mut sum = terms.t_bar(i);
            if u_bar.iter().any(|bar| bar.largest_part() != 0.0) {
                let done = adjoint.rhs().eval(t, block.saved(i), p, f);
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
            let weights = |t: f64| -> Vec<f64> {
                let theta = (t - step.t) / step.dt;
                (0..self.table.stages()).map(|i| self.table.at(i, theta)).collect()
            };
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
                    interior.push(Interior { weights: weights(t), u_bar });
                    self.times_bar[j] = by_time(adjoint, j, t)?;
                }
            }
            while let Some(event) = jumps.next_if(|jump| jump.steps == i + 1) {
                jump(event, p, by_end, (&mut *lambda, &mut *p_bar))?;
            }
            // An event inside is a point inside, behind which nothing of the step counts.
            let part = is_cut.then(|| weights(end));
            if let Some(weights) = &part {
                cut.extend_from_slice(lambda);
                lambda.fill(S::zero());
                interior.push(Interior { weights: weights.clone(), u_bar: &cut });
            }
            let (point, inside) = ((block.start(i), &p[..]), (&interior[..], part.as_deref()));
            self.value += adjoint.pull_back(step, point, inside, lambda, p_bar)?;
            adjoint.injected().for_each(|g_bar| growth.inject(g_bar));
            growth.look(step.t, lambda);
        }
        if block.saves_start {
            axpy(1.0, terms.u_bar(0), lambda);
            let seen = block.steps.first().map_or(times[0], |step| step.t_first);
            self.times_bar[0] = by_time(adjoint, 0, seen)?;
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
        let done = self.step.rhs().eval(t_first, u0, &self.p, &mut self.f);
        done.map_err(|failure| Error::replay(t_first, &failure))?;
        let running = self.loss.running(S::from_f64(t_first), u0, &self.p);
        Ok(-S::dot(&self.lambda, &self.f) - running)
    }

    /// `running(t1)`.
    pub(crate) fn by_end(&self, t_last: f64, u: &[S]) -> S {
        self.loss.running(S::from_f64(t_last), u, &self.p)
    }
}
