use crate::{Dataset, ErrorScale};

/// Root mean square residual of predictions against all measurements, on a scale; `None` where
/// nothing can be compared, or a prediction is missing or not finite on that scale.
///
/// `predictions` holds a row of states per row of `data`; series `j` observes state `observes[j]`.
pub fn rmse(
    predictions: &[Vec<f64>],
    data: &Dataset,
    observes: &[usize],
    scale: ErrorScale,
) -> Option<f64> {
    let (mut sum, mut count) = (0.0, 0usize);
    for i in 0..data.len() {
        for (&d, &state) in data.row(i).iter().zip(observes) {
            if d.is_nan() {
                continue;
            }
            let u = *predictions.get(i)?.get(state)?;
            let residual: f64 = scale.apply(u) - scale.apply(d);
            sum += residual * residual;
            count += 1;
        }
    }
    let rmse = (sum / count as f64).sqrt();
    rmse.is_finite().then_some(rmse)
}

/// The corrected information criterion of Akaike (Hurvich and Tsai 1989) for a least-squares fit:
/// `n ln(rss/n) + 2k + 2k(k + 1)/(n - k - 1)`, with `k` counting the noise variance too.
///
/// Infinite where there are not enough measurements for the number of parameters.
pub fn aicc(mean_square: f64, measurements: usize, parameters: usize) -> f64 {
    let (n, k) = (measurements as f64, parameters as f64 + 1.0);
    if n - k - 1.0 <= 0.0 {
        return f64::INFINITY;
    }
    n * mean_square.ln() + 2.0 * k + 2.0 * k * (k + 1.0) / (n - k - 1.0)
}

/// The information criterion of Schwarz (1978) for a least-squares fit: `n ln(rss/n) + k ln n`.
pub fn bic(mean_square: f64, measurements: usize, parameters: usize) -> f64 {
    let (n, k) = (measurements as f64, parameters as f64 + 1.0);
    n * mean_square.ln() + k * n.ln()
}
