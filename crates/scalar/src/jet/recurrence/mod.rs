//! Recurrences for Taylor coefficients, one per family of functions (Griewank & Walther 2008, table
//! 13.2): a differential equation `f' = g(x, f) x'` gives coefficient `k` of `f` from those of `g`
//! below `k`.

mod composed;
mod exponential;
mod plane;
mod power;
mod trigonometric;

pub(crate) use composed::{digamma, lgamma, polygamma, pow, powf};
pub(crate) use exponential::{
    cosh, exp, exp2, gaussian, logistic, logistic_density, sech_squared, sinh, tanh,
};
pub(crate) use plane::{atan2, hypot};
pub(crate) use power::{abs, cbrt, powi, sqrt};
pub(crate) use trigonometric::{cos, sin, tan};
