//! The sensitivity equations, solved together with the state.

mod initial;
mod loss_sum;
mod method;
mod state_and_tangents;
mod tolerances;

pub use method::{Corrector, ForwardEquations};
pub use state_and_tangents::StateAndTangents;
