use super::{Differentiate, Estimate, check, finite};
use crate::Error;

/// The slope at each point of the parabola through it and its neighbours: second order on any
/// grid, also at the ends. No smoothing: noise of size σ becomes σ/h.
///
/// ```
/// use datadriven::{Differentiate, FiniteDifference};
///
/// let t = [0.0, 0.1, 0.4, 0.5];
/// let slopes = FiniteDifference.differentiate(&t, &t.map(|t| t * t))?.derivatives;
/// for (slope, t) in slopes.iter().zip(t) {
///     assert!((slope - 2.0 * t).abs() < 1e-14);
/// }
/// # Ok::<(), datadriven::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FiniteDifference;

impl Differentiate for FiniteDifference {
    fn differentiate(&self, t: &[f64], x: &[f64]) -> Result<Estimate, Error> {
        check(t, x, 3)?;
        let n = t.len();
        let slope = |i: usize| (x[i + 1] - x[i]) / (t[i + 1] - t[i]);
        let derivatives = (0..n).map(|i| {
            let middle = i.clamp(1, n - 2);
            let (left, right) = (slope(middle - 1), slope(middle));
            // Newton's form: x' = left + x[t₋, t₀, t₊] ((t − t₋) + (t − t₀)).
            let bend = (right - left) / (t[middle + 1] - t[middle - 1]);
            left + bend * ((t[i] - t[middle - 1]) + (t[i] - t[middle]))
        });
        finite(Estimate { values: x.to_vec(), derivatives: derivatives.collect() })
    }
}
