use super::Bundled;
use crate::{Algorithm, ErrorNorm, Interval, Stats, Step};
use scalar::{Lanes, Scalar};
use system::Failure;

/// A method that takes the steps of `W` members side by side, each with its own time and size.
///
/// Every lane has to compute the bits that the [`Algorithm`] computes by itself, and starts at its
/// [`order`](Algorithm::order). Lanes in which a
/// step was rejected repeat it; those that are at rest carry numbers that nobody looks at.
pub trait Abreast<F, B: Bundled, const W: usize>: Algorithm<F, B> {
    /// Stages and scratch of `W` members.
    type Team;

    /// Allocates, for states of the length of `u`.
    fn team(&self, rhs: &F, u: &B::InLanes<W>) -> Self::Team;

    /// Whether it can be done for systems of `n` states.
    fn is_able(&self, n: usize) -> bool {
        let _ = n;
        true
    }

    /// A member takes a lane: `f0` is the derivative at its start.
    fn begin_lane(&self, lane: usize, f0: &[f64], team: &mut Self::Team);

    /// Attempts a step in every lane.
    ///
    /// # Errors
    ///
    /// When some lane fails; all of them are then solved by themselves.
    fn attempt_abreast(
        &self,
        rhs: &F,
        step: &mut Step<'_, B::InLanes<W>, Lanes<W>>,
        team: &mut Self::Team,
    ) -> Result<(), Failure>;

    /// The squares of the scaled errors.
    #[inline(always)]
    fn square_abreast(
        &self,
        step: &mut Step<'_, B::InLanes<W>, Lanes<W>>,
        norm: &ErrorNorm<'_>,
        team: &mut Self::Team,
    ) -> Lanes<W> {
        let _ = team;
        norm.square_of_each_lane((step.error.as_ref(), step.u.as_ref(), step.u_next.as_ref()))
    }

    /// Completes a step that some lane accepts: the derivatives at its end.
    ///
    /// # Errors
    ///
    /// As [`attempt_abreast`](Abreast::attempt_abreast).
    fn accept_abreast(
        &self,
        rhs: &F,
        step: &mut Step<'_, B::InLanes<W>, Lanes<W>>,
        team: &mut Self::Team,
    ) -> Result<(), Failure>;

    /// The degree of the interpolant.
    fn degree(&self) -> usize;

    /// Writes the interpolants into `coefficients`, `degree + 1` rows of `n` zeros. `scratch` has the
    /// length of the state.
    ///
    /// # Errors
    ///
    /// As [`attempt_abreast`](Abreast::attempt_abreast).
    fn dense_abreast(
        &self,
        rhs: &F,
        interval: &Interval<'_, B::InLanes<W>, Lanes<W>>,
        scratch: &mut B::InLanes<W>,
        team: &mut Self::Team,
        coefficients: &mut [Lanes<W>],
    ) -> Result<(), Failure>;

    /// Moves the lanes with a `square` of at most 1 on to the next step.
    fn advance_abreast(&self, square: Lanes<W>, team: &mut Self::Team);

    /// The work of a member by itself, beside the evaluation at its start; `interpolated` steps were.
    fn work_of_one(&self, accepted: usize, rejected: usize, interpolated: usize) -> Stats;
}

/// Replaces by `new` the lanes of `old` with a `square` of at most 1.
#[inline(always)]
pub(crate) fn move_on<const W: usize>(square: Lanes<W>, old: &mut [Lanes<W>], new: &[Lanes<W>]) {
    for (old, &new) in old.iter_mut().zip(new) {
        *old = square.select_le(Lanes::one(), new, *old);
    }
}
