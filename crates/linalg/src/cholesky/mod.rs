//! Symmetric positive definite matrices.

pub(crate) mod dense;
pub(crate) mod sparse;
