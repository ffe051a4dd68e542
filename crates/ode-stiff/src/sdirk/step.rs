//! One step of an ESDIRK method.

use super::Esdirk;
use super::memory;
use super::newton::{Newton, Places};
use super::weights::{Weights, scale, step_from};
use crate::Krylov;
use crate::initialization::{self, Constraints};
use crate::iteration_matrix::Trouble;
use linalg::Field;
use ode_core::{Dense, Error, ErrorNorm, Interval, Refusal, Stats, Step};
use scalar::{Concrete, Scalar};
use system::{Buffer, Failure, Jacobian};

/// Stages and factors of an ESDIRK method.
#[derive(Debug)]
pub struct EsdirkCache<B: Buffer<Item: Field>, W> {
    newton: Newton<B, W>,
    /// The derivatives `kᵢ`; the first belongs to the start of the step.
    stages: Vec<B>,
    /// `u + dt Σ aᵢⱼ kⱼ`, and what is added to it.
    base: B,
    z: B,
    /// The end of the step.
    end: B,
    /// With a mass matrix: what it leaves algebraic, and `f = M k` at both ends of the step.
    massive: Option<Box<Massive<B, W>>>,
}

#[derive(Debug)]
struct Massive<B: Buffer<Item: Field>, W> {
    constraints: Constraints<B::Item, W>,
    f: B,
    f_next: B,
}

impl<B, W> EsdirkCache<B, W>
where
    B: Buffer<Item: Concrete + Field>,
{
    pub(super) fn new<M: Esdirk, F: Jacobian<B::Item, Work = W>>(
        method: &M,
        rhs: &F,
        u: &B,
    ) -> Self {
        Self::with(method, rhs, u, None)
    }

    pub(super) fn with<M: Esdirk, F: Jacobian<B::Item, Work = W>>(
        _: &M,
        rhs: &F,
        u: &B,
        krylov: Option<&Krylov<B::Item>>,
    ) -> Self {
        let massive = |constraints| Massive { constraints, f: u.zeros(), f_next: u.zeros() };
        Self {
            newton: Newton::new(rhs, u, krylov),
            stages: vec![u.zeros(); const { M::TABLEAU.stages() }],
            base: u.zeros(),
            z: u.zeros(),
            end: u.zeros(),
            massive: Constraints::new(rhs).map(massive).map(Box::new),
        }
    }

    pub(super) fn begin<F: Jacobian<B::Item, Work = W>>(
        &mut self,
        rhs: &F,
        t: f64,
        u: &B,
        p: &[B::Item],
    ) -> Result<(), Failure> {
        self.newton.restart();
        self.newton.evaluations += 1;
        let first = self.stages[0].as_mut();
        rhs.eval(B::Item::from_f64(t), u.as_ref(), p, first)?;
        let Some(massive) = &mut self.massive else { return Ok(()) };
        massive.f.as_mut().copy_from_slice(first);
        // What is not finite, the integrator reports.
        if first.iter().any(|f| !f.is_finite()) {
            return Ok(());
        }
        initialization::slope(&mut massive.constraints, rhs, (t, u.as_ref(), p), first)
    }

    pub(super) fn admit<F: Jacobian<B::Item, Work = W>>(
        &mut self,
        rhs: &F,
        at: (f64, &[B::Item], &[B::Item]),
        norm: &mut ErrorNorm<'_>,
    ) -> Result<(), Error> {
        let Some(massive) = &mut self.massive else { return Ok(()) };
        // The slope was found at this state.
        let Massive { constraints, f, .. } = &mut **massive;
        initialization::admit(constraints, rhs, at, f.as_ref(), norm)
    }

    pub(super) fn settle<F: Jacobian<B::Item, Work = W>>(
        &mut self,
        rhs: &F,
        at: (f64, &mut [B::Item], &[B::Item]),
        norm: &mut ErrorNorm<'_>,
    ) -> Result<bool, Error> {
        let constraints = self.massive.as_mut().map(|massive| &mut massive.constraints);
        initialization::settle(constraints, rhs, at, norm)
    }

    pub(super) fn slope<F: Jacobian<B::Item, Work = W>>(
        &mut self,
        rhs: &F,
        at: (B::Item, &[B::Item], &[B::Item]),
        du: &mut [B::Item],
    ) -> Result<(), Failure> {
        let constraints = self.massive.as_mut().map(|massive| &mut massive.constraints);
        initialization::slope_at(constraints, rhs, at, du)
    }

    pub(super) fn derivative(&self) -> &[B::Item] {
        match &self.massive {
            None => self.stages[0].as_ref(),
            Some(massive) => massive.f.as_ref(),
        }
    }

    #[inline]
    pub(super) fn attempt<M: Esdirk, F: Jacobian<B::Item, Work = W>>(
        &mut self,
        _: &M,
        rhs: &F,
        step: &mut Step<'_, B>,
        norm: &mut ErrorNorm<'_>,
    ) -> Result<(), Failure> {
        let Self { newton, stages, base, z, .. } = self;
        let at = (step.t_first, step.u.as_ref(), step.p);
        let h = const { M::TABLEAU.gamma } * step.dt;
        newton.attempt(rhs, at, h, |newton| {
            take::<M, F, B, W>(rhs, step, norm, newton, stages, base, z)
        })
    }

    pub(super) fn accept<M, F: Jacobian<B::Item, Work = W>>(
        &mut self,
        _: &M,
        rhs: &F,
        step: &Step<'_, B>,
    ) -> Result<(), Failure> {
        self.end.as_mut().copy_from_slice(step.u_next.as_ref());
        if let (Some(massive), Some(mass), Some(last)) =
            (&mut self.massive, rhs.mass(), self.stages.last())
        {
            mass.times(last.as_ref(), massive.f_next.as_mut());
        }
        Ok(())
    }

    pub(super) fn dense<M: Esdirk>(
        &self,
        _: &M,
        interval: &Interval<'_, B>,
        dense: &mut Dense<B::Item>,
    ) {
        let last = const { M::TABLEAU.stages() - 1 };
        let (t, dt) = (interval.step.t, interval.step.dt);
        let (u, end) = (interval.u.as_ref(), self.end.as_ref());
        let (f0, f1) = (self.stages[0].as_ref(), self.stages[last].as_ref());
        if const { M::TABLEAU.dense.is_empty() } {
            return dense.hermite(t, dt, [u, end], [f0, f1]);
        }
        let n = u.len();
        let out = dense.reset(t, dt, n, 4);
        for i in 0..n {
            let rise = end[i] - u[i];
            let (d0, d1) = (f0[i].scale(dt), f1[i].scale(dt));
            out[i] = u[i];
            out[n + i] = rise;
            out[2 * n + i] = d0 - rise;
            out[3 * n + i] = rise.scale(2.0) - d0 - d1;
        }
        let own = &mut out[4 * n..];
        const { Weights::of(M::TABLEAU.dense) }.sum(own, &self.stages);
        scale(own, dt);
    }

    pub(super) fn advance(&mut self) {
        let last = self.stages.len() - 1;
        self.stages.swap(0, last);
        self.newton.advance();
        if let Some(massive) = &mut self.massive {
            let Massive { f, f_next, .. } = &mut **massive;
            std::mem::swap(f, f_next);
        }
    }

    /// The derivative at the end of the step comes from its last stage, and cannot be evaluated anew.
    pub(super) fn memory(&self, advanced: bool) -> Vec<B::Item> {
        let mut out = Vec::new();
        self.newton.write_memory(&mut out, advanced);
        let at = if advanced { 0 } else { self.stages.len() - 1 };
        out.extend_from_slice(self.stages[at].as_ref());
        if let Some(massive) = &self.massive {
            let Massive { f, f_next, .. } = &**massive;
            out.extend_from_slice(if advanced { f } else { f_next }.as_ref());
        }
        out
    }

    pub(super) fn restore(&mut self, mut memory: &[B::Item]) {
        self.newton.read_memory(&mut memory);
        memory::read_into(&mut memory, self.stages[0].as_mut());
        if let Some(massive) = &mut self.massive {
            memory::read_into(&mut memory, massive.f.as_mut());
        }
    }

    pub(super) fn refusal(&self) -> Option<Refusal> {
        self.newton.refusal()
    }

    pub(super) fn spectral_radius(&self) -> Option<f64> {
        self.newton.bound()
    }

    pub(super) fn work(&self) -> Stats {
        let work = self.newton.work();
        self.massive.as_ref().map_or(work, |massive| work + massive.constraints.work())
    }
}

