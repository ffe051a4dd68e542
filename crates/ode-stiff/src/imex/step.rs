//! One step of an additive Runge–Kutta method.

use super::Ark;
use crate::Krylov;
use crate::iteration_matrix::Trouble;
use crate::sdirk::newton::{Newton, Places};
use crate::sdirk::step::step_time;
use crate::sdirk::weights::{Weights, scale, step_from};
use linalg::Field;
use ode_core::{Dense, ErrorNorm, Interval, Refusal, Stats, Step};
use scalar::{Concrete, Scalar};
use system::{Buffer, Failure, Jacobian, Rhs, Split};

/// Stages and factors of an additive Runge–Kutta method.
#[derive(Debug)]
pub struct ArkCache<B: Buffer<Item: Field>, W> {
    newton: Newton<B, W>,
    /// The derivatives of the stages by the stiff part and by the other.
    stiff: Vec<B>,
    nonstiff: Vec<B>,
    /// Both parts at the end of the step, and the derivative at its start and end.
    next: [B; 2],
    f: B,
    f_next: B,
    base: B,
    z: B,
    end: B,
}

impl<B, W> ArkCache<B, W>
where
    B: Buffer<Item: Concrete + Field>,
{
    pub(super) fn new<M: Ark, I: Jacobian<B::Item, Work = W>, E>(
        method: &M,
        rhs: &Split<I, E>,
        u: &B,
    ) -> Self {
        Self::with(method, rhs, u, None)
    }

    pub(super) fn with<M: Ark, I: Jacobian<B::Item, Work = W>, E>(
        _: &M,
        rhs: &Split<I, E>,
        u: &B,
        krylov: Option<&Krylov<B::Item>>,
    ) -> Self {
        let stages = || vec![u.zeros(); const { M::TABLEAU.stages() }];
        Self {
            newton: Newton::new(rhs.stiff(), u, krylov),
            stiff: stages(),
            nonstiff: stages(),
            next: [u.zeros(), u.zeros()],
            f: u.zeros(),
            f_next: u.zeros(),
            base: u.zeros(),
            z: u.zeros(),
            end: u.zeros(),
        }
    }

    pub(super) fn begin<I, E>(
        &mut self,
        rhs: &Split<I, E>,
        t: f64,
        u: &B,
        p: &[B::Item],
    ) -> Result<(), Failure>
    where
        I: Jacobian<B::Item, Work = W>,
        E: Rhs<B::Item>,
    {
        self.newton.restart();
        self.newton.evaluations += 1;
        let parts = (self.stiff[0].as_mut(), self.nonstiff[0].as_mut());
        both(rhs, (t, u.as_ref(), p), parts, self.f.as_mut())
    }

    pub(super) fn derivative(&self) -> &[B::Item] {
        self.f.as_ref()
    }

    #[inline]
    pub(super) fn attempt<M: Ark, I, E>(
        &mut self,
        _: &M,
        rhs: &Split<I, E>,
        step: &mut Step<'_, B>,
        norm: &mut ErrorNorm<'_>,
    ) -> Result<(), Failure>
    where
        I: Jacobian<B::Item, Work = W>,
        E: Rhs<B::Item>,
    {
        let Self { newton, stiff, nonstiff, base, z, .. } = self;
        let at = (step.t_first, step.u.as_ref(), step.p);
        let h = const { M::TABLEAU.implicit.gamma } * step.dt;
        newton.attempt(rhs.stiff(), at, h, |newton| {
            take::<M, I, E, B, W>(rhs, step, norm, newton, (stiff, nonstiff), (base, z))
        })
    }

    pub(super) fn accept<M, I, E>(
        &mut self,
        _: &M,
        rhs: &Split<I, E>,
        step: &Step<'_, B>,
    ) -> Result<(), Failure>
    where
        I: Jacobian<B::Item, Work = W>,
        E: Rhs<B::Item>,
    {
        self.end.as_mut().copy_from_slice(step.u_next.as_ref());
        self.newton.evaluations += 1;
        let [stiff, nonstiff] = &mut self.next;
        let at = (step.t_last, step.u_next.as_ref(), step.p);
        both(rhs, at, (stiff.as_mut(), nonstiff.as_mut()), self.f_next.as_mut())
    }

    pub(super) fn dense<M>(&self, _: &M, interval: &Interval<'_, B>, dense: &mut Dense<B::Item>) {
        let ends = [interval.u.as_ref(), self.end.as_ref()];
        let slopes = [self.f.as_ref(), self.f_next.as_ref()];
        dense.hermite(interval.step.t, interval.step.dt, ends, slopes);
    }

    pub(super) fn advance(&mut self) {
        std::mem::swap(&mut self.f, &mut self.f_next);
        let [stiff, nonstiff] = &mut self.next;
        std::mem::swap(&mut self.stiff[0], stiff);
        std::mem::swap(&mut self.nonstiff[0], nonstiff);
        self.newton.advance();
    }

    pub(super) fn memory(&self, advanced: bool) -> Vec<B::Item> {
        let mut out = Vec::new();
        self.newton.write_memory(&mut out, advanced);
        out
    }

    pub(super) fn restore(&mut self, mut memory: &[B::Item]) {
        self.newton.read_memory(&mut memory);
    }

    pub(super) fn refusal(&self) -> Option<Refusal> {
        self.newton.refusal()
    }

    pub(super) fn work(&self) -> Stats {
        self.newton.work()
    }
}

