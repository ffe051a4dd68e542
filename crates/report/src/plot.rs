//! The declarative two-dimensional plot.

use crate::draw;
use crate::error::{Error, ErrorKind};
use crate::layer::Layer;
use crate::scale::Scale;

/// Where the legend stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Legend {
    /// In the emptiest corner if nothing is drawn there, else to the right of the frame.
    #[default]
    Auto,
    /// To the right of the frame.
    Right,
    /// In rows above the frame; left out where that would leave no room for the data.
    Above,
    /// Not shown.
    Hidden,
}

/// A figure with two axes and layers of data.
///
/// Ranges, ticks, margins and legend follow from the data. Nothing breaks the picture: values that cannot be
/// shown are skipped (and counted in its description), and a plot without any value says "no data".
///
/// # Examples
/// ```
/// use report::{Line, Plot, Points, Scale};
/// let t = [1900.0, 1901.0, 1902.0];
/// let svg = Plot::new()
///     .title("Hudson Bay")
///     .x_label("year")
///     .y_label("thousands of pelts")
///     .y_scale(Scale::Log)
///     .layer(Points::new(&t, &[30.0, 47.2, 70.2])?.label("hare"))
///     .layer(Line::new(&t, &[31.0, 46.0, 71.0])?.label("model"))
///     .to_svg(640.0, 400.0);
/// assert!(svg.starts_with("<svg ") && svg.contains("thousands of pelts"));
/// # Ok::<(), report::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Plot {
    pub(crate) title: String,
    pub(crate) description: String,
    pub(crate) x_label: String,
    pub(crate) y_label: String,
    pub(crate) x_scale: Scale,
    pub(crate) y_scale: Scale,
    pub(crate) x_range: Option<(f64, f64)>,
    pub(crate) y_range: Option<(f64, f64)>,
    pub(crate) layers: Vec<Layer>,
    pub(crate) legend: Legend,
    pub(crate) equal_axes: bool,
    pub(crate) size: (f64, f64),
}

impl Default for Plot {
    fn default() -> Self {
        Self::new()
    }
}

impl Plot {
    /// An empty plot on linear axes.
    pub fn new() -> Self {
        Self {
            title: String::new(),
            description: String::new(),
            x_label: String::new(),
            y_label: String::new(),
            x_scale: Scale::Linear,
            y_scale: Scale::Linear,
            x_range: None,
            y_range: None,
            layers: Vec::new(),
            legend: Legend::Auto,
            equal_axes: false,
            size: (860.0, 400.0),
        }
    }

    /// Heading above the frame.
    pub fn title(mut self, title: &str) -> Self {
        self.title = title.into();
        self
    }

    /// Description for readers who do not see the picture; without one it is made from labels and layers.
    pub fn description(mut self, text: &str) -> Self {
        self.description = text.into();
        self
    }

    /// Name and unit of the horizontal axis.
    pub fn x_label(mut self, label: &str) -> Self {
        self.x_label = label.into();
        self
    }

    /// Name and unit of the vertical axis.
    pub fn y_label(mut self, label: &str) -> Self {
        self.y_label = label.into();
        self
    }

    /// Scale of the horizontal axis. A range set before that it cannot show is dropped.
    pub fn x_scale(mut self, scale: Scale) -> Self {
        self.x_scale = scale;
        self.x_range = self.x_range.filter(|r| scale.shows(r.0));
        self
    }

    /// Scale of the vertical axis. A range set before that it cannot show is dropped. Bars ignore it.
    pub fn y_scale(mut self, scale: Scale) -> Self {
        self.y_scale = scale;
        self.y_range = self.y_range.filter(|r| scale.shows(r.0));
        self
    }

    /// Shows exactly `[lo, hi]`; what lies outside is cut. Set the scale first.
    pub fn x_range(mut self, lo: f64, hi: f64) -> Result<Self, Error> {
        check_range("x", self.x_scale, lo, hi)?;
        self.x_range = Some((lo, hi));
        Ok(self)
    }

    /// Shows exactly `[lo, hi]`; what lies outside is cut. Set the scale first.
    pub fn y_range(mut self, lo: f64, hi: f64) -> Result<Self, Error> {
        check_range("y", self.y_scale, lo, hi)?;
        self.y_range = Some((lo, hi));
        Ok(self)
    }

    /// Adds a [`Line`](crate::Line), [`Points`](crate::Points), [`Band`](crate::Band), …
    pub fn layer(mut self, layer: impl Into<Layer>) -> Self {
        self.layers.push(layer.into());
        self
    }

    /// Where the legend stands.
    pub fn legend(mut self, legend: Legend) -> Self {
        self.legend = legend;
        self
    }

    /// One unit of both axes has the same length: squares stay squares. Only on linear axes.
    pub fn equal_axes(mut self) -> Self {
        self.equal_axes = true;
        self
    }

    /// Width and height in pixels that a [`Report`](crate::Report) or [`Figure`](crate::Figure) gives this plot;
    /// 860 × 400 at first.
    pub fn size(mut self, width: f64, height: f64) -> Self {
        self.size = (width, height);
        self
    }

    /// The plot as one self-contained SVG document, with styles for light and dark mode.
    ///
    /// Sizes are pixels, kept between 160 × 120 and 10 000 × 10 000 (the nearest bound replaces others, 860 × 400 a NaN).
    pub fn to_svg(&self, width: f64, height: f64) -> String {
        draw::document(&[self], 1, width, height, "", true)
    }
}

fn check_range(axis: &'static str, scale: Scale, lo: f64, hi: f64) -> Result<(), Error> {
    let wide = hi * 0.5 - lo * 0.5 > 1e-12 * lo.abs().max(hi.abs());
    if scale.shows(lo) && scale.shows(hi) && wide {
        return Ok(());
    }
    Err(ErrorKind::InvalidRange { axis, lo, hi }.into())
}
