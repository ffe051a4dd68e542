//! The derivative of a state on the algebraic equations: `M u' = f` and `Eᵀ (∂f/∂u u' + ∂f/∂t) = 0`.

use super::constraints::Constraints;
use super::obstacle::Obstacle;
use crate::Parts;
use linalg::Field;
use scalar::Concrete;
use system::{Failure, Jacobian, Rhs};

/// Turns `f = f(t, u)` into the derivative of the state. Where there is none, `f` is left as it is:
/// [`admit`](super::admit) is asked next, and says why.
pub(crate) fn slope<S: Concrete + Field, F: Jacobian<S>>(
    constraints: &mut Constraints<S, F::Work>,
    rhs: &F,
    (t, u, p): (f64, &[S], &[S]),
    f: &mut [S],
) -> Result<(), Failure> {
    constraints.forget();
    let at = (S::from_f64(t), u, p);
    let found = constraints.linearize_once(rhs, at).and_then(|()| constraints.slope(rhs, at, f));
    match found {
        Err(Obstacle::Failed(failure)) => Err(failure),
        _ => Ok(()),
    }
}

/// Sets `du` to the derivative at any state: `f` itself without a mass matrix.
pub(crate) fn slope_at<S: Concrete + Field, F: Jacobian<S>>(
    constraints: Option<&mut Constraints<S, F::Work>>,
    rhs: &F,
    at: (S, &[S], &[S]),
    du: &mut [S],
) -> Result<(), Failure> {
    rhs.eval(at.0, at.1, at.2, du)?;
    let Some(constraints) = constraints else { return Ok(()) };
    let found = constraints.linearize(rhs, at).and_then(|()| constraints.slope(rhs, at, du));
    found.map_err(Obstacle::refuse)
}

/// The same by the Jacobian of the values alone: the tangents of `du` are zero where there is a mass
/// matrix, which is right for what multiplies first tangents.
pub(crate) fn slope_of_values<S: Parts, F: Rhs<S> + Jacobian<f64>>(
    constraints: Option<&mut Constraints<f64, <F as Jacobian<f64>>::Work>>,
    rhs: &F,
    (t, u, p): (S, &[S], &[S]),
    du: &mut [S],
) -> Result<(), Failure> {
    rhs.eval(t, u, p, du)?;
    let Some(constraints) = constraints else { return Ok(()) };
    if S::DEPTH > 1 {
        return Err(Failure::Recoverable);
    }
    let values = |x: &[S]| -> Vec<f64> { x.iter().map(|x| x.part(0)).collect() };
    let mut slope = values(du);
    let at = (t.part(0), &values(u)[..], &values(p)[..]);
    let found =
        constraints.linearize(rhs, at).and_then(|()| constraints.slope(rhs, at, &mut slope));
    found.map_err(Obstacle::refuse)?;
    for (du, &slope) in du.iter_mut().zip(&slope) {
        *du = S::from_f64(slope);
    }
    Ok(())
}
