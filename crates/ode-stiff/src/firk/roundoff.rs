//! Iterations that go on until nothing but rounding is left, after Hairer, McLachlan and
//! Razakarivony, *Achieving Brouwer's law with implicit Runge–Kutta methods*, BIT 48 (2008) 231–243.

use crate::convergence::Verdict;

/// Where an iteration stands. Sizes are those of its increments, in units of the last place.
#[derive(Clone, Copy, Debug)]
pub(super) struct RoundOff {
    iterations: usize,
    previous: f64,
    rate: f64,
}

/// What may be left after the last increment, at the rate seen: systematic, so far below rounding.
const ENOUGH: f64 = 1e-5;
/// Increments that no longer become smaller are rounding if they are below this.
const NOISE: f64 = 1e6;
/// No longer smaller.
const STAGNANT: f64 = 0.9;
const MOST: usize = 50;

impl RoundOff {
    pub(super) fn begin() -> Self {
        Self { iterations: 0, previous: f64::INFINITY, rate: 0.0 }
    }

    /// The slowest convergence seen while increments were more than rounding.
    pub(super) fn rate(&self) -> f64 {
        self.rate
    }

    pub(super) fn judge(&mut self, size: f64) -> Verdict {
        self.iterations += 1;
        let ratio = size / self.previous;
        self.previous = size;
        if !size.is_finite() {
            return Verdict::Diverged;
        }
        if size == 0.0 {
            return Verdict::Converged;
        }
        if self.iterations == 1 {
            return Verdict::GoOn;
        }
        if size > NOISE {
            self.rate = self.rate.max(ratio);
        }
        match ratio < STAGNANT {
            true if size * ratio / (1.0 - ratio) <= ENOUGH => Verdict::Converged,
            false if size < NOISE => Verdict::Converged,
            // Tangents may grow once, by what the first increment of the values changes.
            false if ratio > 2.0 && self.iterations > 3 => Verdict::Diverged,
            _ if self.iterations >= MOST => Verdict::Diverged,
            _ => Verdict::GoOn,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_ends_at_rounding_and_not_before() {
        let mut newton = RoundOff::begin();
        assert_eq!(newton.judge(1e12), Verdict::GoOn);
        assert_eq!(newton.judge(1e8), Verdict::GoOn);
        assert_eq!(newton.judge(1e4), Verdict::GoOn);
        assert_eq!(newton.judge(1.0), Verdict::GoOn);
        assert_eq!(newton.judge(1e-2), Verdict::GoOn); // 1e-4 would be next
        assert_eq!(newton.judge(1e-4), Verdict::Converged);
        assert_eq!(newton.rate(), 1e-4);
        let mut noisy = RoundOff::begin();
        assert_eq!(noisy.judge(1e5), Verdict::GoOn);
        assert_eq!(noisy.judge(5e3), Verdict::GoOn);
        assert_eq!(noisy.judge(4.9e3), Verdict::Converged);
    }

    #[test]
    fn it_gives_up() {
        let mut newton = RoundOff::begin();
        assert_eq!(newton.judge(1e10), Verdict::GoOn);
        assert_eq!(newton.judge(3e10), Verdict::GoOn);
        assert_eq!(newton.judge(9e10), Verdict::GoOn);
        assert_eq!(newton.judge(3e11), Verdict::Diverged);
        let mut newton = RoundOff::begin();
        assert_eq!(newton.judge(f64::NAN), Verdict::Diverged);
        let mut newton = RoundOff::begin();
        let verdicts = (0..50).map(|k| newton.judge(1e15 + f64::from(k)));
        assert_eq!(verdicts.last(), Some(Verdict::Diverged));
    }
}
