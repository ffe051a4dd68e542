//! `ode-core`: the cost of one step against a hand-written loop; error against time of every
//! adaptive method, ours and those of others, in turns; and all of them at equal error.

mod equal_error;
mod hand_written;
mod lorenz;
mod work_precision;

use std::process::ExitCode;

/// The name of the suite in its records.
const SUITE: &str = "ode";

/// Repeats that keep the whole suite within a few minutes.
const REPEATS: usize = 7;

fn main() -> ExitCode {
    benches::run(REPEATS, |recorder, arguments| {
        lorenz::one_step(recorder, arguments.repeats)?;
        let measured = work_precision::rows(recorder, arguments)?;
        equal_error::table(recorder, &measured)?;
        Ok(measured.complete()?)
    })
}
