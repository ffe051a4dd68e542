//! Differential–algebraic equations of index 1 in all families: values, constraints, starts, refusals.

mod cases;
mod initial;
mod model;
mod refusals;
mod starts;
mod stiff_order;
mod values;
