/// The largest of `|uᵢ - vᵢ| / (small + |vᵢ|)`, the mixed error of the IVP test set (Mazzia and
/// Magherini); without `small` the largest `|uᵢ - vᵢ|`. NaN if one is, or the lengths differ.
///
/// ```
/// use benches::mixed_error;
///
/// assert!((mixed_error(&[2.5, 1e-6], &[2.0, 0.0], Some(1e-6)) - 1.0).abs() < 1e-9);
/// assert_eq!(mixed_error(&[2.5, 1e-6], &[2.0, 0.0], None), 0.5);
/// assert!(mixed_error(&[f64::NAN, 1.0], &[2.0, 1.0], None).is_nan());
/// assert!(mixed_error(&[1.0], &[2.0, 1.0], None).is_nan());
/// ```
pub fn mixed_error(u: &[f64], v: &[f64], small: Option<f64>) -> f64 {
    if u.len() != v.len() {
        return f64::NAN;
    }
    let unit = |v: f64| small.map_or(1.0, |small| small + v.abs());
    let errors = u.iter().zip(v).map(|(u, v)| (u - v).abs() / unit(*v));
    errors.fold(0.0, |m, e| if m.is_nan() || m > e { m } else { e })
}

/// The median over all members of [`mixed_error`]. NaN if one of them is, or one is missing.
///
/// ```
/// use benches::median_error;
///
/// let reference = [[1.0, 1e-9]; 5];
/// let mut ends = reference;
/// assert_eq!(median_error(&ends, &reference, Some(1e-8)), 0.0);
/// for (i, end) in ends.iter_mut().enumerate() {
///     end[1] += i as f64 * 1.1e-8;
/// }
/// assert!((median_error(&ends, &reference, Some(1e-8)) - 2.0).abs() < 1e-9);
/// assert!(median_error(&ends[1..], &reference, None).is_nan());
/// assert!(median_error(&[[0.0]; 5], &reference, None).is_nan());
/// ends[4][0] = f64::NAN;
/// assert!(median_error(&ends, &reference, None).is_nan());
/// ```
pub fn median_error<U: AsRef<[f64]>, V: AsRef<[f64]>>(
    ends: &[U],
    reference: &[V],
    small: Option<f64>,
) -> f64 {
    if ends.len() != reference.len() {
        return f64::NAN;
    }
    let pairs = ends.iter().zip(reference);
    let mut errors: Vec<f64> =
        pairs.map(|(u, v)| mixed_error(u.as_ref(), v.as_ref(), small)).collect();
    errors.sort_by(f64::total_cmp);
    match errors.last() {
        // NaN is the largest.
        Some(last) if last.is_finite() => errors[errors.len() / 2],
        _ => f64::NAN,
    }
}
