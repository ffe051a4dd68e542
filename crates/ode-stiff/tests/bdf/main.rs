//! Backward and numerical differentiation formulas.

mod changes;
mod dae;
mod duals;
mod failures;
mod order;
mod testset;
