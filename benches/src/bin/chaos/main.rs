//! The derivative of a chaotic average: exactly differentiated over a finite time, which is of no use, and by shadowing.
//!
//! The naive values are those of a well-known example, the average over 20 time units after 30 to forget the start in: −49 899 by
//! forward mode and 472 by central differences (F. Schäfer, "Shadowing methods for forward and adjoint sensitivity analysis of
//! chaotic systems", 2020). The start is random there, so that any numbers of these sizes may come out; the long-time average
//! changes by 1.0.

use benches::{OURS, Record, Recorder};
use ode_core::{OdeProblem, Options, Rk4, Save, StepSize, Tsit5, Vern7, solve};
use scalar::Scalar;
use sensitivity::{
    AdjointLss, Average, AverageProblem, DiscreteAdjoint, Loss, Memory, StepControl,
};
use std::error::Error;
use std::process::ExitCode;
use std::time::Instant;
use testset::models::Lorenz63;

/// The name of the suite in its records.
const SUITE: &str = "chaos";

/// Values are the same in every run.
const REPEATS: usize = 1;

const P: [f64; 3] = [10.0, 28.0, 8.0 / 3.0];

/// Trajectories from different starts, after the time in which these are forgotten.
const STARTS: u32 = 6;
const FORGET: f64 = 30.0;

/// Central differences are taken over this step, the cube root of the last bit's size.
const STEP: f64 = 6e-6 * 28.0;

/// The height, as a running loss and an average.
struct Height;

impl Loss for Height {
    fn running<S: Scalar>(&self, _t: S, u: &[S], _p: &[S]) -> S {
        u[2]
    }
}

impl Average for Height {
    fn at<S: Scalar>(&self, _t: S, u: &[S], _p: &[S]) -> S {
        u[2]
    }
}

fn main() -> ExitCode {
    benches::run(REPEATS, |recorder, _| rows(recorder))
}

fn rows(recorder: &mut Recorder) -> Result<(), Box<dyn Error>> {
    let tight = Options { rtol: 1e-12, atol: 1e-12, max_steps: 10_000_000, ..Options::default() };
    let adjoint = DiscreteAdjoint { control: StepControl::State, memory: Memory::Bytes(1 << 28) };
    for start in 0..STARTS {
        let from = [1.0 + 0.1 * f64::from(start), 1.0, 1.0];
        let last = Options { save: Save::Last, ..tight.clone() };
        let before = OdeProblem::new(Lorenz63, from, P, (0.0, FORGET))?;
        let u0: [f64; 3] = solve(&before, Tsit5, &last)?.last().try_into()?;
        for duration in (1..=20).map(|i| 2.0 * f64::from(i)) {
            let gradient = |rho: f64| {
                let problem = OdeProblem::new(Lorenz63, u0, [P[0], rho, P[2]], (0.0, duration))?;
                adjoint.gradient(&problem, Vern7, &tight, &Height)
            };
            let began = Instant::now();
            let exact = gradient(P[1])?.p[1] / duration;
            write(recorder, "exact", duration, Some(start), (exact, 0.0), began)?;
            let began = Instant::now();
            let change = gradient(P[1] + STEP)?.loss - gradient(P[1] - STEP)?.loss;
            let slope = change / (2.0 * STEP * duration);
            write(recorder, "difference", duration, Some(start), (slope, 0.0), began)?;
        }
    }
    let step = StepSize::Fixed(0.01);
    let steps = Options { step, max_steps: 10_000_000, ..Options::default() };
    for duration in [5.0, 10.0, 20.0, 40.0, 100.0, 200.0, 400.0, 1000.0] {
        let problem = AverageProblem::new(Lorenz63, [1.0, 1.0, 1.0], P, FORGET, duration)?;
        let began = Instant::now();
        let found = AdjointLss::default().gradient(&problem, Rk4, &steps, &Height)?;
        let value = (found.p[1], found.p_error[1]);
        write(recorder, "shadowing", duration, None, value, began)?;
    }
    Ok(())
}

/// A row; its error is the distance from 1, which all methods for long-time averages agree on.
fn write(
    recorder: &mut Recorder,
    method: &str,
    duration: f64,
    start: Option<u32>,
    (value, bar): (f64, f64),
    began: Instant,
) -> Result<(), Box<dyn Error>> {
    let seconds = began.elapsed().as_secs_f64();
    let start = start.map_or(String::new(), |start| format!(" start={start}"));
    let setting = format!("duration={duration}{start} value={value} bar={bar}");
    Ok(recorder.write(&Record {
        suite: SUITE,
        who: OURS,
        problem: "d⟨z⟩/dρ of Lorenz",
        method,
        setting: &setting,
        error: (value - 1.0).abs(),
        seconds,
    })?)
}
