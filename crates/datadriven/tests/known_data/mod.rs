//! Data with known answers.
#![allow(dead_code)] // each test file uses its part

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, Normal};

/// One classical Runge–Kutta step.
fn rk4(f: impl Fn([f64; 3]) -> [f64; 3], u: [f64; 3], h: f64) -> [f64; 3] {
    let along = |k: [f64; 3], s: f64| std::array::from_fn(|i| u[i] + s * k[i]);
    let k1 = f(u);
    let k2 = f(along(k1, 0.5 * h));
    let k3 = f(along(k2, 0.5 * h));
    let k4 = f(along(k3, h));
    std::array::from_fn(|i| u[i] + h / 6.0 * (k1[i] + 2.0 * k2[i] + 2.0 * k3[i] + k4[i]))
}

pub(crate) fn lorenz_rhs([x, y, z]: [f64; 3]) -> [f64; 3] {
    [10.0 * (y - x), x * (28.0 - z) - y, x * y - 8.0 / 3.0 * z]
}

/// Lorenz from (−8, 8, 27), every `dt`, by ten steps each.
pub(crate) fn lorenz(points: usize, dt: f64) -> (Vec<f64>, Vec<[f64; 3]>) {
    let mut u = [-8.0, 8.0, 27.0];
    let (mut times, mut states) = (Vec::new(), Vec::new());
    for i in 0..points {
        times.push(i as f64 * dt);
        states.push(u);
        for _ in 0..10 {
            u = rk4(lorenz_rhs, u, 0.1 * dt);
        }
    }
    (times, states)
}

/// Independent normal numbers with standard deviation `sd`.
pub(crate) struct Noise(ChaCha8Rng, Normal<f64>);

impl Noise {
    pub(crate) fn new(seed: u64, sd: f64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed), Normal::new(0.0, sd).unwrap())
    }
    pub(crate) fn draw(&mut self) -> f64 {
        self.1.sample(&mut self.0)
    }
}

/// Points that fill [-1, 1]ⁿ.
pub(crate) fn cloud(rows: usize, n: usize, seed: u64) -> Vec<Vec<f64>> {
    use rand::RngExt;
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    (0..rows).map(|_| (0..n).map(|_| rng.random_range(-1.0..1.0)).collect()).collect()
}
