//! What a span costs by each implicit method, from what its parts cost.

use super::{ImplicitMethod, Timings};
use crate::iteration_matrix::IterationMatrix;
use std::hint::black_box;
use std::time::{Duration, Instant};
use system::Jacobian;

/// The work of a method over a span for which [`Rodas5P`](crate::Rodas5P) takes one step.
///
/// Means over the problems of the test set with a tolerance of 1e-6 (`tests/values.rs` holds the
/// counts; systems that oscillate without damping are left out).
#[derive(Clone, Copy, Debug)]
pub(super) struct Work {
    pub(super) method: ImplicitMethod,
    steps: f64,
    /// By step: evaluations, Jacobians, factorisations and solves of a real matrix, passes over a
    /// vector.
    evaluations: f64,
    jacobians: f64,
    factorizations: f64,
    solves: f64,
    passes: f64,
    /// What a step takes beside, in nanoseconds.
    rest: f64,
}

/// A complex system counts as four real ones.
pub(super) const CANDIDATES: [Work; 4] = [
    Work {
        method: ImplicitMethod::Rodas5P,
        steps: 1.0,
        evaluations: 8.0,
        jacobians: 1.0,
        factorizations: 1.01,
        solves: 8.0,
        passes: 50.0,
        rest: 50.0,
    },
    Work {
        method: ImplicitMethod::RadauIIA5,
        steps: 0.63,
        evaluations: 10.0,
        jacobians: 0.27,
        factorizations: 6.5,
        solves: 16.0,
        passes: 60.0,
        rest: 150.0,
    },
    Work {
        method: ImplicitMethod::KenCarp4,
        steps: 0.97,
        evaluations: 12.0,
        jacobians: 0.31,
        factorizations: 0.55,
        solves: 11.0,
        passes: 60.0,
        rest: 150.0,
    },
    Work {
        method: ImplicitMethod::Ndf,
        steps: 1.8,
        evaluations: 1.35,
        jacobians: 0.025,
        factorizations: 0.2,
        solves: 1.35,
        passes: 25.0,
        rest: 150.0,
    },
];

impl Work {
    /// Nanoseconds, for `n` states.
    pub(super) fn cost(&self, n: usize, timings: &Timings) -> f64 {
        let nanos = |time: Duration| time.as_secs_f64() * 1e9;
        let Timings { evaluation, jacobian, factorization, solve } = *timings;
        let step = self.evaluations * nanos(evaluation)
            + self.jacobians * nanos(jacobian)
            + self.factorizations * nanos(factorization)
            + self.solves * nanos(solve)
            + self.passes * 0.3 * n as f64
            + self.rest;
        self.steps * step
    }
}

/// Times each part at this state; `None` where one of them fails.
pub(super) fn measure<F: Jacobian<f64>>(
    rhs: &F,
    (t, u, p): (f64, &[f64], &[f64]),
) -> Option<Timings> {
    let mut matrix = IterationMatrix::new(rhs);
    let mut du = vec![0.0; u.len()];
    let evaluation = fastest(|| rhs.eval(t, u, p, &mut du).ok())?;
    let jacobian = fastest(|| matrix.linearize(rhs, t, u, p).ok())?;
    // With c far above the eigenvalues the matrix is regular.
    let c = 2.0 * matrix.bound() + 1.0;
    let factorization = fastest(|| matrix.factor(c, rhs.mass()).ok())?;
    let solve = fastest(|| matrix.solve(&mut du).ok())?;
    Some(Timings { evaluation, jacobian, factorization, solve })
}

/// The fastest of a few runs; of two, where one takes long.
fn fastest(mut run: impl FnMut() -> Option<()>) -> Option<Duration> {
    let (mut best, start) = (Duration::MAX, Instant::now());
    for i in 0..5 {
        let begin = Instant::now();
        black_box(run()?);
        best = best.min(begin.elapsed());
        if i > 0 && start.elapsed() > Duration::from_micros(200) {
            break;
        }
    }
    Some(best)
}
