//! Ensembles: 10 000 Lorenz trajectories, one by one, in lanes, and in lanes on two threads.

mod lorenz;

use std::process::ExitCode;

/// The name of the suite in its records.
const SUITE: &str = "ensemble";

/// Repeats that keep the whole suite under a minute.
const REPEATS: usize = 7;

fn main() -> ExitCode {
    benches::run(REPEATS, lorenz::rows)
}
