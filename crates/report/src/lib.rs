#![doc = include_str!("../README.md")]

mod document;
mod draw;
mod error;
mod figure;
mod figures;
mod layer;
mod number;
mod palette;
mod plot;
mod scale;
mod shades;
mod text;
mod ticks;

pub use document::{Align, Best, Cell, Equation, Report, Table};
pub use error::{Error, ErrorKind};
pub use figure::{Drawing, Figure};
pub use figures::{
    Coefficient, Coefficients, LossCurve, PhasePortrait, Residuals, Series, Stage, Timeseries,
};
pub use layer::{Band, Bars, HLine, HeatMap, Layer, Line, LineStyle, Marker, Points, Span, VLine};
pub use number::significant;
pub use palette::Color;
pub use plot::{Legend, Plot};
pub use scale::Scale;
