//! Values on a grid, as colours.

use crate::error::{Error, ErrorKind};

/// A rectangle of cells, each in the colour of its value: a field over the plane.
///
/// Colours run from dark blue to yellow (viridis): equal differences of value look equally large, also to
/// colour-blind readers and in grey. A colour bar at the right tells the values; cells without a number stay empty.
/// A plot shows the bar of its first heat map that has one. Cells are equally wide on the axis, whatever its scale.
///
/// # Examples
/// ```
/// use report::{HeatMap, Plot};
/// let wave: Vec<f64> = (0..32 * 32).map(|i| ((i % 32) as f64 / 5.0).sin() * ((i / 32) as f64 / 5.0).cos()).collect();
/// let svg = Plot::new()
///     .title("A wave")
///     .x_label("x / m")
///     .y_label("y / m")
///     .equal_axes()
///     .layer(HeatMap::new(32, &wave)?.x_span(0.0, 2.0)?.y_span(0.0, 2.0)?.label("height / cm"))
///     .to_svg(520.0, 460.0);
/// assert!(svg.contains("height / cm"));
/// # Ok::<(), report::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct HeatMap {
    pub(crate) columns: usize,
    pub(crate) rows: usize,
    pub(crate) values: Vec<f64>,
    pub(crate) x: (f64, f64),
    pub(crate) y: (f64, f64),
    pub(crate) range: Option<(f64, f64)>,
    pub(crate) label: String,
    pub(crate) bar: bool,
}

impl HeatMap {
    /// Rows of so many columns: `values[i + columns * j]` is cell `i` from the left and `j` from below. The cells are
    /// one wide and high, the first from 0 on. Values that do not fill the last row are an error.
    pub fn new(columns: usize, values: &[f64]) -> Result<Self, Error> {
        let rows = values.len().div_ceil(columns.max(1));
        let expected = if columns == 0 { 0 } else { columns * rows };
        Error::check_lengths("heat map: whole rows of values", expected, values.len())?;
        Ok(Self {
            columns,
            rows,
            values: values.to_vec(),
            x: (0.0, columns as f64),
            y: (0.0, rows as f64),
            range: None,
            label: String::new(),
            bar: true,
        })
    }

    /// From the left border of the first column to the right one of the last.
    pub fn x_span(mut self, lo: f64, hi: f64) -> Result<Self, Error> {
        self.x = increasing("x", lo, hi)?;
        Ok(self)
    }

    /// From the lower border of the first row to the upper one of the last.
    pub fn y_span(mut self, lo: f64, hi: f64) -> Result<Self, Error> {
        self.y = increasing("y", lo, hi)?;
        Ok(self)
    }

    /// The values at both ends of the colours, for maps that are to be compared; what lies beyond has the colour of the
    /// end. Without it the smallest and the largest value.
    pub fn range(mut self, lo: f64, hi: f64) -> Result<Self, Error> {
        self.range = Some(increasing("color", lo, hi)?);
        Ok(self)
    }

    /// Name and unit of the values, at the colour bar.
    pub fn label(mut self, label: &str) -> Self {
        self.label = label.into();
        self
    }

    /// Without a colour bar: beside another map with the same range.
    pub fn without_bar(mut self) -> Self {
        self.bar = false;
        self
    }
}

fn increasing(axis: &'static str, lo: f64, hi: f64) -> Result<(f64, f64), Error> {
    let wide = hi * 0.5 - lo * 0.5 > 1e-12 * lo.abs().max(hi.abs());
    if lo.is_finite() && hi.is_finite() && wide {
        return Ok((lo, hi));
    }
    Err(ErrorKind::InvalidRange { axis, lo, hi }.into())
}
