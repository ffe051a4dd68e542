//! Single marks, usually measurements.

use crate::error::Error;
use crate::palette::Color;

/// The shape of a mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Marker {
    /// A filled disc.
    #[default]
    Circle,
    /// A ring, for instance for data held out of a fit.
    Ring,
    /// A filled square.
    Square,
    /// A filled triangle.
    Triangle,
    /// A filled diamond.
    Diamond,
    /// A small dot.
    Dot,
}

/// Single marks; each carries its values as a tooltip. Values that cannot be shown are skipped.
///
/// # Examples
/// ```
/// use report::{Marker, Points};
/// let points = Points::new(&[1900.0, 1901.0], &[30.0, 47.2])?.label("hare").marker(Marker::Square);
/// # Ok::<(), report::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Points {
    pub(crate) x: Vec<f64>,
    pub(crate) y: Vec<f64>,
    pub(crate) label: String,
    pub(crate) color: Option<Color>,
    pub(crate) marker: Marker,
}

impl Points {
    /// Marks at `(x[i], y[i])`. Slices of different lengths are an error.
    pub fn new(x: &[f64], y: &[f64]) -> Result<Self, Error> {
        Error::check_lengths("points: x and y", x.len(), y.len())?;
        Ok(Self {
            x: x.to_vec(),
            y: y.to_vec(),
            label: String::new(),
            color: None,
            marker: Marker::Circle,
        })
    }

    /// Name in the legend; without one the layer is not listed. Layers with one label share a colour and an entry.
    pub fn label(mut self, label: &str) -> Self {
        self.label = label.into();
        self
    }

    /// Colour; without one, that of an earlier layer with this label, or the next of the cycle.
    pub fn color(mut self, color: Color) -> Self {
        self.color = Some(color);
        self
    }

    /// Shape of the marks.
    pub fn marker(mut self, marker: Marker) -> Self {
        self.marker = marker;
        self
    }
}
