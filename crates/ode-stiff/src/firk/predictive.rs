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
        // Eighth powers of both factors, upside down: the next step waits for one root, and for no quotient.
        let safe = 1.0 / (SAFETY * (1.0 + 2.0 * MOST));
        let mut power = eighth(safe * (iterations.max(1) as f64 + 2.0 * MOST)) * square;
        if self.size > 0.0 {
            let trend = eighth(self.size / (SAFETY * size)) / self.square;
            power = power.max(trend * square * square);
        }
        *self = Self { size, square: square.max(NO_TREND) };
        // What is no number changes the size to the smallest one.
        inverse_eighth_root(
            const { eighth(1.0 / SMALLEST) }.min(power).max(const { eighth(1.0 / LARGEST) }),
        )
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
const fn eighth(x: f64) -> f64 {
    let fourth = (x * x) * (x * x);
    fourth * fourth
}

/// `x^(-1/8)` of a positive normal number to 0.2 %, the same bits on every machine: the bits of a number, read as an integer,
/// are about its logarithm; then one step of Newton's method, `w (9 - x w⁸) / 8`, which falls short by 0.4 % at most. Three square
/// roots after one another take twice as long.
fn inverse_eighth_root(x: f64) -> f64 {
    const ONE: u64 = 0x47ed_1e35_3f7c_f000;
    let w = f64::from_bits(ONE - (x.to_bits() >> 3));
    (w * 1.002) * (1.125 - 0.125 * x * eighth(w))
}

#[cfg(test)]
mod tests {
    use super::{LARGEST, Predictive, SAFETY, SMALLEST, inverse_eighth_root};

    #[test]
    fn the_root_is_close() {
        for k in -3000..3000 {
            let x = (f64::from(k) / 100.0).exp2();
            let ratio = inverse_eighth_root(x) / x.powf(-0.125);
            assert!((0.998..1.002_001).contains(&ratio), "{x}: {ratio}");
        }
    }

    /// The factors of the equations themselves.
    #[test]
    fn the_smaller_factor_counts() {
        for (before, square, iterations) in
            [(1e-2, 0.5, 1), (0.9, 0.02, 3), (0.3, 0.3, 7), (1e-3, 0.9, 2), (1e-9, 1e-30, 1)]
        {
            let (first, size) = (0.1, 0.13);
            let mut control = Predictive::NEW;
            control.accept(first, before, 2);
            let found = control.accept(size, square, iterations);
            let safety = SAFETY * 15.0 / (iterations as f64 + 14.0);
            let [before, now] = [f64::max(before, 1e-4), f64::max(square, 1e-20)].map(f64::sqrt);
            let plain = safety * now.powf(-0.25);
            let trend = SAFETY * size / first * (before / (now * now)).powf(0.25);
            let expected = plain.min(trend).clamp(SMALLEST, LARGEST);
            assert!((found / expected - 1.0).abs() < 0.0021, "{found} {expected}");
        }
    }

    #[test]
    fn any_error_gives_a_size() {
        for square in [0.0, f64::MIN_POSITIVE, 1e300, f64::INFINITY, f64::NAN] {
            for size in [1e-300, 1e-12, 1.0, 1e300] {
                let mut control = Predictive::NEW;
                control.accept(1.0, square, 1);
                let found = control.accept(size, square, 1);
                assert!(
                    (0.99 * SMALLEST..=1.01 * LARGEST).contains(&found),
                    "{size} {square}: {found}"
                );
            }
        }
    }
}
