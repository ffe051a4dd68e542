//! The adjoints of the steps of implicit methods.

mod collocation;
mod common;
mod esdirk;
mod family;
mod newton;
mod onward;
mod pass;
mod products;
mod rosenbrock;
