//! Elementary functions of vectors, for `f64` and `f32` alike.
//!
//! Without branches, up to the sine of numbers beyond a million. Polynomials and their errors stand in [`coefficients`]; the
//! results are compared with a table of high precision (`tests.rs`), and are the same with and without a fused
//! multiply–add up to rounding.

pub(crate) mod coefficients;
mod exp;
mod logistic;
mod sin;
mod tanh;
#[cfg(test)]
mod tests;

pub(crate) use exp::exp;
pub(crate) use logistic::{logistic, softplus};
pub(crate) use sin::sin_cos;
pub(crate) use tanh::tanh;
