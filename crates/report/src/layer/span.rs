//! Shaded intervals of x.

/// A shaded interval of `x`, for instance the forecast. An infinite end reaches to the edge of the frame.
///
/// # Examples
/// ```
/// use report::{Plot, Span};
/// let plot = Plot::new().layer(Span::new(1914.5, f64::INFINITY).label("forecast"));
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Span {
    pub(crate) from: f64,
    pub(crate) to: f64,
    pub(crate) label: String,
}

impl Span {
    /// The interval from `from` to `to`. Not drawn if an end is NaN or the interval lies outside of the frame.
    pub fn new(from: f64, to: f64) -> Self {
        Self { from, to, label: String::new() }
    }

    /// Text above the interval.
    pub fn label(mut self, label: &str) -> Self {
        self.label = label.into();
        self
    }
}
