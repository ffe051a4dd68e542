//! States that are followed by columns of their tangents.

use ode_core::ErrorNorm;
use scalar::Concrete;

/// Which of the states an iteration is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// All, together.
    All,
    /// The leading ones.
    Leading,
    /// The tangents of the leading ones.
    Tangents,
}

impl Part {
    /// Their indices.
    #[inline(always)]
    pub(crate) fn range(self, leading: usize, states: usize) -> std::ops::Range<usize> {
        match self {
            Self::All => 0..states,
            Self::Leading => 0..leading,
            Self::Tangents => leading..states,
        }
    }
}

/// The square of the size of increments: with tangents that of the states or of the tangents, whichever is
/// larger, since the norm of all may leave the tangents out of the control of step sizes.
#[inline(always)]
pub(crate) fn square_of_all<S: Concrete>(
    norm: &mut ErrorNorm<'_>,
    leading: usize,
    (x, a, b): (&[S], &[S], &[S]),
) -> f64 {
    match leading < x.len() {
        true => square_of_both(norm, leading, (x, a, b)),
        false => norm.square_of(x, a, b),
    }
}

#[inline(never)]
fn square_of_both<S: Concrete>(
    norm: &mut ErrorNorm<'_>,
    n: usize,
    (x, a, b): (&[S], &[S], &[S]),
) -> f64 {
    let states = norm.square_of(&x[..n], &a[..n], &b[..n]);
    let tangents = norm.square_of(&x[n..], &a[n..], &b[n..]);
    if states > tangents || states.is_nan() { states } else { tangents }
}
