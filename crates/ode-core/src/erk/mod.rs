//! Explicit Runge–Kutta methods: one step function, one file per method.

mod bs3;
mod dp5;
mod euler;
mod explicit;
mod interpolant;
mod kernel;
mod midpoint;
mod rk4;
mod tableau;
mod tsit5;
mod vern7;

pub use bs3::Bs3;
pub use dp5::Dp5;
pub use euler::Euler;
pub use explicit::{ErkCache, ExplicitRk};
pub use interpolant::{ExtraStage, Interpolant, InterpolantWeights};
pub use midpoint::Midpoint;
pub use rk4::Rk4;
pub use tableau::ErkTableau;
pub use tsit5::Tsit5;
pub use vern7::Vern7;
