//! Backward differentiation formulas: many steps behind, one nonlinear system per step.

mod bdf;
mod coefficients;
mod control;
mod history;
mod newton;
mod step;
mod words;

pub use bdf::Bdf;
pub use step::BdfCache;
