//! The discrete adjoint: reverse mode through the steps that were taken.

mod block;
mod discrete;
mod growth;
mod integrand;
mod loss_terms;
mod pass;
mod reverse;
mod step;
mod sweep;

pub use discrete::{DiscreteAdjoint, StepControl};
