//! The algorithm chosen for the user, and told; and the audit of a gradient by another algorithm.
//!
//! To add an algorithm: a variant of [`GradientAlgorithm`] with its name and family, its cost in `cost.rs`, and its call in
//! `run.rs`.

mod algorithm;
mod audit;
mod auto_gradient;
mod automatic;
mod cost;
mod methods;
mod run;

pub use algorithm::GradientAlgorithm;
pub use audit::{Audit, Difference};
pub use auto_gradient::{AutoGradient, GradientChoice};
pub use automatic::{Automatic, gradient};
