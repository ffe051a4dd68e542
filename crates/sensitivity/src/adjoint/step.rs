//! The adjoint of one explicit Runge–Kutta step.

use super::integrand::Integrand;
use super::reverse::Reverse;
use super::step_back::{Interior, StepBack, axpy};
use crate::{Error, Loss};
use ad_tape::Replay;
use ode_core::{ErkTableau, ExplicitRk, InterpolantWeights, Taken};
use scalar::BranchScalar;
use std::marker::PhantomData;
use system::Failure;

/// Memory for replaying steps and pulling back through them; a step allocates nothing.
///
/// Stages are counted as in [`ode_core::Interpolant`]: those of the tableau, then the derivative at
/// the end where it is not the last of them, then the extra stages of the interpolant.
pub(crate) struct StepAdjoint<'l, S, R: Reverse<S>, L, M> {
    rhs: R,
    /// Its tableau is a constant to the compiler: for small systems that is a tenth of the time.
    method: PhantomData<M>,
    table: InterpolantWeights,
    /// The running term of the loss: its integral is `dt Σ bᵢ g(tᵢ, zᵢ)`, the step of one more state.
    integrand: Option<Integrand<'l, L, S>>,
    n: usize,
    records: Vec<R::Record>,
    k: Vec<S>,
    k_bar: Vec<S>,
    /// `dt bᵢ ∂g/∂u` at the stages, zero where there is none.
    g_bar: Vec<S>,
    /// The states that stages are evaluated at, if these are recorded one by one; else one of them, after
    /// a replay that of the last stage, which nothing asks the value of: it is evaluated when it is
    /// pulled back.
    z: Vec<S>,
    times: Vec<f64>,
    /// The cotangent of such a state.
    z_bar: Vec<S>,
    u_bar: Vec<S>,
}

impl<'l, S, R, L, M> StepAdjoint<'l, S, R, L, M>
where
    S: Replay + BranchScalar,
    R: Reverse<S>,
    L: Loss,
    M: ExplicitRk,
{
    const TABLEAU: &'static ErkTableau = &M::TABLEAU;

    pub(crate) fn new(rhs: R, integrand: Option<Integrand<'l, L, S>>, n: usize) -> Self {
        let stages = Self::TABLEAU.all_stages();
        let zeros = |len: usize| vec![S::zero(); len];
        Self {
            // A model that is recorded is so once.
            records: vec![rhs.record(); if R::BY_STAGE { 1 } else { stages }],
            k: zeros(stages * n),
            k_bar: zeros(stages * n),
            g_bar: zeros(if integrand.is_some() { stages * n } else { 0 }),
            z: zeros(if R::BY_STAGE { stages * n } else { n }),
            times: vec![0.0; stages],
            z_bar: zeros(n),
            u_bar: zeros(n),
            rhs,
            method: PhantomData,
            table: Self::TABLEAU.interpolant_weights(),
            integrand,
            n,
        }
    }

    /// Where the state of a stage stands.
    #[inline(always)]
    fn place(&self, i: usize) -> std::ops::Range<usize> {
        let first = if R::BY_STAGE { i * self.n } else { 0 };
        first..first + self.n
    }

    /// Evaluates the first `used` stages again, recording or keeping each; the last one is not evaluated.
    /// The integral of the running term.
    fn replay(
        &mut self,
        step: &Taken,
        (u, p): (&[S], &[S]),
        (used, weights): (usize, &[f64]),
        p_bar: &mut [S],
    ) -> Result<S, Error> {
        self.g_bar.fill(S::zero());
        let (tableau, next, n) = (Self::TABLEAU, const { M::TABLEAU.next_stage() }, self.n);
        let mut integral = S::zero();
        for i in 0..used {
            let place = self.place(i);
            let (done, rest) = self.k.split_at_mut(i * n);
            let z = &mut self.z[place];
            z.copy_from_slice(u);
            let mut go = |a: f64, j: usize| axpy(step.dt * a, &done[j * n..(j + 1) * n], z);
            let c = if i > next {
                let extra = &tableau.interpolant.extra()[i - next - 1];
                extra.a.iter().enumerate().for_each(|(j, &a)| go(a, j));
                extra.c
            } else if i == tableau.stages() {
                tableau.b.iter().enumerate().for_each(|(j, &b)| go(b, j));
                1.0
            } else {
                (0..i).for_each(|j| go(tableau.a(i, j), j));
                tableau.c(i)
            };
            let t = match i {
                0 => step.t_first,
                _ if c == 1.0 => step.t_last,
                _ => step.t + c * step.dt,
            };
            self.times[i] = t;
            if let (Some(integrand), Some(&b)) = (&mut self.integrand, weights.get(i))
                && b != 0.0
            {
                let (point, g_bar) = ((t, &*z, p), &mut self.g_bar[i * n..(i + 1) * n]);
                integral += integrand.pull_back(point, step.dt * b, g_bar, p_bar)?;
            }
            if i + 1 == used {
                break;
            }
            let k = &mut rest[..n];
            let done = match R::BY_STAGE {
                true => self.rhs.eval(t, z, p, k),
                false => self.rhs.forward(t, z, p, k, &mut self.records[i]),
            };
            done.map_err(|failure| Error::replay(step.t, &failure))?;
        }
        Ok(integral)
    }

    /// `z_bar = (∂f/∂u)ᵀ k_barᵢ` at stage `i`, and what the running term adds there.
    fn pull_back_rhs(
        &mut self,
        i: usize,
        (step, p): (&Taken, &[S]),
        last: usize,
        p_bar: &mut [S],
    ) -> Result<(), Error> {
        let place = self.place(i);
        let k_bar = &self.k_bar[i * self.n..(i + 1) * self.n];
        match self.g_bar.get(i * self.n..(i + 1) * self.n) {
            Some(g_bar) => self.z_bar.copy_from_slice(g_bar),
            None => self.z_bar.fill(S::zero()),
        }
        if k_bar.iter().all(|&bar| bar.largest_part() == 0.0) {
            return Ok(());
        }
        let record = &mut self.records[if R::BY_STAGE { 0 } else { i }];
        if R::BY_STAGE || i == last {
            let bars = (&mut self.z_bar[..], p_bar);
            let point = (self.times[i], &self.z[place], p);
            let done = self.rhs.pull_back(point, k_bar, bars, record);
            return done.map_err(|failure: Failure| Error::replay(step.t, &failure));
        }
        self.rhs.backward(record, k_bar, &mut self.z_bar, p_bar);
        Ok(())
    }

    /// Stage `i` with `z = u + dt Σ aⱼ kⱼ`.
    fn pull_back_stage(
        &mut self,
        i: usize,
        at: (&Taken, &[S]),
        last: usize,
        a: impl Fn(usize) -> f64,
        p_bar: &mut [S],
    ) -> Result<(), Error> {
        self.pull_back_rhs(i, at, last, p_bar)?;
        axpy(1.0, &self.z_bar, &mut self.u_bar);
        for j in 0..i {
            axpy(at.0.dt * a(j), &self.z_bar, &mut self.k_bar[j * self.n..]);
        }
        Ok(())
    }
}

