//! Newton's iteration without a matrix.

mod failures;
mod solves;
mod torus;
