//! Curves through points.

use crate::error::Error;
use crate::palette::Color;

/// How a line is dashed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LineStyle {
    /// Unbroken.
    #[default]
    Solid,
    /// Long dashes.
    Dashed,
    /// Dots.
    Dotted,
    /// Dashes and dots in turn.
    DashDotted,
}

impl LineStyle {
    pub(crate) fn dashes(self) -> &'static str {
        match self {
            Self::Solid => "",
            Self::Dashed => " stroke-dasharray=\"7 4\"",
            Self::Dotted => " stroke-dasharray=\"0.1 4\"",
            Self::DashDotted => " stroke-dasharray=\"8 4 0.1 4\"",
        }
    }
}

/// A curve. Values that cannot be shown (NaN, infinite, not positive on a log scale) interrupt it.
///
/// # Examples
/// ```
/// use report::{Line, LineStyle};
/// let x = [0.0, 1.0, 2.0];
/// let line = Line::new(&x, &[1.0, f64::NAN, 3.0])?.label("model").style(LineStyle::Dashed).width(1.5);
/// # Ok::<(), report::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    pub(crate) x: Vec<f64>,
    pub(crate) y: Vec<f64>,
    pub(crate) label: String,
    pub(crate) color: Option<Color>,
    pub(crate) style: LineStyle,
    pub(crate) width: f64,
}

impl Line {
    /// A curve through `(x[i], y[i])` in this order. Slices of different lengths are an error.
    pub fn new(x: &[f64], y: &[f64]) -> Result<Self, Error> {
        Error::check_lengths("line: x and y", x.len(), y.len())?;
        Ok(Self {
            x: x.to_vec(),
            y: y.to_vec(),
            label: String::new(),
            color: None,
            style: LineStyle::Solid,
            width: 2.0,
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

    /// Solid, dashed or dotted.
    pub fn style(mut self, style: LineStyle) -> Self {
        self.style = style;
        self
    }

    /// Width in pixels, kept between 0.25 and 12; 2 at first.
    pub fn width(mut self, width: f64) -> Self {
        self.width = if width.is_finite() { width.clamp(0.25, 12.0) } else { 2.0 };
        self
    }
}
