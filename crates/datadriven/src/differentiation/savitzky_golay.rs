use super::{Differentiate, Estimate, check, finite};
use crate::least_squares::PivotedQr;
use crate::{Error, ErrorKind};
use faer::Mat;

/// A polynomial fitted by least squares to the points around each point (Savitzky and Golay
/// 1964), on any grid. At the ends the window is one-sided. O(n w d²).
///
/// ```
/// use datadriven::{Differentiate, SavitzkyGolay};
///
/// // The published smoothing weights of five points and degree 2: (−3, 12, 17, 12, −3) / 35.
/// let smooth = SavitzkyGolay { window: 5, degree: 2 };
/// let estimate = smooth.differentiate(&[0., 1., 2., 3., 4.], &[0., 0., 35., 0., 0.])?;
/// assert!((estimate.values[2] - 17.0).abs() < 1e-12);
/// # Ok::<(), datadriven::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SavitzkyGolay {
    /// Points in the window, odd.
    pub window: usize,
    /// Degree of the polynomial, less than the window.
    pub degree: usize,
}

impl Default for SavitzkyGolay {
    /// Cubics over 11 points.
    fn default() -> Self {
        Self { window: 11, degree: 3 }
    }
}

impl Differentiate for SavitzkyGolay {
    fn differentiate(&self, t: &[f64], x: &[f64]) -> Result<Estimate, Error> {
        let Self { window, degree } = *self;
        let fault = |setting, value: usize, expected| {
            Err(ErrorKind::InvalidSetting { setting, value: value as f64, expected }.into())
        };
        if window.is_multiple_of(2) {
            return fault("window", window, "odd");
        }
        if degree == 0 || degree >= window {
            return fault("degree", degree, "at least 1 and less than the window");
        }
        if degree > 12 {
            return fault("degree", degree, "at most 12");
        }
        check(t, x, window)?;
        let mut estimate = Estimate { values: Vec::new(), derivatives: Vec::new() };
        for i in 0..t.len() {
            let first = i.saturating_sub(window / 2).min(t.len() - window);
            let (times, values) = (&t[first..first + window], &x[first..first + window]);
            // In units of the window, about t[i]: the polynomial's first two coefficients are the
            // value and the slope.
            let width = times[window - 1] - times[0];
            let powers = Mat::from_fn(window, degree + 1, |row, power| {
                ((times[row] - t[i]) / width).powi(power as i32)
            });
            let Ok(qr) = PivotedQr::new(powers, window) else {
                return Err(ErrorKind::Numerical { what: "the local polynomial" }.into());
            };
            let coefficients = qr.solve(values);
            estimate.values.push(coefficients[0]);
            estimate.derivatives.push(coefficients[1] / width);
        }
        finite(estimate)
    }
}
