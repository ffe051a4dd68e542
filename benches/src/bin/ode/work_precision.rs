//! Error at the end against the time of one solve: every adaptive method, every non-stiff problem
//! of the test set, a range of tolerances.

use crate::SUITE;
use benches::{Contender, Record, Recorder, interleave};
use ode_core::{Algorithm, Bs3, Dp5, OdeProblem, Options, Save, Tsit5, Vern7, solve};
use std::error::Error;
use std::fmt;
use std::hint::black_box;
use std::io;
use std::ops::RangeInclusive;
use system::System;
use testset::{Problem, Visitor};

/// The relative tolerances, as `10^-digits`.
const DIGITS: RangeInclusive<u32> = 4..=12;

/// The double nearest to `10^-digits`: a quotient, since `10^digits` is exact.
fn rtol(digits: u32) -> f64 {
    1.0 / 10u64.pow(digits) as f64
}

/// One problem, stored as an array, up to the last time of its reference.
struct Case<'a, F, const N: usize> {
    problem: OdeProblem<F, [f64; N]>,
    reference: &'a testset::Reference,
}

/// One method ready to be timed.
struct Entry<'a> {
    method: &'static str,
    error: f64,
    contender: Contender<'a>,
}

impl<'a, F: System + Copy, const N: usize> Case<'a, F, N> {
    fn new(problem: &'a Problem<F, N>) -> Result<Self, Failure> {
        let reference = &problem.reference;
        let end = reference.points.last().map_or(reference.tspan.1, |point| point.t);
        let tspan = (reference.tspan.0, end);
        let problem = OdeProblem::new(problem.system, problem.u0, reference.p.clone(), tspan)
            .map_err(|error| Failure::new(&reference.name, "", &error))?;
        Ok(Self { problem, reference })
    }

    /// The adaptive methods, ready to be timed at `rtol = 10^-digits`: a new one is one entry.
    fn enter_all(&self, digits: u32) -> Vec<Result<Option<Entry<'_>>, Failure>> {
        vec![
            self.enter(Bs3, digits),
            self.enter(Dp5, digits),
            self.enter(Tsit5, digits),
            self.enter(Vern7, digits),
        ]
    }

    /// Solves once for the error; `None` where the tolerance is not for this method.
    ///
    /// The number of steps grows as `rtol^(-1/order)`: below `10^(-2 order)`, a hundred times the
    /// steps of a crude solve, one takes a method of higher order.
    fn enter<A>(&self, method: A, digits: u32) -> Result<Option<Entry<'_>>, Failure>
    where
        A: Algorithm<F, [f64; N]> + 'static,
    {
        if digits > 2 * method.order() {
            return Ok(None);
        }
        let rtol = rtol(digits);
        let (name, options) = (method.name(), self.options(rtol));
        let failure = |why: &dyn fmt::Display| {
            Failure::new(&self.reference.name, &format!(", {name} at rtol {rtol:e}"), why)
        };
        let end = solve(&self.problem, method.clone(), &options).map_err(|e| failure(&e))?;
        let last = self.reference.points.len().saturating_sub(1);
        let error = self.reference.error(last, end.last()).map_err(|e| failure(&e))?;
        let contender = Contender::new(move |n| {
            for _ in 0..n {
                // It is known to succeed: the result is looked at above.
                _ = black_box(solve(black_box(&self.problem), method.clone(), &options));
            }
        });
        Ok(Some(Entry { method: name, error, contender }))
    }

    /// The absolute tolerance follows the size of the solution, by the rule of the errors of other
    /// solvers that the references list: `0.01 rtol max |u|`.
    fn options(&self, rtol: f64) -> Options {
        let size = self.reference.scale().into_iter().fold(0.0, f64::max);
        let (atol, max_steps) = (0.01 * rtol * size, 10_000_000);
        Options { rtol, atol, max_steps, save: Save::Last, ..Options::default() }
    }
}

/// A solve that should have succeeded.
#[derive(Debug)]
struct Failure(String);

impl Failure {
    fn new(problem: &str, how: &str, why: &dyn fmt::Display) -> Self {
        Self(format!("{problem}{how}: {why}"))
    }
}

/// Measures each problem in its turn.
struct Measure<'a> {
    recorder: &'a mut Recorder,
    repeats: usize,
    /// Solves that failed; the others go on.
    failures: Vec<Failure>,
    /// The first record that could not be written; nothing goes on after it.
    written: io::Result<()>,
}

impl Visitor for Measure<'_> {
    fn visit<F: System + Copy, const N: usize>(&mut self, problem: &Problem<F, N>) {
        let case = match Case::new(problem) {
            Ok(case) => case,
            Err(failure) => return self.failures.push(failure),
        };
        for digits in DIGITS {
            if self.written.is_ok() {
                self.written = self.measure(&case, digits);
            }
        }
    }
}

impl Measure<'_> {
    /// All methods at one tolerance, interleaved.
    fn measure<F: System + Copy, const N: usize>(
        &mut self,
        case: &Case<'_, F, N>,
        digits: u32,
    ) -> io::Result<()> {
        let (mut results, mut contenders) = (Vec::new(), Vec::new());
        for entry in case.enter_all(digits) {
            match entry {
                Ok(Some(Entry { method, error, contender })) => {
                    results.push((method, error));
                    contenders.push(contender);
                }
                Ok(None) => {}
                Err(failure) => self.failures.push(failure),
            }
        }
        let seconds = interleave(&mut contenders, self.repeats);
        let setting = format!("rtol={:e} [f64; {N}]", rtol(digits));
        for ((method, error), seconds) in results.into_iter().zip(seconds) {
            self.recorder.write(&Record {
                suite: SUITE,
                who: "sciml",
                problem: &case.reference.name,
                method,
                setting: &setting,
                error,
                seconds,
            })?;
        }
        Ok(())
    }
}

/// Writes one record for each method, problem and tolerance.
pub(crate) fn rows(recorder: &mut Recorder, repeats: usize) -> Result<(), Box<dyn Error>> {
    let mut measure = Measure { recorder, repeats, failures: Vec::new(), written: Ok(()) };
    testset::nonstiff(&mut measure)?;
    measure.written?;
    if measure.failures.is_empty() {
        return Ok(());
    }
    let lines: Vec<String> = measure.failures.into_iter().map(|failure| failure.0).collect();
    Err(format!("solves that failed:\n  {}", lines.join("\n  ")).into())
}
