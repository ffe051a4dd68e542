//! What a plot is made of: lines, points, bands, bars, heat maps, marked places.

mod band;
mod bars;
mod heat_map;
mod line;
mod points;
mod span;
mod vline;

pub use band::Band;
pub use bars::Bars;
pub use heat_map::HeatMap;
pub use line::{Line, LineStyle};
pub use points::{Marker, Points};
pub use span::Span;
pub use vline::{HLine, VLine};

/// One layer of a [`Plot`](crate::Plot). Layers are drawn heat maps first, then bands, bars,
/// lines, points.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Layer {
    /// A curve.
    Line(Line),
    /// Single marks.
    Points(Points),
    /// A translucent band between two curves.
    Band(Band),
    /// Horizontal bars, one per category.
    Bars(Bars),
    /// Values on a grid, as colours.
    HeatMap(HeatMap),
    /// A vertical line at one `x`.
    VLine(VLine),
    /// A horizontal line at one `y`.
    HLine(HLine),
    /// A shaded interval of `x`.
    Span(Span),
}

macro_rules! into_layer {
    ($($name:ident),*) => { $(
        impl From<$name> for Layer {
            fn from(layer: $name) -> Self { Self::$name(layer) }
        }
    )* };
}
into_layer!(Line, Points, Band, Bars, HeatMap, VLine, HLine, Span);
