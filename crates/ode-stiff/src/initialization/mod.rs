//! Where differential–algebraic equations start: what is algebraic, whether a state satisfies it, and
//! a state that does.

mod admission;
mod complete_pivoting;
mod consistent;
mod constraints;
mod linearization;
mod obstacle;
mod settlement;
mod subspaces;

pub(crate) use admission::{admit, admit_parts, slope};
pub use consistent::{Initial, consistent, make_consistent};
pub(crate) use constraints::Constraints;
pub(crate) use settlement::{settle, settle_parts};