/// The stages, the solution and the estimate of its error.
#[inline]
fn take<M: Esdirk, F, B, W>(
    rhs: &F,
    step: &mut Step<'_, B>,
    norm: &mut ErrorNorm<'_>,
    newton: &mut Newton<B, W>,
    stages: &mut [B],
    base: &mut B,
    z: &mut B,
) -> Result<(), Trouble>
where
    F: Jacobian<B::Item, Work = W>,
    B: Buffer<Item: Concrete + Field>,
{
    macro_rules! unrolled {
        ($($i:literal)*) => {$(
            if $i < const { M::TABLEAU.stages() } {
                stage::<M, F, B, W, $i>(rhs, step, norm, newton, stages, (base, z))?;
            }
        )*};
    }
    unrolled! { 1 2 3 4 5 6 7 }
    if const { !M::TABLEAU.e.is_empty() } {
        let error = step.error.as_mut();
        const { Weights::of(M::TABLEAU.e) }.sum(error, stages);
        scale(error, step.dt);
        if const { M::TABLEAU.is_filtered() } {
            newton.filter(rhs, error)?;
        }
    }
    Ok(())
}

/// Stage `I`.
#[inline(always)]
fn stage<M: Esdirk, F, B, W, const I: usize>(
    rhs: &F,
    step: &mut Step<'_, B>,
    norm: &mut ErrorNorm<'_>,
    newton: &mut Newton<B, W>,
    stages: &mut [B],
    (base, z): (&mut B, &mut B),
) -> Result<(), Trouble>
where
    F: Jacobian<B::Item, Work = W>,
    B: Buffer<Item: Concrete + Field>,
{
    let (dt, u) = (step.dt, step.u.as_ref());
    let h = const { M::TABLEAU.gamma } * dt;
    let (done, rest) = stages.split_at_mut(I);
    let (base, z) = (base.as_mut(), z.as_mut());
    const { Weights::row(M::TABLEAU.a, I) }.sum(base, done);
    step_from(u, dt, base);
    const { Weights::row(M::TABLEAU.predictor, I) }.sum(z, done);
    scale(z, h);
    let t = step_time(step, const { M::TABLEAU.abscissa(I) });
    let places = Places { base, z: &mut *z, y: step.u_next.as_mut() };
    newton.solve(rhs, (t, u, step.p), places, norm)?;
    for (k, &z) in rest[0].as_mut().iter_mut().zip(z.iter()) {
        *k = z.scale(1.0 / h);
    }
    Ok(())
}

/// The time of a stage.
#[inline(always)]
pub(crate) fn step_time<B: Buffer>(step: &Step<'_, B>, c: f64) -> f64 {
    if c == 1.0 { step.t_last } else { step.t + c * step.dt }
}
