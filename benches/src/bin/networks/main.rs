//! `nn`: value and gradient of small networks, and the Laplacian with its parameter gradient, against other libraries; and
//! how much of the CPU's multiply–add peak the matrix part reaches.

mod case;
mod ours;
mod peak;
mod ratios;
mod theirs;

use std::process::ExitCode;

/// The name of the suite in its records.
const SUITE: &str = "networks";

/// Repeats of each measurement; the fastest counts.
const REPEATS: usize = 7;

fn main() -> ExitCode {
    benches::run(REPEATS, |recorder, arguments| {
        let measured = case::rows(recorder, arguments)?;
        ratios::table(recorder, &measured)?;
        peak::rows(recorder, arguments)
    })
}
