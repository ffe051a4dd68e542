//! A solution at any time.

use super::Solution;
use crate::dense::{horner, horner_derivative};
use crate::{Error, ErrorKind, check};
use scalar::Scalar;

/// The interpolant of one step.
struct Piece<'a, S> {
    start: f64,
    dt: f64,
    coefficients: &'a [S],
}

impl<S: Scalar> Solution<S> {
    /// The state at time `t`, by the method's own interpolant.
    ///
    /// # Errors
    ///
    /// When `t` is outside the solved span, or falls between saved points of a solution without
    /// interpolants.
    pub fn at(&self, t: f64) -> Result<Vec<S>, Error> {
        let mut u = vec![S::zero(); self.dim()];
        self.at_into(t, &mut u)?;
        Ok(u)
    }

    /// As [`at`](Solution::at), into a slice.
    ///
    /// # Errors
    ///
    /// As [`at`](Solution::at), or when `u` has the wrong length.
    pub fn at_into(&self, t: f64, u: &mut [S]) -> Result<(), Error> {
        check::length("u", self.dim(), u.len())?;
        let i = self.point_before(t)?;
        if self.times[i] == t {
            u.copy_from_slice(self.state(i));
            return Ok(());
        }
        let piece = self.piece(i).ok_or(ErrorKind::NotDense { t })?;
        horner(piece.coefficients, self.dim(), (t - piece.start) / piece.dt, u);
        Ok(())
    }

    /// The derivative `du/dt` at time `t`: that of the interpolant, without evaluating the model.
    ///
    /// Where the interpolant is of order `q` (error of the state `O(dt^(q+1))` in one step), the
    /// derivative is accurate to `O(dt^q)`: about one order less than [`at`](Solution::at). At a
    /// time where two steps meet it is that of the later one in the order of integration, so that at
    /// a stop or an event it belongs to what follows the jump.
    ///
    /// # Errors
    ///
    /// When `t` is outside the solved span, the solution has no interpolants, or nothing follows the
    /// effect of an event at the end.
    pub fn derivative(&self, t: f64) -> Result<Vec<S>, Error> {
        let mut du = vec![S::zero(); self.dim()];
        self.derivative_into(t, &mut du)?;
        Ok(du)
    }

    /// As [`derivative`](Solution::derivative), into a slice.
    ///
    /// # Errors
    ///
    /// As [`derivative`](Solution::derivative), or when `du` has the wrong length.
    pub fn derivative_into(&self, t: f64, du: &mut [S]) -> Result<(), Error> {
        check::length("du", self.dim(), du.len())?;
        let i = self.point_before(t)?;
        // The last point starts no step: there the step before it ends.
        let last = self.interpolants.steps.len().saturating_sub(1);
        let i = if i + 1 == self.len() { i.min(last) } else { i };
        let piece = self.piece(i).ok_or(ErrorKind::NoDerivative { t })?;
        let Piece { start, dt, coefficients } = piece;
        if coefficients.len() == self.dim() && !du.is_empty() {
            // A constant is the jump of an event: here at the end, and nothing follows it.
            return Err(ErrorKind::NoDerivative { t }.into());
        }
        horner_derivative(coefficients, self.dim(), (t - start) / dt, dt, du);
        Ok(())
    }

    /// The last saved point that is not after `t`.
    fn point_before(&self, t: f64) -> Result<usize, Error> {
        let (Some(&t0), Some(&t1)) = (self.times.first(), self.times.last()) else {
            return Err(ErrorKind::NotDense { t }.into());
        };
        let direction = if t1 < t0 { -1.0 } else { 1.0 };
        if !((t - t0) * direction >= 0.0 && (t1 - t) * direction >= 0.0) {
            return Err(ErrorKind::OutsideSpan { t, t0, t1 }.into());
        }
        let after = self.times.partition_point(|s| (s - t) * direction <= 0.0);
        Ok(after.saturating_sub(1))
    }

    /// The step that starts at point `i`: with interpolants every step is saved.
    fn piece(&self, i: usize) -> Option<Piece<'_, S>> {
        let steps = &self.interpolants.steps;
        let &(start, dt, first) = steps.get(i)?;
        let all = &self.interpolants.coefficients;
        let end = steps.get(i + 1).map_or(all.len(), |step| step.2);
        Some(Piece { start, dt, coefficients: &all[first..end] })
    }
}
