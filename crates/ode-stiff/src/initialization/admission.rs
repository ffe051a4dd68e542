//! Whether a solve can start at a state: the same question for all families.

use super::constraints::Constraints;
use super::obstacle::Obstacle;
use crate::Parts;
use linalg::Field;
use ode_core::{Error, ErrorKind, ErrorNorm};
use scalar::Concrete;
use system::{Jacobian, Rhs};

/// A start is refused where the algebraic variables are off by more than so many tolerances. Less is
/// what an interpolant leaves at the time of an event.
pub(super) const LIMIT: f64 = 10.0;

/// Refuses a state `u` with `f = f(t, u)` that does not satisfy the algebraic equations, or where
/// these do not determine the algebraic variables.
pub(crate) fn admit<S: Concrete + Field, F: Jacobian<S>>(
    constraints: &mut Constraints<S, F::Work>,
    rhs: &F,
    (t, u, p): (f64, &[S], &[S]),
    f: &[S],
    norm: &mut ErrorNorm<'_>,
) -> Result<(), Error> {
    let size = constraints.linearize_once(rhs, (S::from_f64(t), u, p)).and_then(|()| {
        let correction = constraints.correction(f)?;
        Ok(size(correction, u, norm))
    });
    match size {
        Ok(size) if size <= LIMIT => Ok(()),
        Ok(correction) => {
            let (equation, residual) = constraints.worst(f, &rhs.names());
            Err(ErrorKind::Inconsistent { t, equation, residual, correction }.into())
        }
        Err(obstacle) => Err(obstacle.into_error(t, &rhs.names())),
    }
}

/// The same with the Jacobian of the values alone.
pub(crate) fn admit_parts<S: Parts, F: Rhs<S> + Jacobian<f64>>(
    constraints: &mut Constraints<f64, <F as Jacobian<f64>>::Work>,
    rhs: &F,
    (t, u, p): (f64, &[S], &[S]),
    f: &[S],
    norm: &mut ErrorNorm<'_>,
) -> Result<(), Error> {
    let names = || Rhs::<S>::names(rhs);
    let values = |x: &[S], k: usize| -> Vec<f64> { x.iter().map(|x| x.part(k)).collect() };
    let mut correction = vec![S::zero(); u.len()];
    let mut correct = || {
        constraints.linearize_once(rhs, (t, &values(u, 0), &values(p, 0)))?;
        for k in 0..S::PARTS {
            let part = constraints.correction(&values(f, k))?;
            for (correction, &part) in correction.iter_mut().zip(part) {
                correction.set_part(k, part);
            }
        }
        Ok(())
    };
    if let Err(obstacle) = correct() {
        return Err(Obstacle::into_error(obstacle, t, &names()));
    }
    let correction = size(&correction, u, norm);
    if correction <= LIMIT {
        return Ok(());
    }
    let parts = (0..S::PARTS).map(|k| constraints.worst(&values(f, k), &names()));
    let (equation, residual) =
        parts.fold((String::new(), 0.0), |a, b| if b.1 > a.1 { b } else { a });
    Err(ErrorKind::Inconsistent { t, equation, residual, correction }.into())
}

/// The norm of a correction; that of none is zero, whatever the tolerances.
fn size<S: Concrete>(correction: &[S], u: &[S], norm: &mut ErrorNorm<'_>) -> f64 {
    let is_none = correction.iter().all(|x| x.largest_part() == 0.0);
    if is_none { 0.0 } else { norm.of(correction, u, u) }
}
