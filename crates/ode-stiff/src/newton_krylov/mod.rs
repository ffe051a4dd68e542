//! Newton's iteration with linear systems solved by GMRES: no matrix, no factors.

mod matrix;
mod method;
mod operator;
mod preconditioning;
mod reals;

pub(crate) use matrix::KrylovMatrix;
pub use method::{Krylov, NewtonIteration, NewtonKrylov};
pub use preconditioning::{Preconditioning, ShiftedPreconditioner};
