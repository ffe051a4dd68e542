//! What is computed, by us and by others, and the records of it.

use crate::SUITE;
use crate::ours::Ours;
use crate::theirs::{self, Crew, Way};
use benches::{Arguments, Contender, Member, OURS, Record, Recorder, interleave};
use nn::{Activation, Init, Mlp};
use std::error::Error;

/// What is computed for a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Op {
    /// The output, and the gradients of `Σ bar · y` with respect to inputs and parameters.
    Vjp,
    /// Output, gradient and Laplacian with respect to the inputs, and the gradient of `Σ bar · (u, ∇u, Δu)` with respect to
    /// the parameters.
    Laplacian,
}

/// One network and one batch.
pub(crate) struct Case {
    pub(crate) problem: &'static str,
    pub(crate) op: Op,
    pub(crate) mlp: Mlp,
    pub(crate) single: bool,
    pub(crate) batch: usize,
    pub(crate) p: Vec<f64>,
    pub(crate) x: Vec<f64>,
    /// Cotangents: a row per sample.
    pub(crate) bar: Vec<f64>,
}

/// Seconds of one run.
pub(crate) struct Row {
    pub(crate) problem: &'static str,
    pub(crate) single: bool,
    pub(crate) batch: usize,
    pub(crate) who: String,
    pub(crate) method: String,
    pub(crate) seconds: f64,
}

/// A number in [-1, 1] that looks random and that a single holds exactly; the same rule is in `networks.py`.
fn scattered(k: usize) -> f64 {
    ((k * 7919 + 104_729) % 1021) as f64 / 512.0 - 1.0
}

impl Case {
    fn new(problem: &'static str, op: Op, mlp: Mlp, single: bool, batch: usize) -> Self {
        // Rounded, so that all kinds of numbers have the same network.
        let p = mlp.init(Init::Glorot, 1).iter().map(|&p| f64::from(p as f32)).collect();
        let row = match op {
            Op::Vjp => mlp.outputs(),
            Op::Laplacian => mlp.inputs() + 2,
        };
        let x = (0..batch * mlp.inputs()).map(scattered).collect();
        let bar = (0..batch * row).map(|k| scattered(k + 500)).collect();
        Self { problem, op, mlp, single, batch, p, x, bar }
    }

    /// What the programs of others are told.
    fn line(&self) -> String {
        let op = match self.op {
            Op::Vjp => "vjp",
            Op::Laplacian => "laplacian",
        };
        let sizes: Vec<String> = self.mlp.sizes().map(|size| size.to_string()).collect();
        format!(
            "network {op} {} {} {} {} {} {}",
            self.mlp.hidden_activation(),
            self.kind(),
            self.batch,
            sizes.len(),
            sizes.join(" "),
            theirs::list(&self.p)
        )
    }

    /// The kind of numbers.
    pub(crate) fn kind(&self) -> &'static str {
        if self.single { "f32" } else { "f64" }
    }

    fn contender<'a>(
        &self,
        (double, single): (&'a mut Ours<f64>, &'a mut Ours<f32>),
    ) -> Contender<'a> {
        match self.single {
            true => Contender::new(move |n| single.run(n)),
            false => Contender::new(move |n| double.run(n)),
        }
    }
}

/// Largest difference over the largest magnitude.
fn distance(a: &[f64], b: &[f64]) -> f64 {
    let size = b.iter().fold(f64::MIN_POSITIVE, |m, b| m.max(b.abs()));
    let differences = a.iter().zip(b).map(|(a, b)| (a - b).abs() / size);
    match a.len() == b.len() {
        true => differences.fold(0.0, |m, d| if d.is_nan() || d > m { d } else { m }),
        false => f64::NAN,
    }
}

