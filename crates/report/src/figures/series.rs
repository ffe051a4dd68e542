//! A named pair of slices.

use crate::error::Error;
use crate::layer::{Band, LineStyle};

/// A named curve or set of points, with an optional band around it.
///
/// # Examples
/// ```
/// use report::Series;
/// let t = [0.0, 1.0];
/// let series = Series::new("model", &t, &[1.0, 2.0]).band(&[0.9, 1.7], &[1.1, 2.3]);
/// assert_eq!(series.name, "model");
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Series<'a> {
    /// Name in the legend.
    pub name: &'a str,
    /// Horizontal values.
    pub x: &'a [f64],
    /// Vertical values, as many.
    pub y: &'a [f64],
    /// Lower and upper bound at each `x`.
    pub band: Option<(&'a [f64], &'a [f64])>,
}

impl<'a> Series<'a> {
    /// A series without a band. Lengths are checked when the figure is made.
    pub fn new(name: &'a str, x: &'a [f64], y: &'a [f64]) -> Self {
        Self { name, x, y, band: None }
    }

    /// Adds a band: `lower[i]` and `upper[i]` belong to `x[i]`.
    pub fn band(mut self, lower: &'a [f64], upper: &'a [f64]) -> Self {
        self.band = Some((lower, upper));
        self
    }

    pub(crate) fn band_layer(&self) -> Result<Option<Band>, Error> {
        self.band
            .map(|(lower, upper)| Ok(Band::new(self.x, lower, upper)?.label(self.name)))
            .transpose()
    }

    /// All heights, bounds included.
    pub(crate) fn heights(&self) -> impl Iterator<Item = f64> + '_ {
        let (lower, upper) = self.band.unwrap_or((&[], &[]));
        self.y.iter().chain(lower).chain(upper).copied()
    }
}

/// Line style and width of the `i`-th model: the first stands out, the others differ in print without colour too.
pub(crate) fn model_style(i: usize) -> (LineStyle, f64) {
    match i {
        0 => (LineStyle::Solid, 2.4),
        _ => match i % 4 {
            1 => (LineStyle::Dashed, 1.8),
            2 => (LineStyle::DashDotted, 1.8),
            3 => (LineStyle::Dotted, 2.2),
            _ => (LineStyle::Solid, 1.4),
        },
    }
}
