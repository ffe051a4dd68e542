//! Rosenbrock methods.

#[path = "../stiff_set/mod.rs"]
mod stiff_set;

mod conditions;
mod lanes;
mod testset;
