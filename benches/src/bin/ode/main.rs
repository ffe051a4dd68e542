//! `ode-core`: the cost of one step against a hand-written loop, and error against time of every
//! adaptive method on the non-stiff problems of the test set.

mod hand_written;
mod lorenz;
mod work_precision;

use std::process::ExitCode;

/// The name of the suite in its records.
const SUITE: &str = "ode";

/// Repeats that keep the whole suite well under a minute.
const REPEATS: usize = 25;

fn main() -> ExitCode {
    benches::run(REPEATS, |recorder, repeats| {
        lorenz::one_step(recorder, repeats)?;
        work_precision::rows(recorder, repeats)
    })
}
