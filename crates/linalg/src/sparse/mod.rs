//! Sparse matrices: patterns and their analysis.

pub(crate) mod analysis;
mod markowitz;
pub(crate) mod matching;
pub(crate) mod pattern;
pub(crate) mod sets;
