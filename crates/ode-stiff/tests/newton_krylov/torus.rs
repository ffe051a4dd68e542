//! A problem in the plane, and options.

use ode_core::{OdeProblem, Options, Save};
use scalar::Scalar;
use system::System;

/// The Brusselator on a torus of `n × n` cells, state interleaved (Hairer & Wanner IV.10, without the
/// inhomogeneity): `u' = 1 + u² v - 4.4 u + α Δu`, `v' = 3.4 u - u² v + α Δv`. The parameter is `α n²`.
#[derive(Clone, Copy)]
pub(crate) struct Torus {
    pub(crate) n: usize,
}

impl System for Torus {
    fn dim(&self) -> usize {
        2 * self.n * self.n
    }
    fn num_params(&self) -> usize {
        1
    }
    fn rhs<S: Scalar>(&self, _t: S, u: &[S], p: &[S], du: &mut [S]) {
        let n = self.n;
        for (y, x) in (0..n).flat_map(|y| (0..n).map(move |x| (y, x))) {
            let at = |y: usize, x: usize| 2 * ((y % n) * n + x % n);
            let around = [at(y + 1, x), at(y + n - 1, x), at(y, x + 1), at(y, x + n - 1)];
            let k = at(y, x);
            let spread = |s: usize| {
                let sum = around.iter().fold(S::zero(), |sum, &i| sum + u[i + s]);
                p[0] * (sum - u[k + s].scale(4.0))
            };
            let reaction = u[k] * u[k] * u[k + 1];
            du[k] = S::from_f64(1.0) + reaction - u[k].scale(4.4) + spread(0);
            du[k + 1] = u[k].scale(3.4) - reaction + spread(1);
        }
    }
}

impl Torus {
    pub(crate) fn start(&self) -> Vec<f64> {
        let n = self.n;
        let cell = |k: usize| {
            let (x, y) = ((k % n) as f64 / n as f64, (k / n) as f64 / n as f64);
            [22.0 * y * (1.0 - y).powf(1.5), 27.0 * x * (1.0 - x).powf(1.5)]
        };
        (0..n * n).flat_map(cell).collect()
    }

    pub(crate) fn params(&self) -> [f64; 1] {
        [0.1 * (self.n * self.n) as f64]
    }

    pub(crate) fn problem(&self, end: f64) -> OdeProblem<Self, Vec<f64>> {
        OdeProblem::new(*self, self.start(), self.params(), (0.0, end)).unwrap()
    }
}

pub(crate) fn options(rtol: f64) -> Options {
    Options { rtol, atol: rtol, save: Save::Last, ..Options::default() }
}

/// The largest difference.
pub(crate) fn distance(a: &[f64], b: &[f64]) -> f64 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
}
