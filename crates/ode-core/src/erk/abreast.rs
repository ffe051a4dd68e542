//! Explicit methods in lanes.

use super::kernel::{padded, sum, sum_blocks};
use super::stages::{polynomial, stages, stages_in_a_loop};
use super::{ExplicitRk, InterpolantWeights};
use crate::ensemble::move_on;
use crate::{Abreast, Bundled, ErrorNorm, Interval, Stats, Step};
use scalar::{Lanes, Scalar};
use system::{Buffer, Failure, Rhs};

/// Stages of an explicit method for several members: as in [`ErkCache`](crate::ErkCache).
#[derive(Clone, Debug)]
pub struct ErkTeam<B> {
    k: Vec<B>,
    weights: InterpolantWeights,
}

/// Whether the stages are unrolled: not for long states. Lanes make a state several times as long, so
/// fewer components are enough than for one member.
const fn is_unrolled<B>() -> bool {
    !std::mem::needs_drop::<B>() && size_of::<B>() <= 64
}

#[diagnostic::do_not_recommend]
impl<M, F, B, const W: usize> Abreast<F, B, W> for M
where
    M: ExplicitRk,
    F: Rhs<f64> + Rhs<Lanes<W>>,
    B: Bundled,
{
    type Team = ErkTeam<B::InLanes<W>>;

    fn team(&self, _rhs: &F, u: &B::InLanes<W>) -> Self::Team {
        let weights = M::TABLEAU.interpolant_weights();
        ErkTeam { k: vec![u.zeros(); weights.stages()], weights }
    }

    fn begin_lane(&self, lane: usize, f0: &[f64], team: &mut Self::Team) {
        for (k, &f0) in team.k[0].as_mut().iter_mut().zip(f0) {
            k.0[lane] = f0;
        }
    }

    #[inline(always)]
    fn attempt_abreast(
        &self,
        rhs: &F,
        step: &mut Step<'_, B::InLanes<W>, Lanes<W>>,
        team: &mut Self::Team,
    ) -> Result<(), Failure> {
        let (when, k) = (step.taken(), &mut team.k[..]);
        let (start, out) = ((step.u, step.p), (&mut *step.u_next, &mut *step.error));
        if const { is_unrolled::<B>() } {
            stages::<M, F, _, _>(rhs, when, start, out, k, |_, _| {})
        } else {
            stages_in_a_loop::<M, F, _, _>(rhs, when, start, out, k)
        }
    }

    #[inline(always)]
    fn square_abreast(
        &self,
        step: &mut Step<'_, B::InLanes<W>, Lanes<W>>,
        norm: &ErrorNorm<'_>,
        team: &mut Self::Team,
    ) -> Lanes<W> {
        let (u, u_next) = (step.u.as_ref(), step.u_next.as_ref());
        let square = norm.square_of_each_lane((step.error.as_ref(), u, u_next));
        if M::SECOND_ESTIMATE.is_empty() {
            return square;
        }
        if const { is_unrolled::<B>() } {
            sum(step.error, step.dt, const { padded(M::SECOND_ESTIMATE) }, &team.k);
        } else {
            sum_blocks(step.error, step.dt, M::SECOND_ESTIMATE, &team.k);
        }
        let second = norm.square_of_each_lane((step.error.as_ref(), u, u_next));
        let both = square * (square / (square + second.scale(0.01)));
        square.select_le(Lanes::zero(), Lanes::zero(), both)
    }

    #[inline(always)]
    fn accept_abreast(
        &self,
        rhs: &F,
        step: &mut Step<'_, B::InLanes<W>, Lanes<W>>,
        team: &mut Self::Team,
    ) -> Result<(), Failure> {
        if const { M::TABLEAU.is_fsal() } {
            return Ok(());
        }
        let next = team.k[const { M::TABLEAU.next_stage() }].as_mut();
        rhs.eval(step.t_last, step.u_next.as_ref(), step.p, next)
    }

    fn degree(&self) -> usize {
        M::TABLEAU.interpolant_weights().degree()
    }

    fn dense_abreast(
        &self,
        rhs: &F,
        interval: &Interval<'_, B::InLanes<W>, Lanes<W>>,
        scratch: &mut B::InLanes<W>,
        team: &mut Self::Team,
        coefficients: &mut [Lanes<W>],
    ) -> Result<(), Failure> {
        let stages = (&mut team.k[..], &team.weights);
        let start = (interval.u, interval.p);
        polynomial::<M, F, _, _>(rhs, interval.step, start, scratch, stages, coefficients)
    }

    #[inline(always)]
    fn advance_abreast(&self, square: Lanes<W>, team: &mut Self::Team) {
        let (first, rest) = team.k.split_at_mut(1);
        let next = rest[const { M::TABLEAU.next_stage() - 1 }].as_ref();
        move_on(square, first[0].as_mut(), next);
    }

    fn work_of_one(&self, accepted: usize, rejected: usize, interpolated: usize) -> Stats {
        let stages = const { M::TABLEAU.stages() - 1 };
        let ends = if M::TABLEAU.is_fsal() { 0 } else { accepted };
        let extra = interpolated * M::TABLEAU.interpolant.extra().len();
        let evaluations = (accepted + rejected) * stages + ends + extra;
        Stats { accepted, rejected, evaluations, ..Stats::default() }
    }
}
