//! From draws of unknowns to draws of measurements.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rand_distr::{Distribution, StandardNormal};
use rayon::prelude::*;

/// Trajectories of all draws, each off by a relative measurement error of its own; in parallel, with
/// the same numbers at any thread count. A draw that cannot be simulated is `None`.
///
/// Only the distribution at each time matters for a band, so that one error per draw and state, the
/// same at all times, gives the band of independent errors without its jitter.
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
            let mut rng =
                ChaCha8Rng::seed_from_u64(seed.wrapping_mul(1_000_003).wrapping_add(i as u64));
            let mut rows = simulate(draw)?;
            let factor = [(); 2].map(|()| {
                let xi: f64 = StandardNormal.sample(&mut rng);
                (sigma * xi).exp()
            });
            for row in &mut rows {
                row.iter_mut().zip(factor).for_each(|(u, factor)| *u *= factor);
            }
            Some(rows)
        })
        .collect()
}
