//! From draws of unknowns to draws of measurements.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rand_distr::{Distribution, StandardNormal};
use rayon::prelude::*;

/// Trajectories of all draws, each with relative measurement noise of its own; in parallel, with the
/// same numbers at any thread count. A draw that cannot be simulated is `None`.
pub(crate) fn predictive(
    draws: &[Vec<f64>],
    sigma: f64,
    seed: u64,
    simulate: impl Fn(&[f64]) -> Option<Vec<Vec<f64>>> + Sync,
) -> Vec<Option<Vec<Vec<f64>>>> {
    draws
        .par_iter()
        .enumerate()
        .map(|(i, draw)| {
            let mut rng = ChaCha8Rng::seed_from_u64(seed.wrapping_mul(1_000_003) + i as u64);
            let mut rows = simulate(draw)?;
            for u in rows.iter_mut().flatten() {
                let xi: f64 = StandardNormal.sample(&mut rng);
                *u *= (sigma * xi).exp();
            }
            Some(rows)
        })
        .collect()
}
