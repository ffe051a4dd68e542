use super::{Parts, notes};

/// Gustafsson's predictive controller (Hairer, Wanner II, IV.8, equations 8.24 to 8.26), for an
/// estimate of third order.
///
/// With `E(h) = C h⁴` the next size is `h (1 / err)^(1/4)`; the predictive one assumes that `C`
/// changes as it did over the last step. The smaller one is taken, times a factor of safety that
/// is smaller where Newton's method needed many iterations.
#[derive(Clone, Copy, Debug)]
pub(super) struct Predictive {
    /// Size and error of the step accepted before; no size, no such step.
    size: f64,
    error: f64,
}

/// Of the step size.
const SAFETY: f64 = 0.9;
/// The most iterations that the factor of safety reckons with.
const MOST: f64 = 7.0;
/// The changes of size that are allowed.
const SMALLEST: f64 = 0.2;
const LARGEST: f64 = 8.0;
/// Smaller errors say nothing about the trend.
const NO_TREND: f64 = 1e-2;

impl Predictive {
    pub(super) const NEW: Self = Self { size: 0.0, error: NO_TREND };

    /// The change of size after an accepted step of this size and squared error, for which Newton's
    /// method took this many iterations.
    pub(super) fn accept(&mut self, size: f64, square: f64, iterations: usize) -> f64 {
        let error = square.sqrt().max(1e-10);
        let safety = SAFETY * (1.0 + 2.0 * MOST) / (iterations.max(1) as f64 + 2.0 * MOST);
        let mut factor = safety / fourth_root(error);
        if self.size > 0.0 {
            let trend = fourth_root(error * error / self.error);
            factor = factor.min(SAFETY * size / (self.size * trend));
        }
        *self = Self { size, error: error.max(NO_TREND) };
        factor.clamp(SMALLEST, LARGEST)
    }

    pub(super) fn write<S: Parts>(&self, notes: &mut Vec<S>) {
        notes::write(notes, self.size);
        notes::write(notes, self.error);
    }

    pub(super) fn read<S: Parts>(notes: &mut &[S]) -> Self {
        let (size, error) = (notes::read(notes), notes::read(notes));
        Self { size, error: error.max(NO_TREND) }
    }
}

fn fourth_root(x: f64) -> f64 {
    x.sqrt().sqrt()
}
