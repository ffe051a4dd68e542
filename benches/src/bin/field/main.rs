//! A field for the gallery: the Brusselator on a torus with little diffusion. Its cells oscillate, each in the phase that
//! the initial state gave it, and waves run from where `u` is high, one of these the disc into which it flows.

use benches::{Arguments, OURS, Record, Recorder};
use ode_core::{Components, OdeProblem, Options, Save, solve};
use ode_stiff::{KenCarp4, Ndf};
use std::error::Error;
use std::process::ExitCode;
use std::time::Instant;
use testset::models::Brusselator2d;

/// The name of the suite, and of the problem, in its records.
const SUITE: &str = "field";
const PROBLEM: &str = "brusselator_2d";

/// Cells along each side, and those of a quick run.
const SIDE: usize = 64;
const SMALL_SIDE: usize = 12;

/// Diffusion, times, and where the right-hand side jumps.
const ALPHA: f64 = 2e-3;
const TIMES: [f64; 6] = [0.0, 0.25, 2.0, 6.25, 6.75, 7.25];
const JUMP: f64 = 1.1;

const RTOL: f64 = 1e-7;

fn main() -> ExitCode {
    benches::run(1, rows)
}

/// Writes a record for each time. Its setting ends with the values of `u`, row by row from below, three digits each: 000 is
/// `lo` and 999 is `hi`, the smallest and the largest value of all times.
fn rows(recorder: &mut Recorder, arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    if !arguments.wants_problem(PROBLEM) {
        return Err(format!("the only problem is {PROBLEM}").into());
    }
    let side = if arguments.quick { SMALL_SIDE } else { SIDE };
    let model = Brusselator2d { side };
    let span = (TIMES[0], TIMES[TIMES.len() - 1]);
    let problem = OdeProblem::new(model, model.initial_state(), [ALPHA], span)?;
    let options = |rtol: f64| Options {
        rtol,
        atol: rtol,
        stops: vec![JUMP],
        save: Save::At(TIMES.to_vec()),
        components: Components::Only((0..side * side).map(|cell| 2 * cell).collect()),
        ..Options::default()
    };
    let begin = Instant::now();
    let solution = solve(&problem, Ndf::default(), &options(RTOL))?;
    let seconds = begin.elapsed().as_secs_f64();
    let other = solve(&problem, KenCarp4, &options(0.1 * RTOL))?;
    let all = || solution.iter().flat_map(|(_, u)| u);
    let (lo, hi) = all().fold((f64::MAX, f64::MIN), |(lo, hi), u| (lo.min(*u), hi.max(*u)));
    for ((t, u), (_, v)) in solution.iter().zip(other.iter()) {
        let error = u.iter().zip(v).map(|(u, v)| (u - v).abs()).fold(0.0, f64::max);
        let digits = |u: &f64| format!("{:03.0}", 999.0 * (u - lo) / (hi - lo));
        let values: String = u.iter().map(digits).collect();
        let setting = &format!("t={t} alpha={ALPHA} side={side} lo={lo} hi={hi} u={values}");
        let (suite, who, problem, method) = (SUITE, OURS, PROBLEM, "Ndf");
        recorder.write(&Record { suite, who, problem, method, setting, error, seconds })?;
    }
    Ok(())
}
