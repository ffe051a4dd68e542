//! Continuous adjoints: the adjoint equation `λ' = -(∂f/∂u)ᵀ λ - (∂g/∂u)ᵀ` solved backwards in time, by any method.
//!
//! They differ in where the solution comes from that the equation is linearised about, and in how the integral
//! `∫ (∂f/∂p)ᵀ λ + (∂g/∂p)ᵀ dt` is taken.
//!
//! Those that keep the solution also take `M u' = f` with a constant mass matrix, regular or of index 1
//! (`gradient_of_dae`).

mod asked;
mod backsolve;
mod backward;
mod equation;
#[cfg(test)]
mod equation_check;
mod gauss;
mod impulse;
mod interpolating;
mod kronrod;
mod legendre;
mod path;
mod quadrature;
mod second;
mod solves_adjoint;
mod tolerances;
mod transposed;

pub use backsolve::BacksolveAdjoint;
pub use equation::{AdjointEquation, AdjointWork};
pub use gauss::{GaussAdjoint, GaussRule};
pub use interpolating::InterpolatingAdjoint;
pub use quadrature::QuadratureAdjoint;
pub use solves_adjoint::{SolvesAdjoint, SolvesDaeAdjoint};
