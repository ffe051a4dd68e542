//! One step of an additive Runge–Kutta method.

use super::{Ark, ArkTableau};
use crate::iteration_matrix::Trouble;
use crate::sdirk::newton::{Newton, add};
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
    pub(super) fn new<M: Ark, I: Jacobian<B::Item, Work = W>>(stiff: &I, u: &B) -> Self {
        let stages = || vec![u.zeros(); const { M::TABLEAU.stages() }];
        Self {
            newton: Newton::new(stiff, u),
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

    pub(super) fn accept<I, E>(
        &mut self,
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

    pub(super) fn dense(&self, interval: &Interval<'_, B>, dense: &mut Dense<B::Item>) {
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
    let ArkTableau { implicit, explicit } = const { M::TABLEAU };
    let (dt, u) = (step.dt, step.u.as_ref());
    let h = implicit.gamma * dt;
    let stages = const { M::TABLEAU.stages() };
    for i in 1..stages {
        base.as_mut().copy_from_slice(u);
        z.as_mut().fill(B::Item::zero());
        for j in 0..i {
            add(base.as_mut(), dt * implicit.a[i - 1][j], stiff[j].as_ref());
            add(base.as_mut(), dt * explicit[i - 1][j], nonstiff[j].as_ref());
            add(z.as_mut(), h * implicit.predictor[i - 1][j], stiff[j].as_ref());
        }
        let t = if implicit.c[i] == 1.0 { step.t_last } else { step.t + implicit.c[i] * dt };
        let places = (base.as_ref(), z.as_mut(), step.u_next.as_mut());
        newton.solve(rhs.stiff(), (t, u, step.p), places, norm)?;
        for (k, &z) in stiff[i].as_mut().iter_mut().zip(z.as_ref()) {
            *k = z.scale(1.0 / h);
        }
        let y = step.u_next.as_ref();
        rhs.nonstiff().eval(B::Item::from_f64(t), y, step.p, nonstiff[i].as_mut())?;
    }
    // The last stage has the weights of the solution for the stiff part; the other part is corrected.
    let error = step.error.as_mut();
    error.fill(B::Item::zero());
    for j in 0..stages {
        let last = if j + 1 < stages { explicit[stages - 2][j] } else { 0.0 };
        let b = const { M::TABLEAU }.b(j);
        add(step.u_next.as_mut(), dt * (b - last), nonstiff[j].as_ref());
        add(error, dt * implicit.e[j], stiff[j].as_ref());
        add(error, dt * implicit.e[j], nonstiff[j].as_ref());
    }
    Ok(())
}
