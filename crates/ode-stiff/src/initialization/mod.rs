//! Where differential–algebraic equations start: what is algebraic, whether a state satisfies it, and
//! a state that does.

mod admission;
mod complete_pivoting;
mod consistent;
mod constraints;
mod linearization;
mod obstacle;
mod settlement;
mod slope;
mod subspaces;

pub(crate) use admission::{admit, admit_parts};
pub use consistent::{Initial, consistent, make_consistent};
pub(crate) use constraints::Constraints;
pub(crate) use obstacle::Obstacle;
pub(crate) use settlement::{Settlement, settle, settle_parts};
pub(crate) use slope::{slope, slope_at, slope_of_values};
