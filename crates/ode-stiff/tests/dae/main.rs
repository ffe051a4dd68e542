//! Differential–algebraic equations of index 1 in all families: values, constraints, starts, refusals.

mod cases;
mod event_times;
mod initial;
mod model;
mod refusals;
mod saved;
mod starts;
mod stiff_order;
mod values;
