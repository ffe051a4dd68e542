//! One step of a splitting, the same for every method.

use super::splitting::Moment;
use super::taylor::Taylor;
use super::{Separable, Symplectic};
use crate::{Dense, Interval, Step};
use scalar::Scalar;
use system::{Buffer, Failure};

/// Memory of a symplectic method.
#[derive(Clone, Debug)]
pub struct SymplecticCache<B: Buffer> {
    /// `(velocity, force)` at the start of the step.
    first: B,
    /// The same at its end; scratch during the step.
    last: B,
    /// What rounding has dropped from the state so far: the state is `u + rest`.
    rest: B,
    /// The same after an attempt.
    rest_next: B,
    /// The state at the end of the step last accepted.
    end: B,
    taylor: Taylor<B::Item>,
    evaluations: usize,
}

/// `u + rest += slope * factor`, where `rest` collects what rounding drops (Hairer, Lubich & Wanner,
/// VIII.5; the sum of two numbers and its rounding error are Knuth's).
#[inline(always)]
fn add<S: Scalar>(u: &mut [S], rest: &mut [S], slope: &[S], factor: f64) {
    for ((u, rest), slope) in u.iter_mut().zip(rest).zip(slope) {
        let move_by = *rest + slope.scale(factor);
        let sum = *u + move_by;
        let moved = sum - *u;
        *rest = (*u - (sum - moved)) + (move_by - moved);
        *u = sum;
    }
}

#[inline(always)]
fn time<B: Buffer>(step: &Step<'_, B>, moment: Moment) -> B::Item {
    B::Item::from_f64(match moment {
        Moment::Start => step.t_first,
        Moment::Inside(c) => step.t + c * step.dt,
        Moment::End => step.t_last,
    })
}

impl<B: Buffer> SymplecticCache<B> {
    pub(super) fn new(u: &B) -> Self {
        let zeros = || u.zeros();
        Self {
            first: zeros(),
            last: zeros(),
            rest: zeros(),
            rest_next: zeros(),
            end: u.clone(),
            taylor: Taylor::default(),
            evaluations: 0,
        }
    }

    /// Starts afresh: nothing has been rounded yet.
    pub(super) fn begin<F: Separable>(&mut self, rhs: &F, t: f64, u: &B, p: &[B::Item]) {
        let (q, momenta) = halves(u);
        let (velocity, force) = halves_mut(&mut self.first);
        rhs.velocity(B::Item::from_f64(t), momenta, p, velocity);
        rhs.force(B::Item::from_f64(t), q, p, force);
        self.evaluations += 1;
        self.rest.as_mut().fill(B::Item::zero());
    }

    pub(super) fn derivative(&self) -> &[B::Item] {
        self.first.as_ref()
    }

    #[inline]
    pub(super) fn attempt<M: Symplectic, F: Separable>(&mut self, rhs: &F, step: &mut Step<'_, B>) {
        let splitting = const { &M::SPLITTING };
        let moments = const { &M::SPLITTING.moments() };
        step.u_next.as_mut().copy_from_slice(step.u.as_ref());
        self.rest_next.as_mut().copy_from_slice(self.rest.as_ref());
        for i in 0..splitting.stages() {
            let (kick, drift) = (splitting.kicks[i], splitting.drifts[i]);
            let (t_kick, t_drift) = (time(step, moments[i].0), time(step, moments[i].1));
            let (q, momenta) = halves_mut(step.u_next);
            let (rest_q, rest_momenta) = halves_mut(&mut self.rest_next);
            let (velocity, force) = halves_mut(&mut self.last);
            if kick != 0.0 {
                // The first force is the one at the end of the step before.
                if i == 0 {
                    force.copy_from_slice(halves(&self.first).1);
                } else {
                    rhs.force(t_kick, q, step.p, force);
                    self.evaluations += 1;
                }
                add(momenta, rest_momenta, force, step.dt * kick);
            }
            if drift != 0.0 {
                rhs.velocity(t_drift, momenta, step.p, velocity);
                add(q, rest_q, velocity, step.dt * drift);
            }
        }
    }

    #[inline]
    pub(super) fn accept<M: Symplectic, F: Separable>(&mut self, rhs: &F, step: &mut Step<'_, B>) {
        let splitting = const { &M::SPLITTING };
        let t = B::Item::from_f64(step.t_last);
        let (q, momenta) = halves(step.u_next);
        let (velocity, force) = halves_mut(&mut self.last);
        rhs.velocity(t, momenta, step.p, velocity);
        if !splitting.kicks_first() {
            // No step needs it: not worth an evaluation.
            force.fill(B::Item::from_f64(f64::NAN));
        } else if !splitting.kicks_last() {
            rhs.force(t, q, step.p, force);
            self.evaluations += 1;
        }
        self.end.as_mut().copy_from_slice(step.u_next.as_ref());
        std::mem::swap(&mut self.rest, &mut self.rest_next);
    }

    pub(super) fn dense<M: Symplectic, F: Separable>(
        &mut self,
        rhs: &F,
        interval: &Interval<'_, B>,
        dense: &mut Dense<B::Item>,
    ) -> Result<(), Failure> {
        let (u0, u1, p) = (interval.u.as_ref(), self.end.as_ref(), interval.p);
        if !const { M::SPLITTING.kicks_first() } {
            rhs.rhs(B::Item::from_f64(interval.step.t_first), u0, p, self.first.as_mut());
            rhs.rhs(B::Item::from_f64(interval.step.t_last), u1, p, self.last.as_mut());
            self.evaluations += 2;
        }
        // As many derivatives at each end as make the interpolant as good as the method.
        let order = const { M::SPLITTING.order };
        let derivatives = if order <= 4 { 1 } else { order.div_ceil(2) as usize - 1 };
        let ends = [(u0, self.first.as_ref()), (u1, self.last.as_ref())];
        self.evaluations += 2 * (derivatives - 1);
        self.taylor.dense(rhs, &interval.step, ends, p, derivatives, dense);
        Ok(())
    }

    pub(super) fn advance(&mut self) {
        std::mem::swap(&mut self.first, &mut self.last);
    }

    pub(super) fn evaluations(&self) -> usize {
        self.evaluations
    }

    /// What goes on from step to step beside the state: what rounding has dropped from it.
    pub(super) fn memory(&self) -> Vec<B::Item> {
        self.rest.as_ref().to_vec()
    }

    /// Memory of another length is none of ours.
    pub(super) fn restore(&mut self, memory: &[B::Item]) {
        if memory.len() == self.rest.as_ref().len() {
            self.rest.as_mut().copy_from_slice(memory);
        }
    }
}

/// Positions and momenta, or velocities and forces.
#[inline(always)]
fn halves<B: Buffer>(u: &B) -> (&[B::Item], &[B::Item]) {
    let u = u.as_ref();
    u.split_at(u.len() / 2)
}

#[inline(always)]
fn halves_mut<B: Buffer>(u: &mut B) -> (&mut [B::Item], &mut [B::Item]) {
    let u = u.as_mut();
    let n = u.len() / 2;
    u.split_at_mut(n)
}
