//! The energy of the two-body problem over very long times, by symplectic methods: bounded for the
//! leapfrogs, a random walk of rounding errors for a method of eighth order.

mod orbit;
mod two_bodies;

use std::process::ExitCode;

/// The name of the suite in its records.
const SUITE: &str = "energy";

/// Energy errors are the same in every run: one is enough.
const REPEATS: usize = 1;

/// Revolutions of the two bodies.
const PERIODS: u32 = 100_000;

fn main() -> ExitCode {
    benches::run(REPEATS, |recorder, arguments| {
        two_bodies::rows(recorder, PERIODS, arguments.repeats)
    })
}
