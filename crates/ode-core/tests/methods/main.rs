//! Every explicit method in every situation: one program, so that the solver is compiled once for
//! each number type and storage.

#[path = "../method_matrix/mod.rs"]
mod method_matrix;
#[macro_use]
mod method;
mod erased;

mod bad_input;
mod behaviour;
mod budgets;
mod control;
mod convergence;
mod domain;
mod dop853;
mod editing;
mod ensemble;
mod failing_solves;
mod global_error;
mod literature;
mod output;
mod scalars;
mod stored;
