//! The adjoints of the steps of implicit methods.

mod collocation;
mod esdirk;
mod family;
mod model;
mod newton;
mod onward;
mod pass;
mod products;
mod rosenbrock;
