//! Two states against each other.

use super::series::{Series, model_style};
use crate::error::Error;
use crate::layer::{Line, Marker, Points};
use crate::palette::Color;
use crate::plot::Plot;
use crate::scale::Scale;

/// Phase portrait: trajectories of models, starting at a diamond, and the measured states.
///
/// # Examples
/// ```
/// use report::{PhasePortrait, Series};
/// let (hare, lynx) = ([30.0, 47.2, 70.2], [4.0, 6.1, 9.8]);
/// let plot = PhasePortrait {
///     x_label: "hare",
///     y_label: "lynx",
///     data: Some(Series::new("pelts", &hare, &lynx)),
///     trajectories: &[Series::new("model", &[31.0, 46.0, 71.0], &[4.1, 5.9, 10.2])],
///     ..PhasePortrait::default()
/// }
/// .plot()?;
/// # Ok::<(), report::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct PhasePortrait<'a> {
    /// Heading.
    pub title: &'a str,
    /// Name and unit of the first state.
    pub x_label: &'a str,
    /// Name and unit of the second state.
    pub y_label: &'a str,
    /// Scale of both axes.
    pub scale: Scale,
    /// Measured states: `x` the first, `y` the second.
    pub data: Option<Series<'a>>,
    /// Trajectories: `x` the first state, `y` the second.
    pub trajectories: &'a [Series<'a>],
}

impl PhasePortrait<'_> {
    /// The plot. Slices of different lengths are an error.
    pub fn plot(&self) -> Result<Plot, Error> {
        let mut plot = Plot::new()
            .title(self.title)
            .x_label(self.x_label)
            .y_label(self.y_label)
            .x_scale(self.scale)
            .y_scale(self.scale)
            .size(640.0, 460.0);
        for (i, path) in self.trajectories.iter().enumerate() {
            let (style, width) = model_style(i);
            let line = Line::new(path.x, path.y)?.label(path.name).style(style).width(width);
            plot = plot.layer(line);
            let start = path.x.len().min(1);
            let start = Points::new(&path.x[..start], &path.y[..start])?;
            plot = plot.layer(start.label(path.name).marker(Marker::Diamond));
        }
        if let Some(data) = &self.data {
            let points = Points::new(data.x, data.y)?.label(data.name).color(Color::Ink);
            plot = plot.layer(points);
        }
        Ok(plot)
    }
}
