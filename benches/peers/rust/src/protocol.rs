//! What a request asks, and how long its answer takes.

use std::hint::black_box;
use std::time::Instant;

/// The problem last named, and how to solve it.
#[derive(Default)]
pub(crate) struct Request {
    pub(crate) problem: String,
    pub(crate) tspan: (f64, f64),
    pub(crate) p: Vec<f64>,
    pub(crate) u0: Vec<f64>,
    pub(crate) method: String,
    pub(crate) rtol: f64,
    pub(crate) atol: f64,
    pub(crate) runs: usize,
}

/// The final state and the seconds of one run, or what went wrong.
pub(crate) type Outcome = Result<(Vec<f64>, f64), String>;

/// Seconds of one of `runs` runs; many runs are preceded by one that is not timed.
pub(crate) fn timed<U: AsRef<[f64]>>(
    runs: usize,
    mut solve: impl FnMut() -> Result<U, String>,
) -> Outcome {
    if runs > 1 {
        black_box(solve()?);
    }
    let start = Instant::now();
    for _ in 1..runs {
        black_box(solve()?);
    }
    let end = black_box(solve()?);
    Ok((end.as_ref().to_vec(), start.elapsed().as_secs_f64() / runs.max(1) as f64))
}

/// The next words of a line as numbers.
pub(crate) struct Words<'a>(pub(crate) std::str::SplitWhitespace<'a>);

impl<'a> Words<'a> {
    pub(crate) fn word(&mut self) -> Result<&'a str, String> {
        self.0.next().ok_or_else(|| "the line is too short".into())
    }

    pub(crate) fn number<T: std::str::FromStr>(&mut self) -> Result<T, String> {
        let word = self.word()?;
        word.parse().map_err(|_| format!("`{word}` is not a number"))
    }

    /// A count and as many numbers.
    pub(crate) fn vector(&mut self) -> Result<Vec<f64>, String> {
        let count = self.number()?;
        (0..count).map(|_| self.number()).collect()
    }
}
