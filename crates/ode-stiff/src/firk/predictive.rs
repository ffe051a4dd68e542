use super::{Parts, notes};

/// Gustafsson's predictive controller (Hairer, Wanner II, IV.8, equations 8.24 to 8.26), for an
/// estimate of third order.
///
/// With `E(h) = C h⁴` the next size is `h (1 / err)^(1/4)`; the predictive one assumes that `C`
/// changes as it did over the last step. The smaller one is taken, times a factor of safety that
/// is smaller where Newton's method needed many iterations.
#[derive(Clone, Copy, Debug)]
pub(super) struct Predictive {
    /// Size and squared error of the step accepted before; no size, no such step.
    size: f64,
    square: f64,
}

/// Of the step size.
const SAFETY: f64 = 0.9;
/// The most iterations that the factor of safety reckons with.
const MOST: f64 = 7.0;
/// The changes of size that are allowed.
const SMALLEST: f64 = 0.2;
const LARGEST: f64 = 8.0;
/// Smaller squared errors say nothing about the trend, nor these about the next size.
const NO_TREND: f64 = 1e-4;
const NO_ERROR: f64 = 1e-20;

impl Predictive {
    pub(super) const NEW: Self = Self { size: 0.0, square: NO_TREND };

    /// The change of size after an accepted step of this size and squared error, for which Newton's
    /// method took this many iterations.
    pub(super) fn accept(&mut self, size: f64, square: f64, iterations: usize) -> f64 {
        let square = square.max(NO_ERROR);
        let safety = SAFETY * (1.0 + 2.0 * MOST) / (iterations.max(1) as f64 + 2.0 * MOST);
        // Eighth powers of both factors: the next step waits for one root instead of two.
        let inverse = 1.0 / square;
        let mut power = eighth(safety) * inverse;
        if self.size > 0.0 {
            let trend = eighth(SAFETY * size / self.size) * self.square * inverse * inverse;
            power = power.min(trend);
        }
        *self = Self { size, square: square.max(NO_TREND) };
        power.sqrt().sqrt().sqrt().clamp(SMALLEST, LARGEST)
    }

    pub(super) fn write<S: Parts>(&self, notes: &mut Vec<S>) {
        notes::write(notes, self.size);
        notes::write(notes, self.square);
    }

    pub(super) fn read<S: Parts>(notes: &mut &[S]) -> Self {
        let (size, square) = (notes::read(notes), notes::read(notes));
        Self { size, square: square.max(NO_TREND) }
    }
}

/// The eighth power.
fn eighth(x: f64) -> f64 {
    let fourth = (x * x) * (x * x);
    fourth * fourth
}
