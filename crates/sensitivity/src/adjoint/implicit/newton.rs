//! Newton's iteration for a stage, taken again.

use super::onward::Onward;
use crate::Loss;
use ode_stiff::StepMatrix;
use system::{DualWork, Failure, Rhs, System};

/// Memory of the iteration.
pub(super) struct Newton {
    f: Vec<f64>,
    rise: Vec<f64>,
}

/// Increments of this part of a state are rounding; below the second, those that do not shrink are.
const ROUNDING: f64 = 1e-14;
const NOISE: f64 = 1e-6;

/// Components smaller than this part of the largest are measured by that.
const SMALL: f64 = 1e-9;

/// A matrix is made anew where increments shrink by less.
const SLOW: f64 = 0.1;

const MOST: usize = 40;

impl Newton {
    pub(super) fn new(n: usize) -> Self {
        Self { f: vec![0.0; n], rise: vec![0.0; n] }
    }

    /// Solves `c M (y - x) = f(t, y)` from an estimate of `y`, by the matrix of the stage before where there is
    /// one; leaves that of the solution in the last of `matrices`.
    pub(super) fn solve<F: System, L: Loss>(
        &mut self,
        onward: &Onward<'_, F, L>,
        (t, p): (f64, &[f64]),
        (c, x, y): (f64, &[f64], &mut [f64]),
        matrices: &mut [StepMatrix<DualWork<f64>>],
    ) -> Result<(), Failure> {
        let Self { f, rise } = self;
        let Some((own, before)) = matrices.split_last_mut() else { return Ok(()) };
        let mut before = before.last_mut();
        if before.is_none() {
            own.linearize(onward, (t, y, p))?;
            own.factor(c, onward.mass())?;
        }
        let mut last = f64::INFINITY;
        for _ in 0..MOST {
            onward.eval(t, y, p, f)?;
            rise.iter_mut().zip(y.iter().zip(x)).for_each(|(rise, (y, x))| *rise = y - x);
            onward.add_mass(-c, rise, f);
            match &mut before {
                Some(matrix) => matrix.solve(f)?,
                None => own.solve(f)?,
            }
            let largest = y.iter().fold(0.0f64, |largest, y| largest.max(y.abs()));
            let mut size = 0.0f64;
            for (y, delta) in y.iter_mut().zip(&*f) {
                *y += delta;
                let part = delta.abs() / (y.abs() + SMALL * largest + f64::MIN_POSITIVE);
                size = if part > size || part.is_nan() { part } else { size };
            }
            if !size.is_finite() {
                break;
            }
            if size <= ROUNDING || (size <= NOISE && size >= 0.5 * last) {
                own.linearize(onward, (t, y, p))?;
                return own.factor(c, onward.mass());
            }
            if size > SLOW * last {
                before = None;
                own.linearize(onward, (t, y, p))?;
                own.factor(c, onward.mass())?;
            }
            last = size;
        }
        Err(Failure::Fatal("the equation of a stage is not solved a second time".to_owned()))
    }
}
