//! Collocation: fully implicit Runge–Kutta methods, all stages at once, by linear algebra in the
//! eigenvectors of `A⁻¹`.

mod coefficients;
mod collocation;
mod coupled;
mod evaluations;
mod factors;
mod gauss_legendre;
mod gauss_step;
mod notes;
mod parts;
mod path;
mod predictive;
mod radau_iia5;
mod radau_step;
mod roundoff;
mod small_lu;
mod systems;

pub use coefficients::{CollocationCoefficients, CollocationMethod};
pub use coupled::CoupledMatrix;
pub use gauss_legendre::{GaussLegendre4, GaussLegendre6};
pub use gauss_step::GaussCache;
pub use parts::Parts;
pub use radau_iia5::RadauIIA5;
pub use radau_step::RadauCache;
