//! The problems, one after the other.

use crate::SUITE;
use crate::equal_error::{Figure, JUDGED};
use crate::fields::Fields;
use crate::laps::{Lap, Laps, Slow};
use crate::least_squares::LeastSquares;
use crate::question::Question;
use crate::spirals;
use crate::theirs::Crew;
use benches::{Arguments, Measured, OURS, Point, Record, Recorder, interleave};
use ode_core::{OdeProblem, Vern7};
use ode_stiff::RadauIIA5;
use sensitivity::{DiscreteAdjoint, ForwardSensitivity, GaussAdjoint};
use std::collections::BTreeMap;
use std::error::Error;
use system::{Buffer, Rhs, System};
use testset::Reference;
use testset::models::{LotkaVolterra, Pollution};

/// Tolerances are `10^-digits`, and those of a quick run.
const DIGITS: [u32; 8] = [3, 4, 5, 6, 7, 8, 9, 10];
const FEW_DIGITS: [u32; 2] = [5, 7];

/// Digits of the references.
const TIGHT: u32 = 12;

/// Seconds for one gradient; who needs more is not asked at the next tolerance.
const PATIENCE: f64 = 1.0;

/// Runs the problems whose names are asked for, and says what is wanted of each.
pub(crate) fn rows(
    crew: &mut Crew,
    recorder: &mut Recorder,
    arguments: &Arguments,
    found: &mut Measured,
) -> Result<Vec<Figure>, Box<dyn Error>> {
    let mut run = Run { crew, recorder, arguments, found, figures: Vec::new() };
    let wants = |name: &str| arguments.wants_problem(name);
    if wants("lotka_volterra") {
        let question = explicit_reference(lotka_volterra()?)?;
        let solves = run.question(&question, |question, digits, laps, slow| {
            question.explicit(digits, laps, slow);
        })?;
        let peers = &[("diffrax", 20.0), ("torchdiffeq", 1000.0)];
        run.figures.push(Figure::new(question.name, peers, (None, solves)));
    }
    for (name, hidden) in [("spiral_16", 16), ("spiral_50", 50)] {
        if wants(name) {
            let (question, kernels) = spirals::question(name, hidden)?;
            let question = explicit_reference(question)?;
            let solves = run.question(&question, |question, digits, laps, slow| {
                question.explicit(digits, laps, slow);
                question.by_hand(&kernels, digits, laps, slow);
            })?;
            let peers = &[("diffrax", 10.0), ("torchdiffeq", 500.0)];
            run.figures.push(Figure::new(name, peers, (Some(4.0), solves)));
        }
    }
    for fields in Fields::ALL {
        if wants(fields.name()) {
            let question = explicit_reference(brusselator(fields)?)?;
            let solves = run.question(&question, |question, digits, laps, slow| {
                question.explicit(digits, laps, slow);
            })?;
            run.figures.push(Figure::new(fields.name(), &[("cvodes", 2.0)], (None, solves)));
        }
    }
    for (name, count) in [("pollution", 1), ("pollution_6_times", 6)] {
        if wants(name) {
            let question = implicit_reference(pollution(name, count)?)?;
            let solves = run.question(&question, |question, digits, laps, slow| {
                question.implicit(digits, laps, slow);
            })?;
            run.figures.push(Figure::new(name, &[("cvodes", 1.0)], (Some(6.0), solves)));
        }
    }
    Ok(run.figures)
}

/// Where rows go, and who is asked.
struct Run<'a> {
    crew: &'a mut Crew,
    recorder: &'a mut Recorder,
    arguments: &'a Arguments,
    found: &'a mut Measured,
    figures: Vec<Figure>,
}

