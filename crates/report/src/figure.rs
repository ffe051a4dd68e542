//! Several plots side by side.

use crate::draw;
use crate::plot::Plot;

/// A grid of plots, filled row by row, with aligned frames and one legend above for all.
///
/// Layers of one label share a colour across all panels and are listed once.
///
/// # Examples
/// ```
/// use report::{Figure, Line, Plot};
/// let t = [0.0, 1.0, 2.0];
/// let panel = |name: &str, y: &[f64]| Ok::<_, report::Error>(
///     Plot::new().title(name).x_label("t").layer(Line::new(&t, y)?.label("model")));
/// let figure = Figure::new(2).panel(panel("hare", &[1.0, 2.0, 1.0])?).panel(panel("lynx", &[2.0, 1.0, 2.0])?);
/// assert!(figure.to_svg(860.0, 360.0).contains("lynx"));
/// # Ok::<(), report::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    panels: Vec<Plot>,
    columns: usize,
    title: String,
    size: Option<(f64, f64)>,
}

impl Figure {
    /// An empty grid of so many columns (at least one).
    pub fn new(columns: usize) -> Self {
        Self { panels: Vec::new(), columns: columns.max(1), title: String::new(), size: None }
    }

    /// Adds a plot.
    pub fn panel(mut self, plot: Plot) -> Self {
        self.panels.push(plot);
        self
    }

    /// Heading above all panels.
    pub fn title(mut self, title: &str) -> Self {
        self.title = title.into();
        self
    }

    /// Width and height in pixels in a [`Report`](crate::Report); without them 860 wide and 300 per row.
    pub fn size(mut self, width: f64, height: f64) -> Self {
        self.size = Some((width, height));
        self
    }

    /// The figure as one self-contained SVG document; sizes as for [`Plot::to_svg`],
    /// and at least 160 × 120 for each panel.
    pub fn to_svg(&self, width: f64, height: f64) -> String {
        self.draw(width, height, true)
    }

    fn draw(&self, width: f64, height: f64, styled: bool) -> String {
        let empty = Plot::new();
        let mut panels: Vec<&Plot> = self.panels.iter().collect();
        if panels.is_empty() {
            panels.push(&empty);
        }
        draw::document(&panels, self.columns, width, height, &self.title, styled)
    }

    fn natural_size(&self) -> (f64, f64) {
        let rows = self.panels.len().max(1).div_ceil(self.columns);
        self.size.unwrap_or((860.0, 60.0 + 300.0 * rows as f64))
    }
}

/// What a report can show as a figure: a [`Plot`] or a [`Figure`].
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Drawing {
    /// A single plot.
    Plot(Box<Plot>),
    /// A grid of plots.
    Figure(Figure),
}

impl Drawing {
    /// SVG without styles, for a page that has them.
    pub(crate) fn fragment(&self) -> String {
        match self {
            Self::Plot(plot) => draw::document(&[plot], 1, plot.size.0, plot.size.1, "", false),
            Self::Figure(figure) => {
                let (width, height) = figure.natural_size();
                figure.draw(width, height, false)
            }
        }
    }
}

impl From<Plot> for Drawing {
    fn from(plot: Plot) -> Self {
        Self::Plot(Box::new(plot))
    }
}

impl From<Figure> for Drawing {
    fn from(figure: Figure) -> Self {
        Self::Figure(figure)
    }
}