impl<S, R, L, M> StepBack<S> for StepAdjoint<'_, S, R, L, M>
where
    S: Replay + BranchScalar,
    R: Reverse<S>,
    L: Loss,
    M: ExplicitRk,
{
    /// Those of the stages, by which `dt` is multiplied.
    fn weights(&self, theta: f64) -> Vec<f64> {
        (0..self.table.stages()).map(|i| self.table.at(i, theta)).collect()
    }

    fn slope(&mut self, t: f64, u: &[S], p: &[S], du: &mut [S]) -> Result<(), Failure> {
        self.rhs.eval(t, u, p, du)
    }

    fn injected(&self, tell: impl FnMut(&[S])) {
        self.g_bar.chunks_exact(self.n.max(1)).for_each(tell);
    }

    fn pull_back(
        &mut self,
        step: &Taken,
        (u, _, p): (&[S], &[S], &[S]),
        (interior, part): (&[Interior<'_, S>], Option<&[f64]>),
        lambda: &mut [S],
        p_bar: &mut [S],
    ) -> Result<S, Error> {
        let (tableau, stages, next) =
            (Self::TABLEAU, const { M::TABLEAU.stages() }, const { M::TABLEAU.next_stage() });
        // Without save times inside, the derivative at the end and the extra stages play no part.
        let used = if interior.is_empty() { next } else { tableau.all_stages() };
        let integral = self.replay(step, (u, p), (used, part.unwrap_or(tableau.b)), p_bar)?;
        let last = used - 1;

        self.u_bar.fill(S::zero());
        self.k_bar.fill(S::zero());
        // u(t + θ dt) = u + dt Σ bᵢ(θ) kᵢ
        for point in interior {
            axpy(1.0, &point.u_bar, &mut self.u_bar);
            for (i, w) in point.weights.iter().enumerate() {
                axpy(step.dt * w, &point.u_bar, &mut self.k_bar[i * self.n..]);
            }
        }
        for i in (next + 1..used).rev() {
            let a = tableau.interpolant.extra()[i - next - 1].a;
            self.pull_back_stage(i, (step, p), last, |j| a[j], p_bar)?;
        }
        if next == stages && used > next {
            // k_next = f(t + dt, u_next)
            self.pull_back_rhs(next, (step, p), last, p_bar)?;
            axpy(1.0, &self.z_bar, lambda);
        }
        // u_next = u + dt Σ bᵢ kᵢ
        axpy(1.0, lambda, &mut self.u_bar);
        for (i, b) in tableau.b.iter().enumerate() {
            axpy(step.dt * b, lambda, &mut self.k_bar[i * self.n..]);
        }
        for i in (0..stages.min(used)).rev() {
            self.pull_back_stage(i, (step, p), last, |j| tableau.a(i, j), p_bar)?;
        }
        lambda.copy_from_slice(&self.u_bar);
        Ok(integral)
    }
}
