/// When a simplified Newton iteration has come far enough, after Hairer and Wanner II, IV.8.
///
/// Sizes are those of the increments in the norm of the step's error: 1 is as large as the tolerance.
/// With the rate of convergence `θ`, what is left after an increment of size `δ` is at most
/// `η δ`, `η = θ / (1 - θ)`; the iteration ends when that is below `κ`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Convergence {
    /// `η` of the last iteration that converged, carried over to the first increment of the next.
    pub(crate) eta: f64,
    theta: f64,
    /// Size of the last increment.
    previous: f64,
    iterations: usize,
}

/// What is left may be this part of the tolerance.
const KAPPA: f64 = 0.01;

/// The most increments of one iteration.
const MOST: usize = 10;

/// What to do after an increment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Converged,
    GoOn,
    Diverged,
}

impl Default for Convergence {
    fn default() -> Self {
        Self { eta: 1.0, theta: 0.0, previous: 0.0, iterations: 0 }
    }
}

impl Convergence {
    /// An iteration begins.
    pub(crate) fn begin(&mut self) {
        (self.theta, self.previous, self.iterations) = (0.0, 0.0, 0);
    }

    /// Nothing carries over: another matrix.
    pub(crate) fn forget(&mut self) {
        self.eta = 1.0;
    }

    /// What is carried over to the next iteration.
    pub(crate) fn carried(&self) -> f64 {
        self.eta
    }

    /// Goes on with what was carried over.
    pub(crate) fn carry_over(&mut self, eta: f64) {
        self.eta = if eta > 0.0 { eta } else { 1.0 };
    }

    /// After an increment of this size.
    pub(crate) fn judge(&mut self, size: f64) -> Verdict {
        self.iterations += 1;
        if !size.is_finite() {
            return self.diverged();
        }
        if self.iterations == 1 {
            self.previous = size;
            // What is carried over grows; where it is too large already, nothing has to be computed.
            if self.eta * size <= KAPPA {
                self.eta = self.eta.max(f64::EPSILON).powf(0.8);
            }
            let is_small = self.eta * size <= KAPPA || size == 0.0;
            return if is_small { Verdict::Converged } else { Verdict::GoOn };
        }
        let ratio = size / self.previous;
        let theta = ratio.max(0.3 * self.theta);
        (self.theta, self.previous) = (theta, size);
        if ratio > 2.0 || theta >= 1.0 {
            return self.diverged();
        }
        self.eta = theta / (1.0 - theta);
        // η δ ≤ κ, which the next step waits for, without the quotient.
        let (rest, limit) = (theta * size, KAPPA * (1.0 - theta));
        if rest <= limit {
            return Verdict::Converged;
        }
        // At this rate, what is left after the last increment that is allowed; the rate is below 1.
        let left = MOST.saturating_sub(self.iterations);
        let hopeless = rest * theta > limit && rest * theta.powi(left as i32) > limit;
        if left == 0 || hopeless { self.diverged() } else { Verdict::GoOn }
    }

    /// The rate of convergence that was seen, 0 where one increment was enough.
    pub(crate) fn rate(&self) -> f64 {
        self.theta
    }

    fn diverged(&mut self) -> Verdict {
        self.forget();
        Verdict::Diverged
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fast_iteration_ends_early_and_its_rate_carries_over() {
        let mut newton = Convergence::default();
        newton.begin();
        assert_eq!(newton.judge(1.0), Verdict::GoOn);
        assert_eq!(newton.judge(1e-3), Verdict::Converged);
        newton.begin();
        // η = (1e-3 / (1 - 1e-3))^0.8 ≈ 4e-3: an increment of 1 is enough.
        assert_eq!(newton.judge(1.0), Verdict::Converged);
        newton.begin();
        assert_eq!(newton.judge(100.0), Verdict::GoOn);
    }

    #[test]
    fn divergence_and_slowness_are_seen() {
        let mut newton = Convergence::default();
        newton.begin();
        assert_eq!(newton.judge(1.0), Verdict::GoOn);
        assert_eq!(newton.judge(3.0), Verdict::Diverged);
        newton.begin();
        assert_eq!(newton.judge(1.0), Verdict::GoOn);
        assert_eq!(newton.judge(0.9), Verdict::Diverged); // 0.9⁸ of 9 is left in the end
        newton.begin();
        assert_eq!(newton.judge(f64::NAN), Verdict::Diverged);
    }
}