/// Measures every case with everybody.
pub(crate) fn rows(
    crew: &mut Crew,
    recorder: &mut Recorder,
    arguments: &Arguments,
) -> Result<Vec<Row>, Box<dyn Error>> {
    let mut measured = Vec::new();
    let cases = [
        ("mlp-2-32-32-2", Op::Vjp, &[2, 32, 32, 2][..], Activation::Tanh, &[1, 64, 1024][..]),
        ("laplacian-2-50-50-1", Op::Laplacian, &[2, 50, 50, 1], Activation::Tanh, &[1024]),
        ("mlp-784-128-10", Op::Vjp, &[784, 128, 10], Activation::Tanh, &[64]),
        // Products alone, against a crate for them.
        ("linear-784-128-10", Op::Vjp, &[784, 128, 10], Activation::Identity, &[64, 256]),
    ];
    for (problem, op, sizes, activation, batches) in cases {
        if !arguments.wants_problem(problem) {
            continue;
        }
        for &batch in batches {
            for single in [false, true] {
                let case = Case::new(problem, op, Mlp::new(sizes, activation)?, single, batch);
                measure(&case, crew, recorder, arguments, &mut measured)?;
            }
        }
    }
    Ok(measured)
}

fn measure(
    case: &Case,
    crew: &mut Crew,
    recorder: &mut Recorder,
    arguments: &Arguments,
    measured: &mut Vec<Row>,
) -> Result<(), Box<dyn Error>> {
    let (mut double, mut single) = (Ours::<f64>::new(case)?, Ours::<f32>::new(case)?);
    let exact = double.gradient()?;
    let own = if case.single { single.gradient()? } else { exact.clone() };
    let mut names = vec![(OURS.to_owned(), "kernel".to_owned(), distance(&own, &exact))];
    let mut asked = Vec::new();
    let methods: fn(&Member) -> &[String] = match case.op {
        Op::Vjp => |member| &member.networks,
        Op::Laplacian => |member| &member.laplacian,
    };
    for way in crew.introduce(&case.line(), arguments, methods, recorder)? {
        let Way { who, method, .. } = &way;
        let tolerance = if case.single { 1e-4 } else { 1e-11 };
        match crew.gradient(&way) {
            Ok(theirs) => {
                let error = distance(&theirs, &exact);
                if error > tolerance || error.is_nan() {
                    let what = format!("{who} {method}: another gradient, {error:.1e} off");
                    return Err(what.into());
                }
                names.push((who.clone(), method.clone(), error));
                asked.push(way);
            }
            Err(why) if why.is_never() => {}
            Err(why) => recorder.remark(&format!("{}: {why}", case.problem))?,
        }
    }
    let crew = std::cell::RefCell::new(crew);
    let mut contenders = vec![case.contender((&mut double, &mut single))];
    for way in &asked {
        let crew = &crew;
        contenders.push(Contender::timed(move |runs| crew.borrow_mut().seconds(way, runs)));
    }
    let seconds = interleave(&mut contenders, arguments.repeats);
    let setting = &format!("{} batch={}", case.kind(), case.batch);
    for ((who, method, error), seconds) in names.into_iter().zip(seconds) {
        if seconds.is_nan() {
            recorder.remark(&format!("{who} {method}: failed"))?;
            continue;
        }
        let (suite, problem) = (SUITE, case.problem);
        let record = Record { suite, who: &who, problem, method: &method, setting, error, seconds };
        recorder.write(&record)?;
        let (single, batch) = (case.single, case.batch);
        measured.push(Row { problem, single, batch, who, method, seconds });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_of_the_script() {
        assert_eq!(
            [scattered(0), scattered(1), scattered(1000)],
            [0.146484375, -0.33984375, 0.388671875]
        );
    }

    #[test]
    fn a_distance_sees_lengths_and_nan() {
        assert_eq!(distance(&[1.0, 2.0], &[1.0, 4.0]), 0.5);
        assert!(distance(&[1.0], &[1.0, 4.0]).is_nan() && distance(&[f64::NAN], &[1.0]).is_nan());
    }
}
