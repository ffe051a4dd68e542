//! The discrete adjoint: reverse mode through the steps that were taken.

mod block;
mod checkpoints;
mod discrete;
mod event_pass;
mod events;
mod growth;
mod implicit;
mod integrand;
mod jump;
mod loss_terms;
mod memory;
mod method;
mod pass;
mod question;
mod reverse;
mod second;
mod second_order;
mod step;
mod step_back;
mod sweep;
mod symplectic;

pub(crate) use block::Block;
pub use discrete::{DiscreteAdjoint, StepControl};
pub use events::{EventModel, When};
pub(crate) use growth::Growth;
pub(crate) use integrand::Integrand;
pub(crate) use loss_terms::LossTerms;
pub use memory::Memory;
pub use method::DiscreteMethod;
pub use second_order::{Curvature, CurvatureMatrix, CurvatureProduct, SecondOrder};
pub use symplectic::SymplecticAdjoint;
