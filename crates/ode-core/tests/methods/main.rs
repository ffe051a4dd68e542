//! Every explicit method in every situation: one program, so that the solver is compiled once for each
//! method, number type and storage.

#[path = "../method_matrix/mod.rs"]
mod method_matrix;
#[macro_use]
#[path = "../method_matrix/adaptive.rs"]
mod adaptive;
mod erased;

mod bad_input;
mod behaviour;
mod budgets;
mod control;
mod convergence;
mod domain;
mod editing;
mod ensemble;
mod failing_solves;
mod literature;
mod output;
mod scalars;
mod stored;
