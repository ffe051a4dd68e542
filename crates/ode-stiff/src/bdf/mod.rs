//! Backward differentiation formulas: many steps behind, one nonlinear system per step.

mod bdf;
mod checkpoint;
mod coefficients;
mod control;
mod differences;
mod history;
mod interpolant;
mod method;
mod ndf;
mod ndf_step;
mod newton;
mod order;
mod start;
mod step;
mod words;

pub use bdf::Bdf;
pub use ndf::Ndf;
pub use ndf_step::NdfCache;
pub use step::BdfCache;
