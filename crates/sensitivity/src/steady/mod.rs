//! Gradients of losses at a steady state.

mod adjoint;
mod jacobian;

pub use adjoint::{SteadyGradient, SteadySolver, SteadyStart, SteadyStateAdjoint};
