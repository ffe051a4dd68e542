//! What larger systems cost: the Brusselator on a torus of 16² to 128² cells by the same method with sparse factors and
//! with GMRES; seconds of one solve, and the most bytes that it holds at once.

use allocation_counter::measure;
use benches::{Arguments, OURS, Record, Recorder};
use ode_core::{Algorithm, ErrorKind, OdeProblem, Options, Save, SolveError, solve};
use ode_stiff::{Ndf, NewtonKrylov};
use std::error::Error;
use std::process::ExitCode;
use std::time::{Duration, Instant};
use testset::models::Brusselator2d;

/// The name of the suite, and of the problem, in its records.
const SUITE: &str = "memory";
const PROBLEM: &str = "brusselator_2d";

/// Cells along each side, and those of a quick run.
const SIDES: [usize; 7] = [16, 24, 32, 48, 64, 96, 128];
const FEW_SIDES: [usize; 2] = [8, 16];

const RTOL: f64 = 1e-4;

/// How much tighter the solve is that errors are measured by.
const TIGHT: f64 = 1e-2;

/// Who needs longer is not asked for a larger system.
const LONG: Duration = Duration::from_secs(60);

/// Diffusion, times, and where the right-hand side jumps.
const ALPHA: f64 = 0.1;
const TSPAN: (f64, f64) = (0.0, 11.5);
const JUMP: f64 = 1.1;

type Torus = OdeProblem<Brusselator2d, Vec<f64>>;

fn main() -> ExitCode {
    benches::run(1, rows)
}

/// Writes a record for each size and method.
fn rows(recorder: &mut Recorder, arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    if !arguments.wants_problem(PROBLEM) {
        return Err(format!("the only problem is {PROBLEM}").into());
    }
    let (mut factors, mut products) = (true, true);
    for &side in if arguments.quick { &FEW_SIDES[..] } else { &SIDES } {
        let model = Brusselator2d { side };
        let problem = OdeProblem::new(model, model.initial_state(), [ALPHA], TSPAN)?;
        let tight = options(TIGHT * RTOL, None);
        let end = solve(&problem, NewtonKrylov::<Ndf>::default(), &tight)?.last().to_vec();
        let run = &mut |method: &str, found: Found| -> Result<bool, Box<dyn Error>> {
            let Some((u, bytes, seconds, steps)) = found? else {
                let line = format!("{method}: more than {LONG:?} for {side} x {side} cells");
                recorder.remark(&line)?;
                return Ok(false);
            };
            let error = u.iter().zip(&end).map(|(u, v)| (u - v).abs()).fold(0.0, f64::max);
            let setting = &format!("states={} bytes={bytes} steps={steps}", end.len());
            let (suite, who, problem) = (SUITE, OURS, PROBLEM);
            recorder.write(&Record { suite, who, problem, method, setting, error, seconds })?;
            Ok(true)
        };
        let repeats = arguments.repeats;
        factors = factors && run("Ndf", found(&problem, Ndf::default(), repeats))?;
        let krylov = NewtonKrylov::<Ndf>::default();
        products = products && run("Ndf-GMRES", found(&problem, krylov, repeats))?;
    }
    Ok(())
}

/// The final state, the most bytes at once, the seconds of the fastest repeat, and the steps; `None` if it takes too
/// long.
type Found = Result<Option<(Vec<f64>, u64, f64, usize)>, SolveError>;

fn found(
    problem: &Torus,
    method: impl Algorithm<Brusselator2d, Vec<f64>>,
    repeats: usize,
) -> Found {
    let options = options(RTOL, Some(LONG));
    let mut best: Option<(Vec<f64>, u64, f64, usize)> = None;
    for _ in 0..repeats {
        let (mut outcome, begin) = (None, Instant::now());
        let memory = measure(|| outcome = Some(solve(problem, method.clone(), &options)));
        let seconds = begin.elapsed().as_secs_f64();
        let solution = match outcome {
            Some(Ok(solution)) => solution,
            Some(Err(why)) if matches!(why.error().kind(), ErrorKind::MaxTime { .. }) => {
                return Ok(None);
            }
            Some(Err(why)) => return Err(why),
            None => return Ok(None),
        };
        if best.as_ref().is_none_or(|best| seconds < best.2) {
            let steps = solution.stats().accepted;
            best = Some((solution.last().to_vec(), memory.bytes_max, seconds, steps));
        }
    }
    Ok(best)
}

fn options(rtol: f64, max_time: Option<Duration>) -> Options {
    let (atol, save, stops) = (1e-2 * rtol, Save::Last, vec![JUMP]);
    Options { rtol, atol, max_time, save, stops, ..Options::default() }
}
