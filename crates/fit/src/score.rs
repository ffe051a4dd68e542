use crate::{Dataset, ErrorScale};

/// Root mean square residual of predictions against all measurements, on a scale; `None` where
/// nothing can be compared, or a prediction is missing or not finite on that scale.
///
/// `predictions` holds a row of states per row of `data`; series `j` observes state `observes[j]`
/// (`None` without one for every series).
///
/// ```
/// use fit::{Dataset, ErrorScale, rmse};
///
/// let data = Dataset::new(&[0.0, 1.0, 2.0], &["x"], &[1.0, f64::NAN, 4.0])?;
/// let predictions = [vec![1.0], vec![9.0], vec![2.0]];
/// assert_eq!(rmse(&predictions, &data, &[0], ErrorScale::Absolute), Some(2f64.sqrt()));
/// assert_eq!(rmse(&predictions[..2], &data, &[0], ErrorScale::Absolute), None);
/// # Ok::<(), fit::Error>(())
/// ```
pub fn rmse(
    predictions: &[Vec<f64>],
    data: &Dataset,
    observes: &[usize],
    scale: ErrorScale,
) -> Option<f64> {
    if observes.len() != data.num_series() {
        return None;
    }
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
///
/// ```
/// use fit::aicc;
///
/// // A tenth less residual is not worth five more parameters for 20 measurements.
/// assert!(aicc(1.0, 20, 3) < aicc(0.9, 20, 8));
/// assert_eq!(aicc(1.0, 5, 3), f64::INFINITY);
/// ```
pub fn aicc(mean_square: f64, measurements: usize, parameters: usize) -> f64 {
    let (n, k) = (measurements as f64, parameters as f64 + 1.0);
    if n - k - 1.0 <= 0.0 {
        return f64::INFINITY;
    }
    n * mean_square.ln() + 2.0 * k + 2.0 * k * (k + 1.0) / (n - k - 1.0)
}

/// The information criterion of Schwarz (1978) for a least-squares fit: `n ln(rss/n) + k ln n`, with
/// `k` counting the noise variance too. Infinite without measurements.
///
/// ```
/// use fit::bic;
///
/// // At the same fit, every parameter costs ln n.
/// let cost = bic(0.1, 20, 3) - bic(0.1, 20, 2);
/// assert!((cost - 20f64.ln()).abs() < 1e-12);
/// ```
pub fn bic(mean_square: f64, measurements: usize, parameters: usize) -> f64 {
    let (n, k) = (measurements as f64, parameters as f64 + 1.0);
    if measurements == 0 {
        return f64::INFINITY;
    }
    n * mean_square.ln() + k * n.ln()
}
