//! Least squares shadowing over the whole trajectory at once.

mod adjoint;
mod equations;
mod forward;
mod grid;

pub use adjoint::AdjointLss;
pub use forward::ForwardLss;
