//! `ode-stiff`: error at the end against time of our implicit methods and those of others, in turns; and all of them at
//! equal error.

mod agreed;
mod case;
mod equal_error;
mod ours;
mod problems;

use std::process::ExitCode;

/// The name of the suite in its records.
const SUITE: &str = "stiff";

/// Repeats that keep the whole suite, with all peers, within six minutes.
const REPEATS: usize = 3;

fn main() -> ExitCode {
    benches::run(REPEATS, |recorder, arguments| {
        let (measured, sizes) = problems::rows(recorder, arguments)?;
        Ok(equal_error::table(recorder, &measured, &sizes)?)
    })
}