impl Run<'_> {
    /// Everybody at every tolerance; `ours` adds our own. Returns how many plain solves the fastest gradient costs whose error
    /// is small enough to be judged.
    fn question<'q, F: Rhs<f64>, B: Buffer<Item = f64>>(
        &'q mut self,
        question: &'q Question<F, B>,
        ours: impl Fn(&'q Question<F, B>, u32, &mut Laps<'q>, &mut Slow),
    ) -> Result<Option<f64>, Box<dyn Error>> {
        let Self { crew, recorder, arguments, found, .. } = self;
        let mut fastest: Option<(f64, f64)> = None;
        let mut slow = crew.introduce(question, recorder)?;
        let digits = if arguments.quick { &FEW_DIGITS[..] } else { &DIGITS };
        for &digits in digits {
            let mut laps = Laps::new(PATIENCE);
            ours(question, digits, &mut laps, &mut slow);
            crew.laps(question, digits, (&mut laps, &mut slow), (arguments, recorder))?;
            for failure in laps.failures {
                recorder.remark(&format!("failed: {failure}"))?;
                found.fail(failure);
            }
            let (mut names, mut contenders) = (Vec::new(), Vec::new());
            for Lap { who, method, solver, error, contender } in laps.all {
                names.push((who, method, solver, error));
                contenders.push(contender);
            }
            let seconds = interleave(&mut contenders, arguments.repeats);
            let mut solves = BTreeMap::new();
            for ((who, method, solver, error), seconds) in names.iter().zip(seconds) {
                let ratio = solves.get(solver).map(|alone| seconds / alone);
                if error.is_none() {
                    solves.insert(*solver, seconds);
                }
                let setting = match ratio.filter(|_| who == OURS) {
                    Some(ratio) => format!("rtol=1e-{digits} solves={ratio:.2}"),
                    None => format!("rtol=1e-{digits}"),
                };
                if !(error.unwrap_or(0.0).is_finite() && seconds.is_finite()) {
                    let what = format!("{who} {method} on {}, 1e-{digits}", question.name);
                    recorder.remark(&format!("skipped: {what}: no number"))?;
                    continue;
                }
                let (suite, problem) = (SUITE, question.name);
                recorder.write(&Record {
                    suite,
                    who,
                    problem,
                    method,
                    setting: &setting,
                    error: error.unwrap_or(0.0),
                    seconds,
                })?;
                if let (Some(error), Some(ratio)) = (*error, ratio.filter(|_| who == OURS))
                    && error <= JUDGED
                    && fastest.is_none_or(|(least, _)| seconds < least)
                {
                    fastest = Some((seconds, ratio));
                }
                if let Some(error) = *error {
                    found.push(problem, who, method, Point { error, seconds });
                }
            }
        }
        Ok(fastest.map(|(_, ratio)| ratio))
    }
}

/// The gradient to all digits, by the discrete adjoint and by a continuous one.
fn explicit_reference<F: System, B: Buffer<Item = f64>>(
    question: Question<F, B>,
) -> Result<Question<F, B>, String> {
    let (options, problem, loss) = (question.options(TIGHT), &question.problem, &question.loss);
    let first = DiscreteAdjoint::default().gradient(problem, Vern7, &options, loss);
    let second = GaussAdjoint::default().gradient(problem, Vern7, &options, loss);
    question.answered(first, second)
}

/// The same where an explicit method would take too many steps: forward, and by a continuous adjoint.
fn implicit_reference<F: System, B: Buffer<Item = f64>>(
    question: Question<F, B>,
) -> Result<Question<F, B>, String> {
    let (options, problem, loss) = (question.options(TIGHT), &question.problem, &question.loss);
    let method = RadauIIA5;
    let first = ForwardSensitivity.gradient(problem, method, &options, loss);
    let second = GaussAdjoint::default().gradient(problem, method, &options, loss);
    question.answered(first, second)
}

/// `0, 0.1, …, 4`, the loss `Σ (x² + y²)`.
fn lotka_volterra() -> Result<Question<LotkaVolterra, [f64; 2]>, Box<dyn Error>> {
    let p = vec![1.5, 1.0, 3.0, 1.0];
    Ok(Question {
        name: "lotka_volterra",
        problem: OdeProblem::new(LotkaVolterra, [1.0, 1.0], p.clone(), (0.0, 4.0))?,
        times: (0..=40).map(|i| f64::from(i) / 10.0).collect(),
        loss: LeastSquares { data: Vec::new() },
        sizes: p,
        small: 1.0,
        exact: Vec::new(),
    })
}

/// The states at `0.5, 1, …, 4`.
fn brusselator(fields: Fields) -> Result<Question<Fields, Vec<f64>>, Box<dyn Error>> {
    let p = fields.parameters();
    Ok(Question {
        name: fields.name(),
        problem: OdeProblem::new(fields, Fields::initial_state(), p.clone(), (0.0, 4.0))?,
        times: (1..=8).map(|i| 0.5 * f64::from(i)).collect(),
        loss: LeastSquares { data: Vec::new() },
        sizes: p,
        small: 1.0,
        exact: Vec::new(),
    })
}

/// The species at so many times up to 60, equally far apart.
fn pollution(
    name: &'static str,
    count: u32,
) -> Result<Question<Pollution, [f64; 20]>, Box<dyn Error>> {
    let reference = Reference::load("pollution")?;
    let u0: [f64; 20] = reference.u0.as_slice().try_into()?;
    let p = reference.p.clone();
    Ok(Question {
        name,
        problem: OdeProblem::new(Pollution, u0, p.clone(), reference.tspan)?,
        times: (1..=count).map(|i| 60.0 * f64::from(i) / f64::from(count)).collect(),
        loss: LeastSquares { data: Vec::new() },
        sizes: p,
        small: 1e-3,
        exact: Vec::new(),
    })
}
