//! Ready-made figures of a fit: each an options struct with a `plot` method.

mod coefficients;
mod loss_curve;
mod phase;
mod residuals;
mod series;
mod timeseries;

pub use coefficients::{Coefficient, Coefficients};
pub use loss_curve::{LossCurve, Stage};
pub use phase::PhasePortrait;
pub use residuals::Residuals;
pub use series::Series;
pub use timeseries::Timeseries;