/// Evaluates both parts and their sum.
fn both<S: Scalar, I: Rhs<S>, E: Rhs<S>>(
    rhs: &Split<I, E>,
    (t, u, p): (f64, &[S], &[S]),
    (stiff, nonstiff): (&mut [S], &mut [S]),
    sum: &mut [S],
) -> Result<(), Failure> {
    rhs.stiff().eval(S::from_f64(t), u, p, stiff)?;
    rhs.nonstiff().eval(S::from_f64(t), u, p, nonstiff)?;
    for ((sum, &stiff), &nonstiff) in sum.iter_mut().zip(stiff.iter()).zip(nonstiff.iter()) {
        *sum = stiff + nonstiff;
    }
    Ok(())
}

/// The stages, the solution and the estimate of its error.
#[inline]
fn take<M: Ark, I, E, B, W>(
    rhs: &Split<I, E>,
    step: &mut Step<'_, B>,
    norm: &mut ErrorNorm<'_>,
    newton: &mut Newton<B, W>,
    (stiff, nonstiff): (&mut [B], &mut [B]),
    (base, z): (&mut B, &mut B),
) -> Result<(), Trouble>
where
    I: Jacobian<B::Item, Work = W>,
    E: Rhs<B::Item>,
    B: Buffer<Item: Concrete + Field>,
{
    macro_rules! unrolled {
        ($($i:literal)*) => {$(
            if $i < const { M::TABLEAU.stages() } {
                stage::<M, I, E, B, W, $i>(rhs, step, norm, newton, (stiff, nonstiff), (base, z))?;
            }
        )*};
    }
    unrolled! { 1 2 3 4 5 6 7 }
    // The last stage has the weights of the solution for the stiff part; the other part is corrected.
    let (error, correction) = (step.error.as_mut(), z.as_mut());
    const { Weights::of(&M::TABLEAU.correction()) }.sum(correction, nonstiff);
    for (u, &correction) in step.u_next.as_mut().iter_mut().zip(correction.iter()) {
        *u = correction.scale_add(step.dt, *u);
    }
    const { Weights::of(M::TABLEAU.implicit.e) }.sum(error, stiff);
    const { Weights::of(M::TABLEAU.implicit.e) }.add_to(error, nonstiff);
    scale(error, step.dt);
    Ok(())
}

/// One stage.
#[inline(always)]
fn stage<M: Ark, I, E, B, W, const STAGE: usize>(
    rhs: &Split<I, E>,
    step: &mut Step<'_, B>,
    norm: &mut ErrorNorm<'_>,
    newton: &mut Newton<B, W>,
    (stiff, nonstiff): (&mut [B], &mut [B]),
    (base, z): (&mut B, &mut B),
) -> Result<(), Trouble>
where
    I: Jacobian<B::Item, Work = W>,
    E: Rhs<B::Item>,
    B: Buffer<Item: Concrete + Field>,
{
    let (dt, u) = (step.dt, step.u.as_ref());
    let h = const { M::TABLEAU.implicit.gamma } * dt;
    let (done, rest) = stiff.split_at_mut(STAGE);
    let (base, z) = (base.as_mut(), z.as_mut());
    const { Weights::row(M::TABLEAU.implicit.a, STAGE) }.sum(base, done);
    const { Weights::row(M::TABLEAU.explicit, STAGE) }.add_to(base, nonstiff);
    step_from(u, dt, base);
    const { Weights::row(M::TABLEAU.implicit.predictor, STAGE) }.sum(z, done);
    scale(z, h);
    let t = step_time(step, const { M::TABLEAU.implicit.abscissa(STAGE) });
    let places = Places { base, z: &mut *z, y: step.u_next.as_mut() };
    newton.solve(rhs.stiff(), (t, u, step.p), places, norm)?;
    for (k, &z) in rest[0].as_mut().iter_mut().zip(z.iter()) {
        *k = z.scale(1.0 / h);
    }
    let (t, y) = (B::Item::from_f64(t), step.u_next.as_ref());
    Ok(rhs.nonstiff().eval(t, y, step.p, nonstiff[STAGE].as_mut())?)
}
