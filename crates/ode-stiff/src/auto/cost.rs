//! What a span costs by each implicit method, from what its parts cost.

use super::{ImplicitMethod, Timings};
use crate::iteration_matrix::IterationMatrix;
use linalg::{FromFn, Gmres, GmresSolver, Identity};
use std::hint::black_box;
use std::time::{Duration, Instant};
use system::Jacobian;

/// The work of a method over a span for which [`Rodas5P`](crate::Rodas5P) takes one step.
///
/// Means over the problems of the test set with a tolerance of 1e-6 (`tests/families/values.rs` has the
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
pub(super) const CANDIDATES: [Work; 5] = [
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
    Work {
        method: ImplicitMethod::NdfKrylov,
        steps: 1.8,
        evaluations: 1.2,
        jacobians: 0.0,
        factorizations: 0.0,
        solves: 1.2,
        passes: 35.0,
        rest: 300.0,
    },
];

/// States from which systems are tried by GMRES.
const LARGE: usize = 500;
/// The most products that may take.
const FEW: usize = 30;
/// What it reduces a residual to: the part that Newton's iteration leaves of an error of a tolerance.
const REDUCTION: f64 = 0.02;
/// A step is not known beforehand, and with another one the number of products is another.
const UNCERTAIN: f64 = 2.0;

impl Work {
    /// Nanoseconds, for `n` states; `None` if its solves do not suit the problem.
    pub(super) fn cost(&self, n: usize, timings: &Timings) -> Option<f64> {
        let nanos = |time: Duration| time.as_secs_f64() * 1e9;
        let Timings { evaluation, jacobian, factorization, solve, iteration } = *timings;
        let solve = match self.method {
            ImplicitMethod::NdfKrylov => iteration?.mul_f64(UNCERTAIN),
            _ => solve,
        };
        let step = self.evaluations * nanos(evaluation)
            + self.jacobians * nanos(jacobian)
            + self.factorizations * nanos(factorization)
            + self.solves * nanos(solve)
            + self.passes * 0.3 * n as f64
            + self.rest;
        Some(self.steps * step)
    }
}

/// Times each part at this state, by an iteration matrix of the right-hand side; `None` where one of them
/// fails.
pub(super) fn measure<F: Jacobian<f64>>(
    rhs: &F,
    mut matrix: IterationMatrix<f64, F::Work>,
    (t, u, p): (f64, &[f64], &[f64]),
    rtol: f64,
) -> Option<Timings> {
    let mut du = vec![0.0; u.len()];
    let evaluation = fastest(|| rhs.eval(t, u, p, &mut du).ok())?;
    let iteration = if u.len() < LARGE { None } else { iterate(rhs, (t, u, p), &du, rtol) };
    let jacobian = fastest(|| matrix.linearize(rhs, t, u, p).ok())?;
    // With c far above the eigenvalues the matrix is regular.
    let c = 2.0 * matrix.bound() + 1.0;
    let factorization = fastest(|| matrix.factor(c, rhs.mass()).ok())?;
    let solve = fastest(|| matrix.solve(&mut du).ok())?;
    Some(Timings { evaluation, jacobian, factorization, solve, iteration })
}

/// Times a solve of `(c - J) x = b` by GMRES, with a `c` that a step may have and a `b` of all frequencies;
/// `None` where it takes too many products, or with a mass matrix.
fn iterate<F: Jacobian<f64>>(
    rhs: &F,
    (t, u, p): (f64, &[f64], &[f64]),
    du: &[f64],
    rtol: f64,
) -> Option<Duration> {
    let (n, mut work) = (u.len(), rhs.jacobian_work());
    // The time in which the state changes as a whole, and the part of it that a step of order 5 is.
    let c = 2.0 * norm(du) / norm(u) / rtol.powf(1.0 / 6.0);
    if rhs.mass().is_some() || !c.is_normal() {
        return None;
    }
    let gmres = Gmres { restart: FEW, max_products: FEW, rtol: REDUCTION, ..Gmres::default() };
    let mut gmres = GmresSolver::new(n, gmres).ok()?;
    let mut matrix = FromFn::new(n, |x: &[f64], y: &mut [f64]| {
        if rhs.jvp(t, u, p, (x, y), &mut work).is_err() {
            y.fill(f64::NAN);
        }
        y.iter_mut().zip(x).for_each(|(y, x)| *y = c * x - *y);
    });
    let (b, mut x) = (scattered(n), vec![0.0; n]);
    fastest(|| gmres.solve_roughly(&mut matrix, &mut Identity, &b, &mut x).ok().map(|_| ()))
}

/// Numbers that look random: a linear congruence, with the constants of Knuth's MMIX.
fn scattered(n: usize) -> Vec<f64> {
    let mut bits = 1u64;
    let next = || {
        bits = bits.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (bits >> 11) as f64 / (1u64 << 53) as f64 - 0.5
    };
    std::iter::repeat_with(next).take(n).collect()
}

fn norm(x: &[f64]) -> f64 {
    x.iter().map(|x| x * x).sum::<f64>().sqrt()
}

/// The largest eigenvalues of a Jacobian.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Spectrum {
    /// About their modulus.
    pub(super) radius: f64,
    /// Whether they are closer to the imaginary axis than to the negative real one.
    pub(super) oscillates: bool,
}

/// By the length of `J v`, and the angle between `v` and `J v`, in a power iteration: it is straight on a
/// real eigenvector and turns on a complex pair. Nothing where there is no product.
pub(super) fn spectrum<F: Jacobian<f64>>(rhs: &F, (t, u, p): (f64, &[f64], &[f64])) -> Spectrum {
    let (n, mut work) = (u.len(), rhs.jacobian_work());
    let mut v: Vec<f64> = (0..n).map(|i| 1.0 + (i as f64 * 0.618).fract()).collect();
    let mut product = vec![0.0; n];
    let (mut cosine, mut radius) = (0.0, 0.0);
    for i in 0..30 {
        let length = norm(&v);
        v.iter_mut().for_each(|v| *v /= length);
        if !length.is_normal() || rhs.jvp(t, u, p, (&v, &mut product), &mut work).is_err() {
            return Spectrum::default();
        }
        if i >= 20 {
            let dot: f64 = v.iter().zip(&product).map(|(v, product)| v * product).sum();
            let length = norm(&product);
            cosine += 0.1 * dot / length.max(f64::MIN_POSITIVE);
            radius += 0.1 * length;
        }
        std::mem::swap(&mut v, &mut product);
    }
    Spectrum { radius, oscillates: cosine > -0.5 }
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
