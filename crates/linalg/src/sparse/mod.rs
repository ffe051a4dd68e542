//! Sparse matrices: patterns and their analysis.

pub(crate) mod analysis;
pub(crate) mod matching;
pub(crate) mod pattern;
