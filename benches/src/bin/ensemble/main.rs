//! Ensembles: 10 000 Lorenz trajectories; ours one by one, in lanes, and in lanes on two threads, and those of others in
//! a loop, in turns; and all of them at equal error.

mod equal_error;
mod family;
mod ours;
mod theirs;
mod work_precision;

use std::process::ExitCode;

/// The name of the suite in its records.
const SUITE: &str = "ensemble";

/// Repeats that keep the whole suite, with all peers, within ten minutes.
const REPEATS: usize = 5;

fn main() -> ExitCode {
    benches::run(REPEATS, |recorder, arguments| {
        let measured = work_precision::rows(recorder, arguments)?;
        Ok(equal_error::tables(recorder, &measured)?)
    })
}
