//! Methods whose steps can be taken back without storing them.

mod reversible_heun;

pub use reversible_heun::{ReversibleHeun, ReversibleHeunCache};
