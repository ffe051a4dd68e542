//! Singly diagonally implicit Runge–Kutta methods. One step function, one file per method.

mod implicit_euler;
mod implicit_midpoint;
mod ken_carp3;
mod ken_carp4;
mod ken_carp5;
mod kvaerno3;
mod kvaerno4;
mod kvaerno5;
pub(crate) mod memory;
mod method;
pub(crate) mod newton;
pub(crate) mod step;
mod tableau;
mod tr_bdf2;
mod trapezoid;
pub(crate) mod weights;

pub use implicit_euler::ImplicitEuler;
pub use implicit_midpoint::{ImplicitMidpoint, ImplicitMidpointCache};
pub use ken_carp3::KenCarp3;
pub use ken_carp4::KenCarp4;
pub use ken_carp5::KenCarp5;
pub use kvaerno3::Kvaerno3;
pub use kvaerno4::Kvaerno4;
pub use kvaerno5::Kvaerno5;
pub use method::Esdirk;
use method::esdirk;
pub use step::EsdirkCache;
pub use tableau::EsdirkTableau;
pub use tr_bdf2::TrBdf2;
pub use trapezoid::Trapezoid;
