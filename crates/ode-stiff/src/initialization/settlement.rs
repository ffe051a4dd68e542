//! States that a method itself came to, moved onto the algebraic equations before somebody else sees
//! them.

use super::constraints::Constraints;
use super::obstacle::Obstacle;
use crate::Parts;
use linalg::Field;
use ode_core::{Error, ErrorKind, ErrorNorm};
use scalar::Concrete;
use system::{Jacobian, Rhs};

/// The most iterations: from a state as close as that they converge at once, or not at all.
const MOST: usize = 12;

/// Corrections of this part of the tolerance end the iteration.
const SMALL: f64 = 1e-2;

/// Factors are kept as long as each correction is below this part of the one before.
const FAST: f64 = 0.1;

/// The memory of an iteration: none until one is needed.
#[derive(Debug)]
pub(crate) struct Settlement<S> {
    f: Vec<S>,
    trial: Vec<S>,
    correction: Vec<S>,
    /// Parts of the state, of the parameters and of `f`.
    parts: [Vec<f64>; 3],
}

impl<S> Default for Settlement<S> {
    fn default() -> Self {
        Self { f: vec![], trial: vec![], correction: vec![], parts: [vec![], vec![], vec![]] }
    }
}

/// Newton's method from `u`, which is left alone where that does not converge. `false` where there are
/// no algebraic equations.
pub(crate) fn settle<S: Concrete + Field, F: Jacobian<S>>(
    constraints: Option<&mut Constraints<S, F::Work>>,
    rhs: &F,
    (t, u, p): (f64, &mut [S], &[S]),
    norm: &mut ErrorNorm<'_>,
) -> Result<bool, Error> {
    let Some(constraints) = constraints.filter(|found| !found.is_empty()) else {
        return Ok(false);
    };
    let (time, mut scratch) = (S::from_f64(t), std::mem::take(&mut constraints.settlement));
    let found = scratch.iterate(u, norm, |at| {
        constraints.evaluations += 1;
        Constraints::<S, F::Work>::evaluate(rhs, (time, at.u, p), at.f)?;
        if at.is_fresh {
            constraints.linearize(rhs, (time, at.u, p))?;
        }
        at.correction.copy_from_slice(constraints.correction(at.f)?);
        Ok(())
    });
    let outcome = match found {
        Ok(true) => Ok(true),
        Ok(false) => {
            let (equation, residual) = constraints.worst(&scratch.f, &rhs.names());
            Err(ErrorKind::NoConsistentState { t, equation, residual, iterations: MOST }.into())
        }
        Err(obstacle) => Err(obstacle.into_error(t, &rhs.names())),
    };
    constraints.settlement = scratch;
    outcome
}

/// The same with the Jacobian of the values alone.
pub(crate) fn settle_parts<S: Parts, F: Rhs<S> + Jacobian<f64>>(
    constraints: Option<&mut Constraints<f64, <F as Jacobian<f64>>::Work>>,
    scratch: &mut Settlement<S>,
    rhs: &F,
    (t, u, p): (f64, &mut [S], &[S]),
    norm: &mut ErrorNorm<'_>,
) -> Result<bool, Error> {
    let Some(constraints) = constraints.filter(|found| !found.is_empty()) else {
        return Ok(false);
    };
    let mut parts = std::mem::take(&mut scratch.parts);
    let [values, values_p, part] = &mut parts;
    let take = |k: usize, from: &[S], to: &mut Vec<f64>| {
        to.clear();
        to.extend(from.iter().map(|x| x.part(k)));
    };
    take(0, p, values_p);
    let found = scratch.iterate(u, norm, |at| {
        constraints.evaluations += 1;
        rhs.eval(S::from_f64(t), at.u, p, at.f)?;
        if let Some(row) = at.f.iter().position(|f| !f.is_finite()) {
            return Err(Obstacle::NoValue { row });
        }
        if at.is_fresh {
            take(0, at.u, values);
            constraints.linearize(rhs, (t, values, values_p))?;
        }
        for k in 0..S::PARTS {
            take(k, at.f, part);
            let part = constraints.correction(part)?;
            at.correction.iter_mut().zip(part).for_each(|(x, &part)| x.set_part(k, part));
        }
        Ok(())
    });
    let names = || Rhs::<S>::names(rhs);
    let outcome = match found {
        Ok(true) => Ok(true),
        Ok(false) => {
            take(0, &scratch.f, part);
            let (equation, residual) = constraints.worst(part, &names());
            Err(ErrorKind::NoConsistentState { t, equation, residual, iterations: MOST }.into())
        }
        Err(obstacle) => Err(obstacle.into_error(t, &names())),
    };
    scratch.parts = parts;
    outcome
}

/// One iterate: the correction of `u` is asked for, by factors of this state where `is_fresh`, else by
/// those that are there.
struct Iterate<'a, S> {
    u: &'a [S],
    f: &'a mut [S],
    correction: &'a mut [S],
    is_fresh: bool,
}

impl<S: Concrete> Settlement<S> {
    /// Adds corrections until they are small; gives whether they became so.
    fn iterate(
        &mut self,
        u: &mut [S],
        norm: &mut ErrorNorm<'_>,
        mut correct: impl FnMut(Iterate<'_, S>) -> Result<(), Obstacle>,
    ) -> Result<bool, Obstacle> {
        let Self { f, trial, correction, .. } = self;
        for memory in [&mut *f, trial, correction] {
            memory.clear();
            memory.extend_from_slice(u);
        }
        let (mut before, mut is_fresh) = (f64::INFINITY, true);
        for _ in 0..MOST {
            correct(Iterate { u: trial, f, correction, is_fresh })?;
            let is_none = correction.iter().all(|x| x.largest_part() == 0.0);
            trial.iter_mut().zip(&*correction).for_each(|(u, &correction)| *u += correction);
            let size = if is_none { 0.0 } else { norm.of(correction, trial, trial) };
            if size <= SMALL {
                u.copy_from_slice(trial);
                return Ok(true);
            }
            is_fresh = !(before == f64::INFINITY || size <= FAST * before);
            before = size;
        }
        Ok(false)
    }
}
