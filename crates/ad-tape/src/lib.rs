//! Reverse mode: record a computation, sweep back.
//!
//! There are two recordings, with different jobs. A [`Program`] holds *operations*: it is recorded once
//! from symbols that have no value and therefore cannot branch, compiled, and replayed at any point,
//! forward and backward, with any number type. A [`Tape`] holds *values and slopes at one point*: it is
//! recorded anew at each point into memory that is kept ([`Recorder`]), for functions that are
//! evaluated once or differ from call to call. Both are explicit values without global or thread-local
//! state, and both record operations on whole slices (a dense layer, a product with a matrix, a
//! stencil) as one node with an adjoint of its own.
//!
//! | to get | use |
//! |---|---|
//! | a gradient of a closure | [`gradient`]; many without allocation: [`Recorder`] |
//! | many gradients of one function | [`Program::forward`], [`Program::reverse`] |
//! | Jacobians | [`Program::jacobian`], [`SparseJacobian`] |
//! | second derivatives | [`Program::hessian_vector`], [`SparseHessian`]; once: [`hessian`], [`hessian_vector`] |
//! | `(∂f/∂u)ᵀ λ` and `(∂f/∂p)ᵀ λ` of a model | [`Vjp`], which every [`System`](system::System) has |
//! | a function with derivatives by hand | [`Primitive`], [`check_primitive`] |
//! | the gradient through a long loop | [`CheckpointedLoop`]; its schedule: [`Revolve`] |
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
mod anew;
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
    Replay, Revolve, SparseHessian, SparseJacobian, Symbol, Work, check_primitive,
};
pub use tape::Tape;
pub use var::Var;
pub use vjp::{Record, Vjp};
