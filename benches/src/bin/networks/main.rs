//! `nn`: value and gradient of small networks, the Laplacian with its parameter gradient, and epochs of training, against other
//! libraries; and how much of the CPU's multiply–add peak the matrix part reaches.

mod case;
mod digits;
mod epochs;
mod lesson;
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
        recorder.remark(&format!("kernels: {}", nn::instructions()))?;
        let mut crew = theirs::hire(arguments, recorder)?;
        let mut measured = case::rows(&mut crew, recorder, arguments)?;
        measured.extend(epochs::rows(&mut crew, recorder, arguments)?);
        ratios::table(recorder, &measured)?;
        peak::rows(recorder, arguments)
    })
}
