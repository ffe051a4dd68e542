//! Standard errors of averages of correlated values.

/// Numbers of batches that are tried.
const BATCHES: [usize; 3] = [10, 20, 40];

/// Fewest pieces that errors are estimated from.
pub(super) const FEWEST: usize = BATCHES[0];

/// The standard error of `m = Σ xᵢ / Σ wᵢ`, where `xᵢ` is what a piece of the trajectory contributes
/// and `wᵢ` how much it counts, by batch means (Schmeiser 1982) with smooth batches that overlap (Welch
/// 1967): with the residuals `rᵢ = xᵢ - m wᵢ`, the fraction `sᵢ` of the weight up to the middle of a piece,
/// and `B` batches `h_b(s) = ½ (1 + cos π (B s - b))` where `|B s - b| < 1`,
///
/// `e² = 4/3 (B / (B - 1))² Σ_b (Σᵢ h_b(sᵢ) rᵢ)² / (Σ w)²`, `b = 1..B - 1`.
///
/// Much of what shadowing averages is nearly a derivative in time, which hardly contributes to the mean,
/// but much to a batch with sharp ends. Batches that are too short are correlated and promise too much,
/// so the largest of 10, 20 and 40 batches counts, of those that hold at least eight pieces each (10 always
/// do). NaN for fewer than ten pieces.
pub(super) fn standard_error(x: &[f64], w: &[f64]) -> f64 {
    let total: f64 = w.iter().sum();
    let mean = x.iter().sum::<f64>() / total;
    let enough = |batches: usize| x.len() >= 8 * batches || batches == FEWEST && x.len() >= FEWEST;
    let errors = BATCHES.iter().filter(|&&batches| enough(batches)).map(|&batches| {
        // The two half batches at the ends are not used.
        let mut sums = vec![0.0; batches + 2];
        let (mut done, count) = (0.0, batches as f64);
        for (x, w) in x.iter().zip(w) {
            let at = ((done + 0.5 * w) / total * count).clamp(0.0, count);
            let batch = at.floor();
            let hump = 0.5 + 0.5 * (core::f64::consts::PI * (at - batch)).cos();
            let residual = x - mean * w;
            sums[batch as usize] += hump * residual;
            sums[batch as usize + 1] += (1.0 - hump) * residual;
            done += w;
        }
        let squares: f64 = sums[1..batches].iter().map(|sum| sum * sum).sum();
        (squares / 0.75).sqrt() * count / (count - 1.0) / total.abs()
    });
    errors.fold(f64::NAN, f64::max)
}

#[cfg(test)]
mod tests {
    use super::standard_error;

    /// A sequence that is uniform in (-½, ½) for the purpose.
    fn noise(i: u64) -> f64 {
        let mut z = i.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64 - 0.5
    }

    #[test]
    fn independent_values_have_the_error_of_the_textbook() {
        let x: Vec<f64> = (0..40_000).map(|i| 3.0 + noise(i)).collect();
        let error = standard_error(&x, &vec![1.0; x.len()]);
        let expected = (1.0 / 12.0f64 / 40_000.0).sqrt();
        assert!((0.7..1.7).contains(&(error / expected)), "{}", error / expected);
        // What counts twice and contributes twice is the same mean.
        let doubled: Vec<f64> = x.iter().map(|x| 2.0 * x).collect();
        let again = standard_error(&doubled, &vec![2.0; x.len()]);
        assert!((again - error).abs() < 1e-12);
    }

    #[test]
    fn correlation_is_seen() {
        // Every value stands a hundred times: 400 independent ones.
        let x: Vec<f64> = (0..40_000).map(|i| noise(i / 100)).collect();
        let error = standard_error(&x, &vec![1.0; x.len()]);
        let expected = (1.0 / 12.0f64 / 400.0).sqrt();
        assert!((0.6..1.8).contains(&(error / expected)), "{}", error / expected);
    }

    /// Differences of a sequence: what is left of the sum are its ends.
    #[test]
    fn cancellation_is_seen() {
        let x: Vec<f64> = (0..40_000).map(|i| noise(i / 1000 + 1) - noise(i / 1000)).collect();
        let error = standard_error(&x, &vec![1.0; x.len()]);
        let ends = 1000.0 * (2.0f64 / 12.0).sqrt() / 40_000.0;
        assert!((0.3..4.0).contains(&(error / ends)), "{}", error / ends);
    }

    #[test]
    fn constants_have_no_error_and_few_values_no_estimate() {
        let w: Vec<f64> = (1..=30).map(f64::from).collect();
        let x: Vec<f64> = w.iter().map(|w| 2.0 * w).collect();
        assert!(standard_error(&x, &w) < 1e-14);
        assert!(standard_error(&x[..9], &w[..9]).is_nan());
    }
}
