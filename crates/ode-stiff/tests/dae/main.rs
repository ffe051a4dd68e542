//! Differential–algebraic equations of index 1 in all families: values, constraints, starts, refusals.

mod cases;
mod model;
mod values;
