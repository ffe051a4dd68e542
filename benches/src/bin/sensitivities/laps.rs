//! Everybody at one tolerance, ready to be timed.

use crate::question::Question;
use benches::{Contender, Entry};
use ode_core::SolveError;
use sensitivity::{Error, Gradient};
use std::hint::black_box;
use std::time::Instant;
use system::{Buffer, Rhs};

/// One gradient, or one solve that gradients are compared with.
#[derive(Debug)]
pub(crate) struct Lap<'a> {
    pub(crate) who: String,
    pub(crate) method: String,
    /// Of ours: the solver, whose plain solve the gradient is compared with.
    pub(crate) solver: &'static str,
    /// None for the plain solve.
    pub(crate) error: Option<f64>,
    pub(crate) contender: Contender<'a>,
}

/// Those of one tolerance; who is slow, or has failed, is not measured at the next one.
#[derive(Debug)]
pub(crate) struct Laps<'a> {
    pub(crate) all: Vec<Lap<'a>>,
    /// Lines for people about gradients that failed.
    pub(crate) failures: Vec<String>,
    patience: f64,
}

impl<'a> Laps<'a> {
    /// Who needs longer than so many seconds is measured, but not at the next tolerance.
    pub(crate) fn new(patience: f64) -> Self {
        Self { all: Vec::new(), failures: Vec::new(), patience }
    }

    pub(crate) fn patience(&self) -> f64 {
        self.patience
    }

    /// A gradient of ours: `algorithm` by `solver`.
    pub(crate) fn gradient<F: Rhs<f64>, B: Buffer<Item = f64>>(
        &mut self,
        question: &Question<F, B>,
        (solver, algorithm): (&'static str, &str),
        slow: &mut Slow,
        run: impl Fn() -> Result<Gradient, Error> + 'a,
    ) {
        let method = format!("{algorithm} {solver}");
        if slow.contains(&method) {
            return;
        }
        let begin = Instant::now();
        let found = run();
        let seconds = begin.elapsed().as_secs_f64();
        if seconds > self.patience {
            slow.add(&method);
        }
        match found {
            Ok(gradient) => {
                let error = question.error(&gradient.p);
                // It is known to succeed.
                let again = move || _ = black_box(run());
                let contender = Entry::ours(solver, (error, seconds), again).contender;
                let who = benches::OURS.into();
                self.all.push(Lap { who, method, solver, error: Some(error), contender });
            }
            Err(why) => {
                slow.add(&method);
                self.failures.push(format!("{}, {method}: {why}", question.name));
            }
        }
    }

    /// The plain solve that the gradients by this solver are compared with.
    pub(crate) fn solve<T>(
        &mut self,
        solver: &'static str,
        run: impl Fn() -> Result<T, SolveError> + 'a,
    ) {
        let begin = Instant::now();
        if run().is_ok() {
            let seconds = begin.elapsed().as_secs_f64();
            let again = move || _ = black_box(run());
            let contender = Entry::ours(solver, (0.0, seconds), again).contender;
            let (who, method) = (benches::OURS.into(), format!("solve {solver}"));
            self.all.push(Lap { who, method, solver, error: None, contender });
        }
    }
}

/// Methods that are not measured any more on a problem.
#[derive(Clone, Debug, Default)]
pub(crate) struct Slow(std::collections::BTreeSet<String>);

impl Slow {
    pub(crate) fn contains(&self, method: &str) -> bool {
        self.0.contains(method)
    }
    pub(crate) fn add(&mut self, method: &str) {
        self.0.insert(method.to_owned());
    }
}
