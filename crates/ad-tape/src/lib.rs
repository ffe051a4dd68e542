//! Reverse mode: record once, sweep back.
//!
//! A [`Tape`] is an explicit value, borrowed by its variables ([`Var`]). There is no global or
//! thread-local state, so tapes nest and run in parallel. Operations on whole slices (a dense layer,
//! a dot product) are recorded as one node each, with their own adjoints.
//!
//! | to get | use |
//! |---|---|
//! | a gradient | [`gradient`]; many gradients without allocation: [`Recorder`] |
//! | second derivatives | [`hessian`], [`hessian_vector`]: a tape over dual numbers |
//! | `(∂f/∂u)ᵀ λ` and `(∂f/∂p)ᵀ λ` of a model | [`Vjp`], which every [`System`](system::System) has |
//! | everything else | [`Tape::pullback`] |
//!
//! ```
//! // Rosenbrock's function, its minimum at (1, 1).
//! let (f, gradient) = ad_tape::gradient(
//!     |x| {
//!         use scalar::Scalar;
//!         (x[0] - Scalar::one()).powi(2) + (x[1] - x[0] * x[0]).powi(2).scale(100.0)
//!     },
//!     &[1.0, 2.0],
//! );
//! assert_eq!((f, gradient), (100.0, vec![-400.0, 200.0]));
//! ```

mod adjoints;
mod arena;
mod error;
mod gradient;
mod hessian;
mod node;
mod pool;
mod program;
mod record;
mod sweep;
mod tape;
mod var;
mod vector;
mod vjp;

pub use adjoints::Adjoints;
pub use error::{Error, ErrorKind};
pub use gradient::{Recorder, gradient};
pub use hessian::{hessian, hessian_vector};
pub use program::{
    CheckpointedLoop, Explanation, HessianWork, JacobianWork, LoopReport, Primitive, Program,
    Replay, SparseHessian, SparseJacobian, Symbol, Work, check_primitive,
};
pub use tape::Tape;
pub use var::Var;
pub use vjp::{Record, Vjp};
