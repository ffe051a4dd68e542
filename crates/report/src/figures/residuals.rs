//! What the models leave unexplained, over time.

use super::series::Series;
use crate::error::Error;
use crate::layer::{HLine, Line, Marker, Points, Span};
use crate::number::significant;
use crate::plot::{Legend, Plot};

/// Residuals against time with the zero line; the legend gives each model's root mean square.
///
/// # Examples
/// ```
/// use report::{Residuals, Series};
/// let plot = Residuals {
///     y_label: "log residual",
///     residuals: &[Series::new("model", &[0.0, 1.0, 2.0], &[0.1, -0.2, 0.05])],
///     ..Residuals::default()
/// }
/// .plot()?;
/// # Ok::<(), report::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Residuals<'a> {
    /// Heading.
    pub title: &'a str,
    /// Name and unit of time.
    pub x_label: &'a str,
    /// Name and unit of the residual.
    pub y_label: &'a str,
    /// Time and residual of each model.
    pub residuals: &'a [Series<'a>],
    /// Time from which on the data were not seen by the fit.
    pub forecast_from: Option<f64>,
}

impl Default for Residuals<'_> {
    fn default() -> Self {
        let (title, x_label, y_label) = ("", "time", "residual");
        Self { title, x_label, y_label, residuals: &[], forecast_from: None }
    }
}

const MARKERS: [Marker; 4] = [Marker::Circle, Marker::Square, Marker::Triangle, Marker::Diamond];

impl Residuals<'_> {
    /// The plot. Slices of different lengths are an error.
    pub fn plot(&self) -> Result<Plot, Error> {
        let mut plot = Plot::new()
            .title(self.title)
            .x_label(self.x_label)
            .y_label(self.y_label)
            .legend(Legend::Above)
            .size(860.0, 320.0)
            .layer(HLine::new(0.0));
        if let Some(start) = self.forecast_from {
            plot = plot.layer(Span::new(start, f64::INFINITY).label("forecast"));
        }
        for (i, series) in self.residuals.iter().enumerate() {
            let label = match root_mean_square(series.y) {
                Some(rms) => format!("{} (rms {})", series.name, significant(rms, 3)),
                None => format!("{} (no data)", series.name),
            };
            let line = Line::new(series.x, series.y)?.label(&label).width(1.0);
            let points = Points::new(series.x, series.y)?.label(&label);
            plot = plot.layer(line).layer(points.marker(MARKERS[i % MARKERS.len()]));
        }
        Ok(plot)
    }
}

/// √(Σ r²/n) over the finite values, scaled against overflow; `None` without any.
fn root_mean_square(values: &[f64]) -> Option<f64> {
    let finite = || values.iter().filter(|v| v.is_finite());
    let largest = finite().fold(0.0_f64, |m, v| m.max(v.abs()));
    let n = finite().count();
    if n == 0 || largest == 0.0 {
        return (n > 0).then_some(0.0);
    }
    let sum: f64 = finite().map(|v| (v / largest).powi(2)).sum();
    Some(largest * (sum / n as f64).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn root_mean_square_of_three_and_four() {
        assert!(
            (root_mean_square(&[3.0, -4.0, f64::NAN]).unwrap() - 12.5_f64.sqrt()).abs() < 1e-15
        );
        assert_eq!(root_mean_square(&[]), None);
        assert_eq!(root_mean_square(&[0.0]), Some(0.0));
        assert_eq!(root_mean_square(&[1e300, 1e300]), Some(1e300));
    }
}
