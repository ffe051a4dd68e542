//! What a request asks, and how long its answer takes.

use crate::sensitivities::Question;
use std::hint::black_box;
use std::time::Instant;

/// The problem last named, and how to solve it.
#[derive(Default)]
pub(crate) struct Request {
    pub(crate) problem: String,
    pub(crate) tspan: (f64, f64),
    pub(crate) p: Vec<f64>,
    pub(crate) u0: Vec<f64>,
    /// Times at which the right-hand side jumps.
    pub(crate) stops: Vec<f64>,
    pub(crate) method: String,
    pub(crate) rtol: f64,
    pub(crate) atol: f64,
    pub(crate) runs: usize,
    /// For an ensemble.
    pub(crate) sweep: Option<Sweep>,
    /// The question last asked, if it was not a problem.
    pub(crate) question: Question,
}

impl Request {
    /// The time at which right-hand sides and Jacobians are compared.
    pub(crate) fn compared_at(&self) -> f64 {
        let (t0, t1) = self.tspan;
        t0 + 0.28 * (t1 - t0)
    }

    /// The spans between the jumps, each with the latest time at which a right-hand side is asked for.
    pub(crate) fn phases(&self) -> Vec<Phase> {
        let (t0, t1) = self.tspan;
        let ends = self.stops.iter().map(|&end| (end, end.next_down())).chain([(t1, t1)]);
        let mut from = t0;
        ends.map(|(to, latest)| Phase { from: std::mem::replace(&mut from, to), to, latest })
            .collect()
    }
}

/// From one jump of the right-hand side to the next.
#[derive(Clone, Copy, Default)]
pub(crate) struct Phase {
    pub(crate) from: f64,
    pub(crate) to: f64,
    latest: f64,
}

impl Phase {
    /// The time that a right-hand side sees.
    pub(crate) fn clamp(&self, t: f64) -> f64 {
        t.max(self.from).min(self.latest)
    }
}

/// The problem with many values of one parameter, or of all of them.
#[derive(Clone, Copy)]
pub(crate) struct Sweep {
    /// Without one, all.
    parameter: Option<usize>,
    from: f64,
    to: f64,
    count: usize,
    /// Final states of this many members apart are answered.
    every: usize,
}

impl Sweep {
    pub(crate) fn read(words: &mut Words<'_>) -> Result<Self, String> {
        Ok(Self {
            parameter: match words.word()? {
                "all" => None,
                index => Some(index.parse().map_err(|_| format!("`{index}` is no parameter"))?),
            },
            from: words.number()?,
            to: words.number()?,
            count: words.number()?,
            every: words.number()?,
        })
    }

    /// The parameters of member `i`, from those of the problem.
    fn set(&self, i: usize, own: &[f64], p: &mut [f64]) {
        let part = |x: f64, of: f64| self.from + (self.to - self.from) * x / of;
        match self.parameter {
            Some(k) => p[k] = part(i as f64, self.count as f64),
            None => {
                let n = own.len();
                for (k, (p, own)) in p.iter_mut().zip(own).enumerate() {
                    let random = f64::from(scrambled((i * n + k) as u32));
                    *p = own * part(random, 4_294_967_296.0);
                }
            }
        }
    }
}

/// Bits that look random.
fn scrambled(mut x: u32) -> u32 {
    x ^= x >> 16;
    x = x.wrapping_mul(0x7feb_352d);
    x ^= x >> 15;
    x = x.wrapping_mul(0x846c_a68b);
    x ^ (x >> 16)
}

/// The final states of the members that are answered, one after the other, and the seconds of one run; or what went
/// wrong. Without an ensemble there is one member.
pub(crate) type Outcome = Result<(Vec<f64>, f64), String>;

/// Seconds of one of the runs of `solve`, which is given the parameters: one solve, or all members of the ensemble. Many
/// runs are preceded by one that is not timed.
pub(crate) fn timed<U: AsRef<[f64]>>(
    request: &Request,
    mut solve: impl FnMut(&[f64]) -> Result<U, String>,
) -> Outcome {
    let runs = request.runs.max(1);
    match request.sweep {
        None => {
            let mut end = None;
            let seconds = seconds_of(runs, || {
                end = Some(black_box(solve(black_box(&request.p))?));
                Ok(())
            })?;
            Ok((end.map_or_else(Vec::new, |end| end.as_ref().to_vec()), seconds))
        }
        Some(sweep) => {
            let (mut p, mut ends) = (request.p.clone(), Vec::new());
            if sweep.parameter.is_some_and(|k| k >= p.len()) || sweep.count == 0 || sweep.every == 0
            {
                return Err("no such ensemble".into());
            }
            let seconds = seconds_of(runs, || {
                ends.clear();
                for i in 0..sweep.count {
                    sweep.set(i, &request.p, &mut p);
                    let end = black_box(solve(black_box(&p))?);
                    if i % sweep.every == 0 {
                        ends.extend_from_slice(end.as_ref());
                    }
                }
                Ok(())
            })?;
            Ok((ends, seconds))
        }
    }
}

pub(crate) fn seconds_of(
    runs: usize,
    mut run: impl FnMut() -> Result<(), String>,
) -> Result<f64, String> {
    if runs > 1 {
        run()?;
    }
    let start = Instant::now();
    for _ in 0..runs {
        run()?;
    }
    Ok(start.elapsed().as_secs_f64() / runs as f64)
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

    /// Whether there are more words.
    pub(crate) fn more(&self) -> bool {
        self.0.clone().next().is_some()
    }

    /// A count and as many numbers.
    pub(crate) fn vector(&mut self) -> Result<Vec<f64>, String> {
        let count = self.number()?;
        (0..count).map(|_| self.number()).collect()
    }
}
