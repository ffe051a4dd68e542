//! How a model is written, and how solvers see it.
//!
//! Users implement [`System`], usually through [`system!`]. Solvers ask for [`Rhs`] or
//! [`Jacobian`], which every `System` has for free and exactly. Black boxes enter as closures
//! ([`FromFn`]); their derivatives come from differences only where [`FiniteDiff`] is named.
//!
//! ```
//! use system::{Jacobian, system};
//!
//! system! {
//!     /// Predator and prey.
//!     pub struct LotkaVolterra;
//!     state { prey, predators }
//!     params { alpha, beta, gamma, delta }
//!     rhs(_t) {
//!         let encounters = prey * predators;
//!         d(prey) = alpha * prey - beta * encounters;
//!         d(predators) = delta * encounters - gamma * predators;
//!     }
//! }
//!
//! let (u, p) = ([2.0, 1.0], [1.5, 1.0, 3.0, 1.0]);
//! let mut jac = [0.0; 4];
//! LotkaVolterra.jacobian(0.0, &u, &p, &mut jac, &mut LotkaVolterra.jacobian_work())?;
//! assert_eq!(jac, [0.5, -2.0, 1.0, -1.0]); // row by row
//! # Ok::<(), system::Failure>(())
//! ```

mod branching;
mod buffer;
mod coloring;
mod failure;
mod finite_diff;
mod from_fn;
mod jacobian;
mod lengths;
mod macros;
mod mass;
mod mass_system;
mod model;
mod rhs;
mod sparsity;
mod split;
mod with_pattern;

pub use branching::{BranchSystem, Branching};
pub use buffer::Buffer;
pub use coloring::Coloring;
pub use failure::Failure;
pub use finite_diff::FiniteDiff;
pub use from_fn::FromFn;
pub use jacobian::{DualWork, Jacobian};
pub use macros::{__system, literals};
pub use mass::{Mass, MassError, WithMass};
pub use mass_system::MassSystem;
pub use model::{System, wrong_lengths};
pub use rhs::Rhs;
pub use scalar::Scalar;
#[doc(hidden)]
pub use scalar::derivative as __derivative;
pub use sparsity::{Pattern, jacobian_pattern};
pub use split::{Split, SplitError, SplitWork};
pub use with_pattern::{PatternError, WithPattern};
