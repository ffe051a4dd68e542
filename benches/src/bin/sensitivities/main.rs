//! `sensitivity`: the error of a gradient against the time it takes, by all our algorithms and those of others, in turns, and all
//! of them at equal error; how flat the time is in the number of parameters; what a bounded memory costs; shadowing of a chaotic
//! system.

mod equal_error;
mod fields;
mod laps;
mod least_squares;
mod memory;
mod models;
mod ours;
mod problems;
mod question;
mod shadowing;
mod spirals;
mod theirs;

use benches::Measured;
use std::process::ExitCode;

/// The name of the suite in its records.
const SUITE: &str = "sensitivities";

/// Repeats of each measurement; the fastest counts.
const REPEATS: usize = 5;

fn main() -> ExitCode {
    benches::run(REPEATS, |recorder, arguments| {
        let mut crew = theirs::hire(arguments, recorder)?;
        let mut found = Measured::default();
        let figures = problems::rows(&mut crew, recorder, arguments, &mut found)?;
        memory::rows(recorder, arguments)?;
        shadowing::rows(recorder, arguments)?;
        equal_error::table(recorder, &found, &figures)?;
        Ok(found.complete()?)
    })
}
