//! Shadowing: derivatives of long-time averages of chaotic systems.
//!
//! Two solutions of a chaotic system whose parameters differ by a little drift apart, so that the
//! derivative of an average over a finite time grows without bound where that of the infinite one is
//! of order one. Shadowing compares with the solution that stays close, from another initial state.

mod average;
mod batch_means;
mod block_tridiagonal;
mod cholesky;
mod cotangents;
mod lss;
mod lyapunov;
mod nilsas;
mod nilss;
mod orthonormal;
mod plan;
mod problem;
mod report;
mod segment_least_squares;
mod selection;
mod tangents;
mod trajectory;
mod window;

pub use average::Average;
pub use lss::{AdjointLss, ForwardLss};
pub use lyapunov::{LyapunovExponents, lyapunov_exponents};
pub use nilsas::Nilsas;
pub use nilss::Nilss;
pub use problem::AverageProblem;
pub use report::ShadowingGradient;
pub use window::Window;
