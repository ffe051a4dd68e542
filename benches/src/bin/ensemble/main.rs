//! Ensembles: 10 000 Lorenz trajectories, and 1000 of Robertson's reactions, which are stiff; ours one by one, in lanes, and in lanes on two threads, and those of others in
//! a loop, in turns; and all of them at equal error.

mod equal_error;
mod family;
mod ours;
mod studies;
mod theirs;
mod work_precision;

use std::process::ExitCode;

/// The name of the suite in its records.
const SUITE: &str = "ensemble";

/// Repeats that keep the whole suite, with all peers, within ten minutes.
const REPEATS: usize = 5;

fn main() -> ExitCode {
    benches::run(REPEATS, |recorder, arguments| {
        for all in work_precision::rows(recorder, arguments)? {
            equal_error::tables(recorder, &all)?;
        }
        Ok(())
    })
}
