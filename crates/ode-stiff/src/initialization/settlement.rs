//! States that a method itself came to, moved onto the algebraic equations before somebody else sees
//! them.

use super::constraints::Constraints;
use super::obstacle::Obstacle;
use crate::Parts;
use linalg::Field;
use ode_core::ErrorNorm;
use scalar::Concrete;
use system::{Jacobian, Rhs};

/// The most iterations: from a state as close as that they converge at once, or not at all.
const MOST: usize = 8;

/// Corrections of this part of the tolerance end the iteration.
const SMALL: f64 = 1e-2;

/// Newton's method from `u`; leaves `u` alone where it does not converge. Gives whether it did.
pub(crate) fn settle<S: Concrete + Field, F: Jacobian<S>>(
    constraints: &mut Constraints<S, F::Work>,
    rhs: &F,
    (t, u, p): (f64, &mut [S], &[S]),
    norm: &mut ErrorNorm<'_>,
) -> bool {
    let (t, mut f) = (S::from_f64(t), u.to_vec());
    iterate(u, norm, |u, correction| {
        Constraints::<S, F::Work>::evaluate(rhs, (t, u, p), &mut f)?;
        constraints.linearize(rhs, (t, u, p))?;
        correction.copy_from_slice(constraints.correction(&f)?);
        Ok(())
    })
}

/// The same with the Jacobian of the values alone.
pub(crate) fn settle_parts<S: Parts, F: Rhs<S> + Jacobian<f64>>(
    constraints: &mut Constraints<f64, <F as Jacobian<f64>>::Work>,
    rhs: &F,
    (t, u, p): (f64, &mut [S], &[S]),
    norm: &mut ErrorNorm<'_>,
) -> bool {
    let values = |x: &[S], k: usize| -> Vec<f64> { x.iter().map(|x| x.part(k)).collect() };
    let mut f = u.to_vec();
    iterate(u, norm, |u, correction| {
        rhs.eval(S::from_f64(t), u, p, &mut f)?;
        constraints.linearize(rhs, (t, &values(u, 0), &values(p, 0)))?;
        for k in 0..S::PARTS {
            let part = constraints.correction(&values(&f, k))?;
            correction.iter_mut().zip(part).for_each(|(x, &part)| x.set_part(k, part));
        }
        Ok(())
    })
}

/// Adds corrections until they are small.
fn iterate<S: Concrete>(
    u: &mut [S],
    norm: &mut ErrorNorm<'_>,
    mut correct: impl FnMut(&[S], &mut [S]) -> Result<(), Obstacle>,
) -> bool {
    let (mut trial, mut correction) = (u.to_vec(), u.to_vec());
    for _ in 0..MOST {
        if correct(&trial, &mut correction).is_err() {
            return false;
        }
        let is_none = correction.iter().all(|x| x.largest_part() == 0.0);
        trial.iter_mut().zip(&correction).for_each(|(u, &correction)| *u += correction);
        if is_none || norm.of(&correction, &trial, &trial) <= SMALL {
            u.copy_from_slice(&trial);
            return true;
        }
    }
    false
}
