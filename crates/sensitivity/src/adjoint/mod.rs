//! The discrete adjoint: reverse mode through the steps that were taken.

mod discrete;
mod loss_terms;
mod step;
mod trajectory;

pub use discrete::{DiscreteAdjoint, StepControl};
