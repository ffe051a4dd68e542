//! Marked values of x or y.

/// A thin vertical line at `x`, its label above the frame. Not drawn if `x` cannot be shown.
///
/// # Examples
/// ```
/// use report::{Plot, VLine};
/// let plot = Plot::new().layer(VLine::new(300.0).label("network joins"));
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct VLine {
    pub(crate) x: f64,
    pub(crate) label: String,
}

impl VLine {
    /// A line at `x`.
    pub fn new(x: f64) -> Self {
        Self { x, label: String::new() }
    }

    /// Text above the line.
    pub fn label(mut self, label: &str) -> Self {
        self.label = label.into();
        self
    }
}

/// A thin horizontal line at `y`, for instance the zero of residuals. Not drawn if `y` cannot be shown.
///
/// # Examples
/// ```
/// use report::{HLine, Plot};
/// let plot = Plot::new().layer(HLine::new(0.0));
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct HLine {
    pub(crate) y: f64,
}

impl HLine {
    /// A line at `y`.
    pub fn new(y: f64) -> Self {
        Self { y }
    }
}
