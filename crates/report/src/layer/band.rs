//! Translucent bands, usually intervals of a forecast.

use crate::error::Error;
use crate::palette::Color;

/// The area between two curves. Where a bound cannot be shown the band is interrupted.
///
/// # Examples
/// ```
/// use report::Band;
/// let band = Band::new(&[0.0, 1.0], &[0.8, 1.5], &[1.2, 2.5])?.label("95 % interval");
/// # Ok::<(), report::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Band {
    pub(crate) x: Vec<f64>,
    pub(crate) lower: Vec<f64>,
    pub(crate) upper: Vec<f64>,
    pub(crate) label: String,
    pub(crate) color: Option<Color>,
}

impl Band {
    /// The area between `(x[i], lower[i])` and `(x[i], upper[i])`. Slices of different lengths are an error.
    pub fn new(x: &[f64], lower: &[f64], upper: &[f64]) -> Result<Self, Error> {
        Error::check_lengths("band: x and lower", x.len(), lower.len())?;
        Error::check_lengths("band: x and upper", x.len(), upper.len())?;
        Ok(Self {
            x: x.to_vec(),
            lower: lower.to_vec(),
            upper: upper.to_vec(),
            label: String::new(),
            color: None,
        })
    }

    /// Name in the legend; give it the label of its curve to share colour and entry with it.
    pub fn label(mut self, label: &str) -> Self {
        self.label = label.into();
        self
    }

    /// Colour; without one, that of an earlier layer with this label, or the next of the cycle.
    pub fn color(mut self, color: Color) -> Self {
        self.color = Some(color);
        self
    }
}
